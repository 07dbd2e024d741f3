"""When a document takes effect, how long it is valid, and what follows from both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import regex

from checker.facts.dates import numeral
from checker.facts.record import Record, mark
from checker.model import Fact, Span

BEGIN = r"(?:施行|实施|执行|生效|实行|试行|施行生效|起效|启用|起用|起实施|有效)"
_EFFECT_EVENT = regex.compile(
    rf"(?:(?:自|从|于|在|由)\s*)?(?P<event>公布|发布|颁布|印发|下发|发文|签发|通过|批准|公告|公示|刊登|登报|成文|颁发|行文|发出)\s*之?\s*(?P<day>日|时)\s*(?:起|后|即|开始|，)*\s*"
    rf"(?:(?:满|经)?\s*(?P<days>\d{{1,3}}|[一二三四五六七八九十百]{{1,4}})\s*(?:个)?\s*(?P<unit>工作日|日|天|个?月)\s*(?:后|之后|以后|内)?\s*(?:起|开始|即)*\s*)?(?:正式|暂)?\s*(?P<verb>{BEGIN})"
)
_EFFECT_DATE = regex.compile(
    rf"(?:(?:自|从|于|在|由)\s*)?\ue000(?P<n>\d{{3}})\ue001\s*(?:零时|零点|凌晨|\d{{1,2}}\s*(?:时|：\d\d)(?:\d{{1,2}}分)?)?\s*(?:起|开始|之日起|以后|后|正式|，|即|至\s*\ue000\d{{3}}\ue001)*\s*(?:正式|暂)?\s*(?P<verb>{BEGIN})"
)
_REPEAL_DATE = regex.compile(
    r"(?:自|从|于)\s*\ue000(?P<n>\d{3})\ue001\s*(?:起)?\s*，?\s*(?:予以|正式|同时)?\s*(?:废止|停止执行|失效)"
)
_EFFECT_SHORT = regex.compile(
    rf"(?:自|从|于)\s*(?P<month>1[0-2]|0?[1-9])\s*月\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*日\s*(?:零时)?\s*(?:起|开始)?\s*(?:正式)?\s*(?P<verb>{BEGIN})"
)
_OWN_SUBJECT = regex.compile(
    r"(?:(?:本|该|此|上述|以上|调整后的?|新的?)\s*(?:《)?(?:办法|规定|细则|规则|决定|意见|通知|公告|通告|方案|预案|条例|标准|基准|制度|规范|指南|目录|指标体系|体系|准则|规程|政策|文件|计划|规划|纲要|措施|清单|实施\w{1,6}|暂行\w{1,4}|若干\w{1,4}|管理\w{1,4}|收费标准|\w{0,12}标准|价格|\w{0,6}电价|裁量\w{1,6}|章程|函|令|批复|流程|机制|命令|说明|修正案|修改)\s*(?:》)?)"
)
_OWN_ANY = regex.compile(
    r"本(?!市|省|县|区|州|旗|镇|乡|单位|人|地|级|部门|机关|局|厅|委|办公室|行政|年|月|次|条|款|项|章|届|公司|院|校)[一-龥（）]{2,10}\s*$"
)
_FOREIGN = regex.compile(r"以来|之前|以前|期间|前(?:已|发生|取得|作出|颁布|公布|制定|印发)|届满|违法行为|原\s*$")
_VALIDITY = regex.compile(
    r"有效期\s*(?:限)?\s*(?:为|是|定为|暂定|暂定为|：|，)?\s*(?:自\s*(?:公布|发布|印发|施行|实施|颁布|\ue000(?P<from>\d{3})\ue001)\s*之?日?\s*起?\s*)?(?:至\s*\ue000(?P<to>\d{3})\ue001|截[止至]\s*(?:到|至|于)?\s*\ue000(?P<to2>\d{3})\ue001|(?P<years>\d{1,2}|[一二两三四五六七八九十]{1,2})\s*年)"
    r"|(?:试行|暂行|施行|实施|执行)(?:期|期限|时间)\s*(?:为|是|暂定|：|暂定为)?\s*(?:(?P<years2>\d{1,2}|[一二两三四五]{1})\s*年|\ue000(?P<from3>\d{3})\ue001\s*(?:至|—|-|到|－|起至)\s*\ue000(?P<to3>\d{3})\ue001)"
    r"|(?:试行|施行|执行|实施|有效)\s*(?:至|到)\s*\ue000(?P<to4>\d{3})\ue001\s*(?:止|失效|为止|$|。|，)"
    r"|(?:有效期|期限|执行期|施行期|实施期)[^，。；]{0,6}(?:延长|延续|顺延|延期|续期|展期)\s*(?:至|到)\s*\ue000(?P<to6>\d{3})\ue001"
    r"|(?:延长|延续|顺延|延期)(?:有效期|执行期限|期限|执行|实施|施行)?\s*(?:至|到)\s*\ue000(?P<to7>\d{3})\ue001"
    r"|，\s*(?:有效期)?\s*(?:至|到)\s*\ue000(?P<to8>\d{3})\ue001\s*(?:止|截止|为止|失效|废止|终止|届满)"
    r"|，\s*\ue000(?P<to9>\d{3})\ue001\s*(?:起)?\s*(?:自行|自动)?(?:废止|失效|终止|停止执行)"
    r"|(?P<verb5>试行|执行|施行)\s*(?P<years5>\d|[一二两三四五])\s*年(?=[。，；])"
)
_FOREIGN_VALIDITY = regex.compile(
    r"证书?|许可|资质|资格|名单|合同|报告|批文|称号|认定|执照|评估|核准|复审|证明|牌照|登记|专利|商标|权|药品|材料|码|检|申请|协议|标志|标识|聘"
)
_END_GROUPS = ("to", "to2", "to3", "to4", "to6", "to7", "to8", "to9")
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


class Effect:
    """Effect clauses in all their forms, validity, and the dates derived from them."""

    def __init__(self, record: Record) -> None:
        """Reads at once; the facts go into `record`."""
        self.record = record
        self.layout = record.layout
        self.outline = record.outline
        self.identity = record.identity
        self.text = record.text
        self._nouns = [
            noun[0]
            for fact in self.identity.title
            if (
                noun := regex.search(
                    r"(?:办法|规定|细则|规则|决定|意见|通知|公告|通告|方案|预案|标准|基准|制度|规范|目录|体系|准则|规程|措施|章程|条例|规划|计划|纲要)(?=（[^）]*）$|$)",
                    str(fact.value).replace("(", "（").replace(")", "）"),
                )
            )
        ]
        self._effect()
        self._validity()
        self._derive()

    def _effect(self) -> None:
        candidates: list[tuple[int, int, Fact]] = []
        parts = self._effect_parts()
        for part, weight in parts:
            marked = mark(self.layout, part.start, part.end)
            for match in self.record.scan(_EFFECT_DATE, text=marked.text):
                span = marked.span(match.start(), match.end())
                score = self._effect_score(span, part)
                if score:
                    mention = marked.mentions[int(match["n"])]
                    begin = _trim(self.text, span)
                    fact = Fact(
                        "effective",
                        mention.value,
                        begin,
                        self.outline.clause_at(begin.start),
                        detail={"form": "on_date", "verb": match["verb"]},
                    )
                    candidates.append((score + weight, span.start, fact))
            if self.record.repeals:
                for match in self.record.scan(_REPEAL_DATE, text=marked.text):
                    span = _trim(self.text, marked.span(match.start(), match.end()))
                    mention = marked.mentions[int(match["n"])]
                    fact = Fact(
                        "effective",
                        mention.value,
                        span,
                        self.outline.clause_at(span.start),
                        detail={"form": "on_date", "verb": "废止"},
                    )
                    candidates.append((3 + weight, span.start, fact))
            for match in self.record.scan(_EFFECT_SHORT, text=marked.text):
                candidates.extend(self._without_year(match, marked.span(match.start(), match.end()), part, weight))
            for match in self.record.scan(_EFFECT_EVENT, text=marked.text):
                span = marked.span(match.start(), match.end())
                score = self._effect_score(span, part)
                if score:
                    candidates.append((score + weight, span.start, self._event_fact(match, _trim(self.text, span))))
        noted = [fact for fact in self.record.facts if fact.key == "effective" and fact.detail.get("weight")]
        candidates.sort(key=lambda item: (-item[0], -item[1]))
        best = candidates[0][0] if candidates else 0
        chosen: list[Fact] = []
        for score, _, fact in candidates:
            if score < best - 1 and chosen:
                break
            if all(fact.value != other.value for other in chosen):
                chosen.append(fact)
        dated = [f for f in chosen if f.key == "effective"]
        webbed = [fact for fact in self.record.facts if fact.key == "effective" and not fact.detail.get("weight")]
        self.record.facts = [fact for fact in self.record.facts if fact.key != "effective"]
        clause = [f for f in chosen if f.key == "effect_clause"]
        values = {f.value for f in dated}
        others = [f for f in (*noted, *webbed) if f.value not in values and not (dated and self.record.amended)]
        self.record.facts.extend([*dated, *others])
        self._set_apart_original()
        for fact in dated:
            self.record.add("effect_clause", "on_date", fact.span, event=None)
        if not dated or not clause:
            self.record.facts.extend(clause[:1])

    def _set_apart_original(self) -> None:
        """In a consolidated text whose effective date is that of an amendment, the original publication is no partner of it."""
        effective = self.record.first("effective")
        if effective is None or not self.record.amendments or not isinstance(effective.value, date):
            return
        if effective.value >= min(self.record.amendments):
            self.record.facts = [
                replace(fact, detail={**fact.detail, "consolidated": True}) if fact.key == "published" else fact
                for fact in self.record.facts
            ]

    def _without_year(
        self, match: regex.Match[str], span: Span, part: Span, weight: int
    ) -> list[tuple[int, int, Fact]]:
        """自3月1日起执行: the year of the document's own date, or the next when that day has passed by months."""
        base = self.record.first("issued") or self.record.first("signed") or self.record.first("published")
        score = self._effect_score(span, part)
        if score < 4 or base is None or not isinstance(base.value, date):
            return []
        try:
            day = date(base.value.year, int(match["month"]), int(match["day"]))
        except ValueError:
            return []
        if (base.value - day).days > 180:
            day = day.replace(year=day.year + 1)
        begin = _trim(self.text, span)
        detail = {"form": "on_date", "verb": match["verb"], "year_assumed": True}
        return [
            (
                score + weight,
                span.start,
                Fact("effective", day, begin, self.outline.clause_at(begin.start), detail=detail),
            )
        ]

    def _effect_parts(self) -> list[tuple[Span, int]]:
        layout = self.layout
        parts: list[tuple[Span, int]] = []
        if layout.preamble is not None:
            parts.append((layout.preamble, 3))
        if self.record.forwards:
            parts.append((layout.body, 1))
            return parts
        if layout.enacted is not None:
            parts.append((layout.enacted, 2))
        parts.append((layout.body, 1))
        return parts

    def _effect_score(self, span: Span, part: Span) -> int:
        """0 = speaks of something else; higher = surer that this document is meant."""
        if self.record.in_quotation(span.start):
            return 0
        sentence = self.record.sentence(span.start)
        before = self.text[sentence.start : span.start]
        whole = sentence.of(self.text)
        after = self.text[span.end : sentence.end]
        clause_before = regex.split(r"[，,]", before)[-1] if not _OWN_SUBJECT.search(before) else before
        if regex.match(r"\s*(?:以来|之前|以前|前|期间|的《|的(?!，)|后[，的]|时)", after) and not regex.match(
            r"\s*的?(?:。|$)", after
        ):
            return 0
        if not regex.match(
            r"\s*(?:[。；，、）”」]|$|至|到|，?有效期|（|\ue000|[一-龥]{0,4}(?:[。；]|$))",
            self.text[span.end : min(sentence.end + 1, span.end + 12)],
        ):
            return 0
        own = _OWN_SUBJECT.search(before) or _OWN_ANY.search(before)
        if own and not regex.search(r"《[^》]*》[^，]*$", before[own.end() :]):
            bonus = 2 if any(own[0].strip("《》 　").endswith(noun) for noun in self._nouns) else 0
            return bonus + (
                6
                if regex.match(
                    r"^[\s　]*(?:第.{1,8}条(?:[\s　]*【[^】]*】)?|[（(]?[一二三四五六七八九十\d]+[）)、.．])?[\s　]*[^，。]{0,30}$",
                    before[: own.start()],
                )
                else 5
            )
        stripped = regex.sub(
            r"^[\s　]*(?:第.{1,8}条(?:[\s　]*【[^】]*】)?|（?[一二三四五六七八九十\d]+[）、.．])?[\s　]*", "", before
        )
        if not stripped.strip("，、 　") and "《" not in whole[: len(before)]:
            return 4
        if "现予" in whole or "现印发" in whole or regex.search(r"现将.{0,80}印发", whole):
            return 4
        if self.identity.title_text and regex.search(r"《[^》]{2,60}》", before) and not _FOREIGN.search(before):
            named = regex.search(r"《([^》]{2,60})》[^《]*$", before)
            if named and "".join(named[1].split()) in self.identity.title_text:
                return 4
        if (
            self.text[span.end : span.end + 1] in "。；"
            and part.end - span.end < 400
            and "《" not in clause_before
            and not _FOREIGN.search(before)
        ):
            return 2
        return 0

    def _event_fact(self, match: regex.Match[str], span: Span) -> Fact:
        event = _EVENTS.get(match["event"], "published")
        days = numeral(match["days"]) if match["days"] else 0
        if match["unit"] and "月" in match["unit"]:
            days *= 30
        form = (
            "after_publication"
            if days
            else {"printed": "on_printing", "adopted": "on_approval", "published": "on_publication"}[event]
        )
        detail = {
            "event": event,
            "word": match["event"],
            "days": days or None,
            "unit": "working_day" if match["unit"] == "工作日" else "day",
        }
        return Fact("effect_clause", form, span, self.outline.clause_at(span.start), detail=detail)

    def _validity(self) -> None:
        for part in self.layout.own_parts:
            marked = mark(self.layout, part.start, part.end)
            for match in self.record.scan(_VALIDITY, text=marked.text):
                span = marked.span(match.start(), match.end())
                if not self._own_validity(span, part, match):
                    continue
                years = match["years"] or match["years2"] or match["years5"]
                if years:
                    self.record.add("validity_years", numeral(years.replace("两", "二")), span)
                end = next((match[name] for name in _END_GROUPS if match[name]), None)
                if end:
                    self.record.date("expires", marked.mentions[int(end)], span)
                start = match["from3"]
                if start and self.record.first("effective") is None:
                    self.record.date("effective", marked.mentions[int(start)], span, form="on_date")

    def _own_validity(self, span: Span, part: Span, match: regex.Match[str]) -> bool:
        if self.record.in_quotation(span.start):
            return False
        sentence = self.record.sentence(span.start)
        before = self.text[sentence.start : span.start]
        whole = sentence.of(self.text)
        near = before[-14:]
        own_clause = any(
            f.key in ("effect_clause", "effective") and sentence.start <= f.span.start < sentence.end
            for f in self.record.facts
        )
        if match["to6"] or match["to7"]:
            return act_extends(self.identity.title_text) or bool(_OWN_SUBJECT.search(before))
        if match["to8"] or match["to9"]:
            return own_clause
        if own_clause:
            return not _FOREIGN_VALIDITY.search(regex.split(r"[，,]", near)[-1])
        if _FOREIGN_VALIDITY.search(near) or "《" in near:
            return False
        if match["verb5"] or match["to4"]:
            return bool(_OWN_SUBJECT.search(before)) and part.end - span.end < 600
        return bool(
            _OWN_SUBJECT.search(before) or not before.strip("　 ，") or regex.search(r"政策|办法|规定", near)
        ) and (part.end - span.end < 600 or bool(_OWN_SUBJECT.search(whole)))

    def _derive(self) -> None:
        clause = self.record.first("effect_clause")
        if self.record.first("effective") is None and clause is not None and clause.value != "on_date":
            self._derive_effective(clause)
        effective, years = self.record.first("effective"), self.record.first("validity_years")
        if (
            self.record.first("expires") is None
            and effective is not None
            and years is not None
            and isinstance(effective.value, date)
        ):
            end = _anniversary(effective.value, int(str(years.value))) - timedelta(days=1)
            self.record.add("expires", end, years.span, derived=("effective", "validity_years"))

    def _derive_effective(self, clause: Fact) -> None:
        event = str(clause.detail["event"])
        order = {
            "published": ("published", "issued", "signed"),
            "printed": ("printed", "issued"),
            "adopted": ("adopted",),
        }[event]
        for key in order:
            base = self.record.first(key)
            if base is not None and isinstance(base.value, date):
                days = clause.detail.get("days")
                if clause.detail.get("unit") == "working_day" and days:
                    return
                value = base.value + timedelta(days=int(str(days)) + 1) if days else base.value
                self.record.add("effective", value, clause.span, derived=("effect_clause", key))
                return


def act_extends(title: str) -> bool:
    """Whether the title announces an extension: then its 延长至… is the document's own expiry."""
    return bool(regex.search(r"延长|延续|延期|继续(?:有效|执行|实施)|展期", title))


def _trim(text: str, span: Span) -> Span:
    start = span.start
    while start < span.end and (text[start].isspace() or text[start] in "，："):
        start += 1
    return Span(start, span.end)


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
