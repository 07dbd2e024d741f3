"""`normcheck laws import | search | show`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
OLD = "集市管理条例\n2018年1月5日 通过\n第一条　摊位收费十元。\n第二条　本条例自2018年3月1日起施行。\n"
NEW = (
    "集市管理条例\n2018年1月5日 通过\n2023年4月6日 修订\n第一条　禁止占道经营。\n第二条　本条例自2023年6月1日起施行。\n"
)


@pytest.fixture
def laws(run: Run) -> Path:
    folder = Path("laws")
    folder.mkdir()
    (folder / "旧.txt").write_text(OLD, encoding="utf-8")
    (folder / "新.txt").write_text(NEW, encoding="utf-8")
    (folder / "空.txt").write_bytes(b"")
    return folder


def test_import_says_where_the_library_lies_and_what_was_skipped(run: Run, laws: Path) -> None:
    result = run("laws", "import", "laws")
    assert result.code == 0
    assert result.out.startswith("导入 2 部，共 4 条")
    assert "跳过 空.txt：文件是空的" in result.err
    assert str(Path("normcheck-laws.sqlite").absolute()) in result.err


def test_show(run: Run, laws: Path) -> None:
    run("laws", "import", "laws")
    assert "第一条　禁止占道经营。" in run("laws", "show", "集市管理条例", "1").out
    result = run("laws", "show", "集市管理条例", "第一条", "--as-of", "2020-01-01")
    assert "第一条　摊位收费十元。" in result.out
    assert "2018-01-05版，2018-03-01起施行，2023-06-01起有新的版本" in result.out
    assert run("laws", "show", "集市管理条例").out.count("第") >= 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "集市条例"), 1, "名称相近的有：《集市管理条例》"),
        (("show", "集市管理条例", "9"), 1, "没有9"),
        (("show", "集市管理条例", "总则"), 2, "看不懂条号"),
        (("show", "集市管理条例", "1", "--as-of", "2001-01-01"), 1, "有效的版本，只有"),
        (("search", "沉香木雕"), 1, "没有找到"),
        (("search", "摊位", "--limit", "0"), 2, "条数"),
        (("search", "摊位", "--library", "absent.sqlite"), 2, "没有法规库"),
        (("import", "absent"), 2, "没有这个文件夹"),
        ((), 2, "缺少参数"),
    ],
)
def test_what_goes_wrong(run: Run, laws: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    run("laws", "import", "laws")
    result = run("laws", *arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err


def test_search(run: Run, laws: Path) -> None:
    run("laws", "import", "laws")
    result = run("laws", "search", "占道", "经营", "--limit", "1")
    assert result.code == 0
    assert result.out.splitlines() == [
        "1. 《集市管理条例》　第一条　（2023-04-06版，2023-06-01起施行）",
        "   第一条 禁止占道经营。",
    ]
    assert "（2018-01-05版" in run("laws", "search", "摊位", "--as-of", "2020-01-01").out


def test_the_library_that_the_configuration_names(run: Run, laws: Path) -> None:
    Path("normcheck.toml").write_text('[laws]\nlibrary = "data/all.sqlite"\n', encoding="utf-8")
    assert run("laws", "import", "laws").code == 0
    assert Path("data/all.sqlite").is_file()
    assert run("laws", "search", "占道").code == 0
    Path("normcheck.toml").write_text("[laws]\nlibrary = 3\n", encoding="utf-8")
    assert "应当是一个路径" in run("laws", "search", "占道").err
