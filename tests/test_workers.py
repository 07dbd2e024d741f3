"""Worker processes: what one document does to its process is named, and harms no other."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from pebble import CONSTS

from checker import workers
from checker.audit import Settings, check_file, check_files
from checker.errors import ReadError, WorkerDied, WorkerFailed
from checker.model import Problem
from checker.reading.limits import DEFAULT, Limits
from checker.workers import Job, Supervisor, run
from cli.config import load_config
from tests import offenders

MIB = 1024 * 1024
STRICT = replace(DEFAULT, worker_seconds=1.0, worker_output_bytes=4 * MIB)


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    """The pool looks after its workers ten times a second; tests that kill many do not wait for that.

    A worker imports the main module of its supervisor, which here is pytest.
    """
    with Supervisor(1, preload=("_pytest.config", "checker.audit")) as first:
        assert first.submit(offenders.answers, "ready").result() == "ready"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CONSTS, "sleep_unit", 0.01)
        yield


def does(*calls: tuple[object, ...], limits: Limits = STRICT, workers: int = 2) -> list[object]:
    jobs = [Job(f"{number}-{call[0]}", call) for number, call in enumerate(calls)]
    with closing(run(offenders.does, jobs, partial(Supervisor, limits=limits), workers=workers)) as results:
        return list(results)


# ------------------------------------------------------------------ what goes wrong

CAUSES = {
    "loops": "超时：1秒",
    "loops_in_c": "超时：1秒",
    "segfaults": "进程崩溃：处理这个文件的进程意外结束（SIGSEGV",
    "exits": "进程退出：处理这个文件的进程自行退出（退出码0）",
    "exits_with_code": "进程退出：处理这个文件的进程自行退出（退出码5）",
    "aborts": "进程崩溃：处理这个文件的进程意外结束（SIGABRT",
    "is_killed": "进程被终止：",
    "allocates": "内存超限：处理这个文件需要的内存超过1024MB",
    "floods_stdout": "输出过多：处理这个文件时写出的内容超过4MB",
    "floods_stderr": "输出过多：处理这个文件时写出的内容超过4MB",
    "calls_sys_exit": "程序出错：RuntimeError: SystemExit: 4",
    "raises": "程序出错：KeyError: '钥匙'",
    "raises_what_does_not_travel": "程序出错：RuntimeError: Local: 这里",
    "returns_what_does_not_travel": "程序出错：",
}


@pytest.fixture(scope="module")
def mixed() -> dict[str, tuple[object, object]]:
    """Every offender with a good document after it, in one run: the offender's result and the good one's."""
    calls: list[tuple[object, ...]] = []
    for name in CAUSES:
        calls += [(name,), ("answers", name)]
    results = does(*calls)

    return {name: (results[2 * number], results[2 * number + 1]) for number, name in enumerate(CAUSES)}


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_named_and_the_others_finish(mixed: dict[str, tuple[object, object]], name: str) -> None:
    problem, neighbour = mixed[name]

    assert neighbour == name
    assert isinstance(problem, Problem)
    assert problem.what.startswith(CAUSES[name])
    assert problem.document.endswith(name)
    assert problem.where
    assert problem.next
    assert problem.lost


def test_no_worker_and_no_zombie_is_left(mixed: dict[str, tuple[object, object]]) -> None:
    assert multiprocessing.active_children() == []
    assert [line for line in _processes() if line.ancestor(os.getpid()) and line.state == "Z"] == []


def test_the_time_limit_is_kept() -> None:
    jobs = [Job("warm", ("answers", 1)), Job("slow", ("loops_in_c",))]
    with closing(run(offenders.does, jobs, partial(Supervisor, limits=STRICT), workers=1)) as results:
        next(results)
        start = time.monotonic()
        next(results)
        took = time.monotonic() - start

    assert 0.8 <= took <= 1.5


def test_the_memory_limit_is_kept(tmp_path: Path) -> None:
    limits = replace(DEFAULT, worker_bytes=256 * MIB)
    (problem,) = does(("hoards", tmp_path / "note"), limits=limits)

    assert isinstance(problem, Problem)
    assert problem.what.startswith("内存超限：处理这个文件需要的内存超过256MB")
    assert 30 * MIB < int((tmp_path / "note").read_text()) < 256 * MIB


@pytest.mark.parametrize("then", ["hang", "die"])
def test_what_a_worker_started_ends_with_it(tmp_path: Path, then: str) -> None:
    note = tmp_path / "note"
    jobs = [Job("a", (note,))]
    results = list(
        run(partial(offenders.leaves_a_child, then=then), jobs, partial(Supervisor, limits=STRICT), workers=1)
    )

    assert isinstance(results[0], Problem)
    assert _gone([int(note.read_text())])


def test_many_sudden_deaths_in_a_row() -> None:
    calls = [(("segfaults",), ("answers", number), ("exits",))[number % 3] for number in range(12)]
    results = does(*calls)

    assert [result for result in results if not isinstance(result, Problem)] == [1, 4, 7, 10]
    assert {result.what[:4] for result in results if isinstance(result, Problem)} == {"进程崩溃", "进程退出"}


# ------------------------------------------------------------------ second try, order, replacement


def test_a_death_is_tried_once_more(tmp_path: Path) -> None:
    assert does(("fails_the_first_time", tmp_path / "note"), ("answers", 2)) == ["done", 2]


def test_the_second_try_is_alone(tmp_path: Path) -> None:
    names = ["a", "culprit", "b", "c", "d"]
    results = does(*(("dies_beside_others", tmp_path, name) for name in names))

    assert [getattr(result, "document", result) for result in results] == ["a", "1-dies_beside_others", "b", "c", "d"]
    tries = (tmp_path / "tries").read_text().split("\n")
    assert tries[1:] == ["", ""], "two tries, the second without company"


def test_results_keep_the_order_of_the_jobs() -> None:
    numbers = list(range(300))
    assert does(*(("answers", number) for number in numbers)) == numbers


def test_workers_live_long() -> None:
    results = does(*[("process_id",)] * 40)

    assert len(set(results)) <= 2


def test_no_jobs_no_results() -> None:
    assert does() == []


# ------------------------------------------------------------------ the executor


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor(1, STRICT)
    yield made
    made.shutdown(cancel_futures=True)


def test_futures_give_values_and_errors(supervisor: Supervisor) -> None:
    assert supervisor.submit(offenders.answers, "值").result() == "值"
    with pytest.raises(KeyError, match="钥匙"):
        supervisor.submit(offenders.raises).result()
    with pytest.raises(WorkerDied, match="SIGSEGV"):
        supervisor.submit(offenders.segfaults).result()
    assert supervisor.submit(offenders.answers, 1).result() == 1


def test_a_worker_that_dies_while_idle_is_replaced(supervisor: Supervisor) -> None:
    first = supervisor.submit(offenders.process_id).result()
    os.kill(first, signal.SIGKILL)
    time.sleep(0.5)

    assert supervisor.submit(offenders.process_id).result(timeout=10) != first


def test_shutdown_waits_for_what_was_submitted() -> None:
    with Supervisor(1, STRICT) as supervisor:
        futures = [supervisor.submit(offenders.answers, number) for number in range(5)]

    assert [future.result(timeout=0) for future in futures] == [0, 1, 2, 3, 4]


def test_shutdown_at_once_leaves_nobody_waiting(supervisor: Supervisor) -> None:
    futures = [supervisor.submit(offenders.loops) for _ in range(3)]
    supervisor.shutdown(cancel_futures=True)

    assert all(isinstance(future.exception(timeout=0), WorkerFailed) for future in futures)


def test_what_a_worker_prints_goes_to_the_maintainer_alone(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "normcheck"), Supervisor(1, STRICT) as supervisor:
        supervisor.submit(offenders.speaks).result()
        supervisor.submit(offenders.segfaults).exception()

    assert "说给维护人员听" in caplog.text
    assert "Segmentation fault" in caplog.text, "the stack of a crash"
    assert capfd.readouterr() == ("", "")


def test_an_executor_of_another_make() -> None:
    """The seam for dask: any concurrent.futures executor, its errors named as well."""

    def start(workers: int) -> Executor:
        return ThreadPoolExecutor(workers)

    jobs = [Job("a", ("answers", 1)), Job("b", ("raises",)), Job("c", ("answers", 3))]
    results = list(run(offenders.does, jobs, start, workers=2))

    assert results[0] == 1
    assert results[2] == 3
    assert isinstance(results[1], Problem)
    assert results[1].what == "程序出错：KeyError: '钥匙'"


def test_progress_tells_how_many_and_which() -> None:
    seen: list[tuple[int, str]] = []
    jobs = [Job("甲", ("answers", 1)), Job("乙", ("naps", 3)), Job("丙", ("answers", 1))]
    list(
        run(
            offenders.does,
            jobs,
            partial(Supervisor, limits=replace(STRICT, worker_seconds=30)),
            workers=2,
            watch=lambda done, name: seen.append((done, name)),
        )
    )

    assert (0, "甲") in seen
    assert (2, "乙") in seen, "one given back, one done and waiting its turn"


# ------------------------------------------------------------------ the end of the supervisor

SCRIPT = """
import sys
from functools import partial
from pathlib import Path
from checker.workers import Job, Supervisor, run
from cli.config import load_config
from tests import offenders

