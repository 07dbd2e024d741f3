"""Documents -> one Case: which document is judged, the merged timeline, the day and the place that decide the rules."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

import regex

from checker import data_root
from checker.errors import UsageError
from checker.kinds.base import EVENTS, cite
from checker.model import Case, Document, Event, Fact, Facts, Region

_OWN = ("adopted", "signed", "issued", "printed", "effective", "expires")
"""Steps of which only the judged document speaks: another file's date of issue is that file's own."""

_PUBLISHED_BY = ("publication_evidence",)
_AS_OF = ("issued", "signed", "adopted", "published", "printed")
_JUDGED = ("government_rule", "normative_document", "major_decision")


def build_case(
    documents: Sequence[Document],
    facts: Sequence[Facts],
    *,
    given: Mapping[str, date] | None = None,
    as_of: date | None = None,
    today: date,
    region: str | None = None,
) -> Case:
    """Put one document, or the files of a dossier, together for judgement.

    Args:
        documents: The files; the judged one first, or the only one that is a rule, a normative document or a decision.
        facts: What was read from each, in the same order.
        given: Dates typed by a person; they override what the files say.
        as_of: The day whose law counts; without it the first stated of issued, signed, adopted, published, printed.
        today: The day of the run, used when no date is stated.
        region: A place as a person writes it, 宁夏/银川市西夏区; without it the place of the issuing organ.

    Raises:
        UsageError: When a given date's name or the place is not understood.
    """
    given = given or {}
    for name in given:
        if name not in EVENTS:
            raise UsageError(
                f"没有名为“{name}”的日期。",
                where="--date",
                next="可用的名称：" + "、".join(f"{key}（{label}）" for key, label in EVENTS.items()),
            )
    order = _judged_first(facts)
    documents, facts = [documents[i] for i in order], [facts[i] for i in order]
    timeline = tuple(_timeline(documents, facts, given))
    day, source = (as_of, "given") if as_of is not None else _day(timeline, today)
    place = parse_region(region) if region else next((found.region for found in facts if found.region), None)
    return Case(tuple(documents), tuple(facts), timeline, day, source, place)


def _judged_first(facts: Sequence[Facts]) -> list[int]:
    order = list(range(len(facts)))
    candidates = [i for i in order if facts[i].kind in _JUDGED]
    if candidates and facts[0].kind not in _JUDGED:
        order.insert(0, order.pop(candidates[0]))
    return order


def _timeline(documents: Sequence[Document], facts: Sequence[Facts], given: Mapping[str, date]) -> Iterator[Event]:
    """The dated steps in the usual order of procedure; of several days for one step, the one that counts first."""
    for name in EVENTS:
        if name in given:
            yield Event(name, given[name], "given")
            continue
        days: set[date] = set()
        for index, (document, found) in enumerate(zip(documents, facts, strict=True)):
            if index and (name in _OWN or (name == "published" and found.kind not in _PUBLISHED_BY)):
                continue
            fact = found.first(name)
            if fact is not None and isinstance(fact.value, date) and fact.value not in days:
                days.add(fact.value)
                yield _event(document, fact, fact.value)


def _event(document: Document, fact: Fact, day: date) -> Event:
    return Event(fact.key, day, "derived" if fact.derived else "text", cite(document, fact.span, fact.clause))


def _day(timeline: Sequence[Event], today: date) -> tuple[date, str]:
    for name in _AS_OF:
        for event in timeline:
            if event.event == name:
                return event.day, name
    return today, "today"


# ------------------------------------------------------------------ places


@lru_cache(maxsize=1)
def _places() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Official names by six-digit code, and the codes of provinces by official and short name."""
    folder = data_root() / "corpora" / "places"
    with (folder / "places.tsv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file, delimiter="\t")}
    with (folder / "provinces.tsv").open(encoding="utf-8", newline="") as file:
        short = {row["short"]: row["code"] for row in csv.DictReader(file, delimiter="\t")}
    full = {name: code for code, name in names.items() if code.endswith("0000")}
    return names, {**short, **full}


def parse_region(text: str) -> Region:
    """A place as people write it: 宁夏, 宁夏/银川市西夏区, 宁夏回族自治区银川市.

    Raises:
        UsageError: When the place is unknown, or its name stands for several places.
    """
    names, provinces = _places()
    rest = regex.sub(r"[\s/／,，、>\-]+", "", text)
    head = next((name for name in sorted(provinces, key=len, reverse=True) if rest.startswith(name)), None)
    code = provinces[head] if head else ""
    if head:
        rest = rest[len(head) :]
    city = _match(
        names, rest, lambda other: other.startswith(code[:2]) and other.endswith("00") and not other.endswith("0000")
    )
    if city:
        rest, code = rest[len(city[1]) :], city[0]
    county = _match(
        names,
        rest,
        lambda other: other.startswith(code[:4].removesuffix("00") if code else "") and not other.endswith("00"),
    )
    if county:
        rest, code = rest[len(county[1]) :], county[0]
    if rest or not code:
        raise UsageError(
            f"无法识别地区“{text}”。", where="--region", next="请从省级写起，用全称，例如 宁夏/银川市西夏区。"
        )
    province, of_city = names.get(code[:2] + "0000"), names.get(code[:4] + "00")
    return Region(province, None if code.endswith("0000") else of_city, None if code.endswith("00") else names[code])


def _match(names: Mapping[str, str], rest: str, fits: Callable[[str], bool]) -> tuple[str, str] | None:
    """The one place that `rest` begins with; None when there is none or the name stands for several."""
    found = [(code, name) for code, name in names.items() if rest.startswith(name) and fits(code)] if rest else []
    longest = max((len(name) for _, name in found), default=0)
    best = [place for place in found if len(place[1]) == longest]
    return best[0] if len(best) == 1 else None
