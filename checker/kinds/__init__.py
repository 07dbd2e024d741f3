"""The kinds of check: one function each, a rule file names one of them.

A new kind is a file here that declares a `SPEC`, and a line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.kinds import (
    citation,
    classification,
    filing,
    form,
    interval,
    likeness,
    limit,
    material,
    norm,
    order,
    presence,
    scope,
    validity,
)
from checker.kinds.base import Fault, KindSpec, Matter, Verdict

KINDS: Mapping[str, KindSpec] = {
    "interval": interval.SPEC,
    "order": order.SPEC,
    "presence": presence.SPEC,
    "form": form.SPEC,
    "classification": classification.SPEC,
    "scope": scope.SPEC,
    "validity": validity.SPEC,
    "filing": filing.SPEC,
    "material": material.SPEC,
    "citation": citation.SPEC,
    "norm": norm.SPEC,
    "likeness": likeness.SPEC,
    "limit": limit.SPEC,
}

__all__ = ["KINDS", "Fault", "KindSpec", "Matter", "Verdict"]
