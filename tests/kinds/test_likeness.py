"""Kind `likeness`, the `least` of kind `norm`, and which of several suspicions on the same words remains.

What depends on the model uses sentences far beyond every threshold; what depends on an exact figure replaces the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from math import log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.audit import Settings, load
from checker.dossier import build_case
from checker.engine import check
from checker.facts import extract
from checker.facts.norms import reading
from checker.facts.norms.likeness import (
    CLASS_MOST,
    CLASS_SHARE,
    Likeness,
    Model,
    likenesses,
    read_model,
    stretches,
    use_weights,
)
from checker.facts.norms.sentences import Sentence
from checker.kinds import likeness as alike
from checker.kinds import norm
from checker.model import Basis, Finding, Pack, Report, Rule, Severity
from checker.reading import read

DAY = date(2025, 10, 1)
DEPOSIT = "各餐馆每月须向镇市场办缴存卫生保证金三千元，未缴存的不予换发门牌。"
BASES = (Basis("某法", "第一条", "不得设定", "legal", "V1", date(2000, 1, 1)),)
DUTIES = tuple(
    f"镇{place}应当将{what}纳入年度工作安排。"
    for place in "东西南北中"
    for what in ("绿化养护", "道路保洁", "图书借阅")
)
WHOLE = "\n".join([*DUTIES[:8], DEPOSIT, *DUTIES[8:]])
"""A document of many sentences and no excerpt."""


def likeness_rule(rule: str = "charge-alike", requirement: str = "C05", **params: Any) -> Rule:
    given = {"classes": [requirement], "least": 1.1, "bound": ["private", "unknown"], **params}
    return Rule(
        rule, requirement, "相近", "likeness", "warning", "相近：{words}{who}{looked}", "核实。", {}, given, BASES
    )


def norm_rule(rule: str, pattern: str, requirement: str = "C05", severity: Severity = "error", **more: Any) -> Rule:
    form = {"name": "f", "says": "说法", "cues": [[pattern]], "pattern": pattern, **more.pop("form", {})}
    given = {"forms": [form], **more}
    return Rule(rule, requirement, "说法", "norm", severity, "涉嫌：{says}{who}{looked}", "核实。", {}, given, BASES)


def report(text: str, *rules: Rule) -> Report:
    _, reference = load(Settings(today=DAY))
    document = read(text.encode(), "a.txt")
    facts = extract(document, kind="normative_document", known_law=reference.knows_law)
    case = build_case([document], [facts], given={}, as_of=DAY, today=DAY, region=None)
    return check(case, [Pack("p", "包", rules=rules)], reference)


def quoted(text: str, *rules: Rule) -> list[str]:
    return [finding.evidence[0].quote for finding in report(text, *rules).findings]


def findings(text: str, *rules: Rule) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in report(text, *rules).findings]


@pytest.fixture
def like(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replaces the model: every sentence has this score, class and second class."""

    def replace_model(score: float, cls: str = "C05", second: str = "") -> None:
        def told(texts: Sequence[str], *, whole: bool, less: float) -> list[Likeness]:
            return [Likeness(score - less, cls, 0, 6, second, alone=score - less) for _ in texts]

        monkeypatch.setattr(reading, "likenesses", told)
        monkeypatch.setattr(reading, "_readings", {})

    return replace_model


# ------------------------------------------------------------------ the kind


def test_a_sentence_that_no_form_names_is_warned_about() -> None:
    (finding,) = report(DEPOSIT, likeness_rule()).findings
    assert (finding.severity, finding.certainty) == ("warning", "suspected")
    assert finding.evidence[0].quote == DEPOSIT


def test_the_shipped_rules_find_it_too_and_are_never_more_than_warnings() -> None:
    rulebook, _ = load(Settings(today=DAY))
    (pack,) = rulebook.named(["national/content"])
    alike = [rule for rule in pack.rules if rule.kind == "likeness"]
    assert ("charge-alike", "warning") in findings(DEPOSIT, *alike)
    assert {rule.severity for rule in alike} == {"warning"}
    of_words = [rule for rule in alike if rule.requirement not in ("C19", "C20")]
    assert len({rule.requirement for rule in of_words}) == len(of_words)
    assert all(rule.params["classes"] == [rule.requirement] for rule in of_words)


