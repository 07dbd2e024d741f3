"""Loading packs: strictness with file, line, key and allowed values; inheritance; choice by place and time."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import regex

from checker import data_root
from checker.engine import try_example
from checker.errors import RulePackError, UsageError
from checker.model import Case, Document, Event, Facts, Region
from checker.reference import load_reference
from checker.rulebook import Rulebook, load_rulebook

RULE = """id = "too-soon"
requirement = "P20"
title = "间隔"
kind = "interval"
severity = "warning"
message = "间隔{actual}日。"
suggestion = "推迟至{earliest}。"

[applies_to]
document = ["normative_document"]

[params]
from = "published"
to = "effective"
unit = "day"

[[basis]]
law = "某县办法"
article = "第三条"
requires = "隔十日"
role = "legal"
verified = "V1"
from = 2020-01-01
params = { min = 10 }

[[violates]]
note = "短"
text = "甲"

[[complies]]
note = "长"
text = "乙"
"""
OVERRIDE = """id = "too-soon"
override = true
severity = "error"

[[basis]]
law = "某乡办法"
article = "第一条"
requires = "隔二十日"
role = "indicator"
verified = "V1"
from = 2022-01-01
params = { min = 20 }

[[violates]]
text = "甲"

[[complies]]
text = "乙"
"""


def office(folder: Path, files: dict[str, str]) -> Path:
    root = folder / "our-rules"
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def refused(folder: Path, text: str, *, name: str = "too-soon.toml", examples: bool = False) -> str:
    root = office(folder, {"county/pack.toml": 'title = "县"', f"county/{name}": text})
    with pytest.raises(RulePackError) as caught:
        load_rulebook([root], examples=examples)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('severity = "warning"', 'severity = "grave"', 5, ["severity", "error", "warning", "info"]),
        ('severity = "warning"', 'severity = "warning"\ncolour = "red"', 6, ["未知的键 colour", "suggestion"]),
        ('kind = "interval"', 'kind = "intervals"', 4, ["kind", "interval", "order"]),
        ("{actual}", "{days}", 6, ["{days}", "actual", "earliest"]),
        ("{actual}", "{actual", 6, ["大括号"]),
        ('["normative_document"]', '["normative"]', 10, ["document", "government_rule"]),
        ('unit = "day"', 'unit = "days"', 15, ["unit", "working_day"]),
        ('unit = "day"', "", 12, ["缺少 unit"]),
        ('from = "published"', 'from = "publshed"', 13, ["from", "published"]),
        ("from = 2020-01-01", 'from = "2020-01-01"', 23, ["from", "2023-09-01"]),
        ("from = 2020-01-01", "from = 2020-01-01\nuntil = 2019-01-01", 24, ["until"]),
        ("min = 10", "min = -1", 24, ["min", "不小于 0"]),
        ("min = 10", "least = 10", 24, ["未知的键 least", "max"]),
        ('verified = "V1"', 'verified = "V9"', 22, ["verified", "V2"]),
        ('role = "legal"', 'role = "law"', 21, ["role", "indicator"]),
        ('id = "too-soon"', 'id = "too-late"', 1, ["too-late", "文件名"]),
        ('requirement = "P20"', 'requirement = "P99"', 2, ["P99", "P20"]),
        ('title = "间隔"', "title = 7", 3, ["title"]),
        ('unit = "day"', "unit = \"day\"\nonly_title = '(a'", 16, ["only_title", "正则"]),
    ],
)
def test_error_names_file_line_key_and_allowed_values(
    tmp_path: Path, old: str, new: str, line: int, said: list[str]
) -> None:
    assert old in RULE
    message = refused(tmp_path, RULE.replace(old, new, 1))
    assert f"our-rules/county/too-soon.toml 第{line}行" in message
    for part in said:
        assert part in message


def test_exploding_pattern_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.kinds import base
    from checker.reading.limits import Limits

    monkeypatch.setattr(base, "DEFAULT", Limits(pattern_seconds=0.2))
    message = refused(tmp_path, RULE.replace('unit = "day"', "unit = \"day\"\nunless_title = '(甲|甲甲)+$'"))
    assert "unless_title" in message
    assert "嵌套" in message


def test_syntax_error_names_the_line(tmp_path: Path) -> None:
    assert "第3行" in refused(tmp_path, RULE.replace('title = "间隔"', 'title = "间隔'))


@pytest.mark.parametrize("missing", ["violates", "complies"])
def test_examples_of_both_sorts_are_needed(tmp_path: Path, missing: str) -> None:
    assert missing in refused(tmp_path, RULE.replace(f"[[{missing}]]", "[[known_miss]]"), examples=True)


def test_unknown_date_in_an_example(tmp_path: Path) -> None:
    text = RULE.replace('note = "短"', 'note = "短"\ndates = { publised = 2024-01-01 }')
    assert "publised" in refused(tmp_path, text, examples=True)


def test_override_of_nothing_is_refused(tmp_path: Path) -> None:
    assert "没有可以覆盖的规则" in refused(tmp_path, OVERRIDE)


def test_override_that_changes_nothing_is_refused(tmp_path: Path) -> None:
    assert "没有改动" in refused(tmp_path, 'id = "too-soon"\noverride = true\n')


def test_same_id_twice_is_refused(tmp_path: Path) -> None:
    root = office(
        tmp_path,
        {
            "a/pack.toml": 'title = "甲"',
            "a/too-soon.toml": RULE,
            "b/pack.toml": 'title = "乙"',
            "b/too-soon.toml": RULE,
        },
    )
    with pytest.raises(RulePackError, match="重名"):
        load_rulebook([root])


def test_redefinition_without_override_is_refused(tmp_path: Path) -> None:
    root = office(
        tmp_path,
        {
            "a/pack.toml": 'title = "甲"',
            "a/too-soon.toml": RULE,
            "b/pack.toml": 'title = "乙"\nextends = "a"',
            "b/too-soon.toml": RULE,
        },
    )
    with pytest.raises(RulePackError, match="override = true"):
        load_rulebook([root])


def test_cycle_is_refused(tmp_path: Path) -> None:
    root = office(
        tmp_path, {"a/pack.toml": 'title = "甲"\nextends = "b"', "b/pack.toml": 'title = "乙"\nextends = "a"'}
    )
    with pytest.raises(RulePackError, match="成环"):
        load_rulebook([root])


def test_a_pack_may_extend_several(tmp_path: Path) -> None:
    other = RULE.replace('"too-soon"', '"too-late"')
    root = office(
        tmp_path,
        {
            "a/pack.toml": 'title = "甲"',
            "a/too-soon.toml": RULE,
            "b/pack.toml": 'title = "乙"\nextends = "a"',
            "b/too-soon.toml": OVERRIDE,
            "c/pack.toml": 'title = "丙"',
            "c/too-late.toml": other,
            "d/pack.toml": 'title = "丁"\nextends = ["a", "b", "c"]',
        },
    )
    (pack,) = load_rulebook([root]).named(["d"])
    assert pack.extends == ("a", "b", "c")
    rules = {rule.id: rule for rule in pack.rules}
    assert [basis.params["min"] for basis in rules["too-soon"].basis] == [10, 20]
    assert rules["too-soon"].pack == rules["too-late"].pack == "d"


def test_parents_that_change_a_rule_differently_are_refused(tmp_path: Path) -> None:
    root = office(
        tmp_path,
        {
            "a/pack.toml": 'title = "甲"',
            "a/too-soon.toml": RULE,
            "b/pack.toml": 'title = "乙"\nextends = "a"',
            "b/too-soon.toml": OVERRIDE,
            "c/pack.toml": 'title = "丙"\nextends = "a"',
            "c/too-soon.toml": OVERRIDE,
            "d/pack.toml": 'title = "丁"\nextends = ["b", "c"]',
        },
    )
    with pytest.raises(RulePackError, match="改动不同"):
        load_rulebook([root])


def test_unknown_parent_and_bad_folder(tmp_path: Path) -> None:
    root = office(tmp_path, {"a/pack.toml": 'title = "甲"\nextends = "z"'})
    with pytest.raises(RulePackError, match="z 不存在"):
        load_rulebook([root])
    with pytest.raises(RulePackError, match="不存在"):
        load_rulebook([tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(RulePackError, match=r"pack\.toml"):
        load_rulebook([tmp_path / "empty"])


def test_basis_accumulates_and_lineage_is_kept(tmp_path: Path) -> None:
    root = office(
        tmp_path,
        {
            "a/pack.toml": 'title = "甲"',
            "a/too-soon.toml": RULE,
            "b/pack.toml": 'title = "乙"\nextends = "a"',
            "b/too-soon.toml": OVERRIDE,
        },
    )
    book = load_rulebook([root])
    (parent,), (child,) = (pack.rules for pack in book.named(["a", "b"]))
    assert (parent.severity, child.severity) == ("warning", "error")
    assert [basis.params["min"] for basis in child.basis] == [10, 20]
    assert child.lineage == ("our-rules/a/too-soon.toml", "our-rules/b/too-soon.toml")
    assert child.pack == "b"
    assert parent.lineage == ("our-rules/a/too-soon.toml",)


def test_a_folder_may_itself_be_a_pack(tmp_path: Path) -> None:
    root = office(tmp_path, {"pack.toml": 'title = "本局"', "too-soon.toml": RULE})
    assert [rule.id for rule in load_rulebook([root]).named(["our-rules"])[0].rules] == ["too-soon"]


def test_digest_follows_the_content(tmp_path: Path) -> None:
    root = office(tmp_path, {"a/pack.toml": 'title = "甲"', "a/too-soon.toml": RULE})
    before = load_rulebook([root]).digest
    assert load_rulebook([root], examples=True).digest == before
    (root / "a/too-soon.toml").write_text(RULE.replace("min = 10", "min = 11"), "utf-8")
    assert load_rulebook([root]).digest != before


def test_unknown_pack_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="ningxia/indicators-2023"):
        load_rulebook().named(["ningxia/indicators-2032"])


def test_starts_from_the_compiled_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing all rule files takes seconds; a start that finds the table up to date parses none of them."""
    before = load_rulebook().digest
    parsed: list[str] = []

    def loads(text: str) -> dict[str, object]:
        parsed.append(text)
        return {}

    monkeypatch.setattr("checker.rulebook.tomllib", SimpleNamespace(loads=loads))
    assert load_rulebook().digest == before
    assert not parsed


