"""What a place sets for itself: the greatest validity of its normative documents, and when they are filed for record.

The law leaves both to provinces and below. An office writes them under `[place."…"]` of its normcheck.toml; the few
values with a source that was read are shipped in rules/places.toml. Nothing is assumed where neither has a value.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, get_args

from checker import data_root
from checker.errors import ReferenceDataError
from checker.model import FilingTerm, Level, PlaceParams, Region, ValidityTerm

_STEPS = ("adopted", "signed", "issued", "printed", "published", "effective")
"""The steps from which a place may count the days to filing."""


def nearest_first(places: Sequence[PlaceParams], region: Region | None) -> tuple[PlaceParams, ...]:
    """Those of `places` that hold for `region`: the county before the city before the province, the office's own first."""
    name = region.name if region is not None else ""
    holding = [place for place in places if name.startswith(place.place)]
    return tuple(sorted(holding, key=lambda place: (-len(place.place), not place.own)))


@lru_cache(maxsize=1)
def shipped_places() -> tuple[PlaceParams, ...]:
    """The values of rules/places.toml. Raises ReferenceDataError."""
    path = data_root() / "rules" / "places.toml"
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReferenceDataError(f"读不了（{error}）。", where=f"rules/{path.name}") from error
    tables = values.get("place", {})
    return tuple(
        read_place(name, tables[name], f'rules/{path.name}，[place."{name}"]', own=False) for name in sorted(tables)
    )


def read_place(name: str, table: object, where: str, *, own: bool = True) -> PlaceParams:
    """The table of one place, read strictly; `name` is its full name and `where` how messages call the table.

    Raises:
        ReferenceDataError: For a key that is not known, one that is missing, or a value that cannot be; names the key.
    """
    content = _Table(table, where).allow(("validity_years", "filing"))
    validity = tuple(_validity(each, own=own) for each in content.several("validity_years"))
    for one, later in pairwise(validity):
        if one.until is None or later.since < one.until:
            raise content.wrong("validity_years", "前后两段时间重叠", "按时间先后排列，前一段写 until。")
    filing = tuple(_filing(each, own=own) for each in content.several("filing"))
    if not validity and not filing:
        raise content.wrong("", "没有内容", "写 validity_years 或者 filing。")
    return PlaceParams(name, validity, filing, own)


def _validity(table: _Table, *, own: bool) -> ValidityTerm:
    years = ("general", "provisional", "notice", "unstated")
    table.allow((*years, "must_state", "exception", "source", "from", "until", *_grading(own)))
    table.need("general", "source", "from", *_grading(own))
    given: dict[str, Any] = {key: table.get(key, _positive) for key in years if key in table.values}
    for key, check in (("must_state", _flag), ("exception", _words), ("verified", _grade), ("until", _day)):
        if key in table.values:
            given[key] = table.get(key, check)
    term = ValidityTerm(source=table.get("source", _words), since=table.get("from", _day), **given)
    if term.until is not None and term.until <= term.since:
        raise table.wrong("until", "应晚于 from")
    return term


def _grading(own: bool) -> tuple[str, ...]:
    """Only shipped values say how far their source was read: an office vouches for its own."""
    return () if own else ("verified",)


def _filing(table: _Table, *, own: bool) -> FilingTerm:
    known = ("issuer", "days", "unit", "counted_from", "recipients", "source", "from", "until", *_grading(own))
    table.allow(known)
    table.need("issuer", "days", "unit", "recipients", "source", "counted_from" if own else "verified")
    named: Level | list[Level] = table.get("issuer", _levels)
    given: dict[str, Any] = {}
    for key, name, check in (
        ("counted_from", "counted_from", _step),
        ("verified", "verified", _grade),
        ("from", "since", _day),
        ("until", "until", _day),
    ):
        if key in table.values:
            given[name] = table.get(key, check)
    return FilingTerm(
        issuer=tuple(named) if isinstance(named, list) else (named,),
        days=table.get("days", _positive),
        unit=table.get("unit", _one_of("day", "working_day")),
        recipients=tuple(table.get("recipients", _texts)),
        source=table.get("source", _words),
        **given,
    )


# ------------------------------------------------------------------ strict tables

_Check = Callable[[object], str | None]


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file; `where` names it in messages."""

    content: object
    where: str

    @property
    def values(self) -> Mapping[str, Any]:
        if not isinstance(self.content, Mapping):
            raise ReferenceDataError("应当是表。", where=self.where, next="写成 { 键 = 值, … }。")
        return self.content

    def allow(self, known: Sequence[str]) -> _Table:
        for key in self.values:
            if key not in known:
                raise self.wrong(key, "不认识的项", f"可以用：{'、'.join(known)}。")
        return self

    def need(self, *keys: str) -> None:
        for key in keys:
            if key not in self.values:
                raise self.wrong(key, "没有写", f"须有：{'、'.join(keys)}。")

    def get(self, key: str, check: _Check) -> Any:
        value = self.values[key]
        wanted = check(value)
        if wanted:
            raise self.wrong(key, f"{value!r} 不可用", f"{wanted}。")
        return value

    def several(self, key: str) -> list[_Table]:
        """The tables under `key`: one table, or a list of tables."""
        content = self.values.get(key, [])
        tables = content if isinstance(content, list) else [content]
        numbered = len(tables) > 1
        return [
            _Table(each, f"{self.where} {key}{f' 第{number}个' if numbered else ''}")
            for number, each in enumerate(tables, 1)
        ]

    def wrong(self, key: str, what: str, next_step: str = "") -> ReferenceDataError:
        return ReferenceDataError(f"{what}。", where=f"{self.where} {key}".rstrip(), next=next_step)


def _positive(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000
    return None if good else "应为正整数"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else "应为 true 或者 false"


def _words(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "应为非空文字"


def _texts(value: object) -> str | None:
    good = isinstance(value, list) and value and not any(map(_words, value))
    return None if good else '应为文字的列表，例如 ["市人民政府"]'


def _day(value: object) -> str | None:
    good = isinstance(value, date) and not isinstance(value, datetime)
    return None if good else "应为日期，例如 2018-01-01（不加引号）"


def _one_of(*known: str) -> _Check:
    return lambda value: None if value in known else f"可以用：{'、'.join(known)}"


_grade = _one_of("V1", "V2", "K")
_step = _one_of(*_STEPS)


def _levels(value: object) -> str | None:
    named = value if isinstance(value, list) else [value]
    good = bool(named) and all(level in get_args(Level) for level in named)
    return None if good else f"可以用：{'、'.join(get_args(Level))}（一个，或者列表）"