def test_of_a_fragment_a_rule_may_ask_a_figure_of_its_own(like: Callable[..., None]) -> None:
    like(1.0)
    fragment = DEPOSIT.rstrip("。")
    assert findings(fragment, likeness_rule(least=9.0, fragment=0.9))
    assert not findings(fragment, likeness_rule(least=1.0, fragment=1.1))
    assert findings(DEPOSIT, likeness_rule(least=1.0, fragment=9.0))
    like(3.0)
    assert findings(WHOLE, likeness_rule(least=1.0, fragment=9.0))


@pytest.mark.parametrize(
    "text",
    [
        "不得要求各餐馆每月向镇市场办缴存卫生保证金三千元。",
        "鼓励各餐馆自愿参加卫生知识讲座，不收取任何费用。",
        "镇市场办按月公布各餐馆的卫生检查结果。",
    ],
)
def test_what_is_lawful_is_not_alike(text: str) -> None:
    made = report(text, likeness_rule())
    assert not made.findings
    assert (made.outcomes[0].status, made.outcomes[0].certainty) == ("met", "screened")


def test_another_class_is_another_rule_s_matter() -> None:
    assert not findings(DEPOSIT, likeness_rule("licence-alike", "C17"))


def test_a_second_class_is_a_hint(like: Callable[..., None]) -> None:
    like(3.0, "C05", second="C03")
    rules = (likeness_rule(), likeness_rule("penalty-alike", "C03"), likeness_rule("right-alike", "C08"))
    assert findings(DEPOSIT, *rules) == [("charge-alike", "warning"), ("penalty-alike", "info")]


def test_a_rule_about_the_issuer_takes_several_classes_and_gives_way_to_itself_alone(like: Callable[..., None]) -> None:
    like(5.0, cls="C05", second="C01")
    rule = likeness_rule("issuer-alike", "C19", classes=["C05", "C12"])
    assert findings(DEPOSIT, rule, norm_rule("other", "保证金", "C01"))[-1] == ("issuer-alike", "warning")
    assert findings(DEPOSIT, rule, norm_rule("form", "保证金", "C19")) == [("form", "error")]
    like(5.0, cls="C11")
    assert findings(DEPOSIT, rule) == []


def test_a_finding_on_the_whole_document_gives_way_to_one_of_its_requirement(like: Callable[..., None]) -> None:
    like(5.0, cls="C05")
    rulebook, _ = load(Settings(today=DAY))
    rules = [rule for rule in rulebook.named(["national/content"])[0].rules if rule.applies_to.get("issuer")]
    notice = f"关于餐馆的通告\n\n各餐馆：\n{DEPOSIT}\n\n青禾县餐饮整治工作组\n2025年6月20日"
    assert len(rules) == 2
    assert findings(notice, *rules) == [("duties-by-unauthorised-body", "error")]
    assert findings(notice, *[rule for rule in rules if rule.kind == "likeness"]) == [
        ("unauthorised-body-alike", "warning")
    ]


def test_below_its_least_the_rule_says_nothing(like: Callable[..., None]) -> None:
    like(1.0 + reading._ONE_OF_MANY)
    assert DEPOSIT in quoted(WHOLE, likeness_rule(least=0.9))
    assert not findings(WHOLE, likeness_rule(least=1.1))


def test_less_is_asked_of_an_excerpt(like: Callable[..., None]) -> None:
    like(1.0)
    assert findings(DEPOSIT, likeness_rule(least=1.0 + reading._PICKED - 0.1))
    assert not findings(DEPOSIT, likeness_rule(least=1.0 + reading._PICKED + 0.1))


def test_more_is_asked_of_who_else_is_bound_and_of_what_is_excused(like: Callable[..., None]) -> None:
    enough, more = 1.0, 1.0 + alike._EXCUSED
    excused = "依照《某法》第八条的规定，各餐馆每月须缴存卫生保证金三千元。"
    for text, rule in ((DEPOSIT, likeness_rule(bound=["association"])), (excused, likeness_rule())):
        like(enough)
        assert not findings(text, rule)
        like(more)
        assert findings(text, rule)


