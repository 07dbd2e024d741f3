"""Indicator systems: strict loading, completeness against the five documents that define them, the printed table."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import regex

from checker import data_root
from checker.errors import RulePackError
from checker.indicators import FIGURES, Decider, System, load_indicators

RULES = data_root() / "rules"
NINGXIA, EIGHT = "ningxia/indicators-2023", "ningxia/eight-actions-2023"
OF_2019, OF_2021, XIXIA, LINGCHUAN = (
    "national/indicators-2019",
    "national/indicators-2021",
    "xixia/2020",
    "lingchuan/2022",
)
SYSTEMS = (OF_2019, XIXIA, OF_2021, LINGCHUAN, NINGXIA, EIGHT)
SEEDS = {
    NINGXIA: "ningxia-order-127-2023.txt",
    EIGHT: "ningxia-eight-actions-2023.txt",
    OF_2019: "xixia-2020.txt",
    XIXIA: "xixia-2020.txt",
    OF_2021: "lingchuan-2022.txt",
    LINGCHUAN: "lingchuan-2022.txt",
}


def _span(first: int, last: int) -> set[str]:
    return {str(number) for number in range(first, last + 1)}


# Found by reading each of the documents: items on normative documents, government rules and major decisions …
CORE = {
    NINGXIA: {"12", *_span(18, 39)},
    EIGHT: {*_span(6, 12), "16", *_span(19, 24)},
    OF_2019: {"10", "14", "15", *_span(23, 49)},
    OF_2021: {"7", "12", *_span(21, 46)},
}
# … and items whose subject a document can get wrong (charges, proofs, licences, promises, discretion), or a yearly report.
NEAR = {
    NINGXIA: {"2", "3", "4", "5", "16", "17", "44", "47", "49", "52", "55", "95"},
    EIGHT: {"5", "13", "15", "26", "28", "45", "48"},
    OF_2019: {"2", "3", "4", "8", "9", "16", "17", "18", "56", "64", "98", "附加4"},
    OF_2021: {"2", "3", "4", "8", "14", "15", "16", "49", "52", "61", "97", "否决2"},
}
for child, parent in ((XIXIA, OF_2019), (LINGCHUAN, OF_2021)):
    CORE[child], NEAR[child] = CORE[parent], NEAR[parent]

# Items that use one of the words below and yet ask nothing of a document of ours, with the reason.
SUBJECTS = regex.compile(r"规范性文件|规章|重大行政决策|合法性审[核查]|公平竞争审查|立法|备案审查|法律顾问|裁量")
OTHER_SUBJECT = {
    (EIGHT, "14"): "which subjects to legislate on",
    (OF_2019, "21"): "legal counsel of villages",
    (OF_2019, "55"): "two officers on the spot, save where rules say otherwise",
    (EIGHT, "49"): "lectures on law",
}
# Requirements that no system asks for: form, place in the law, what only an ordinance asks.
UNASKED = {
    *("S03", "F01", "F02", "F03", "F04", "P15", "P21", "C17", "C20"),
    *("G01", "G02", "G04", "G05", "G10", "G11"),
}

STARRED = {"2", "3", *_span(5, 14), *_span(40, 60)}


@pytest.fixture(scope="session")
def codes(checkout: Path) -> frozenset[str]:
    """The requirements there are: the shipped table; while that holds but a part of them, the domain's list too."""
    with (RULES / "requirements.toml").open("rb") as file:
        known = set(tomllib.load(file))
    listed = checkout.parent / "shared" / "domain" / "requirements.json"
    if "R02" not in known:
        if not listed.is_file():
            pytest.skip("rules/requirements.toml holds but a part of the requirements, and ../shared is absent")
        known |= {entry["id"] for entry in json.loads(listed.read_text("utf-8"))}
    return frozenset(known)


@pytest.fixture(scope="session")
def systems(codes: frozenset[str]) -> Mapping[str, System]:
    return {name: load_indicators(RULES / name, codes=codes) for name in SYSTEMS}


# ------------------------------------------------------------------ the documents that define the systems


