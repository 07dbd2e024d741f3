"""The command line with an engine of paper: what each file's content says is what the engine finds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from checker import audit
from checker.audit import Settings
from checker.errors import ReadError
from checker.model import (
    Block,
    Case,
    Document,
    Fact,
    Facts,
    Finding,
    Outcome,
    Pack,
    Report,
    Role,
    Rule,
    Severity,
    Span,
    Status,
    TextAnchor,
    Trait,
    Waiver,
)
from checker.reference import load_reference
from cli.main import main


@dataclass
class Rules:
    """A rulebook with one rule."""

    digest: str = "digest"
    requirements: dict[str, str] = field(default_factory=dict)
    packs: tuple[Pack, ...] = (
        Pack(
            "pack",
            "包",
            rules=(Rule("rule", "P20", "间隔不足", "min_interval", "error", "间隔不足。", "推迟。", {}, {}, ()),),
        ),
    )


@dataclass
class Run:
    """What a command gave back."""

    code: int
    out: str
    err: str


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Settings]]:
    """Replaces the stages behind `check_file`; the list tells what they were asked.

    Content: "error", "warning", "unknown" (cannot_tell at level error), "waived", "secret", "damaged", "crash", else fine.
    """
    calls: list[tuple[str, Settings]] = []

    def checked(data: bytes, name: str, settings: Settings, *_: Any) -> Report:
        calls.append((name, settings))
        text = data.decode()
        if "damaged" in text:
            raise ReadError("文件损坏。", where=name, next="重新导出。")
        if "crash" in text:
            raise ZeroDivisionError("除以零")
        return paper_report(name, text)

    monkeypatch.setattr(audit, "_checked", checked)
    monkeypatch.setattr("checker.workers.Supervisor", in_this_process)  # another process would have the real engine
    monkeypatch.setattr(audit, "load", lambda settings: (Rules(), load_reference(settings.calendar_files)))
    return calls


def in_this_process(workers: int, **_: Any) -> Executor:
    """Stands for the supervisor of worker processes."""
    return ThreadPoolExecutor(1)


def paper_report(name: str, text: str) -> Report:
    document = Document(
        name, "0" * 64, "txt", text, (Block(Span(0, len(text)), Role.PARAGRAPH, TextAnchor(1, 0)),), len(text)
    )
    traits = (Trait("secret", "秘密★1年"),) if "secret" in text else ()
    values = {"title": (Fact("title", "标题", Span(0, len(text))),)}
    facts = Facts("normative_document", ("normative_document",), "试验", "enact", values, traits)
    case = Case((document,), (facts,), (), date(2024, 3, 5), "issued")
    outcomes, findings = [], []
    for word, status, severity in (
        ("error", "violated", "error"),
        ("warning", "violated", "warning"),
        ("waived", "violated", "error"),
        ("unknown", "cannot_tell", "error"),
    ):
        if word in text:
            outcomes.append(outcome(status, severity))  # type: ignore[arg-type]
            if status == "violated":
                waiver = Waiver("理由", "某人") if word == "waived" else None
                findings.append(finding(severity, waiver))  # type: ignore[arg-type]
    return Report(case, ("pack",), tuple(outcomes), tuple(findings), (), name)


def outcome(status: Status, severity: Severity) -> Outcome:
    return Outcome("rule", "P20", "pack", "间隔不足", status, severity, "certain", "理由。")


def finding(severity: Severity, waiver: Waiver | None) -> Finding:
    return Finding("rule", "P20", severity, "certain", "间隔不足。", "推迟。", None, (), (), "f00d" * 4, waiver)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def go(*arguments: str) -> Run:
        code = main(arguments)
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return go
