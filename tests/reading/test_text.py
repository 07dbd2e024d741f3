from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.errors import ReadError
from checker.model import Role, TextAnchor
from checker.reading import read

TEXT = "某某市人民政府关于印发办法的通知\n\n第一条　为了规范管理，制定本办法。\n\t第二条　自2024年5月1日起施行。\n"


def test_utf8_is_kept_exactly() -> None:
    document = read(TEXT.encode(), "通知.txt")

    assert document.text == TEXT
    assert document.body_end == len(TEXT)
    assert document.problems == ()
    assert [block.span.of(TEXT) for block in document.blocks] == [line for line in TEXT.split("\n") if line.strip()]
    assert document.blocks[1].anchor == TextAnchor(line=3, offset=TEXT.index("第一条"))


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1).filter(
        lambda text: text[0] not in "<\ufeff%{"
    )
)
def test_any_utf8_text_is_kept_exactly(text: str) -> None:
    try:
        assert read(f"甲{text}\n乙".encode(), "a.txt").text == f"甲{text}\n乙"
    except ReadError:
        pytest.fail(repr(text))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (b"", "gb18030"),
    ],
)
@pytest.mark.parametrize("text", [TEXT, "公告如下", "关于废止部分行政规范性文件的决定"])
def test_encodings_of_chinese_offices(mark: bytes, encoding: str, text: str) -> None:
    document = read(mark + text.encode(encoding), "通知.txt")

    assert document.text == text
    assert document.problems == ()


def test_windows_line_ends_become_newlines() -> None:
    document = read("甲\r\n乙\r丙".encode(), "a.txt")

    assert document.text == "甲\n乙\n丙"
    assert [block.anchor for block in document.blocks] == [TextAnchor(1, 0), TextAnchor(2, 2), TextAnchor(3, 4)]


def test_a_guessed_encoding_is_told() -> None:
    text = "第一條　為了規範行政行為，維護公民權益，根據有關法律、法規，結合本縣實際，制定本辦法。" * 5
    document = read(text.encode("big5"), "通知.txt")

    assert document.text == text
    (problem,) = document.problems
    assert not problem.lost
    assert "推定" in problem.what


@pytest.mark.parametrize("text", ["通知"])
def test_words_that_are_valid_in_two_encodings(text: str) -> None:
    document = read(text.encode("gb18030"), "通知.txt")

    assert document.text == text
    assert [problem.lost for problem in document.problems] == [False]


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00\xd8\x00\xd8", codecs.BOM_UTF8 + b"\xff\xfe\xfd", b"abc\x00\x01\x02\x03def", b"\x81\x00\xff"]
)
def test_bytes_that_are_no_text(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read(data, "坏.txt")

    assert caught.value.next


def test_markdown_headings_have_a_role_and_keep_their_text() -> None:
    text = "# 办法\n\n## 第一章\n正文 # 不是标题\n```\n# 代码\n```\n#标签\n### 节\n"
    document = read(text.encode(), "办法.md")

    assert document.format == "md"
    assert document.text == text
    assert [(block.span.of(text), block.level) for block in document.blocks if block.role is Role.HEADING] == [
        ("# 办法", 1),
        ("## 第一章", 2),
        ("### 节", 3),
    ]
    assert all(block.role is Role.PARAGRAPH for block in read(text.encode(), "办法.txt").blocks)
