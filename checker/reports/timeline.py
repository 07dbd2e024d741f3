"""The dated steps and the counted days as drawings (SVG), styled by the page that holds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from checker.errors import UnknownCalendar
from checker.model import Event, Measured
from checker.reference import Calendar
from checker.reports import words
from checker.reports.markup import Html, tag
from checker.reports.text import weekday

_DAY = timedelta(days=1)
_WIDTH = 720
_ROW = 6
_MARGIN = 60
_MONTHS = 60
_CELL = (_WIDTH - _MONTHS) / 7
_HEIGHT = 46
_NATURAL = 45
_WEEKS = 30

DayKind = Literal["work", "weekend", "holiday", "shifted"]
KindOf = Callable[[date], DayKind]


@dataclass(frozen=True, slots=True)
class Days:
    """What kind of day a day is, by the calendar of a place; without a calendar weekends alone are known."""

    calendar: Calendar | None = None
    place: str | None = None

    def kind(self, day: date) -> DayKind:
        """Working day, weekend, public holiday on a weekday (or a weekend that is none), or working weekend day."""
        weekend = day.weekday() >= 5
        try:
            works = self.calendar.is_workday(day, self.place) if self.calendar else not weekend
        except UnknownCalendar:
            works = not weekend
        return _kind(day, works=works)


def _kind(day: date, *, works: bool) -> DayKind:
    if day.weekday() >= 5:
        return "shifted" if works else "weekend"
    return "work" if works else "holiday"


def day_words(day: date, days: Days) -> str:
    """周二，放假 or 周日，调休上班; a plain day has its weekday alone."""
    note = {"holiday": "，放假", "shifted": "，调休上班"}.get(days.kind(day), "")
    return weekday(day) + note


# ------------------------------------------------------------------ the steps


def steps(events: Sequence[Event], days: Days) -> Html:
    """The steps in the order of their days at even distances, with the days that lie between two of them."""
    by_day: dict[date, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.day):
        by_day.setdefault(event.day, []).append(event)
    nodes = list(by_day.items())
    tallest = max((len(at) for _, at in nodes), default=1)
    height = 18 * tallest + 78
    rows = [nodes[i : i + _ROW] for i in range(0, len(nodes), _ROW)]
    gaps = {later: (later - earlier).days for earlier, later in pairwise(by_day)}
    step = (_WIDTH - 2 * _MARGIN) / max(min(len(nodes), _ROW) - 1, 1)
    drawn = [_row(row, index, step, index * height + 18 * tallest + 16, gaps, days) for index, row in enumerate(rows)]
    said = "；".join(f"{_names(at)}{day.isoformat()}" for day, at in nodes)
    return _svg(height * len(rows), f"各环节日期：{said}", *drawn)


def _row(
    row: Sequence[tuple[date, list[Event]]], index: int, step: float, y: float, gaps: Mapping[date, int], days: Days
) -> Html:
    places = [_MARGIN + step * i for i in range(len(row))]
    drawn = [tag("line", class_="rail", x1=places[0] if index == 0 else 0.0, y1=y, x2=places[-1], y2=y)]
    for x, (day, events) in zip(places, row, strict=True):
        drawn.append(tag("circle", class_=f"step {events[0].source}", cx=x, cy=y, r=6))
        for line, event in enumerate(reversed(events)):
            drawn.append(_text(words.EVENT.get(event.event, event.event), x, y - 16 - 18 * line, "name"))
        drawn.append(_text(_short(day), x, y + 26, "date"))
        drawn.append(_text(day_words(day, days), x, y + 43, "weekday"))
        if day in gaps:
            drawn += _gap(f"{gaps[day]}日", x - (step if x > _MARGIN else _MARGIN) / 2, y)
    return tag("g", *drawn)


def _gap(text: str, x: float, y: float) -> list[Html]:
    """Words that stand on the line."""
    width = 7.0 * len(text) + 14
    return [
        tag("rect", class_="paper", x=x - width / 2, y=y - 8, width=width, height=16),
        _text(text, x, y + 4, "gap"),
    ]


def _names(events: Sequence[Event]) -> str:
    return "、".join(words.EVENT.get(event.event, event.event) for event in events)


def _short(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# ------------------------------------------------------------------ the counted days


@dataclass(frozen=True, slots=True)
class Interval:
    """Days after `start` up to and including `end`; `counted` are those that count."""

    start: date
    end: date
    counted: tuple[date, ...]
    unit: str


def interval(measured: Measured) -> Interval | None:
    """What of a measurement can be drawn: working days, or a short time in days; None for the rest."""
    start, end = measured.start, measured.end
    if measured.unit == "working_day" and measured.days:
        start, end = start or measured.days[0] - _DAY, end or measured.days[-1]
        return Interval(start, end, measured.days, measured.unit) if (end - start).days < 7 * _WEEKS else None
    if measured.unit == "day" and start and end and 0 < (end - start).days <= _NATURAL:
        every = tuple(start + n * _DAY for n in range(1, (end - start).days + 1))
        return Interval(start, end, every, measured.unit)
    return None


def counted_days(drawn: Interval, events: Sequence[Event], days: Days) -> Html:
    """The weeks of the interval, Monday to Sunday, with a number on every counted day."""
    numbers = {day: number for number, day in enumerate(drawn.counted, 1)}

    def kind(day: date) -> DayKind:
        """Within counted working days the count itself says what was a working day."""
        inside = drawn.unit == "working_day" and drawn.start < day <= drawn.end
        return _kind(day, works=day in numbers) if inside else days.kind(day)

    labels: dict[date, str] = {}
    for day in (drawn.start, drawn.end):
        at = [words.EVENT.get(event.event, event.event) for event in events if event.day == day]
        labels[day] = (at[0] + ("等" if len(at) > 1 else "")) if at else ("起算日" if day == drawn.start else "末日")
    first = drawn.start - drawn.start.weekday() * _DAY
    last = drawn.end + (6 - drawn.end.weekday()) * _DAY
    shown = [first + n * _DAY for n in range((last - first).days + 1)]
    parts = [_text(f"周{name}", _MONTHS + (i + 0.5) * _CELL, 16, "weekday") for i, name in enumerate("一二三四五六日")]
    for number, day in enumerate(shown):
        parts.append(_cell(day, number // 7, drawn, numbers.get(day), kind(day), labels.get(day, "")))
        if day.weekday() == 0:
            parts += _month([each for each in shown[number : number + 7] if each <= drawn.end], number // 7)
    bottom = 26 + _HEIGHT * len(shown) / 7
    parts.append(_legend(bottom + 12, {kind(day) for day in shown}))
    return _svg(bottom + 34, _said(drawn, kind), *parts)


def _said(drawn: Interval, kind: KindOf) -> str:
    """The drawing in words, for those who hear the page."""
    between = [drawn.start + n * _DAY for n in range(1, (drawn.end - drawn.start).days + 1)]
    parts = [f"{_short(drawn.start)}起算，当日不计入，至{_short(drawn.end)}，计入{len(drawn.counted)}日"]
    for name, which in (("放假", "holiday"), ("调休上班", "shifted")):
        found = [f"{day.month}月{day.day}日" for day in between if kind(day) == which]
        parts += [f"{name}：{'、'.join(found)}"] if found else []
    return "；".join(parts)


def _cell(day: date, week: int, drawn: Interval, number: int | None, kind: DayKind, label: str) -> Html:
    x, y = _MONTHS + day.weekday() * _CELL, 26.0 + week * _HEIGHT
    inside = drawn.start <= day <= drawn.end
    outline = " edge" if day in (drawn.start, drawn.end) else ""
    parts = [
        tag("rect", class_=f"day {kind}{outline}", x=x, y=y, width=_CELL, height=_HEIGHT),
        _text(f"{day.month}月1日" if day.day == 1 else str(day.day), x + 8, y + 19, "number"),
    ]
    if kind in ("holiday", "shifted"):
        shift = (55 if day.month < 10 else 61) if day.day == 1 else 30
        parts.append(_text("休" if kind == "holiday" else "班", x + shift, y + 19, f"sign {kind}"))
    if number is not None:
        parts.append(tag("circle", class_="count", cx=x + _CELL - 16, cy=y + 16, r=11))
        parts.append(_text(str(number), x + _CELL - 16, y + 20, "counted"))
    if label:
        parts.append(_text(label, x + 8, y + 39, "label"))
    return tag("g", *parts, class_=None if inside else "outside")


def _month(week: Sequence[date], row: int) -> list[Html]:
    """The month at the left of its first week, the year where it changes."""
    begun = [day for day in week if day.day == 1] or ([week[0]] if row == 0 else [])
    if not begun:
        return []
    y = 26 + row * _HEIGHT
    first = week[0] if row == 0 else begun[0]
    parts = [_text(f"{first.month}月", 4, y + 19, "month")]
    if row == 0 or first.month == 1:
        parts.append(_text(f"{first.year}年", 4, y + 37, "year"))
    return parts


def _legend(y: float, kinds: set[DayKind]) -> Html:
    parts: list[Html] = [
        tag("circle", class_="count", cx=_MONTHS + 10, cy=y + 6, r=9),
        _text("1", _MONTHS + 10, y + 10, "counted"),
        _text("计入的第几日", _MONTHS + 26, y + 11, "label"),
        tag("rect", class_="day weekend", x=_MONTHS + 126, y=y - 3, width=18, height=18),
        _text("不上班的周末", _MONTHS + 151, y + 11, "label"),
    ]
    x = _MONTHS + 252
    for kind, sign, name in (("holiday", "休", "放假"), ("shifted", "班", "调休上班")):
        if kind in kinds:
            parts += [_text(sign, x, y + 11, f"sign {kind}"), _text(name, x + 18, y + 11, "label")]
            x += 90
    return tag("g", *parts)


def _text(text: str, x: float, y: float, kind: str) -> Html:
    return tag("text", text, class_=kind, x=float(x), y=float(y))


def _svg(height: float, said: str, *content: Html) -> Html:
    return tag(
        "svg",
        tag("title", said),
        *content,
        viewBox=f"0 0 {_WIDTH} {height:g}",
        role="img",
        width=_WIDTH,
        height=f"{height:g}",
    )
