"""From documents to a case: the judged document, the timeline, the day and the place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checker.dossier import build_case
from checker.errors import UsageError
from checker.facts.places import parse_region
from checker.model import Case, Document, Fact, Facts, Kind, Region, Span

TODAY = date(2026, 11, 21)


def read(name: str, kind: Kind, region: Region | None = None, **days: Any) -> tuple[Document, Facts]:
    values = {}
    for key, value in days.items():
        day, *derived = value if isinstance(value, tuple) else (value,)
        values[key] = (Fact(key, day, Span(0, 2), derived_from=tuple(derived)),)
    return Document(name, "", "txt", "某年某月某日", (), 6), Facts(kind, (kind,), "", "enact", values, region=region)


def case(*read_files: tuple[Document, Facts], **options: Any) -> Case:
    documents, facts = zip(*read_files, strict=True)
    return build_case(documents, facts, today=TODAY, **options)


def test_as_of_is_the_first_stated_date_in_the_order_of_the_contract() -> None:
    both = read("a", "normative_document", published=date(2024, 3, 5), signed=date(2024, 3, 2), issued=date(2024, 3, 1))
    assert (case(both).as_of, case(both).as_of_source) == (date(2024, 3, 1), "issued")
    late = read("a", "normative_document", published=date(2024, 3, 5), printed=date(2024, 3, 3))
    assert (case(late).as_of, case(late).as_of_source) == (date(2024, 3, 5), "published")


def test_without_a_date_the_day_of_the_run() -> None:
    found = case(read("a", "normative_document", effective=date(2024, 3, 5), issued="2024年2月30日"))
    assert (found.as_of, found.as_of_source) == (TODAY, "today")
    assert found.event("issued") is None


def test_given_as_of_and_given_dates_override() -> None:
    one = read("a", "normative_document", issued=date(2024, 3, 1), published=date(2024, 3, 5))
    found = case(one, given={"published": date(2024, 3, 9)}, as_of=date(2020, 1, 1))
    assert (found.as_of, found.as_of_source) == (date(2020, 1, 1), "given")
    event = found.event("published")
    assert event is not None
    assert (event.day, event.source, event.evidence) == (date(2024, 3, 9), "given", None)


def test_derived_dates_say_so() -> None:
    found = case(
        read(
            "a", "normative_document", issued=date(2024, 3, 1), effective=(date(2024, 3, 1), "effect_clause", "issued")
        )
    )
    event = found.event("effective")
    assert event is not None
    assert event.source == "derived"


def test_unknown_name_of_a_date_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="published"):
        case(read("a", "other"), given={"publshed": TODAY})


def test_the_rule_itself_is_judged_and_other_files_do_not_lend_their_own_dates() -> None:
    notice = read(
        "notice",
        "comment_notice",
        issued=date(2024, 1, 2),
        published=date(2024, 1, 2),
        comment_start=date(2024, 1, 2),
        comment_end=date(2024, 2, 2),
    )
    main = read("main", "normative_document", issued=date(2024, 3, 1))
    web = read("web", "publication_evidence", published=date(2024, 3, 5))
    found = case(notice, main, web)
    assert found.document.name == "main"
    assert {event.event: event.day for event in found.timeline} == {
        "comment_start": date(2024, 1, 2),
        "comment_end": date(2024, 2, 2),
        "issued": date(2024, 3, 1),
        "published": date(2024, 3, 5),
    }
    assert found.as_of == date(2024, 3, 1)


def test_differing_days_of_one_step_are_all_kept_the_judged_document_first() -> None:
    main = read("main", "normative_document", issued=date(2024, 3, 1), published=date(2024, 3, 4))
    web = read("web", "publication_evidence", published=date(2024, 3, 5))
    found = case(main, web)
    assert [event.day for event in found.timeline if event.event == "published"] == [date(2024, 3, 4), date(2024, 3, 5)]


def test_region_of_the_issuer_unless_a_person_names_one() -> None:
    one = read("a", "other", Region("山西省"))
    assert case(one).region == Region("山西省")
    assert case(one, region="宁夏").region == Region("宁夏回族自治区")


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("宁夏", Region("宁夏回族自治区")),
        ("宁夏/银川市西夏区", Region("宁夏回族自治区", "银川市", "西夏区")),
        ("宁夏回族自治区 银川市", Region("宁夏回族自治区", "银川市")),
        ("山西/晋城市/陵川县", Region("山西省", "晋城市", "陵川县")),
        ("银川市", Region("宁夏回族自治区", "银川市")),
        ("西夏区", Region("宁夏回族自治区", "银川市", "西夏区")),
        ("北京市海淀区", Region("北京市", None, "海淀区")),
        ("内蒙古", Region("内蒙古自治区")),
        ("宁夏/青禾县", Region("宁夏回族自治区", None, "青禾县")),
    ],
)
def test_places_as_people_write_them(text: str, region: Region) -> None:
    assert parse_region(text) == region


@pytest.mark.parametrize("text", ["火星", "宁夏/某某", "城关区", "朝阳区", "宁"])
def test_unknown_and_ambiguous_places_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="宁夏/银川市西夏区"):
        parse_region(text)
