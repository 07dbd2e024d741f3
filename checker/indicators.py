"""indicators.toml -> the indicator system of a pack: what each of its items asks of documents, and what decides it.

An indicator system measures governments; it is no ground of illegality. Each row names the requirements
(rules/requirements.toml) that an item states, which alone score, and those that it merely supports; what decides each
of them; the units that the item is asked of; and the evidence that a person has to bring where no text decides.

A file loads strictly, as rules do. It may extend the system of another pack (a county's table that repeats a national
system): a row with a number of that system then names only what it changes or adds. rules/README.md lists the keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import regex

from checker import data_root
from checker.errors import RulePackError
from checker.kinds.base import flag, listed, number, one_of, words
from checker.rulebook import line_of

Relation = Literal["states", "supports"]
Decider = Literal["text", "dossier", "register", "outside"]
Unit = Literal[
    "city_government",
    "county_government",
    "township",
    "department",
    "provincial_enforcement_department",
    "provincial_coordinating_department",
]
"""Who is measured. `department` is a department of a city or county; the provincial ones are told apart by whether
they enforce laws or coordinate (区直综合协调部门)."""

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """What an indicator has to do with one requirement.

    code: of requirements.toml. relation: "states" when the item itself asks for it, "supports" when it merely serves
    it; only "states" scores. decided_by: where the answer is found. figures: the limits that the item gives, by the
    words of `FIGURES`. hedge: the item's own softening word (一般, 原则上), empty for a hard limit. part: the part of the
    requirement that the item states, empty for all of it. units: whom it concerns where that is not everybody the item
    is asked of (a county makes no government rules), else empty.
    """

    code: str
    relation: Relation
    decided_by: tuple[Decider, ...]
    figures: Mapping[str, int | str] = field(default_factory=dict)
    hedge: str = ""
    part: str = ""
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """Material that a system wants handed in (资料报送), in our words, for the indicators `numbers` together.

    since: the first day of the period that the material covers. count: how many pieces, where a number is asked.
    """

    numbers: tuple[str, ...]
    asks: str
    since: date | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One numbered item of a system.

    number: as printed, with the name of the part where numbering starts again ("附加4"). text: what is asked, in our
    words. evidence: what shows it where the text of a document does not. units: the measured units that the item is
    asked of. star: marked ※. differs: how other versions of the system differ. not_applicable: why nobody in the system
    is asked it, else empty.
    """

    number: str
    title: str
    text: str
    group: str
    task: str
    requirements: tuple[Link, ...]
    evidence: tuple[str, ...]
    units: tuple[Unit, ...]
    star: bool = False
    differs: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    deadline: str = ""
    submissions: tuple[Submission, ...] = ()
    not_applicable: str = ""

    @property
    def decided_by(self) -> tuple[Decider, ...]:
        """All that is needed to decide the item, from the text of a document outwards."""
        needed = {decider for link in self.requirements for decider in link.decided_by}
        return tuple(decider for decider in get_args(Decider) if decider in needed)

    @property
    def states(self) -> tuple[Link, ...]:
        """The requirements that score."""
        return tuple(link for link in self.requirements if link.relation == "states")

    def concerns(self, link: Link, unit: Unit) -> bool:
        """Whether one of the item's requirements is asked of a unit of that type."""
        return unit in self.units and (not link.units or unit in link.units)


@dataclass(frozen=True)
class System:
    """An indicator system as far as it concerns documents.

    number: 文号, empty where the text has none. place: official name as in pack.toml, empty for the whole country.
    since, until: the period in which it measures, `until` itself outside. headings: the column heads of its table.
    note: what a reader has to know of the source.
    """

    title: str
    number: str
    place: str
    since: date
    until: date | None
    units: tuple[Unit, ...]
    star_exempt: tuple[Unit, ...]
    headings: tuple[str, ...]
    note: str
    indicators: tuple[Indicator, ...]

    def indicator(self, number: str) -> Indicator:
        """The row with that number. Raises KeyError when the system has none."""
        for row in self.indicators:
            if row.number == number:
                return row
        raise KeyError(f"{self.title} {number}")

    def scored(self, unit: Unit) -> tuple[Indicator, ...]:
        """The rows on which a unit of that type is measured."""
        return tuple(row for row in self.indicators if any(row.concerns(link, unit) for link in row.states))

    def links(self, code: str) -> Iterator[tuple[Indicator, Link]]:
        """Where the requirement `code` occurs."""
        for row in self.indicators:
            for link in row.requirements:
                if link.code == code:
                    yield row, link


