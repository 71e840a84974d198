"""What Indonesian law says that has no place of its own: peer-to-peer lenders, conduct that is a crime."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="peer_to_peer",
        text="Peer-to-peer lenders take at most 0.1% a day from 2026 (0.2% in 2025, 0.3% in 2024), all charges "
        "together at most the principal; banks and finance companies are not meant.",
        source="SEOJK 19/SEOJK.06/2023 (inews.id)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="prohibited_conduct",
        text="No threat, violence, humiliation or pressure, and no disturbing without end; spreading a debt to "
        "telephone contacts humiliates. Breach is a crime of two to ten years.",
        source="POJK 22/2023 art. 62(2)(a)-(d); UU 4/2023 art. 306 (okezone.com 2024-01-28; suara.com 2025-05-23)",
        confidence=Confidence.SECONDARY,
    ),
)
