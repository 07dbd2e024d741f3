from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from checker.model import DocxAnchor
from checker.reading import read
from checker.reading.numbering import formatted

MakeDocx = Callable[..., bytes]


def level(index: int, fmt: str, text: str, *, start: int = 1, extra: str = "") -> str:
    return f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{extra}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(identity: int, *levels: str, extra: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{identity}">{extra}{"".join(levels)}</w:abstractNum>'


def num(identity: int, of: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{identity}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


def restart(index: int, start: int) -> str:
    return f'<w:lvlOverride w:ilvl="{index}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def item(
    num_id: int | None = None, ilvl: int | None = None, *, style: str = "", text: str = "甲", mark: str = ""
) -> str:
    numbering = ("" if ilvl is None else f'<w:ilvl w:val="{ilvl}"/>') + (
        "" if num_id is None else f'<w:numId w:val="{num_id}"/>'
    )
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + (
        f"<w:numPr>{numbering}</w:numPr>" if numbering else ""
    )
    return f"<w:p><w:pPr>{properties}{mark}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def style(
    identity: str, numbering: str = "", *, based_on: str = "", kind: str = "paragraph", default: bool = False
) -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    number = f"<w:pPr><w:numPr>{numbering}</w:numPr></w:pPr>" if numbering else ""
    marked = ' w:default="1"' if default else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{identity}"{marked}><w:name w:val="{identity}"/>{base}{number}</w:style>'
    )


def labels(data: bytes) -> list[str]:
    """What stands before each 甲."""
    document = read(data, "样本.docx")
    return [block.span.of(document.text).removesuffix("甲") for block in document.blocks]


ARTICLES = abstract(0, level(0, "chineseCounting", "第%1条"), level(1, "chineseCounting", "（%2）"))


def test_the_article_number_is_in_the_text_and_marked_as_generated(make_docx: MakeDocx) -> None:
    document = read(make_docx(item(1, 0) + item(1, 0), numbering=ARTICLES + num(1, 0)), "样本.docx")

    assert document.text == "第一条　甲\n第二条　甲"
    anchor = document.blocks[1].anchor
    assert isinstance(anchor, DocxAnchor)
    assert [(run.start, run.length, run.node) for run in anchor.runs] == [(6, 4, -1), (10, 1, 0)]


def test_levels_restart_below_a_higher_one(make_docx: MakeDocx) -> None:
    body = item(1, 0) + item(1, 1) + item(1, 1) + item(1, 0) + item(1, 1)

    assert labels(make_docx(body, numbering=ARTICLES + num(1, 0))) == [
        "第一条　",
        "（一）　",
        "（二）　",
        "第二条　",
        "（一）　",
    ]


@pytest.mark.parametrize(("restarts", "last"), [("0", "3"), ("1", "3"), ("2", "1"), ("", "1")])
def test_lvl_restart_names_the_level_that_restarts(make_docx: MakeDocx, restarts: str, last: str) -> None:
    extra = f'<w:lvlRestart w:val="{restarts}"/>' if restarts else ""
    levels = abstract(0, level(0, "decimal", "%1"), level(1, "decimal", "%2"), level(2, "decimal", "%3", extra=extra))
    body = item(1, 0) + item(1, 1) + item(1, 2) + item(1, 2) + item(1, 1) + item(1, 2)

    assert labels(make_docx(body, numbering=levels + num(1, 0)))[-1] == f"{last}　"


def test_articles_that_run_on_through_the_chapters(make_docx: MakeDocx) -> None:
    levels = abstract(
        0,
        level(0, "chineseCountingThousand", "第%1章"),
        level(1, "chineseCountingThousand", "第%2条", extra='<w:lvlRestart w:val="0"/>'),
    )
    body = item(1, 0) + item(1, 1) + item(1, 1) + item(1, 0) + item(1, 1)

    assert labels(make_docx(body, numbering=levels + num(1, 0))) == [
        "第一章　",
        "第一条　",
        "第二条　",
        "第二章　",
        "第三条　",
    ]


def test_lists_of_one_definition_share_their_counts(make_docx: MakeDocx) -> None:
    assert labels(make_docx(item(1, 0) + item(2, 0) + item(1, 0), numbering=ARTICLES + num(1, 0) + num(2, 0))) == [
        "第一条　",
        "第二条　",
        "第三条　",
    ]


