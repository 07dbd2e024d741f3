"""SARIF: valid against the official schema, regions right for every character, indexes that point where they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import audit
from checker.audit import Settings
from checker.model import Finding, Pack, Problem, Report, Rule, Span
from checker.reports.json_report import Tool
from checker.reports.sarif import FINGERPRINT, _region, artifact_uri, message_text, sarif_log

TOOL = Tool("0.1.0", "abc", date(2026, 12, 31))
SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))


def packs_of(report: Report) -> list[Pack]:
    """Packs that hold a rule for each outcome."""
    return [
        Pack(
            each.pack,
            each.pack,
            rules=(
                Rule(
                    each.rule, each.requirement, each.title, "presence", each.severity, "问题。", "", {}, {}, each.basis,
                    each.pack, formerly=("old-name",),
                ),
            ),
        )
        for each in report.outcomes
    ]  # fmt: skip


def run_of(*reports: Report, packs: list[Pack] | None = None) -> dict[str, Any]:
    """The one run of the log, which is valid and whose references hold."""
    if packs is None:
        packs = [pack for report in reports for pack in packs_of(report)]
    log = json.loads(json.dumps(sarif_log(reports, TOOL, packs, {"P20": "公布与施行之间留出时间"})))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    assert_consistent(run)
    return run


def assert_consistent(run: dict[str, Any]) -> None:
    """What the standard asks beyond its schema."""
    driver, artifacts = run["tool"]["driver"], run["artifacts"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert (result["kind"] == "fail") == (result["level"] != "none")
        assert "suppressions" in result  # all results of a run, or none
        assert (FINGERPRINT in result.get("partialFingerprints", {})) == (result["kind"] == "fail")
        assert len(result["locations"]) == 1
    for location in artifact_locations(run["results"] + run["invocations"]):
        assert artifacts[location["index"]]["location"]["uri"] == location["uri"]
    for notification in run["invocations"][0]["toolExecutionNotifications"]:
        assert driver["notifications"][notification["descriptor"]["index"]]["id"] == notification["descriptor"]["id"]


def artifact_locations(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "artifactLocation" in value:
            yield value["artifactLocation"]
        for item in value.values():
            yield from artifact_locations(item)
    elif isinstance(value, list):
        for item in value:
            yield from artifact_locations(item)


def fails(run: dict[str, Any]) -> list[dict[str, Any]]:
    return [result for result in run["results"] if result["kind"] == "fail"]


def cut(text: str, region: dict[str, Any]) -> str:
    """What a reader of the region takes for its words, by lines and columns."""
    lines = text.split("\n")[region["startLine"] - 1 : region["endLine"]]
    lines[-1] = lines[-1][: region["endColumn"] - 1]
    lines[0] = lines[0][region["startColumn"] - 1 :]
    return "\n".join(lines)


# ------------------------------------------------------------------ whole logs


def test_every_sample_is_valid(checkout: Path) -> None:
    settings = Settings(today=date(2026, 1, 1))
    rulebook, _ = audit.load(settings)
    reports = [
        audit.check_file(path.read_bytes(), f"corpora/samples/{path.name}", settings)
        for path in sorted((checkout / "corpora" / "samples").iterdir())
        if path.suffix != ".py"
    ]
    run = run_of(*reports, packs=list(rulebook.packs))
    assert len(run["artifacts"]) == len(reports)
    assert len(fails(run)) == sum(len(report.findings) for report in reports) > 0
    declared = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert declared == {rule.id for pack in rulebook.packs for rule in pack.rules}
    assert {"pass", "fail", "open", "notApplicable"} == {result["kind"] for result in run["results"]}
    for rule in run["tool"]["driver"]["rules"]:
        assert "：" in rule["help"]["text"]
        assert rule["properties"]["basisRoles"]


def test_rules_are_declared_with_bases_levels_and_former_names(report: Report) -> None:
    rules = {rule["id"]: rule for rule in run_of(report)["tool"]["driver"]["rules"]}
    rule = rules["publication-to-effect-too-short"]
    assert rule["name"] == "公布日与施行日间隔不足"
    assert rule["fullDescription"]["text"] == "P20 公布与施行之间留出时间"
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert rule["deprecatedIds"] == ["old-name"]
    assert "宁夏回族自治区法治政府建设指标体系第19项" in rule["help"]["text"]
    assert rule["properties"]["basisRoles"] == ["indicator"]
    assert rule["properties"]["packs"] == ["ningxia/indicators-2023"]
    assert rules["penalty-set"]["properties"]["basisRoles"] == ["legal"]


def test_a_rule_of_two_packs_is_declared_once_with_both(report: Report) -> None:
    packs = packs_of(report)
    first = packs[0].rules[0]
    packs.append(Pack("place", "地方", rules=(replace(first, pack="place", basis=packs[2].rules[0].basis),)))
    rule = run_of(report, packs=packs)["tool"]["driver"]["rules"][0]
    assert rule["properties"]["packs"] == ["ningxia/indicators-2023", "place"]
    assert rule["properties"]["basisRoles"] == ["indicator", "legal"]


def test_findings_outcomes_and_waivers(report: Report) -> None:
    run = run_of(report)
    suspected, short = fails(run)
    assert (suspected["level"], short["level"]) == ("error", "warning")
    assert suspected["partialFingerprints"] == {FINGERPRINT: "9f2c1a"}
    assert suspected["message"]["text"].startswith("涉嫌设定行政处罚，请核实依据：处五千元罚款。\n建议：删去罚款")
    assert suspected["suppressions"] == []
    assert suspected["properties"]["pack"] == "national/prohibitions"
    (waived,) = short["suppressions"]
    assert (waived["kind"], waived["status"]) == ("external", "accepted")
    assert waived["justification"] == "起草说明中写明了立即施行的理由（张审核，有效至2024-12-31）"
    assert short["properties"]["measured"] == {"value": 24, "unit": "day", "days": None}
    kinds = {result["ruleId"]: result["kind"] for result in run["results"] if result["kind"] != "fail"}
    assert kinds == {
        "comment-period-too-short": "pass",
        "filing-too-late": "open",
        "order-incomplete": "notApplicable",
    }
    (missing,) = [result for result in run["results"] if result["kind"] == "open"]
    assert missing["properties"]["missing"][0]["what"] == "报送备案日"


def test_what_was_not_read_is_a_notification(report: Report, unreadable: Report) -> None:
    notice = replace(report, problems=(*report.problems, Problem(report.name, "提示。", lost=False)))
    (invocation,) = run_of(notice, unreadable)["invocations"]
    assert invocation["executionSuccessful"] is False
    told = [(each["descriptor"]["id"], each["level"]) for each in invocation["toolExecutionNotifications"]]
    assert told == [("incomplete", "warning"), ("notice", "note"), ("unread", "error")]
    last = invocation["toolExecutionNotifications"][-1]
    assert last["message"]["text"] == "文件需要密码。去掉密码后重新提交。"
    assert unquote(last["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) == "报告.docx"
    assert run_of(report)["invocations"][0]["executionSuccessful"] is True


# ------------------------------------------------------------------ places


def test_region_is_against_the_text_of_facts(report: Report) -> None:
    assert report.case is not None
    run = run_of(report)
    assert run["columnKind"] == "unicodeCodePoints"
    location = fails(run)[0]["locations"][0]
    region = location["physicalLocation"]["region"]
    evidence = report.findings[0].evidence[0]
    assert (region["startLine"], region["endLine"]) == (4, 4)
    assert (region["charOffset"], region["charLength"]) == (evidence.span.start, len(evidence.span))
    assert cut(report.case.document.text, region) == region["snippet"]["text"] == "处五千元罚款"
    (logical,) = location["logicalLocations"]
    assert logical["fullyQualifiedName"] == "收文/集市管理办法.txt/第4段/第二条"
    assert logical["properties"]["paragraph"] == 4
    assert logical["properties"]["boxes"] == [[3, 90.0, 120.5, 410.2, 134.0]]


@given(st.text(alphabet="法制\n𠮷😀a\t\r\x0b\x0c\x85\u2028e\u0301", max_size=40), st.data())
def test_any_region_cuts_out_its_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    span = Span(start, data.draw(st.integers(start, len(text))))
    starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]
    region = _region(span, text, starts)
    assert cut(text, region) == span.of(text)


def test_characters_outside_the_basic_plane_are_one_column(tmp_path: Path) -> None:
    text = (
        "青禾县人民政府关于印发《青禾县𠮷祥集市管理办法》的通知\n青政规发〔2024〕3号\n各乡镇人民政府：\n"
        "𠮷祥集市管理办法已经县政府同意，印发给你们，自2024年3月1日起施行。\n青禾县人民政府\n2024年3月5日\n"
    )
    settings = Settings(today=date(2026, 1, 1))
    report = audit.check_file(text.encode(), "𠮷.txt", settings)
    run = run_of(report, packs=list(audit.load(settings)[0].packs))
    regions = [
        result["locations"][0]["physicalLocation"]["region"]
        for result in fails(run)
        if result["locations"][0]["physicalLocation"].get("region", {}).get("startLine") == 4
    ]
    assert regions
    for region in regions:
        assert cut(text, region) == region["snippet"]["text"] == "自2024年3月1日起施行"
        assert region["startColumn"] == text.split("\n")[3].index("自2024") + 1


def test_several_places_are_one_to_act_on_and_others_related(report: Report) -> None:
    first, second = report.findings[0].evidence[0], report.findings[1].evidence[0]
    both = replace(report.findings[0], evidence=(first, second))
    result = fails(run_of(replace(report, findings=(both,))))[0]
    assert result["locations"][0]["physicalLocation"]["region"]["snippet"]["text"] == first.quote
    (related,) = result["relatedLocations"]
    assert (related["id"], related["physicalLocation"]["region"]["snippet"]["text"]) == (1, second.quote)


def test_a_finding_without_words_is_about_the_document(report: Report) -> None:
    bare: Finding = replace(report.findings[0], evidence=())
    (location,) = fails(run_of(replace(report, findings=(bare,))))[0]["locations"]
    assert list(location["physicalLocation"]) == ["artifactLocation"]


def test_words_of_a_file_that_is_no_document_of_the_case_are_about_the_judged_one(report: Report) -> None:
    strange = replace(report.findings[0].evidence[0], document="别的.txt")
    (location,) = fails(run_of(replace(report, findings=(replace(report.findings[0], evidence=(strange,)),))))[0][
        "locations"
    ]
    assert unquote(location["physicalLocation"]["artifactLocation"]["uri"]) == report.name


@pytest.mark.parametrize(
    "name",
    ["收文/集市 管理办法（定稿）.docx", "a#b?c%d.txt", "c:d.txt", "../上级/a.txt", "a//b/./c.txt", "[1] {2}.pdf"],
)
def test_uris_are_relative_and_encoded(name: str) -> None:
    uri = artifact_uri(name)
    assert uri.isascii()
    assert Path(unquote(uri)) == Path(name)
    resolved = urljoin("https://example.test/root/sub/", uri)
    assert resolved.startswith("https://example.test/root/")
    assert not set(uri) & set("#?[]{} :")


def test_uris_of_absolute_paths_and_of_names_that_are_no_text() -> None:
    assert artifact_uri("/收文/a.txt") == "file:///%E6%94%B6%E6%96%87/a.txt"
    assert artifact_uri(b"\xd6\xd0.txt".decode("utf-8", "surrogateescape")) == "%D6%D0.txt"
    assert artifact_uri("\ud800.txt").isascii()


def test_messages_hold_no_placeholder_and_no_link() -> None:
    assert message_text("见[附件](1)和[附件]，{0}") == "见\\[附件](1)和[附件]，{{0}}"
