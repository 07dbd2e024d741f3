"""What a document says of its own making: dated steps with their roles, effect, validity, repeals, comment windows, urgency.

A date is the document's own only where the layout says so (head, promulgation, signature, enacted text, imprint) and its sentence
speaks of this document. Dates in quotations, background, attachments and cited documents have no role.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import regex

from checker.facts.dates import DateMention, numeral
from checker.facts.identity import Identity
from checker.facts.layout import Layout, Line
from checker.facts.structure import Outline
from checker.model import Fact, Kind, Span

_BEGIN = r"(?:施行|实施|执行|生效|实行|试行|施行生效|起效|启用|起用|起实施|有效)"
_EFFECT_EVENT = regex.compile(
    rf"(?:自|从|于|在|由)?\s*(?P<event>公布|发布|颁布|印发|下发|发文|签发|通过|批准|公告|公示|刊登|登报|成文|颁发|行文|发出)\s*之?\s*(?P<day>日|时)\s*(?:起|后|即|开始|，)*\s*"
    rf"(?:(?:满|经)?\s*(?P<days>\d{{1,3}}|[一二三四五六七八九十百]{{1,4}})\s*(?:个)?\s*(?P<unit>工作日|日|天|个?月)\s*(?:后|之后|以后|内)?\s*(?:起|开始|即)*\s*)?(?:正式|暂)?\s*(?P<verb>{_BEGIN})"
)
_EFFECT_DATE = regex.compile(rf"(?:自|从|于|在|由)?\s*\ue000(?P<n>\d{{3}})\ue001\s*(?:零时|0时|零点|0：00|凌晨)?\s*(?:起|开始|之日起|以后|后|正式|，|即|至\s*\ue000\d{{3}}\ue001)*\s*(?:正式|暂)?\s*(?P<verb>{_BEGIN})")
_OWN_SUBJECT = regex.compile(
    r"(?:(?:本|该|此|上述|以上|调整后的?|新的?)\s*(?:《)?(?:办法|规定|细则|规则|决定|意见|通知|公告|通告|方案|预案|条例|标准|基准|制度|规范|指南|目录|指标体系|体系|准则|规程|政策|文件|计划|规划|纲要|措施|清单|实施\w{1,6}|暂行\w{1,4}|若干\w{1,4}|管理\w{1,4}|收费标准|\w{0,12}标准|价格|\w{0,6}电价|裁量\w{1,6}|章程|函|令|批复|流程|机制|命令|说明|修正案|修改)\s*(?:》)?)"
)
_FOREIGN = regex.compile(r"以来|之前|以前|期间|前(?:已|发生|取得|作出|颁布|公布|制定|印发)|届满|违法行为|原\s*$")
_VALIDITY = regex.compile(
    r"有效期\s*(?:限)?\s*(?:为|是|定为|暂定|暂定为|：|，)?\s*(?:自\s*(?:公布|发布|印发|施行|实施|颁布|\ue000(?P<from>\d{3})\ue001)\s*之?日?\s*起?\s*)?(?:至\s*\ue000(?P<to>\d{3})\ue001|截[止至]\s*(?:到|至|于)?\s*\ue000(?P<to2>\d{3})\ue001|(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,2})\s*年)"
    r"|(?:试行|暂行|施行|实施|执行)(?:期|期限|时间)\s*(?:为|是|暂定|：|暂定为)?\s*(?:(?P<years2>\d{1,2}|[一二两三四五]{1})\s*年|\ue000(?P<from3>\d{3})\ue001\s*(?:至|—|-|到|－|起至)\s*\ue000(?P<to3>\d{3})\ue001)"
    r"|(?:试行|施行|执行|实施|有效)\s*(?:至|到)\s*\ue000(?P<to4>\d{3})\ue001\s*(?:止|失效|为止|$|。|，)"
    r"|(?P<verb5>试行|执行|施行)\s*(?P<years5>\d|[一二两三四五])\s*年(?=[。，；])"
)
_FOREIGN_VALIDITY = regex.compile(r"证书?|许可|资质|资格|名单|合同|报告|批文|称号|认定|执照|评估|核准|复审|证明|牌照|登记|专利|商标|权|药品|材料|码|检|申请|协议|标志|标识|聘")
_REPEAL = regex.compile(r"(?:同时|即行|一并|一律|均|自行|相应|予以|现予|现行|自动|立即)?\s*(?:废止|停止执行|停止使用|不再执行|终止执行|失效|宣布失效|作废)")
_CITED = regex.compile(r"《(?P<title>(?:[^《》]|《[^《》]*》|〈[^〉]*〉)+)》\s*(?P<note>（[^（）]*(?:（[^（）]*）[^（）]*)*）)?")
_NUMBER_IN_NOTE = regex.compile(r"[一-龥A-Za-z]{1,20}(?:（[一-龥]{1,6}）)?[〔\[【（［]\s*(?:19|20)\d\d\s*[〕\]】）］]\s*第?\s*\d+\s*号|[一-龥]{2,30}?(?:令|公告)\s*(?:(?:19|20)\d\d\s*年)?\s*第?\s*\d+\s*号(?:令)?|第\s*\d+\s*号令?|[一-龥]{0,10}\d+号令?")
_MEETING = regex.compile(r"(?P<meeting>[一-龥\d]{0,24}第?\s*[\d一二三四五六七八九十百]*\s*次?\s*(?:[一-龥]{0,10}(?:常务会议?|全体会议|办公会议?|局务会议?|部务会议|委务会议|厅务会议|党组会议?|局长办公会议?|主任办公会议?|委员会议|行长办公会|审议会|会议)))\s*[^，。；]{0,8}?(?:审议|讨论|研究|审定|表决)?\s*[^，。；]{0,6}?(?:通过|同意|审定|批准)")
_COMMENT_WORDS = regex.compile(r"意见|建议|反馈|公示|征求|征集|提出")
_RANGE = regex.compile(r"\ue000(?P<a>\d{3})\ue001\s*(?:[（(][^）)]{0,12}[）)])?\s*(?:起)?\s*(?:至|到|—+|－+|-+|–|~|～)\s*(?:\ue000(?P<b>\d{3})\ue001|(?P<m>1[0-2]|0?[1-9])\s*月\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*[日号]|(?P<only>3[01]|[12]\d|0?[1-9])\s*[日号])")
_DEADLINE = regex.compile(
    r"(?:截止|截至|止于)(?:时间|日期|日)?\s*(?:为|是|：|到|至|于)*\s*(?:\ue000(?P<n>\d{3})\ue001|(?P<m>1[0-2]|0?[1-9])\s*月\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*[日号])"
    r"|(?:请)?(?:务必)?(?:于|在|到|至|截止|自[^。]{0,20}至)\s*(?:\ue000(?P<n2>\d{3})\ue001|(?P<m2>1[0-2]|0?[1-9])\s*月\s*(?P<d2>3[01]|[12]\d|0?[1-9])\s*[日号])\s*(?:\d{1,2}\s*[：时点]\S{0,4})?\s*(?P<before>之?前|止|以前|结束|前止|截止)"
    r"|(?:\ue000(?P<n3>\d{3})\ue001|(?P<m3>1[0-2]|0?[1-9])\s*月\s*(?P<d3>3[01]|[12]\d|0?[1-9])\s*[日号])\s*(?P<before3>之?前|以前)\s*[^。；]{0,60}(?:意见|反馈|建议|寄|发送|邮件|提出|回复)"
)
_DURATION = regex.compile(
    r"(?:自\s*(?P<event>公告|公示|公布|发布|通知|本公告|本通告|登报|见报)\s*(?:发布|公布|刊登|发出)?\s*之日起\s*(?:的)?|(?:期限|时间|时限|期间|公示期|征求意见期)\s*(?:为|是|：|共)*\s*(?:自?\s*(?:公告|公示|公布|发布)\s*之日起\s*)?|为期\s*|时间为\s*)\s*(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})\s*个?\s*(?P<unit>工作日|日|天|自然日|个?月)"
)
_URGENT = regex.compile(
    r"(?:因|由于|鉴于|为应对|为了应对|考虑到)[^。；]{0,60}(?:紧急|突发|疫情|汛情|灾情|国家安全|公共利益|时间紧迫|亟需|急需)[^。；]{0,60}"
    r"(?:期限|期间|时间|征求意见|施行|实施|公布|印发)[^。；]{0,30}(?:缩短|立即|即时|不足|之日起|少于|提前)?"
    r"|(?:涉及|为(?:了)?(?:保障|维护))(?:国家安全|外汇汇率|货币政策)[^。；]{0,30}(?:施行|实施|公布)[^。；]{0,20}|不立即(?:施行|实施)(?:将|会)?[^。；]{0,30}|(?:征求意见|公示|征集)?(?:时间|期限|期)[^。；]{0,10}(?:缩短|压缩)[^。；]{0,40}"
)
_URGENT_ABOUT = regex.compile(r"缩短|压缩|立即|即时|之日起|不足|少于|提前")
_REVIEW_CONCLUSION = regex.compile(r"(?:未发现[^。；]{0,30}(?:违反|抵触|不一致|不符)[^。；]{0,40}|(?:应当|建议|需)予?以?(?:修改|完善)[^。；]{0,40}|(?:总体|基本)?(?:合法|不合法|符合[^。；]{0,20}规定|按[^。；]{0,16}意见修改后[^。；]{0,12}合法)[^。；]{0,20}|(?:原则)?同意[^。；]{0,30})")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of text in which every full date is one token, so that patterns stay simple; `at` maps back."""

    text: str
    starts: tuple[int, ...]
    mentions: tuple[DateMention, ...]

    def span(self, start: int, end: int) -> Span:
        """The span in the document of [start, end) of the marked text."""
        last = self.starts[end - 1] if end > start else self.starts[start]
        stop = last + 1
        if self.text[end - 1] == "\ue001":
            stop = self.mentions[int(self.text[end - 4 : end - 1])].span.end
        return Span(self.starts[start], stop)


