"""The law catalogue: no contradictions in it, known figures, and how titles are looked up."""

from __future__ import annotations

import runpy
import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from checker import data_root
from checker.catalogue import Catalogue, Version, key, load_catalogue, state_of
from checker.errors import ReferenceDataError
from checker.reference import load_reference

FOLDER = data_root() / "corpora" / "laws"
CODE = "中华人民共和国生态环境法典"
TEN = [
    "环境保护法",
    "环境影响评价法",
    "海洋环境保护法",
    "大气污染防治法",
    "水污染防治法",
    "土壤污染防治法",
    "固体废物污染环境防治法",
    "噪声污染防治法",
    "放射性污染防治法",
    "清洁生产促进法",
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(FOLDER)


def rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (FOLDER / name).read_text("utf-8").splitlines()[2:]]


def every(catalogue: Catalogue) -> list[Version]:
    return [version for row in rows("catalogue.tsv") for version in catalogue.versions(row[1])]


def test_every_version_has_its_dates_in_order(catalogue: Catalogue) -> None:
    wrong = [
        version.title
        for version in every(catalogue)
        if (version.adopted and version.adopted > version.published)
        or (version.effective and not 0 <= (version.effective - version.published).days <= 730)
        or not version.published <= version.state <= max(catalogue.state, version.since)
        or (version.articles is not None and version.articles < 1)
    ]
    assert not wrong


def test_the_keys_are_those_the_program_computes() -> None:
    assert not [row[1] for name in ("catalogue.tsv", "repeals.tsv") for row in rows(name) if row[0] != key(row[1])]


def test_no_version_stands_twice() -> None:
    named = [(row[1], row[3], row[7]) for row in rows("catalogue.tsv")]
    assert len(named) == len(set(named))


def test_repeals_name_a_known_successor_other_than_themselves(catalogue: Catalogue) -> None:
    for row in rows("repeals.tsv"):
        repeal = catalogue.repeal(row[1])
        assert repeal is not None
        assert catalogue.versions(repeal.successor), repeal
        assert key(repeal.title) != key(repeal.successor)
        assert all(version.published <= repeal.since for version in catalogue.versions(repeal.title)), repeal


def test_an_older_version_holds_beyond_its_day_only_with_a_proof(catalogue: Catalogue) -> None:
    proved = {(row[0], date.fromisoformat(row[1])): date.fromisoformat(row[2]) for row in rows("successions.tsv")}
    assert all(row[3] for row in rows("successions.tsv"))
    for row in rows("catalogue.tsv"):
        versions = [version for version in catalogue.versions(row[1]) if version.place == row[3]]
        for older, newer in pairwise(versions):
            until = proved.get((older.title, older.published), older.published)
            assert older.state == until <= newer.since, older


@pytest.mark.parametrize(
    ("title", "published", "until", "proof"),
    [
        ("行政复议法", date(2017, 9, 1), date(2024, 1, 1), "第九十条"),
        ("公司法", date(2018, 10, 26), date(2024, 7, 1), "第二百六十六条"),
        ("反垄断法", date(2007, 8, 30), date(2022, 6, 24), "lines under the title"),
        ("治安管理处罚法", date(2012, 10, 26), date(2025, 4, 19), "newest text in"),
        ("网络安全法", date(2016, 11, 7), date(2025, 4, 19), "newest text in"),
    ],
)
def test_proofs_of_succession(catalogue: Catalogue, title: str, published: date, until: date, proof: str) -> None:
    (row,) = (row for row in rows("successions.tsv") if key(row[0]) == title and row[1] == published.isoformat())
    assert proof in row[3]
    (version,) = (version for version in catalogue.versions(title) if version.published == published)
    assert version.state == until


@pytest.mark.parametrize(
    ("title", "day", "articles"),
    [
        ("立法法", date(2023, 3, 13), 120),
        ("立法法", date(2015, 3, 15), 105),
        ("行政处罚法", date(2021, 1, 22), 86),
        ("行政许可法", date(2019, 4, 23), 83),
        ("行政强制法", date(2011, 6, 30), 71),
        ("行政复议法", date(2023, 9, 1), 90),
        ("民法典", date(2020, 5, 28), 1260),
        ("生态环境法典", date(2026, 3, 12), 1242),
        ("公司法", date(2023, 12, 29), 266),
        ("反垄断法", date(2022, 6, 24), 70),
        ("政府信息公开条例", date(2019, 4, 3), 56),
        ("公平竞争审查条例", date(2024, 6, 6), 27),
        ("重大行政决策程序暂行条例", date(2019, 9, 1), 44),
        ("规章制定程序条例", date(2017, 12, 22), 41),
    ],
)
def test_known_counts_of_articles(catalogue: Catalogue, title: str, day: date, articles: int) -> None:
    found = [version for version in catalogue.versions(title) if version.published == day]
    assert [version.articles for version in found] == [articles]
    assert found[0].checked