def watch(done, name):
    if Path(sys.argv[1]).exists() and Path(sys.argv[2]).exists():
        print("running", flush=True)

if __name__ == "__main__":
    jobs = [Job(note, (Path(note),)) for note in sys.argv[1:3]]
    for result in run(partial(offenders.leaves_a_child, then="hang"), jobs, Supervisor, workers=2, watch=watch):
        print(result)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_supervisor(tmp_path: Path, checkout: Path, how: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    supervisor = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "a"), str(tmp_path / "b")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        start_new_session=True,
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "running\n"
    session = [line.pid for line in _processes() if line.session == supervisor.pid]
    assert len(session) >= 6, "supervisor, fork server, two workers and what they started"

    if how is signal.SIGINT:
        os.killpg(supervisor.pid, how)  # as a terminal does
    else:
        supervisor.send_signal(how)
    _, errors = supervisor.communicate(timeout=10)

    assert supervisor.returncode == -how
    assert _gone(session)
    assert errors.count("Traceback") == (1 if how is signal.SIGINT else 0), "workers say nothing"


def test_interrupted_command(tmp_path: Path, checkout: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.txt").write_text("第一条　为了加强管理，制定本办法。\n" * 3000, encoding="utf-8")
    command = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "check", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=checkout,
        start_new_session=True,
    )
    deadline = time.monotonic() + 10
    while len(session := [each.pid for each in _processes() if each.session == command.pid]) < 5:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(command.pid, signal.SIGINT)
    out, errors = command.communicate(timeout=10)

    assert (command.returncode, out, errors) == (130, "", "normcheck: 已中断。\n")
    assert _gone(session)


