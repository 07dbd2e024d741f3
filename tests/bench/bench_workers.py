"""Measurements of the worker processes; `make bench` prints them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from checker.audit import Settings, check_files, check_path
from checker.reading.limits import DEFAULT
from checker.workers import Job, Supervisor, run
from tests import offenders
from tests.bench.bench_check import show, timed

pytestmark = pytest.mark.bench

SETTINGS = Settings(today=date(2026, 11, 21))


def issued(shared: Path, times: int = 1) -> list[tuple[Path, str]]:
    """The issued documents, each `times` times."""
    return [(path, path.name) for path in sorted((shared / "corpora" / "issued").glob("*.txt"))] * times


def throughput(files: Sequence[tuple[Path, str]], workers: int) -> float:
    """Documents a second, from the first result (so without start-up) to the last."""
    with closing(check_files(files, SETTINGS, workers=workers)) as reports:
        next(reports)
        start = time.perf_counter()
        rest = sum(1 for _ in reports)
        return rest / (time.perf_counter() - start)


def test_start_up(capsys: pytest.CaptureFixture[str]) -> None:
    """A supervisor, its first task, and the end; the first one also starts the server that workers are forked from."""
    code = (
        "import time; from checker.workers import Supervisor; start = time.perf_counter(); s = Supervisor(2, preload=['checker.audit']); "
        "s.submit(abs, 1).result(); print(time.perf_counter() - start); s.shutdown()"
    )
    first = float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)

    def again() -> None:
        with Supervisor(2) as supervisor:
            supervisor.submit(abs, 1).result()

    again()
    show(capsys, "workers: first start", f"{first:.2f} s, another supervisor {timed(again):.2f} s", "0.5 s")


def test_cost_of_a_task(capsys: pytest.CaptureFixture[str]) -> None:
    """A task that does nothing, through a worker and back."""
    jobs = [Job(str(number), (number,)) for number in range(500)]
    with closing(run(offenders.answers, jobs, Supervisor, workers=1)) as results:
        next(results)
        start = time.perf_counter()
        list(results)
        show(capsys, "workers: one task", f"{(time.perf_counter() - start) / 499 * 1000:.2f} ms", "2 ms")


def test_throughput(capsys: pytest.CaptureFixture[str], shared: Path) -> None:
    """Issued documents through no, one and two workers."""
    files = issued(shared, 2)
    check_path(*files[0], SETTINGS)
    start = time.perf_counter()
    for path, name in files:
        check_path(path, name, SETTINGS)
    here = len(files) / (time.perf_counter() - start)
    one, two = throughput(files, 1), throughput(files, 2)
    show(
        capsys,
        f"workers: {len(files)} issued documents",
        f"{here:.0f}/s in this process, {one:.0f}/s with 1 worker, {two:.0f}/s with 2",
        "2 workers 1.7 times 1",
    )


def test_memory(capsys: pytest.CaptureFixture[str], shared: Path) -> None:
    """The most that a worker wants, after all documents at hand that are read today, against its limit."""
    folder = shared / "corpora"
    paths = [*sorted((folder / "issued").glob("*.txt"))[:20], *sorted((folder / "files").rglob("*.docx"))[:40]]
    paths += sorted((folder / "files").rglob("*.pdf"))[:10]
    jobs = [Job("", (path,)) for path in paths]
    start = partial(Supervisor, preload=["checker.audit"])
    peaks = [result for result in run(address_space, jobs, start, workers=1) if isinstance(result, tuple)]
    show(
        capsys,
        f"workers: peak after {len(peaks)} of {len(paths)} documents",
        f"address space {max(peak[0] for peak in peaks)} MB, resident {max(peak[1] for peak in peaks)} MB",
        f"limit {DEFAULT.worker_bytes // 1024 // 1024} MB of address space",
    )


def address_space(path: Path) -> tuple[int, int]:
    """Checks a document; the most address space and memory in MB that this process has had until then."""
    check_path(path, path.name, SETTINGS)
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmPeak"].split()[0]) // 1024, int(status["VmHWM"].split()[0]) // 1024
