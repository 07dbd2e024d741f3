"""`normcheck check`: exit codes, mixed inputs, folders, output, options."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import docx as python_docx
import pytest

from checker import audit
from checker.audit import Settings
from checker.errors import ReadError
from checker.model import Report
from cli import formats

Seen = list[tuple[str, Settings]]
Run = Callable[..., Any]


def write(**files: str) -> None:
    for name, text in files.items():
        Path(name.replace("__", ".")).write_text(text, encoding="utf-8")


# ------------------------------------------------------------------ exit codes


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("fine", (), 0),
        ("warning", (), 0),
        ("warning", ("--strict",), 0),
        ("error", (), 1),
        ("waived", (), 0),
        ("unknown", (), 0),
        ("unknown", ("--strict",), 1),
        ("damaged", (), 2),
        ("damaged", ("--strict",), 2),
        ("crash", (), 2),
    ],
)
def test_exit_codes(run: Run, seen: Seen, text: str, options: tuple[str, ...], code: int) -> None:
    write(a__txt=text)
    assert run("check", "a.txt", *options).code == code


def test_one_bad_input_does_not_stop_the_others(run: Run, seen: Seen) -> None:
    write(a__txt="fine", b__txt="damaged", c__txt="error", d__txt="crash")
    result = run("check", "a.txt", "b.txt", "absent.txt", "d.txt", "c.txt", "--format", "json")
    assert result.code == 2
    reports = json.loads(result.out)["reports"]
    assert [report["documents"][0]["name"] for report in reports] == ["a.txt", "b.txt", "absent.txt", "d.txt", "c.txt"]
    assert [bool(report["problems"]) for report in reports] == [False, True, True, True, False]
    assert reports[1]["problems"][0]["what"] == "文件损坏。"
    assert "找不到" in reports[2]["problems"][0]["what"]
    assert "ZeroDivisionError" in reports[3]["problems"][0]["what"]
    assert "Traceback" not in result.err


def test_traceback_only_with_debug(seen: Seen, tmp_path: Path, checkout: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x", encoding="utf-8")
    code = (
        "import sys; from checker import audit\n"
        "def broken(*_): raise ZeroDivisionError('除以零')\n"
        "audit._checked = broken; audit.load = lambda s: (type('R', (), {'requirements': {}, 'packs': ()})(), None)\n"
        "from cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    for options, shown in (((), False), (("--debug",), True)):
        done = subprocess.run(
            [sys.executable, "-c", code, "check", str(path), *options],
            check=False,
            cwd=checkout,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert ("Traceback" in done.stderr) is shown
        assert "程序处理这个文件时出错" in done.stdout


def test_wrong_usage(run: Run) -> None:
    for arguments in (
        (),
        ("nothing",),
        ("check",),
        ("check", "a.txt", "--format", "xml"),
        ("check", "a.txt", "--nope"),
    ):
        result = run(*arguments)
        assert result.code == 2
        assert result.out == ""
        assert "--help" in result.err


def test_an_engine_stage_that_fails_is_a_problem_of_its_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RecursionError("太深")

    monkeypatch.setattr(audit, "load", lambda settings: (None, None))
    for stage in ("read", "extract", "build_case"):
        with monkeypatch.context() as patch:
            patch.setattr(audit, stage, broken)
            report = audit.check_file("第一条 为了…".encode(), "a.txt", Settings(today=date(2026, 1, 1)))
        assert report.case is None
        assert report.name == "a.txt"
        assert "RecursionError" in report.problems[0].what
        assert report.problems[0].next


# ------------------------------------------------------------------ inputs


def test_a_folder_is_walked_in_order_and_says_what_it_skips(run: Run, seen: Seen) -> None:
    for name in ("f/b.docx", "f/a.txt", "f/sub/c.pdf", "f/.hidden.docx", "f/~$b.docx", "f/data.xlsx", "f/.git/x.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("fine", encoding="utf-8")
    result = run("check", "f")
    assert [name for name, _ in seen] == ["f/a.txt", "f/b.docx", "f/sub/c.pdf"]
    assert result.code == 0
    for skipped in (".hidden.docx", "~$b.docx", "data.xlsx"):
        assert skipped in result.err


def test_an_unread_document_of_a_folder_is_no_silence(run: Run, seen: Seen) -> None:
    Path("f").mkdir()
    Path("f/a.txt").write_text("damaged", encoding="utf-8")
    result = run("check", "f")
    assert result.code == 2
    assert "文件损坏。" in result.out


def test_each_file_is_checked_once(run: Run, seen: Seen) -> None:
    write(a__txt="fine")
    run("check", "a.txt", ".", "./a.txt")
    assert len(seen) == 1


def test_large_files_are_refused_unread(run: Run, seen: Seen) -> None:
    with Path("big.txt").open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    result = run("check", "big.txt")
    assert result.code == 2
    assert seen == []
    assert "超过上限 50 MB" in result.out


def test_unreadable_and_odd_files(run: Run, seen: Seen) -> None:
    os.mkfifo("pipe.txt")
    result = run("check", "pipe.txt", "no/such.txt")
    assert result.code == 2
    assert "不是普通文件" in result.out
    assert "找不到文件" in result.out


def test_marked_secret(run: Run, seen: Seen) -> None:
    write(a__txt="secret", b__txt="fine")
    result = run("check", "a.txt", "b.txt")
    assert result.code == 0
    assert "a.txt 标有密级" in result.err
    assert "b.txt" not in result.err


# ------------------------------------------------------------------ output


def test_one_input_to_a_file(run: Run, seen: Seen) -> None:
    write(a__txt="error")
    result = run("check", "a.txt", "--format", "json", "--output", "out/a.json")
    assert (result.code, result.out) == (1, "")
    assert json.loads(Path("out/a.json").read_text(encoding="utf-8"))["schema"] == "normcheck.report/1"


def test_several_inputs_to_a_folder(run: Run, seen: Seen) -> None:
    for name in ("x/a.txt", "y/a.txt"):
        Path(name).parent.mkdir()
        Path(name).write_text("fine", encoding="utf-8")
    assert run("check", "x/a.txt", "y/a.txt", "--output", "out").code == 0
    assert sorted(str(path) for path in Path("out").rglob("*.txt")) == ["out/x/a.txt.txt", "out/y/a.txt.txt"]
    assert run("check", "x", "--output", "one", "--format", "json").code == 0
    assert [str(path) for path in Path("one").rglob("*")] == ["one/a.txt.json"]


def test_pages_are_written_as_html(run: Run, seen: Seen) -> None:
    Path("x").mkdir()
    for name, text in (("a", "fine"), ("b", "error")):
        Path("x", f"{name}.txt").write_text(text, encoding="utf-8")
    assert run("check", "x", "--output", "pages", "--format", "html").code == 1
    assert sorted(path.name for path in Path("pages").iterdir()) == ["a.txt.html", "b.txt.html"]
    assert Path("pages/a.txt.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    both = run("check", "x", "--format", "html").out
    assert both.count("<html") == 1
    assert "2个文件" in both


def test_output_never_overwrites_an_input(run: Run, seen: Seen) -> None:
    write(a__txt="fine")
    os.link("a.txt", "same.txt")
    for target in ("a.txt", "./a.txt", "same.txt"):
        result = run("check", "a.txt", "--output", target)
        assert result.code == 2
        assert "覆盖" in result.err
    assert Path("a.txt").read_text(encoding="utf-8") == "fine"


def test_output_that_cannot_be_written(run: Run, seen: Seen) -> None:
    write(a__txt="fine", b__txt="fine")
    assert run("check", "a.txt", "b.txt", "--output", "a.txt").code == 2
    Path("folder").mkdir()
    assert run("check", "a.txt", "--output", "folder").code == 2
    assert run("check", "a.txt", "--output", "b.txt/x.txt").code == 2


def test_a_format_of_one_file_each_wants_a_place(run: Run, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    def copies(reports: Sequence[Report], how: formats.Run) -> bytes:
        return how.original(reports[0])

    monkeypatch.setattr(formats, "FORMATS", {"copy": formats.Format(copies, ".copy", several=False)})
    write(a__txt="error", b__txt="fine")
    refused = run("check", "a.txt", "b.txt", "--format", "copy")
    assert (refused.code, refused.out, seen) == (2, "", [])
    assert "--output" in refused.err
    assert run("check", "a.txt", "b.txt", "--format", "copy", "--output", "out").code == 1
    assert Path("out/a.txt.copy").read_bytes() == b"error"
    assert run("check", "b.txt", "--format", "copy", "--output", "b.copy").code == 0
    assert Path("b.copy").read_bytes() == b"fine"


def test_bytes_are_piped_and_not_shown_on_a_terminal(run: Run, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = formats.Format(lambda reports, how: b"PK", ".copy", several=False)
    monkeypatch.setattr(formats, "FORMATS", {"copy": binary})
    write(a__txt="fine")
    assert run("check", "a.txt", "--format", "copy").out == "PK"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run("check", "a.txt", "--format", "copy").code == 2


def test_word_files_are_annotated_copies_or_findings(run: Run, checkout: Path) -> None:
    samples = checkout / "corpora" / "samples"
    before = {path: path.read_bytes() for path in samples.iterdir()}
    code = run("check", str(samples), "absent.docx", "--format", "docx", "--output", "out").code
    assert code == 2
    assert {path: path.read_bytes() for path in samples.iterdir()} == before
    made = {path.name: path for path in Path("out").rglob("*") if path.is_file()}
    assert len(made) == 9
    annotated = python_docx.Document(str(made["leading-group-document.docx.审查.docx"]))
    assert {comment.author for comment in annotated.comments} == {"规检（normcheck）"}
    assert (
        len(list(annotated.comments)) >= 10
    )  # the body may not issue, and most of what it orders is forbidden besides
    assert "pdf格式" in python_docx.Document(str(made["government-order.pdf.审查.docx"])).paragraphs[2].text
    assert "没有读出来" in python_docx.Document(str(made["absent.docx.审查.docx"])).paragraphs[2].text


def test_a_document_gone_since_it_was_judged_gets_its_findings(checkout: Path) -> None:
    name = "leading-group-document.docx"
    settings = Settings(today=date(2026, 1, 1))
    report = audit.check_file((checkout / "corpora" / "samples" / name).read_bytes(), name, settings)

    def gone(_: Report) -> bytes:
        raise ReadError("找不到文件。", where=name)

    made = formats.FORMATS["docx"].render([report], formats.Run(*audit.load(settings), original=gone))
    assert isinstance(made, bytes)
    assert "找不到文件" in python_docx.Document(io.BytesIO(made)).paragraphs[2].text


@pytest.mark.parametrize("form", [name for name, each in formats.FORMATS.items() if each.several])
def test_any_encoding_of_the_terminal(form: str, tmp_path: Path, checkout: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text("青禾县人民政府关于集市管理的通知\n各乡镇：\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "check", str(path), "--format", form],
        check=False,
        cwd=checkout,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
    )
    assert done.returncode in {0, 1}
    assert done.stdout.isascii()
    if form == "json":
        assert json.loads(done.stdout)["reports"][0]["documents"][0]["name"].endswith("通知.txt")
    if form == "html":
        assert b"&#36890;&#30693;.txt" in done.stdout


def test_a_closed_pipe_is_no_error_message(checkout: Path) -> None:
    command = f"{sys.executable} -m cli.main check corpora/samples | head -1"
    done = subprocess.run(["bash", "-c", command], check=False, cwd=checkout, capture_output=True, text=True)
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------ options


def test_options_reach_the_settings(run: Run, seen: Seen) -> None:
    write(a__txt="fine")
    result = run(
        "check", "a.txt", "--as-of", "2024年3月5日", "--region", "宁夏", "--kind", "行政规范性文件", "--packs", "a/b, c/d",
        "--trait", "涉企", "--trait", "no:risk", "--date", "公布日=2024-03-08", "--date", "effective=二〇二四年四月一日",
    )  # fmt: skip
    assert result.code == 0
    settings = seen[0][1]
    assert settings.as_of == date(2024, 3, 5)
    assert settings.region == "宁夏回族自治区"
    assert settings.kind == "normative_document"
    assert settings.packs == ("a/b", "c/d")
    assert settings.traits == ("business", "-risk")
    assert settings.given == {"published": date(2024, 3, 8), "effective": date(2024, 4, 1)}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--as-of", "2023年13月1日"),
        ("--region", "火星"),
        ("--kind", "小说"),
        ("--trait", "红色"),
        ("--date", "公布"),
        ("--date", "出生=2024-03-05"),
        ("--date", "公布=3年"),
        ("--packs", "no/such"),
    ],
)
def test_what_is_not_understood_is_refused_before_any_file(run: Run, option: str, value: str) -> None:
    result = run("check", "absent.txt", option, value)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("normcheck: ")


# ------------------------------------------------------------------ configuration

YEAR = '[[year]]\nyear = 2027\nsource = ["通知"]\noff = ["2027-01-01"]\n'


def test_configuration_is_found_upwards(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("normcheck.toml").write_text('[calendar]\nfiles = ["holidays-2027.toml"]\n', encoding="utf-8")
    Path("holidays-2027.toml").write_text(YEAR, encoding="utf-8")
    Path("deep/down").mkdir(parents=True)
    monkeypatch.chdir("deep/down")
    result = run("workdays", "2026-12-31", "--add", "1")
    assert result.code == 0
    assert "2027-01-04" in result.out


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[calender]\n", "calender"),
        ("[calendar]\nfile = []\n", "[calendar] file"),
        ("[calendar]\nfiles = 'x.toml'\n", "[calendar] files"),
        ("calendar = 1\n", "calendar"),
        ("[calendar\n", "normcheck.toml"),
        ("[calendar]\nfiles = ['absent.toml']\n", "absent.toml"),
    ],
)
def test_faults_of_the_configuration_are_named(run: Run, text: str, named: str) -> None:
    Path("normcheck.toml").write_text(text, encoding="utf-8")
    result = run("workdays", "2026-12-01", "--add", "1")
    assert result.code == 2
    assert named in result.err


def test_a_named_configuration_must_exist(run: Run) -> None:
    assert run("workdays", "2026-12-01", "--add", "1", "--config", "absent.toml").code == 2
