"""Figures of penalties, surcharges and charges, as laws and documents word them."""

from __future__ import annotations

from math import inf

import pytest

from checker.facts.norms.sanctions import kinds, ranges, told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("处五百元以上二千元以下罚款", [("fine", "元", 500, 2000)]),
        ("处500元以上2万元以下的罚款", [("fine", "元", 500, 20_000)]),
        ("可以并处二万元以下的罚款", [("fine", "元", 0, 20_000)]),
        ("并处违法所得一倍以上五倍以下的罚款", [("fine", "倍", 1, 5)]),
        ("处货值金额百分之五以上百分之二十以下罚款", [("fine", "ratio", 0.05, 0.2)]),
        ("处1-3万元罚款", [("fine", "元", 10_000, 30_000)]),
        ("处五千元至三万元罚款", [("fine", "元", 5_000, 30_000)]),
        ("罚款三百元", [("fine", "元", 300, 300)]),
        ("按每辆五十元处以罚款", [("fine", "元", 50, 50)]),
        ("罚款不低于五万元", [("fine", "元", 50_000, inf)]),
        ("最高处十万元罚款", [("fine", "元", 0, 100_000)]),
        ("处一万五千元罚款", [("fine", "元", 15_000, 15_000)]),
        ("处1.5万元罚款", [("fine", "元", 15_000, 15_000)]),
        ("违法所得十万元以上的，并处违法所得二倍罚款", [("fine", "倍", 2, 2)]),
        ("到期不缴纳的，每日按罚款数额的百分之三加处罚款", [("surcharge", "ratio", 0.03, 0.03)]),
        ("从滞纳之日起，按日加收万分之五的滞纳金", [("surcharge", "ratio", 0.0005, 0.0005)]),
        ("应当存入质量保证金20万元", [("charge", "元", 200_000, 200_000)]),
        ("投标保证金不得超过项目估算价的2%", [("charge", "ratio", 0, 0.02)]),
        ("注册资本一百万元以上的企业", []),
        ("责令限期改正", []),
    ],
)
def test_ranges(text: str, expected: list[tuple[str, str, float, float]]) -> None:
    assert [(item.sort, item.unit, item.low, item.high) for item in ranges(text)] == expected


def test_a_fine_that_wants_an_order_not_followed() -> None:
    (fine,) = ranges("责令限期改正，逾期不改正的，处二百元以上五百元以下罚款")
    assert fine.after_order
    (at_once,) = ranges("违反前款规定的，处二百元罚款")
    assert not at_once.after_order


def test_within_compares_the_same_sort_and_unit_only() -> None:
    law = ranges("处一万元以上十万元以下罚款")[0]
    assert ranges("处二万元以上五万元以下罚款")[0].within(law)
    assert not ranges("处二十万元罚款")[0].within(law)
    assert not ranges("处违法所得二倍罚款")[0].within(law)


def test_kinds() -> None:
    assert set(kinds("没收违法所得，处一万元罚款，情节严重的，吊销许可证，并责令停产停业")) == {
        "没收",
        "罚款",
        "吊销许可证件",
        "责令停产停业",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("处五百元以上二万元以下罚款", "500元至2万元"),
        ("处五百元以下罚款", "500元以下"),
        ("罚款不低于五万元", "5万元以上"),
    ],
)
def test_told(text: str, words: str) -> None:
    assert told(ranges(text)[0]) == words
