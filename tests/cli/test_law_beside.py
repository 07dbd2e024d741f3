"""`check --library`: the law beside a finding in every format, and a library that cannot be used."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

Run = Callable[..., Any]
LAW = (
    "集市管理条例\n（2018年1月5日国务院令第9901号公布）\n第一条　集市开办者应当在入口处公示摊位收费标准，"
    + "不得在标准以外收费，" * 20
    + "。\n第二条　集市开办者不得在通道上设置摊位。\n第三条　本条例自2018年3月1日起施行。\n"
)
TEXT = """青禾县人民政府关于印发《青禾县集市管理办法》的通知

青政规发〔2024〕3号

各乡镇人民政府，县政府各部门：

现将《青禾县集市管理办法》印发给你们，请遵照执行。

青禾县人民政府
2024年3月5日

青禾县集市管理办法

第一条　摊位由集市开办者统一安排，经营者不得在集市通道上设置摊位。
第二条　经营者应当保持摊位整洁。
第三条　本办法自2024年4月1日起施行。
"""
RULE = """id = "fees-not-shown"
requirement = "F07"
title = "没有写公示收费"
kind = "presence"
severity = "warning"
message = "没有写明{missing}。"
suggestion = "写明公示的办法。"
[applies_to]
document = ["normative_document"]
[params]
[[params.items]]
name = "收费公示"
facts = ["registration_number"]
within = "document"
patterns = ['收费公示']
[[basis]]
law = "集市管理条例"
article = "第一条"
requires = "公示收费标准"
role = "legal"
verified = "V1"
from = 2018-03-01
[[violates]]
text = '''
TEXT'''
[[complies]]
text = '''
TEXT收费公示。
'''
""".replace("TEXT", TEXT)
BESIDE = "《集市管理条例》第一条（2018-01-05版，2018-03-01起施行）"


@pytest.fixture
def office(run: Run) -> Path:
    """An office with a rule of its own, a law library where `laws import` puts it, and a document."""
    for name, text in {
        "normcheck.toml": '[packs]\nfolders = ["ours"]\n',
        "ours/market/pack.toml": 'title = "集市"\n',
        "ours/market/fees-not-shown.toml": RULE,
        "laws/集市.txt": LAW,
        "办法.txt": TEXT,
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    assert run("laws", "import", "laws").code == 0
    return Path("normcheck-laws.sqlite")


def check(run: Run, *options: str) -> Any:
    return run("check", "办法.txt", "--packs", "market", *options)


def finding(result: Any) -> dict[str, Any]:
    (found,) = json.loads(result.out)["reports"][0]["findings"]
    return dict(found)


def test_text_is_short_and_says_where_the_rest_is(run: Run, office: Path) -> None:
    out = "".join(check(run).out.split())
    assert f"依据条文：{BESIDE}：集市开办者应当".replace(" ", "") in out
    assert "……（全文：normchecklawsshow集市管理条例第一条--as-of2018-03-01）" in out
    office.unlink()
    assert "集市开办者应当" not in check(run).out


def test_json_has_one_key_more(run: Run, office: Path) -> None:
    with_law = finding(check(run, "--format", "json"))
    assert list(with_law)[-1] == "law"
    assert with_law["law"] == [
        {
            "title": "集市管理条例",
            "number": "国务院令第9901号",
            "article": "第一条",
            "text": LAW.splitlines()[2],
            "in_force_from": "2018-03-01",
            "relation": "basis",
            "note": "",
        }
    ]
    office.rename("elsewhere.sqlite")
    without = finding(check(run, "--format", "json"))
    assert without == {key: value for key, value in with_law.items() if key != "law"}
    assert finding(check(run, "--format", "json", "--library", "elsewhere.sqlite")) == with_law
    Path("normcheck.toml").write_text(
        '[packs]\nfolders = ["ours"]\n[laws]\nlibrary = "elsewhere.sqlite"\n', encoding="utf-8"
    )
    assert finding(check(run, "--format", "json")) == with_law


def test_html_sarif_and_word(run: Run, office: Path) -> None:
    html = check(run, "--format", "html").out
    folded = html[html.index('<details class="law">') :]
    assert folded.index(f"<b>{BESIDE}</b>") < folded.index("不得在标准以外收费，。") < folded.index("</details>")
    result = json.loads(check(run, "--format", "sarif").out)["runs"][0]["results"][0]
    assert result["properties"]["law"][0]["article"] == "第一条"

    apart = Path("apart.docx")
    assert check(run, "--format", "docx", "--output", str(apart)).code == 0
    assert any(paragraph.text.startswith(f"依据条文：{BESIDE}") for paragraph in docx.Document(str(apart)).paragraphs)
    document = docx.Document()
    for line in TEXT.splitlines():
        document.add_paragraph(line)
    document.save("办法.docx")
    run("check", "办法.docx", "--packs", "market", "--format", "docx", "--output", "annotated.docx")
    with zipfile.ZipFile(io.BytesIO(Path("annotated.docx").read_bytes())) as package:
        comments = package.read("word/comments.xml").decode()
    assert f"依据条文：{BESIDE}" in comments
    assert comments.count("不得在标准以外收费") < 10


def test_workers_open_the_library_themselves(run: Run, office: Path) -> None:
    Path("second.txt").write_text(TEXT, encoding="utf-8")
    result = run("check", "办法.txt", "second.txt", "--packs", "market", "--format", "json")
    reports = json.loads(result.out)["reports"]
    assert [len(report["findings"][0]["law"]) for report in reports] == [1, 1]


def of_another_version(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 0")
    connection.close()


def damaged(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


@pytest.mark.parametrize(
    ("harm", "said", "step"),
    [
        (Path.unlink, "没有法规库", "laws import"),
        (of_another_version, "旧版本的 normcheck 做的", "normcheck laws import 存放法规的文件夹 --library"),
        (damaged, "法规库", "laws import"),
        (lambda path: path.write_text("不是法规库" * 500, encoding="utf-8"), "不是法规库", "--library"),
        (lambda path: path.write_bytes(b""), "不是法规库", "--library"),
    ],
)
def test_a_library_that_cannot_be_used_hides_nothing(
    run: Run, office: Path, harm: Callable[[Path], None], said: str, step: str
) -> None:
    whole = check(run, "--format", "json")
    harm(office)
    result = check(run, "--format", "json", "--library", str(office))
    assert result.code == whole.code
    assert finding(result) == {key: value for key, value in finding(whole).items() if key != "law"}
    (problem,) = [each for each in json.loads(result.out)["reports"][0]["problems"] if "没有附法条原文" in each["what"]]
    assert said in problem["what"]
    assert step in problem["next"]
    assert str(office.absolute()) in problem["where"]
    assert "检查结果不受影响" in check(run, "--library", str(office)).out


def test_a_result_is_not_written_over_the_library(run: Run, office: Path) -> None:
    before = office.read_bytes()
    result = check(run, "--output", str(office))
    assert (result.code, office.read_bytes()) == (2, before)
    assert "会覆盖" in result.err


def test_without_a_library_nothing_of_it_is_imported(run: Run, office: Path) -> None:
    office.unlink()
    code = (
        "import sys; from cli.main import main; main(['check', '办法.txt', '--packs', 'market', '--output', 'o.txt'])\n"
        "loaded = {'sqlite3', 'jieba', 'checker.lawlib', 'checker.lawside'} & set(sys.modules); sys.exit(str(loaded) if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
