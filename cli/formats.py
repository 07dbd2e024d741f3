"""What `--format` can be: one line a format, its renderer imported only when it is asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from checker import __version__
from checker.errors import NormcheckError, UsageError

if TYPE_CHECKING:
    from checker.model import Report
    from checker.reference import Reference
    from checker.reports.json_report import Tool
    from checker.reports.text import Style
    from checker.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Run:
    """What a renderer may use besides the reports.

    original: the bytes of the input that a report is about (raises ReadError). printed: whether the result goes to
    stdout, whose width, colours and encoding then count, and not to a file. today: the day of the run.
    """

    rulebook: Rulebook
    reference: Reference
    original: Callable[[Report], bytes]
    printed: bool = False
    today: date | None = None

    @property
    def tool(self) -> Tool:
        """What judged, as programs are told."""
        from checker.reports.json_report import Tool  # noqa: PLC0415

        return Tool(__version__, self.rulebook.digest, self.reference.calendar.until, self.reference.law_state)


@dataclass(frozen=True, slots=True)
class Format:
    """One output format.

    render: reports -> the content, as text or as bytes. suffix: of the files it is written to. several: whether one
    result holds several inputs; without it each input has a file of its own, and nothing is shown on a terminal.
    """

    render: Callable[[Sequence[Report], Run], str | bytes]
    suffix: str
    several: bool = True


def refuse_stdout(form: str, inputs: int) -> None:
    """Raises UsageError when results of `inputs` files in the format `form` cannot go to stdout."""
    chosen = FORMATS[form]
    if not chosen.several and inputs > 1:
        what, step = "每个文件一份结果，有几个文件要检查", "用 --output 写一个文件夹，例如 --output 结果。"
    elif not chosen.several and sys.stdout.isatty():
        what, step = "不能显示在终端上", f"用 --output 写一个文件名，例如 --output 结果{chosen.suffix}。"
    else:
        return
    raise UsageError(f"{form} 格式{what}。", where="--format", next=step)


def style() -> Style:
    """Colours on a terminal unless NO_COLOR is set, and its width when it is narrower than a report."""
    from checker.reports.text import WIDTH, Style  # noqa: PLC0415

    if not sys.stdout.isatty():
        return Style()
    columns = os.get_terminal_size(sys.stdout.fileno()).columns or WIDTH
    return Style(width=max(min(columns, WIDTH), 60), colour=not os.environ.get("NO_COLOR"))


def ascii_only() -> bool:
    """Whether stdout cannot show Chinese, so that JSON there is written with escapes."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "").replace("_", "")
    return encoding not in {"utf8", "gb18030", "utf16"}


def _text(reports: Sequence[Report], run: Run) -> str:
    from checker.reports.text import report_text  # noqa: PLC0415

    shown = style() if run.printed else None
    return "\n".join(report_text(report, shown, run.rulebook.requirements) for report in reports)


def _json(reports: Sequence[Report], run: Run) -> str:
    from checker.reports.json_report import dumps, report_object  # noqa: PLC0415

    return dumps(report_object(reports, run.tool), ascii_only=run.printed and ascii_only())


def _html(reports: Sequence[Report], run: Run) -> str:
    from checker.reports.html_report import reports_html  # noqa: PLC0415

    page = reports_html(reports, run.tool, run.rulebook.requirements, run.reference.calendar)
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "").replace("_", "") == "utf8"
    # The page declares UTF-8: printed in another encoding it must be plain ASCII.
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii") if run.printed and not utf8 else page


def _sarif(reports: Sequence[Report], run: Run) -> str:
    from checker.reports.json_report import dumps  # noqa: PLC0415
    from checker.reports.sarif import sarif_log  # noqa: PLC0415

    log = sarif_log(reports, run.tool, run.rulebook.packs, run.rulebook.requirements)
    return dumps(log, ascii_only=run.printed and ascii_only())


def _docx(reports: Sequence[Report], run: Run) -> bytes:
    from checker.reports.docx_report import docx_report, findings_docx  # noqa: PLC0415

    (report,) = reports
    wording = run.rulebook.requirements
    try:
        original = run.original(report) if report.case is not None else None
    except NormcheckError as error:  # gone or changed since it was judged: the other files still get their result
        return findings_docx(report, requirements=wording, day=run.today, why=str(error))
    return docx_report(original, report, requirements=wording, day=run.today)


FORMATS: Mapping[str, Format] = {
    "text": Format(_text, ".txt"),
    "json": Format(_json, ".json"),
    "sarif": Format(_sarif, ".sarif"),
    "html": Format(_html, ".html"),
    "docx": Format(_docx, ".审查.docx", several=False),
}
