"""`--waivers` and `--baseline` on the command line: exit codes, where files are looked for, and that every format says it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
Seen = list[Any]
PRINT = "f00d" * 4


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def waiver(document: str = "all", until: str = "") -> str:
    end = f"until = {until}\n" if until else ""
    return (
        f'[[waiver]]\nrule = "rule"\nfingerprint = "{PRINT}"\ndocument = "{document}"\n'
        f'reason = "县政府常务会议研究同意"\nwho = "李审核"\n{end}'
    )


def findings(result: Any) -> list[Any]:
    return [finding for report in json.loads(result.out)["reports"] for finding in report["findings"]]


@pytest.mark.parametrize(
    ("text", "code"), [(waiver(), 0), (waiver("a.txt"), 0), (waiver(until="2020-01-01"), 1), (waiver("b.txt"), 1)]
)
def test_waived_findings_do_not_count(run: Run, seen: Seen, text: str, code: int) -> None:
    write("a.txt", "error")
    write("w/mine.toml", text.replace("a.txt", "../a.txt"))
    assert run("check", "a.txt", "--waivers", "w/mine.toml").code == code


def test_a_waiver_is_shown_in_every_format(run: Run, seen: Seen) -> None:
    write("a.txt", "error")
    write("waivers.toml", waiver("a.txt", "2999-12-31"))
    assert "已豁免：县政府常务会议研究同意（李审核，有效至2999-12-31）" in run("check", "a.txt").out
    (finding,) = findings(run("check", "a.txt", "--format", "json"))
    assert finding["waived"] == {"reason": "县政府常务会议研究同意", "who": "李审核", "until": "2999-12-31"}
    log = json.loads(run("check", "a.txt", "--format", "sarif").out)
    results = [result for result in log["runs"][0]["results"] if result["kind"] == "fail"]
    assert results[0]["suppressions"][0]["status"] == "accepted"


def test_waivers_beside_the_documents_hold_up_to_the_named_folder(run: Run, seen: Seen) -> None:
    for path in ("waivers.toml", "f/x/a.txt", "f/y/a.txt"):
        write(path, waiver() if path.endswith("toml") else "error")
    assert run("check", "f").code == 1  # the one above the named folder is none of its documents'
    write("f/x/waivers.toml", waiver())
    result = run("check", "f", "--format", "json")
    assert [bool(finding["waived"]) for finding in findings(result)] == [True, False]
    assert "跳过" not in result.err
    write("f/waivers.toml", waiver())
    assert run("check", "f").code == 0
    assert run("check", "f/y/a.txt").code == 1  # a named file has its own folder alone
    assert run("check", "f", "--waivers", "f/x/waivers.toml").code == 0


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_unused_expired_and_invalid_waivers_are_in_every_format(run: Run, seen: Seen, form: str) -> None:
    write("a.txt", "error")
    write(
        "waivers.toml",
        waiver(until="2020-01-01")
        + waiver("a.txt").replace(PRINT, "0" * 16)
        + waiver("b.txt")
        + waiver().replace("who", "by"),
    )
    result = run("check", "a.txt", "--format", form)
    assert result.code == 1
    told = "".join(result.out.split())
    for words in ("豁免已于2020-01-01到期", "豁免没有用到", "不在这次检查的文件里：b.txt", "不认识的项by"):
        assert words in told
    assert "waivers.toml第25行by" in "".join(result.err.split())


def test_what_is_said_of_waivers_is_written_with_the_results(run: Run, seen: Seen) -> None:
    for name in ("a", "b"):
        write(f"f/{name}.txt", "fine")
    write("f/waivers.toml", waiver("a.txt") + waiver())
    result = run("check", "f", "--output", "out")
    assert "豁免没有用到" in Path("out/a.txt.txt").read_text("utf-8")
    assert "豁免没有用到" in Path("out/b.txt.txt").read_text("utf-8")
    assert "waivers.toml 第7行" in result.err


@pytest.mark.parametrize(
    ("option", "content"),
    [("--waivers", None), ("--waivers", "[[waiver"), ("--baseline", None), ("--baseline", "{}")],
)
def test_files_that_are_not_what_they_should_be_end_the_run_first(
    run: Run, seen: Seen, option: str, content: str | None
) -> None:
    write("a.txt", "fine")
    if content is not None:
        write("given", content)
    result = run("check", "a.txt", option, "given")
    assert (result.code, result.out, seen) == (2, "", [])
    assert "given" in result.err


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_the_baseline_hides_what_was_known_and_says_so(run: Run, seen: Seen, form: str) -> None:
    write("a.txt", "error")
    assert run("check", "a.txt", "--format", "json", "--output", "base.json").code == 1
    result = run("check", "a.txt", "--format", form, "--baseline", "base.json")
    assert result.code == 0
    assert "基线里已有的问题1条没有列出" in "".join(result.out.split())
    assert PRINT not in result.out
    assert run("check", "a.txt", "--baseline", "base.json", "--strict").code == 0
    write("a.txt", "error unknown")
    assert run("check", "a.txt", "--baseline", "base.json", "--strict").code == 1


def test_a_new_document_is_not_in_the_baseline(run: Run, seen: Seen) -> None:
    write("a.txt", "error")
    write("b.txt", "error ")
    run("check", "a.txt", "--format", "json", "--output", "base.json")
    result = run("check", "a.txt", "b.txt", "--baseline", "base.json")
    assert result.code == 1
    assert "基线里没有这份文件" in "".join(result.out.split())


def test_an_unread_input_is_2_whatever_is_waived(run: Run, seen: Seen) -> None:
    write("a.txt", "error")
    write("b.txt", "damaged")
    write("waivers.toml", waiver())
    assert run("check", "a.txt", "b.txt").code == 2


def test_no_result_replaces_a_file_the_run_reads(run: Run, seen: Seen) -> None:
    write("a.txt", "error")
    write("waivers.toml", waiver())
    write("normcheck.toml", "[calendar]\n")
    run("check", "a.txt", "--format", "json", "--output", "base.json")
    for option, name in (
        ("--baseline", "base.json"),
        ("--waivers", "waivers.toml"),
        ("--config", "normcheck.toml"),
    ):
        before = Path(name).read_bytes()
        result = run("check", "a.txt", option, name, "--output", name)
        assert (result.code, Path(name).read_bytes()) == (2, before)
        assert "覆盖" in result.err
    write("f/a.txt", "fine")
    write("f/a.txt.txt", "fine")
    assert run("check", "f", "--output", "f").code == 2
