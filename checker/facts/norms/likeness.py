"""How much a sentence reads like what a normative document must not hold: a linear model over character n-grams.

Rules are written form by form and miss wordings that nobody thought of; the model has seen some two thousand sentences of
the project's own and generalises over them. It decides nothing alone: a sentence it points at still has to be free of
exemptions, and the words that carry its judgement are shown. Weights, and how they were made: corpora/norms/likeness.tsv,
corpora/norms/train_likeness.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from operator import add
from pathlib import Path

import regex

from checker import data_root
from checker.facts.norms.sentences import Sentence

LONGEST = 4
"""Longest n-gram of the model, in characters."""
_WINDOW = 14
_WORTH = -1.5
"""Log odds below which no class is looked for."""
_LONG, _RUN = 70, 40
"""Longer sentences, in characters, are also read in stretches of this length: one clause among many lawful ones weighs too
little. Of long sentences that the model had not seen this found 77 of 100 offending ones where 53 were found.
"""
_ONE_OF_SEVERAL = 1.0
"""Log odds that a stretch must have more than a whole sentence: one of several is easily like something."""
_FAR = -4.0
"""Log odds of a whole sentence below which its stretches are not read."""
_CLAUSE = regex.compile(r"[^，。；：！？]+[，。；：！？]?")
_SUBJECT = 2
_COMMON, _COMMON_SHARE = 3, 0.01
"""From so many sentences of a document on, or so large a share of them, an n-gram of at least `_SUBJECT` characters is the
document's subject. On documents that the model had not seen this found 72 of 100 offending sentences where 65 were found,
at as many false findings.
"""
_NEAR = 1.5
"""Log odds by which the second class may lie behind the first and still be named."""
_DIGITS = regex.compile(r"[\d〇零一二三四五六七八九十百千万两]+(?=[元日天年个月倍％%名家次人分吨平亩公米万小])|\d+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """score: log odds, above 0 more like an offending sentence than not; cls: the class it is most like ("C05").

    alone: the log odds of the sentence read by itself; score: read as one of its document, whose subject says nothing.
    start, end: the stretch of the sentence that weighs most. second: another class that it is nearly as much like, or "".
    A sentence that is unlike prohibited content has neither class nor stretch.
    """

    score: float
    cls: str
    start: int
    end: int
    second: str = ""
    alone: float = 0.0


@dataclass(frozen=True, slots=True)
class _Model:
    """speaking: the n-grams of at least `_SUBJECT` characters that speak for prohibited content.

    grams: inverse document frequency and weight of each; weighed, squared: their product, and the square of the first.
    """

    bias: float
    grams: dict[str, tuple[float, float]]
    weighed: dict[str, float]
    squared: dict[str, float]
    speaking: frozenset[str]
    classes: dict[str, dict[str, float]]
    biases: dict[str, float]


def masked(text: str) -> str:
    """The sentence as the model reads it: every figure is as many #."""
    return _DIGITS.sub(lambda match: "#" * len(match[0]), text)


def grams(text: str) -> list[str]:
    """All n-grams of 1 to `LONGEST` characters of a masked sentence."""
    found, longer = list(text), list(text)
    for size in range(1, LONGEST):
        longer = list(map(add, longer, text[size:]))
        found += longer
    return found


_other_weights: list[Path] = []


def use_weights(path: Path | None) -> None:
    """Read with the weights of another file from now on, or with the project's own (None): for measuring on texts that
    the project's own weights were learned from.
    """
    _other_weights[:] = [path] if path is not None else []
    _model.cache_clear()


@cache
def _model() -> _Model:
    """The weights. The file: `bias`, then lines `gram, idf, weight`, then `class, name, bias` and `gram, name, weight`."""
    bias = 0.0
    known: dict[str, tuple[float, float]] = {}
    classes: dict[str, dict[str, float]] = {}
    biases: dict[str, float] = {}
    path = _other_weights[0] if _other_weights else data_root() / "corpora" / "norms" / "likeness.tsv"
    for line in path.read_text("utf-8").splitlines():
        what, *rest = line.split("\t")
        if what == "g":
            known[rest[0]] = (float(rest[1]), float(rest[2]))
        elif what == "w":
            classes[rest[1]][rest[0]] = float(rest[2])
        elif what == "class":
            classes[rest[0]], biases[rest[0]] = {}, float(rest[1])
        elif what == "bias":
            bias = float(rest[0])
    speaking = frozenset(gram for gram, (_, weight) in known.items() if weight > 0 and len(gram) >= _SUBJECT)
    weighed = {gram: idf * weight for gram, (idf, weight) in known.items()}
    squared = {gram: idf * idf for gram, (idf, _) in known.items()}
    return _Model(bias, known, weighed, squared, speaking, classes, biases)