# ------------------------------------------------------------------ what a file may hold

Check = Callable[[object], str | None]


def _day(value: object) -> str | None:
    good = isinstance(value, date) and not isinstance(value, datetime)
    return None if good else "应为日期，例如 2023-09-01（不加引号）"


def _printed_number(value: object) -> str | None:
    good = isinstance(value, str) and regex.fullmatch(r"(?:附加|否决)?[1-9]\d{0,2}", value)
    return None if good else '应为带引号的序号，例如 "19"、"附加4"'


def _month_day(value: object) -> str | None:
    good = isinstance(value, str) and regex.fullmatch(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", value)
    return None if good else '应为带引号的月日，例如 "03-01"'


def _tables(value: object) -> str | None:
    good = isinstance(value, list) and value and all(isinstance(item, dict) for item in value)
    return None if good else "应为非空的表数组"


FIGURES: Mapping[str, Check] = {
    "min_days": number,
    "min_working_days": number,
    "max_working_days": number,
    "rate_percent": number,
    "per_year": number,
    "every_years": number,
    "quarter": number,
    "report_by": _month_day,
    "publish_by": _month_day,
}
"""Limits that an item gives. per_year: at least so many a year; every_years: at least once in so many years; quarter:
within that quarter; report_by, publish_by: before that day (MM-DD) of the following year."""

_UNITS = listed(one_of(*get_args(Unit)))
_LINK: Mapping[str, Check] = {
    "code": words,
    "relation": one_of(*get_args(Relation)),
    "decided_by": listed(one_of(*get_args(Decider))),
    "hedge": words,
    "part": words,
    "units": _UNITS,
    **FIGURES,
}
_ROW: Mapping[str, Check] = {
    "number": _printed_number,
    "title": words,
    "text": words,
    "group": words,
    "task": words,
    "requirements": _tables,
    "evidence": listed(words),
    "units": _UNITS,
    "star": flag,
    "differs": listed(words),
    "responsible": listed(words),
    "deadline": words,
    "not_applicable": words,
}
_SUBMISSION: Mapping[str, Check] = {
    "numbers": listed(_printed_number),
    "asks": words,
    "since": _day,
    "count": number,
}
_SYSTEM: Mapping[str, Check] = {
    "title": words,
    "number": words,
    "place": words,
    "extends": words,
    "from": _day,
    "until": _day,
    "units": _UNITS,
    "star_exempt": _UNITS,
    "headings": listed(words),
    "note": words,
    "indicator": _tables,
    "submission": _tables,
}
_NEEDED_ROW = ("title", "text", "group", "requirements")


# ------------------------------------------------------------------ loading


def load_indicators(folder: Path, *, codes: Collection[str] | None = None) -> System:
    """Read `folder`/indicators.toml and the system that it extends.

    codes: the requirements there are; without them those of the shipped requirements.toml.

    Raises:
        RulePackError: When the file is not what the format allows: file, line, key and what is allowed.
    """
    return _load(folder, frozenset(codes) if codes is not None else _shipped_codes(), ())


def _shipped_codes() -> frozenset[str]:
    with (data_root() / "rules" / "requirements.toml").open("rb") as file:
        return frozenset(tomllib.load(file))


def _load(folder: Path, codes: frozenset[str], children: tuple[Path, ...]) -> System:
    file = _File.read(folder)
    file.check(file.raw, _SYSTEM)
    for key in ("title", "from", "units"):
        if key not in file.raw:
            raise file.error(f"缺少键 {key}。", next="须有 title、from、units。")
    if "until" in file.raw and file.raw["until"] <= file.raw["from"]:
        raise file.error("until 应晚于 from。", "until")
    parent = _parent(file, codes, (*children, folder.resolve()))
    rows = _Rows(file, codes, parent).resolve()
    return System(
        title=file.raw["title"],
        number=file.raw.get("number", ""),
        place=file.raw.get("place", ""),
        since=file.raw["from"],
        until=file.raw.get("until"),
        units=tuple(file.raw["units"]),
        star_exempt=tuple(file.raw.get("star_exempt", ())),
        headings=tuple(file.raw.get("headings", ())),
        note=file.raw.get("note", ""),
        indicators=rows,
    )


def _parent(file: _File, codes: frozenset[str], children: tuple[Path, ...]) -> System | None:
    name = file.raw.get("extends")
    if name is None:
        return None
    shipped = data_root() / "rules"
    folder = (shipped / name).resolve()
    if not folder.is_relative_to(shipped.resolve()) or not (folder / "indicators.toml").is_file():
        known = sorted(path.parent.relative_to(shipped).as_posix() for path in shipped.rglob("indicators.toml"))
        raise file.error(f"extends 的指标体系 {name} 不存在。", "extends", next="可用的指标体系：" + "、".join(known))
    if folder in children:
        raise file.error("extends 成环。", "extends", next="去掉其中一个 extends。")
    return _load(folder, codes, children)


@dataclass(frozen=True, slots=True)
class _File:
    """One indicators.toml. `where` is how messages name it."""

    where: str
    text: str
    raw: Raw

    @staticmethod
    def read(folder: Path) -> _File:
        path = folder / "indicators.toml"
        where = "/".join(path.parts[-3:])
        try:
            text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise RulePackError(f"无法读取：{error.strerror}。", where=where) from error
        except UnicodeDecodeError as error:
            raise RulePackError("文件不是 UTF-8 编码。", where=where, next="另存为 UTF-8 编码。") from error
        try:
            return _File(where, text, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            found = regex.search(r"line (\d+)", str(error))
            line = f" 第{found[1]}行" if found else ""
            raise RulePackError(
                f"TOML 语法有误：{error}", where=f"{where}{line}", next="检查引号、括号和等号。"
            ) from error

    def error(self, what: str, *path: str | int, next: str = "") -> RulePackError:
        key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        place = f"{self.where} 第{line_of(self.text, path)}行"
        return RulePackError(what, where=f"{place} {key}".rstrip(), next=next)

    def check(self, raw: Mapping[str, Any], checks: Mapping[str, Check], *path: str | int) -> None:
        for key, value in raw.items():
            if key not in checks:
                raise self.error(f"未知的键 {key}。", *path, key, next="可用的键：" + "、".join(checks))
            if wrong := checks[key](value):
                raise self.error(f"{key} 的值 {value!r} 不可用。", *path, key, next=wrong + "。")


class _Rows:
    """The rows of one file over those of the system that it extends. One instance serves one load."""

    def __init__(self, file: _File, codes: frozenset[str], parent: System | None) -> None:
        self._file = file
        self._codes = codes
        self._units: tuple[Unit, ...] = tuple(file.raw["units"])
        self._star_exempt = frozenset(file.raw.get("star_exempt", ()))
        self._inherited = {row.number: row for row in _unplaced(parent)} if parent is not None else {}

    def resolve(self) -> tuple[Indicator, ...]:
        rows = dict(self._inherited)
        seen: dict[str, int] = {}
        for index, raw in enumerate(self._file.raw.get("indicator", ())):
            self._file.check(raw, _ROW, "indicator", index)
            if "number" not in raw:
                raise self._file.error("指标缺少键 number。", "indicator", index, next="写明序号。")
            if (first := seen.setdefault(raw["number"], index)) != index:
                line = line_of(self._file.text, ("indicator", first))
                raise self._file.error(
                    f"序号 {raw['number']} 重复。", "indicator", index, "number", next=f"另一个在第{line}行。"
                )
            rows[raw["number"]] = self._row(index, raw, self._inherited.get(raw["number"]))
        if not rows:
            raise self._file.error("没有指标。", next="每个指标写一个 [[indicator]]。")
        submissions = self._submissions(rows)
        return tuple(self._place(row, seen.get(row.number), submissions) for row in rows.values())

    def _row(self, index: int, raw: Raw, base: Indicator | None) -> Indicator:
        if base is None:
            for key in _NEEDED_ROW:
                if key not in raw:
                    raise self._file.error(
                        f"指标 {raw['number']} 缺少键 {key}。",
                        "indicator",
                        index,
                        next="须有 number、" + "、".join(_NEEDED_ROW) + "。",
                    )
            base = Indicator(raw["number"], "", "", "", "", (), (), ())
        elif set(raw) == {"number"}:
            raise self._file.error(
                f"指标 {raw['number']} 没有改动任何内容。", "indicator", index, next="写明改动的键，或者删去。"
            )
        changed: Raw = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
        if "requirements" in raw:
            changed["requirements"] = tuple(self._links(index, raw["requirements"]))
        row = replace(base, **changed)
        if not row.evidence and set(row.decided_by) != {"text"}:
            raise self._file.error(
                f"指标 {row.number} 缺少键 evidence。",
                "indicator",
                index,
                next="不能只看文本判断的指标，写明要什么材料；或者把 decided_by 改为只有 text。",
            )
        return row

    def _links(self, index: int, links: list[Raw]) -> Iterator[Link]:
        seen: set[str] = set()
        for position, link in enumerate(links):
            for wrong in self._faults(link, seen):
                line = _link_line(self._file.text, index, position)
                where = f"{self._file.where} 第{line}行 indicator[{index + 1}].requirements[{position + 1}]"
                raise RulePackError(wrong[0], where=where, next=wrong[1])
            seen.add(link["code"])
            yield Link(
                code=link["code"],
                relation=link["relation"],
                decided_by=tuple(link["decided_by"]),
                figures={key: value for key, value in link.items() if key in FIGURES},
                hedge=link.get("hedge", ""),
                part=link.get("part", ""),
                units=tuple(link.get("units", ())),
            )

    def _faults(self, link: Raw, seen: Collection[str]) -> Iterator[tuple[str, str]]:
        """(what is wrong, what to do) of one entry of `requirements`."""
        for key, value in link.items():
            if key not in _LINK:
                yield f"未知的键 {key}。", "可用的键：" + "、".join(_LINK)
            elif wrong := _LINK[key](value):
                yield f"{key} 的值 {value!r} 不可用。", wrong + "。"
        for key in ("code", "relation", "decided_by"):
            if key not in link:
                yield f"要求缺少键 {key}。", "须有 code、relation、decided_by。"
        code = link.get("code", "")
        if code not in self._codes:
            yield f"要求 {code} 不在 requirements.toml 中。", "可用的要求：" + "、".join(sorted(self._codes))
        if code in seen:
            yield f"要求 {code} 写了两次。", "合成一个。"

    def _submissions(self, rows: Collection[str]) -> tuple[Submission, ...]:
        found = []
        for index, raw in enumerate(self._file.raw.get("submission", ())):
            self._file.check(raw, _SUBMISSION, "submission", index)
            for key in ("numbers", "asks"):
                if key not in raw:
                    raise self._file.error(f"缺少键 {key}。", "submission", index, next="须有 numbers、asks。")
            unknown = [name for name in raw["numbers"] if name not in rows]
            if unknown:
                raise self._file.error(
                    f"没有序号为 {'、'.join(unknown)} 的指标。",
                    "submission",
                    index,
                    "numbers",
                    next="可用的序号：" + "、".join(rows),
                )
            found.append(Submission(tuple(raw["numbers"]), raw["asks"], raw.get("since"), raw.get("count")))
        return tuple(found)

    def _place(self, row: Indicator, index: int | None, submissions: tuple[Submission, ...]) -> Indicator:
        """The row with the units that this system measures and what it wants handed in."""
        exempt = self._star_exempt if row.star else frozenset()
        asked = () if row.not_applicable else (row.units or self._units)
        units = tuple(unit for unit in self._units if unit in asked and unit not in exempt)
        if not units and not row.not_applicable:
            place = ("indicator", index) if index is not None else ()
            raise self._file.error(
                f"指标 {row.number} 不适用于本体系的任何单位。",
                *place,
                next="改 units（可用的值：" + "、".join(self._units) + "），或者写明 not_applicable 的原因。",
            )
        own = tuple(item for item in submissions if row.number in item.numbers)
        return replace(row, units=units, submissions=own or row.submissions)


def _link_line(text: str, index: int, position: int) -> int:
    """The 1-based line of an entry of `requirements`: an inline table, so that it stands on one line."""
    first = line_of(text, ("indicator", index, "requirements"))
    opened = 0
    for line, content in enumerate(text.splitlines()[first - 1 :], first):
        opened += content.count("{")
        if opened > position:
            return line
    return first


def _unplaced(system: System) -> Iterator[Indicator]:
    """The rows of a parent; those that it asks of every unit it measures are asked of every unit of the child."""
    for row in system.indicators:
        everybody = tuple(unit for unit in system.units if not (row.star and unit in system.star_exempt))
        yield replace(row, units=() if row.units == everybody else row.units)


__all__ = ["FIGURES", "Decider", "Indicator", "Link", "Relation", "Submission", "System", "Unit", "load_indicators"]
