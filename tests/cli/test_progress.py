"""The line of progress: shown on a terminal alone, gone when something else is said."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checker.audit import Settings
from cli.progress import _fitting

Seen = list[tuple[str, Settings]]
Run = Callable[..., Any]


def test_no_line_where_nobody_looks(run: Run, seen: Seen) -> None:
    for name in "ab":
        Path(f"{name}.txt").write_text("fine", encoding="utf-8")

    assert run("check", "a.txt", "b.txt").err == ""


def test_a_terminal_shows_how_far_it_is(checkout: Path, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}号.txt").write_text("秘密\n第一条　本办法自印发之日起施行。", encoding="utf-8")
    (tmp_path / "空.docx").touch()
    terminal, end = pty.openpty()
    command = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "check", str(tmp_path)],
        stdout=subprocess.DEVNULL,
        stderr=end,
        cwd=checkout,
    )
    os.close(end)
    shown = b""
    while chunk := _read(terminal):
        shown += chunk
    os.close(terminal)

    assert command.wait(10) == 2
    text = shown.decode()
    assert "已检查 0/4　正在检查 0号.txt" in text
    lines = [part for line in text.split("\n") for part in line.split("\r\x1b[K")]
    assert sum(line.startswith("normcheck: 注意：") for line in lines) == 3, "a message does not stand behind the line"
    assert "已检查" not in lines[-1], "the line is erased in the end"


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""


def test_a_line_never_wraps() -> None:
    assert _fitting("正在检查 通知.docx", 80) == "正在检查 通知.docx"
    assert _fitting("正在检查 通知.docx", 12) == "正在检查 通"
    assert _fitting("正在检查 通知.docx", 13) == "正在检查 通知"
    assert _fitting("恶意\x1b[2J\n名", 80) == "恶意 [2J 名"
