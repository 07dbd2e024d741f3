"""Measurements of the law library; `make bench` prints them.

Targets: import of ../shared/corpora/laws under 3 minutes on 2 cores; library under 300 MB; search under 50 ms at the median.
Retrieval: hits@1, @5 and @10 over `retrieval.tsv`, clauses worded as a local draft would, each with the national article that governs it.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path
from statistics import median

import pytest

from checker.lawlib import Hit, Library, import_folder
from checker.lawlib.texts import article_label, article_number, title_key
from tests.bench.bench_check import show

pytestmark = pytest.mark.bench

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
            found.append(rank(hits, pair))
    slowest = sorted(times)[len(times) * 95 // 100]
    show(capsys, "search", f"median {median(times) * 1000:.0f} ms, 95th {slowest * 1000:.0f} ms", "50 ms")
    for depth in (1, 5, 10):
        show(
            capsys,
            f"hits@{depth} of {len(found)} clauses",
            f"{sum(r <= depth for r in found) / len(found):.2f}",
            "none",
        )
    missed = [pair["id"] for pair, place in zip(pairs(), found, strict=True) if place > 5]
    show(capsys, "not among the first 5", " ".join(missed) or "none", "none")


def rank(hits: list[Hit], pair: dict[str, str]) -> int:
    """Place of the right article among `hits`, from 1; 99 when it is not there."""
    number = article_number(pair["article"])
    wanted = (title_key(pair["law"]), article_label(*number) if number else "")
    places = [(title_key(hit.article.title), hit.article.label) for hit in hits]
    return places.index(wanted) + 1 if wanted in places else 99
