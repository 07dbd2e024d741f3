"""The outcomes as people read them: every requirement once in each group.

A requirement has as many outcomes as there are rules, packs and limits for it. JSON and SARIF list them all; whoever
reads a report asks of the requirement, so "not concerned" counts only where none of its rules concerns the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checker.model import Outcome


def folded(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes without those that say nothing more: `not_applicable` once a requirement, and only if nothing else is;
    what was screened and nothing found once a requirement, and only if no other rule of it has found something.

    Of several reasons why a requirement does not concern the document the nearest is kept: that of a rule which bound it
    and looked into it, else the one said of the fewest requirements.
    """
    concerned = {outcome.requirement for outcome in outcomes if outcome.status != "not_applicable"}
    aside = [outcome for outcome in outcomes if outcome.status == "not_applicable"]
    said = Counter(reason for _, reason in {(outcome.requirement, outcome.reason) for outcome in aside})
    nearest: dict[str, Outcome] = {}
    for outcome in sorted(aside, key=lambda outcome: (not outcome.basis, said[outcome.reason])):
        nearest.setdefault(outcome.requirement, outcome)
    kept = {id(outcome) for code, outcome in nearest.items() if code not in concerned}
    suspected = {outcome.requirement for outcome in outcomes if outcome.status == "violated"}
    screened: dict[str, Outcome] = {}
    for outcome in outcomes:
        if _is_screened(outcome) and outcome.requirement not in suspected:
            screened.setdefault(outcome.requirement, outcome)
    kept |= {id(outcome) for outcome in screened.values()}
    return tuple(
        outcome
        for outcome in outcomes
        if id(outcome) in kept or not (outcome.status == "not_applicable" or _is_screened(outcome))
    )


def _is_screened(outcome: Outcome) -> bool:
    return outcome.status == "met" and outcome.certainty == "screened"


def counted(outcomes: Sequence[Outcome]) -> Counter[str]:
    """How many requirements have each status; one that its rules judge differently counts under each of theirs."""
    return Counter[str](status for status, _ in {(outcome.status, outcome.requirement) for outcome in folded(outcomes)})