def mark(layout: Layout, start: int, end: int) -> Marked:
    """[start, end) of the running text with each full date as U+E000 nnn U+E001 (nnn indexes `mentions`)."""
    mentions = layout.dates.within(start, end)[:999]
    out: list[str] = []
    starts: list[int] = []
    here = start
    for index, mention in enumerate(mentions):
        out.append(layout.text[here : mention.span.start])
        starts.extend(range(here, mention.span.start))
        token = f"\ue000{index:03d}\ue001"
        out.append(token)
        starts.extend([mention.span.start] * len(token))
        here = mention.span.end
    out.append(layout.text[here:end])
    starts.extend(range(here, end))
    return Marked("".join(out), tuple(starts), mentions)


class Procedure:
    """Reads the dated facts of one document; `facts` lists them with their role as key."""

    def __init__(self, layout: Layout, outline: Outline, identity: Identity, kind: Kind) -> None:
        """`kind` decides how a signature date and an order's date are to be read."""
        self.layout = layout
        self.outline = outline
        self.identity = identity
        self.kind = kind
        self.text = layout.text
        self.facts: list[Fact] = []
        self._amended = False
        self._signature()
        self._head_notes()
        self._web_lines()
        self._adoption()
        self._imprint()
        self._effect()
        self._validity()
        self._repeals()
        if kind in ("comment_notice", "drafting_explanation", "feedback_summary", "publication_evidence"):
            self._comment_window()
        if kind == "legality_review_opinion":
            self._review()
        if kind == "meeting_minutes":
            self._meeting()
        self._urgency()
        self._derive()

    # -- building facts

    def _add(self, key: str, value: str | int | float | date, span: Span, *, derived: tuple[str, ...] = (), **detail: object) -> None:
        if any(f.key == key and f.value == value and (f.span == span or key in ("expires", "effective")) for f in self.facts):
            return
        self.facts.append(Fact(key, value, span, self.outline.clause_at(span.start) if key not in ("issued", "signed", "printed") else None, derived, detail))

    def _date(self, key: str, mention: DateMention, span: Span | None = None, *, derived: tuple[str, ...] = (), **detail: object) -> None:
        if mention.chinese:
            detail["numerals"] = "chinese"
        if not mention.year_given:
            detail["year_assumed"] = True
        self._add(key, mention.value, span or mention.span, derived=derived, **detail)

    def _first(self, key: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.key == key), None)

    # -- signature, head, imprint

    def _signature(self) -> None:
        signature = self.layout.signature
        if signature is None:
            return
        order = self.identity.order
        if signature.officials or order is not None and order.is_order and self.layout.head and order.span.start < signature.line.span.start:
            self._date("signed", signature.day)
            if self.kind == "government_rule" or order is not None and order.is_order:
                self._date("published", signature.day, derived=("signed",))
        else:
            self._date("issued", signature.day)

    def _head_notes(self) -> None:
        for line in self.layout.head:
            if line.cell or line in self.layout.title and not line.text.startswith("（"):
                continue
            mentions = self.layout.dates.within(line.span.start, line.span.end)
            if not mentions or regex.search(r"[：:]", line.text[: max(mentions[0].span.start - line.span.start, 0)]):
                continue
            self._note(line, mentions)

    def _note(self, line: Line, mentions: tuple[DateMention, ...]) -> None:
        """One bracket line: each date takes the verb that follows it before the next date."""
        amended = False
        self._amended = self._amended or bool(regex.search(r"修正|修改|修订", line.text))
        for index, mention in enumerate(mentions):
            stop = mentions[index + 1].span.start if index + 1 < len(mentions) else line.span.end
            before = self.text[line.span.start : mention.span.start]
            after = self.text[mention.span.end : stop]
            if regex.search(r"(?:根据|依据)[^，；）]{0,4}$", before) or regex.match(r"[^，；。]{0,60}(?:修正|修改|修订)", after):
                amended = True
                continue
            if regex.match(r"\s*(?:零时)?\s*(?:起|开始)", after) and regex.search(rf"^[^，。；]{{0,8}}{_BEGIN}", after):
                if self._first("effective") is None:
                    verb = regex.search(_BEGIN, after)
                    start = mention.span.start - (1 if self.text[mention.span.start - 1 : mention.span.start] in "自从于" else 0)
                    self._date("effective", mention, Span(start, mention.span.end + (verb.end() if verb else 0)), weight=1, amended=amended)
                continue
            if amended:
                continue
            role = _role_after(after)
            if role is None:
                plain = not regex.search(r"[一-龥]", regex.sub(r"（[^）]*）", "", after)) or index == len(mentions) - 1
                role = "issued" if plain and len(line.text) < 90 else None
            if role == "adopted":
                self._date("adopted", mention)
                if "会议" in after and "人民代表大会" not in after:
                    self._date("deliberated", mention)
            elif role is not None and not (role == "issued" and (self._first("issued") or self._first("signed") or self._first("published"))):
                self._date(role, mention)

    def _web_lines(self) -> None:
        """Lines a website prints above a text: 发布时间：2018-11-12, 成文日期：…, 2021-11-29 来源：…"""
        for line in self.layout.lines[:40]:
            if len(line.text) > 80 and not line.cell:
                continue
            for mention in self.layout.dates.within(line.span.start, line.span.end):
                before = self.text[line.span.start : mention.span.start]
                after = self.text[mention.span.end : line.span.end]
                label = regex.search(r"(?P<label>[一-龥]{0,6}\s*(?:时间|日期))\s*：?\s*$", before)
                if label is None and not before.strip() and line.cell and line.index:
                    previous = self.layout.lines[line.index - 1].bare
                    label = regex.search(r"(?P<label>[一-龥]{0,6}(?:时间|日期))：?$", previous) if len(previous) < 12 else None
                role = _WEB_ROLES.get("".join(label["label"].split())) if label else None
                if role is None and not before.strip() and regex.match(r"\s*(?:\d\d：\d\d(?:：\d\d)?)?\s*(?:来源|作者|字号)", after):
                    role = "published"
                if role:
                    self._date(role, mention, source="web")

    def _imprint(self) -> None:
        for line in self.layout.imprint:
            mentions = self.layout.dates.within(line.span.start, line.span.end)
            if len(mentions) == 1 and regex.match(r"\s*印\s*发?\s*(?:$|[（共份])", self.text[mentions[0].span.end : line.span.end]):
                self._date("printed", mentions[0])
        for line in self.layout.lines[-12:]:
            mentions = self.layout.dates.within(line.span.start, line.span.end)
            if len(mentions) == 1 and len(line.text) < 60 and regex.match(r"\s*印\s*发\s*$", self.text[mentions[0].span.end : line.span.end]):
                self._date("printed", mentions[0])

    def _adoption(self) -> None:
        """已经2020年5月28日县人民政府第85次常务会议审议通过，现印发…: in the promulgation or the covering notice only."""
        spans = [self.layout.preamble] if self.layout.preamble is not None else []
        if self.layout.transmits:
            spans.append(self.layout.body)
        if self.layout.head and self.layout.title and self.kind == "government_rule":
            spans.append(Span(self.layout.head[0].span.start, self.layout.body.start))
        for span in spans:
            for match in _MEETING.finditer(self.text, span.start, min(span.end, span.start + 3000)):
                sentence = self._sentence(match.start())
                if not regex.search(r"《[^》]*》[^。；]{0,12}(?:已|经|业经)|^（?《|现予|现将|现印发|印发给", sentence.of(self.text)):
                    continue
                day = self.layout.dates.last_before(match.start() + 1)
                inside = [m for m in self.layout.dates.within(sentence.start, match.end()) if m.span.start >= match.start() - 30]
                mention = inside[-1] if inside else day if day and day.span.end >= match.start() - 12 else None
                if mention is None or mention.span.start < sentence.start:
                    continue
                if regex.search(r"通过|审定", match[0]):
                    self._date("adopted", mention)
                self._date("deliberated", mention, meeting=regex.sub(r"^.*?[日经](?=[一-龥])", "", _bare(match["meeting"])))

    # -- effect

    def _effect(self) -> None:
        candidates: list[tuple[int, int, Fact]] = []
        parts = self._effect_parts()
        for part, weight in parts:
            marked = mark(self.layout, part.start, part.end)
            for match in _EFFECT_DATE.finditer(marked.text):
                span = marked.span(match.start(), match.end())
                score = self._effect_score(span, part)
                if score:
                    mention = marked.mentions[int(match["n"])]
                    begin = _trim(self.text, span)
                    fact = Fact("effective", mention.value, begin, self.outline.clause_at(begin.start), detail={"form": "on_date", "verb": match["verb"]})
                    candidates.append((score + weight, span.start, fact))
            for match in _EFFECT_EVENT.finditer(marked.text):
                span = marked.span(match.start(), match.end())
                score = self._effect_score(span, part)
                if score:
                    candidates.append((score + weight, span.start, self._event_fact(match, _trim(self.text, span))))
        noted = [fact for fact in self.facts if fact.key == "effective" and fact.detail.get("weight")]
        candidates.sort(key=lambda item: (-item[0], -item[1]))
        best = candidates[0][0] if candidates else 0
        chosen: list[Fact] = []
        for score, _, fact in candidates:
            if score < best - 1 and chosen:
                break
            if all(fact.value != other.value for other in chosen):
                chosen.append(fact)
        dated = [f for f in chosen if f.key == "effective"]
        webbed = [fact for fact in self.facts if fact.key == "effective" and not fact.detail.get("weight")]
        self.facts = [fact for fact in self.facts if fact.key != "effective"]
        clause = [f for f in chosen if f.key == "effect_clause"]
        values = {f.value for f in dated}
        others = [f for f in (*noted, *webbed) if f.value not in values and not (dated and self._amended)]
        self.facts.extend([*dated, *others])
        for fact in dated:
            self._add("effect_clause", "on_date", fact.span, event=None)
        if not dated or not clause:
            self.facts.extend(clause[:1])

    def _effect_parts(self) -> list[tuple[Span, int]]:
        layout = self.layout
        parts: list[tuple[Span, int]] = []
        if layout.preamble is not None:
            parts.append((layout.preamble, 3))
        if self.identity_act == "forward":
            parts.append((layout.body, 1))
            return parts
        if layout.enacted is not None:
            parts.append((layout.enacted, 2))
        parts.append((layout.body, 1))
        return parts

    @property
    def identity_act(self) -> str:
        """Whether the title says 转发 or 批转: then only the outer notice speaks for the document."""
        return "forward" if regex.match(r"^[^《]{0,60}?(?:转发|批转)", self.identity.title_text) else "own"

    def _effect_score(self, span: Span, part: Span) -> int:
        """0 = speaks of something else; higher = surer that this document is meant."""
        sentence = self._sentence(span.start)
        before = self.text[sentence.start : span.start]
        whole = sentence.of(self.text)
        after = self.text[span.end : sentence.end]
        clause_before = regex.split(r"[，,]", before)[-1] if not _OWN_SUBJECT.search(before) else before
        if regex.match(r"\s*(?:以来|之前|以前|前|期间|的《|的(?!，)|后[，的]|时)", after) and not regex.match(r"\s*的?(?:。|$)", after):
            return 0
        own = _OWN_SUBJECT.search(before)
        if own and not regex.search(r"《[^》]*》[^，]*$", before[own.end() :]):
            return 6 if regex.match(r"^[\s　]*(?:第.{1,8}条(?:[\s　]*【[^】]*】)?|[（(]?[一二三四五六七八九十\d]+[）)、.．])?[\s　]*[^，。]{0,30}$", before[: own.start()]) else 5
        stripped = regex.sub(r"^[\s　]*(?:第.{1,8}条(?:[\s　]*【[^】]*】)?|（?[一二三四五六七八九十\d]+[）、.．])?[\s　]*", "", before)
        if not stripped.strip("，、 　") and "《" not in whole[: len(before)]:
            return 4
        if "现予" in whole or "现印发" in whole or regex.search(r"现将.{0,80}印发", whole):
            return 4
        if self.identity.title_text and regex.search(r"《[^》]{2,60}》", before) and not _FOREIGN.search(before):
            named = regex.search(r"《([^》]{2,60})》[^《]*$", before)
            if named and "".join(named[1].split()) in self.identity.title_text:
                return 4
        if self.text[span.end : span.end + 1] in "。；" and part.end - span.end < 400 and "《" not in clause_before and not _FOREIGN.search(before):
            return 2
        return 0

    def _event_fact(self, match: regex.Match[str], span: Span) -> Fact:
        event = _EVENTS.get(match["event"], "published")
        days = numeral(match["days"]) if match["days"] else 0
        if match["unit"] and "月" in match["unit"]:
            days *= 30
        form = "after_publication" if days else {"printed": "on_printing", "adopted": "on_approval", "published": "on_publication"}[event]
        detail = {"event": event, "word": match["event"], "days": days or None, "unit": "working_day" if match["unit"] == "工作日" else "day"}
        return Fact("effect_clause", form, span, self.outline.clause_at(span.start), detail=detail)

    # -- validity

    def _validity(self) -> None:
        for part in self.layout.own_parts:
            marked = mark(self.layout, part.start, part.end)
            for match in _VALIDITY.finditer(marked.text):
                span = marked.span(match.start(), match.end())
                if not self._own_validity(span, part, match):
                    continue
                years = match["years"] or match["years2"] or match["years5"]
                if years:
                    self._add("validity_years", numeral(years.replace("两", "二")), span)
                end = match["to"] or match["to2"] or match["to3"] or match["to4"]
                if end:
                    self._date("expires", marked.mentions[int(end)], span)
                start = match["from3"]
                if start and self._first("effective") is None:
                    self._date("effective", marked.mentions[int(start)], span, form="on_date")

    def _own_validity(self, span: Span, part: Span, match: regex.Match[str]) -> bool:
        sentence = self._sentence(span.start)
        before = self.text[sentence.start : span.start]
        whole = sentence.of(self.text)
        near = before[-14:]
        own_clause = any(f.key in ("effect_clause", "effective") and sentence.start <= f.span.start < sentence.end for f in self.facts)
        if own_clause:
            return not _FOREIGN_VALIDITY.search(regex.split(r"[，,]", near)[-1])
        if _FOREIGN_VALIDITY.search(near) or "《" in near:
            return False
        if match["verb5"] or match["to4"]:
            return bool(_OWN_SUBJECT.search(before)) and part.end - span.end < 600
        return bool(_OWN_SUBJECT.search(before) or not before.strip("　 ，") or regex.search(r"政策|办法|规定", near)) and (
            part.end - span.end < 600 or bool(_OWN_SUBJECT.search(whole))
        )

    # -- repeals

    def _repeals(self) -> None:
        title = self.identity.title_text
        if regex.search(r"关于(?:公布)?[^《]{0,20}(?:废止|宣布[^《]{0,10}失效)", title):
            self._repealed_in(self.layout.body, own=True)
            self._repealed_in_title()
            return
        if self.identity_act == "forward":
            return
        for part in self.layout.own_parts:
            self._repealed_in(part, own=False)

    def _repealed_in_title(self) -> None:
        if self._first("repeals") is None and self.identity.title:
            span = self.identity.title[0].span
            for cited in _CITED.finditer(self.text, span.start, span.end):
                self._add("repeals", _bare(cited["title"]), Span(cited.start("title"), cited.end("title")), certain=True)

    def _repealed_in(self, part: Span, *, own: bool) -> None:
        for match in _REPEAL.finditer(self.text, part.start, part.end):
            sentence = self._sentence(match.start())
            before = self.text[sentence.start : match.start()]
            if not own and regex.search(r"(?:已|被|应当|应|及时|予以修改或者|修改或者|可以|建议|需要|或者|拟)\s*$", before):
                continue
            cited = [c for c in _CITED.finditer(self.text, sentence.start, match.start())]
            if not cited or regex.search(r"(?:适用|依照|按照|根据|执行)[^，。]{0,30}$", before[max(len(before) - 10, 0) :]) and not own:
                continue
            if regex.search(r"(?:中|的)(?:有关|相关|第)[^，。；]{0,20}(?:规定|条|内容|条款)\s*(?:的)?$", before):
                continue
            chain = self._repeal_chain(cited, match.start(), sentence.start)
            for item in chain:
                note = item["note"] or ""
                number = _NUMBER_IN_NOTE.search(note)
                floor = max([item.start() - 40, sentence.start, *(c.end() for c in cited if c.end() <= item.start())])
                lead = self.text[floor : item.start()]
                published = self.layout.dates.within(floor, item.end())
                lead_number = _NUMBER_IN_NOTE.search(lead) if number is None else None
                found = number or lead_number
                written = regex.sub(r"^(?:.*日|年|月)(?=[一-龥])", "", _bare(found[0])) if found else None
                self._add(
                    "repeals",
                    _bare(item["title"]),
                    Span(item.start("title"), item.end("title")),
                    number=written,
                    date=published[-1].day.isoformat() if published and published[-1].day else None,
                    certain=True,
                )

    def _repeal_chain(self, cited: list[regex.Match[str]], verb: int, start: int) -> list[regex.Match[str]]:
        """The titles that the verb governs: those joined by 、和及 right before it, not the ones a clause further back."""
        chain: list[regex.Match[str]] = []
        stop = verb
        for item in reversed(cited):
            between = self.text[item.end() : stop]
            if regex.search(r"[。；]|根据|按照|依据|中的|本(?:办法|规定|细则|意见|通知)(?!发布|公布|施行|实施)", between) or len(between) > 90:
                break
            if chain and not regex.match(r"^[\s　]*(?:（[^）]*）|[、和及与以，]|以及|[^《》，。]{0,40}(?:公布|发布|印发|颁布|制定|下发|施行|实施)的|[\s　]|原|自|从|同时|[^《》，。]{0,34}$)*[^《》。]{0,40}$", between):
                break
            chain.insert(0, item)
            stop = item.start()
        if chain and regex.search(r"(?:根据|按照|依据|违反|适用)\s*$", self.text[max(chain[0].start() - 6, start) : chain[0].start()]):
            return []
        return chain

    # -- public comment

    def _comment_window(self) -> None:
        part = Span(self.layout.lines[0].span.start, len(self.text)) if self.layout.lines else Span(0, 0)
        marked = mark(self.layout, part.start, part.end)
        notice = self.kind == "comment_notice"
        base = self._first("published") or self._first("issued")
        year = base.value.year if base is not None and isinstance(base.value, date) else None
        for match in _RANGE.finditer(marked.text):
            span = marked.span(match.start(), match.end())
            if self._about_comments(span, notice=notice):
                first = marked.mentions[int(match["a"])]
                last = self._range_end(match, marked, first)
                if last is not None:
                    self._date("comment_start", first, span)
                    self._date("comment_end", last, span)
                    break
        if self._first("comment_end") is None:
            self._deadline(marked, year, notice=notice)
        for match in _DURATION.finditer(marked.text):
            span = marked.span(match.start(), match.end())
            if self._about_comments(span, notice=notice):
                self._stated_duration(match, span)
                break

    def _range_end(self, match: regex.Match[str], marked: Marked, first: DateMention) -> DateMention | None:
        if match["b"]:
            return marked.mentions[int(match["b"])]
        if first.day is None:
            return None
        month = int(match["m"]) if match["m"] else first.day.month
        number = int(match["d"] or match["only"])
        span = marked.span(match.start("m") if match["m"] else match.start("only"), match.end())
        year = first.day.year + (1 if month < first.day.month else 0)
        try:
            return DateMention(span, span.of(self.text), date(year, month, number), year_given=False)
        except ValueError:
            return DateMention(span, span.of(self.text), None, year_given=False)

    def _deadline(self, marked: Marked, year: int | None, *, notice: bool) -> None:
        for match in _DEADLINE.finditer(marked.text):
            span = marked.span(match.start(), match.end())
            if not self._about_comments(span, notice=notice):
                continue
            token = match["n"] or match["n2"] or match["n3"]
            if token:
                mention = marked.mentions[int(token)]
            elif year is not None:
                month, number = int(match["m"] or match["m2"] or match["m3"]), int(match["d"] or match["d2"] or match["d3"])
                base = self._first("published") or self._first("issued")
                after = base.value if base is not None and isinstance(base.value, date) else date(year, 1, 1)
                mention = _next_day(after, month, number, span, self.text)
            else:
                continue
            quote = Span(span.start, span.start + len(span.of(self.text).rstrip()))
            self._date("comment_end", mention, quote, before=bool(match["before"] or match["before3"]) and "止" not in (match["before"] or ""))
            return

    def _stated_duration(self, match: regex.Match[str], span: Span) -> None:
        number = numeral(match["n"])
        unit = "working_day" if match["unit"] == "工作日" else "day"
        if "月" in match["unit"]:
            return
        self._add("comment_stated", number, span, unit=unit, relative=bool(match["event"]))

    def _about_comments(self, span: Span, *, notice: bool) -> bool:
        sentence = self._sentence(span.start)
        near = self.text[max(sentence.start, span.start - 80) : min(sentence.end + 1, span.end + 80)]
        if notice:
            return bool(_COMMENT_WORDS.search(near)) or bool(regex.search(r"期限|截止|截至|时间", near))
        return bool(regex.search(r"(?:公开)?征求[^。；]{0,40}意见|公开征求|公示|征集", near))

    # -- review opinions and meetings

    def _review(self) -> None:
        for match in regex.finditer(r"(?:收悉|收到|送来|来函|报送|送审|转来|提交)", self.text):
            sentence = self._sentence(match.start())
            days = self.layout.dates.within(sentence.start, sentence.end)
            if days:
                self._date("review_received", days[0])
                break
        for match in regex.finditer(r"材料(?:已)?(?:齐备|齐全|补齐|补正)|补(?:齐|正)材料", self.text):
            sentence = self._sentence(match.start())
            days = self.layout.dates.within(sentence.start, sentence.end)
            if days:
                self._date("review_complete", days[-1])
                break
        signed = self._first("issued")
        if signed is not None:
            self._add("review_issued", signed.value, signed.span)
        conclusion = [m for m in _REVIEW_CONCLUSION.finditer(self.text, self.layout.body.start, self.layout.body.end)]
        if conclusion:
            match = conclusion[-1]
            self._add("review_conclusion", match[0].strip(), Span(*match.span()))

    def _meeting(self) -> None:
        for line in self.layout.lines[:12]:
            days = self.layout.dates.within(line.span.start, line.span.end)
            if days:
                self._date("deliberated", days[0])
                return

    def _urgency(self) -> None:
        for part in self.layout.own_parts:
            for match in _URGENT.finditer(self.text, part.start, part.end):
                sentence = self._sentence(match.start()).of(self.text)
                if not _URGENT_ABOUT.search(match[0]) or regex.search(r"可以|应当|不得|除外|方可|的，", sentence):
                    continue
                self._add("urgency_reason", match[0].strip(), Span(*match.span()))
                return

    # -- what follows from the rest

    def _derive(self) -> None:
        clause = self._first("effect_clause")
        if self._first("effective") is None and clause is not None and clause.value != "on_date":
            self._derive_effective(clause)
        effective, years = self._first("effective"), self._first("validity_years")
        if self._first("expires") is None and effective is not None and years is not None and isinstance(effective.value, date):
            end = _anniversary(effective.value, int(str(years.value))) - timedelta(days=1)
            self._add("expires", end, years.span, derived=("effective", "validity_years"))
        if self.kind == "comment_notice":
            self._derive_window()

    def _derive_effective(self, clause: Fact) -> None:
        event = str(clause.detail["event"])
        order = {"published": ("published", "issued", "signed"), "printed": ("printed", "issued"), "adopted": ("adopted",)}[event]
        for key in order:
            base = self._first(key)
            if base is not None and isinstance(base.value, date):
                days = clause.detail.get("days")
                if clause.detail.get("unit") == "working_day" and days:
                    return
                value = base.value + timedelta(days=int(str(days)) + 1) if days else base.value
                self._add("effective", value, clause.span, derived=("effect_clause", key))
                return

    def _derive_window(self) -> None:
        start, end, stated = self._first("comment_start"), self._first("comment_end"), self._first("comment_stated")
        base = self._first("published") or self._first("issued")
        if start is None and base is not None and isinstance(base.value, date):
            self._add("comment_start", base.value, base.span, derived=(base.key,))
            start = self._first("comment_start")
        if end is None and stated is not None and start is not None and isinstance(start.value, date) and stated.detail["unit"] == "day":
            self._add("comment_end", start.value + timedelta(days=int(str(stated.value))), stated.span, derived=("comment_start", "comment_stated"))

    def _sentence(self, offset: int) -> Span:
        start = max((self.text.rfind(c, 0, offset) for c in "。；！？\n"), default=-1) + 1
        ends = [i for i in (self.text.find(c, offset) for c in "。；！？\n") if i >= 0]
        return Span(start, min(ends, default=len(self.text)))


