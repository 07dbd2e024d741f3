"""The JSON object: its keys are those of the contract, in order; dates are ISO; what is unreadable is in it."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from checker.model import Document, Facts, Report
from checker.reports.json_report import Tool, dumps, facts_object, report_object

TOOL = Tool("0.1.0", "abc", date(2026, 12, 31))
FACT_KEYS = re.findall(
    r"\w+",
    "title issuer document_number registration_number region addressees adopted signed issued printed published effective expires "
    "validity_years comment_start comment_end comment_stated review_received review_complete review_issued review_conclusion "
    "deliberated filed repeals citations urgency_reason structure",
)


def example(shared: Path) -> dict[str, Any]:
    """The contract's example object."""
    text = (shared / "contract.md").read_text(encoding="utf-8").split("## JSON", 1)[1]
    found: dict[str, Any] = json.loads(text.split("```json", 1)[1].split("```", 1)[0])
    return found


def shape(value: Any, path: str = "") -> dict[str, list[str]]:
    """Keys, in order, of every object, by its path; limits and facts hold free keys."""
    found: dict[str, list[str]] = {}
    if isinstance(value, dict):
        free = path.endswith((".limit", ".facts"))
        if not free:
            found[path] = list(value)
        for key, item in value.items():
            found |= shape(item, f"{path}.*" if free else f"{path}.{key}")
    if isinstance(value, list):
        for item in value:
            found |= shape(item, f"{path}[]")
    return found


def test_keys_are_those_of_the_contract(report: Report, shared: Path) -> None:
    ours, wanted = shape(report_object([report], TOOL)), shape(example(shared))
    place = ".reports[].outcomes[].evidence[]"
    ours.setdefault(place, [])
    missing = {path: keys for path, keys in wanted.items() if ours.get(path) is None}
    assert missing == {}
    facts = ".reports[].facts.*[]"
    different = {path: (ours[path], keys) for path, keys in wanted.items() if ours[path] != keys and path != facts}
    assert different == {}
    assert [key for key in ours[facts] if key != "derived"] == wanted[facts]


def test_fact_keys_are_those_of_the_contract(shared: Path) -> None:
    from checker.reports import words

    text = (shared / "contract.md").read_text(encoding="utf-8")
    listed = text.split("- `facts`: each key holds", 1)[1].split("Not stated", 1)[0]
    assert re.findall(r"`(\w+)`", listed) == FACT_KEYS
    assert sorted(words.FACT) == sorted(FACT_KEYS)


def test_values(report: Report) -> None:
    one = report_object([report], TOOL)["reports"][0]
    assert one["as_of"] == "2024-03-05"
    assert one["case"]["issuers"] == [{"name": "青禾县人民政府", "level": "county_government"}]
    assert one["facts"]["effective"][0] == {
        "value": "2024-04-01",
        "quote": "自2024年4月1日起施行",
        "document": "收文/集市管理办法.txt",
        "start": 89,
        "end": 102,
        "page": None,
        "paragraph": 5,
    }
    assert one["facts"]["expires"][0]["derived"] is True
    assert "kind" not in one["facts"]
    assert one["outcomes"][0]["measured"] == {"value": 24, "unit": "day", "days": None}
    assert one["outcomes"][1]["measured"]["days"][0] == "2024-09-27"
    assert one["findings"][0]["evidence"][0]["boxes"] == [[3, 90.0, 120.5, 410.2, 134.0]]
    assert one["findings"][1]["waived"] == {
        "reason": "起草说明中写明了立即施行的理由",
        "who": "张审核",
        "until": "2024-12-31",
    }
    assert one["findings"][0]["waived"] is None
    assert one["timeline"][1] == {"event": "published", "date": "2024-03-08", "document": None, "quote": None}


def test_quotes_are_the_text_at_their_offsets(report: Report, document: Document) -> None:
    one = report_object([report], TOOL)["reports"][0]
    for facts in one["facts"].values():
        for fact in facts:
            assert document.text[fact["start"] : fact["end"]] == fact["quote"]


def test_unreadable_documents_are_included(report: Report, unreadable: Report) -> None:
    both = report_object([unreadable, report], TOOL)["reports"]
    assert list(both[0]) == list(both[1])
    assert list(both[0]["documents"][0]) == list(both[1]["documents"][0])
    assert both[0]["documents"][0]["name"] == "报告.docx"
    assert both[0]["case"] is None
    assert both[0]["problems"] == [
        {"document": "报告.docx", "what": "文件需要密码。", "where": "报告.docx", "next": "去掉密码后重新提交。"}
    ]


def test_text_is_valid_json_in_either_encoding(report: Report) -> None:
    value = report_object([report], TOOL)
    assert json.loads(dumps(value)) == value
    ascii_only = dumps(value, ascii_only=True)
    assert ascii_only.isascii()
    assert json.loads(ascii_only) == value


def test_facts_object(document: Document, facts: Facts) -> None:
    found = facts_object(document, facts)
    assert list(found) == ["schema", "document", "case", "facts", "problems"]
    assert list(found["facts"])[:3] == ["title", "issuer", "document_number"]