def test_an_exception_of_the_rule_is_one(like: Callable[..., None]) -> None:
    like(9.0)
    assert not findings(DEPOSIT, likeness_rule(unless="保证金"))


@pytest.mark.parametrize(
    "text",
    [
        "严禁强制餐馆参加付费培训。",
        "市场办不得以整治为由向餐馆收取押金，也不得扣留其物品。",
        "各镇不得召集菜贩商议统一菜价。",
    ],
)
def test_what_only_organs_are_told_not_to_do_is_never_alike(like: Callable[..., None], text: str) -> None:
    like(9.0)
    assert not findings(text, likeness_rule())


def test_what_outsiders_are_told_not_to_do_is(like: Callable[..., None]) -> None:
    like(9.0)
    assert findings("消费者离店后不得要求退还卫生保证金。", likeness_rule())


# ------------------------------------------------------------------ whole documents


def test_in_an_ordinary_document_the_sentence_stands_out() -> None:
    assert [finding.evidence[0].quote for finding in report(WHOLE, likeness_rule()).findings] == [DEPOSIT]


def test_what_a_document_speaks_of_throughout_counts_for_nothing() -> None:
    amounts = ("三千元", "四千元", "五千元", "六千元")
    same = [
        DEPOSIT.replace("三千元", amount).replace("餐馆", who) for amount in amounts for who in ("餐馆", "茶馆", "面馆")
    ]
    sentences = [Sentence(text, 0, range(len(text))) for text in (*DUTIES, *same)]
    for one in likenesses(sentences, whole=True)[len(DUTIES) :]:
        assert one.score < one.alone / 2
    assert all(one.score == one.alone for one in likenesses(sentences, whole=False))


def test_one_clause_of_a_long_sentence_counts() -> None:
    lawful = "镇市场办定期巡查各市场，督促保持通道畅通，公布巡查结果，听取经营者的意见，"
    long = f"{lawful}{DEPOSIT[:-1]}，{lawful[:-1]}。"
    assert stretches(DEPOSIT, 0) == [(0, len(DEPOSIT))]
    runs = stretches(long, 0)
    assert runs[0] == (0, len(long))
    assert "".join(long[start:end] for start, end in runs[1:]) == long
    assert all(lead < end for lead in (30, 60) for _, end in stretches(long, lead))
    (found,) = likenesses([Sentence(long, 0, range(len(long)))], whole=False)
    assert "缴存" in long[found.start : found.end]


def test_a_form_fits_there_all_the_same() -> None:
    same = [DEPOSIT.replace("餐馆", f"{who}馆") for who in "茶面粥饺饼鱼羊牛素菜酒汤"]
    form = norm_rule("fee-charged", "保证金")
    assert len(findings("\n".join(same), form)) == len(same)


# ------------------------------------------------------------------ one suspicion for the same words


def test_it_gives_way_to_a_form_of_its_class_on_the_same_sentence() -> None:
    form = norm_rule("fee-charged", "保证金")
    made = report(DEPOSIT, likeness_rule(), form)
    assert [finding.rule for finding in made.findings] == ["fee-charged"]
    alike = next(outcome for outcome in made.outcomes if outcome.rule == "charge-alike")
    assert (alike.status, alike.certainty, alike.severity) == ("met", "screened", "warning")
    assert "其他规则" in alike.reason


def test_it_gives_way_to_a_form_of_its_second_class(like: Callable[..., None]) -> None:
    form = norm_rule("right-cut", "保证金", requirement="C07")
    like(3.0, "C05", second="C07")
    assert [rule for rule, _ in findings(DEPOSIT, likeness_rule(), form)] == ["right-cut"]


def test_a_form_of_a_third_class_gives_way_to_it_where_the_model_is_sure(like: Callable[..., None]) -> None:
    form = norm_rule("right-cut", "保证金", requirement="C07")
    like(2.9, "C05", second="C03")
    assert findings(DEPOSIT, likeness_rule(), form) == [("charge-alike", "warning"), ("right-cut", "warning")]
    like(3.0, "C05", second="C03")
    assert findings(DEPOSIT, likeness_rule(), form) == [("charge-alike", "warning")]
    assert findings(DEPOSIT, form) == [("right-cut", "warning")]
    of_first = norm_rule("fee", "保证金")
    assert findings(DEPOSIT, likeness_rule(), form, of_first) == [("fee", "error")]


