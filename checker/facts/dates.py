"""Dates as they are written in Chinese administrative documents.

A small fixed grammar of our own: Arabic or Chinese numerals (二〇二三年七月十七日, 二00二年八月二十九日), spaces and line breaks
inside, full-width digits, 2023-07-17 and its kin, and dates without a year (7月17日) that take it from their neighbour.
A date that no calendar has (2月30日) is a mention with `day` None: it is reported, never corrected.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import regex

from checker.model import Span

_FULL_WIDTH = {ord("０") + i: ord("0") + i for i in range(10)}
_SAME_LENGTH = _FULL_WIDTH | str.maketrans(
    {"(": "（", ")": "）", ":": "：", ";": "；", ",": "，", "\xa0": " ", "｡": "。"}
)

_ZERO = "〇○零0ОO◯"
_NUMERALS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys(_ZERO, 0) | {"元": 1, "正": 1}
_ZH_DIGIT = rf"[一二三四五六七八九{_ZERO}]"

_DATE = regex.compile(
    rf"""
    (?<![\d.])
    (?:
        (?P<year>(?:1\s?[89]|2\s?0)\s?\d\s?\d|{_ZH_DIGIT}{{4}}) \s* 年
        \s* (?P<month>\d\s?\d?|十[一二]?|[一二三四五六七八九元正]) \s* 月
        \s* (?P<day>\d\s?\d?|三十一?|廿[一二三四五六七八九]?|二?十[一二三四五六七八九]?|[一二三四五六七八九])
        \s* (?P<unit>[日号月])
      | (?P<iso_year>(?:19|20)\d\d)(?P<sep>[-./．－])(?P<iso_month>\d{{1,2}})(?P=sep)(?P<iso_day>\d{{1,2}})(?!\d|(?P=sep)\d)
    )
    """,
    regex.VERBOSE,
)
_SHORT = regex.compile(
    r"(?<![\d年年-])(?<!年\s)(?P<month>1[0-2]|0?[1-9])\s*月\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号]"
)


def normalise(text: str) -> str:
    """`text` with full-width digits and half-width Chinese punctuation unified; same length, so offsets stay valid.

    Markdown emphasis inside a line (**) becomes blanks: it may stand in the middle of a clause.
    """
    return text.translate(_SAME_LENGTH).replace("**", "  ")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date where it stands. `day` is None when no calendar has it; `chinese` tells numerals like 二〇二三年."""

    span: Span
    text: str
    day: date | None
    chinese: bool = False
    year_given: bool = True

    @property
    def value(self) -> date | str:
        """The date, or the words as written when it is impossible."""
        return self.day if self.day is not None else "".join(self.text.split())


class Dates:
    """All full dates of a text, in order, with look-up by place. Offsets are those of the text given."""

    def __init__(self, text: str) -> None:
        """`text` is normalised (see `normalise`)."""
        self.text = text
        self.mentions = tuple(_mentions(text))
        self._starts = [mention.span.start for mention in self.mentions]

    def within(self, start: int, end: int) -> tuple[DateMention, ...]:
        """The dates that lie wholly in [start, end)."""
        first = bisect_left(self._starts, start)
        return tuple(m for m in self.mentions[first : bisect_left(self._starts, end)] if m.span.end <= end)

    def last_before(self, offset: int) -> DateMention | None:
        """The nearest date that ends at or before `offset`."""
        for mention in reversed(self.mentions[: bisect_left(self._starts, offset)]):
            if mention.span.end <= offset:
                return mention
        return None

    def short(self, start: int, end: int, year: int) -> Iterator[DateMention]:
        """Dates without a year (11月23日) in [start, end), read as of `year`; a day before that is never assumed."""
        for match in _SHORT.finditer(self.text, start, end):
            if any(m.span.start <= match.start() < m.span.end for m in self.mentions):
                continue
            day = _day(year, int(match["month"]), int(match["day"]))
            yield DateMention(Span(*match.span()), match[0], day, year_given=False)


def _mentions(text: str) -> Iterator[DateMention]:
    for match in _DATE.finditer(text):
        iso = match["iso_year"] is not None
        year, month, day = (match[("iso_" if iso else "") + name] for name in ("year", "month", "day"))
        real = None if match["unit"] == "月" else _day(numeral(year), numeral(month), numeral(day))
        chinese = not iso and not any(c.isdigit() and c.isascii() for c in month + day)
        yield DateMention(Span(*match.span()), match[0], real, chinese)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def numeral(text: str) -> int:
    """Value of a numeral in Arabic or Chinese digits: "17", "二〇二三", "二00二", "二十三", "一百零五". -1 when it is none."""
    text = "".join(text.split())
    if not text:
        return -1
    if text.isascii() and text.isdigit():
        return int(text)
    if not any(c in "十百千廿" for c in text):
        digits = [_NUMERALS[c] if c in _NUMERALS else int(c) if c.isdigit() else -1 for c in text]
        return -1 if -1 in digits else int("".join(map(str, digits)))
    total, digit = 0, 0
    for c in text:
        if c == "廿":
            total, digit = total + 20, 0
        elif c in "十百千":
            total, digit = total + (digit or 1) * {"十": 10, "百": 100, "千": 1000}[c], 0
        elif c in _NUMERALS:
            digit = _NUMERALS[c]
        else:
            return -1
    return total + digit
