"""Every output format says the same of one document, finding by finding and requirement by requirement."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from checker import audit
from checker.audit import Settings
from checker.model import Report, Waiver
from checker.reports import words
from checker.reports.sarif import FINGERPRINT
from cli import formats

SAMPLES = ("contradicting-dates.md", "effective-too-soon.html", "leading-group-document.docx", "government-order.pdf")
KINDS: Mapping[str, str] = {"open": "cannot_tell", "pass": "met", "notApplicable": "not_applicable"}


@pytest.fixture(scope="module", params=SAMPLES)
def outputs(request: pytest.FixtureRequest, checkout: Path) -> tuple[Report, dict[str, str]]:
    """A report with its first finding waived, and what each format makes of it, as text."""
    name = str(request.param)
    data = (checkout / "corpora" / "samples" / name).read_bytes()
    settings = Settings(today=date(2026, 1, 1))
    report = audit.check_file(data, name, settings)
    waived = [replace(each, waived_by=Waiver("会议研究同意", "李审核")) for each in report.findings[:1]]
    report = replace(report, findings=(*waived, *report.findings[1:]))
    run = formats.Run(*audit.load(settings), original=lambda _: data)
    return report, {form: plain(each.render([report], run)) for form, each in formats.FORMATS.items()}


def plain(content: str | bytes) -> str:
    """The words of an output: of a docx those of its text and comments, without markup."""
    if isinstance(content, str):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if re.fullmatch(r"word/(document|comments)\.xml", name)]
        return unescape("".join(re.sub(r"<[^>]*>", "", archive.read(name).decode()) for name in sorted(parts)))


def bare(text: str) -> str:
    """`text` without markup and blanks, which lines broken at different places may add."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^<>]*>", "", text)))


def from_json(text: str) -> tuple[list[Any], Counter[str]]:
    (report,) = json.loads(text)["reports"]
    findings = [
        (
            each["rule"], each["fingerprint"], each["severity"], each["certainty"], each["message"], each["suggestion"],
            [(place["quote"], place["start"], place["end"], place["page"], place["paragraph"]) for place in each["evidence"]],
            each["waived"], each["basis"],
        )
        for each in report["findings"]
    ]  # fmt: skip
    return findings, Counter(outcome["status"] for outcome in report["outcomes"])


def requirements_by_status(text: str) -> dict[str, set[str]]:
    """What people are shown of the JSON: a requirement is not concerned only if none of its rules has more to say."""
    (report,) = json.loads(text)["reports"]
    codes: dict[str, set[str]] = {}
    violated = {outcome["requirement"] for outcome in report["outcomes"] if outcome["status"] == "violated"}
    for outcome in report["outcomes"]:
        screened = outcome["status"] == "met" and outcome["certainty"] == "screened"
        if not (screened and outcome["requirement"] in violated):
            codes.setdefault(outcome["status"], set()).add(outcome["requirement"])
    aside = codes.pop("not_applicable", set())
    return {**codes, "not_applicable": aside.difference(*codes.values())}


def from_sarif(text: str) -> tuple[list[Any], Counter[str]]:
    (run,) = json.loads(text)["runs"]
    findings = []
    for each in run["results"]:
        if each["kind"] != "fail":
            continue
        properties = each["properties"]
        levels = {"error": "error", "warning": "warning", "note": "info"}
        said = [each["message"]["text"].split("\n建议：")[0], properties["suggestion"]]
        waived = [entry["properties"] for entry in each["suppressions"]] or [None]
        findings.append(
            (
                each["ruleId"], each["partialFingerprints"][FINGERPRINT], levels[each["level"]], properties["certainty"],
                *said, [place_of(one) for one in (*each["locations"], *each.get("relatedLocations", ()))], waived[0],
                properties["basis"],
            )
        )  # fmt: skip
    return findings, Counter(KINDS[each["kind"]] for each in run["results"] if each["kind"] != "fail")


def place_of(location: Any) -> tuple[Any, ...]:
    region = location["physicalLocation"]["region"]
    (logical,) = location["logicalLocations"]
    end = region["charOffset"] + region["charLength"]
    place = logical["properties"]
    return region["snippet"]["text"], region["charOffset"], end, place["page"], place["paragraph"]


def test_json_and_sarif_agree_in_everything(outputs: tuple[Report, dict[str, str]]) -> None:
    report, shown = outputs
    json_findings, json_statuses = from_json(shown["json"])
    sarif_findings, sarif_statuses = from_sarif(shown["sarif"])
    assert sarif_findings == json_findings
    assert len(json_findings) == len(report.findings)
    del json_statuses["violated"]
    assert sarif_statuses == json_statuses


def test_the_text_report_lists_the_same_findings_in_the_same_order(outputs: tuple[Report, dict[str, str]]) -> None:
    _, shown = outputs
    findings, _ = from_json(shown["json"])
    text = bare(shown["text"])
    rows = text.split("编号：")[1:]
    assert len(rows) == len(findings)
    assert all(row.startswith(finding[0] + finding[1]) for row, finding in zip(rows, findings, strict=True))
    for status, codes in requirements_by_status(shown["json"]).items():
        assert f"{words.STATUS[status]}{len(codes)}" in text
    assert f"问题{sum(1 for finding in findings if not finding[7])}条" in text


def test_the_page_for_people_has_every_requirement_once(outputs: tuple[Report, dict[str, str]]) -> None:
    """In one group or another, and in no two groups of which one says that it does not concern the document."""
    _, shown = outputs
    wanted = requirements_by_status(shown["json"])
    checklist = shown["html"].split('class="checklist"')[1].split("</section>")[0]
    aside = checklist.split('<b class="not_applicable">')[1]
    listed = re.findall(r"<li><b>(\w+)</b>", aside)
    assert sorted(listed) == sorted(wanted["not_applicable"])
    judged = re.findall(r'<th scope="row"[^>]*>(\w+)</th>', checklist)
    assert len(judged) == len(set(judged))
    assert not set(judged) & set(listed)


@pytest.mark.parametrize("form", [form for form in formats.FORMATS if form not in {"json", "sarif"}])
def test_formats_for_people_say_every_finding(form: str, outputs: tuple[Report, dict[str, str]]) -> None:
    report, shown = outputs
    said = bare(shown[form])
    for finding in report.findings:
        assert bare(finding.message) in said
        assert bare(finding.suggestion) in said
        for basis in finding.basis:
            assert bare(basis.law) in said
        if finding.waived_by is not None:
            assert bare(finding.waived_by.reason) in said
            assert bare(finding.waived_by.who) in said
    messages = Counter(bare(finding.message) for finding in report.findings)
    assert all(said.count(message) >= count for message, count in messages.items())
