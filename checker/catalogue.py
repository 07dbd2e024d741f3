"""The law catalogue: which laws, regulations, rules and interpretations exist, in which versions, and what repealed what.

Facts only, from corpora/laws (README.md there says what was left out as doubtful). Ministry and local rules are thinly
covered: a title that is not here is unknown, never wrong. Every row tells up to which day it is known to hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import regex

from checker.errors import ReferenceDataError

_NOTE = regex.compile(r"（(?:(?:19|20)\d\d年?(?:第[一二三四五六]次)?(?:修订|修正|修改|版|本)?|修订|修正|修改)）$")
_REPUBLIC = "中华人民共和国"
_BRACKETS = str.maketrans("〈〉()<>", "《》（）《》")
_TRIAL = regex.compile(r"（试行）|暂行|试行")
_ORDER = regex.compile(r"国务院令(?:\d{4}年)?第(\d+)号")


@dataclass(frozen=True, slots=True)
class Version:
    """One text of one law.

    published: the day of this version. adopted: of the first one. effective: when this text took effect, if the text
    itself says so. articles: how many it has, or None; `checked` when the count was confirmed. state: up to which day
    this is known to be the newest text.
    """

    title: str
    level: str
    place: str
    issuer: str
    number: str
    adopted: date | None
    published: date
    effective: date | None
    articles: int | None
    checked: bool
    state: date

    @property
    def since(self) -> date:
        """The first day on which this text can be in force."""
        return self.effective or self.published

    @property
    def rewritten(self) -> bool:
        """Whether this is a new text with a number of its own, not the first one with changes worked in."""
        return self.effective is not None

    @property
    def order(self) -> int | None:
        """The number of the State Council's order, if that is its number."""
        found = _ORDER.fullmatch(self.number)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Repeal:
    """`title` was repealed by `successor` on `since` (or, unless `exact`, not later than that day)."""

    title: str
    successor: str
    since: date
    exact: bool


class Catalogue:
    """Look-up by title; a title is compared without blanks, without 中华人民共和国 and without the year of its version."""

    def __init__(self, state: date, versions: Mapping[str, Sequence[str]], repeals: Mapping[str, str]) -> None:
        """Rows are kept as lines and taken apart when they are asked for: most documents cite a handful of laws."""
        self.state = state
        self._versions = versions
        self._repeals = repeals
        self._orders: dict[int, tuple[Version, ...]] | None = None

    def versions(self, title: str) -> tuple[Version, ...]:
        """All known texts under `title`, oldest first; empty = unknown.

        Where two laws differ in 中华人民共和国 alone, the one written exactly like `title`; else both.
        """
        found = [_version(line) for line in self._versions.get(key(title), ())]
        written = plain(title)
        exact = [version for version in found if plain(version.title) == written]
        found = exact or found
        return tuple(sorted(found, key=lambda version: version.published))

    def repeal(self, title: str) -> Repeal | None:
        """What repealed `title`, as far as it is surely known."""
        line = self._repeals.get(key(title))
        if line is None:
            return None
        _, repealed, successor, since, exact = line.split("\t")
        return Repeal(repealed, successor, date.fromisoformat(since), bool(exact))

    def knows(self, title: str) -> bool:
        """Whether `title` names a text here, in force or repealed."""
        wanted = key(title)
        return wanted in self._versions or wanted in self._repeals

    def kindred(self, title: str) -> str | None:
        """The one known title that `title` misses by 暂行, 试行 or （试行） alone; None when there is none, or `title` is known."""
        if self.knows(title):
            return None
        wanted = _TRIAL.sub("", key(title))
        found = {
            _version(self._versions[known][-1]).title for known in self._trial_titles.get(wanted, ()) if known != wanted
        }
        return found.pop() if len(found) == 1 else None

    def of_order(self, number: int) -> tuple[Version, ...]:
        """The texts that State Council order `number` is known for."""
        if self._orders is None:
            orders: dict[int, list[Version]] = {}
            for lines in self._versions.values():
                for line in lines:
                    if "国务院令第" in line:
                        version = _version(line)
                        if version.order is not None:
                            orders.setdefault(version.order, []).append(version)
            self._orders = {order: tuple(found) for order, found in orders.items()}
        return self._orders.get(number, ())

    @property
    def _trial_titles(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for known in self._versions:
            if "暂行" in known or "试行" in known:
                found.setdefault(_TRIAL.sub("", known), []).append(known)
        return found

    def __len__(self) -> int:
        return sum(map(len, self._versions.values()))


def plain(title: str) -> str:
    """`title` without blanks and without the note of its version, brackets unified."""
    return _NOTE.sub("", "".join(title.split()).translate(_BRACKETS))


def key(title: str) -> str:
    """`title` as it is compared."""
    return plain(title).removeprefix(_REPUBLIC)


def load_catalogue(folder: Path) -> Catalogue:
    """The tables of `folder` (corpora/laws).

    Raises:
        ReferenceDataError: When a table is missing or not one of ours.
    """
    state, rows = _rows(folder / "catalogue.tsv")
    _, repeals = _rows(folder / "repeals.tsv")
    versions: dict[str, list[str]] = {}
    for line in rows:
        versions.setdefault(line[: line.index("\t")], []).append(line)
    return Catalogue(state, versions, {line[: line.index("\t")]: line for line in repeals})


def state_of(folder: Path) -> date:
    """The day up to which the catalogue of `folder` was brought, from its first line alone."""
    path = folder / "catalogue.tsv"
    try:
        with path.open(encoding="utf-8") as file:
            return _state(path, file.readline())
    except (OSError, UnicodeDecodeError) as error:
        raise ReferenceDataError("法规目录读不了。", where=str(path), next="重新安装程序。") from error


def _rows(path: Path) -> tuple[date, list[str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReferenceDataError("法规目录读不了。", where=str(path), next="重新安装程序。") from error
    return _state(path, lines[0] if lines else ""), lines[2:]


def _state(path: Path, line: str) -> date:
    found = regex.match(r"# state (\d{4}-\d\d-\d\d)\s*$", line)
    if found is None:
        raise ReferenceDataError("法规目录的第一行没有写明截至日期。", where=str(path), next="重新安装程序。")
    return date.fromisoformat(found[1])


def _version(line: str) -> Version:
    _, title, level, place, issuer, number, adopted, published, effective, articles, checked, state = line.split("\t")
    return Version(
        title=title,
        level=level,
        place=place,
        issuer=issuer,
        number=number,
        adopted=date.fromisoformat(adopted) if adopted else None,
        published=date.fromisoformat(published),
        effective=date.fromisoformat(effective) if effective else None,
        articles=int(articles) if articles else None,
        checked=bool(checked),
        state=date.fromisoformat(state),
    )
