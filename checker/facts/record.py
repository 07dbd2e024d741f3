"""The facts of one document while they are being read: adding them, looking back at them, and the text around a place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import regex

from checker.facts.dates import DateMention
from checker.facts.identity import Identity
from checker.facts.layout import Layout
from checker.facts.structure import Outline
from checker.model import Fact, Kind, Span


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of text in which every full date is one token, so that patterns stay simple; `at` maps back."""

    text: str
    starts: tuple[int, ...]
    mentions: tuple[DateMention, ...]

    def span(self, start: int, end: int) -> Span:
        """The span in the document of [start, end) of the marked text."""
        last = self.starts[end - 1] if end > start else self.starts[start]
        stop = last + 1
        if self.text[end - 1] == "\ue001":
            stop = self.mentions[int(self.text[end - 4 : end - 1])].span.end
        return Span(self.starts[start], stop)


def mark(layout: Layout, start: int, end: int) -> Marked:
    """[start, end) of the running text with each full date as U+E000 nnn U+E001 (nnn indexes `mentions`).

    Runs of blanks become one, so that no pattern can lose itself in them.
    """
    mentions = layout.dates.within(start, end)[:999]
    out: list[str] = []
    starts: list[int] = []

    def take(first: int, last: int) -> None:
        here = first
        for blanks in _BLANKS.finditer(layout.text, first, last):
            out.append(layout.text[here : blanks.start() + 1])
            starts.extend(range(here, blanks.start() + 1))
            here = blanks.end()
        out.append(layout.text[here:last])
        starts.extend(range(here, last))

    here = start
    for index, mention in enumerate(mentions):
        take(here, mention.span.start)
        token = f"\ue000{index:03d}\ue001"
        out.append(token)
        starts.extend([mention.span.start] * len(token))
        here = mention.span.end
    take(here, end)
    return Marked("".join(out), tuple(starts), mentions)


_BLANKS = regex.compile(r"[^\S\n]{2,}|\n{2,}")
PATTERN_SECONDS = 5.0
"""Time limit of one pattern over one document, in seconds; the same as Limits.pattern_seconds, which readers do not see."""

_QUOTED = regex.compile(r"“[^“”]{12,1500}”|(?<=[：中为加])\"[^\"\n]{12,600}\"")


class Record:
    """What has been read so far of one document; the readers of dated steps, effect, repeals and comments add to it."""

    def __init__(self, layout: Layout, outline: Outline, identity: Identity, kind: Kind) -> None:
        """`kind` decides how a signature date and an order's date are to be read."""
        self.layout = layout
        self.outline = outline
        self.identity = identity
        self.kind = kind
        self.text = layout.text
        self.facts: list[Fact] = []
        self._seen: set[tuple[object, ...]] = set()
        self.amended = False
        self.amendments: list[date] = []
        self.quoted = (
            tuple(Span(*match.span()) for match in _QUOTED.finditer(self.text))
            if regex.search(r"[“\"]", self.text)
            else ()
        )
        self._quote_starts = [span.start for span in self.quoted]

    def scan(
        self, pattern: regex.Pattern[str], start: int = 0, end: int | None = None, *, text: str | None = None
    ) -> Iterator[regex.Match[str]]:
        """All matches in the running text (or in `text`), under the time limit for patterns (raises TimeoutError)."""
        area = self.text if text is None else text
        return pattern.finditer(area, start, len(area) if end is None else end, timeout=PATTERN_SECONDS)

    @property
    def repeals(self) -> bool:
        """Whether the title announces a repeal or a declaration of invalidity."""
        return bool(
            regex.search(
                r"关于(?:公布)?[^《]{0,20}(?:废止|失效|停止执行)|宣布[^《]{0,20}失效", self.identity.title_text
            )
        )

    @property
    def forwards(self) -> bool:
        """Whether the title says 转发 or 批转: then only the outer notice speaks for the document."""
        return self.identity.forwards

    def add(
        self, key: str, value: str | float | date, span: Span, *, derived: tuple[str, ...] = (), **detail: object
    ) -> None:
        """Adds a fact once; `derived` names what it was computed from."""
        mark = (key, value, None if key in {"expires", "effective"} else span)
        if mark in self._seen:
            return
        self._seen.add(mark)
        self.facts.append(
            Fact(
                key,
                value,
                span,
                self.outline.clause_at(span.start) if key not in ("issued", "signed", "printed") else None,
                derived,
                detail,
            )
        )

    def date(
        self,
        key: str,
        mention: DateMention,
        span: Span | None = None,
        *,
        derived: tuple[str, ...] = (),
        **detail: object,
    ) -> None:
        """Adds a date; an impossible one is added as written."""
        if mention.chinese:
            detail["numerals"] = "chinese"
        if not mention.year_given:
            detail["year_assumed"] = True
        self.add(key, mention.value, span or mention.span, derived=derived, **detail)

    def first(self, key: str) -> Fact | None:
        """The first fact of a key."""
        return next((fact for fact in self.facts if fact.key == key), None)

    def sentence(self, offset: int) -> Span:
        """The sentence around `offset`, without its final mark."""
        start = max((self.text.rfind(c, 0, offset) for c in "。；！？\n"), default=-1) + 1
        ends = [i for i in (self.text.find(c, offset) for c in "。；！？\n") if i >= 0]
        return Span(start, min(ends, default=len(self.text)))

    def in_quotation(self, offset: int) -> bool:
        """Whether `offset` lies inside a longer quotation (“…”): the wording of an amendment, another text's words."""
        index = bisect_right(self._quote_starts, offset) - 1
        return index >= 0 and offset < self.quoted[index].end

    def words(self, start: int, end: int) -> str:
        """The words as the file has them, without whitespace."""
        return bare(self.layout.document.text[start:end])


def bare(text: str) -> str:
    """`text` without any whitespace."""
    return "".join(text.split())
