"""The kinds that ask a place or a dossier: material, validity, filing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from checker.dossier import build_case
from checker.kinds import KINDS, Matter, Verdict
from checker.locality import read_place
from checker.model import Document, Fact, Facts, Kind, Rule, Span, Trait
from checker.reference import load_reference

TEXT = "青禾县停车办法，自施行起有效期为若干年。"
REGION = "宁夏/银川市西夏区"
FIVE = {"validity_years": {"general": 5, "provisional": 2, "notice": 1, "source": "某办法", "from": date(2018, 1, 1)}}


def judge(
    kind: str,
    place: Mapping[str, Any] | None = None,
    *facts: Fact,
    params: Mapping[str, Any] | None = None,
    given: Mapping[str, date] | None = None,
    more: tuple[Kind, ...] = (),
    traits: tuple[Trait, ...] = (),
    region: str = REGION,
    title: str = "青禾县停车办法",
    level: str = "county_government",
) -> Verdict:
    values: dict[str, tuple[Fact, ...]] = {
        "title": (Fact("title", title, Span(0, 7)),),
        "issuer": (Fact("issuer", "青禾县人民政府", Span(0, 3), detail={"level": level}),),
    }
    for one in facts:
        values[one.key] = (*values.get(one.key, ()), one)
    documents = [Document(f"{n}.txt", "", "txt", TEXT, (), len(TEXT)) for n in range(1 + len(more))]
    found = [Facts("normative_document", ("normative_document",), "", "enact", values, traits)]
    found += [Facts(role, (role,), "", "enact", {}) for role in more]
    case = build_case(documents, found, given=given or {}, today=date(2026, 11, 21), region=region)
    places = (read_place("宁夏回族自治区", place, "x"),) if place else ()
    rule = Rule("r", "F05", "t", kind, "error", "m", "s", {}, {}, ())
    return KINDS[kind].judge(Matter(rule, params or {}, case, load_reference((), places)))


# ------------------------------------------------------------------ material

OPINION = {"what": "审核意见书", "how": "上传审核意见书。", "roles": ["legality_review_opinion"]}
MINUTES = {"what": "会议纪要", "how": "上传会议纪要。", "roles": ["meeting_minutes"]}
BOTH = {"decided_by": "dossier", "materials": [OPINION, MINUTES]}


def test_material_names_what_no_document_of_the_case_is() -> None:
    verdict = judge("material", params=BOTH)
    assert verdict.status == "cannot_tell"
    assert [item.what for item in verdict.missing] == ["审核意见书", "会议纪要"]
    verdict = judge("material", params=BOTH, more=("legality_review_opinion",))
    assert [item.what for item in verdict.missing] == ["会议纪要"]


def test_material_that_is_there_is_not_taken_for_met() -> None:
    verdict = judge("material", params=BOTH, more=("legality_review_opinion", "meeting_minutes"))
    assert verdict.status == "cannot_tell"
    assert "材料已提供，内容由报备前检查核对" in verdict.reason
    assert [item.what for item in verdict.missing] == ["材料内容的核对结果"]


def test_material_without_roles_is_always_asked_for() -> None:
    params = {"decided_by": "register", "materials": [{"what": "备案台账", "how": "查台账。"}]}
    verdict = judge("material", params=params, more=("meeting_minutes",))
    assert (verdict.status, verdict.missing[0].what) == ("cannot_tell", "备案台账")


def test_material_waits_for_its_trait() -> None:
    params = {**BOTH, "when": {"trait": ["professional"]}}
    verdict = judge("material", params=params)
    assert verdict.status == "not_applicable"
    assert "--trait professional" in verdict.reason
    assert judge("material", params=params, traits=(Trait("professional", "专业"),)).status == "cannot_tell"


# ------------------------------------------------------------------ validity


def end(day: date, **detail: Any) -> Fact:
    return Fact("expires", day, Span(10, 14), detail=detail)


def years(number: int) -> Fact:
    return Fact("validity_years", number, Span(10, 14))


START = date(2023, 9, 1)


@pytest.mark.parametrize(
    ("day", "status", "measured"),
    [
        (date(2025, 8, 31), "met", 2),
        (date(2028, 8, 31), "met", 5),
        (date(2028, 9, 1), "met", 5),
        (date(2028, 9, 2), "violated", 5.0),
        (date(2033, 8, 31), "violated", 10),
    ],
)
def test_validity_ends_a_day_more_or_less(day: date, status: str, measured: float) -> None:
    verdict = judge("validity", FIVE, end(day), given={"effective": START})
    assert verdict.status == status
    assert verdict.measured is not None
    assert verdict.measured.value == measured
    assert verdict.limit == {"max": 5, "unit": "year"}
    assert verdict.basis[0].law == "某办法"


def test_validity_excess_says_the_last_day() -> None:
    verdict = judge("validity", FIVE, end(date(2030, 1, 1)), given={"effective": START})
    assert verdict.faults[0].values["step"] == "把有效期截止日改到2028年8月31日以前（含当日）"
    assert "不超过5年" in verdict.faults[0].values["fault"]


@pytest.mark.parametrize(
    ("title", "number", "status"),
    [
        ("青禾县停车办法", 5, "met"),
        ("青禾县停车办法", 6, "violated"),
        ("青禾县停车办法（试行）", 2, "met"),
        ("青禾县停车办法（试行）", 3, "violated"),
        ("青禾县停车管理暂行办法", 5, "violated"),
        ("青禾县人民政府通告", 2, "violated"),
        ("青禾县人民政府关于试行区工作的意见", 5, "met"),
    ],
)
def test_validity_by_sort_of_document(title: str, number: int, status: str) -> None:
    assert judge("validity", FIVE, years(number), title=title).status == status


def test_validity_without_configuration_is_not_assumed() -> None:
    verdict = judge("validity", None, years(50))
    assert verdict.status == "cannot_tell"
    assert '[place."宁夏回族自治区"] validity_years' in verdict.missing[0].how


def test_validity_of_a_sort_without_a_number_is_not_assumed() -> None:
    place = {"validity_years": {"general": 5, "source": "某办法", "from": date(2018, 1, 1)}}
    verdict = judge("validity", place, years(3), title="青禾县停车办法（试行）")
    assert verdict.status == "cannot_tell"
    assert "provisional" in verdict.missing[0].how


def test_validity_that_is_not_stated() -> None:
    assert judge("validity", FIVE).status == "cannot_tell"
    must = {"validity_years": {**FIVE["validity_years"], "must_state": True}}
    verdict = judge("validity", must)
    assert verdict.status == "violated"
    assert verdict.faults[0].absent == "有效期"
    default = {"validity_years": {**FIVE["validity_years"], "unstated": 5}}
    assert judge("validity", default).status == "met"


def test_validity_with_an_exception_does_not_accuse() -> None:
    place = {"validity_years": {**FIVE["validity_years"], "exception": "实施法律的文件"}}
    verdict = judge("validity", place, years(10))
    assert verdict.status == "cannot_tell"
    assert "实施法律的文件" in verdict.missing[0].what


def test_validity_without_first_day() -> None:
    made = Fact("issued", date(2024, 1, 1), Span(0, 2))
    assert judge("validity", FIVE, end(date(2028, 12, 31)), made).status == "met"
    assert judge("validity", FIVE, end(date(2029, 12, 31)), made).status == "cannot_tell"
    assert judge("validity", FIVE, end(date(2029, 12, 31))).status == "cannot_tell"


def test_validity_term_of_the_documents_own_day() -> None:
    two = [
        {"general": 10, "source": "旧办法", "from": date(2000, 1, 1), "until": date(2018, 1, 1)},
        {"general": 5, "source": "新办法", "from": date(2018, 1, 1)},
    ]
    for day, status, law in ((date(2017, 12, 31), "met", "旧办法"), (date(2018, 1, 1), "violated", "新办法")):
        verdict = judge("validity", {"validity_years": two}, years(8), Fact("issued", day, Span(0, 2)))
        assert (verdict.status, verdict.basis[0].law) == (status, law)


def test_validity_of_a_leap_day() -> None:
    verdict = judge("validity", FIVE, end(date(2029, 2, 28)), given={"effective": date(2024, 2, 29)})
    assert verdict.status == "met"


# ------------------------------------------------------------------ filing


def term(**changes: Any) -> dict[str, Any]:
    return {
        "issuer": "county_government",
        "days": 15,
        "unit": "day",
        "counted_from": "published",
        "recipients": ["市人民政府"],
        "source": "某备案办法",
        **changes,
    }


def filed(day: date, *terms: dict[str, Any], published: date | None = date(2024, 3, 4), **more: Any) -> Verdict:
    given = {"filed": day, **({"published": published} if published else {})}
    return judge("filing", {"filing": list(terms) or [term()]}, given=given, **more)


@pytest.mark.parametrize(
    ("day", "status"), [(date(2024, 3, 18), "met"), (date(2024, 3, 19), "met"), (date(2024, 3, 20), "violated")]
)
def test_filing_within_days(day: date, status: str) -> None:
    verdict = filed(day)
    assert verdict.status == status
    assert verdict.limit == {"max": 15, "unit": "day"}
    assert verdict.basis[0].law == "某备案办法"


def test_filing_last_day_of_rest_moves_to_the_next_working_day() -> None:
    published = date(2024, 3, 8)  # + 15 days is Saturday 23 March
    assert filed(date(2024, 3, 25), published=published).status == "met"
    assert "顺延" in filed(date(2024, 3, 25), published=published).notes[0]
    verdict = filed(date(2024, 3, 26), published=published)
    assert verdict.status == "violated"
    assert verdict.faults[0].values["last"] == "2024年3月25日"


def test_filing_within_working_days_over_a_holiday() -> None:
    week = term(days=5, unit="working_day")
    start = date(2023, 9, 27)  # 国庆 29 September to 6 October, 7 and 8 October are worked
    assert filed(date(2023, 10, 10), week, published=start).status == "met"
    verdict = filed(date(2023, 10, 11), week, published=start)
    assert verdict.status == "violated"
    assert verdict.measured is not None
    assert verdict.measured.value == 6


def test_filing_of_another_level_or_place_is_not_assumed() -> None:
    verdict = filed(date(2025, 1, 1), level="township")
    assert verdict.status == "cannot_tell"
    assert 'issuer = "township"' in verdict.missing[0].how
    assert filed(date(2025, 1, 1), region="陕西").status == "cannot_tell"


def test_filing_of_a_governments_office_is_the_governments() -> None:
    assert filed(date(2024, 3, 20), level="government_office").status == "violated"
    assert filed(date(2024, 3, 20), level="government_office", region="宁夏/银川市").status == "cannot_tell"
    own = term(issuer="government_office", days=20)
    assert filed(date(2024, 3, 20), own, level="government_office").status == "met"


def test_filing_without_its_days() -> None:
    verdict = judge("filing", {"filing": [term()]}, given={"published": date(2024, 3, 4)})
    assert verdict.status == "cannot_tell"
    assert [item.what for item in verdict.missing] == ["报送备案日"]
    assert "最迟2024年3月19日" in verdict.notes[0]
    verdict = filed(date(2024, 3, 20), published=None)
    assert [item.what for item in verdict.missing] == ["公布日"]


def test_filing_with_several_recipients() -> None:
    congress = term(days=30, recipients=["县人大常委会"])
    assert filed(date(2024, 3, 18), term(), congress).status == "met"
    between = filed(date(2024, 3, 28), term(), congress)
    assert between.status == "cannot_tell"
    assert "市人民政府" in between.missing[0].how
    assert filed(date(2024, 4, 22), term(), congress).status == "violated"


def test_filing_where_the_first_day_is_not_on_record() -> None:
    """Shipped for 上海: 30 days, counted from a step that the source at hand does not name."""
    made = Fact("issued", date(2024, 3, 4), Span(0, 2))
    in_time = judge("filing", None, made, given={"filed": date(2024, 4, 3)}, region="上海")
    assert in_time.status == "met"
    later = judge("filing", None, made, given={"filed": date(2024, 4, 4)}, region="上海")
    assert later.status == "cannot_tell"
    assert "counted_from" in later.missing[0].how
