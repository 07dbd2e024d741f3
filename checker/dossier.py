"""Documents -> one Case: which document is judged, the merged timeline, the day and the place that decide the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from checker.errors import UsageError
from checker.facts.places import parse_region
from checker.kinds.base import EVENTS, cite
from checker.model import Case, Document, Event, Fact, Facts

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
            if fact is None or fact.detail.get("consolidated"):
                continue
            if isinstance(fact.value, date) and fact.value not in days:
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
