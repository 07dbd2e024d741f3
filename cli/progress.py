"""Checking with a line of progress on the terminal: how many are done, which one is due, how many could not be checked."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Generator, Sequence
from pathlib import Path

from checker import audit
from checker.model import Report


def checked(files: Sequence[tuple[Path, str]], settings: audit.Settings) -> Generator[Report, None, None]:
    """The report of each file, in the order given; meanwhile one line on standard error, where that is a terminal."""
    line = _Line(len(files)) if sys.stderr.isatty() else None
    try:
        for report in audit.check_files(files, settings, watch=line.show if line else None):
            if line:
                line.clear()  # whoever receives the report may have something to say
                line.troubles += report.case is None
            yield report
    finally:
        if line:
            line.clear()


class _Line:
    """The last line of the terminal, written over and over."""

    def __init__(self, total: int) -> None:
        self.troubles = 0
        self._total = total
        self._shown = ""

    def show(self, done: int, current: str) -> None:
        troubles = f"　没有查成 {self.troubles}" if self.troubles else ""
        text = _fitting(f"已检查 {done}/{self._total}{troubles}　正在检查 {Path(current).name}", _columns() - 1)
        if text != self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._shown = text

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = ""


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def _fitting(text: str, columns: int) -> str:
    """As much of `text` as goes into so many columns (a Chinese character takes two); a longer line could not be erased."""
    text = "".join(" " if unicodedata.category(character) in {"Cc", "Cf"} else character for character in text)
    width = 0
    for index, character in enumerate(text):
        width += 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        if width > columns:
            return text[:index]
    return text
