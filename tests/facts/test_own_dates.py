"""Which dates are the document's own: effect clauses in all forms, validity, repeals, comment windows, structure."""

from __future__ import annotations

import pytest

from checker.facts import extract
from checker.model import Facts
from checker.reading import read

NOTICE = """青禾县人民政府
关于印发《青禾县城镇供水管理办法》的通知
青政规发〔2024〕3号
各乡镇人民政府，县政府各部门：
现将《青禾县城镇供水管理办法》印发给你们，请认真贯彻执行。
青禾县人民政府
2024年3月5日
青禾县城镇供水管理办法
第一条　为了规范城镇供水，根据《城市供水条例》（自1994年10月1日起施行），制定本办法。
第二条　用水单位应当按时缴纳水费。供水经营许可证有效期三年。
第三条　{clause}
"""


def facts(clause: str) -> Facts:
    """The facts of a county's measures whose last article is `clause`."""
    return extract(read(NOTICE.format(clause=clause).encode(), "a.txt"))


@pytest.mark.parametrize(
    ("clause", "effective", "form"),
    [
        ("本办法自2024年5月1日起施行。", "2024-05-01", "on_date"),
        ("本办法从2024年5月1日开始执行。", "2024-05-01", "on_date"),
        ("自2024年5月1日零时起正式实施。", "2024-05-01", "on_date"),
        ("本办法自二〇二四年五月一日起实行。", "2024-05-01", "on_date"),
        ("本办法由县水务局负责解释，自 2024 年 5 月 1 日起施行。", "2024-05-01", "on_date"),
        ("本办法自印发之日起施行。", "2024-03-05", "on_printing"),
        ("本办法自发布之日起执行。", "2024-03-05", "on_publication"),
        ("本办法自公布之日起30日后施行。", "2024-04-05", "after_publication"),
        ("本办法自公布之日起满三十日后施行。", "2024-04-05", "after_publication"),
        ("《青禾县节水办法》自2020年1月1日起施行以来的水价，按本办法执行。", None, None),
        ("2020年1月1日前已经办理的，不再重新办理。", None, None),
        ("从2024年6月1日起，实施三年节水改造计划。", None, None),
    ],
)
def test_effect_clauses(clause: str, effective: str | None, form: str | None) -> None:
    """The own clause in its forms; dates of other texts and of plans are none."""
    found = facts(clause)
    clause_fact = found.first("effect_clause")

    assert (str(found.date("effective")) if found.date("effective") else None) == effective
    assert (clause_fact.value if clause_fact else None) == form


@pytest.mark.parametrize(
    ("clause", "years", "expires"),
    [
        ("本办法自2024年5月1日起施行，有效期五年。", 5, "2029-04-30"),
        ("本办法自2024年5月1日起施行，有效期至2026年12月31日。", None, "2026-12-31"),
        ("本办法自2024年5月1日起试行，试行期两年。", 2, "2026-04-30"),
        ("本办法自2024年5月1日起施行，至2025年4月30日止。", None, "2025-04-30"),
        ("本办法自2024年5月1日起施行。许可证有效期五年。", None, None),
    ],
)
def test_validity(clause: str, years: int | None, expires: str | None) -> None:
    """The document's own validity, never a licence's."""
    found = facts(clause)
    stated = found.first("validity_years")

    assert (stated.value if stated else None) == years
    assert (str(found.date("expires")) if found.date("expires") else None) == expires


@pytest.mark.parametrize(
    ("clause", "titles"),
    [
        ("本办法自2024年5月1日起施行。《青禾县用水规定》（青政发〔2010〕5号）同时废止。", ["青禾县用水规定"]),
        ("原《甲办法》《乙办法》同时停止执行。", ["甲办法", "乙办法"]),
        ("2010年1月5日公布的《甲办法》（县政府令第3号）和《乙细则》自本办法施行之日起废止。", ["甲办法", "乙细则"]),
        ("根据《甲办法》规定，已废止的《乙办法》不再适用。", []),
        ("违反《甲办法》的，责令停止执行。", []),
    ],
)
def test_repeals(clause: str, titles: list[str]) -> None:
    """What the document itself repeals."""
    assert [fact.value for fact in facts(clause).all("repeals")] == titles


def test_structure_labels() -> None:
    """条、款、项 are cited the way officers cite them."""
    text = NOTICE.format(
        clause="用户有下列行为的，应当改正：\n（一）私接水管；\n（二）拖欠水费。\n拒不改正的，依法处理。"
    )
    found = extract(read(text.encode(), "a.txt"))
    labels = [fact.value for fact in found.all("structure")]

    assert labels[-4:] == ["第三条", "第三条第（一）项", "第三条第（二）项", "第三条第二款"]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("现公开征求意见，时间为2024年3月5日至4月5日。", "2024-03-05", "2024-04-05"),
        ("现公开征求意见，请于2024年4月5日前反馈。", "2024-03-01", "2024-04-05"),
        ("现公开征求意见。征求意见截止时间：4月5日。", "2024-03-01", "2024-04-05"),
        ("现公开征求意见，自公告之日起30日。", "2024-03-01", "2024-03-31"),
        ("现公开征求意见，原定截止日期为2024年3月31日，现延长至2024年4月15日。", "None", "2024-04-15"),
    ],
)
def test_comment_windows(text: str, start: str, end: str) -> None:
    """From … to …, a deadline, a length, the year left out, an extension."""
    notice = f"青禾县司法局关于公开征求《供水办法（征求意见稿）》意见的公告\n{text}意见请发送至邮箱。\n青禾县司法局\n2024年3月1日\n"
    found = extract(read(notice.encode(), "a.txt"))

    assert (str(found.date("comment_start")), str(found.date("comment_end"))) == (start, end)


@pytest.mark.parametrize(
    "words",
    [
        "定于2024年5月10日在政府会议室召开听证会。",
        "听证会时间：2024年5月10日上午9时，报名截止日期：2024年4月20日。",
        "一、时间：2024年5月10日。二、地点：政府会议室。",
    ],
)
def test_day_of_a_hearing(words: str) -> None:
    """Only of a notice that announces a hearing; the time for applications is another day."""
    notice = "青云市司法局关于举行《青云市供水办法（草案）》听证会的公告\n{}\n青云市司法局\n2024年4月1日\n"
    found = extract(read(notice.format(words).encode(), "a.txt"))
    assert str(found.date("hearing")) == "2024-05-10"
    other = extract(read(notice.format(words).replace("听证会的", "意见征集").encode(), "a.txt"))
    assert other.first("hearing") is None


def test_forwarding_counts_the_outer_notice() -> None:
    """Of a forwarded document number, date and effect are those of the outer notice."""
    text = (
        "青禾县人民政府办公室转发县水务局关于加强节水工作意见的通知\n青政办发〔2024〕8号\n各乡镇人民政府：\n"
        "县水务局《关于加强节水工作的意见》已经县政府同意，现转发给你们。\n青禾县人民政府办公室\n2024年3月5日\n"
        "关于加强节水工作的意见\n青水发〔2023〕9号\n为了节约用水，提出以下意见。\n本意见自2023年10月1日起施行。\n青禾县水务局\n2023年9月1日\n"
    )
    found = extract(read(text.encode(), "a.txt"))

    assert found.act == "forward"
    assert [fact.value for fact in found.all("document_number")] == ["青政办发〔2024〕8号"]
    assert str(found.date("issued")) == "2024-03-05"
    assert found.date("effective") is None