@pytest.mark.parametrize("title", TEN)
def test_the_code_replaces_ten_laws(catalogue: Catalogue, title: str) -> None:
    repeal = catalogue.repeal(title)
    assert repeal is not None
    assert (repeal.successor, repeal.since, repeal.exact) == (CODE, date(2026, 8, 15), True)


@pytest.mark.parametrize(
    ("title", "successor", "since"),
    [
        ("合同法", "民法典", date(2021, 1, 1)),
        ("婚姻法", "民法典", date(2021, 1, 1)),
        ("法规规章备案条例", "法规规章备案审查条例", date(2024, 11, 1)),
        ("环境噪声污染防治法", "噪声污染防治法", date(2022, 6, 5)),
        ("治安管理处罚条例", "治安管理处罚法", date(2006, 3, 1)),
        ("行政监察法", "监察法", date(2018, 3, 20)),
        ("行政复议条例", "行政复议法", date(1999, 10, 1)),
    ],
)
def test_known_repeals(catalogue: Catalogue, title: str, successor: str, since: date) -> None:
    repeal = catalogue.repeal(title)
    assert repeal is not None
    assert (key(repeal.successor), repeal.since) == (successor, since)


@pytest.mark.parametrize("title", ["国家安全法", "企业名称登记管理规定", "行政处罚法", "民法典"])
def test_a_title_that_is_in_force_is_not_repealed(catalogue: Catalogue, title: str) -> None:
    assert catalogue.repeal(title) is None


@pytest.mark.parametrize(
    "written",
    [
        "中华人民共和国行政处罚法",
        "行政处罚法",
        "中华人民共和国 行政处罚法",
        "中华人民共和国行政处罚法（2021年修订）",
        "行政处罚法(2021修订)",
    ],
)
def test_ways_of_writing_a_title(catalogue: Catalogue, written: str) -> None:
    assert [version.title for version in catalogue.versions(written)] == ["中华人民共和国行政处罚法"]


def test_a_title_that_is_not_there_is_unknown(catalogue: Catalogue) -> None:
    assert catalogue.versions("青云市供水条例") == ()
    assert not catalogue.knows("青云市供水条例")
    assert catalogue.repeal("青云市供水条例") is None


def test_a_title_that_misses_the_word_for_provisional(catalogue: Catalogue) -> None:
    assert catalogue.kindred("重大行政决策程序条例") == "重大行政决策程序暂行条例"
    assert catalogue.kindred("重大行政决策程序暂行条例") is None
    assert catalogue.kindred("青云市供水条例") is None


def test_orders_of_the_state_council(catalogue: Catalogue) -> None:
    assert {version.title for version in catalogue.of_order(711)} == {"中华人民共和国政府信息公开条例"}
    assert catalogue.of_order(99999) == ()


def test_the_reference_tells_the_state(catalogue: Catalogue) -> None:
    reference = load_reference()
    assert reference.law_state == catalogue.state == state_of(FOLDER) == date(2026, 8, 20)
    assert reference.knows_law("行政强制法")


def test_damaged_tables_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError, match="读不了"):
        load_catalogue(tmp_path)
    (tmp_path / "catalogue.tsv").write_text("key\ttitle\n", encoding="utf-8")
    with pytest.raises(ReferenceDataError, match="截至日期"):
        state_of(tmp_path)


def test_the_script_makes_the_tables(shared: Path, tmp_path: Path) -> None:
    """Made anew from the sources, the tables are those that are kept."""
    script = Path(shutil.copy(FOLDER / "make_catalogue.py", tmp_path))
    runpy.run_path(str(script))["main"](shared / "corpora")
    for name in ("catalogue.tsv", "repeals.tsv", "successions.tsv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
