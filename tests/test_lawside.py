"""The law beside a finding: which articles, in which text, and what is said where the library is behind the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checker.catalogue import Catalogue
from checker.dossier import build_case
from checker.facts import extract
from checker.lawlib import import_folder
from checker.lawlib.shelf import Shelf
from checker.lawside import RELATED, related, with_law
from checker.model import Basis, Evidence, Finding, LawBeside, Report, Span
from checker.reading import read
from checker.reference import LawTexts

MARKET = """集市管理条例
（2018年1月5日国务院令第9901号公布）
第一条　为了加强集市管理，制定本条例。
第二条　集市开办者应当在入口处公示摊位收费标准。
第三条　{fine}
第三条之一　流动摊贩在划定的时段和地点经营的，不收取摊位费。
第四条　{long}
第五条　本条例自2018年3月1日起施行。
"""
OLD = MARKET.format(fine="占用通道摆摊的，处五十元罚款。", long="甲" * 2_500)
NEW = MARKET.replace("2018", "2023").replace("9901", "9907").format(fine="占用通道摆摊的，责令改正。", long="略。")
CARTS = """手推车登记条例
（2015年6月1日国务院令第9902号公布）
第一条　占用通道停放手推车或者摆摊的，由集市开办者劝离。
第二条　本条例自2015年7月1日起施行。
"""
BUREAU = """集市计量办法
（2015年6月1日国家秤砣管理总局令第3号公布）
第一条　占用通道摆摊的，由集市开办者劝离，并检查其用秤。
第二条　本办法自2015年7月1日起施行。
"""
TEXT = """青禾县人民政府关于印发《青禾县集市管理办法》的通知

青政规发〔2024〕3号

第一条　为了加强集市管理，根据《集市管理条例》第二条，制定本办法。
第二条　经营者占用通道摆摊的，依照《集市管理条例》第二条、第三条、第三条之一和第九条的规定处理。
第三条　经营者占用通道摆摊或者在入口处停放手推车的，由集市开办者劝离。
第四条　本办法自2024年4月1日起施行。