def stretches(text: str, lead: int) -> list[tuple[int, int]]:
    """What of a sentence is read: all of it, and where it is long each run of clauses of about `_RUN` characters.

    Runs that lie in the first `lead` characters, which are inherited, are left out.
    """
    found = [(0, len(text))]
    if len(text) <= _LONG:
        return found
    start = end = 0
    for clause in _CLAUSE.finditer(text):
        if end > start and clause.end() - start > _RUN:
            found.append((start, end))
            start = clause.start()
        end = clause.end()
    if start > 0:
        found.append((start, end))
    return [(first, last) for first, last in found if last > lead]


def likenesses(sentences: Sequence[Sentence], *, whole: bool) -> list[Likeness]:
    """The model's reading of the sentences of one text, in their order.

    In a whole document what many of its sentences have in common is its subject: where all of it speaks of number plates,
    a number plate says nothing. Such n-grams count there only where they speak for the sentence.
    """
    model = _model()
    standing: Counter[str] = Counter()
    alone = []
    for sentence in sentences:
        counts = _counts(model, masked(sentence.text))
        if whole:
            standing.update(filter(model.speaking.__contains__, counts))
        alone.append(_score(model, counts, frozenset()))
    least = max(_COMMON, len(sentences) * _COMMON_SHARE)
    common = frozenset(gram for gram, count in standing.items() if count >= least)
    return [
        _likeness(model, sentence, common)
        if score > (_FAR if len(sentence.text) > _LONG else _WORTH)
        else Likeness(score, "", 0, 0, alone=score)
        for sentence, score in zip(sentences, alone, strict=True)
    ]


def _likeness(model: _Model, sentence: Sentence, common: frozenset[str]) -> Likeness:
    """The likeness of the stretch that is most like prohibited content, as that of the sentence."""
    read = masked(sentence.text)
    alone = best = float("-inf")
    place = (0, 0)
    for start, end in stretches(sentence.text, sentence.lead):
        counts = _counts(model, read[start:end])
        less = 0.0 if end - start == len(read) else _ONE_OF_SEVERAL
        own = _score(model, counts, frozenset()) - less
        score = _score(model, counts, common) - less if common else own
        alone = max(alone, own)
        if score > best:
            best, place = score, (start, end)
    if best <= _WORTH:
        return Likeness(best, "", 0, 0, alone=alone)
    start, end = place
    first, second = _classes(model, _counts(model, read[start:end]))
    heaviest = _heaviest(model, read[start:end], common)
    return Likeness(best, first, start + heaviest[0], start + heaviest[1], second, alone)


def _counts(model: _Model, read: str) -> Counter[str]:
    """How often the n-grams that the model knows stand in a masked sentence."""
    return Counter(filter(model.grams.__contains__, grams(read)))


def _score(model: _Model, counts: Counter[str], common: frozenset[str]) -> float:
    """The log odds of a stretch; n-grams of `common` say nothing in it, but count for its length."""
    total = sum(map(model.weighed.__getitem__, counts))
    squares = sum(map(model.squared.__getitem__, counts))
    for gram, count in counts.items():
        if count > 1:
            times = 1 + log(count)
            total += model.weighed[gram] * (times - 1)
            squares += model.squared[gram] * (times * times - 1)
    for gram in counts.keys() & common:
        total -= model.weighed[gram] * (1 + log(counts[gram]))
    return model.bias + total / sqrt(squares) if squares else model.bias


def _classes(model: _Model, counts: dict[str, int]) -> tuple[str, str]:
    """The class that the sentence is most like, and the next one where it lies near."""
    values = {gram: model.grams[gram][0] * (1 + log(count)) for gram, count in counts.items()}
    length = sqrt(sum(value * value for value in values.values()))
    totals = {
        name: model.biases[name] + sum(value * weights.get(gram, 0.0) for gram, value in values.items()) / length
        for name, weights in model.classes.items()
    }
    best, other = sorted(totals, key=totals.__getitem__, reverse=True)[:2]
    return best, other if totals[best] - totals[other] < _NEAR else ""


def _heaviest(model: _Model, read: str, common: frozenset[str]) -> tuple[int, int]:
    """The stretch of at most `_WINDOW` characters, inside one clause, whose n-grams weigh most."""
    weights = [0.0] * len(read)
    for size in range(1, LONGEST + 1):
        for at in range(len(read) - size + 1):
            gram = read[at : at + size]
            idf, weight = (0.0, 0.0) if gram in common else model.grams.get(gram, (0.0, 0.0))
            for place in range(at, at + size):
                weights[place] += idf * weight / size
    best, found = float("-inf"), (0, min(_WINDOW, len(read)))
    for clause in regex.finditer(r"[^，。；：、]+", read):
        start, end = clause.span()
        for first in range(start, max(end - _WINDOW, start) + 1):
            last = min(first + _WINDOW, end)
            total = sum(weights[first:last])
            if total > best:
                best, found = total, (first, last)
    return found
