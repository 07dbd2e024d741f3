"""The limits of what is read, in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds. The defaults suit an office machine; the service lowers them."""

    file_bytes: int = 50 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    zip_entries: int = 2_000
    zip_ratio: int = 100
    xml_depth: int = 200
    paragraphs: int = 200_000
    pages: int = 2_000
    characters: int = 3_000_000
    pattern_seconds: float = 5.0


DEFAULT = Limits()