青禾县人民政府
2024年3月5日
"""
BASIS = Basis("集市管理条例", "第三条第一款、第五条", "不得占用通道", "legal", "V1", date(2018, 3, 1))


def row(title: str, published: str, level: str = "行政法规") -> tuple[str, list[str]]:
    return title, [f"{title}\t{title}\t{level}\t\t国务院\t\t{published}\t{published}\t\t9\ty\t2026-01-01"]


KNOWN = Catalogue(date(2026, 1, 1), {}, {})
"""A catalogue that knows none of these laws."""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "laws"
    folder.mkdir()
    for name, text in {"旧": OLD, "新": NEW, "车": CARTS, "秤": BUREAU}.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    import_folder(folder, tmp_path / "laws.sqlite")
    return Shelf(tmp_path / "laws.sqlite")


def report(quote: str, clause: str | None, *bases: Basis, as_of: date | None = None) -> Report:
    """One finding on `quote`, as a rule would make it."""
    document = read(TEXT.encode(), "办法.txt")
    facts = extract(document)
    case = build_case([document], [facts], as_of=as_of, today=date(2024, 6, 1))
    start = document.text.index(quote)
    mark = Evidence("办法.txt", quote, Span(start, start + len(quote)), clause=clause)
    found = Finding("rule", "C03", "error", "suspected", "。", "", clause, (mark,), bases, "f00d" * 4)
    return Report(case, findings=(found,), name="办法.txt")


def beside(shelf: Shelf, made: Report, catalogue: Catalogue = KNOWN) -> list[LawBeside]:
    return list(with_law(made, shelf, catalogue).findings[0].law)


def test_the_shelf_is_what_rules_see(shelf: Shelf) -> None:
    laws: LawTexts = shelf
    found = laws.article("集市管理条例", "第三条", date(2024, 3, 5))
    assert found is not None
    assert found.text == "第三条　占用通道摆摊的，责令改正。"
    assert laws.article("没有的条例", "第三条") is None


def test_bases_in_the_text_of_the_documents_day(shelf: Shelf) -> None:
    now = beside(shelf, report("劝离", None, BASIS))
    assert [(law.relation, law.article, law.version, law.number) for law in now] == [
        ("basis", "第三条", date(2023, 1, 5), "国务院令第9907号"),
        ("basis", "第五条", date(2023, 1, 5), "国务院令第9907号"),
    ]
    then = beside(shelf, report("劝离", None, BASIS, as_of=date(2020, 1, 1)))
    assert then[0].text == "第三条　占用通道摆摊的，处五十元罚款。"
    assert then[0].since == date(2018, 3, 1)
    before = beside(shelf, report("劝离", None, BASIS, as_of=date(2016, 1, 1)))
    assert [(law.text, law.note[:24]) for law in before] == [("", "法规库里没有它在2016-01-01有效的文本，")] * 2
    indicator = replace(BASIS, role="indicator")
    other = replace(BASIS, law="没有的条例")
    parts = replace(BASIS, article="第七部分")
    assert beside(shelf, report("劝离", None, indicator, other, parts)) == []


def test_what_the_document_cites(shelf: Shelf) -> None:
    quote = "《集市管理条例》第二条、第三条、第三条之一和第九条"
    found = beside(shelf, report(quote, None))
    assert [(law.relation, law.article, bool(law.text)) for law in found] == [
        ("cited", "第二条", True),
        ("cited", "第三条", True),
        ("cited", "第三条之一", True),
    ]
    assert found[-1].note == "另有第九条，用 normcheck laws show 查看。"
    wrong = beside(shelf, report("劝离", None, replace(BASIS, article="第九条")))
    assert [(law.text, law.note) for law in wrong] == [("", "法规库里的文本（2023-01-05版）没有第九条。")]


def test_what_the_sentence_cites_where_the_words_themselves_cite_nothing(shelf: Shelf) -> None:
    found = beside(shelf, report("占用通道摆摊", None))
    assert [(law.relation, law.article) for law in found] == [
        ("cited", "第二条"),
        ("cited", "第三条"),
        ("cited", "第三条之一"),
    ]
    assert beside(shelf, report("入口处停放", None)) == []


def test_ranges_are_written_out_up_to_three(shelf: Shelf) -> None:
    found = beside(shelf, report("劝离", None, replace(BASIS, article="第一条至第五条")))
    assert [law.article for law in found] == ["第一条", "第二条", "第三条"]
    assert found[-1].note == "另有第四条等，用 normcheck laws show 查看。"


def test_a_long_article_is_cut_and_says_where_the_rest_is(shelf: Shelf) -> None:
    (found,) = beside(shelf, report("劝离", None, replace(BASIS, article="第四条"), as_of=date(2020, 1, 1)))
    assert len(found.text) < 2_100
    assert found.text.endswith("……")
    assert found.note == "条文较长，全文：normcheck laws show 集市管理条例 第四条 --as-of 2018-03-01。"


def test_akin_articles_are_of_laws_and_administrative_regulations(shelf: Shelf) -> None:
    found = beside(shelf, report("由集市开办者劝离", "第三条", BASIS))
    akin = [(law.title, law.article) for law in found if law.relation == "related"]
    assert akin[0] == ("手推车登记条例", "第一条")
    assert "集市计量办法" not in {title for title, _ in akin}
    assert ("集市管理条例", "第三条") not in akin  # it stands there as a basis
    assert ("集市管理条例", "第五条") not in akin  # 本条例自……起施行
    assert len(akin) <= RELATED


@pytest.mark.parametrize(
    ("quote", "clause"),
    [
        ("为了加强集市管理", "第一条"),  # why the document is made
        ("自2024年4月1日起施行", "第四条"),
        ("第三条　", "第三条"),  # a number
        ("青政规发", None),
    ],
)
def test_no_akin_articles_where_the_words_say_nothing(shelf: Shelf, quote: str, clause: str | None) -> None:
    assert [law for law in beside(shelf, report(quote, clause)) if law.relation == "related"] == []


def test_what_the_catalogue_knows_better(shelf: Shelf) -> None:
    day = date(2024, 3, 5)
    clause = "经营者占用通道停放手推车或者摆摊的，由集市开办者劝离。"
    repeal = {"手推车登记条例": "手推车登记条例\t手推车登记条例\t车辆条例\t2022-01-01\ty"}
    gone = Catalogue(date(2026, 1, 1), dict([row("手推车登记条例", "2015-06-01")]), repeal)
    assert "手推车登记条例" in {article.title for article in related(clause, shelf, KNOWN, day)}
    assert "手推车登记条例" not in {article.title for article in related(clause, shelf, gone, day)}
    assert "手推车登记条例" in {article.title for article in related(clause, shelf, gone, date(2021, 1, 1))}
    basis = replace(BASIS, law="手推车登记条例", article="第一条")
    (found,) = beside(shelf, report("劝离", None, basis), gone)
    assert found.note == "据法规目录，它自2022-01-01起已经由《车辆条例》废止。"

    title, lines = row("手推车登记条例", "2015-06-01")
    newer = Catalogue(date(2026, 1, 1), {title: [*lines, *row(title, "2021-02-03")[1]]}, {})
    (found,) = beside(shelf, report("劝离", None, basis), newer)
    assert found.note == "法规目录里还有2021-02-03公布的文本，法规库里没有，请核对当时有效的条文。"

    local = Catalogue(date(2026, 1, 1), dict([row("手推车登记条例", "2015-06-01", "地方性法规")]), {})
    assert "手推车登记条例" not in {article.title for article in related(clause, shelf, local, day)}


def test_a_library_that_fails_says_so_once_and_stays_silent(shelf: Shelf, tmp_path: Path) -> None:
    absent = Shelf(tmp_path / "absent.sqlite")
    assert absent.article("集市管理条例", "1") is None
    assert not absent.search("摆摊")
    assert not absent.versions("集市管理条例")
    assert absent.trouble is not None
    assert "没有法规库" in absent.trouble.what
    made = report("劝离", None, BASIS)
    assert with_law(made, absent, KNOWN) == made
    assert shelf.trouble is None
