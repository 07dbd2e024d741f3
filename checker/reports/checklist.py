"""The outcomes as people read them: every requirement once in each group.

A requirement has as many outcomes as there are rules, packs and limits for it. JSON and SARIF list them all; whoever
reads a report asks of the requirement, so "not concerned" counts only where none of its rules concerns the document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checker.model import Outcome


def folded(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """The outcomes without those that say nothing more: `not_applicable` once a requirement, and only if nothing else is.

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
    return tuple(outcome for outcome in outcomes if outcome.status != "not_applicable" or id(outcome) in kept)


def counted(outcomes: Sequence[Outcome]) -> Counter[str]:
    """How many requirements have each status; one that its rules judge differently counts under each of theirs."""
    return Counter[str](status for status, _ in {(outcome.status, outcome.requirement) for outcome in folded(outcomes)})
