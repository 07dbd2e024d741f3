"""Tasks for worker processes, most of them ill-behaved; a worker imports them by their names."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn


def answers(value: object) -> object:
    """Well-behaved."""
    return value


def naps(seconds: float) -> None:
    time.sleep(seconds)


def loops() -> None:
    while True:
        pass


def loops_in_c() -> None:
    """Holds the interpreter's lock all the while, so that no other thread of the process gets a turn."""
    re.match("(a+)+$", "a" * 60 + "b")


def segfaults() -> None:
    ctypes.string_at(0)


def exits() -> NoReturn:
    os._exit(0)


def exits_with_code() -> NoReturn:
    os._exit(5)


def calls_sys_exit() -> NoReturn:
    sys.exit(4)


def aborts() -> NoReturn:
    os.abort()


def is_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def allocates() -> int:
    return len(bytearray(4 << 30))


def hoards(note: Path) -> None:
    """Takes ever more memory and notes how much it has."""
    held = []
    while True:
        held.append(bytearray(8 << 20))
        note.write_text(str(len(held) * (8 << 20)))


def floods_stdout() -> None:
    while True:
        print("水" * 1000)


def floods_stderr() -> None:
    while True:
        os.write(2, b"x" * 100_000)


def raises() -> NoReturn:
    raise KeyError("钥匙")


def raises_what_does_not_travel() -> NoReturn:
    class Local(Exception):
        pass

    raise Local("这里")


def returns_what_does_not_travel() -> object:
    return lambda: None


def leaves_a_child(note: Path, *, then: str) -> None:
    """Starts a program, as a converter is started, and then hangs or dies."""
    child = subprocess.Popen(["sleep", "300"])
    note.write_text(str(child.pid))
    if then == "hang":
        time.sleep(300)
    os.kill(os.getpid(), signal.SIGSEGV)


def fails_the_first_time(note: Path) -> str:
    """Dies, and when it is tried again does not."""
    if not note.exists():
        note.write_text("died")
        os._exit(1)
    return "done"


def dies_beside_others(folder: Path, name: str) -> str:
    """Notes when it runs; "culprit" dies each time, and notes who runs at that time."""
    mine = folder / f"{name}.running"
    mine.touch()
    if name == "culprit":
        time.sleep(0.1)
        others = sorted(path.stem for path in folder.glob("*.running") if path != mine)
        with (folder / "tries").open("a") as tries:
            tries.write(",".join(others) + "\n")
        mine.unlink()
        os._exit(1)
    time.sleep(0.3)
    mine.unlink()
    return name


def process_id() -> int:
    return os.getpid()


def speaks() -> str:
    print("说给维护人员听")
    return "done"


def does(name: str, *arguments: object) -> object:
    """Any of the above."""
    return globals()[name](*arguments)