def case(as_of: date, region: Region | None = None, published: date | None = None) -> Case:
    timeline = (Event("published", published, "given"),) if published else ()
    document = Document("a.txt", "", "txt", "", (), 0)
    return Case((document,), (Facts("other", ("other",), "", "enact", {}),), timeline, as_of, "given", region)


NINGXIA = Region("宁夏回族自治区", "银川市")
XIXIA = Region("宁夏回族自治区", "银川市", "西夏区")
LINGCHUAN = Region("山西省", "晋城市", "陵川县")


@pytest.mark.parametrize(
    ("chosen_case", "ids"),
    [
        (
            case(date(2024, 3, 1), NINGXIA),
            {"national/citations", "national/official-documents", "ningxia/indicators-2023"},
        ),
        (
            case(date(2024, 3, 1)),
            {"national/citations", "national/official-documents", "national/indicators-2021"},
        ),
        (
            case(date(2023, 8, 31), NINGXIA),
            {"national/citations", "national/official-documents", "ningxia/eight-actions-2023"},
        ),
        (
            case(date(2023, 8, 31), NINGXIA, date(2023, 9, 1)),
            {"national/citations", "national/official-documents", "ningxia/indicators-2023"},
        ),
        (
            case(date(2019, 8, 31), NINGXIA),
            {
                "national/citations",
                "national/official-documents",
                "national/government-rules",
                "national/normative-documents",
            },
        ),
        (
            case(date(2020, 5, 1), NINGXIA),
            {"national/citations", "national/official-documents", "national/indicators-2019"},
        ),
        (case(date(2020, 1, 1), XIXIA), {"national/citations", "national/official-documents", "xixia/2020"}),
        (
            case(date(2019, 12, 31), XIXIA),
            {"national/citations", "national/official-documents", "national/indicators-2019"},
        ),
        (
            case(date(2021, 1, 1), XIXIA),
            {"national/citations", "national/official-documents", "national/indicators-2019"},
        ),
        (
            case(date(2023, 6, 3), NINGXIA),
            {"national/citations", "national/official-documents", "national/indicators-2021"},
        ),
        (case(date(2022, 11, 28), LINGCHUAN), {"national/citations", "national/official-documents", "lingchuan/2022"}),
        (
            case(date(2022, 11, 27), LINGCHUAN),
            {"national/citations", "national/official-documents", "national/indicators-2021"},
        ),
        (case(date(2010, 5, 1)), {"national/citations", "national/government-rules", "national/normative-documents"}),
        (
            case(date(2024, 3, 1), Region("山西省")),
            {"national/citations", "national/official-documents", "national/indicators-2021"},
        ),
    ],
)
def test_choice_by_place_and_time(chosen_case: Case, ids: set[str]) -> None:
    book: Rulebook = load_rulebook()
    assert {pack.id for pack in book.choose(chosen_case)} == ids | {"national/citations", "national/content"}