def test_in_a_document_a_form_needs_more_where_the_model_sees_another_class(like: Callable[..., None]) -> None:
    form = norm_rule("right-cut", "保证金", requirement="C07")
    like(1.6, "C07")
    assert findings(WHOLE, form) == [("right-cut", "warning")]
    like(1.6, "C05", second="C07")
    assert findings(WHOLE, form) == [("right-cut", "warning")]
    like(1.6, "C05")
    assert not findings(WHOLE, form)
    assert findings(DEPOSIT, form) == [("right-cut", "warning")]
    like(2.8, "C05")
    assert findings(WHOLE, form) == [("right-cut", "warning")]


def test_it_stays_where_the_form_fits_another_sentence() -> None:
    text = f"{DEPOSIT}\n各茶馆每月须向镇市场办报送炉灶清单。"
    form = norm_rule("list-wanted", "炉灶清单", form={"least": -99.0})
    found = report(text, likeness_rule(unless="炉灶"), form).findings
    assert _places(found) == [("charge-alike", DEPOSIT), ("list-wanted", "各茶馆每月须向镇市场办报送炉灶清单。")]


def test_a_requirement_is_suspected_once_in_a_sentence() -> None:
    rules = norm_rule("first", "保证金"), norm_rule("second", "不予换发")
    assert [findings(DEPOSIT, rule)[0][0] for rule in rules] == ["first", "second"]
    made = report(DEPOSIT, *rules)
    assert [finding.rule for finding in made.findings] == ["first"]
    assert [outcome.status for outcome in made.outcomes] == ["violated", "met"]


def test_two_requirements_are_both_suspected() -> None:
    rules = norm_rule("first", "保证金"), norm_rule("second", "不予换发", requirement="C02")
    assert [rule for rule, _ in findings(DEPOSIT, *rules)] == ["first", "second"]


def test_a_rule_keeps_what_only_it_has_found() -> None:
    other = DEPOSIT.replace("餐馆", "茶馆").replace("卫生保证金", "消防押金")
    rules = norm_rule("first", "保证金"), norm_rule("second", "不予换发")
    assert _places(report(f"{DEPOSIT}\n{other}", *rules).findings) == [("first", DEPOSIT), ("second", other)]


def test_an_outcome_speaks_of_what_is_left() -> None:
    other = DEPOSIT.replace("餐馆", "茶馆").replace("卫生保证金", "消防押金")
    form = norm_rule("fee-charged", "保证金")
    made = report(f"{DEPOSIT}\n{other}", likeness_rule(), form)
    outcome = next(outcome for outcome in made.outcomes if outcome.rule == "charge-alike")
    (finding,) = [finding for finding in made.findings if finding.rule == "charge-alike"]
    assert finding.evidence[0].quote == other
    assert outcome.reason == finding.message
    assert outcome.evidence == finding.evidence


def _places(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.rule, finding.evidence[0].quote) for finding in found]


# ------------------------------------------------------------------ how much a form needs


@pytest.mark.parametrize(
    ("score", "form", "rule", "found"),
    [
        (norm._UNLIKE + 0.1, {}, {}, True),
        (norm._UNLIKE - 0.1, {}, {}, False),
        (-5.0, {}, {"least": -6.0}, True),
        (-5.0, {"least": -6.0}, {}, True),
        (-5.0, {"least": -4.0}, {"least": -9.0}, False),
        (-5.0, {"least": -9.0}, {"least": -4.0}, True),
        (2.0, {"least": 2.1}, {}, False),
        (-20.0, {"least": -99.0}, {}, True),
    ],
)
def test_a_form_fits_from_its_least_on(
    like: Callable[..., None], score: float, form: dict[str, Any], rule: dict[str, Any], found: bool
) -> None:
    like(score + reading._ONE_OF_MANY)
    assert bool(findings(WHOLE, norm_rule("fee", "保证金", form=form, **rule))) is found