def _joined(lines: list[str], item: regex.Pattern[str], stop: regex.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(mark and number, text) of items whose paragraphs are broken by pages."""
    head, text = "", ""
    for line in map(str.strip, lines):
        found = item.match(line)
        if found or stop.match(line):
            if head:
                yield head, text
            head, text = (found[1], found[2]) if found else ("", "")
        elif head:
            text += line
    if head:
        yield head, text


def _prose_items(text: str) -> dict[str, str]:
    item, stop = (
        regex.compile(r"(※?\d{1,3})\.\s*(.+)"),
        regex.compile(r"[一二三四五六七八九]、|（[一二三四五六七八九]）|\([一-九]\)|目标要求|本指标体系自"),
    )
    return dict(_joined(text.splitlines(), item, stop))


def _xixia_items(text: str) -> dict[str, tuple[str, str]]:
    """Number -> (measure, what stands beside it: responsible units and deadline)."""
    found: dict[str, tuple[str, str]] = {}
    number = ""
    for line in map(str.strip, text.splitlines()):
        head = regex.match(r"[（(](\d{1,3})[）)]\s*(.+)|(100)(法治.+)|(4)\.(在示范创建活动.+)", line)
        if head:
            number = head[1] or head[3] or "附加4"
            found[number] = (head[2] or head[4] or head[6], "")
        elif number:
            found[number] = (found[number][0], found[number][1] + line)
    return found


def _lingchuan_items(text: str) -> dict[str, list[str]]:
    """Number -> cells from the indicator's text on."""
    found: dict[str, list[str]] = {}
    for line in text[text.index("任务分解\n\n一级指标") :].splitlines():
        head = regex.search(r"(?:^|\t)(\d{1,3})[\t ]+(\S.*)", line)
        if head is None:
            continue
        expected = len(found) + 1
        number = head[1] if int(head[1]) == expected else f"否决{head[1]}" if "申报材料" in head[2] else ""
        if number:
            found[number] = head[2].split("\t")
    return found


@pytest.fixture(scope="session")
def items(shared: Path) -> Mapping[str, Mapping[str, str]]:
    """System -> number (without ※) -> the item's own text, spaces removed."""
    texts = {name: (shared / "seeds" / file).read_text("utf-8") for name, file in SEEDS.items()}
    eight = texts[EIGHT]
    raw: dict[str, dict[str, str]] = {
        NINGXIA: _prose_items(texts[NINGXIA]),
        EIGHT: _prose_items(eight[eight.index("二、目标任务") : eight.index("三、工作要求")]),
        OF_2019: {number: measure for number, (measure, _) in _xixia_items(texts[OF_2019]).items()},
        OF_2021: {number: cells[0] for number, cells in _lingchuan_items(texts[OF_2021]).items()},
    }
    raw[XIXIA], raw[LINGCHUAN] = raw[OF_2019], raw[OF_2021]
    return {
        name: {number.lstrip("※"): regex.sub(r"\s", "", text) for number, text in found.items()}
        for name, found in raw.items()
    }


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_item_on_documents_has_a_row(name: str, systems: Mapping[str, System]) -> None:
    rows = {row.number for row in systems[name].indicators}
    assert rows == CORE[name] | NEAR[name]


@pytest.mark.parametrize("name", [NINGXIA, EIGHT, OF_2019, OF_2021])
def test_no_item_of_the_document_that_names_our_subjects_is_left_out(
    name: str, items: Mapping[str, Mapping[str, str]]
) -> None:
    assert {*map(str, range(1, 51 if name == EIGHT else 101))} <= items[name].keys()
    naming = {number for number, text in items[name].items() if SUBJECTS.search(text)}
    reasoned = {number for system, number in OTHER_SUBJECT if system == name}
    assert naming - CORE[name] - NEAR[name] == reasoned
    assert (CORE[name] | NEAR[name]) <= items[name].keys()


_SAID = {
    "min_days": "{}日",
    "min_working_days": "{}个工作日",
    "max_working_days": "{}个工作日",
    "rate_percent": "{}%",
    "per_year": "每年至少对{}件",
    "every_years": "每{}年",
    "quarter": "第{}季度",
}


def _as_said(key: str, value: int | str) -> str:
    if isinstance(value, str):
        month, day = map(int, value.split("-"))
        return f"{month}月{day}日"
    return _SAID[key].format("一" if key == "quarter" else value)


@pytest.mark.parametrize("name", SYSTEMS)
def test_figures_and_softening_words_stand_in_the_item(
    name: str, systems: Mapping[str, System], items: Mapping[str, Mapping[str, str]]
) -> None:
    for row in systems[name].indicators:
        text = items[name][row.number]
        for link in row.requirements:
            for key, value in link.figures.items():
                assert _as_said(key, value) in text, (row.number, link)
            assert link.hedge in text, (row.number, link)
            for key in ("min_days", "min_working_days"):
                limit = link.figures.get(key)
                if limit is not None:
                    hedged = regex.search(rf"(一般|原则上)不少于{_as_said(key, limit)}", text)
                    assert link.hedge == (hedged[1] if hedged else ""), (row.number, link)


@pytest.mark.parametrize("name", SYSTEMS)
def test_no_limit_of_an_item_is_left_out(
    name: str, systems: Mapping[str, System], items: Mapping[str, Mapping[str, str]]
) -> None:
    for row in systems[name].indicators:
        given = {_as_said(key, value) for link in row.requirements for key, value in link.figures.items()}
        limits = regex.findall(r"(?:不少于|不超过)(\d+(?:个工作日|日))", items[name][row.number])
        assert set(limits) <= given, row.number


def test_the_starred_items_are_those_of_order_127(systems: Mapping[str, System]) -> None:
    system = systems[NINGXIA]
    assert len(STARRED) == 33
    assert {row.number for row in system.indicators if row.star} == STARRED & (CORE[NINGXIA] | NEAR[NINGXIA])
    for row in system.indicators:
        assert ("provincial_coordinating_department" in row.units) != (row.star or row.number == "18")
    assert not [row for name in SYSTEMS if name != NINGXIA for row in systems[name].indicators if row.star]


def test_the_document_itself_has_a_hundred_items_and_these_stars(shared: Path) -> None:
    heads = _prose_items((shared / "seeds" / SEEDS[NINGXIA]).read_text("utf-8"))
    assert len(heads) == 100
    assert {head.lstrip("※") for head in heads if head.startswith("※")} == STARRED


def test_xixia_keeps_deadlines_and_what_does_not_concern_it(systems: Mapping[str, System], shared: Path) -> None:
    beside = {
        number: rest for number, (_, rest) in _xixia_items((shared / "seeds" / SEEDS[XIXIA]).read_text("utf-8")).items()
    }
    foreign = {number for number, rest in beside.items() if "和我区无关" in rest}
    assert foreign == {"23", "24", "25", "26", "28"}
    for row in systems[XIXIA].indicators:
        assert row.deadline in beside[row.number], row.number
        assert bool(row.deadline and row.responsible) or row.number in {*foreign, "附加4"}, row.number
        assert bool(row.not_applicable) == (row.number in foreign) == (not row.units), row.number


def test_lingchuan_keeps_the_material_it_asks_for(systems: Mapping[str, System], shared: Path) -> None:
    cells = _lingchuan_items((shared / "seeds" / SEEDS[LINGCHUAN]).read_text("utf-8"))
    years_of = {number: set(regex.findall(r"(20\d\d) ?年?以来", "".join(rest[1:]))) for number, rest in cells.items()}
    for row in systems[LINGCHUAN].indicators:
        own = row.submissions
        assert own or row.number == "否决2", row.number
        since = {str(item.since.year) for item in own if item.since is not None}
        if row.number != "49":  # one cell for five items on enforcement, none of it on this one
            assert years_of[row.number] <= since, row.number
        for item in own:
            printed = "".join("".join(cells[number][1:]) for number in item.numbers)
            assert item.count is None or regex.search(rf"{item.count} ?[个件]", printed), item
            assert item.since is None or f"{item.since.year}" in printed, item
    merged = {len(item.numbers) for row in systems[LINGCHUAN].indicators for item in row.submissions}
    assert merged == {1, 4, 5, 13}


CORRECTED: Mapping[tuple[str, str], str] = {
    (NINGXIA, "3"): "C05 C16",
    (NINGXIA, "4"): "C05 C12",
    (NINGXIA, "5"): "C06",
    (OF_2021, "8"): "C05",
    (OF_2021, "16"): "C05 C16",
    (NINGXIA, "18"): "G12",
    (NINGXIA, "20"): "P10 P11 P12",
    (NINGXIA, "21"): "P02 P03 P04 P10 P17",
    (NINGXIA, "22"): "P04 P05 P06",
    (NINGXIA, "23"): "C01 C02 C03 C04 C06 C07 C08 C09 C10 C12 C13 C14 C15 C16",
    (NINGXIA, "25"): "P36",
    (NINGXIA, "32"): "D02 D03 D06",
    (NINGXIA, "34"): "D11 D13 D14",
    (NINGXIA, "35"): "D16",
    (NINGXIA, "36"): "D17",
    (OF_2019, "27"): "P05 P08",
    (OF_2021, "24"): "G03 P05 P06 P08",
    (OF_2019, "29"): "P01 P02 P04 P10 P17 P19",
    (OF_2021, "26"): "P01 P02 P04 P10 P17 P19",
    (OF_2019, "28"): "P31b",
    (OF_2021, "25"): "P31b",
    (OF_2019, "34"): "P22 P23 P31",
    (OF_2019, "43"): "D10 D11",
    (OF_2021, "41"): "D10 D11",
}


@pytest.mark.parametrize(("name", "number"), CORRECTED)
def test_only_what_the_item_states_scores(name: str, number: str, systems: Mapping[str, System]) -> None:
    assert " ".join(link.code for link in systems[name].indicator(number).states) == CORRECTED[name, number]


def test_versions_differ_in_the_days_of_the_review(systems: Mapping[str, System]) -> None:
    days = {name: [link.figures["min_working_days"] for _, link in systems[name].links("D11")] for name in SYSTEMS}
    assert days == {OF_2019: [5], XIXIA: [5], OF_2021: [7], LINGCHUAN: [7], NINGXIA: [7], EIGHT: []}


def test_each_system_says_what_how_and_when(systems: Mapping[str, System]) -> None:
    for system in systems.values():
        assert system.until is None or system.since < system.until
        for row in system.indicators:
            assert row.title
            assert row.text
            assert row.group
            assert row.decided_by
            assert row.evidence or row.decided_by == ("text",)
    assert (systems[XIXIA].since, systems[XIXIA].until) == (date(2020, 1, 1), date(2021, 1, 1))


def test_a_system_measures_within_the_period_of_its_pack(systems: Mapping[str, System]) -> None:
    for name, system in systems.items():
        path = RULES / name / "pack.toml"
        pack = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        assert pack.get("from", date.min) <= system.since, name
        assert system.until is None or "until" not in pack or system.until <= pack["until"], name
        assert system.place == pack.get("place", system.place), name


def test_texts_are_our_own(systems: Mapping[str, System], shared: Path) -> None:
    seeds = regex.sub(r"\s", "", "".join((shared / "seeds" / file).read_text("utf-8") for file in set(SEEDS.values())))
    run = 24  # fixed lists of terms (the five procedures) are shorter
    for system in systems.values():
        for row in system.indicators:
            for text in (row.text, row.title, *row.evidence, *row.differs, *(item.asks for item in row.submissions)):
                assert not [at for at in range(len(text) - run + 1) if text[at : at + run] in seeds], text


def test_the_table_of_requirements_is_complete(
    systems: Mapping[str, System], codes: frozenset[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """requirement × what decides it × system; in brackets what a system merely supports, a bar where it says nothing."""
    letters: Mapping[Decider, str] = {"text": "文", "dossier": "卷", "register": "台", "outside": "外"}

    def cell(system: System, code: str) -> str:
        everywhere = [
            (link, any(row.concerns(link, unit) for unit in system.units)) for row, link in system.links(code)
        ]
        if everywhere and not any(concerned for _, concerned in everywhere):
            return "不涉及"
        links = [link for link, concerned in everywhere if concerned]
        stated = [link for link in links if link.relation == "states"]
        needed = {decider for link in stated or links for decider in link.decided_by}
        signs = "".join(letters[decider] for decider in get_args(Decider) if decider in needed)
        return signs if stated or not links else f"（{signs}）"

    table = {code: [cell(systems[name], code) or "—" for name in SYSTEMS] for code in sorted(codes)}
    with capsys.disabled():
        print("\n要求 × 凭什么判断（文本、卷宗、台账、外部；括号内只是间接支持，不计分）")
        print("要求\t" + "\t".join(SYSTEMS))
        for code, cells in table.items():
            print(code + "\t" + "\t".join(cells))
    assert {code for code, cells in table.items() if set(cells) == {"—"}} == UNASKED & codes
    foreign = {code for code in codes if cell(systems[XIXIA], code) == "不涉及"}
    assert foreign == {"G03", "G09", "G12", "P03", "P18", "P31b", "P34"}
    assert {code for code in codes if cell(systems[LINGCHUAN], code) == "不涉及"} == {"G03", "G06", "G07"}
    assert UNASKED.isdisjoint(
        link.code for system in systems.values() for row in system.indicators for link in row.requirements
    )


# ------------------------------------------------------------------ strict loading

GOOD = """title = "某县指标"
from = 2024-01-01
units = ["county_government"]

[[indicator]]
number = "1"
title = "期限"
group = "制度"
text = "公开征求意见三十日。"
requirements = [
  { code = "P06", relation = "states", decided_by = ["text"], min_days = 30 },
]

[[indicator]]
number = "2"
title = "审核"
group = "制度"
text = "全部审核。"
requirements = [{ code = "P10", relation = "states", decided_by = ["dossier"] }]
evidence = ["审核意见书"]
"""
KNOWN = ("P06", "P10")


def _load(folder: Path, text: str) -> System:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "indicators.toml").write_text(text, "utf-8")
    return load_indicators(folder, codes=KNOWN)


def test_a_good_file_loads(tmp_path: Path) -> None:
    system = _load(tmp_path / "county", GOOD)
    assert [row.number for row in system.scored("county_government")] == ["1", "2"]
    assert system.indicator("1").requirements[0].figures == {"min_days": 30}
    with pytest.raises(KeyError):
        system.indicator("9")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('title = "期限"', 'titel = "期限"', 7, ("titel", "可用的键")),
        ('number = "2"', 'number = "1"', 15, ("序号 1 重复", "第5行")),
        ('number = "2"', "number = 2", 15, ("应为带引号的序号",)),
        ('code = "P10"', 'code = "P99"', 19, ("P99", "P06、P10")),
        (
            'relation = "states", decided_by = ["dossier"]',
            'relation = "says", decided_by = ["dossier"]',
            19,
            ("supports",),
        ),
        ('decided_by = ["text"]', 'decided_by = ["hearsay"]', 11, ("text、dossier、register、outside",)),
        (" },\n]", ' },\n  { code = "P06", relation = "supports", decided_by = ["text"] },\n]', 12, ("P06 写了两次",)),
        (" },\n]", ' },\n  { code = "P10" },\n]', 12, ("缺少键 relation",)),
        ("min_days = 30", "max_days = 30", 11, ("max_days", "min_working_days")),
        ("min_days = 30", 'report_by = "3月1日"', 11, ("月日",)),
        ('evidence = ["审核意见书"]', "", 14, ("evidence", "什么材料")),
        ("from = 2024-01-01", 'from = "2024-01-01"', 2, ("应为日期",)),
        ("from = 2024-01-01", "from = 2024-01-01\nuntil = 2023-01-01", 3, ("until 应晚于 from",)),
        ("from = 2024-01-01\n", "", 1, ("缺少键 from",)),
        ('["county_government"]', '["county"]', 3, ("county_government",)),
        ('group = "制度"\ntext = "全部审核。"', 'text = "全部审核。"', 14, ("缺少键 group",)),
        (
            'evidence = ["审核意见书"]',
            'evidence = ["审核意见书"]\nunits = ["township"]',
            14,
            ("不适用于本体系的任何单位",),
        ),
        ("from = 2024-01-01", 'from = 2024-01-01\nextends = "national/none"', 3, ("national/indicators-2019",)),
        ("from = 2024-01-01", 'from = 2024-01-01\nextends = "../../etc"', 3, ("不存在",)),
        ('title = "某县指标"', 'title = "某县指标', 1, ("TOML 语法有误",)),
    ],
)
def test_a_bad_file_is_refused_with_line_and_what_is_allowed(
    old: str, new: str, line: int, words: tuple[str, ...], tmp_path: Path
) -> None:
    assert old in GOOD
    with pytest.raises(RulePackError) as caught:
        _load(tmp_path / "county", GOOD.replace(old, new, 1))
    assert f"county/indicators.toml 第{line}行" in caught.value.where
    for word in words:
        assert word in str(caught.value)