class _Gone:
    """Stands for a lock that the supervisor has taken away."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return open, ("absent/lock",)


def test_a_worker_that_the_supervisor_has_left_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    worker = workers._Process.__new__(workers._Process)
    worker.__dict__["lock"] = _Gone()
    sent = pickle.dumps(worker)
    for error in (FileNotFoundError, ValueError):
        try:
            pickle.loads(sent)
            raise AssertionError
        except FileNotFoundError as left:
            sys.excepthook(error, error("why"), left.__traceback__)
    told = capsys.readouterr().err
    assert "ValueError: why" in told
    assert "FileNotFoundError" not in told


# ------------------------------------------------------------------ documents


def test_reports_equal_those_of_this_process(checkout: Path) -> None:
    settings = Settings(today=date(2026, 11, 21))
    paths = [path for path in sorted((checkout / "corpora" / "samples").iterdir()) if path.suffix != ".py"]
    here = [check_file(path.read_bytes(), path.name, settings) for path in paths]
    there = list(check_files([(path, path.name) for path in paths], settings))

    assert there == here
    assert len(there) >= 8


def test_reports_under_an_office_configuration_equal_those_of_this_process(checkout: Path, tmp_path: Path) -> None:
    """What an office sets reaches the workers: regions, traits, days, places."""
    config = tmp_path / "normcheck.toml"
    config.write_text(
        '[place."宁夏回族自治区"]\nvalidity_years = { general = 5, provisional = 2, source = "试验", from = 2018-01-01 }\n'
    )
    settings = Settings(
        today=date(2026, 11, 21),
        region="宁夏回族自治区银川市",
        traits=("-business",),
        given={"published": date(2024, 3, 5)},
        places=load_config(str(config)).places,
    )
    assert settings.places
    paths = [
        checkout / "corpora" / "samples" / name for name in ("good-normative-document.docx", "effective-too-soon.html")
    ]
    here = [check_file(path.read_bytes(), path.name, settings) for path in paths]

    assert list(check_files([(path, path.name) for path in paths], settings)) == here


def test_reports_of_issued_documents_equal_those_of_this_process(shared: Path) -> None:
    settings = Settings(today=date(2026, 11, 21))
    paths = sorted((shared / "corpora" / "issued").glob("*.txt"))[::4]
    here = [check_file(path.read_bytes(), path.name, settings) for path in paths]

    assert list(check_files([(path, path.name) for path in paths], settings)) == here


def test_files_that_cannot_be_read_have_their_report(tmp_path: Path) -> None:
    good = tmp_path / "好.txt"
    good.write_text("第一条　为了加强管理，制定本办法。", encoding="utf-8")
    (tmp_path / "空.docx").touch()
    large = tmp_path / "大.txt"
    large.write_bytes(b"x" * 2000)
    settings = Settings(today=date(2026, 11, 21), limits=replace(DEFAULT, file_bytes=1000))
    paths = [tmp_path / "没有.txt", good, tmp_path / "空.docx", tmp_path, large]
    reports = list(check_files([(path, path.name) for path in paths], settings))

    assert [report.name for report in reports] == [path.name for path in paths]
    assert [report.case is None for report in reports] == [True, False, True, True, True]
    whats = [report.problems[0].what for report in reports if report.case is None]
    assert [what[:4] for what in whats] == ["找不到文", "文件是空", "这是一个", "文件有 "]


def test_a_document_that_needs_too_much_memory_or_time(tmp_path: Path) -> None:
    path = tmp_path / "长.txt"
    path.write_text("第一条　为了加强管理，制定本办法。\n" * 100_000, encoding="utf-8")
    short = tmp_path / "短.txt"
    short.write_text("第一条　为了加强管理，制定本办法。\n", encoding="utf-8")
    files = [(path, path.name), (short, short.name)]
    limits = replace(DEFAULT, worker_seconds=0.5)
    slow, quick = check_files(files, Settings(today=date(2026, 11, 21), limits=limits))

    assert slow.case is None
    assert [problem.what for problem in slow.problems] == ["超时：0.5秒内没有处理完，已经停止，没有得出结论。"]
    assert quick.case is not None


@pytest.mark.parametrize(
    ("files", "supervised"),
    [
        ({"a.docx": 10}, False),
        ({"a.txt": DEFAULT.inline_bytes}, False),
        ({"a.txt": DEFAULT.inline_bytes + 1}, True),
        ({"a.pdf": 10}, True),
        ({"a.txt": 10, "b.txt": 10}, True),
        ({"a.docx": None}, False),
    ],
)
def test_one_small_file_is_checked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, int | None], supervised: bool
) -> None:
    started: list[Sequence[Job]] = []

    def fake_run(task: object, jobs: Sequence[Job], *rest: object, **more: object) -> Iterator[Problem]:
        started.append(jobs)
        yield from (Problem(job.name, "试验") for job in jobs)

    monkeypatch.setattr("checker.workers.run", fake_run)
    monkeypatch.setattr("checker.audit._checked", _unreadable)
    for name, size in files.items():
        if size is not None:
            (tmp_path / name).write_bytes(b"x" * size)
    reports = list(check_files([(tmp_path / name, name) for name in files], Settings(today=date(2026, 11, 21))))

    assert [report.name for report in reports] == list(files)
    assert bool(started) == supervised


def _unreadable(*_: object) -> Callable[..., object]:
    raise ReadError("试验")


# ------------------------------------------------------------------ processes


class _Line:
    """A row of the process table."""

    def __init__(self, folder: Path) -> None:
        fields = folder.joinpath("stat").read_text().rpartition(")")[2].split()
        self.pid = int(folder.name)
        self.state, self.parent, self.session = fields[0], int(fields[1]), int(fields[3])

    def ancestor(self, pid: int) -> bool:
        parents = {line.pid: line.parent for line in _processes()}
        parent = self.parent
        while parent in parents and parent != pid:
            parent = parents[parent]
        return parent == pid


def _processes() -> list[_Line]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found.append(_Line(folder))
            except OSError:
                continue
    return found


def _gone(pids: Sequence[int], seconds: float = 5.0) -> bool:
    """Whether the processes end in that time; a dead one that nobody has reaped yet is none of ours."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(line.pid in pids and line.state not in "ZX" for line in _processes()):
            return True
        time.sleep(0.05)
    return False
