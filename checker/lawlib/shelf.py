"""The library as reports and rules ask it: opened at the first question, and never in their way.

A library that is absent, damaged or of another version answers nothing and says once why.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from checker.errors import UsageError
from checker.lawlib.library import REBUILD, Hit, Library, Version
from checker.model import LawArticle

_log = logging.getLogger("normcheck")
_T = TypeVar("_T")


class Shelf:
    """The library in a file, for any thread. `checker.reference.LawTexts` is what rules see of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._library: Library | None = None
        self._trouble: UsageError | None = None
        self._lock = threading.Lock()

    @property
    def trouble(self) -> UsageError | None:
        """Why the library answers nothing (or nothing more); asking opens it."""
        self._ask(lambda _: None, None)
        return self._trouble

    def article(self, title: str, number: str, as_of: date | None = None) -> LawArticle | None:
        """The article, as `Library.article` finds it."""
        return self._ask(lambda library: library.article(title, number, as_of), None)

    def versions(self, title: str) -> Sequence[Version]:
        """The versions of the law `title` that the library holds, the oldest first."""
        return self._ask(lambda library: library.versions(title), ())

    def search(self, words: str, limit: int = 10, as_of: date | None = None) -> Sequence[Hit]:
        """The articles nearest to `words`, as `Library.search` finds them. The first search loads the dictionary."""
        return self._ask(lambda library: library.search(words, limit, as_of), ())

    def _ask(self, question: Callable[[Library], _T], otherwise: _T) -> _T:
        with self._lock:
            if self._trouble is not None:
                return otherwise
            try:
                if self._library is None:
                    self._library = Library.open(self._path)
                return question(self._library)
            except UsageError as error:
                self._trouble = error
            except ValueError as error:  # what stands in the file is none of ours: a date that is no date
                _log.debug("%s", self._path, exc_info=True)
                self._trouble = UsageError(
                    f"法规库已经损坏（{error}）。",
                    where=str(self._path),
                    next=REBUILD.format(path=self._path),
                )
            return otherwise
