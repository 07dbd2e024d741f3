"""Measurements of the main job; `make bench` prints them. Figures, no assertions: a machine's day is no test.

Targets: `check` of a 5-page docx under 1.0 s as a whole process; facts and rules 300,000 characters a second on one core; a docx of
1,000 paragraphs read in under 60 ms; a 150-page PDF without tables in under 1 s; peak memory under 300 MB.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import docx
import pytest

from checker.audit import Settings, check_file
from checker.facts import extract
from checker.reading import read
from tests.bench.bench_pdf import made

pytestmark = pytest.mark.bench

PARAGRAPH = "县人民政府有关部门应当按照各自职责做好城镇供水管理工作，供水单位应当建立健全水质检测制度，保证水质符合国家规定的标准。"


def timed(work: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of several runs."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return median(seconds)


def make_docx(paragraphs: int) -> bytes:
    """A county's measures with that many articles."""
    document = docx.Document()
    document.add_paragraph("青禾县人民政府")
    document.add_paragraph("关于印发《青禾县城镇供水管理办法》的通知")
    document.add_paragraph("青政规发〔2024〕3号")
    document.add_paragraph("各乡镇人民政府，县政府各部门：")
    document.add_paragraph("现将《青禾县城镇供水管理办法》印发给你们，请认真贯彻执行。")
    document.add_paragraph("青禾县人民政府")
    document.add_paragraph("2024年3月5日")
    document.add_paragraph("青禾县城镇供水管理办法")
    for number in range(1, paragraphs - 8):
        document.add_paragraph(f"第{number}条　{PARAGRAPH}")
    document.add_paragraph("本办法自2024年5月1日起施行。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def show(capsys: pytest.CaptureFixture[str], what: str, figure: str, target: str) -> None:
    """One line of the table."""
    with capsys.disabled():
        print(f"\n  {what}: {figure} (target {target})", end="")


def test_whole_process(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """`normcheck check` of a 5-page docx (3,000 characters), as a user starts it."""
    path = tmp_path / "five-pages.docx"
    path.write_bytes(make_docx(60))
    command = [str(Path(sys.executable).parent / "normcheck"), "check", str(path)]
    seconds = timed(lambda: subprocess.run(command, capture_output=True, check=False), 7)
    peak = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import resource, subprocess; subprocess.run({command!r}, capture_output=True); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    show(
        capsys,
        "check of a 5-page docx, whole process",
        f"{seconds:.2f} s, peak {int(peak.stdout) // 1024} MB",
        "1.0 s, 300 MB",
    )


def test_docx_reading(capsys: pytest.CaptureFixture[str]) -> None:
    """A docx of 1,000 paragraphs."""
    data = make_docx(1000)
    read(data, "warm.docx")
    show(capsys, "docx of 1,000 paragraphs", f"{timed(lambda: read(data, 'a.docx')) * 1000:.0f} ms", "60 ms")


def test_facts_and_rules(capsys: pytest.CaptureFixture[str], shared: Path) -> None:
    """All issued documents, from bytes to report, on one core."""
    files = [(path.read_bytes(), path.name) for path in sorted((shared / "corpora" / "issued").glob("*.txt"))]
    documents = [read(data, name) for data, name in files]
    characters = sum(len(document.text) for document in documents)
    settings = Settings(today=date(2026, 11, 21))
    check_file(*files[0], settings)
    whole = timed(lambda: [check_file(data, name, settings) for data, name in files], 3)
    facts = timed(lambda: [extract(document) for document in documents], 3)
    show(
        capsys,
        "facts and rules",
        f"{characters / whole:,.0f} characters/s (facts alone {characters / facts:,.0f})",
        "300,000",
    )


def test_pdf(capsys: pytest.CaptureFixture[str]) -> None:
    """A PDF of 150 pages of text, without tables."""
    data = made(150)
    read(data, "warm.pdf")
    show(capsys, "PDF of 150 pages", f"{timed(lambda: read(data, 'a.pdf'), 3):.2f} s", "1.0 s")


def test_peak_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """Of this process, after all of the above."""
    show(
        capsys,
        "peak memory of the measuring process",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB",
        "300 MB",
    )
