"""`normcheck rules list | show | test`, office packs that are wrong, and what an office sets for its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.test_rulebook import RULE

Run = Callable[..., Any]
NOTICE = "青禾县人民政府关于印发《青禾县停车办法》的通知\n\n青政规发〔2024〕3号\n\n现将《青禾县停车办法》印发给你们。\n\n青禾县人民政府\n2024年3月1日\n\n青禾县停车办法\n\n第一条　为了规范停车，制定本办法。\n第二条　停车人不得占用消防通道。\n第三条　本办法自2024年5月1日起施行，有效期6年。\n"
MATERIAL = """id = "review"
requirement = "P05"
title = "审核"
kind = "material"
severity = "error"
[applies_to]
document = ["normative_document"]
[params]
decided_by = "dossier"
materials = [{ what = "审核意见书", how = "上传审核意见书。", roles = ["legality_review_opinion"] }]
[[basis]]
law = "某县办法"
article = "第三条"
requires = "须经审核"
role = "legal"
verified = "V1"
from = 2020-01-01
[[complies]]
note = "只有正文"
status = "cannot_tell"
text = '''
%s'''
"""


def office(files: dict[str, str]) -> None:
    for name, text in {"normcheck.toml": '[packs]\nfolders = ["our"]\n', **files}.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, "utf-8")


def test_list_names_packs_and_rules(run: Run) -> None:
    result = run("rules", "list")
    assert result.code == 0
    for said in ("ningxia/indicators-2023", "P20", "publication-to-effect-too-short", "一般要求", "文本", "继承自"):
        assert said in result.out
    one = run("rules", "list", "--packs", "ningxia/indicators-2023").out
    assert "national/official-documents" not in one
    assert run("rules", "list", "--packs", "nowhere").code == 2


def test_show_is_a_page_to_read(run: Run) -> None:
    result = run("rules", "show", "comment-period-too-short")
    assert result.code == 0
    for said in (
        "P05 规范性文件公开征求意见的期限",
        "第22项",
        "考核指标",
        "自2023-09-01起",
        "文种：",
        "单位：个工作日",
        "例：不符合",
        "边界：计入首日恰为7个工作日",
        "来历",
        "rules/ningxia/indicators-2023/comment-period-too-short.toml",
    ):
        assert said in result.out, said


def test_show_of_an_unknown_rule_offers_near_ones(run: Run) -> None:
    result = run("rules", "show", "comment-period-short")
    assert result.code == 2
    assert "comment-period-too-short" in result.err


def test_test_runs_the_examples(run: Run) -> None:
    result = run("rules", "test", "--packs", "national/indicators-2021")
    assert result.code == 0
    assert "不合 0 个" in result.out


def test_test_names_what_fails(run: Run) -> None:
    office({"our/pack.toml": 'title = "本局"', "our/too-soon.toml": RULE})
    result = run("rules", "test", "--packs", "our")
    assert result.code == 1
    assert "our/too-soon.toml [[violates]] 第1个（短）：应为 violated" in result.out


def test_a_known_miss_that_is_found_fails(run: Run) -> None:
    found = MATERIAL % NOTICE + "\n[[known_miss]]\ntext = '甲'\nstatus = 'not_applicable'\n"
    office({"our/pack.toml": 'title = "本局"', "our/review.toml": found})
    result = run("rules", "test", "--packs", "our")
    assert result.code == 1
    assert "[[known_miss]] 第1个：现在查得出了" in result.out


def test_material_rules_pass_their_own_test(run: Run) -> None:
    office({"our/pack.toml": 'title = "本局"', "our/review.toml": MATERIAL % NOTICE})
    assert run("rules", "test", "--packs", "our").code == 0
    page = run("rules", "show", "review").out
    assert "由卷宗材料判断" in page
    assert "名称 审核意见书" in page


@pytest.mark.parametrize("command", [("rules", "list"), ("check", "通知.txt")])
def test_a_wrong_pack_stops_the_run(run: Run, command: tuple[str, ...]) -> None:
    office({"our/pack.toml": 'title = "本局"\ncolour = "red"', "通知.txt": NOTICE})
    result = run(*command)
    assert result.code == 2
    assert "our/pack.toml 第2行 colour：未知的键 colour" in result.err


def test_a_wrong_pack_is_left_out_on_request(run: Run) -> None:
    office(
        {
            "our/bad/pack.toml": 'title = "坏"\ncolour = "red"',
            "our/good/pack.toml": 'title = "好"',
            "our/good/review.toml": MATERIAL % NOTICE,
            "通知.txt": NOTICE,
        }
    )
    result = run("check", "通知.txt", "--packs-optional", "--format", "json")
    assert result.code == 0
    report = json.loads(result.out)["reports"][0]
    assert "good" in report["packs"]
    assert any("our/bad/pack.toml 第2行" in problem["where"] for problem in report["problems"])


def test_no_place_recognised_is_said(run: Run) -> None:
    office({"通知.txt": NOTICE})
    Path("normcheck.toml").unlink()
    for options, said in (
        ((), True),
        (("--region", "宁夏"), False),
        (("--packs", "national/official-documents"), False),
    ):
        report = json.loads(run("check", "通知.txt", "--format", "json", *options).out)["reports"][0]
        assert any("--region" in problem["next"] for problem in report["problems"]) is said


def test_places_of_the_configuration_decide(run: Run) -> None:
    """Validity and filing come from normcheck.toml; the nearest place wins."""
    place = '[place."宁夏/银川市"]\nvalidity_years = { general = %d, source = "某规定", from = 2018-01-01 }\n'
    rule = (
        (MATERIAL % NOTICE)
        .replace('kind = "material"', 'kind = "validity"\nmessage = "{fault}。"\nsuggestion = "{step}。"')
        .replace('decided_by = "dossier"', "")
        .replace(
            'materials = [{ what = "审核意见书", how = "上传审核意见书。", roles = ["legality_review_opinion"] }]', ""
        )
    )
    rule += rule[rule.index("[[complies]]") :].replace("complies", "violates")
    files = {"our/pack.toml": 'title = "本局"', "our/review.toml": rule, "通知.txt": NOTICE}
    base = '[packs]\nfolders = ["our"]\n[place."宁夏回族自治区"]\nvalidity_years = { general = 5, source = "某办法", from = 2018-01-01 }\n'
    for extra, region, status in (
        ("", "宁夏", "violated"),
        ("", "陕西省", "cannot_tell"),
        (place % 6, "宁夏/银川市西夏区", "met"),
        (place % 6, "宁夏/固原市", "violated"),
    ):
        office({**files, "normcheck.toml": base + extra})
        result = run("check", "通知.txt", "--region", region, "--packs", "our", "--format", "json")
        outcome = json.loads(result.out)["reports"][0]["outcomes"][0]
        assert outcome["status"] == status, (extra, region, outcome)
        assert status == "cannot_tell" or outcome["basis"][-1]["law"] in ("某办法", "某规定")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[place."火星"]\nfiling = []\n', '[place."火星"]'),
        ('[place."宁夏"]\nvalidity_years = { general = 5, from = 2018-01-01 }\n', "validity_years source：没有写"),
        ('[place."宁夏"]\nvalidity_years = { general = 5, source = "x", from = 2018-02-30 }\n', "normcheck.toml"),
        ('[place]\n"宁夏" = 5\n', '[place."宁夏"]'),
    ],
)
def test_faults_of_a_place_are_named(run: Run, text: str, named: str) -> None:
    office({"normcheck.toml": text, "通知.txt": NOTICE})
    result = run("check", "通知.txt")
    assert result.code == 2
    assert named in result.err
    assert "normcheck.toml" in result.err
