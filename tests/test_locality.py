"""What places set: strict reading with file and key, the nearest place first, the shipped values."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from checker.errors import ReferenceDataError
from checker.facts.places import parse_region
from checker.locality import nearest_first, read_place, shipped_places
from checker.model import PlaceParams, Region

VALIDITY: dict[str, Any] = {"general": 5, "provisional": 2, "source": "某办法", "from": date(2018, 1, 1)}
FILING: dict[str, Any] = {
    "issuer": "county_government",
    "days": 15,
    "unit": "day",
    "counted_from": "published",
    "recipients": ["市政府"],
    "source": "某办法",
}


def test_the_example_of_the_contract() -> None:
    place = read_place("宁夏回族自治区", {"validity_years": VALIDITY, "filing": [FILING]}, "normcheck.toml")
    assert (place.validity[0].general, place.validity[0].provisional) == (5, 2)
    assert place.filing[0].issuer == ("county_government",)
    assert place.own


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({}, "没有内容"),
        ({"validity": VALIDITY}, "validity：不认识的项"),
        ({"validity_years": 5}, "validity_years：应当是表"),
        ({"validity_years": {**VALIDITY, "years": 5}}, "validity_years years：不认识的项"),
        ({"validity_years": {**VALIDITY, "general": "5"}}, "validity_years general"),
        ({"validity_years": {**VALIDITY, "general": 0}}, "正整数"),
        ({"validity_years": {**VALIDITY, "general": True}}, "正整数"),
        ({"validity_years": {**VALIDITY, "from": "2018-01-01"}}, "不加引号"),
        ({"validity_years": {**VALIDITY, "until": date(2017, 1, 1)}}, "until：应晚于 from"),
        ({"validity_years": {**VALIDITY, "verified": "K"}}, "verified：不认识的项"),
        ({"validity_years": {k: v for k, v in VALIDITY.items() if k != "source"}}, "source：没有写"),
        ({"validity_years": {k: v for k, v in VALIDITY.items() if k != "from"}}, "from：没有写"),
        ({"validity_years": [VALIDITY, {**VALIDITY, "from": date(2020, 1, 1)}]}, "重叠"),
        ({"filing": [{**FILING, "issuer": "county"}]}, "issuer"),
        ({"filing": [{**FILING, "unit": "days"}]}, "working_day"),
        ({"filing": [{**FILING, "counted_from": "filed"}]}, "published"),
        ({"filing": [{**FILING, "recipients": "市政府"}]}, "列表"),
        ({"filing": [FILING, {**FILING, "source": ""}]}, "filing 第2个 source"),
        ({"filing": [{k: v for k, v in FILING.items() if k != "counted_from"}]}, "counted_from：没有写"),
    ],
)
def test_faults_name_place_and_key(table: dict[str, Any], named: str) -> None:
    with pytest.raises(ReferenceDataError) as caught:
        read_place("宁夏回族自治区", table, 'normcheck.toml，[place."宁夏回族自治区"]')
    assert str(caught.value).startswith('normcheck.toml，[place."宁夏回族自治区"]')
    assert named in str(caught.value)


def test_the_nearest_place_comes_first_and_the_offices_own_before_it() -> None:
    names = ("宁夏回族自治区", "宁夏回族自治区银川市", "宁夏回族自治区银川市西夏区", "陕西省")
    places = [PlaceParams(name, own=own) for name in names for own in (False, True)]
    found = nearest_first(places, Region("宁夏回族自治区", "银川市", "西夏区"))
    assert [place.place for place in found[::2]] == [names[2], names[1], names[0]]
    assert [place.own for place in found] == [True, False] * 3
    assert nearest_first(places, None) == ()


def test_shipped_places_are_real_and_rest_on_what_was_read() -> None:
    places = shipped_places()
    assert places
    for place in places:
        assert parse_region(place.place).name == place.place
        assert not place.own
        assert {term.verified for term in place.validity} | {term.verified for term in place.filing} <= {"V1", "V2"}
        assert all(term.since for term in place.filing)
