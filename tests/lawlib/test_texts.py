"""Laws as text, in the forms that offices download."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest

from checker.errors import ReadError
from checker.lawlib.texts import LawText, article_label, article_number, parse, title_key
from checker.reading import read


def law(text: str, name: str = "a.md") -> LawText:
    return parse(read(text.encode(), name))


MARKDOWN = """# 青禾县集市管理条例

2019年3月1日 青禾县第一次会议通过

2023年5月6日 青禾县第二次会议《关于修改〈青禾县集市管理条例〉的决定》修正

<!-- INFO END -->

## 第一章 总则

第一条 为了管理集市，制定本条例。

第二条 摊主应当亮证经营，依照
第三条规定的办法缴费。

## 第二章 附则

第三条 缴费办法另定。

第三条之一 残疾人免费。

第四条 本条例自2019年6月1日起施行。
"""


def test_markdown_with_chapters_and_an_inserted_article() -> None:
    found = law(MARKDOWN, "集市/集市管理条例(2023-05-06).md")
    assert (found.title, found.version, found.adopted) == ("青禾县集市管理条例", date(2023, 5, 6), date(2019, 3, 1))
    assert [(a.label, a.number, a.sub, a.chapter) for a in found.articles] == [
        ("第一条", 1, 0, "第一章 总则"),
        ("第二条", 2, 0, "第一章 总则"),
        ("第三条", 3, 0, "第二章 附则"),
        ("第三条之一", 3, 1, "第二章 附则"),
        ("第四条", 4, 0, "第二章 附则"),
    ]
    assert found.articles[1].text.endswith("缴费。")


def test_an_original_effective_date_does_not_date_a_revision() -> None:
    found = law(MARKDOWN)
    assert found.effective == date(2019, 6, 1)
    assert found.since == found.version == date(2023, 5, 6)


def test_docx_with_head_note_in_parentheses_and_contents() -> None:
    document = docx.Document()
    for line in (
        "中华人民共和国",
        "集市管理法",
        "（2020年2月3日第一届全国人民代表大会常务委员会第九次会议通过）",
        "目　　录",
        "第一章　总则",
        "第二章　附则",
        "第一章　总则",
        "第一条　为了管理集市，制定本法。",
        "摊主是指经营者。",
        "第二章　附则",
        "第二条　本法自2020年7月1日起施行。",
    ):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    found = parse(read(out.getvalue(), "集市管理法.docx"))
    assert found.title == "中华人民共和国集市管理法"
    assert (found.version, found.since) == (date(2020, 2, 3), date(2020, 7, 1))
    assert [a.label for a in found.articles] == ["第一条", "第二条"]
    assert found.articles[0].text == "第一条　为了管理集市，制定本法。\n摊主是指经营者。"


def test_a_law_behind_the_order_that_published_it() -> None:
    found = law(
        "中华人民共和国国务院令\n第999号\n《集市登记条例》已经通过，现予公布，自2024年9月1日起施行。\n2024年6月5日\n集市登记条例\n第一条　登记集市。\n第二条　登记免费。\n",
        "a.txt",
    )
    assert (found.title, found.version, found.since) == ("集市登记条例", date(2024, 6, 5), date(2024, 9, 1))
    assert found.number == "中华人民共和国国务院令第999号"


def test_a_text_without_articles_goes_by_paragraphs() -> None:
    found = law(
        "# 青禾县关于集市的批复\n\n<!-- INFO END -->\n\n一、同意设立。\n\n二、免收费用。\n", "批复(2024-01-02).md"
    )
    assert [(a.label, a.number) for a in found.articles] == [("第1段", None), ("第2段", None)]


def test_an_annex_that_begins_again_is_not_the_law_itself() -> None:
    found = law("# 甲办法\n\n第一条 总。\n\n第二条 终。\n\n乙须知\n\n第一条 须知。\n")
    assert [a.number for a in found.articles] == [1, 2, None]


def test_a_notice_is_found_under_what_it_prints() -> None:
    found = law("关于印发《青禾县摊位办法》的通知\n\n各乡镇：\n第一条　摊位免费。\n", "n.txt")
    assert title_key("青禾县摊位办法") in map(title_key, found.aliases)


@pytest.mark.parametrize("text", ["---\nbook: true\n---", "# 题目条例\n"])
def test_a_file_without_text(text: str) -> None:
    with pytest.raises(ReadError):
        law(text)


def test_a_note_is_no_law() -> None:
    with pytest.raises(ReadError, match="看不出是法规"):
        law("周一开会\n记得带材料\n", "备忘.txt")


def test_titles_and_numbers() -> None:
    assert title_key("《中华人民共和国集市法》") == title_key("集市法（2021年修订）") == "集市法"
    assert title_key("集市法(试行)") == "集市法（试行）"
    assert article_number("第12条之一") == (12, 1)
    assert article_number("３３") == (33, 0)
    assert article_number("总则") is None
    assert [article_label(n) for n in (10, 12, 101, 110, 1260)] == [
        "第十条",
        "第十二条",
        "第一百零一条",
        "第一百一十条",
        "第一千二百六十条",
    ]
