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
    inline_bytes: int = 2 * 1024 * 1024
    """Up to this size a single file named on the command line is checked without a worker process."""
    worker_seconds: float = 60.0
    """For one document, from its first byte to its report."""
    worker_bytes: int = 1024 * 1024 * 1024
    """Address space of one worker process, and of each program that it starts."""
    worker_output_bytes: int = 64 * 1024 * 1024
    """The largest file, or stream of messages, that a worker or a program started by it may write."""


DEFAULT = Limits()
