"""What the index of the law library is made of: words, and pairs of neighbouring characters.

The words come from jieba with a dictionary that knows the titles of the laws; the pairs find what jieba cuts apart.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from checker.lawlib.texts import title_key

if TYPE_CHECKING:
    import jieba

_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+|\d+(?:\.\d+)?")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
_OPENING = re.compile(r"^第\s*[一二三四五六七八九十百千零〇0-9]+\s*条(?:之[一二三四五六七八九十]+)?")
# fmt: off
_STOP = frozenset((
    "的", "了", "和", "与", "或", "或者", "以及", "及", "其", "其他", "在", "对", "对于", "由", "将", "被", "把", "为", "是", "有", "不",
    "应当", "应", "可以", "必须", "得", "等", "并", "按照", "按", "依照", "依据", "根据", "规定", "本法", "本条例", "本办法", "本规定",
    "有关", "相关", "进行", "下列", "情形", "第", "条", "款", "项", "之", "者", "以", "所", "于", "自", "至", "从", "向", "该", "各",
    "上述", "前款", "本条", "中", "内", "后", "前", "上", "下", "时", "但是", "因", "则", "也", "均", "经", "个", "年", "月", "日",
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "需要", "如", "若", "且", "而", "又", "这", "那", "此", "着", "过",
    "一个", "任何",
))
# fmt: on
_FREQUENCY = 200_000


class Words:
    """Cuts text into words. Holds jieba's dictionary and the titles given, so it is made once and kept."""

    def __init__(self, titles: Iterable[str] = ()) -> None:
        self._cutter = _tokenizer()
        for title in titles:
            self.add(title)

    def add(self, title: str) -> None:
        """Makes a law's title, and its name without 中华人民共和国, one word."""
        for word in dictionary_words(title):
            self._cutter.add_word(word, _FREQUENCY)

    def of(self, text: str) -> list[str]:
        """The words of `text` with the shorter words inside the longer; without those that every law has."""
        text = _OPENING.sub("", text)
        return [
            word.lower()
            for run in _RUN.findall(text)
            for word in self._cutter.cut_for_search(run, HMM=False)
            if word not in _STOP
        ]


def dictionary_words(title: str) -> Iterator[str]:
    """The words that a title adds to the dictionary; long titles are sentences and add none."""
    key = title_key(title)
    if 3 <= len(key) <= 14 and re.fullmatch(r"[\u4e00-\u9fff]+", key):
        yield key


def pairs(text: str) -> list[str]:
    """Every two neighbouring characters of Chinese."""
    text = _OPENING.sub("", text)
    return [run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)]


def _tokenizer() -> jieba.Tokenizer:
    import jieba  # noqa: PLC0415  (slow to import, needed by the library alone)

    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer()
    # jieba keeps its dictionary, marshalled, in a folder that others can write to unless it is given one
    tokenizer.tmp_dir = str(_cache_folder())
    tokenizer.initialize()
    return tokenizer


@cache
def _cache_folder() -> Path:
    """A folder of the user's own. Where it cannot be made jieba finds none, and works without a cache."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    folder = Path(base) / "normcheck"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return folder / "absent"
    return folder
