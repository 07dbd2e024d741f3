"""Every option of `normcheck check`, by what it changes in the report of a real document."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
TEXT = (
    "青禾县人民政府关于印发《青禾县集市管理办法》的通知\n青政规发〔2024〕3号\n各乡镇人民政府：\n"
    "现将《青禾县集市管理办法》印发给你们，请遵照执行。\n青禾县人民政府\n2024年3月5日\n青禾县集市管理办法\n"
    "第一条　为了规范集市管理，制定本办法。\n第二条　经营者应当按照划定的摊位经营。\n"
    "第三条　本办法自2024年4月1日起施行。\n"
)
RULE = """
id = "no-market-measures"
requirement = "P20"
title = "自定规则"
kind = "interval"
severity = "error"
message = "公布日{from}至施行日{to}间隔{actual}日，少于{min}日。"
suggestion = "推迟。"
[applies_to]
[params]
from = "issued"
to = "effective"
unit = "day"
[[basis]]
law = "自定规定"
number = "自定第1号"
article = "第一条"
requires = "施行前留出一年"
role = "legal"
verified = "V1"
from = 2020-01-01
params = { min = 365 }
[[violates]]
text = "自2024年4月1日起施行。"
[[complies]]
text = "自2025年4月1日起施行。"
"""


@pytest.fixture
def check(run: Run) -> Callable[..., Any]:
    """Runs the command on the document and returns its report, and the exit code as `code`."""
    Path("办法.txt").write_text(TEXT, encoding="utf-8")

    def go(*options: str) -> Any:
        result = run("check", "办法.txt", "--format", "json", *options)
        assert result.out, result.err
        (report,) = json.loads(result.out)["reports"]
        return {**report, "code": result.code}

    return go


def test_without_options(check: Run) -> None:
    report = check()
    assert (report["as_of"], report["as_of_source"], report["code"]) == ("2024-03-05", "issued", 0)
    assert report["case"]["kind"] == "normative_document"


def test_as_of(check: Run) -> None:
    report = check("--as-of", "2020年1月1日")
    assert (report["as_of"], report["as_of_source"]) == ("2020-01-01", "given")


def test_region_chooses_packs(check: Run) -> None:
    assert "ningxia/indicators-2023" not in check()["packs"]
    report = check("--region", "宁夏")
    assert report["case"]["region"] == "宁夏回族自治区"
    assert "ningxia/indicators-2023" in report["packs"]


def test_packs(check: Run) -> None:
    assert check("--packs", "national/official-documents")["packs"] == ["national/official-documents"]


def test_kind(check: Run) -> None:
    assert check("--kind", "internal_document")["case"]["kind"] == "internal_document"
    assert check("--kind", "内部文件")["case"]["kind"] == "internal_document"


def test_trait(check: Run) -> None:
    assert "risk" in {trait["trait"] for trait in check("--trait", "risk")["case"]["traits"]}
    assert "business" not in {trait["trait"] for trait in check("--trait", "no:business")["case"]["traits"]}


def test_date(check: Run) -> None:
    report = check("--date", "公布=2024-03-08", "--date", "filed=2024-03-20")
    given = {event["event"]: event["date"] for event in report["timeline"] if event["quote"] is None}
    assert given == {"published": "2024-03-08", "filed": "2024-03-20"}


def test_config_names_rules_of_the_office(check: Run) -> None:
    Path("office/ours/market").mkdir(parents=True)
    Path("office/office.toml").write_text('[packs]\nfolders = ["ours"]\n', encoding="utf-8")
    Path("office/ours/market/pack.toml").write_text('title = "自定规则"\n', encoding="utf-8")
    Path("office/ours/market/no-market-measures.toml").write_text(RULE, encoding="utf-8")
    assert "market" not in check()["packs"]
    report = check("--config", "office/office.toml")
    assert "market" in report["packs"]
    assert "no-market-measures" in [finding["rule"] for finding in report["findings"]]
    assert report["code"] == 1


def test_config_is_found_upwards(check: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("normcheck.toml").write_text("[nonsense]\n", encoding="utf-8")
    Path("deep").mkdir()
    Path("办法.txt").rename("deep/办法.txt")
    monkeypatch.chdir("deep")
    with pytest.raises(AssertionError, match="nonsense"):
        check()
    Path("empty.toml").write_text("", encoding="utf-8")
    assert check("--config", "empty.toml")["code"] == 0


def test_strict_counts_hard_requirements_that_cannot_be_judged(check: Run) -> None:
    report = check()
    unknown = [each for each in report["outcomes"] if (each["status"], each["severity"]) == ("cannot_tell", "error")]
    assert report["code"] == 0
    assert check("--strict")["code"] == (1 if unknown else 0)


def test_waivers_and_baseline_outlive_a_revision(check: Run, run: Run) -> None:
    early = TEXT.replace("2024年4月1日起", "2024年3月1日起")
    Path("办法.txt").write_text(early, encoding="utf-8")
    run("check", "办法.txt", "--format", "json", "--output", "base.json")
    before = json.loads(Path("base.json").read_text("utf-8"))["reports"][0]["findings"]
    assert "steps-out-of-order" in {finding["rule"] for finding in before}
    revised = early.replace("第三条", "第四条").replace("第二条", "第二条　市场由县政府划定。\n第三条")
    Path("办法.txt").write_text(revised, encoding="utf-8")
    assert check("--baseline", "base.json")["findings"] == []
    Path("waivers.toml").write_text(
        "".join(
            f'[[waiver]]\nrule = "{finding["rule"]}"\nfingerprint = "{finding["fingerprint"]}"\n'
            'document = "青政规发[2024]3号"\nreason = "已说明理由"\nwho = "张审核"\n'
            for finding in before
        ),
        encoding="utf-8",
    )
    report = check()
    assert len(report["findings"]) == len(before)
    assert all(finding["waived"] for finding in report["findings"])
    assert not [problem for problem in report["problems"] if "waivers.toml" in problem["where"]]
