"""The Chinese words for the model's terms, and short phrases of them, the same in every output and on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checker import vocabulary
from checker.model import Basis, Facts, Finding, LawBeside, LawRelation, Measured

KIND, ACT, LEVEL, LEFT_OUT = vocabulary.KIND, vocabulary.ACT, vocabulary.LEVEL, vocabulary.LEFT_OUT
TRAIT: Mapping[str, str] = {
    "business": "涉企",
    "professional": "专业性强",
    "major_impact": "重大影响",
    "risk": "有风险",
    "operators": "涉经营者",
    "secret": "涉密",
    "urgent": "紧急",
}
EVENT: Mapping[str, str] = {
    "comment_start": "征求意见开始",
    "comment_end": "征求意见截止",
    "hearing": "听证会举行",
    "review_received": "送审",
    "review_complete": "材料齐备",
    "review_issued": "审核意见出具",
    "deliberated": "集体审议",
    "adopted": "通过",
    "signed": "签署",
    "issued": "成文",
    "printed": "印发",
    "published": "公布",
    "effective": "施行",
    "expires": "有效期截止",
    "filed": "报送备案",
}
FACT: Mapping[str, str] = {
    "title": "标题",
    "issuer": "制定机关",
    "document_number": "发文字号",
    "registration_number": "统一登记号",
    "region": "地区",
    "addressees": "主送机关",
    **{
        event: EVENT[event] for event in ("adopted", "signed", "issued", "printed", "published", "effective", "expires")
    },
    "validity_years": "有效期（年）",
    "comment_start": EVENT["comment_start"],
    "comment_end": EVENT["comment_end"],
    "comment_stated": "写明的征求意见期限",
    "review_received": EVENT["review_received"],
    "review_complete": EVENT["review_complete"],
    "review_issued": EVENT["review_issued"],
    "review_conclusion": "审核结论",
    "deliberated": EVENT["deliberated"],
    "filed": EVENT["filed"],
    "repeals": "废止的文件",
    "citations": "引用的依据",
    "urgency_reason": "缩短期限的理由",
    "structure": "结构",
}
"""The facts that reports show, in the order of the contract."""

DECIDED_BY: Mapping[str, str] = {
    "text": "文本",
    "dossier": "卷宗材料",
    "register": "登记、台账",
    "outside": "文件以外的情况",
}
"""What decides a requirement."""

STATUS: Mapping[str, str] = {
    "met": "符合",
    "violated": "不符合",
    "cannot_tell": "待核实",
    "not_applicable": "不涉及",
}
SEVERITY: Mapping[str, str] = {"error": "硬性要求", "warning": "一般要求", "info": "提示"}
CERTAINTY: Mapping[str, str] = {"certain": "", "suspected": "涉嫌", "screened": "初筛"}
BASIS_ROLE: Mapping[str, str] = {"legal": "合法性依据", "indicator": "考核指标"}
VERIFIED: Mapping[str, str] = {"V1": "", "V2": "只核到摘录", "K": "原文未核，不能单独作为依据"}
GRADE: Mapping[str, str] = {"V1": "已核全文", "V2": "已核摘录", "K": "原文未核"}
LAW: Mapping[LawRelation, str] = {
    "basis": "依据条文",
    "cited": "引用条文",
    "related": "相关条文（检索所得，请核对）",
}
"""What an article beside a finding is to it."""
UNIT: Mapping[str, str] = {"day": "日", "working_day": "个工作日", "year": "年", "month": "个月"}
AS_OF: Mapping[str, str] = {
    **{event: f"{word}日期" for event, word in EVENT.items()},
    "given": "由您指定",
    "today": "文件没有写明日期，用检查当天",
}


def kinds(facts: Facts) -> str:
    """The kinds of the document with the reason: 征求意见公告（正文公开征求意见）."""
    names = "、".join(KIND.get(kind, kind) for kind in facts.kinds or (facts.kind,))
    return f"{names}（{facts.kind_reason}）" if facts.kind_reason else names


def measure(measured: Measured, limit: Mapping[str, object]) -> str:
    """What was counted against the bounds; a limit may hold other keys, which explain and are no bounds."""
    unit = UNIT.get(measured.unit, measured.unit)
    bounds = {"min": "不少于", "max": "不超过"}
    wanted = "，".join(f"{bounds[key]}{value}{unit}" for key, value in limit.items() if key in bounds)
    return f"实际 {measured.value:g}{unit}" + (f"，要求{wanted}" if wanted else "")


def place(page: int | None, paragraph: int | None, clause: str | None) -> str:
    """Where words stand: 第3页，第41段，第十二条."""
    parts = (f"第{page}页" if page else "", f"第{paragraph}段" if paragraph else "", clause or "")
    return "，".join(part for part in parts if part)


def basis_line(basis: Basis) -> str:
    """What a basis is and requires, with its role, and what is doubtful about it."""
    role, doubt = BASIS_ROLE[basis.role], VERIFIED[basis.verified]
    number = f"（{basis.number}）" if basis.number else ""
    note = f"{role}；{doubt}" if doubt else role
    return f"{basis.law}{number}{basis.article}：{basis.requires}〔{note}〕"


def law_name(law: LawBeside) -> str:
    """Which text of which article: 《…》第十六条（2021-01-22版，2021-07-15起施行）."""
    since = f"{law.since}起施行" if law.since and law.since != law.version else ""
    told = "，".join(part for part in (f"{law.version}版" if law.version else "", since) if part)
    return f"《{law.title}》{law.article}" + (f"（{told}）" if told else "")


def law_words(law: LawBeside) -> str:
    """What the article says, on one line, without its number."""
    return _ARTICLE.sub("", " ".join(law.text.split()))


def law_line(law: LawBeside, limit: int) -> str:
    """The article on one line: its name, `limit` characters of what it says and where to read the rest, the note."""
    said = law_words(law)
    if len(said) > limit:
        said = f"{said[:limit]}……（全文：{law.command}）"
    return law_name(law) + (f"：{said}" if said else "：") + (f"〔{law.note}〕" if law.note and said else law.note)


def law_lines(finding: Finding, limit: int) -> Iterator[tuple[str, str]]:
    """What stands beside a finding as label and line; the akin articles, which are but an offer, by name on one line."""
    for law in finding.law:
        if law.relation != "related":
            yield LAW[law.relation], law_line(law, limit)
    if akin := [law_name(law) for law in finding.law if law.relation == "related"]:
        yield LAW["related"], "；".join(akin)


_ARTICLE = re.compile(r"^第[^\s条]{1,12}条(?:之[一二三四五六七八九十]+)?[\s　]*")


def by_requirement(code: str) -> tuple[str, int, str]:
    """Sorts codes of requirements: P5, P20, P31, P31b, S01."""
    letters, number, rest = re.fullmatch(r"(\D*)(\d*)(.*)", code, re.DOTALL).groups()  # type: ignore[union-attr]
    return letters, int(number or 0), rest
