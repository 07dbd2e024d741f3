"""The sentences of one document and the clause that holds a place, read once for all content rules."""

from __future__ import annotations

from functools import cached_property

from checker.facts.layout import Layout
from checker.facts.norms.likeness import Likeness, likeness
from checker.facts.norms.sentences import Sentence, Sheet
from checker.facts.structure import Outline
from checker.model import Document


class Reading:
    """The sentences of one document, and the clauses that they stand in."""

    def __init__(self, document: Document) -> None:
        """Reads at once; linear in the length of the text."""
        layout = Layout(document)
        self.outline = Outline(layout)
        self.sheet = Sheet(layout)

    @cached_property
    def alike(self) -> tuple[tuple[Sentence, Likeness], ...]:
        """The sentences that read more like prohibited content than not, with how much and like what."""
        read = ((sentence, likeness(sentence.text)) for sentence in self.sheet.sentences)
        return tuple((sentence, like) for sentence, like in read if like.score > 0)


_readings: dict[tuple[str, str], Reading] = {}


def reading_of(document: Document) -> Reading:
    """The reading of the document at hand; all content rules look at the same one, so the last one is kept."""
    key = (document.name, document.text_sha256)
    if key not in _readings:
        _readings.clear()
        _readings[key] = Reading(document)
    return _readings[key]
