"""The dated steps of a document's making: 通过, 签署, 成文, 印发, 公布, 会议, 收件, 材料齐备, 出具, and stated urgency.

A date is the document's own only where the layout says so (head, promulgation, signature, imprint) and its sentence speaks of this
document. Dates in quotations, background, attachments and cited documents have no role.
"""

from __future__ import annotations

import regex

from checker.facts.dates import DateMention
from checker.facts.effect import BEGIN
from checker.facts.identity import NUMBER
from checker.facts.layout import OFFICE, Line
from checker.facts.organs import is_organ_line
from checker.facts.record import PATTERN_SECONDS, Record, bare
from checker.model import Span

_MEETING = regex.compile(
    r"(?P<meeting>[一-龥\d]{0,24}第?\s*[\d一二三四五六七八九十百]*\s*次?\s*(?:[一-龥]{0,10}(?:常务会议?|全体会议|办公会议?|局务会议?|部务会议|委务会议|厅务会议|党组会议?|局长办公会议?|主任办公会议?|委员会议|行长办公会|审议会|会议)))\s*[^，。；]{0,8}?(?:审议|讨论|研究|审定|表决)?\s*[^，。；]{0,6}?(?:通过|同意|审定|批准)"
)
_URGENT = regex.compile(
    r"(?:因|由于|鉴于|为应对|为了应对|考虑到)[^。；]{0,60}(?:紧急|突发|疫情|汛情|灾情|国家安全|公共利益|时间紧迫|亟需|急需)[^。；]{0,60}"
    r"(?:期限|期间|时间|征求意见|施行|实施|公布|印发)[^。；]{0,30}(?:缩短|立即|即时|不足|之日起|少于|提前)?"
    r"|(?:涉及|为(?:了)?(?:保障|维护))(?:国家安全|外汇汇率|货币政策)[^。；]{0,30}(?:施行|实施|公布)[^。；]{0,20}|不立即(?:施行|实施)(?:将|会)?[^。；]{0,30}|(?:征求意见|公示|征集)?(?:时间|期限|期)[^。；]{0,10}(?:缩短|压缩)[^。；]{0,40}"
)
_URGENT_ABOUT = regex.compile(r"缩短|压缩|立即|即时|之日起|不足|少于|提前")
_REVIEW_CONCLUSION = regex.compile(
    r"(?:未发现[^。；]{0,30}(?:违反|抵触|不一致|不符)[^。；]{0,40}|(?:应当|建议|需)予?以?(?:修改|完善)[^。；]{0,40}|(?:总体|基本)?(?:合法(?!权益|性|利益|经营|渠道|途径|来源)|不合法|(?<!是否|有无)符合[^。；]{0,20}规定|按[^。；]{0,16}意见修改后[^。；]{0,12}合法)[^。；]{0,20}|(?:原则)?同意[^。；]{0,30})"
)
_COMPLETE = regex.compile(
    r"(?:材料|资料|文件|说明|依据)[^。；\n]{0,30}?(?<![不未没])(?:齐备|齐全|补齐|收齐|交齐|送齐|补正(?:完毕|完成|到位))"
    r"|(?:收齐|补齐|收到(?:全部|全套|齐全的?|完整的?))[^。；，\n]{0,16}(?:材料|资料)|(?:材料|资料)[^。；，\n]{0,6}补正(?!通知|要求|意见)"
)
"""That all the material for a review is there; the day stands before it, else behind."""
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


