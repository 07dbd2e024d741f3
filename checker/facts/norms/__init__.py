"""Norm sentences: who must or must not do what, on what legal basis, else what; the unit of the content rules.

`Sheet` cuts the running text into sentences (fast, always); `analyse` reads one of them as a norm (spaCy, on demand).
"""

from __future__ import annotations

from checker.facts.norms.analysis import ALWAYS, EXEMPTIONS, Bound, Norm, Scope, analyse, vocabulary
from checker.facts.norms.sentences import Sentence, Sheet

__all__ = ["ALWAYS", "EXEMPTIONS", "Bound", "Norm", "Scope", "Sentence", "Sheet", "analyse", "vocabulary"]