_EVENTS = {
    "公布": "published",
    "发布": "published",
    "颁布": "published",
    "公告": "published",
    "公示": "published",
    "刊登": "published",
    "登报": "published",
    "颁发": "published",
    "印发": "printed",
    "下发": "printed",
    "发文": "printed",
    "行文": "printed",
    "签发": "printed",
    "成文": "printed",
    "发出": "printed",
    "通过": "adopted",
    "批准": "adopted",
}
_WEB_ROLES = {
    "发布时间": "published",
    "发布日期": "published",
    "公布日期": "published",
    "公布时间": "published",
    "公开日期": "published",
    "公开时间": "published",
    "公告日期": "published",
    "时间": "published",
    "发文日期": "issued",
    "发文时间": "issued",
    "成文日期": "issued",
    "成文时间": "issued",
    "生成日期": "issued",
    "制发日期": "issued",
    "印发日期": "printed",
    "印发时间": "printed",
    "施行日期": "effective",
    "施行时间": "effective",
    "实施日期": "effective",
    "实施时间": "effective",
    "生效日期": "effective",
    "失效日期": "expires",
}


def _role_after(after: str) -> str | None:
    """The role that the words after a date give it, up to the next date."""
    verbs = (("adopted", r"通过|审议批准"), ("published", r"公布|发布|颁布|公\s*$"), ("printed", r"印发|下发"))
    found = [(m.start(), role) for role, pattern in verbs if (m := regex.search(pattern, after))]
    return min(found)[1] if found else None


def _trim(text: str, span: Span) -> Span:
    start = span.start
    while start < span.end and (text[start].isspace() or text[start] in "，："):
        start += 1
    return Span(start, span.end)


def _next_day(after: date, month: int, day: int, span: Span, text: str) -> DateMention:
    """The first such day not before `after` (a deadline without a year lies ahead of its notice)."""
    for year in (after.year, after.year + 1):
        try:
            value = date(year, month, day)
        except ValueError:
            return DateMention(span, span.of(text), None, year_given=False)
        if value >= after:
            return DateMention(span, span.of(text), value, year_given=False)
    return DateMention(span, span.of(text), None, year_given=False)


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _bare(text: str) -> str:
    return "".join(text.split())
