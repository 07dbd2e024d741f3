"""The sentences of one document and the clause that holds a place, read once for all content rules."""

from __future__ import annotations

from functools import cached_property
from math import log

from checker.facts.layout import Layout
from checker.facts.norms.likeness import Likeness, likenesses
from checker.facts.norms.sentences import Sentence, Sheet, WordIndex
from checker.facts.structure import Outline
from checker.model import Document

_TIERS = (-0.7, -3.0, float("-inf"))
_SAYING = 10
"""Shorter sentences say too little to be like anything, in characters."""
_WHOLE = 10
"""From so many sentences on, a text is a document and no excerpt."""
_ONE_OF_MANY, _MANY = 1.2, 30
"""What a document of up to that many sentences lowers all scores by: prohibited content is rare in it. A longer one holds
more sentences, but hardly more prohibited content: it lowers them by the logarithm of its length more, up to `_MOST`.
"""
_MOST = 2.5
_PICKED = 0.7
"""How much less is asked of an excerpt: who hands in a few sentences has chosen them because they are in doubt."""


class Reading:
    """The sentences of one document, and the clauses that they stand in."""

    def __init__(self, document: Document) -> None:
        """Reads at once; linear in the length of the text."""
        layout = Layout(document)
        self.outline = Outline(layout)
        self.sheet = Sheet(layout)
        self._signed = layout.signature is not None
        self._indexes: dict[float, WordIndex] = {}

    @cached_property
    def likenesses(self) -> tuple[Likeness, ...]:
        """How much each sentence reads like prohibited content, as log odds, and like what.

        In a whole document all are lowered.
        """
        many = len(self.sheet.sentences) / _MANY
        less = min(_ONE_OF_MANY + log(max(many, 1.0)), _MOST) if self.is_whole else 0.0
        return tuple(likenesses(self.sheet.sentences, whole=self.is_whole, less=less))

    @cached_property
    def scores(self) -> tuple[float, ...]:
        """The log odds of each sentence read by itself: where a form names what is wrong, the document's subject counts too."""
        return tuple(like.alone for like in self.likenesses)

    def asked(self, least: float) -> float:
        """The log odds that a sentence must have where a rule asks for `least`."""
        return least if self.is_whole else least - _PICKED

    def index(self, least: float) -> WordIndex:
        """Where words stand in the sentences of at least about that likeness (some below it are among them)."""
        tier = next((tier for tier in _TIERS if tier <= least), _TIERS[-1])
        if tier not in self._indexes:
            chosen = (number for number, score in enumerate(self.scores) if score >= tier)
            self._indexes[tier] = WordIndex(self.sheet, chosen)
        return self._indexes[tier]

    @property
    def screened(self) -> str:
        """What a rule says that has looked at all sentences and found nothing."""
        return f"逐句查看了{len(self.sheet.sentences)}句，没有发现有此嫌疑的规定。"

    @property
    def is_whole(self) -> bool:
        """Whether this is a document, signed or long, and no excerpt of a few sentences."""
        return self._signed or self.is_long

    @property
    def is_long(self) -> bool:
        """Whether it has as many sentences as only a document has."""
        return len(self.sheet.sentences) >= _WHOLE

    @cached_property
    def alike(self) -> tuple[tuple[Sentence, Likeness], ...]:
        """The sentences that read at all like prohibited content, with how much and like what."""
        return tuple(
            (sentence, like)
            for sentence, like in zip(self.sheet.sentences, self.likenesses, strict=True)
            if like.cls and len(sentence.text) >= _SAYING
        )


_readings: dict[tuple[str, str], Reading] = {}


def reading_of(document: Document) -> Reading:
    """The reading of the document at hand; all content rules look at the same one, so the last one is kept."""
    key = (document.name, document.text_sha256)
    if key not in _readings:
        _readings.clear()
        _readings[key] = Reading(document)
    return _readings[key]
