"""Every form in which documents cite laws, and their own provisions."""

from __future__ import annotations

from typing import Any

import pytest

from checker.facts import extract
from checker.facts.citations import provisions
from checker.model import Fact
from checker.reading import read
from checker.reference import load_reference

KNOWN = load_reference().knows_law
LEAD = """青禾县城镇供水管理办法

第一条　为了加强供水管理，制定本办法。
第二条　"""
TAIL = """
第三条　本办法自2024年5月1日起施行。
"""


def cited(sentence: str, title: str = "青禾县城镇供水管理办法") -> list[Fact]:
    text = (LEAD + sentence + TAIL).replace("青禾县城镇供水管理办法", title, 1)
    return list(extract(read(text.encode(), "a.txt"), known_law=KNOWN).all("citations"))


def units(fact: Fact) -> list[tuple[Any, ...]]:
    return [tuple(unit[name] for name in ("article", "paragraph", "item", "to")) for unit in fact.detail["provisions"]]


def test_article_paragraph_and_item() -> None:
    (fact,) = cited("依照《中华人民共和国行政处罚法》第三十三条第一款第（二）项的规定处理。")
    assert fact.value == "中华人民共和国行政处罚法"
    assert fact.detail["form"] == "title"
    assert units(fact) == [(33, 1, 2, None)]
    assert fact.clause == "第二条"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("第八条、第十条至第十二条", [(8, None, None, None), (10, None, None, 12)]),
        ("第八条和第十条", [(8, None, None, None), (10, None, None, None)]),
        ("第十条至十二条", [(10, None, None, 12)]),
        ("第8条、第10条", [(8, None, None, None), (10, None, None, None)]),
        ("第二百八十六条之一", [(286, None, None, None)]),
        ("第三条第一款、第二款", [(3, 1, None, None), (3, 2, None, None)]),
        ("第五条第（一）项、第（三）项", [(5, None, 1, None), (5, None, 3, None)]),
        ("第五条第二款第（一）、（三）项", [(5, 2, 1, None), (5, 2, 3, None)]),
        ("第 十 条第 二 款", [(10, 2, None, None)]),
        ("第一款", [(None, 1, None, None)]),
    ],
)
def test_lists_and_ranges(words: str, expected: list[tuple[Any, ...]]) -> None:
    found = [tuple(unit[name] for name in ("article", "paragraph", "item", "to")) for unit in provisions(words)]
    assert found == expected


def test_number_in_brackets_and_article_behind_it() -> None:
    (fact,) = cited("依照《公平竞争审查条例》（国务院令第783号）第八条的规定审查。")
    assert (fact.value, fact.detail["number"]) == ("公平竞争审查条例", "国务院令第783号")
    assert units(fact) == [(8, None, None, None)]


def test_several_titles_in_one_sentence() -> None:
    found = cited("根据《中华人民共和国行政许可法》《规章制定程序条例》第八条和《青云市供水条例》，制定计划。")
    assert [(fact.value, len(fact.detail["provisions"])) for fact in found] == [
        ("中华人民共和国行政许可法", 0),
        ("规章制定程序条例", 1),
        ("青云市供水条例", 0),
    ]


@pytest.mark.parametrize(
    "definition",
    [
        "（以下简称《条例》）",
        "（以下简称“条例”）",
        "（国务院令第711号，以下简称《条例》）",
        "（国务院令第711号）（以下简称条例）",
    ],
)
def test_defined_short_name(definition: str) -> None:
    found = cited(f"适用《中华人民共和国政府信息公开条例》{definition}。公开的信息依照《条例》第二十条确定。")
    assert [fact.value for fact in found] == ["中华人民共和国政府信息公开条例"] * 2
    assert (found[1].detail["form"], found[1].detail["short"]) == ("short", "条例")
    assert units(found[1]) == [(20, None, None, None)]


def test_short_name_without_brackets() -> None:
    found = cited("适用《中华人民共和国政府信息公开条例》（以下简称条例）。公开的信息依照条例第二十条确定。")
    assert [fact.value for fact in found] == ["中华人民共和国政府信息公开条例"] * 2


def test_a_short_name_means_the_text_it_was_defined_for_last() -> None:
    found = cited(
        "适用《政府信息公开条例》（以下简称《条例》）。依照《条例》第二条。适用《信访工作条例》（以下简称《条例》）。依照《条例》第三条。"
    )
    assert [fact.value for fact in found if fact.detail["form"] == "short"] == ["政府信息公开条例", "信访工作条例"]


@pytest.mark.parametrize(
    ("sentence", "law"),
    [
        ("依照行政强制法第十条的规定执行。", "行政强制法"),
        ("在七日内依照民事诉讼法的有关规定送达。", "民事诉讼法"),
        ("违反中华人民共和国行政许可法第八十条规定的，依法处理。", "中华人民共和国行政许可法"),
        ("应当认定为刑法第三百三十八条规定的情形。", "刑法"),
    ],
)
def test_laws_named_without_brackets(sentence: str, law: str) -> None:
    (fact,) = cited(sentence)
    assert (fact.value, fact.detail["form"]) == (law, "bare")


@pytest.mark.parametrize(
    "sentence",
    [
        "依照有关法律、法规的规定执行。",
        "按照本办法的规定执行。",
        "采用科学的方法，依法办理。",
        "应当填写《供水登记表》和《用水许可证》。",
        "制作《询问笔录》《听证通知书》。",
        "送达《执行公告》，并按照《章程》办理。",
        "《青禾县城镇供水管理办法》由县水务局解释。",
    ],
)
def test_what_is_no_citation(sentence: str) -> None:
    assert cited(sentence) == []


