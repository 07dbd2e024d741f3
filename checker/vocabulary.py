"""The contract's words for kinds, acts and issuer levels as users read them, in every outcome and every report."""

from __future__ import annotations

from collections.abc import Mapping

KIND: Mapping[str, str] = {
    "government_rule": "政府规章",
    "normative_document": "行政规范性文件",
    "major_decision": "重大行政决策",
    "comment_notice": "征求意见公告",
    "legality_review_opinion": "合法性审核意见书",
    "drafting_explanation": "起草说明",
    "fair_competition_review": "公平竞争审查材料",
    "expert_opinion": "专家论证意见",
    "risk_assessment": "风险评估报告",
    "meeting_minutes": "会议纪要",
    "filing_report": "备案报告",
    "publication_evidence": "公布证明",
    "feedback_summary": "意见采纳情况说明",
    "internal_document": "内部文件",
    "administrative_reply": "批复、函等个案文件",
    "party_document": "党政联合行文",
    "other": "其他",
}
ACT: Mapping[str, str] = {
    "enact": "制定",
    "amend": "修改",
    "repeal": "废止",
    "declare_invalid": "宣布失效",
    "extend": "延长有效期",
    "forward": "转发",
}
LEVEL: Mapping[str, str] = {
    "provincial_government": "省级政府",
    "city_government": "市级政府",
    "county_government": "县级政府",
    "township": "乡镇、街道",
    "department": "政府部门",
    "government_office": "政府办公厅（室）",
    "party_body": "党的机构",
    "internal_body": "内设机构",
    "temporary_body": "临时机构",
    "coordinating_body": "议事协调机构",
    "ministry": "国务院部门",
    "congress": "人大机构",
    "other": "其他",
}
LEFT_OUT: Mapping[str, str] = {
    **LEVEL,
    "state_council": "国务院及其办公厅",
    "provincial_organ": "省级部门和省级政府办公厅",
}
"""What a rule may leave out by its issuers (`applies_to.unless_issuer`)."""
