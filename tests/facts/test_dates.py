"""The date grammar: forms, places, impossible dates, and the numerals."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.facts.dates import Dates, normalise, numeral

ZH = "〇一二三四五六七八九"


def in_chinese(day: date) -> str:
    """二〇二三年十一月二十一日"""

    def below_hundred(number: int) -> str:
        tens, ones = divmod(number, 10)
        return (("" if tens == 1 else ZH[tens]) + "十" if tens else "") + (ZH[ones] if ones else "")

    return "".join(ZH[int(c)] for c in str(day.year)) + f"年{below_hundred(day.month)}月{below_hundred(day.day)}日"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("自2023年9月1日起", date(2023, 9, 1)),
        ("自2023 年 9 月 1 日起", date(2023, 9, 1)),
        ("2023年\n9月1日", date(2023, 9, 1)),
        ("２０２３年９月１日", date(2023, 9, 1)),
        ("二〇二三年九月一日", date(2023, 9, 1)),
        ("二○二三年九月一日", date(2023, 9, 1)),
        ("二零二三年九月一日", date(2023, 9, 1)),
        ("二00二年八月二十九日", date(2002, 8, 29)),
        ("二ОО二年五月二十九日", date(2002, 5, 29)),
        ("一九九六年二月三十一日", None),
        ("2023年2月30日", None),
        ("2020年3月1月起施行", None),
        ("发布时间：2018-11-12 17:25:15", date(2018, 11, 12)),
        ("2024.03.05", date(2024, 3, 5)),
        ("2023年9月1号", date(2023, 9, 1)),
    ],
)
def test_forms(text: str, day: date | None) -> None:
    """One date, read or recognised as impossible."""
    mentions = Dates(normalise(text)).mentions

    assert [mention.day for mention in mentions] == [day]


@pytest.mark.parametrize(
    "text", ["国发〔2019〕5号", "2023年度", "第2023.1.2.3条", "电话2024-03-0512", "12月5日", "版本1.2023.1"]
)
def test_no_date(text: str) -> None:
    """Numbers that are no full date stay unread."""
    assert Dates(normalise(text)).mentions == ()


@given(st.dates(date(1949, 10, 1), date(2099, 12, 31)))
def test_round_trip(day: date) -> None:
    """Arabic and Chinese writings of a day are read as that day, with the span on exactly those characters."""
    for written in (
        f"{day.year}年{day.month}月{day.day}日",
        in_chinese(day),
        f"{day.year} 年 {day.month} 月 {day.day} 日",
    ):
        text = normalise(f"县政府。{written}印发")
        (mention,) = Dates(text).mentions

        assert mention.day == day
        assert mention.span.of(text) == written


@given(st.text())
def test_normalise_keeps_offsets(text: str) -> None:
    """Normalisation never changes the length."""
    assert len(normalise(text)) == len(text)


@given(st.integers(1, 999))
def test_numerals(number: int) -> None:
    """Chinese numerals below a thousand."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    written = (
        (ZH[hundreds] + "百" if hundreds else "")
        + (ZH[tens] + "十" if tens else "零" if hundreds and ones else "")
        + (ZH[ones] if ones else "")
    )

    assert numeral(written) == number


def test_year_left_out() -> None:
    """A day without a year takes the year it is given."""
    text = normalise("请于11月23日前反馈")

    assert [mention.day for mention in Dates(text).short(0, len(text), 2018)] == [date(2018, 11, 23)]
