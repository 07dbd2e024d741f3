"""Long-lived worker processes, one document a task: what one document does to its process harms no other.

    with closing(run(check_path, jobs, partial(Supervisor, limits=limits), workers=2)) as results:
        for result in results: ...          # in the order of the jobs; a Problem where there is no result

A worker that hangs, dies, writes without end or wants too much memory is killed with every process it started, and
replaced. The document it was on when it died is tried once more, alone, in a process of its own; what ends badly then
is a `Problem` that names the cause. Workers end with their supervisor, however that ends.

The pool is pebble's. The workers are forked from a small server process that has imported the program once, so that
another worker costs some milliseconds. Memory is limited as address space (setrlimit), which Linux enforces and macOS
does not; process groups, alarms and the fork server exist on POSIX systems alone.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import math
import multiprocessing
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from functools import partial
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from checker.errors import NormcheckError, WorkerDied, WorkerFailed
from checker.model import Problem
from checker.reading.limits import DEFAULT, Limits

_log = logging.getLogger("normcheck")
_P = ParamSpec("_P")
_T = TypeVar("_T")

_OUT_OF_MEMORY = 77
"""Exit code of a worker in which Python could get no more memory."""
_EXIT_ZERO = 1000
"""Stands for exit code 0, which pebble takes for a worker that ended as it should; ours never do."""

_AHEAD = 32
"""Documents handed out per worker before the first of them is due, so that a slow one does not idle the others."""
_TICK = 0.2
"""Seconds between two looks at the progress."""
_TAIL = 16 * 1024
"""Bytes of a worker's messages that are kept for --debug."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document to work on: its name in messages, and the arguments of the task, which are pickled."""

    name: str
    arguments: tuple[object, ...]


Start = Callable[[int], Executor]
"""Gives an executor with that many workers: a `Supervisor`, or one of another make (dask's, a thread pool in tests)."""
Watch = Callable[[int, str], None]
"""Is told, every moment while results are awaited, how many documents are done and the name of the one that is due."""


def run(
    task: Callable[..., _T], jobs: Iterable[Job], start: Start, *, workers: int, watch: Watch | None = None
) -> Generator[_T | Problem, None, None]:
    """The task's result for each job, in the order of the jobs, or a Problem that says why there is none.

    `task` is a function that a worker can import by its name. Closing the generator ends the workers and their work.
    """
    source = iter(jobs)
    pending: deque[tuple[Job, Future[_T]]] = deque()
    finished = 0

    def attend(job: Job, future: Future[_T]) -> None:
        while not future.done():
            if watch is not None:
                watch(finished + sum(other.done() for _, other in pending), job.name)
            wait_for([future], timeout=_TICK)

    with _executor(start, workers) as executor:
        while True:
            while len(pending) < _AHEAD * workers and (job := next(source, None)) is not None:
                pending.append((job, executor.submit(task, *job.arguments)))
            if not pending:
                return
            job, future = pending.popleft()
            attend(job, future)
            if isinstance(future.exception(), WorkerDied):
                for other in pending:
                    attend(*other)
                with _executor(start, 1) as alone:
                    future = alone.submit(task, *job.arguments)
                    attend(job, future)
            result: _T | Problem = _settled(job, future)
            yield result
            finished += 1


@contextlib.contextmanager
def _executor(start: Start, workers: int) -> Iterator[Executor]:
    executor = start(workers)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _settled(job: Job, future: Future[_T]) -> _T | Problem:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, WorkerDied):
        return Problem(job.name, error.what + "单独重试一次，结果相同。", error.where, error.next)
    if isinstance(error, NormcheckError):
        return Problem(job.name, error.what, error.where, error.next)
    what = f"程序出错：{type(error).__name__}: {error}"
    return Problem(job.name, what, _WHERE, "加 --debug 再运行一次，把输出交给程序维护人员。")


# ------------------------------------------------------------------ in the supervising process


