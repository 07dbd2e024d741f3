"""Kind `limit`: what a sentence imposes beside the article that it cites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from checker.audit import Settings, load
from checker.dossier import build_case
from checker.engine import check
from checker.facts import extract
from checker.model import LawArticle, Report
from checker.reading import read
from checker.reference import GivenLaws

LAW = {
    "市容条例": {
        "第四条": "乱扔果皮的，处二十元以上五十元以下罚款。",
        "第五条": "占道经营的，责令改正；拒不改正的，处一百元以上一千元以下罚款。\n占道堆物的，处五千元以下罚款。",
        "第六条": "有前两条行为的，依照《治安条例》的规定处罚。",
    }
}


def report(text: str, laws: Mapping[str, Mapping[str, str]] | None = LAW) -> Report:
    rulebook, reference = load(Settings(today=date(2025, 10, 1)))
    document = read(text.encode(), "a.txt")
    facts = extract(document, kind="normative_document", known_law=reference.knows_law)
    case = build_case([document], [facts], given={}, as_of=date(2025, 10, 1), today=date(2025, 10, 1), region=None)
    reference = replace(reference, laws=GivenLaws(laws) if laws is not None else None)
    made = check(case, rulebook.named(["national/content"]), reference)
    kept = tuple(item for item in made.outcomes if item.rule == "cited-penalty-exceeded")
    return replace(made, outcomes=kept, findings=tuple(f for f in made.findings if f.rule == "cited-penalty-exceeded"))


def test_an_excess_shows_both_figures() -> None:
    (finding,) = report("乱扔果皮的，依照《市容条例》第四条处五百元罚款。").findings
    assert "500元" in finding.message
    assert "20元至50元" in finding.message
    assert "《市容条例》第四条" in finding.message
    assert finding.certainty == "suspected"


@pytest.mark.parametrize(
    "text",
    [
        "乱扔果皮的，依照《市容条例》第四条处二十元以上五十元以下罚款。",
        "乱扔果皮的，依照《市容条例》第四条处三十元罚款。",
        "占道堆物的，依照《市容条例》第五条第二款处三千元罚款。",
        "乱扔果皮、占道堆物的，依照《市容条例》第四条、第五条处五千元以下罚款。",
        "占道堆物的，依照《市容条例》第五条第一款、第二款处三千元罚款。",
        "占道堆物的，依照《市容条例》第五条第一款第三项和第二款处三千元罚款。",
        "乱扔果皮的，依照《市容条例》第六条处五百元罚款。",
        "不得依照《市容条例》第四条处五百元罚款。",
        "乱扔果皮的处三十元罚款，依据是《市容条例》第四条；占道堆物的处三千元罚款，依据是同条例第五条。",
        "占道经营拒不改正的，依照《市容条例》第五条第一款处五百元罚款；占道堆物的，依照同条第二款处三千元罚款。",
        "占道堆物的，依照《市容条例》第五条处三千元罚款；乱扔果皮的，按照该条例第四条处三十元罚款。",
    ],
)
def test_within_the_article_is_no_finding(text: str) -> None:
    assert not report(text).findings


@pytest.mark.parametrize(
    "text",
    [
        "占道经营拒不改正的，依照《市容条例》第五条第一款处三千元罚款。",
        "占道经营的，依照《市容条例》第五条第一款处五百元罚款。",
        "占道堆物的，依照《市容条例》第五条第二款处三千元罚款；占道经营拒不改正的，依照同条第一款处三千元罚款。",
        "占道堆物的，依照《市容条例》第五条处三千元罚款；乱扔果皮的，按照该条例第四条处三百元罚款。",
        "占道经营的，依照《市容条例》第五条第一款第二项、第四条处三千元罚款。",
        "乱扔果皮的，依照《市容条例》第四条处三十元罚款，并没收工具。",
        "对乱扔果皮行为按照《市容条例》第四条细化裁量：\n（一）初次的，处二十元以上三十元以下罚款；\n（二）再次的，处一百元罚款。",
    ],
)
def test_beyond_the_article(text: str) -> None:
    assert report(text).findings


@pytest.mark.parametrize("laws", [None, {}])
def test_without_the_text_the_outcome_is_a_note_and_no_accusation(laws: Mapping[str, Mapping[str, str]] | None) -> None:
    made = report("乱扔果皮的，依照《市容条例》第四条处五百元罚款。", laws)
    assert not made.findings
    (outcome,) = made.outcomes
    assert (outcome.status, outcome.certainty) == ("met", "screened")
    assert "《市容条例》第四条" in outcome.notes[0]
    assert "没有对照" in outcome.reason


def test_the_version_of_the_day_is_asked_for() -> None:
    asked: list[tuple[str, str, date | None]] = []

    class Texts:
        def article(self, title: str, number: str, as_of: date | None = None) -> LawArticle | None:
            asked.append((title, number, as_of))
            return None

    rulebook, reference = load(Settings(today=date(2025, 10, 1)))
    document = read("乱扔果皮的，依照《市容条例》第四条处五百元罚款。".encode(), "a.txt")
    facts = extract(document, kind="normative_document", known_law=reference.knows_law)
    case = build_case([document], [facts], given={}, as_of=date(2022, 3, 1), today=date(2025, 10, 1), region=None)
    check(case, rulebook.named(["national/content"]), replace(reference, laws=Texts()))
    assert ("市容条例", "第四条", date(2022, 3, 1)) in asked
