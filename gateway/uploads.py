"""Uploaded files: their content and a name that is safe to keep."""

from __future__ import annotations

import re
from typing import Final

from fastapi import UploadFile

from domain.errors import Invalid

_LONGEST_NAME: Final = 200


def read(file: UploadFile) -> bytes:
    """The whole file; the doorway has bounded its size. Raises ``file_empty``."""
    content = file.file.read()
    if not content:
        raise Invalid("file_empty", "The file is empty.")
    return content


def name_of(file: UploadFile) -> str:
    """The file's name without any path and unprintable characters."""
    return safe_name(file.filename or "")


def safe_name(name: str) -> str:
    """A name without any path and unprintable characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:_LONGEST_NAME] or "unnamed"
