"""Every error of normcheck, on one page.

Each says what is wrong, where, and what to do next, in the user's language (Chinese); the edges (cli, api) turn them
into messages and exit codes, the core never prints.
"""

from __future__ import annotations


class NormcheckError(Exception):
    """Base of all errors that are somebody's input and not our fault.

    Attributes:
        what: What is wrong, a sentence in Chinese.
        where: The place: a file, a part of a file, a line, a key; may be empty.
        next: What the user can do next; may be empty.
    """

    def __init__(self, what: str, *, where: str = "", next: str = "") -> None:
        super().__init__(what, where, next)
        self.what = what
        self.where = where
        self.next = next

    def __str__(self) -> str:
        parts = [f"{self.where}：{self.what}" if self.where else self.what, self.next]
        return " ".join(part for part in parts if part)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.next))


def _rebuild(kind: type[NormcheckError], what: str, where: str, next: str) -> NormcheckError:
    return kind(what, where=where, next=next)


class ReadError(NormcheckError):
    """The bytes cannot be turned into a Document (damaged, encrypted, empty, no text)."""


class UnsupportedFormat(ReadError):
    """The content is of a format that normcheck does not read (HTTP 415)."""


class LimitExceeded(ReadError):
    """The input is larger, deeper or more numerous than the limits allow (HTTP 413)."""


class RulePackError(NormcheckError):
    """A rule pack does not load; `where` names file, line and key."""


class ReferenceDataError(NormcheckError):
    """Reference data (calendar, law catalogue) is malformed; `where` names file and key."""


class UnknownCalendar(NormcheckError):
    """Working days of a year or place are needed that no calendar file covers."""


class UsageError(NormcheckError):
    """What the user typed (option, date, region) is not understood."""


class WorkerFailed(NormcheckError):
    """A worker process did not bring its task to an end: the time was up, or (WorkerDied) it ended first."""


class WorkerDied(WorkerFailed):
    """A worker process ended in the middle of its task: crash, exit, memory or output limit. A second try may succeed."""