class Supervisor(Executor):
    """An executor whose workers have a time, memory and output limit for each task; see `Limits`.

    A future fails with WorkerFailed (its kind WorkerDied: a second try may succeed) when its task was cut off, or with
    the error that the task raised. `preload` names the modules to import before the first worker starts.

    Each worker is a pool of its own, so that workers share no pipe and no lock that a dying one could leave in disorder.
    """

    def __init__(self, workers: int, limits: Limits = DEFAULT, preload: Sequence[str] = ()) -> None:
        self._limits = limits
        self._lock = threading.RLock()
        self._scratch = tempfile.TemporaryDirectory(prefix="normcheck-", ignore_cleanup_errors=True)
        self._context = _Context()
        self._context.set_forkserver_preload([__name__, *preload])  # without effect once the server runs
        _start_server()
        self._waiting: deque[_Call] = deque()
        self._open: set[Future[Any]] = set()
        self._pools = [self._new_pool() for _ in range(workers)]
        self._idle = list(self._pools)
        self._closed = False

    def _new_pool(self) -> ProcessPool:
        prepared = (self._limits, self._scratch.name, _log.isEnabledFor(logging.DEBUG))
        return ProcessPool(1, initializer=_prepare, initargs=prepared, context=self._context)

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Has a worker call `fn`, which it imports by its name."""
        future: Future[_T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the supervisor is shut down")
            self._open.add(future)
            self._waiting.append(_Call(future, fn, args, kwargs))
            self._hand_out()
        return future

    def _hand_out(self) -> None:
        """Gives each idle worker a task; with the lock held."""
        while self._waiting and self._idle:
            call = self._waiting.popleft()
            if not call.future.set_running_or_notify_cancel():
                self._open.discard(call.future)
                continue
            self._begin(call, self._idle.pop())

    def _begin(self, call: _Call, pool: ProcessPool) -> None:
        seconds = self._limits.worker_seconds
        for _ in range(2):
            try:
                inner = pool.schedule(_work, args=(call.task, call.args, call.kwargs, seconds), timeout=seconds)
            except (RuntimeError, OSError):  # its worker died between two tasks, and the pool with it, or cannot start
                pool = self._new_pool()
                self._pools.append(pool)
            else:
                inner.add_done_callback(partial(self._settle, call.future, pool))
                return
        self._idle.append(pool)
        self._open.discard(call.future)
        call.future.set_exception(self._explained(CancelledError()))

    def _settle(self, future: Future[Any], pool: ProcessPool, done: Future[tuple[bytes, str]]) -> None:
        """Passes on what a worker gave, or why it gave nothing; in a thread of the pool's."""
        with self._lock:
            self._idle.append(pool)
            if not self._closed:
                self._hand_out()
        try:
            raised, value = self._received(done)
        except BaseException as error:  # noqa: BLE001  whatever it is, the future's owner waits for it
            raised, value = True, error
        if raised:
            future.set_exception(value)
        else:
            future.set_result(value)
        self._open.discard(future)

    def _received(self, done: Future[tuple[bytes, str]]) -> tuple[bool, Any]:
        error = CancelledError() if done.cancelled() else done.exception()
        if error is not None:
            return True, self._explained(error)
        packed, messages = done.result()
        if messages:
            _log.debug("%s", messages)
        raised, value = pickle.loads(packed)  # noqa: S301  written by our own worker
        return raised, value

    def _explained(self, error: BaseException) -> WorkerFailed:
        if isinstance(error, TimeoutError):
            return _too_slow(self._limits)
        if isinstance(error, ProcessExpired):
            log = Path(self._scratch.name, f"{error.pid}.log")
            if messages := _tail(log):
                _log.debug("%s", messages)
            log.unlink(missing_ok=True)
            return _cause_of_death(error.exitcode, self._limits)
        return WorkerDied("进程中断：检查进程没有启动，或者中途被停止。", where=_WHERE, next=_AGAIN)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002  always waits
        """Ends the workers: after the tasks that were submitted, or with `cancel_futures` at once."""
        if not cancel_futures:
            wait_for(tuple(self._open))
        with self._lock:
            self._closed = True
            self._waiting.clear()
            pools = tuple(self._pools)
        for pool in pools:
            pool.stop()  # type: ignore[no-untyped-call]
        for pool in pools:
            pool.join()
        for future in tuple(self._open):  # nobody waits in vain
            if not future.done():
                future.set_exception(self._explained(CancelledError()))
        self._open.clear()
        self._scratch.cleanup()


