"""The `html` format of the command line."""

from __future__ import annotations

from collections.abc import Sequence

from checker import __version__, audit
from checker.audit import Settings
from checker.model import Report
from checker.reports.html_report import reports_html
from checker.reports.json_report import Tool


def page(reports: Sequence[Report], settings: Settings, *, ascii_only: bool = False) -> str:
    """All reports as one page. It declares UTF-8; written in another encoding it must be `ascii_only`."""
    rulebook, reference = audit.load(settings)
    tool = Tool(__version__, rulebook.digest, reference.calendar.until, reference.law_state)
    text = reports_html(reports, tool, rulebook.requirements, reference.calendar)
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii") if ascii_only else text