def test_names_need_the_catalogue() -> None:
    text = (LEAD + "依照行政强制法的规定执行。" + TAIL).encode()
    assert extract(read(text, "a.txt")).all("citations") == ()


@pytest.mark.parametrize(
    ("sentence", "form", "words", "expected"),
    [
        ("违反本办法第三条规定的，责令改正。", "internal", "本办法第三条", [(3, None, None, None)]),
        (
            "违反本实施细则第三条、第四条规定的，责令改正。",
            "internal",
            "本实施细则第三条、第四条",
            [(3, None, None, None), (4, None, None, None)],
        ),
        ("按照第三条规定不予公开的，说明理由。", "internal", "第三条", [(3, None, None, None)]),
        ("前款规定的期限为五日。", "relative", "前款", []),
        ("前两款规定的期限为五日。", "relative", "前两款", []),
        ("前条规定的期限为五日。", "relative", "前条", []),
        ("有前款第（一）项情形的除外。", "relative", "前款第（一）项", [(None, None, 1, None)]),
        ("不适用本条第一款的规定。", "relative", "本条第一款", [(None, 1, None, None)]),
        ("依照第一款的规定处罚。", "relative", "第一款", [(None, 1, None, None)]),
    ],
)
def test_own_provisions(sentence: str, form: str, words: str, expected: list[tuple[Any, ...]]) -> None:
    (fact,) = cited(sentence)
    assert (fact.detail["form"], fact.value, units(fact)) == (form, words, expected)


@pytest.mark.parametrize("sentence", ["目前款项已经拨付。", "提前条件成就的，及时办理。", "达到此前款式的要求。"])
def test_words_that_only_look_like_a_reference(sentence: str) -> None:
    assert cited(sentence) == []


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("《中华人民共和国行政处罚法》（2021年修订）", "2021年修订"),
        ("《中华人民共和国行政处罚法（2021年修订）》", "2021年修订"),
        ("《青禾县供水办法（试行）》", None),
    ],
)
def test_versions(written: str, version: str | None) -> None:
    (fact,) = cited(f"根据{written}执行。")
    assert fact.detail["version"] == version


def test_nested_title_with_number() -> None:
    (fact,) = cited("根据《青云市水务局关于印发〈供水管理办法（试行）〉的通知》（青水发〔2020〕8号）执行。")
    assert fact.value == "青云市水务局关于印发〈供水管理办法（试行）〉的通知"
    assert fact.detail["number"] == "青水发〔2020〕8号"


@pytest.mark.parametrize(
    ("sentence", "context"),
    [
        ("原《中华人民共和国合同法》的规定不再参照。", "former"),
        ("自施行之日起《青禾县供水办法》同时废止。", "repeal"),
        ("修改《青禾县供水办法》。", "amend"),
        ("将有关条文改为：“供水单位依照《中华人民共和国合同法》订立供用水合同并报送备案。”", "quoted"),
    ],
)
def test_context(sentence: str, context: str) -> None:
    assert context in cited(sentence)[0].detail["context"]


def test_an_amending_decision_does_not_cite_itself() -> None:
    found = cited("将第八条修改为：“第八条 供水单位应当登记。”", "关于修改青禾县城镇供水管理办法的决定")
    assert [fact for fact in found if fact.detail["form"] == "internal"] == []


def test_half_width_brackets_and_digits() -> None:
    (fact,) = cited("依照《中华人民共和国行政许可法》(2019年修正)第12条的规定。")
    assert (fact.detail["version"], units(fact)) == ("2019年修正", [(12, None, None, None)])


@pytest.mark.parametrize(
    "sentence",
    [
        "原《青禾县城镇供水管理办法》（青政发〔2015〕3号）同时废止。",
        "2015年3月1日发布的《青禾县城镇供水管理办法》同时废止。",
    ],
)
def test_an_earlier_text_with_the_same_title_is_cited(sentence: str) -> None:
    assert [fact.value for fact in cited(sentence)] == ["青禾县城镇供水管理办法"]


@pytest.mark.parametrize(
    "sentence",
    [
        "县水务局《关于加强城镇供水工作的意见》已经县政府同意，现转发给你们，请认真执行。",
        "现将县水务局《关于加强城镇供水工作的意见》（青水〔2024〕1号）转发给你们。",
        "《青禾县供水应急预案》已经县政府同意，现印发给你们。",
    ],
)
def test_the_text_that_a_notice_carries_is_no_citation(sentence: str) -> None:
    assert cited(sentence) == []


def test_what_a_notice_carries_out_is_cited() -> None:
    (fact,) = cited("为贯彻落实《城市供水条例》，现将有关事项印发给你们。")
    assert fact.value == "城市供水条例"


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        ("年内出现第1项和第2项情形的，不予奖励。", "relative"),
        ("有前款第（三）、（四）项情形的，不予奖励。", "relative"),
    ],
)
def test_items_alone(sentence: str, form: str) -> None:
    (fact,) = cited(sentence)
    assert fact.detail["form"] == form
    assert len(fact.detail["provisions"]) == 2


def test_a_first_task_is_no_item() -> None:
    assert cited("完成第一项工作后，开展第二项工作。") == []