def test_without_codes_the_shipped_requirements_count(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    _load(folder, GOOD.replace("P10", "P06"))
    assert len(load_indicators(folder).indicators) == 2
    (folder / "indicators.toml").write_text(GOOD.replace("P10", "Z10"), "utf-8")
    with pytest.raises(RulePackError, match=r"Z10 不在 requirements\.toml 中"):
        load_indicators(folder)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulePackError, match="无法读取"):
        load_indicators(tmp_path, codes=KNOWN)


CHILD = """title = "某区任务表"
from = 2020-01-01
units = ["county_government", "township"]
extends = "national/indicators-2019"

[[indicator]]
number = "43"
deadline = "年底前"
{more}
[[indicator]]
number = "23"
not_applicable = "没有规章制定权"

{rules}
[[submission]]
numbers = ["{submission}"]
asks = "审查意见书"
since = 2019-01-01
"""


def _child(folder: Path, codes: frozenset[str], more: str = "", submission: str = "43") -> System:
    folder.mkdir(parents=True, exist_ok=True)
    rules = "".join(f'[[indicator]]\nnumber = "{n}"\nnot_applicable = "没有规章制定权"\n\n' for n in (24, 25, 26, 28))
    text = CHILD.format(more=more, submission=submission, rules=rules)
    (folder / "indicators.toml").write_text(text, "utf-8")
    return load_indicators(folder, codes=codes)


