"""How much a sentence reads like what a normative document must not hold: a linear model over character n-grams.

Rules are written form by form and miss wordings that nobody thought of; the model has seen some sixteen thousand offending
sentences of the project's own and generalises over them. It decides nothing alone: a sentence it points at still has to be free of
exemptions, and the words that carry its judgement are shown. Weights, and how they were made: corpora/norms/likeness.npz,
corpora/norms/train_likeness.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from math import inf
from pathlib import Path
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from checker import data_root
from checker.facts.norms.sentences import Sentence

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Keys = NDArray[np.uint64]
Flags = NDArray[np.bool_]

LONGEST = 3
"""Longest n-gram of the model, in characters."""
CLASS_SHARE, CLASS_MOST = 0.3, 3.0
"""How much of the log odds of the best class, at most that far from 0, counts for the sentence. What reads like prohibited
content in general but like no class of it is mostly lawful: on texts that the model had not seen this left out 1 of 12
false findings at the same recall.
"""
_WINDOW = 14
_WORTH = -1.5
"""Log odds below which no class is looked for."""
_LONG, _RUN = 70, 40
"""Longer sentences, in characters, are also read in stretches of this length: one clause among many lawful ones weighs too
little. Of long sentences that the model had not seen this found 77 of 100 offending ones where 53 were found.
"""
_ONE_OF_SEVERAL = 1.0
"""Log odds that a stretch must have more than a whole sentence: one of several is easily like something."""
_CLAUSE = regex.compile(r"[^，。；：！？]+[，。；：！？]?")
_SUBJECT = 2
_COMMON, _COMMON_SHARE = 3, 0.01
"""From so many sentences of a document on, or so large a share of them, an n-gram of at least `_SUBJECT` characters is the
document's subject. On documents that the model had not seen this found 72 of 100 offending sentences where 65 were found,
at as many false findings.
"""
_NEAR = 1.5
"""Log odds by which the second class may lie behind the first and still be named."""
_BLOCK = 50_000
"""How many characters are looked up at once: bounds the memory."""
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
class Model:
    """The weights of the n-grams, in the order of their `keys` (see `keys_of`); with each n-gram its shorter parts are there.

    rarity: inverse document frequency; weight: for prohibited content as such; of_class: for each of `names`, a row, in its
    `steps`. bias, biases: the log odds of a text without any of them.
    """

    keys: Keys
    rarity: Floats
    weight: Floats
    bias: float
    names: tuple[str, ...]
    of_class: NDArray[np.int8]
    steps: Floats
    biases: Floats

    def write(self, to: Path) -> None:
        """Keep the weights, as `read_model` reads them."""
        with to.open("wb") as file:
            np.savez_compressed(
                file,
                keys=np.diff(self.keys, prepend=np.uint64(0)),
                rarity=self.rarity.astype(np.float16),
                weight=self.weight.astype(np.float16),
                bias=np.array(self.bias),
                names=np.array(self.names),
                of_class=self.of_class,
                steps=self.steps,
                biases=self.biases,
            )


def read_model(path: Path) -> Model:
    """The weights that a file holds. OSError where it cannot be read."""
    with np.load(path, allow_pickle=False) as held:
        return Model(
            keys=np.cumsum(held["keys"], dtype=np.uint64),
            rarity=held["rarity"].astype(np.float64),
            weight=held["weight"].astype(np.float64),
            bias=float(held["bias"]),
            names=tuple(str(name) for name in held["names"]),
            of_class=held["of_class"],
            steps=held["steps"],
            biases=held["biases"],
        )


_other_weights: list[Path] = []


def use_weights(path: Path | None) -> None:
    """Read with the weights of another file from now on, or with the project's own (None): for measuring on texts that
    the project's own weights were learned from.
    """
    _other_weights[:] = [path] if path is not None else []
    _model.cache_clear()


_NONE = np.zeros(0, np.int64)


@cache
def _model() -> Model:
    return read_model(_other_weights[0] if _other_weights else data_root() / "corpora" / "norms" / "likeness.npz")


# ------------------------------------------------------------------ what is read


def masked(text: str) -> str:
    """The sentence as the model reads it: every figure is as many #."""
    return _DIGITS.sub(lambda match: "#" * len(match[0]), text)


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
    return [found[0], *((first, last) for first, last in found[1:] if last > lead)]


