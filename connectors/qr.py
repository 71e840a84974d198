"""QR images of payment codes: an SVG for pages and a PNG for mail and letters, both with their quiet zone."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno

QUIET_ZONE_MODULES: Final = 4
"""Blank modules on each side. Source: ISO/IEC 18004, section 9.1."""

_WHITE: Final = "#fff"  # painted, not transparent: a dark page would swallow the quiet zone
_BLACK: Final = "#000"


def _symbol(payload: str) -> segno.QRCode:
    """Error correction M (15 %), as EMVCo recommends for codes on screens and paper; never a Micro QR code."""
    return segno.make_qr(payload, error="m")


def svg(payload: str, *, module_px: int = 6) -> str:
    """An inline ``<svg>`` element of the payload; ``module_px`` is a module's edge in CSS pixels."""
    text: str = _symbol(payload).svg_inline(
        scale=module_px, border=QUIET_ZONE_MODULES, dark=_BLACK, light=_WHITE, svgclass="qr", lineclass=None
    )
    return text


def png(payload: str, *, module_px: int = 6) -> bytes:
    """A black and white PNG of the payload; ``module_px`` is a module's edge in pixels."""
    image = BytesIO()
    _symbol(payload).save(image, kind="png", scale=module_px, border=QUIET_ZONE_MODULES, dark=_BLACK, light=_WHITE)
    return image.getvalue()