def test_a_requirement_may_concern_some_of_the_units(systems: Mapping[str, System]) -> None:
    row = systems[OF_2021].indicator("31")
    rules = next(link for link in row.states if link.code == "G06")
    assert row.concerns(rules, "city_government")
    assert not row.concerns(rules, "county_government")
    assert row in systems[OF_2021].scored("county_government")


def test_a_table_adds_to_the_system_it_extends(
    tmp_path: Path, codes: frozenset[str], systems: Mapping[str, System]
) -> None:
    system = _child(tmp_path / "own", codes)
    row, parent = system.indicator("43"), systems[OF_2019].indicator("43")
    assert (row.text, row.requirements, row.deadline) == (parent.text, parent.requirements, "年底前")
    assert row.units == ("county_government", "township")
    assert [item.since for item in row.submissions] == [date(2019, 1, 1)]
    assert system.indicator("23").units == ()
    assert len(system.indicators) == len(systems[OF_2019].indicators)


@pytest.mark.parametrize(
    ("more", "submission", "words"),
    [
        ('\n[[indicator]]\nnumber = "44"\n', "43", "没有改动任何内容"),
        ('\n[[indicator]]\nnumber = "1"\ntitle = "新"\n', "43", "缺少键 text"),
        ("", "7", "没有序号为 7 的指标"),
    ],
)
def test_a_table_that_adds_nothing_or_to_nothing_is_refused(
    more: str, submission: str, words: str, tmp_path: Path, codes: frozenset[str]
) -> None:
    with pytest.raises(RulePackError, match=words):
        _child(tmp_path / "own", codes, more, submission)


def test_every_figure_has_a_check() -> None:
    assert set(_SAID) | {"report_by", "publish_by"} == set(FIGURES)