def test_a_start_override_restarts_once(make_docx: MakeDocx) -> None:
    numbering = ARTICLES + num(1, 0) + num(2, 0, restart(0, 5))

    assert labels(make_docx(item(1, 0) + item(2, 0) + item(2, 0) + item(1, 0), numbering=numbering)) == [
        "第一条　",
        "第五条　",
        "第六条　",
        "第七条　",
    ]


def test_an_override_with_a_level_of_its_own(make_docx: MakeDocx) -> None:
    suffix = '<w:suff w:val="nothing"/>'
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "%1．", extra=suffix)}</w:lvlOverride>'

    assert labels(make_docx(item(2, 0), numbering=ARTICLES + num(2, 0, own))) == ["1．"]


@pytest.mark.parametrize(("suffix", "expected"), [("tab", "1　"), ("space", "1　"), ("nothing", "1")])
def test_what_stands_behind_the_label(make_docx: MakeDocx, suffix: str, expected: str) -> None:
    levels = abstract(0, level(0, "decimal", "%1", extra=f'<w:suff w:val="{suffix}"/>'))

    assert labels(make_docx(item(1, 0), numbering=levels + num(1, 0))) == [expected]


def test_legal_numbering_turns_all_levels_to_digits(make_docx: MakeDocx) -> None:
    levels = abstract(
        0, level(0, "chineseCounting", "第%1章"), level(1, "chineseCounting", "%1.%2", extra="<w:isLgl/>")
    )

    assert labels(make_docx(item(1, 0) + item(1, 1), numbering=levels + num(1, 0))) == ["第一章　", "1.1　"]


def test_a_lower_level_first_starts_the_level_above(make_docx: MakeDocx) -> None:
    levels = abstract(0, level(0, "decimal", "%1"), level(1, "decimal", "%1.%2"))

    assert labels(make_docx(item(1, 1) + item(1, 1) + item(1, 0), numbering=levels + num(1, 0))) == [
        "1.1　",
        "1.2　",
        "2　",
    ]


def test_a_label_that_refers_below_itself_is_not_shown(make_docx: MakeDocx) -> None:
    assert labels(make_docx(item(1, 0), numbering=abstract(0, level(0, "decimal", "%1.%2")) + num(1, 0))) == [""]


def test_bullets_give_no_text(make_docx: MakeDocx) -> None:
    assert labels(make_docx(item(1, 0), numbering=abstract(0, level(0, "bullet", "●")) + num(1, 0))) == [""]


def test_numbering_through_styles(make_docx: MakeDocx) -> None:
    levels = abstract(
        0,
        level(0, "decimal", "%1", extra='<w:pStyle w:val="章"/>'),
        level(1, "decimal", "%1.%2", extra='<w:pStyle w:val="节"/>'),
    )
    styles = (
        style("章", '<w:numId w:val="1"/>')
        + style("节", '<w:ilvl w:val="1"/>', based_on="章")
        + style("小节", based_on="节")
        + style("无", '<w:numId w:val="0"/>', based_on="章")
    )
    body = (
        item(style="章")
        + item(style="节")
        + item(style="小节")
        + item(style="无")
        + item(0, style="章")
        + item(style="章")
    )

    assert labels(make_docx(body, numbering=levels + num(1, 0), styles=styles)) == [
        "1　",
        "1.1　",
        "1.2　",
        "",
        "",
        "2　",
    ]


def test_the_default_style_may_be_numbered(make_docx: MakeDocx) -> None:
    styles = style("正文", '<w:numId w:val="1"/>', default=True)

    assert labels(make_docx(item(), numbering=ARTICLES + num(1, 0), styles=styles)) == ["第一条　"]


def test_a_list_style_leads_to_the_definition(make_docx: MakeDocx) -> None:
    numbering = (
        abstract(0, extra='<w:numStyleLink w:val="清单"/>')
        + abstract(
            1,
            level(0, "chineseCounting", "%1、", extra="<w:suff w:val='nothing'/>"),
            extra='<w:styleLink w:val="清单"/>',
        )
        + num(1, 0)
        + num(2, 1)
    )
    styles = style("清单", '<w:numId w:val="2"/>', kind="numbering")

    assert labels(make_docx(item(1, 0) + item(2, 0), numbering=numbering, styles=styles)) == ["一、", "二、"]