def test_a_county_pack_as_contributing_shows_it(tmp_path: Path) -> None:
    section = (data_root() / "CONTRIBUTING.md").read_text("utf-8").split("## Adding a county pack")[1].split("\n## ")[0]
    for block in regex.findall(r"```toml\n# (\S+)\n(.*?)```", section, regex.DOTALL):
        path = tmp_path / block[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block[1], "utf-8")
    book = load_rulebook([tmp_path / "our-rules"], examples=True)
    (pack,) = book.named(["lingchuan-2025"])
    (rule,) = [rule for rule in pack.rules if rule.id == "comment-period-too-short"]
    assert try_example(pack, rule, rule.violates[0], load_reference(), violates=True) is None
    assert try_example(pack, rule, rule.complies[0], load_reference(), violates=False) is None
    assert "lingchuan-2025" in {pack.id for pack in book.choose(case(date(2025, 3, 3), LINGCHUAN))}


# ------------------------------------------------------------------ packs of an office


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from = 2020-01-01", "from = 2020-02-30", ["第23行", "日期不存在", "2023-09-01"]),
        ("[[complies]]", "[[known_miss]]", ["complies", "例子"]),
        ("[[violates]]", "[[known_miss]]", ["violates", "例子"]),
        ('text = "甲"', 'text = "甲"\nplace = { filing = 3 }', ["第29行 violates[1].place：place filing：应当是表"]),
        ('text = "甲"', "text = " + "[" * 3000 + "]" * 3000, ["嵌套"]),
    ],
)
def test_an_offices_own_files_are_read_whole_at_every_start(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    message = refused(tmp_path, RULE.replace(old, new, 1))
    for part in ("our-rules/county/too-soon.toml", *said):
        assert part in message


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ('title = "县"\nplace = "宁夏"', ["第2行 place", "宁夏回族自治区"]),
        ('title = "县"\nplace = "火星省"', ["第2行 place"]),
        ('title = "县"\nfrom = 2024-01-01\nuntil = 2023-01-01', ["第3行 until", "晚于"]),
        ('title = "县"\nfrom = "2024"', ["第2行 from", "不加引号"]),
        ('place = "宁夏回族自治区"', ["title"]),
    ],
)
def test_pack_heads_are_strict(tmp_path: Path, head: str, said: list[str]) -> None:
    root = office(tmp_path, {"county/pack.toml": head})
    with pytest.raises(RulePackError) as caught:
        load_rulebook([root])
    for part in ("our-rules/county/pack.toml", *said):
        assert part in str(caught.value)


