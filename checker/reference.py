"""Reference data: working days, what places set for themselves (checker.locality), the laws (checker.catalogue).

A working day is a Monday to Friday that is no public holiday, or a weekend day that a notice makes a working day
(国务院关于职工工作时间的规定 art. 7; 全国年节及纪念日放假办法 with the yearly notice). Some places have public holidays of
their own (the same 办法, art. 4), recorded for some years only: a count says how many of its days may be such holidays.

Counting follows 民法典 art. 201 and 203: the first day does not count, the last one does, and a last day that is no
working day moves to the next one. corpora/calendars/README.md describes the files and where each figure comes from.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from checker import data_root
from checker.catalogue import Catalogue, load_catalogue, state_of
from checker.errors import ReferenceDataError, UnknownCalendar
from checker.locality import shipped_places
from checker.model import LawArticle, PlaceParams

_DAY = timedelta(days=1)
_HOW_TO_ADD = (
    "拿到放假通知后，照 corpora/calendars/README.md 的写法写一个文件（例如 holidays-{year}.toml），"
    "列在 normcheck.toml 的 [calendar] files 里。"
)


@dataclass(frozen=True, slots=True)
class Count:
    """The working days of an interval.

    days: the counted days. possible_local: how many of them might be public holidays of the place that are not on
    record (an upper bound; 0 = exact). notes: what a reader of the count has to know, in Chinese.
    """

    days: tuple[date, ...]
    possible_local: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Year:
    """One `[[year]]` table: days off and working weekend days of the country or of one place."""

    year: int
    place: str | None
    off: frozenset[date]
    work: frozenset[date]


@dataclass(frozen=True, slots=True)
class _Festival:
    """One `[[festival]]` table: at most `days` days off each time, somewhere `within` the given intervals."""

    name: str
    places: tuple[str, ...]
    days: int
    yearly: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    dated: tuple[tuple[date, date], ...]
    since: int
    until: int

    def times(self, first: int, last: int) -> Iterator[tuple[date, date]]:
        """The intervals of the years `first` to `last` in each of which the festival may fall once."""
        for year in range(max(first, self.since), min(last, self.until) + 1):
            for (month, day), (end_month, end_day) in self.yearly:
                yield date(year, month, day), date(year, end_month, end_day)
            dated = [interval for interval in self.dated if interval[0].year == year]
            yield from dated
            known = bool(self.yearly) or any(a.year <= year <= b.year for a, b in self.dated)
            if not known:
                yield date(year, 1, 1), date(year, 12, 31)
        for interval in self.dated:  # begins in the year before and reaches into this one
            if interval[0].year == first - 1 >= self.since and interval[1].year >= first:
                yield interval


@dataclass(frozen=True)
class Calendar:
    """Working days of the country and of places with public holidays of their own.

    `place` is the full name of a province-level place, or None for the country. Every method raises UnknownCalendar
    for a year whose national arrangement is not on record.
    """

    _national: Mapping[int, _Year]
    _local: Mapping[tuple[str, int], _Year] = field(default_factory=dict)
    _festivals: tuple[_Festival, ...] = ()
    _cache: dict[tuple[int, str | None], tuple[date, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def until(self) -> date:
        """The last day of the last year known without a gap before it."""
        year = min(self._national)
        while year + 1 in self._national:
            year += 1
        return date(year, 12, 31)

    def is_workday(self, day: date, place: str | None = None) -> bool:
        """Whether the offices of `place` work on `day`."""
        local = self._local.get((place, day.year)) if place else None
        for table in (local, self._year(day.year)):
            if table is not None and day in table.off:
                return False
            if table is not None and day in table.work:
                return True
        return day.weekday() < 5

    def count(self, start: date, end: date, place: str | None = None) -> Count:
        """The working days after `start` up to and including `end`; none when end <= start."""
        days: list[date] = []
        for year in range((start + _DAY).year, end.year + 1) if start < end else ():
            of_year = self._days(year, place)
            days.extend(of_year[bisect_right(of_year, start) : bisect_right(of_year, end)])
        possible, notes = self._unrecorded(days, place)
        return Count(tuple(days), possible, notes)

    def add(self, start: date, n: int, place: str | None = None) -> date:
        """The n-th working day after `start`; `start` itself when n is 0."""
        if n < 0:
            raise ValueError(f"n must not be negative: {n}")
        if n == 0:
            return start
        year, left = (start + _DAY).year, n
        while True:
            of_year = self._days(year, place)
            first = bisect_right(of_year, start)
            if first + left <= len(of_year):
                return of_year[first + left - 1]
            left -= len(of_year) - first
            year += 1

    def roll_forward(self, day: date, place: str | None = None) -> date:
        """`day` itself when it is a working day, else the next working day (民法典 art. 203)."""
        while not self.is_workday(day, place):
            day += _DAY
        return day

    def _year(self, year: int) -> _Year:
        table = self._national.get(year)
        if table is None:
            raise UnknownCalendar(
                f"没有{year}年的放假安排，涉及该年的工作日无法计算。", next=_HOW_TO_ADD.format(year=year)
            )
        return table

    def _days(self, year: int, place: str | None) -> tuple[date, ...]:
        """The working days of one year, in order."""
        key = (year, place if (place, year) in self._local else None)
        if key not in self._cache:
            self._year(year)
            first = date(year, 1, 1).toordinal()
            all_days = map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1))
            self._cache[key] = tuple(day for day in all_days if self.is_workday(day, place))
        return self._cache[key]

    def _unrecorded(self, days: Sequence[date], place: str | None) -> tuple[int, tuple[str, ...]]:
        """How many of `days` may be public holidays of `place` that are not on record, and a note that says so."""
        open_days = [day for day in days if (place, day.year) not in self._local]
        if not place or not open_days:
            return 0, ()
        possible, names = 0, []
        for festival in self._festivals:
            if place not in festival.places:
                continue
            for first, last in festival.times(open_days[0].year, open_days[-1].year):
                hit = min(festival.days, sum(first <= day <= last for day in open_days))
                possible += hit
                if hit and festival.name not in names:
                    names.append(festival.name)
        possible = min(possible, len(open_days))
        if not possible:
            return 0, ()
        years = "、".join(f"{year}年" for year in sorted({day.year for day in open_days}))
        return possible, (
            f"没有{place}{years}的本地放假安排：所计工作日中最多有{possible}天可能是本地假日（{'、'.join(names)}）。"
            + _HOW_TO_ADD.format(year=open_days[0].year),
        )


class LawTexts(Protocol):
    """Full texts of laws, as far as the office brought them. Never raises: what cannot be read is not there."""

    def article(self, title: str, number: str, as_of: date | None = None) -> LawArticle | None:
        """The article `number` (第十二条之一, 12) of the law `title` in the version in force on `as_of`, else the newest.

        `title` with or without 《》 and 中华人民共和国. None when the law is not there, no version of it was in force
        that day, or the version has no such article. The texts know nothing of repeals: ask the catalogue.
        """
        ...


@dataclass(frozen=True)
class GivenLaws:
    """A few articles written down beside a rule's example: title to article to text, the same on every day."""

    texts: Mapping[str, Mapping[str, str]]

    def article(self, title: str, number: str, as_of: date | None = None) -> LawArticle | None:
        """The article as it was written down."""
        del as_of
        text = self.texts.get(title.strip("《》"), {}).get(number)
        return None if text is None else LawArticle(title, "", number, "", text, "", None, None, None, "")


