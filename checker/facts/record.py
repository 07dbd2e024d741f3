"""The facts of one document while they are being read: adding them, looking back at them, and the text around a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
    """[start, end) of the running text with each full date as U+E000 nnn U+E001 (nnn indexes `mentions`)."""
    mentions = layout.dates.within(start, end)[:999]
    out: list[str] = []
    starts: list[int] = []
    here = start
    for index, mention in enumerate(mentions):
        out.append(layout.text[here : mention.span.start])
        starts.extend(range(here, mention.span.start))
        token = f"\ue000{index:03d}\ue001"
        out.append(token)
        starts.extend([mention.span.start] * len(token))
        here = mention.span.end
    out.append(layout.text[here:end])
    starts.extend(range(here, end))
    return Marked("".join(out), tuple(starts), mentions)


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
        self.amended = False

    @property
    def forwards(self) -> bool:
        """Whether the title says 转发 or 批转: then only the outer notice speaks for the document."""
        return self.identity.forwards

    def add(
        self, key: str, value: str | float | date, span: Span, *, derived: tuple[str, ...] = (), **detail: object
    ) -> None:
        """Adds a fact once; `derived` names what it was computed from."""
        if any(
            f.key == key and f.value == value and (f.span == span or key in ("expires", "effective"))
            for f in self.facts
        ):
            return
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

    def words(self, start: int, end: int) -> str:
        """The words as the file has them, without whitespace."""
        return bare(self.layout.document.text[start:end])


def bare(text: str) -> str:
    """`text` without any whitespace."""
    return "".join(text.split())
