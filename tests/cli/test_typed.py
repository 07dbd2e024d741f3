"""What people type: dates in every usual form, and nothing guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import UsageError
from cli.typed import typed_date, typed_dates, typed_kind, typed_region, typed_traits

DAY = date(2023, 7, 17)


@pytest.mark.parametrize(
    "text",
    [
        "2023-07-17",
        "2023-7-17",
        "2023/7/17",
        "2023.7.17",
        "20230717",
        "2023年7月17日",
        "2023年07月17号",
        "２０２３年７月１７日",
        "２０２３．７．１７",
        " 2023 年 7 月 17 日 ",
        "2023年\n7月17日",
        "二〇二三年七月十七日",
        "二○二三年七月十七日",
        "二零二三年七月十七日",
        "2023-7/17",
        "2023 7 17",
    ],
)
def test_understood(text: str) -> None:
    assert typed_date(text, "--as-of") == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023年13月1日",  # dateparser: 2023-01-13
        "2023-02-30",
        "2023-13-01",
        "12月5日",  # dateparser without languages: 2012-05-01
        "7月17日",
        "3年",  # dateparser: three years ago
        "2023年",
        "2023年7月",
        "1.",
        "1日",
        "昨天",
        "今天",
        "三天前",
        "月底",
        "23年7月17日",
        "17/7/2023",
        "07-17-2023",
        "2023-07-17/2023-07-18",
        "2023年7月17日至18日",
        "自公布之日起30日后",
        "0023-07-17",
        "9999-12-31",
        "20231317",
        "星期一",
    ],
)
def test_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        typed_date(text, "--as-of")
    assert "2024-03-05" in caught.value.next
    assert caught.value.where == "--as-of"


@given(st.dates(date(1949, 10, 1), date(2199, 12, 31)), st.sampled_from(["-", "/", "."]))
@settings(max_examples=60, deadline=None)
def test_round_trip(day: date, mark: str) -> None:
    assert typed_date(f"{day.year}{mark}{day.month}{mark}{day.day}", "x") == day
    assert typed_date(f"{day.year}年{day.month}月{day.day}日", "x") == day


@given(st.text(alphabet="0123456789年月日-/. 〇一二三十", max_size=14))
@settings(max_examples=60, deadline=None)
def test_an_answer_holds_the_typed_digits(text: str) -> None:
    import re

    try:
        day = typed_date(text, "x")
    except UsageError:
        return
    digits = [int(part) for part in re.findall(r"\d+", "".join(text.split()))]
    if len(digits) == 3 and not re.search("[〇一二三十]", text):
        assert digits == [day.year, day.month, day.day]


def test_roles() -> None:
    day = date(2024, 3, 5)
    for pair in (
        "published=2024-03-05",
        "公布=2024-03-05",
        "公布日=2024-03-05",
        "公布日期＝2024-03-05",
        "公布 = 2024-03-05",
    ):
        assert typed_dates([pair]) == {"published": day}
    with pytest.raises(UsageError, match="两个不同"):
        typed_dates(["公布=2024-03-05", "published=2024-03-06"])


def test_kinds_and_traits() -> None:
    assert typed_kind(None) is None
    assert typed_kind("政府规章") == typed_kind("government_rule") == "government_rule"
    assert typed_traits(["business", "no:涉密"]) == ("business", "-secret")
    with pytest.raises(UsageError, match="两次"):
        typed_traits(["business", "no:business"])


def test_regions() -> None:
    region = typed_region("宁夏银川市西夏区")
    assert region is not None
    assert region.name == "宁夏回族自治区银川市西夏区"
    with pytest.raises(UsageError):
        typed_region("")