@dataclass(frozen=True)
class Reference:
    """What the rules look up: the calendar, what places set for themselves, and the law catalogue, read when asked for.

    law_state: the day up to which the catalogue was brought. places: validity and filing of places, the office's own
    before the shipped ones. laws: full texts, None where the office has no law library.
    """

    calendar: Calendar
    law_state: date | None = None
    places: tuple[PlaceParams, ...] = ()
    laws: LawTexts | None = None

    @property
    def catalogue(self) -> Catalogue:
        """The shipped law catalogue. Raises ReferenceDataError when its files are damaged."""
        return _catalogue()

    def knows_law(self, name: str) -> bool:
        """Whether `name` is the title of a law in the catalogue."""
        return self.catalogue.knows(name)


@lru_cache(maxsize=1)
def _catalogue() -> Catalogue:
    return load_catalogue(data_root() / "corpora" / "laws")


def load_reference(calendar_files: Sequence[Path] = (), places: Sequence[PlaceParams] = ()) -> Reference:
    """The shipped reference data, with the calendar files and the places of an office on top.

    A year (of a place) in `calendar_files` replaces the shipped one. Raises ReferenceDataError naming file and key.
    """
    loaded = _load(tuple((path, _changed(path)) for path in calendar_files))
    return replace(loaded, places=(*places, *shipped_places()))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise ReferenceDataError(
            f"日历文件读不了（{error.strerror or error}）。", where=str(path), next="核对 [calendar] files 中的路径。"
        ) from error


@lru_cache(maxsize=8)
def _load(files: tuple[tuple[Path, int], ...]) -> Reference:
    shipped = sorted((data_root() / "corpora" / "calendars").glob("*.toml"))
    years, festivals = _merge(shipped)
    own_years, own_festivals = _merge([path for path, _ in files])
    years |= own_years
    replaced = {(festival.name, place) for festival in own_festivals for place in festival.places}
    kept = [old for old in festivals if not any((old.name, place) in replaced for place in old.places)]
    return Reference(
        Calendar(
            {year: table for (place, year), table in years.items() if place is None},
            {(place, year): table for (place, year), table in years.items() if place is not None},
            (*kept, *own_festivals),
        ),
        state_of(data_root() / "corpora" / "laws"),
    )


# ------------------------------------------------------------------ files