@dataclass(frozen=True, slots=True)
class _Call:
    """A task that waits for a worker."""

    future: Future[Any]
    task: Callable[..., Any]
    args: Sequence[Any]
    kwargs: dict[str, Any]


class _Process(ForkServerProcess):
    """A worker that takes with it the processes it started; whenever it ends, that is a death to pebble."""

    _seen_dead = False

    def __reduce__(self) -> tuple[Callable[..., object], tuple[type], dict[str, object]]:
        """Sent to the new process so that `_born` runs there before the locks are read, which may be gone by then."""
        return _born, (type(self),), self.__dict__

    def terminate(self) -> None:
        """Kills: a worker has nothing to tidy up, and a hanging one would not listen."""
        self._end_group()
        self.kill()

    def is_alive(self) -> bool:
        """Whether the worker still runs; what a dead one left running ends here.

        A death is told at the second question: by then pebble's other thread has read which task the worker had taken.
        """
        if super().is_alive():
            return True
        self._end_group()
        told, self._seen_dead = self._seen_dead, True
        return not told

    @property
    def exitcode(self) -> int | None:
        """The exit code, or minus the signal; None while the worker runs."""
        code = super().exitcode
        return _EXIT_ZERO if code == 0 else code

    def _end_group(self) -> None:
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)


def _born(kind: type[_Process]) -> _Process:
    sys.excepthook = _say_unless_left
    return kind.__new__(kind)


