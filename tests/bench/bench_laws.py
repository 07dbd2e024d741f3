"""Measurements of the law library; `make bench` prints them.

Targets: import of ../shared/corpora/laws under 3 minutes on 2 cores; library under 300 MB; search under 50 ms at the median.
Retrieval: hits@1, @5 and @10 over `retrieval.tsv`, clauses worded as a local draft would, each with the national article that governs it;
by words alone, and as reports offer them: laws and administrative regulations in force on a day on which all of these were.
`check` with a library: a 5-page docx of which every article cites one that is not there, and the same without; the first pays for the
dictionary of the search.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

import docx
import pytest

from checker.lawlib import Library, import_folder
from checker.lawlib.shelf import Shelf
from checker.lawlib.texts import article_label, article_number, title_key
from checker.lawside import related
from checker.model import LawArticle
from checker.reference import load_reference
from tests.bench.bench_check import PARAGRAPH, make_docx, show, timed

pytestmark = pytest.mark.bench

DAY = date(2025, 1, 1)
PAIRS = Path(__file__).parent / "retrieval.tsv"


def pairs() -> list[dict[str, str]]:
    """id, clause, law, article."""
    with PAIRS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def test_library(capsys: pytest.CaptureFixture[str], shared: Path, tmp_path: Path) -> None:
    """Import, size, search, retrieval: one library for all."""
    path = tmp_path / "laws.sqlite"
    start = time.perf_counter()
    done = import_folder(shared / "corpora" / "laws", path)
    seconds = time.perf_counter() - start
    show(capsys, f"import of {done.texts} laws, {done.articles} articles", f"{seconds:.0f} s", "180 s")
    show(capsys, "size of the library", f"{path.stat().st_size / 1e6:.0f} MB", "300 MB")
    with Library.open(path) as library:
        found, times = [], []
        start = time.perf_counter()
        library.search("预热")
        show(capsys, "first search, with the dictionary", f"{(time.perf_counter() - start) * 1000:.0f} ms", "none")
        for pair in pairs():
            start = time.perf_counter()
            hits = library.search(pair["clause"], 10)
            times.append(time.perf_counter() - start)
            found.append(rank([hit.article for hit in hits], pair))
    slowest = sorted(times)[len(times) * 95 // 100]
    show(capsys, "search", f"median {median(times) * 1000:.0f} ms, 95th {slowest * 1000:.0f} ms", "50 ms")
    hits_at(capsys, "clauses", found)
    shelf, catalogue = Shelf(path), load_reference().catalogue
    offered = [rank(related(pair["clause"], shelf, catalogue, DAY, 10), pair) for pair in pairs()]
    hits_at(capsys, "clauses, as reports offer them", offered)
    times_of_check(capsys, tmp_path, path)


def hits_at(capsys: pytest.CaptureFixture[str], what: str, places: list[int]) -> None:
    """Share of the right articles among the first 1, 3, 5 and 10, and those that are not among the first 5."""
    for depth in (1, 3, 5, 10):
        share = sum(place <= depth for place in places) / len(places)
        show(capsys, f"hits@{depth} of {len(places)} {what}", f"{share:.2f}", "none")
    missed = [pair["id"] for pair, place in zip(pairs(), places, strict=True) if place > 5]
    show(capsys, "not among the first 5", " ".join(missed) or "none", "none")


def times_of_check(capsys: pytest.CaptureFixture[str], folder: Path, library: Path) -> None:
    """`normcheck check`, the whole process, with the library and without."""
    document = docx.Document(io.BytesIO(make_docx(40)))
    for number in range(40, 60):
        document.add_paragraph(f"第{number}条　{PARAGRAPH}依照《中华人民共和国行政处罚法》第{number + 60}条处理。")
    document.save(str(folder / "cited.docx"))
    (folder / "plain.docx").write_bytes(make_docx(60))
    for name, what in (("plain.docx", "no problem in an article"), ("cited.docx", "20 problems in articles")):
        for options in ([], ["--library", str(library)]):
            command = [str(Path(sys.executable).parent / "normcheck"), "check", str(folder / name), *options]
            seconds = timed(partial(subprocess.run, command, capture_output=True, check=False, cwd=folder))
            told = "with the library" if options else "without a library"
            show(capsys, f"check of a 5-page docx, {what}, {told}", f"{seconds:.2f} s", "none")


def rank(articles: list[LawArticle], pair: dict[str, str]) -> int:
    """Place of the right article among `articles`, from 1; 99 when it is not there."""
    number = article_number(pair["article"])
    wanted = (title_key(pair["law"]), article_label(*number) if number else "")
    places = [(title_key(article.title), article.label) for article in articles]
    return places.index(wanted) + 1 if wanted in places else 99