def keys_of(texts: Sequence[str]) -> tuple[list[Keys], list[Flags]]:
    """The n-gram that begins at each character of all texts written one after the other, as a number: for each size from 1 to
    `LONGEST` the numbers, and which of them lie in one text.

    The number holds 16 bits for each character, the first one lowest; characters of more bits are all the same.
    """
    joined = regex.sub(r"[\U00010000-\U0010ffff]", "\ufffd", "".join(texts))
    codes = np.frombuffer(joined.encode("utf-16-le", "replace"), np.uint16).astype(np.uint64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    keys, inside = [codes], [np.ones(len(codes), bool)]
    for size in range(2, LONGEST + 1):
        keys.append(keys[-1][:-1] | (codes[size - 1 :] << np.uint64(16 * (size - 1))))
        inside.append(owners[: len(keys[-1])] == owners[size - 1 :])
    return keys, inside


def _rows_of(model: Model, texts: Sequence[str]) -> list[Whole]:
    """For each size of n-grams their rows among the weights, -1 where the model knows none; see `keys_of`.

    An n-gram stands in the model only if both its shorter parts do: what is rarer than its parts is left out first.
    """
    found: list[Whole] = []
    for keys, inside in zip(*keys_of(texts), strict=True):
        worth = np.flatnonzero(inside & (found[-1][:-1] >= 0) & (found[-1][1:] >= 0) if found else inside)
        rows = np.searchsorted(model.keys, keys[worth])
        rows[rows == len(model.keys)] = 0
        rows[model.keys[rows] != keys[worth]] = -1
        found.append(np.full(len(keys), -1))
        found[-1][worth] = rows
    return found


class _Run(NamedTuple):
    """A stretch of a sentence: the sentence's number and where in its text."""

    sentence: int
    start: int
    end: int


class _Counts:
    """Which n-grams of the model each of some runs of texts holds: `text` (the run), `row` and `value` of each of them.

    value: sublinear frequency times inverse document frequency, over the length of the values of the text.
    """

    def __init__(self, model: Model, texts: Sequence[str], runs: Sequence[_Run]) -> None:
        """What each run of the texts holds; the runs are in the order of their texts."""
        self.number = len(runs)
        spans = np.fromiter(chain.from_iterable(runs), np.int64, 3 * len(runs)).reshape(-1, 3)
        parts = [_counted(model, texts, spans, first, last) for first, last in _blocks(texts)]
        pairs, times = (np.concatenate(part) for part in zip(*parts, strict=True)) if parts else (_NONE, _NONE)
        self.text, self.row = np.divmod(pairs, len(model.keys))
        value = model.rarity[self.row] * (1 + np.log(times))
        size = np.sqrt(np.bincount(self.text, value * value, self.number))
        self.value: Floats = value / size[self.text]

    def scores(self, model: Model, common: Flags | None = None) -> Floats:
        """The log odds of each text; n-grams of `common` say nothing in it, but count for its length."""
        weight = model.weight[self.row]
        if common is not None:
            weight[common[self.row]] = 0
        sums = np.bincount(self.text, weights=self.value * weight, minlength=self.number)
        return np.asarray(model.bias + sums, np.float64)

    def classes(self, model: Model, chosen: Whole) -> Floats:
        """The log odds of each chosen text, a row, for each class, a column, should it be prohibited content."""
        new = np.full(self.number, -1)
        new[chosen] = np.arange(len(chosen))
        kept = new[self.text] >= 0
        text, row, value = new[self.text[kept]], self.row[kept], self.value[kept]
        columns = [np.bincount(text, value * weights[row], len(chosen)) for weights in model.of_class]
        return model.biases + np.stack(columns, axis=1) * model.steps


def _counted(model: Model, texts: Sequence[str], spans: Whole, first: int, last: int) -> tuple[Whole, Whole]:
    """Each n-gram of each run in the texts [first, last) as one number, the run's place and the n-gram's row; how often it is there."""
    begins = np.cumsum([0, *map(len, texts[first:last])])
    low, high = np.searchsorted(spans[:, 0], (first, last))
    start, end = (begins[spans[low:high, 0] - first] + spans[low:high, column] for column in (1, 2))
    found = []
    for size, rows in enumerate(_rows_of(model, texts[first:last]), 1):
        many = np.maximum(end - start - size + 1, 0)
        places = np.arange(many.sum()) + np.repeat(start - np.cumsum(many) + many, many)
        whose, row = np.repeat(np.arange(low, high), many), rows[places]
        found.append((whose * len(model.keys) + row)[row >= 0])
    return np.unique(np.concatenate(found), return_counts=True)


def _blocks(texts: Sequence[str]) -> list[tuple[int, int]]:
    """The texts in runs of about `_BLOCK` characters."""
    found, start, length = [], 0, 0
    for place, text in enumerate(texts):
        length += len(text)
        if length >= _BLOCK:
            found.append((start, place + 1))
            start, length = place + 1, 0
    return [*found, (start, len(texts))] if start < len(texts) else found


# ------------------------------------------------------------------ the sentences of a text


def likenesses(sentences: Sequence[Sentence], *, whole: bool, less: float = 0.0) -> list[Likeness]:
    """The model's reading of the sentences of one text, in their order, all log odds `less` lower than it says.

    In a whole document what many of its sentences have in common is its subject: where all of it speaks of number plates,
    a number plate says nothing. Such n-grams count there only where they speak against the sentence.
    """
    model = _model()
    read = [masked(sentence.text) for sentence in sentences]
    runs = [_Run(number, *span) for number, one in enumerate(sentences) for span in stretches(one.text, one.lead)]
    counts = _Counts(model, read, runs)
    is_part = np.array([run.end - run.start < len(read[run.sentence]) for run in runs], bool)
    common = _common(model, counts, ~is_part, len(sentences)) if whole else np.zeros(len(model.keys), bool)
    alone = counts.scores(model) - is_part * _ONE_OF_SEVERAL
    score = counts.scores(model, common) - is_part * _ONE_OF_SEVERAL

    near = np.flatnonzero(np.maximum(alone, score) > _WORTH - CLASS_SHARE * CLASS_MOST)
    classes = counts.classes(model, near)
    share = CLASS_SHARE * np.clip(classes.max(axis=1, initial=-CLASS_MOST), -CLASS_MOST, CLASS_MOST)
    alone[near] += share
    score[near] += share

    first = np.flatnonzero(~is_part)  # the runs of a sentence stand together, and all of it is the first of them
    highest, alone = (np.maximum.reduceat(values, first) if len(first) else values for values in (score, alone))
    found = [
        Likeness(high - less, "", 0, 0, alone=own - less)
        for high, own in zip(highest.tolist(), alone.tolist(), strict=True)
    ]
    last = [*first[1:], len(runs)]
    for number in np.flatnonzero(highest > _WORTH):
        best = first[number] + int(np.argmax(score[first[number] : last[number]]))
        run = runs[best]
        cls, second = _nearest(model, classes[np.searchsorted(near, best)])
        start, end = _heaviest(model, read[run.sentence][run.start : run.end], common)
        found[number] = replace(found[number], cls=cls, second=second, start=run.start + start, end=run.start + end)
    return found


def _common(model: Model, counts: _Counts, is_sentence: Flags, sentences: int) -> Flags:
    """Which n-grams speak for prohibited content and stand in so many sentences that they are the document's subject."""
    standing = np.bincount(counts.row[is_sentence[counts.text]], minlength=len(model.keys))
    often = np.flatnonzero(standing >= max(_COMMON, sentences * _COMMON_SHARE))
    common = np.zeros(len(model.keys), bool)
    common[often[(model.keys[often] >= 1 << 16 * (_SUBJECT - 1)) & (model.weight[often] > 0)]] = True
    return common


def _nearest(model: Model, odds: Floats) -> tuple[str, str]:
    """The class with the highest log odds, and the next one where it lies near."""
    other, best = np.argsort(odds, kind="stable")[-2:]
    return model.names[best], model.names[other] if odds[best] - odds[other] < _NEAR else ""


def _heaviest(model: Model, read: str, common: Flags) -> tuple[int, int]:
    """The stretch of at most `_WINDOW` characters, inside one clause, whose n-grams weigh most."""
    weighs = np.zeros(len(read))
    for size, rows in enumerate(_rows_of(model, [read]), 1):
        where = np.flatnonzero((rows >= 0) & ~common[rows])
        weight = model.rarity[rows[where]] * model.weight[rows[where]] / size
        for place in range(size):
            weighs += np.bincount(where + place, weight, len(read))
    upto = [0.0, *np.cumsum(weighs)]
    best, found = -inf, (0, min(_WINDOW, len(read)))
    for clause in regex.finditer(r"[^，。；：、]+", read):
        start, end = clause.span()
        for first in range(start, max(end - _WINDOW, start) + 1):
            last = min(first + _WINDOW, end)
            total = upto[last] - upto[first]
            if total > best:
                best, found = total, (first, last)
    return found