def _say_unless_left(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Says what ended a starting worker, unless the supervisor ended meanwhile and took pipes and locks with it."""
    if not issubclass(kind, (FileNotFoundError, EOFError, ConnectionError)):
        sys.__excepthook__(kind, error, trace)


class _Context(ForkServerContext):
    Process = _Process


def _start_server() -> None:
    """Starts the server that forks workers with Ctrl-C blocked: the supervisor alone answers it, even while one starts."""
    resource_tracker.ensure_running()  # first: it unblocks what it finds blocked
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_WHERE = "整个文件"
_AGAIN = "单独再检查一次这个文件；仍然如此的，加 --debug 运行，把输出和文件（能提供的话）交给程序维护人员。"
_SMALLER = "确认文件完好；把文件另存为 docx，删去大图片，或者拆成几个文件，再检查。"
_SIGNALS = {
    signal.SIGSEGV: "内存访问错误",
    signal.SIGBUS: "内存访问错误",
    signal.SIGABRT: "程序库异常中止",
    signal.SIGFPE: "运算错误",
    signal.SIGILL: "非法指令",
    signal.SIGTRAP: "程序库异常中止",
}


def _too_slow(limits: Limits) -> WorkerFailed:
    what = f"超时：{limits.worker_seconds:g}秒内没有处理完，已经停止，没有得出结论。"
    return WorkerFailed(what, where=_WHERE, next=_SMALLER)


def _cause_of_death(code: int, limits: Limits) -> WorkerFailed:
    """What the exit code of a worker says, or minus the number of the signal that ended it."""
    if code == _OUT_OF_MEMORY:
        what = f"内存超限：处理这个文件需要的内存超过{_mebibytes(limits.worker_bytes)}，没有得出结论。"
        return WorkerDied(what, where=_WHERE, next=_SMALLER)
    if code == -signal.SIGALRM:
        return _too_slow(limits)
    if code == -signal.SIGXFSZ:
        what = f"输出过多：处理这个文件时写出的内容超过{_mebibytes(limits.worker_output_bytes)}，没有得出结论。"
        return WorkerDied(what, where=_WHERE, next=_SMALLER)
    if code == -signal.SIGKILL:
        what = "进程被终止：处理这个文件的进程被系统强行结束（SIGKILL），多半是机器内存不足，没有得出结论。"
        return WorkerDied(what, where=_WHERE, next="关闭其他程序后单独再检查一次这个文件。")
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"信号{-code}"
        cause = _SIGNALS.get(-code, "收到信号")  # type: ignore[call-overload]
        what = f"进程崩溃：处理这个文件的进程意外结束（{name}，{cause}），没有得出结论。"
    else:
        what = f"进程退出：处理这个文件的进程自行退出（退出码{0 if code == _EXIT_ZERO else code}），没有得出结论。"
    return WorkerDied(what, where=_WHERE, next=_AGAIN)


def _mebibytes(size: int) -> str:
    return f"{size / 1024 / 1024:g}MB"


# ------------------------------------------------------------------ in a worker


def _prepare(limits: Limits, scratch: str, debug: bool) -> None:
    """Makes a fresh process a worker: a group of its own, output to a file, limits, no end later than the supervisor's."""
    os.setpgid(0, 0)
    threading.Thread(target=_end_with_supervisor, args=(scratch,), daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log = os.open(Path(scratch, f"{os.getpid()}.log"), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    faulthandler.enable(2)
    tempfile.tempdir = scratch
    if debug:
        logging.basicConfig(stream=sys.stderr, format="%(message)s")
        _log.setLevel(logging.DEBUG)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it; who writes without end shall die of it
    _limit(resource.RLIMIT_FSIZE, limits.worker_output_bytes)
    _limit(resource.RLIMIT_CORE, 0)  # a memory image holds what the documents say
    _limit(resource.RLIMIT_AS, limits.worker_bytes)


def _limit(what: int, value: int) -> None:
    """Sets the soft limit alone, so that a program started here can be given another."""
    hard = resource.getrlimit(what)[1]
    with contextlib.suppress(ValueError, OSError):  # not every system has every limit
        resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _end_with_supervisor(scratch: str) -> None:
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
        shutil.rmtree(scratch, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)


def _work(
    task: Callable[..., object], args: Sequence[Any], kwargs: dict[str, Any], seconds: float
) -> tuple[bytes, str]:
    """One task: whether it raised and what, pickled here so that a result too large is this worker's trouble; messages.

    The alarm ends a task that the supervisor has not ended, be it gone or suspended.
    """
    signal.alarm(math.ceil(seconds * 1.5) + 1)
    try:
        packed = pickle.dumps((False, task(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        _leave()
    except BaseException as error:  # noqa: BLE001  the supervisor passes it on
        packed = pickle.dumps((True, _portable(error)), pickle.HIGHEST_PROTOCOL)
    finally:
        signal.alarm(0)
    return packed, _messages()


def _leave() -> NoReturn:
    """A worker without memory is good for nothing more, and what it holds is not worth the search."""
    os._exit(_OUT_OF_MEMORY)


def _portable(error: BaseException) -> Exception:
    """The error, or what it says where it does not survive pickling or would end the supervisor."""
    if isinstance(error, Exception):
        with contextlib.suppress(Exception):
            pickle.loads(pickle.dumps(error))  # noqa: S301  written in this line
            return error
    return RuntimeError(f"{type(error).__name__}: {error}")


def _messages() -> str:
    """The end of what was written to standard output and standard error since the last task."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
        size = os.fstat(2).st_size
        if size:
            messages = os.pread(2, _TAIL, max(size - _TAIL, 0))
            os.ftruncate(2, 0)
            return messages.decode("utf-8", "replace")
    return ""


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(log.stat().st_size - _TAIL, 0))
        return file.read(_TAIL).decode("utf-8", "replace")
    return ""
