"""The sentences of one document and the clause that holds a place, read once for all content rules."""

from __future__ import annotations

from checker.facts.layout import Layout
from checker.facts.norms.sentences import Sheet
from checker.facts.structure import Outline
from checker.model import Document


class Reading:
    """The sentences of one document, and the clauses that they stand in."""

    def __init__(self, document: Document) -> None:
        """Reads at once; linear in the length of the text."""
        layout = Layout(document)
        self.outline = Outline(layout)
        self.sheet = Sheet(layout)


_readings: dict[tuple[str, str], Reading] = {}


def reading_of(document: Document) -> Reading:
    """The reading of the document at hand; all content rules look at the same one, so the last one is kept."""
    key = (document.name, document.text_sha256)
    if key not in _readings:
        _readings.clear()
        _readings[key] = Reading(document)
    return _readings[key]