def test_less_is_asked_of_a_form_in_an_excerpt(like: Callable[..., None]) -> None:
    like(norm._UNLIKE - 0.1)
    assert findings(DEPOSIT, norm_rule("fee", "保证金"))
    assert not findings(WHOLE, norm_rule("fee", "保证金"))


def test_a_doubtful_fit_is_a_warning_at_most(like: Callable[..., None]) -> None:
    like(norm._DOUBTFUL - 0.1)
    assert findings(DEPOSIT, norm_rule("fee", "保证金")) == [("fee", "warning")]
    assert findings(DEPOSIT, norm_rule("fee", "保证金", severity="info")) == [("fee", "info")]
    like(norm._DOUBTFUL + 0.1)
    assert findings(DEPOSIT, norm_rule("fee", "保证金")) == [("fee", "error")]
    assert findings(DEPOSIT, norm_rule("fee", "保证金", form={"severity": "warning"})) == [("fee", "warning")]


def test_a_form_that_is_a_hint_gives_way(like: Callable[..., None]) -> None:
    like(3.0)
    hint = replace(norm_rule("hint", "保证金", form={"severity": "info"}), requirement="C01")
    assert findings(DEPOSIT, hint) == [("hint", "info")]
    assert findings(DEPOSIT, hint, norm_rule("fee", "保证金")) == [("fee", "error")]


# ------------------------------------------------------------------ the model itself


GRAMS = {
    "须": 1.0,
    "须缴": 2.5,
    "缴存": 0.75,
    "须缴存": 1.5,
    "存三": -0.5,
    "自愿": -3.0,
    "的": 0.25,
    "#": -0.25,
    "缴": 0.5,
}
GRAMS |= {"存": 0.5, "三": -0.25, "自": 0.25, "愿": -0.5}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of few n-grams: every one is half as rare again as it weighs much, and speaks for C05 or against C06."""
    held = sorted(
        (sum(ord(char) << 16 * place for place, char in enumerate(gram)), weight) for gram, weight in GRAMS.items()
    )
    keys, weights = np.array([key for key, _ in held], np.uint64), np.array([weight for _, weight in held])
    path = tmp_path_factory.mktemp("model") / "small.npz"
    for_classes = np.stack([weights * 4, -weights * 4]).astype(np.int8)
    Model(
        keys,
        1 + abs(weights) / 2,
        weights,
        -0.5,
        ("C05", "C06"),
        for_classes,
        np.array([0.25, 0.25]),
        np.array([0.5, 0.0]),
    ).write(path)
    return path


def by_hand(text: str) -> tuple[float, float, float]:
    """The log odds of a text by the small model, and those of its two classes."""
    counts = {gram: sum(text.startswith(gram, at) for at in range(len(text))) for gram in GRAMS}
    values = {gram: (1 + abs(GRAMS[gram]) / 2) * (1 + log(count)) for gram, count in counts.items() if count}
    size = sqrt(sum(value * value for value in values.values())) or 1.0
    total = sum(value * GRAMS[gram] for gram, value in values.items()) / size
    return total - 0.5, total + 0.5, -total


@given(st.lists(st.text("须缴存三自愿的镇#，。𠮷", max_size=60), max_size=12))
def test_it_reads_as_it_is_defined(small: Path, texts: list[str]) -> None:
    """Many texts at once give what each gives when its n-grams are counted one by one."""
    use_weights(small)
    try:
        told = likenesses([Sentence(text, 0, range(len(text))) for text in texts], whole=False)
    finally:
        use_weights(None)
    for text, like in zip(texts, told, strict=True):
        score, *classes = by_hand(text)
        share = CLASS_SHARE * min(max(classes), CLASS_MOST)
        expected = score + share if score > -1.5 - CLASS_SHARE * CLASS_MOST else score
        assert like.score == like.alone == pytest.approx(expected, abs=0.01)
        assert like.cls == ("" if like.score <= -1.5 else "C05" if classes[0] > classes[1] else "C06")
        assert 0 <= like.start <= like.end <= len(text)


def test_what_the_file_holds_is_what_was_written(small: Path, tmp_path: Path) -> None:
    read_model(small).write(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == small.read_bytes()
