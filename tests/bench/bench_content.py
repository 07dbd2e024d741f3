"""Measurements of the content rules; `make bench` prints them. Figures, no assertions.

Characters a second of the sentences with their likeness, and of these with all content rules, over the issued documents at their own kind
and day, each met for the first time; `normcheck check` of a 5-page docx as a whole process with and without judging the content pack (the
rules are read from their files either way, as for every user); the time that the weights of the likeness model take to load.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from checker.audit import Settings, examine, load
from checker.dossier import build_case
from checker.engine import check
from checker.facts.norms import likeness
from checker.facts.norms.reading import Reading
from checker.model import Case
from tests.bench.bench_check import make_docx, show, timed
from tests.evaluation.content import PACK

pytestmark = pytest.mark.bench

DAY = date(2025, 10, 1)


def test_speed(capsys: pytest.CaptureFixture[str], shared: Path) -> None:
    """All issued documents on one core, reading and facts left out; what is paid once goes to the document before them."""
    settings = Settings(today=DAY)
    rulebook, reference = load(settings)
    pack = rulebook.named([PACK])
    cases = [_case(path, settings) for path in sorted((shared / "corpora" / "issued").glob("*.txt"))]
    characters = sum(len(case.document.text) for case in cases)
    check(_renamed(cases[0]), pack, reference)
    start = time.perf_counter()
    sentences = sum(len(Reading(case.document).scores) for case in cases)
    reading = time.perf_counter() - start
    start = time.perf_counter()
    findings = sum(len(check(case, pack, reference).findings) for case in cases)
    whole = time.perf_counter() - start
    show(capsys, "sentences and their likeness", f"{characters / reading:,.0f} characters/s", "none")
    show(
        capsys,
        f"norm analysis and {len(pack[0].rules)} content rules",
        f"{characters / whole:,.0f} characters/s ({len(cases)} documents, {characters:,} characters, {sentences:,} sentences, {findings} findings)",
        "none",
    )


def _case(path: Path, settings: Settings) -> Case:
    document, facts = examine(path.read_bytes(), path.name, settings)
    return build_case([document], [facts], given={}, as_of=None, today=DAY, region=None)


def _renamed(case: Case) -> Case:
    """The same case under another name, so that its reading is not kept for the measurement."""
    return replace(case, documents=tuple(replace(document, name="warm.txt") for document in case.documents))


def test_whole_process(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`normcheck check` of a 5-page docx (3,000 characters) with the packs that it chooses, and with all of these but the content pack."""
    path = tmp_path / "five-pages.docx"
    path.write_bytes(make_docx(60))
    command = [str(Path(sys.executable).parent / "normcheck"), "check", str(path)]
    told = subprocess.run([*command, "--format", "json"], capture_output=True, check=False).stdout
    packs: Sequence[str] = json.loads(told)["reports"][0]["packs"]
    assert PACK in packs
    others = ["--packs", ",".join(pack for pack in packs if pack != PACK)]
    for what, options in (("with content rules", []), ("without content rules", others)):
        seconds = timed(partial(subprocess.run, [*command, *options], capture_output=True, check=False), 7)
        show(capsys, f"check of a 5-page docx, whole process, {what}", f"{seconds:.2f} s", "1.0 s")


def test_likeness_model(capsys: pytest.CaptureFixture[str]) -> None:
    """The weights, read from corpora/norms/likeness.npz once in a process."""
    show(capsys, "likeness model loaded", f"{timed(likeness._model.__wrapped__) * 1000:.0f} ms", "none")
