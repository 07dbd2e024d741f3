"""Structure of a text: 编/章/节/条/款/项/目 and 一、（一）1.（1）, with the number of every unit.

`Outline.clause_at` names the place of any character the way officers cite it: 第三条第二款第（一）项, 二、（三）.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import regex

from checker.facts.dates import numeral
from checker.facts.layout import Layout, Line
from checker.model import Span

_NUMERAL = r"[一二三四五六七八九十百千零〇○\d]{1,7}"
_UNITS = (
    ("part", regex.compile(rf"^第\s*({_NUMERAL})\s*编(?=\s|　|$|[^的，。；、])")),
    ("chapter", regex.compile(rf"^第\s*({_NUMERAL})\s*章(?=\s|　|$|[^的，。；、])")),
    ("section", regex.compile(rf"^第\s*({_NUMERAL})\s*节(?=\s|　|$|[^的，。；、])")),
    ("article", regex.compile(rf"^第\s*({_NUMERAL})\s*条(?!第|款|、|和|规定|的)")),
    ("point1", regex.compile(r"^([一二三四五六七八九十]{1,3})\s*[、.．]")),
    ("item", regex.compile(r"^（\s*([一二三四五六七八九十]{1,3})\s*）")),
    ("point3", regex.compile(r"^(\d{1,3})\s*[.．、](?!\d)")),
    ("point4", regex.compile(r"^（\s*(\d{1,3})\s*）")),
    ("point5", regex.compile(r"^([①-⑳])")),
)
_INLINE_ARTICLE = regex.compile(rf"(?<=^第[^。]{{1,20}}[　 ]{{2,}})第\s*{_NUMERAL}\s*条(?!第|款|、|和|规定|的)")
_DEPTH = {
    "part": 0,
    "chapter": 1,
    "section": 2,
    "article": 3,
    "point1": 3,
    "item": 4,
    "point3": 5,
    "point4": 6,
    "point5": 7,
}
_KINDS = {
    "part": "编",
    "chapter": "章",
    "section": "节",
    "article": "条",
    "paragraph": "款",
    "item": "项",
    "subitem": "目",
    "point1": "一、",
    "point2": "（一）",
    "point3": "1.",
    "point4": "（1）",
    "point5": "①",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A numbered unit: kind (条, 款, 项 …), its number, the label to cite it by, the span of its own line."""

    kind: str
    number: int
    label: str
    span: Span


class Outline:
    """All units of a document in order."""

    def __init__(self, layout: Layout) -> None:
        """One pass over the lines; tables hold no units."""
        self.units: list[Unit] = []
        self._article: Unit | None = None
        self._paragraphs = 0
        self._trail: dict[int, str] = {}
        for line in layout.lines:
            if not line.cell:
                self._read(line)
        self._starts = [unit.span.start for unit in self.units]

    def clause_at(self, offset: int) -> str | None:
        """The citation of the unit that holds `offset`, or None before the first unit."""
        index = bisect_right(self._starts, offset) - 1
        return self.units[index].label if index >= 0 else None

    def articles(self) -> list[Unit]:
        """The 条 units in order."""
        return [unit for unit in self.units if unit.kind == "条"]

    def _read(self, line: Line) -> None:
        text, start = line.text, line.span.start
        for kind, pattern in _UNITS:
            match = pattern.match(text)
            if match is None:
                continue
            self._unit(kind, match[1], "".join(match[0].split()), line)
            if kind in ("chapter", "section"):
                inline = _INLINE_ARTICLE.search(text)
                if inline:
                    rest = Line(line.index, Span(start + inline.start(), line.span.end), text[inline.start() :])
                    self._read(rest)
            return
        if self._article is not None and len(text) > 6:
            self._paragraphs += 1
            label = f"{self._article.label}第{_chinese(self._paragraphs)}款"
            self._trail = {3: label}
            self.units.append(Unit("款", self._paragraphs, label, line.span))

    def _unit(self, kind: str, number: str, written: str, line: Line) -> None:
        depth, value = _DEPTH[kind], numeral(number) if kind != "point5" else ord(number) - ord("①") + 1
        if kind in ("part", "chapter", "section"):
            self._article, self._trail = None, {}
            self.units.append(Unit(_KINDS[kind], value, written, line.span))
            return
        if kind == "article":
            self._paragraphs = 1
            self._article = Unit("条", value, written, line.span)
            self._trail = {3: written}
            self.units.append(self._article)
            return
        if kind == "point1":
            self._article = None
        self._trail = {d: label for d, label in self._trail.items() if d < depth}
        above = self._trail[max(self._trail)] if self._trail else ""
        if self._article is not None:
            if kind == "item" and "款" not in above and self._paragraphs > 1:
                above = f"{self._article.label}第{_chinese(self._paragraphs)}款"
            part = f"第{written}项" if kind == "item" else f"第{number}目" if kind == "point3" else written
            name = {"item": "项", "point3": "目"}.get(kind, _KINDS.get(kind, kind))
        else:
            part, name = written, _KINDS["point2" if kind == "item" else kind]
        label = above + part
        self._trail[depth] = label
        self.units.append(Unit(name, value, label, line.span))


def _chinese(number: int) -> str:
    digits = "〇一二三四五六七八九"
    if number < 10:
        return digits[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
    return str(number)
