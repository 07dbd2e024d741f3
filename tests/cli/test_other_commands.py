"""`normcheck facts`, `normcheck workdays`, help and start-up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.reading import read

Run = Callable[..., Any]
TEXT = "青禾县人民政府关于加强集市管理的通知\n\n各乡镇人民政府：\n\n本通知自2024年4月1日起施行。\n\n青禾县人民政府\n2024年3月5日\n"


@pytest.fixture
def notice() -> Path:
    path = Path("通知.txt")
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_facts_table(run: Run, notice: Path) -> None:
    result = run("facts", "通知.txt")
    assert result.code == 0
    for expected in ("施行", "2024-04-01", "“自2024年4月1日起施行”", "制定机关", "青禾县人民政府", "段"):
        assert expected in result.out


def test_facts_text_is_what_offsets_refer_to(run: Run, notice: Path) -> None:
    text = run("facts", "通知.txt", "--text").out
    assert text == read(TEXT.encode(), "通知.txt").text
    found = json.loads(run("facts", "通知.txt", "--format", "json").out)
    assert found["facts"]["effective"][0]["value"] == "2024-04-01"
    for values in found["facts"].values():
        for fact in values:
            assert text[fact["start"] : fact["end"]] == fact["quote"]


def test_facts_of_a_file_that_cannot_be_read(run: Run) -> None:
    Path("a.docx").write_bytes(b"")
    for name in ("a.docx", "absent.docx"):
        result = run("facts", name)
        assert result.code == 2
        assert name in result.err


def test_workdays_to(run: Run) -> None:
    result = run("workdays", "2024-09-27", "--to", "2024-10-11")
    assert result.code == 0
    assert "工作日  6个；自然日 14日" in result.out
    assert "2024年9月 29（周日）、30；10月 8、9、10、11" in result.out


def test_workdays_add(run: Run) -> None:
    assert "2023-05-10（周三）" in run("workdays", "2023-04-27", "--add", "7").out


def test_workdays_of_a_place(run: Run) -> None:
    assert "2021-05-21" in run("workdays", "2021-05-10", "--add", "7", "--region", "宁夏").out
    unrecorded = run("workdays", "2024-04-01", "--add", "7", "--region", "宁夏")
    assert "最多有" in unrecorded.out
    assert "开斋节" in unrecorded.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("2026-12-30", "--add", "5"),
        ("2026-12-30", "--to", "2027-01-05"),
        ("2024-03-05", "--to", "2024-03-01"),
        ("2024-03-05", "--add", "0"),
        ("2024-03-05", "--add", "-3"),
        ("2024-03-05", "--add", "x"),
        ("2024-03-05",),
        ("2024-03-05", "--add", "1", "--to", "2024-03-06"),
        ("2024-03-05", "--add", "1", "--region", "火星"),
    ],
)
def test_workdays_refuses(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("workdays", *arguments)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("normcheck: ")


def test_help_and_version_in_chinese(checkout: Path) -> None:
    for arguments in (("--help",), ("check", "--help"), ("facts", "--help"), ("workdays", "--help"), ("--version",)):
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments], cwd=checkout, capture_output=True, text=True, check=True
        )
        assert "usage" not in done.stdout
        assert "show this" not in done.stdout
        assert "normcheck" in done.stdout


def test_start_up_imports_no_engine(checkout: Path) -> None:
    code = "import sys, cli.main; print([m for m in ('checker.engine', 'checker.facts', 'regex', 'lxml', 'dateparser') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_commands_that_are_not_built_are_absent(run: Run) -> None:
    for command in ("prefile", "audit", "rules", "laws", "serve"):
        assert run(command).code == 2


def test_an_interrupt_that_falls_into_a_finaliser_is_not_lost(checkout: Path) -> None:
    script = """
import sys, time
from types import SimpleNamespace
from cli import main as command

class Slow:
    def __del__(self):
        raise KeyboardInterrupt

def run(options):
    Slow()
    time.sleep(5)

options = SimpleNamespace(debug=False, run=run)
command._parser = lambda: SimpleNamespace(parse_args=lambda arguments: options)
sys.exit(command.main([]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=checkout, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "normcheck: 已中断。\n")