def _merge(paths: Iterable[Path]) -> tuple[dict[tuple[str | None, int], _Year], list[_Festival]]:
    """All tables of `paths`; the same year of the same place twice is an error."""
    years: dict[tuple[str | None, int], _Year] = {}
    festivals: list[_Festival] = []
    for path in paths:
        root = _Table(str(path), _toml(path), "")
        root.allow("year", "festival")
        for table in root.tables("year"):
            year = _read_year(table)
            if (year.place, year.year) in years:
                raise table.error("year", f"{year.place or '全国'}{year.year}年已经有一张表", "删去重复的一张")
            years[year.place, year.year] = year
        festivals.extend(_read_festival(table) for table in root.tables("festival"))
    return years, festivals


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ReferenceDataError(f"日历文件读不了（{error.strerror or error}）。", where=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReferenceDataError(f"不是有效的 UTF-8 TOML 文件：{error}。", where=str(path)) from error


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of a calendar file, read strictly: each complaint names file, table and key."""

    file: str
    values: Mapping[str, Any]
    name: str

    def error(self, key: str, what: str, next_step: str = "") -> ReferenceDataError:
        where = "，".join(part for part in (self.file, self.name, key) if part)
        return ReferenceDataError(f"{what}。", where=where, next=f"{next_step}。" if next_step else "")

    def allow(self, *keys: str) -> None:
        for key in self.values:
            if key not in keys:
                raise self.error(key, "不认识的项", f"可以用的项：{'、'.join(keys)}")

    def tables(self, key: str) -> Iterator[_Table]:
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise self.error(key, f"应当写成 [[{key}]] 表")
        for number, item in enumerate(found, 1):
            yield _Table(self.file, item, f"第{number}个 [[{key}]]")

    def integer(self, key: str, low: int, high: int, default: int | None = None) -> int:
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.error(key, f"应当是 {low} 到 {high} 之间的整数")
        return value

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "应当是不空的文字")
        return value

    def texts(self, key: str, *, empty: bool) -> list[str]:
        """A list of strings; a TOML date in it counts as its ISO text."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) or type(item) is date for item in value):
            raise self.error(key, "应当是文字的列表")
        if not empty and not any(str(item).strip() for item in value):
            raise self.error(key, "不能空缺")
        return [str(item).strip() for item in value]


def _read_year(table: _Table) -> _Year:
    table.allow("year", "place", "source", "off", "work")
    year = table.integer("year", 1950, 2200)
    place = _full_name(table, "place", table.text("place")) if "place" in table.values else None
    table.texts("source", empty=False)
    off = _days_of(table, "off", year)
    work = _days_of(table, "work", year)
    if both := sorted(off & work):
        raise table.error("work", f"{both[0]} 既是放假又是上班")
    if weekday := next((day for day in sorted(work) if day.weekday() < 5), None):
        raise table.error("work", f"{weekday} 不是星期六或星期日", "work 只列调休上班的周末")
    if place is None and not off:
        raise table.error("off", "全国的一年不能没有放假的日子")
    return _Year(year, place, off, work)


def _full_name(table: _Table, key: str, name: str) -> str:
    if not name.endswith(("省", "市", "自治区", "特别行政区")):
        raise table.error(key, f"“{name}”不是省级地方的全称", "写全称，例如“宁夏回族自治区”")
    return name


def _days_of(table: _Table, key: str, year: int) -> frozenset[date]:
    days: set[date] = set()
    for text in table.texts(key, empty=True):
        first, last = _interval(table, key, text)
        if first.year != year or last.year != year:
            raise table.error(key, f"“{text}”不在{year}年", "牵涉到别的年份的日子，写在那一年的表里")
        span = {first + timedelta(n) for n in range((last - first).days + 1)}
        if twice := sorted(days & span):
            raise table.error(key, f"{twice[0]} 写了两次")
        days |= span
    return frozenset(days)


def _interval(table: _Table, key: str, text: str) -> tuple[date, date]:
    first, slash, last = text.partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last if slash else first)
    except ValueError:
        raise table.error(key, f"“{text}”不是日期", '写成 "2024-01-01"，或者起止两天 "2024-02-10/2024-02-17"') from None
    if (slash and end <= start) or not re.fullmatch(r"\d{4}-\d\d-\d\d(/\d{4}-\d\d-\d\d)?", text):
        raise table.error(key, f"“{text}”起止颠倒或者写法不对", '写成 "2024-02-10/2024-02-17"')
    return start, end


_YEARLY = re.compile(r"\d\d-\d\d/\d\d-\d\d", re.ASCII)


def _read_festival(table: _Table) -> _Festival:
    table.allow("name", "places", "days", "within", "since", "until")
    yearly, dated = [], []
    for text in table.texts("within", empty=True):
        if _YEARLY.fullmatch(text):
            start, end = _interval(table, "within", f"2001-{text[:5]}/2001-{text[6:]}")
            yearly.append(((start.month, start.day), (end.month, end.day)))
        else:
            dated.append(_interval(table, "within", text))
    return _Festival(
        name=table.text("name"),
        places=tuple(_full_name(table, "places", place) for place in table.texts("places", empty=False)),
        days=table.integer("days", 1, 15),
        yearly=tuple(yearly),
        dated=tuple(sorted(dated)),
        since=table.integer("since", 1, 9999, 1),
        until=table.integer("until", 1, 9999, 9999),
    )
