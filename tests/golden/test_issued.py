"""What normcheck says of 158 real documents, line by line: a change must explain its difference to issued.tsv.

Run with NORMCHECK_UPDATE_GOLDEN=1 to write the file anew; the difference then belongs in the description of the change.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from checker.audit import Settings, check_file
from checker.model import Report

GOLDEN = Path(__file__).parent / "issued.tsv"
DATES = ("adopted", "signed", "issued", "printed", "published", "effective", "expires", "comment_start", "comment_end")
COLUMNS = (
    "id",
    "text",
    "kind",
    "act",
    "title",
    "issuers",
    "number",
    "region",
    *DATES,
    "repeals",
    "problems",
    "violated",
    "cannot_tell",
    "fingerprints",
)


def line_of(name: str, report: Report) -> dict[str, str]:
    """One document as one line; dates that are derived end in ~. `cannot_tell` has what the text should have decided."""
    case = report.case
    assert case is not None, (name, report.problems)
    facts = case.main
    number = facts.first("document_number")
    title = facts.first("title")
    line = {
        "id": name,
        "text": case.document.text_sha256[:12],
        "kind": facts.kind,
        "act": facts.act,
        "title": str(title.value) if title else "",
        "issuers": "、".join(f"{fact.value}|{fact.detail['level']}" for fact in facts.all("issuer")),
        "number": str(number.value) if number else "",
        "region": facts.region.name if facts.region else "",
        "repeals": "；".join(str(fact.value) for fact in facts.all("repeals")),
        "problems": str(len(report.problems)),
        "violated": " ".join(sorted(outcome.rule for outcome in report.outcomes if outcome.status == "violated")),
        "cannot_tell": " ".join(
            sorted(
                {
                    outcome.requirement
                    for outcome in report.outcomes
                    if outcome.status == "cannot_tell" and outcome.decided_by == "text"
                }
            )
        ),
        "fingerprints": " ".join(sorted(finding.fingerprint for finding in report.findings)),
    }
    for key in DATES:
        fact = facts.first(key)
        line[key] = f"{fact.value}{'~' if fact.derived else ''}" if fact else ""
    return line


def checked(shared: Path) -> Iterator[dict[str, str]]:
    """Every issued document and comment notice, through the ordinary check."""
    for folder in ("issued", "notices"):
        for path in sorted((shared / "corpora" / folder).glob("*.txt")):
            report = check_file(path.read_bytes(), path.name, Settings(today=date(2026, 11, 21)))
            yield line_of(path.stem, report)


def test_issued_documents(shared: Path) -> None:
    """All of them run without a crash, and say what they said before."""
    lines = list(checked(shared))
    if os.environ.get("NORMCHECK_UPDATE_GOLDEN"):
        with GOLDEN.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file,
                COLUMNS,
                delimiter="\t",
                lineterminator="\n",
                quoting=csv.QUOTE_NONE,
                quotechar=None,
                escapechar="\\",
            )
            writer.writeheader()
            writer.writerows(lines)
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        known = {
            row["id"]: row
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, escapechar="\\")
        }
    changed = [
        f"{line['id']} {column}: {known.get(line['id'], {}).get(column)!r} -> {line[column]!r}"
        for line in lines
        for column in COLUMNS
        if known.get(line["id"], {}).get(column) != line[column]
    ]

    assert not changed, "differs from tests/golden/issued.tsv (NORMCHECK_UPDATE_GOLDEN=1 rewrites it):\n" + "\n".join(
        changed
    )
    assert len(known) == len(lines)
