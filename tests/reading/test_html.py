from __future__ import annotations

import time
from dataclasses import replace

import pytest

from checker.errors import LimitExceeded
from checker.model import Document, Role, TextAnchor
from checker.reading import DEFAULT, read


def page(body: str, head: str = "") -> Document:
    return read(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), "公告.html")


def test_visible_text_block_by_block() -> None:
    document = page(
        "<nav>首页</nav><h1>关于<b>印发</b>办法的通知</h1><script>alert(1)</script><style>p{}</style><!-- 注释 -->"
        "<div>各县（区）人民政府：<p>第一条&#12288;为了规范&amp;管理&nbsp;。</p>尾</div><ul><li>一</li><li>二</li></ul>"
        "<p style='display: none'>隐藏</p><p hidden>也隐藏</p><form><input value='x'><button>提交</button></form>",
        "<title>网站</title>",
    )

    assert document.format == "html"
    assert document.text == "关于印发办法的通知\n各县（区）人民政府：\n第一条　为了规范&管理\xa0。\n尾\n一\n二"
    assert (document.blocks[0].role, document.blocks[0].level) == (Role.HEADING, 1)
    assert document.body_end == len(document.text)


def test_white_space_as_a_browser_shows_it() -> None:
    assert (
        page("<p>\n  第一条　为了规范\n  管理，use  of\n  it <b> x</b>。\n</p><pre>甲\n  乙</pre>").text
        == "第一条　为了规范管理，use of it x。\n甲\n  乙"
    )


def test_breaks() -> None:
    assert len(page("<p>某某市人民政府<br>关于印发的通知</p>").blocks) == 1
    document = page("<div>第一条 甲。<br>　　第二条 乙。<br/><br/>第三条 丙。<br>&nbsp;&nbsp;第四条<br></div>")

    assert [block.span.of(document.text) for block in document.blocks] == [
        "第一条 甲。",
        "　　第二条 乙。",
        "第三条 丙。",
        "\xa0\xa0第四条",
    ]


def test_tables_by_cells() -> None:
    document = page(
        "<table><caption>表1</caption><tr><th rowspan=2>序号</th><th colspan=2>内容</th></tr><tr><td></td><td><p>甲</p><p>乙</p></td></tr></table>"
        "<table><tr><td><p>版面</p></td></tr></table>"
    )

    assert document.text == "表1\n序号\t内容\n甲\n乙\n版面"
    assert [block.table for block in document.blocks] == [None, (0, 0, 0), (0, 0, 1), (0, 1, 2), (0, 1, 2), None]
    assert [block.role for block in document.blocks][-1] is Role.PARAGRAPH


def test_layout_tables_are_plain_text_around_data_tables() -> None:
    document = page("<table><tr><td>前</td><td><table><tr><td>一</td><td>二</td></tr></table>后</td></tr></table>")

    assert [(block.span.of(document.text), block.table) for block in document.blocks] == [
        ("前", None),
        ("一", (0, 0, 0)),
        ("二", (0, 0, 1)),
        ("后", None),
    ]


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030", "utf-8", None])
def test_declared_encodings(declared: str | None) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    source = f"<html><head>{meta}</head><body><p>镕基同志关于印发办法的通知</p></body></html>"
    document = read(source.encode("utf-8" if declared == "utf-8" else "gb18030"), "公告.htm")

    assert document.text == "镕基同志关于印发办法的通知"
    assert document.problems == ()


def test_a_wrong_declaration_does_not_garble() -> None:
    source = '<html><meta charset="gb2312"><p>关于印发办法的通知</p></html>'

    assert read(source.encode(), "公告.html").text == "关于印发办法的通知"


def test_anchors_name_the_line_of_the_source() -> None:
    document = read("<html>\n<body>\n<p>甲</p>\n\n<p>乙</p></body></html>".encode(), "公告.html")

    assert [block.anchor for block in document.blocks] == [TextAnchor(3, 14), TextAnchor(5, 24)]


def test_html_is_found_by_content() -> None:
    assert read("﻿  <!-- x -->\n<HTML><p>甲".encode(), "公告.txt").format == "html"
    assert (
        read(
            '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "x"><html><p>甲</p></html>'.encode(),
            "公告.xhtml",
        ).text
        == "甲"
    )
    assert read("<p>甲</p>".encode(), "公告.html").text == "甲"
    assert read("<html><p>甲</p>".encode("utf-16"), "公告.html").text == "甲"
    assert read("<p>甲</p>".encode(), "公告.txt").format == "txt"


def test_comments_at_the_head_cost_nothing() -> None:
    start = time.perf_counter()

    assert read(b"<!---->" * 580 + b"x", "a.txt").format == "txt"
    assert time.perf_counter() - start < 0.5


def test_limits() -> None:
    with pytest.raises(LimitExceeded):
        page("<div>" * 5000 + "甲")
    with pytest.raises(LimitExceeded):
        read(b"<html>" + b"<b>" * 230 + b"x", "a.html")
    with pytest.raises(LimitExceeded):
        read(("<html>" + "<p>甲</p>" * 20).encode(), "a.html", replace(DEFAULT, paragraphs=10))


def test_external_entities_are_not_fetched() -> None:
    document = read(b'<!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]><html><p>x&e;</p></html>', "a.html")

    assert "root:" not in document.text
