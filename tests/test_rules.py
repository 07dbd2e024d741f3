"""Every rule file carries its own examples; this file only knows how to run them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from checker import data_root
from checker.engine import try_example
from checker.kinds import KINDS
from checker.kinds.norm import compiled
from checker.model import Example, Pack, Rule
from checker.reference import load_reference
from checker.rulebook import load_rulebook

BOOK = load_rulebook(examples=True)
FILES = sorted(
    path
    for path in (data_root() / "rules").rglob("*.toml")
    if path.name not in ("pack.toml", "indicators.toml", "requirements.toml", "places.toml")
)
OWN = [(pack, rule) for pack in BOOK.packs for rule in pack.rules if rule.lineage[-1].startswith(f"rules/{pack.id}/")]
CASES = [
    pytest.param(
        pack, rule, example, violates, id=f"{pack.id}/{rule.id}[{'violates' if violates else 'complies'} {number}]"
    )
    for pack, rule in OWN
    for violates, examples in ((True, rule.violates), (False, rule.complies))
    for number, example in enumerate(examples, 1)
]
MISSES = [
    pytest.param(
        pack, rule, example, id=f"{pack.id}/{rule.id}[known miss {number}]", marks=pytest.mark.xfail(strict=True)
    )
    for pack, rule in OWN
    for number, example in enumerate(rule.known_miss, 1)
]


@pytest.mark.parametrize(("pack", "rule", "example", "violates"), CASES)
def test_example(pack: Pack, rule: Rule, example: Example, violates: bool) -> None:
    wrong = try_example(pack, rule, example, load_reference(), violates=violates)
    assert wrong is None, f"{example.note}：{wrong}"


@pytest.mark.parametrize(("pack", "rule", "example"), MISSES)
def test_known_miss(pack: Pack, rule: Rule, example: Example) -> None:
    assert try_example(pack, rule, example, load_reference(), violates=True) is None


@pytest.mark.parametrize("rule", [rule for _, rule in OWN], ids=lambda rule: rule.lineage[-1])
def test_has_four_examples_of_each_sort_with_a_note(rule: Rule) -> None:
    least = 4 if KINDS[rule.kind].accuses else 0
    assert len(rule.violates) >= least
    assert len(rule.complies) >= max(least, 1)
    if rule.kind not in (
        "norm",
        "likeness",
        "limit",
    ):  # their examples are single sentences, which speak for themselves
        assert all(example.note for example in (*rule.violates, *rule.complies, *rule.known_miss))


def test_every_pattern_of_the_content_rules_compiles_with_its_word_lists() -> None:
    for _, rule in OWN:
        for form in rule.params.get("forms", ()):
            for key in ("pattern", "unless", "unless_clause", "heading", "unless_heading", "document"):
                if key in form:
                    assert compiled(form[key]) is not None


def test_every_file_is_loaded() -> None:
    assert len(OWN) == len(FILES)


@pytest.mark.parametrize("rule", [rule for _, rule in OWN], ids=lambda rule: rule.lineage[-1])
def test_speaks_to_its_reader(rule: Rule) -> None:
    assert rule.requirement in BOOK.requirements
    assert not KINDS[rule.kind].accuses or (rule.message.endswith("。") and rule.suggestion.endswith("。"))
    assert all(basis.requires and not basis.requires.endswith("。") for basis in rule.basis)


def test_no_accusing_rule_rests_on_memory_alone() -> None:
    """Where memory is all there is, the examples of what would be wrong end in cannot_tell."""
    for _, rule in OWN:
        if all(basis.verified == "K" for basis in rule.basis):
            assert all(example.status == "cannot_tell" for example in rule.violates), rule.id


def test_every_requirement_has_a_rule() -> None:
    """What decides each requirement, and in which packs: the table, printed with -s."""
    table: dict[str, dict[str, list[str]]] = {}
    for pack, rule in OWN:
        table.setdefault(rule.requirement, {}).setdefault(rule.decided_by, []).append(pack.id)
    for code in BOOK.requirements:
        for decided, packs in table.get(code, {}).items():
            print(f"{code:<5}{decided:<9}{' '.join(dict.fromkeys(packs))}")
    assert set(BOOK.requirements) == set(table)


def test_requirements_are_those_of_the_domain(shared: Path) -> None:
    listed = json.loads((shared / "domain" / "requirements.json").read_text("utf-8"))
    assert set(BOOK.requirements) == {entry["id"] for entry in listed}


def test_whom_the_organic_law_binds() -> None:
    """Departments and townships are not bound by 组织法 art. 75."""
    named = [basis for _, rule in OWN for basis in rule.basis if "政府组织法" in basis.law]
    assert named
    assert all(basis.issuer and not set(basis.issuer) & {"department", "township"} for basis in named)


def test_requirements_have_a_title() -> None:
    titles = tomllib.loads((data_root() / "rules" / "requirements.toml").read_text("utf-8"))
    assert all(entry["title"] for entry in titles.values())
