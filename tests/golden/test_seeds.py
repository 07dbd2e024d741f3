"""The five documents that define the indicator systems: right facts, and nothing held against them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from checker.audit import Settings, check_file
from checker.model import Report

SEEDS = {
    "ningxia-order-127-2023": "government_rule",
    "ningxia-eight-actions-2023": "internal_document",
    "lingchuan-2022": "internal_document",
    "ningxia-indicators-drafting-explanation": "drafting_explanation",
    "xixia-2020": "internal_document",
}


def report(shared: Path, name: str) -> Report:
    """The ordinary check of one seed."""
    return check_file(
        (shared / "seeds" / f"{name}.txt").read_bytes(), f"{name}.txt", Settings(today=date(2026, 11, 21))
    )


@pytest.mark.parametrize(("name", "kind"), SEEDS.items())
def test_kind_and_no_violation(shared: Path, name: str, kind: str) -> None:
    """Each seed is what it is, and violates nothing."""
    found = report(shared, name)

    assert found.case is not None
    assert found.case.main.kind == kind
    assert [outcome.rule for outcome in found.outcomes if outcome.status == "violated"] == []
    assert found.findings == ()


def test_order_127(shared: Path) -> None:
    """Four different days in one document, and 46 days from publication to effect."""
    found = report(shared, "ningxia-order-127-2023")
    assert found.case is not None
    facts = found.case.main

    assert facts.date("adopted") == date(2023, 5, 23)
    assert facts.date("signed") == date(2023, 7, 17)
    assert facts.date("published") == date(2023, 7, 17)
    assert facts.date("printed") == date(2023, 7, 20)
    assert facts.date("effective") == date(2023, 9, 1)
    interval = next(outcome for outcome in found.outcomes if outcome.requirement == "G05")
    assert interval.status == "met"
    assert interval.measured is not None
    assert interval.measured.value == 46