def test_a_list_style_that_leads_to_itself_ends(make_docx: MakeDocx) -> None:
    numbering = abstract(0, extra='<w:numStyleLink w:val="清单"/>') + num(1, 0)

    assert labels(
        make_docx(item(1, 0), numbering=numbering, styles=style("清单", '<w:numId w:val="1"/>', kind="numbering"))
    ) == [""]


def test_deleted_and_hidden_paragraphs_do_not_count(make_docx: MakeDocx) -> None:
    deleted = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:del w:id="2"><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>'
    hidden = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r></w:p>'

    assert labels(make_docx(item(1, 0) + deleted + hidden + item(1, 0), numbering=ARTICLES + num(1, 0))) == [
        "第一条　",
        "第二条　",
    ]


def test_an_empty_numbered_paragraph_shows_its_number(make_docx: MakeDocx) -> None:
    assert labels(make_docx(item(1, 0, text="") + item(1, 0), numbering=ARTICLES + num(1, 0))) == ["第一条", "第二条　"]


def test_custom_formats(make_docx: MakeDocx) -> None:
    custom = '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    levels = abstract(0, f'<w:lvl w:ilvl="0"><w:start w:val="7"/>{custom}<w:lvlText w:val="%1"/></w:lvl>')

    assert labels(make_docx(item(1, 0), numbering=levels + num(1, 0))) == ["007　"]


def test_unknown_lists_and_levels_give_no_label(make_docx: MakeDocx) -> None:
    assert labels(make_docx(item(7, 0) + item(1, 5), numbering=ARTICLES + num(1, 0))) == ["", ""]


@pytest.mark.parametrize(
    ("style_name", "numbers"),
    [
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一○○", 105: "一○五"}),
        (
            "chineseCountingThousand",
            {
                10: "十",
                19: "十九",
                21: "二十一",
                100: "一百",
                101: "一百零一",
                110: "一百一十",
                111: "一百一十一",
                1001: "一千零一",
                1010: "一千零一十",
                10005: "一万零五",
                20000: "二万",
            },
        ),
        ("taiwaneseCountingThousand", {12: "十二", 102: "一百零二"}),
        ("taiwaneseCounting", {12: "十二", 102: "一○二"}),
        ("japaneseCounting", {10: "十", 12: "十二", 101: "百一", 1111: "千百十一"}),
        ("chineseLegalSimplified", {1: "壹", 2: "贰", 3: "叁", 10: "壹拾", 105: "壹佰零伍"}),
        ("ideographLegalTraditional", {2: "貳", 3: "參"}),
        ("ideographDigital", {10: "一〇", 25: "二五"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥", 13: "13"}),
        ("ideographZodiacTraditional", {1: "甲子", 60: "癸亥"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedCircleChinese", {3: "③"}),
        ("decimalEnclosedParen", {1: "⑴"}),
        ("decimalEnclosedFullstop", {1: "⒈"}),
        ("ideographEnclosedCircle", {1: "㈠", 10: "㈩"}),
        ("decimalFullWidth", {12: "１２"}),
        ("decimalZero", {3: "03", 12: "12"}),
        ("upperRoman", {4: "IV", 9: "IX", 1994: "MCMXCIV"}),
        ("lowerRoman", {14: "xiv"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 53: "AAA"}),
        ("lowerLetter", {2: "b"}),
        ("numberInDash", {2: "- 2 -"}),
        ("none", {1: ""}),
        ("bullet", {1: ""}),
        ("somethingNew", {8: "8"}),
        ("upperRoman", {0: "0", 10**9: "1000000000"}),
    ],
)
def test_number_formats(style_name: str, numbers: dict[int, str]) -> None:
    assert {n: formatted(n, style_name) for n in numbers} == numbers


def test_a_thousand_paragraphs_are_read_fast(make_docx: MakeDocx) -> None:
    body = "".join(item(1, n % 2, text="第二款规定的情形，依照前款执行。" * 5) for n in range(1000))
    data = make_docx(body, numbering=ARTICLES + num(1, 0))
    read(data, "样本.docx")
    times = []
    for _ in range(5):
        start = time.perf_counter()
        read(data, "样本.docx")
        times.append(time.perf_counter() - start)

    print(f"1,000 numbered paragraphs in {min(times) * 1000:.0f} ms")
    assert min(times) < 0.25
