"""Hostile and very long texts: no pattern may lose itself; ten times the text takes no more than about ten times as long."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from checker.facts import extract
from checker.reading import read

HEAD = "青禾县人民政府关于城镇供水的通知\n各乡镇人民政府：\n"
TEXTS: dict[str, Callable[[int], str]] = {
    "blanks": lambda n: HEAD + "　" * n + "自2024年1月1日起施行",
    "open brackets": lambda n: HEAD + "《" * n,
    "nested titles": lambda n: HEAD + "《〈" * (n // 2) + "》废止",
    "dates": lambda n: HEAD + "2024年1月1日" * (n // 9),
    "one sentence": lambda n: HEAD + "企业应当按照规定，" * (n // 9),
    "a long list of repeals": lambda n: HEAD.replace("关于", "关于废止") + "《某某办法》、" * (n // 7) + "同时废止",
    "many repeals": lambda n: HEAD.replace("关于", "关于废止") + "《某某办法》同时废止、" * (n // 11),
    "blank lines": lambda n: "\n" * n + "通知\n" * (n // 3),
    "short lines": lambda n: "甲\n" * (n // 2),
    "run-together organs": lambda n: "青禾县人民政府" * (n // 7),
    "Chinese digits": lambda n: "二〇" * (n // 2),
    "quotation marks": lambda n: HEAD + "“" * n,
    "reasons": lambda n: HEAD + "因" * n + "紧急",
    "deadlines": lambda n: "关于公开征求意见的公告\n" + "请于1月2日前反馈意见，" * (n // 12),
    "meetings": lambda n: "青禾市人民政府令\n第1号\n《某办法》已经" + "第1次" * (n // 3) + "现予公布\n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_long_and_hostile_texts_end_in_time(name: str) -> None:
    """100,000 characters of one shape are read in a few seconds, without an error of ours."""
    document = read(TEXTS[name](100_000).encode(), "a.txt")
    start = time.perf_counter()
    extract(document)

    assert time.perf_counter() - start < 5


def test_a_document_of_300_000_characters() -> None:
    """An ordinary text of that length takes about a second."""
    article = "第{}条　供水单位应当建立水质检测制度，公民、法人和其他组织有权查询检测结果。《城市供水条例》第八条另有规定的除外。\n"
    text = HEAD + "".join(article.format(number) for number in range(1, 5000))
    document = read((text + "本办法自2024年5月1日起施行。\n").encode(), "long.txt")
    start = time.perf_counter()
    facts = extract(document)

    assert len(document.text) > 280_000
    assert str(facts.date("effective")) == "2024-05-01"
    assert time.perf_counter() - start < 5