def test_links_are_not_followed(tmp_path: Path) -> None:
    root = office(tmp_path, {"county/pack.toml": 'title = "县"'})
    outside = tmp_path / "outside.toml"
    outside.write_text(RULE, "utf-8")
    link = root / "county" / "too-soon.toml"
    link.symlink_to(outside)
    with pytest.raises(RulePackError, match=r"our-rules/county/too-soon\.toml：这是符号链接"):
        load_rulebook([root])
    link.unlink()
    (root / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(RulePackError, match="our-rules/elsewhere：这是符号链接"):
        load_rulebook([root])


def test_a_rule_outside_every_pack_is_refused(tmp_path: Path) -> None:
    root = office(tmp_path, {"county/pack.toml": 'title = "县"', "county/more/too-soon.toml": RULE})
    with pytest.raises(RulePackError, match=r"our-rules/county/more/too-soon\.toml：规则文件不在规则包中"):
        load_rulebook([root])


def test_files_that_are_no_rule_files(tmp_path: Path) -> None:
    root = office(
        tmp_path, {"pack.toml": '\ufefftitle = "本局"', "too-soon.toml": RULE, ".git/x.toml": "?", "read.me": "?"}
    )
    assert load_rulebook([root]).named(["our-rules"])[0].title == "本局"
    (root / "big.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(RulePackError, match="1 MB"):
        load_rulebook([root])
    (root / "big.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(RulePackError, match="UTF-8"):
        load_rulebook([root])


def test_material_needs_one_example_that_says_what_it_says(tmp_path: Path) -> None:
    head, tail = RULE[: RULE.index("[[violates]]")], '[[complies]]\ntext = "甲"\n'
    text = head.replace('"interval"', '"material"').replace("params = { min = 10 }\n", "")
    text = text.replace('from = "published"\nto = "effective"\nunit = "day"', 'decided_by = "dossier"')
    text = text.replace("[[basis]]", '[[params.materials]]\nwhat = "意见书"\nhow = "上传。"\n\n[[basis]]')
    text = text.replace('message = "间隔{actual}日。"\nsuggestion = "推迟至{earliest}。"\n', "")
    root = office(tmp_path, {"county/pack.toml": 'title = "县"', "county/too-soon.toml": text + tail})
    with pytest.raises(RulePackError, match="cannot_tell"):
        load_rulebook([root])
    (root / "county/too-soon.toml").write_text(text + tail + 'status = "cannot_tell"\n', "utf-8")
    (rule,) = load_rulebook([root]).named(["county"])[0].rules
    assert (rule.decided_by, rule.message) == ("dossier", "")
    (root / "county/too-soon.toml").write_text(text + tail + 'status = "met"\n[[violates]]\ntext="乙"\n', "utf-8")
    with pytest.raises(RulePackError, match="不作不符合的结论"):
        load_rulebook([root])


def test_wrong_packs_are_left_out_on_request_with_what_builds_on_them(tmp_path: Path) -> None:
    root = office(
        tmp_path,
        {
            "a/pack.toml": 'title = "甲"',
            "a/too-soon.toml": RULE.replace('severity = "warning"', 'severity = "grave"'),
            "b/pack.toml": 'title = "乙"\nextends = "a"',
            "c/pack.toml": 'title = "丙"\nextends = "national/normative-documents"',
        },
    )
    with pytest.raises(RulePackError, match="grave"):
        load_rulebook([root])
    book = load_rulebook([root, tmp_path / "nowhere"], optional=True)
    assert [error.where.split(" ")[0] for error in book.refused] == [
        str(tmp_path / "nowhere"),
        "our-rules/a/too-soon.toml",
        "our-rules/b/pack.toml",
    ]
    assert {"c", "ningxia/indicators-2023"} <= {pack.id for pack in book.packs}
    assert not {"a", "b"} & {pack.id for pack in book.packs}


def test_a_county_pack_is_chosen_for_its_county_and_period(tmp_path: Path) -> None:
    root = office(
        tmp_path,
        {
            "xixia/pack.toml": 'title = "西夏区"\nplace = "宁夏回族自治区银川市西夏区"\nfrom = 2024-01-01\nuntil = 2025-01-01\n',
            "xixia/too-soon.toml": RULE,
        },
    )
    book = load_rulebook([root])
    xixia = Region("宁夏回族自治区", "银川市", "西夏区")
    assert "xixia" in {pack.id for pack in book.choose(case(date(2024, 3, 1), xixia))}
    assert "ningxia/indicators-2023" in {pack.id for pack in book.choose(case(date(2024, 3, 1), xixia))}
    for other in (case(date(2025, 1, 1), xixia), case(date(2024, 3, 1), NINGXIA), case(date(2024, 3, 1))):
        assert "xixia" not in {pack.id for pack in book.choose(other)}


@pytest.mark.parametrize(
    "source", ["(甲|甲甲)+$", "(?:第?[一-龥]{1,9}[、和]?){1,40}应当：", "(?:[一-龥]|[一-龥]{2})+。"]
)
def test_patterns_that_explode_are_found_before_a_document_does(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from checker.kinds import base
    from checker.reading.limits import Limits

    monkeypatch.setattr(base, "DEFAULT", Limits(pattern_seconds=0.2))
    assert "嵌套" in str(base.pattern(source))
    assert base.pattern("(?:办法|规定)(?:[（(][^）)]{1,6}[）)])?$") is None
