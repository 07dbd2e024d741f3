"""`--waivers` and `--baseline`: the files are found and read here; checker.waivers says what they do to the reports."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.errors import UsageError
from checker.model import Report
from checker.rulebook import Rulebook
from checker.waivers import (
    Baseline,
    WaiverFile,
    only_new,
    parse_baseline,
    parse_waivers,
    rule_names,
    waive,
)

NAME = "waivers.toml"
"""The file beside the documents whose waivers hold for them."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted before this run, and what an earlier run has shown."""

    files: tuple[WaiverFile, ...]
    baseline: Baseline | None
    paths: Mapping[str, Path]
    rules: Mapping[str, frozenset[str]]
    today: date

    def settle(self, reports: Sequence[Report]) -> list[Report]:
        """The reports with what is accepted marked and what is known hidden; says on stderr what is no document's."""
        done, common = waive(reports, self.files, self.paths, self.rules, self.today)
        for problem in common:
            print(f"normcheck: {problem.where}：{problem.what}{problem.next}", file=sys.stderr)
        return only_new(done, self.baseline) if self.baseline is not None else done


def load_accepted(
    waivers: str | None,
    baseline: str | None,
    documents: Mapping[str, Path],
    folders: Sequence[Path],
    rulebook: Rulebook,
    today: date,
) -> Accepted:
    """The waivers of the file `waivers`, else of those beside the documents, and the baseline.

    Args:
        waivers: The file of `--waivers`; then no other one is looked for.
        baseline: The file of `--baseline`.
        documents: Where each document lies, by the name its report will have.
        folders: Those that were named; waivers.toml is looked for from a document up to the named folder it is in.
        rulebook: Whose rules can be waived.
        today: The day of the run.

    Raises:
        UsageError: A file that cannot be read, or is not what it should be.
    """
    rules = rule_names(rule for pack in rulebook.packs for rule in pack.rules)
    paths = {name: _absolute(path) for name, path in documents.items()}
    named = [Path(waivers)] if waivers is not None else list(_beside(documents.values(), folders))
    files = tuple(
        parse_waivers(_bytes(path, "--waivers"), str(path), _absolute(path).parent, rules, beside=waivers is None)
        for path in named
    )
    known = parse_baseline(_bytes(Path(baseline), "--baseline"), baseline) if baseline is not None else None
    return Accepted(files, known, paths, rules, today)


def _beside(documents: Iterable[Path], folders: Sequence[Path]) -> Iterator[Path]:
    named = {_absolute(folder) for folder in folders}
    seen: set[Path] = set()
    for document in documents:
        folder = document.parent
        while _absolute(folder) not in seen:
            seen.add(_absolute(folder))
            if (folder / NAME).is_file():
                yield folder / NAME
            if any(_absolute(folder).is_relative_to(each) and _absolute(folder) != each for each in named):
                folder = folder.parent


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  resolve() would follow links out of the named folder


def _bytes(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{path} 读不了（{reason}）。", where=option, next="核对路径和权限。") from error