class Steps:
    """Reads the dated steps; what is read goes into the record under the step's name."""

    def __init__(self, record: Record) -> None:
        """Reads at once; the facts go into `record`."""
        self.record = record
        self.layout = record.layout
        self.outline = record.outline
        self.identity = record.identity
        self.text = record.text
        self._signature()
        self._head_notes()
        self._web_lines()
        self._adoption()
        self._imprint()
        self._urgency()
        if record.kind == "legality_review_opinion":
            self._review()
        if record.kind == "meeting_minutes":
            self._meeting()

    def _signature(self) -> None:
        signature = self.layout.signature
        if signature is None:
            return
        self.record.add("signature", signature.line.text.strip(), signature.line.span)
        order = self.identity.order
        if signature.officials:
            self._signatory(signature.officials)
        if signature.officials or (
            order is not None and order.is_order and self.layout.head and order.span.start < signature.line.span.start
        ):
            self.record.date("signed", signature.day)
            if order is None or not order.is_order:
                self.record.date("issued", signature.day)
            if self.record.kind == "government_rule" or (order is not None and order.is_order):
                self.record.date("published", signature.day, derived=("signed",))
        else:
            self.record.date("issued", signature.day)

    def _signatory(self, lines: tuple[Line, ...]) -> None:
        """首长署名: the office and the name, on one line or on two."""
        span = Span(lines[0].span.start, lines[-1].span.end)
        words = "".join(line.bare for line in lines)
        office = OFFICE.match(words)
        name = words[office.end() :] if office else ""
        if name:
            self.record.add("signatory", name, span, office=office[0] if office else "")

    def _head_notes(self) -> None:
        for line in self.layout.head:
            if line.cell or (line in self.layout.title and not line.text.startswith("（")):
                continue
            mentions = self.layout.dates.within(line.span.start, line.span.end)
            if not mentions or regex.search(r"[：:]", line.text[: max(mentions[0].span.start - line.span.start, 0)]):
                continue
            self._note(line, mentions)

    def _note(self, line: Line, mentions: tuple[DateMention, ...]) -> None:
        """One bracket line: each date takes the verb that follows it before the next date."""
        amended = False
        self.record.amended = self.record.amended or bool(regex.search(r"修正|修改|修订", line.text))
        for index, mention in enumerate(mentions):
            stop = mentions[index + 1].span.start if index + 1 < len(mentions) else line.span.end
            before = _unbroken(self.text[line.span.start : mention.span.start])
            after = _unbroken(self.text[mention.span.end : stop])
            if regex.search(r"(?:根据|依据)[^，；）]{0,4}$", before) or regex.match(
                r"[^，；。]{0,60}(?:修正|修改|修订)", after
            ):
                amended = True
                if mention.day is not None:
                    self.record.amendments.append(mention.day)
                continue
            if regex.match(r"\s*(?:零时)?\s*(?:起|开始)", after) and regex.search(rf"^[^，。；]{{0,8}}{BEGIN}", after):
                if self.record.first("effective") is None:
                    verb = regex.search(BEGIN, after)
                    start = mention.span.start - (
                        1 if self.text[mention.span.start - 1 : mention.span.start] in "自从于" else 0
                    )
                    self.record.date(
                        "effective",
                        mention,
                        Span(start, mention.span.end + (verb.end() if verb else 0)),
                        weight=1,
                        amended=amended,
                    )
                continue
            if amended:
                continue
            role = _role_after(after)
            if role is None:
                role = "issued" if self._only_number_and_organ(line, mentions) else None
            if role == "adopted":
                self.record.date("adopted", mention)
                if "会议" in after and "人民代表大会" not in after:
                    self.record.date("deliberated", mention)
            elif role is not None and not (
                role == "issued"
                and (self.record.first("issued") or self.record.first("signed") or self.record.first("published"))
            ):
                self.record.date(role, mention)

    def _only_number_and_organ(self, line: Line, mentions: tuple[DateMention, ...]) -> bool:
        """Whether a head line holds nothing but date, number and organ: （吉政办发〔2002〕42号　二〇〇二年八月二十九日）."""
        rest = line.text
        for mention in mentions:
            rest = rest.replace(mention.text, " ")
        rest = bare(NUMBER.sub(" ", rest)).strip("（）()，。、")
        return not rest or is_organ_line(rest)

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
                    label = (
                        regex.search(r"(?P<label>[一-龥]{0,6}(?:时间|日期))：?$", previous)
                        if len(previous) < 12
                        else None
                    )
                name = "".join(label["label"].split()) if label else ""
                inline = bool(label is not None and before[: label.start()].strip(" 　"))
                role = None if name == "时间" and inline else _WEB_ROLES.get(name)
                if (
                    role is None
                    and not before.strip()
                    and regex.match(
                        r"\s*(?:\d\d：\d\d(?:：\d\d)?)?\s*(?:来源|作者|字号)|\s*\d\d：\d\d(?:：\d\d)?\s*[一-龥]{0,20}$",
                        after,
                    )
                ):
                    role = "published"
                if role:
                    self.record.date(role, mention, source="web")

    def _imprint(self) -> None:
        for line in self.layout.imprint:
            mentions = self.layout.dates.within(line.span.start, line.span.end)
            if len(mentions) == 1 and regex.match(
                r"\s*印\s*发?\s*(?:$|[（共份])", self.text[mentions[0].span.end : line.span.end]
            ):
                self.record.date("printed", mentions[0])
        for line in self.layout.lines[-12:]:
            mentions = self.layout.dates.within(line.span.start, line.span.end)
            if (
                len(mentions) == 1
                and len(line.text) < 60
                and regex.match(r"\s*印\s*发\s*$", self.text[mentions[0].span.end : line.span.end])
            ):
                self.record.date("printed", mentions[0])

    def _adoption(self) -> None:
        """已经2020年5月28日县人民政府第85次常务会议审议通过，现印发…: in the promulgation or the covering notice only."""
        spans = [self.layout.preamble] if self.layout.preamble is not None else []
        if self.layout.transmits:
            spans.append(self.layout.body)
        if self.layout.head and self.layout.title and self.record.kind == "government_rule":
            spans.append(Span(self.layout.head[0].span.start, self.layout.body.start))
        for span in spans:
            for match in _MEETING.finditer(self.text, span.start, min(span.end, span.start + 3000)):
                sentence = self.record.sentence(match.start())
                if not regex.search(
                    r"《[^》]*》[^。；]{0,12}(?:已|经|业经)|^（?《|现予|现将|现印发|印发给", sentence.of(self.text)
                ):
                    continue
                day = self.layout.dates.last_before(match.start() + 1)
                inside = [
                    m
                    for m in self.layout.dates.within(sentence.start, match.end())
                    if m.span.start >= match.start() - 30
                ]
                mention = inside[-1] if inside else day if day and day.span.end >= match.start() - 12 else None
                if mention is None or mention.span.start < sentence.start:
                    continue
                if regex.search(r"通过|审定", match[0]):
                    self.record.date("adopted", mention)
                self.record.date(
                    "deliberated", mention, meeting=regex.sub(r"^.*?[日经](?=[一-龥])", "", bare(match["meeting"]))
                )

    def _review(self) -> None:
        for match in regex.finditer(r"(?:收悉|收到|送来|来函|报送|送审|转来|提交)", self.text):
            sentence = self.record.sentence(match.start())
            days = self.layout.dates.within(sentence.start, sentence.end)
            if days:
                self.record.date("review_received", days[0])
                break
        for match in _COMPLETE.finditer(self.text, timeout=PATTERN_SECONDS):
            sentence = self.record.sentence(match.start())
            near = self._days(sentence.start, match.end())[-1:] or self._days(match.end(), sentence.end)
            if near:
                self.record.date("review_complete", near[0])
                break
        signed = self.record.first("issued")
        if signed is not None:
            self.record.add("review_issued", signed.value, signed.span)
        conclusion = list(_REVIEW_CONCLUSION.finditer(self.text, self.layout.body.start, self.layout.body.end))
        if conclusion:
            match = conclusion[-1]
            self.record.add("review_conclusion", match[0].strip(), Span(*match.span()))

    def _days(self, start: int, end: int) -> list[DateMention]:
        """The dates in [start, end); one without a year has that of the last full date before `end`."""
        dates = self.layout.dates
        full = dates.last_before(end)
        short = dates.short(start, end, full.day.year) if full is not None and full.day is not None else ()
        return sorted((*dates.within(start, end), *short), key=lambda mention: mention.span.start)

    def _meeting(self) -> None:
        for line in self.layout.lines[:12]:
            days = self.layout.dates.within(line.span.start, line.span.end)
            if days:
                self.record.date("deliberated", days[0])
                return

    def _urgency(self) -> None:
        for part in self.layout.own_parts:
            for match in _URGENT.finditer(self.text, part.start, part.end):
                sentence = self.record.sentence(match.start()).of(self.text)
                if not _URGENT_ABOUT.search(match[0]) or regex.search(r"可以|应当|不得|除外|方可|的，", sentence):
                    continue
                self.record.add("urgency_reason", match[0].strip(), Span(*match.span()))
                return


def _unbroken(text: str) -> str:
    """`text` without line breaks and the blanks around them."""
    return regex.sub(r"\s*\n\s*", "", text)


def _role_after(after: str) -> str | None:
    """The role that the words after a date give it, up to the next date."""
    verbs = (("adopted", r"通过|审议批准"), ("published", r"公布|发布|颁布|号公\s*(?:自|$)"), ("printed", r"印发|下发"))
    found = [(m.start(), role) for role, pattern in verbs if (m := regex.search(pattern, after))]
    return min(found)[1] if found else None
