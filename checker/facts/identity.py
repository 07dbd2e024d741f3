"""Who issued a document, under which title and number, what it does and of what kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from checker.facts.layout import Layout, Line, Signature, is_head_furniture
from checker.facts.organs import is_organ_line, level_of, region_of, split_joint
from checker.facts.structure import Outline
from checker.model import Act, Fact, Kind, Level, Region, Span, Trait

_BRACKETS = str.maketrans({c: "〔" for c in "[【（［﹝("} | {c: "〕" for c in "]】）］﹞)"})
_NUMBER = regex.compile(
    r"(?P<sign>[一-龥A-Za-z]{1,18}(?:（[一-龥]{1,6}）|〔[一-龥]{1,6}〕)?)\s*(?P<year>[〔\[【（［﹝]\s*(?:19|20)\d\d\s*[〕\]】）］﹞]\s*(?:年\s*)?)第?\s*\d{1,5}(?:\s*[-—－]\s*\d+)?\s*号"
)
_ORDER_NUMBER = regex.compile(
    r"(?P<organ>[一-龥、]{2,60}?)\s*(?:(?P<word>令|公告)\s*[〔（]?\s*(?P<year>(?:19|20)\d\d\s*年?)?\s*[〕）]?\s*第\s*(?P<number>[\d一二三四五六七八九十百零〇]+)\s*号"
    r"|第\s*(?P<number2>[\d一二三四五六七八九十百零〇]+)\s*号\s*(?:令|公告))"
)
_LETTERHEAD_ORDER = regex.compile(r"^(?P<organ>[一-龥、\s]{2,60}?)\s*(?:令|公告)\s*(?:第\s*[\d一二三四五六七八九十百]+\s*号)?$")
_ORDER_LINE = regex.compile(r"^（?\s*(?:(?:19|20)\d\d\s*年?\s*)?第\s*[\d一二三四五六七八九十百零〇]+\s*号\s*）?$")
_FILE_NAME = regex.compile(r"^(?P<number>.+号)\.(?:docx?|pdf|wps|ofd)$")
_REGISTRATION = regex.compile(
    r"(?:统一登记号|统一编号|规范性文件(?:登记|统一)?编号|登记编号|登记号|备案号|备案编号|编号)\s*[：:]?\s*(?P<number>[A-Z]{2,10}[-—－]?(?:19|20)\d\d[-—－]\d+(?:[-—－]\d+)*号?|[一-龥A-Z]{2,10}[〔\[（](?:19|20)\d\d[〕\]）][-—]?\d+(?:[-—]\d+)*号?)"
    r"|^\s*（?(?P<bare>[A-Z]{2,8}(?:GS|GF)?[-—－](?:19|20)\d\d[-—－]\d{1,5}(?:[-—－]\d+)*)）?\s*$",
    regex.MULTILINE,
)
_PUBLICITY = regex.compile(r"（\s*(?:此件|本件)?\s*(?P<value>公\s*开\s*发\s*布|主动公开|依申请公开|不予公开|删减后公开)\s*）|(?:公开方式|公开属性|公开选项|信息公开选项)\s*[：:]\s*(?P<value2>主动公开|依申请公开|不予公开)|此件\s*(?P<value3>公开发布|主动公开|依申请公开|不予公开)")
_SECRECY = regex.compile(r"^\s*(?:★\s*)?(?P<mark>绝\s*密|机\s*密|秘\s*密)\s*(?:★.*|[（(].*)?\s*$|^\s*(?P<mark2>绝密|机密|秘密)\s*[★☆].*$", regex.MULTILINE)
_URGENCY = regex.compile(r"^\s*(?P<mark>特\s*急|加\s*急|特\s*提|平\s*急)\s*$", regex.MULTILINE)


@dataclass(frozen=True, slots=True)
class Order:
    """A promulgating order (令 or 公告) named in the head: organs, its number as written, where."""

    organs: tuple[str, ...]
    number: str
    span: Span
    organ_span: Span
    is_order: bool


class Identity:
    """Title, issuers, numbers, region, kind and act of one document."""

    def __init__(self, layout: Layout, outline: Outline) -> None:
        """Everything is read from the layout's parts; nothing is guessed from file names."""
        self.layout = layout
        self.outline = outline
        self.text = layout.text
        self.raw = layout.document.body
        self.order = self._order()
        self.title = tuple(self._title())
        self.numbers = tuple(self._numbers())
        self.issuers = tuple(self._issuers())
        self.region = self._region()

    # -- title

    def _title(self) -> Iterator[Fact]:
        outer, inner = self.layout.title, self.layout.inner_title
        order = bool(self.order and self.order.is_order)
        own = inner if (order and inner) or not outer else outer
        if not own and self.layout.preamble is not None:
            named = regex.compile(r"《([^》]+)》").search(self.text, self.layout.preamble.start, self.layout.preamble.end)
            if named:
                span = Span(named.start(1), named.end(1))
                yield Fact("title", _bare(span.of(self.raw)), span)
                return
        for lines in (own, inner if own is outer else ()):
            if lines:
                span = Span(lines[0].span.start, lines[-1].span.end)
                yield Fact("title", _bare("".join(line.span.of(self.raw) for line in lines)), span, detail={"inner": lines is not own} if lines is not own else {})

    @property
    def title_text(self) -> str:
        """The document's own title, normalised, or ""."""
        return str(self.title[0].value).replace("(", "（").replace(")", "）") if self.title else ""

    # -- numbers

    def _order(self) -> Order | None:
        head = [line for line in self.layout.head if not line.cell][:30]
        for position, line in enumerate(head):
            bare = line.bare
            if line in self.layout.title or "《" in bare and "令" not in bare:
                continue
            if regex.search(r"(?:19|20)?[\d〇一二三四五六七八九零○]{2,4}\s*年", line.text) and "（" in line.text[:2] or _has_verb(bare):
                found = self._order_in_note(line)
                if found:
                    return found
                continue
            match = _LETTERHEAD_ORDER.match(line.text)
            if match and (is_organ_line(_bare(match["organ"])) or "中华人民共和国" in bare):
                number_line = next((other for other in head[position : position + 5] if _ORDER_LINE.match(other.text)), None)
                same = regex.search(r"第\s*[\d一二三四五六七八九十百]+\s*号", line.text)
                organs = tuple(split_joint(_bare(match["organ"])))
                organ_span = Span(line.span.start, line.span.start + match.end("organ"))
                word = "令" if "令" in line.text[match.end("organ") :] else "公告"
                if same:
                    return Order(organs, _bare(line.text), line.span, organ_span, word == "令")
                if number_line is not None:
                    number = _bare(line.text) + number_line.bare.strip("（）")
                    return Order(organs, number, number_line.span, organ_span, word == "令")
                if word == "令":
                    return Order(organs, "", line.span, organ_span, True)
        return None

    def _order_in_note(self, line: Line) -> Order | None:
        """The order named in a note below the title: （2014年12月19日环境保护部令第28号公布 自…起施行）; amendments come later."""
        base = line.span.start
        for match in _ORDER_NUMBER.finditer(self.text, line.span.start, line.span.end):
            organ, start = match["organ"], match.start("organ")
            day = self.layout.dates.last_before(match.start("organ") + len(organ))
            if day is not None and day.span.start >= base and day.span.end > start:
                start = day.span.end
            organ = self.text[start : match.end("organ")]
            cut = regex.match(r"^(?:[\s、，]|经|以|由|根据|《[^》]*》|[^，。]*(?:通过|审议|修订|修正)[，\s]*)*", organ)
            if cut:
                start += cut.end()
                organ = self.text[start : match.end("organ")]
            before = self.text[base : match.start()]
            if regex.search(r"根据|修正|修改|修订", before) and not regex.search(r"公布|发布|颁布", before):
                continue
            name = _bare(organ)
            organs = tuple(split_joint(name))
            word = match["word"] or ("令" if self.text[match.start() : match.end()].rstrip().endswith("令") else "公告")
            return Order(organs, _bare(self.text[start : match.end()]), Span(start, match.end()), Span(start, start + len(organ)), word == "令")
        return None

    def _numbers(self) -> Iterator[Fact]:
        seen: set[str] = set()
        if self.order is not None and self.order.number:
            yield self._number_fact(self.order.number, self.order.span, order=True)
            seen.add(self.order.number)
        for line in self._number_lines():
            for match in _NUMBER.finditer(line.text):
                if match.start() > 0 and regex.search(r"《[^》]*$|根据|按照|依据", line.text[: match.start()]):
                    continue
                span = Span(line.span.start + match.start(), line.span.start + match.end())
                value = _normal_number(match[0])
                if value not in seen:
                    seen.add(value)
                    yield self._number_fact(value, span, order=False)
        if not seen:
            for line in self.layout.lines[-8:]:
                named = _FILE_NAME.match(line.text)
                match = _NUMBER.fullmatch(named["number"]) if named else None
                if match:
                    span = Span(line.span.start, line.span.start + match.end())
                    yield self._number_fact(_normal_number(match[0]), span, order=False)
                    return

    def _number_lines(self) -> Iterator[Line]:
        for line in self.layout.head:
            if line in self.layout.title:
                continue
            numbered = _NUMBER.search(line.text)
            if numbered and (is_head_furniture(line) or numbered.start() <= 1 and len(line.text) < 80):
                yield line

    def _number_fact(self, value: str, span: Span, *, order: bool) -> Fact:
        return Fact("document_number", value, span, detail={"form": "order" if order else "document"})

    # -- issuers

    def _issuers(self) -> Iterator[Fact]:
        seen: set[str] = set()
        for name, span in self._issuer_names():
            if name in seen:
                continue
            seen.add(name)
            level, certain = level_of(name)
            detail: dict[str, object] = {"level": level}
            if not certain:
                detail["generic"] = True
            yield Fact("issuer", name, span, detail=detail)

    def _issuer_names(self) -> list[tuple[str, Span]]:
        signature = self.layout.signature
        title_organs = self._title_organs()
        if signature is not None and signature.lines:
            return self._signed_names(signature, title_organs)
        if self.order is not None:
            names = [name for name in self.order.organs if name]
            return [(name, self._find(name, self.order.organ_span)) for name in names]
        if title_organs:
            return title_organs
        adopted = self._adopting_organ()
        if adopted:
            return [adopted]
        for line in self.layout.head:
            letterhead = regex.sub(r"(?:文件|公告|通告)$", "", line.bare)
            if line not in self.layout.title and is_organ_line(letterhead):
                return [(name, self._find(name, line.span)) for name in split_joint(letterhead)]
        if signature is not None or not self.layout.title:
            return []
        return self._organ_before_date()

    def _signed_names(self, signature: Signature, title_organs: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
        joined = "".join(line.bare for line in signature.lines)
        if len(signature.lines) > 1 and any(name == joined for name, _ in title_organs):
            return [(joined, Span(signature.lines[0].span.start, signature.lines[-1].span.end))]
        found: list[tuple[str, Span]] = []
        for line in signature.lines:
            pieces = line.text.split()
            whole = [line.bare] if len(pieces) == 1 or not all(is_organ_line(piece) for piece in pieces) else pieces
            for piece in whole:
                found.extend((name, self._find(name, line.span)) for name in split_joint(piece))
        return found

    def _title_organs(self) -> list[tuple[str, Span]]:
        """Organs at the head of the title: 巫山县人民政府关于印发…"""
        if not self.layout.title:
            return []
        found: list[tuple[str, Span]] = []
        lines = 0
        for line in self.layout.title:
            verb = regex.search(r"关于|印发|转发|批转|对|发布《|公布《", line.text)
            part = line.text[: verb.start()] if verb else line.text
            organ = _bare(part)
            if organ and is_organ_line(organ):
                pieces = part.split()
                names = pieces if len(pieces) > 1 and all(is_organ_line(p) for p in pieces) else list(split_joint(organ))
                area = Span(line.span.start, line.span.start + len(part.rstrip()))
                found.extend((name, self._find(name, area)) for name in names)
                lines += 1 if len(names) == 1 else 0
            if verb or not organ or not is_organ_line(organ):
                break
        has_verb = regex.search(r"关于|印发|转发|批转|发布|公布|对", self.layout.title_text)
        if has_verb and lines > 1 and len(found) > 1 and not any(region_of(name) or name.startswith(("国", "中")) for name, _ in found[1:]):
            joined = "".join(name for name, _ in found)
            return [(joined, Span(found[0][1].start, found[-1][1].end))]
        return found if has_verb else []

    def _adopting_organ(self) -> tuple[str, Span] | None:
        for line in self.layout.head:
            match = regex.search(r"[日\s　]([一-龥]{2,16}(?:第[一二三四五六七八九十]+届)?人民代表大会(?:常务委员会)?|中国共产党第[一-龥]{1,6}届中央委员会)第", line.text)
            if match and "通过" in line.text:
                return _bare(match[1]), Span(line.span.start + match.start(1), line.span.start + match.end(1))
        return None

    def _organ_before_date(self) -> list[tuple[str, Span]]:
        """An organ named in the line with number and date: （大署办〔2010〕32号　大兴安岭地区行署办公室、…）."""
        for line in self.layout.head:
            number = _NUMBER.search(line.text)
            if number is None or line in self.layout.title:
                continue
            rest = line.text[number.end() :].strip(" 　（）")
            names = split_joint(_bare(rest))
            if rest and all(is_organ_line(name) for name in names):
                return [(name, self._find(name, line.span)) for name in names]
        return []

    def _find(self, name: str, area: Span) -> Span:
        pattern = regex.compile(r"\s*".join(map(regex.escape, name)))
        match = pattern.search(self.text, area.start, area.end)
        return Span(*match.span()) if match else area

    # -- region

    def _region(self) -> Region | None:
        number = str(self.numbers[0].value) if self.numbers else ""
        best: Region | None = None
        for issuer in self.issuers:
            region = region_of(str(issuer.value), number)
            if region is not None and (best is None or len(region.name) > len(best.name)):
                best = region
        if best is None or best.province is None:
            best = region_of(self.title_text, number) or best
        national: set[Level] = {"ministry"}
        if self.issuers and self.issuers[0].detail.get("level") in national or any(i.value in ("国务院", "国务院办公厅") for i in self.issuers):
            return None
        return best

    # -- marks and registration

    def marks(self) -> Iterator[Fact]:
        """Registration number, publicity mark (公开属性), marks of secrecy and urgency, addressees."""
        text = self.text
        stop = self.layout.lines[min(self.layout.head_end, len(self.layout.lines) - 1)].span.start if self.layout.lines else 0
        for match in _REGISTRATION.finditer(text, 0, max(stop, 0)):
            group = "number" if match["number"] else "bare"
            yield Fact("registration_number", _bare(match[group]), Span(match.start(group), match.end(group)))
        for match in _PUBLICITY.finditer(text):
            value = _bare(match["value"] or match["value2"] or match["value3"])
            yield Fact("publicity", "主动公开" if value in ("公开发布", "主动公开", "删减后公开") else value, Span(*match.span()))
        for match in _SECRECY.finditer(text, 0, min(stop + 1, len(text))):
            yield Fact("secrecy", _bare(match["mark"] or match["mark2"]), Span(match.start(), match.start() + len(match[0].rstrip())))
        for match in _URGENCY.finditer(text, 0, min(stop + 1, len(text))):
            yield Fact("urgency_mark", _bare(match["mark"]), Span(match.start("mark"), match.end("mark")))
        if self.layout.head_end < len(self.layout.lines):
            line = self.layout.lines[self.layout.head_end]
            if line.text.endswith("：") and len(line.text) < 600:
                yield Fact("addressees", line.text.rstrip("： "), Span(line.span.start, line.span.end - 1))
        for line in self.layout.imprint:
            if regex.match(r"^抄\s*[送报]", line.text):
                yield Fact("distribution", line.text, line.span)
            elif "印" in line.text[-6:] and self.layout.dates.within(line.span.start, line.span.end):
                yield Fact("print_line", line.text, line.span)
        if self.layout.preamble is not None:
            yield Fact("preamble", self.layout.preamble.of(self.raw).strip(), self.layout.preamble)


# ------------------------------------------------------------------ act

_ACTS: tuple[tuple[Act, regex.Pattern[str]], ...] = (
    ("forward", regex.compile(r"(?:转发|批转)")),
    ("repeal", regex.compile(r"关于(?:公布)?(?:废止|撤销|停止执行|取消执行)(?!和|与|、)|废止[^的]{0,80}(?:等|的)?(?:规范性文件|文件|规定|办法|通知)》?的?(?:通知|决定|公告|公布)")),
    ("declare_invalid", regex.compile(r"宣布[^。]{0,40}失效|关于[^。]{0,40}(?:失效|不再执行)的")),
    ("extend", regex.compile(r"(?:延长|延续|延期)[^。]{0,80}(?:有效期|期限|执行|实施)|继续(?:有效|执行|实施)的|有效期(?:的)?(?:延长|延期|延续)")),
    ("amend", regex.compile(r"(?:修改|修订|修正|调整)[^。]{0,10}《[^。]*》?[^。]{0,30}的(?:决定|通知|公告)|关于修改|(?:修正案|修改)的?(?:决定|通知|公告)?$|部分(?:条款|内容)的?(?:通知|决定)$")),
)


def act_of(title: str) -> tuple[Act, str]:
    """What a document does, from its title, with the deciding words.

    "关于废止和修改…" is a repeal; a text that enacts and repeals its predecessor in the last clause enacts.
    """
    outer = regex.sub(r"《(?:[^《》]|〈[^〉]*〉)*》", "《》", title)
    for act, pattern in _ACTS:
        searched = title if act == "amend" else outer
        match = pattern.search(searched)
        if match is None:
            continue
        if act == "forward" and not regex.match(r"^[^《关]{0,60}(?:转发|批转)|^[^《]{0,60}关于(?:转发|批转)", outer):
            continue
        if act in ("repeal", "declare_invalid") and "印发" in outer:
            continue
        return act, match[0]
    if regex.search(r"关于废止(?:和|、|与)(?:修改|宣布)", outer):
        return "repeal", "废止"
    return "enact", title[-12:]


# ------------------------------------------------------------------ kind

_BY_TITLE: tuple[tuple[Kind, str, str], ...] = (
    ("drafting_explanation", r"(?:起草|编制|修订|制定)(?:情况)?的?说明$|起草说明", "标题是起草说明"),
    ("comment_notice", r"(?:征求|征集|听取)[^。]{0,80}(?:意见|建议)[^。]{0,10}(?:公告|通告|启事|通知|公示|函)?$|征求意见的?(?:公告|通告|启事|通知|公示|函)|听证会?(?:的)?(?:公告|通告)", "标题表明是公开征求意见的公告"),
    ("feedback_summary", r"意见(?:建议)?(?:的)?(?:采纳|反馈|汇总|处理)[^。]{0,12}(?:情况|结果|表|说明|报告)", "标题是意见采纳（反馈）情况"),
    ("legality_review_opinion", r"合法性(?:审核|审查)[^。]{0,10}(?:意见书?|报告|表|函)|(?:审核|审查)意见书$", "标题是合法性审核（审查）意见"),
    ("fair_competition_review", r"公平竞争审查(?:表|意见|结论|报告|书)", "标题是公平竞争审查材料"),
    ("expert_opinion", r"专家(?:论证|评审|咨询)[^。]{0,8}(?:意见|报告|结论)", "标题是专家论证意见"),
    ("risk_assessment", r"(?:风险评估|社会稳定风险)[^。]{0,10}(?:报告|意见|表)$", "标题是风险评估材料"),
    ("meeting_minutes", r"(?:会议|常务会|办公会)?纪要$|会议记录$", "标题是会议纪要"),
    ("filing_report", r"备案(?:的)?报告$|报送[^。]{0,60}备案的?(?:报告|函)", "标题是备案报告"),
    ("publication_evidence", r"(?:公布|公开|发布)(?:证明|情况说明|截图)", "标题是公布证明"),
)
_REPLY = regex.compile(
    r"(?:批复|复函|答复|的函|答复函)(?:（[^）]*）)?$|(?:下达|拨付|安排|预拨|清算|追加|调剂|分配|收回)[^。]{0,40}(?:资金|经费|预算|指标|补助|计划|额度|专款)[^。]{0,14}的?通知|"
    r"(?:征集|申报|推荐|遴选|报送|评选|认定|评审|报名|缴纳|缴费|招募|选拔|开展)[^。]{0,60}(?:申报|征集|推荐|遴选|项目|工作|需求|案例|产品|名单|名录|事宜|费用)[^。]{0,14}的?(?:通知|公告)|"
    r"(?:公布|公示|发布|通报|认定|确定|命名)[^。]{0,70}(?:名单|结果|获奖|入选|入围|榜单|目录（第.*批）|项目|称号|单位|企业)[^。]{0,14}的?(?:通知|公告|通告|通报|决定)|的(?:批复|函)$|有关事宜的(?:通知|公告)$"
)
_INTERNAL_TITLE = regex.compile(
    r"(?:工作|实施|行动|试点|推进|攻坚|整治|建设|创建|改革|提升|分工|任务)[^《》]{0,6}(?:方案|计划|要点)(?:（[^）]*）)?》?(?:的通知)?$|(?:行动|工作|年度|三年|五年)计划|工作要点|(?:任务|责任|工作)分(?:工|解)|分工方案|"
    r"(?:任免|任命|免职|聘任)|组成人员|(?:成立|调整)[^。]{0,40}(?:领导小组|指挥部|委员会|工作组|专班)|机构设置|(?:主要职责|职能配置)[^。]{0,20}(?:规定|通知|方案)|人员编制|"
    r"(?:关于(?:给予|授予|对)[^。]{0,40}(?:奖励|称号)|表彰|嘉奖|记功|表扬)[^。]{0,50}的?(?:决定|通报|通知)|的?通报$|(?:召开|举办)[^。]{0,50}(?:会议|培训班?|活动)的通知|考核结果|值班|立法工作计划|规划(?:纲要)?(?:（[^）]*）)?》?(?:的通知)?$|指标(?:体系)?及任务|督查|先进(?:集体|个人|单位)"
)
_INTERNAL_RULES = regex.compile(r"机关(?:内部|各处室|工作人员|干部)|内部(?:管理|控制|审计)|工作规则|议事规则|公文处理|会议制度|目标(?:管理)?考核|绩效考[核评]|值班|党政机关|国家公务员|工作人员|公务员|领导干部|专家库管理")
_RULE_TITLE = regex.compile(r"(?:办法|规定|细则|规则|决定|规程|若干规定|条例|指标体系|准则)(?:（[^）]*）)?$")
_PARTY_TITLE = regex.compile(r"^(?:中共|中国共产党|法治中国建设规划|法治社会建设实施纲要)|^(?:法治政府建设实施纲要)")
_LAW_TITLE = regex.compile(r"^(?:中华人民共和国)?[^关]{2,40}(?:条例|(?<!办)(?<!方)法)(?:（[^）]*）)?$")
_OUTSIDER = regex.compile(
    r"公民|企业|经营者|个体工商户|经营户|商户|申请人|当事人|用人单位|业主|居民|村民|农户|纳税人|学生|家长|车主|驾驶人|建设单位|施工单位|生产单位|使用单位|投资者|投资人|"
    r"消费者|申报单位|单位和个人|任何单位|个人|法人|社会组织|服务机构|中介机构|持证人|权利人|开发商|销售者|生产者|运营单位|排污单位|承包人|患者|医疗机构|药店|幼儿园|培训机构|纳税义务人|学员|旅客"
)
_DUTY = regex.compile(r"应当|应|必须|须|不得|严禁|禁止|可以|可向|有权|不予|方可|一律")


@dataclass(frozen=True, slots=True)
class KindReading:
    """The kind with the reason, and the doubt where there is one."""

    kind: Kind
    reason: str
    span: Span
    certain: bool = True
    doubt: str = ""
    also: tuple[Kind, ...] = ()


def kind_of(identity: Identity, act: Act) -> KindReading:
    """What sort of document it is. First who issued it and by what act, then the title, then what it does to outsiders.

    Source: 国办发〔2018〕115号 (scope and exclusions), 规章制定程序条例, legal notes on replies, plans and party documents.
    """
    layout = identity.layout
    title = identity.title_text
    inner = str(identity.title[1].value) if len(identity.title) > 1 else ""
    span = identity.title[0].span if identity.title else Span(0, min(len(layout.text), 1))

    def reading(kind: Kind, reason: str, *, certain: bool = True, doubt: str = "") -> KindReading:
        return KindReading(kind, reason, span, certain, doubt)

    levels = [fact.detail["level"] for fact in identity.issuers]
    if _PARTY_TITLE.match(title) or "party_body" in levels or _party_release(layout):
        return reading("party_document", "由党的机关制发或者党政联合行文")
    for kind, pattern, why in _BY_TITLE:
        if title and regex.search(pattern, title):
            return reading(kind, why)
    if "congress" in levels or _adopted_by_congress(layout):
        return reading("other", "由人民代表大会及其常务委员会制定，是法律、地方性法规或者人大文件")
    if regex.search(r"(?:最高人民法院|最高人民检察院)", title[:20]):
        return reading("other", "司法解释或者司法文件")
    order = identity.order
    if order is not None and order.is_order:
        if any("国务院" == organ or organ == "中华人民共和国国务院" for organ in order.organs):
            return reading("other", "国务院令公布的行政法规")
        return reading("government_rule", "以令公布，是规章")
    if order is None and regex.search(r"^第?\S{0,6}令$", title):
        return reading("government_rule", "以令公布，是规章")
    units = identity.outline.articles()
    if not title and not units and len(layout.lines) > 0 and not identity.issuers:
        return reading("other", "没有标题、条文和制定机关，看不出是公文", certain=False, doubt="缺少标题和制定机关")
    if not identity.issuers and layout.document.text.count("](/") > 5 and not units:
        return reading("other", "网页目录，不是公文")
    if title and act == "enact" and not regex.search(r"(?:关于|印发)", title) and _LAW_TITLE.match(title) and not identity.issuers:
        return reading("other", "名称为法或者条例，是法律、法规")
    return _by_content(identity, act, title, inner, reading)


def _by_content(identity: Identity, act: Act, title: str, inner: str, reading: object) -> KindReading:
    make = reading if callable(reading) else None
    assert make is not None
    outsiders = outsider_duties(identity.layout)
    result: KindReading
    if act in ("repeal", "declare_invalid", "extend", "amend"):
        what = title + inner
        if not regex.search(r"工作方案|要点", what) or regex.search(r"规范性文件|办法|规定|细则", what):
            result = make("normative_document", "修改、废止、宣布失效或者延长有关规范性文件，按规范性文件管理")
            return result
    if _REPLY.search(title) and not regex.search(r"印发《", title):
        result = make("administrative_reply", "批复、函、资金下达、申报（征集）通知或者结果公布，不是规范性文件")
        return result
    subject = _subject(title)
    if _INTERNAL_TITLE.search(subject):
        if len(outsiders) >= 6 and not regex.search(r"任免|任命|表彰|嘉奖|记功|通报|组成人员|领导小组|分工|要点", title):
            quote = outsiders[0].of(identity.text)[:40]
            result = make(
                "normative_document",
                f"标题是方案、计划类，但正文为行政相对人设定权利义务（如“{quote}”），按规范性文件对待",
                certain=False,
                doubt="标题是工作方案、计划类，正文却为行政相对人设定权利义务，请核实是否应按规范性文件管理",
            )
            return result
        result = make("internal_document", "工作方案、计划、任务分工、机构人事、表彰通报等内部管理文件，不是规范性文件")
        return result
    if _INTERNAL_RULES.search(title) and len(outsiders) < 4 or regex.match(r"^(?:机关|委机关|局机关|厅机关|本局|本委)各", _addressee(identity.layout)) and len(outsiders) < 4:
        result = make("internal_document", "规范机关内部管理或者工作人员，不涉及行政相对人权利义务")
        return result
    if not identity.issuers and not title:
        result = make("normative_document", "有条文而没有标题、制定机关和公布令，按规范性文件对待", certain=False, doubt="没有标题和制定机关，文种待确认")
        return result
    if not title and not identity.outline.articles() and not outsiders:
        result = make("other", "没有标题和条文，看不出文种", certain=False, doubt="没有标题")
        return result
    if regex.search(r"表$", title) and not identity.issuers:
        result = make("internal_document", "任务分解表、统计表一类的内部工作材料")
        return result
    certain = bool(identity.issuers) and (bool(outsiders) or bool(identity.outline.articles()))
    result = make(
        "normative_document",
        "由行政机关制发，规定一定范围内普遍、反复适用的事项",
        certain=certain,
        doubt="" if certain else ("没有写明制定机关" if not identity.issuers else "正文没有明显的行政相对人权利义务条款"),
    )
    return result


def _subject(title: str) -> str:
    """What a covering notice issues or forwards: 关于印发《Y》的通知 → Y; any other title itself."""
    if not regex.search(r"印发|转发|批转|发布《|公布《", title):
        return title
    named = regex.search(r"《([^《》]*(?:〈[^〉]*〉[^《》]*)*)》", title)
    if named:
        return named[1]
    return regex.sub(r"(?:的通知|的函|的公告|的通告)$", "", regex.sub(r"^.*?(?:印发|转发|批转)", "", title))


def outsider_duties(layout: Layout) -> list[Span]:
    """Sentences that bind or entitle people outside the administration: an outsider before a word of duty or right."""
    found: list[Span] = []
    for part in layout.own_parts:
        for match in _CLAUSE.finditer(layout.text, part.start, part.end):
            clause = match[0]
            subject = _OUTSIDER.search(clause, 0, 40)
            if subject and _DUTY.search(clause, subject.end(), subject.end() + 30) and not regex.search(r"^[^，]{0,12}(?:各[级地区部]|部门|政府)", clause):
                found.append(Span(*match.span()))
                if len(found) >= 40:
                    return found
    return found


_CLAUSE = regex.compile(r"[^。；\n]{8,400}")


def _addressee(layout: Layout) -> str:
    if layout.head_end < len(layout.lines):
        line = layout.lines[layout.head_end]
        return line.text if line.text.endswith("：") else ""
    return ""


def _party_release(layout: Layout) -> bool:
    """A party document printed by the news agency: 新华社…电 近日，中共中央…印发了《…》."""
    start = " ".join(line.text for line in layout.lines[:4])[:400]
    return bool(regex.search(r"新华社[^。]{0,20}电.{0,30}(?:中共中央|中共中央办公厅)", start))


def _adopted_by_congress(layout: Layout) -> bool:
    return any(regex.search(r"人民代表大会(?:常务委员会)?第?.{0,20}(?:会议|次会议)?.{0,6}(?:通过|批准)", line.text) and line.text.startswith("（") for line in layout.head)


# ------------------------------------------------------------------ traits

_BUSINESS = regex.compile(r"企业|经营者|市场主体|经营主体|个体工商户|经营户|商户|生产经营|行业协会|投资者|中介机构|建设单位|施工单位|房地产|经营单位|销售|生产者")


def traits_of(identity: Identity, kind: Kind) -> Iterator[Trait]:
    """Traits that the text shows: business (closely tied to the operation of enterprises), operators, secret, urgent.

    "business": 优化营商环境条例第62条; at least three sentences bind or entitle businesses, or the title names them.
    """
    if kind in ("normative_document", "government_rule", "major_decision", "comment_notice"):
        spans = [s for s in outsider_duties(identity.layout) if _BUSINESS.search(s.of(identity.text))]
        named = _BUSINESS.search(identity.title_text)
        if named or len(spans) >= 3:
            span = spans[0] if spans else identity.title[0].span
            why = f"标题涉及“{named[0]}”" if named else f"有{len(spans)}处条款规定市场主体的权利义务，如“{spans[0].of(identity.raw).strip()[:36]}”"
            yield Trait("business", why, span)
            yield Trait("operators", why, span)
    for match in _SECRECY.finditer(identity.text, 0, 400):
        yield Trait("secret", f"标有密级“{_bare(match[0])}”", Span(*match.span()))


# ------------------------------------------------------------------ small things


def _bare(text: str) -> str:
    return "".join(text.split())


def _normal_number(written: str) -> str:
    """渝民发[2024]10号 → 渝民发〔2024〕10号."""
    bare = _bare(written)
    match = regex.search(r"[\[【（［﹝(〔]((?:19|20)\d\d)[\]】）］﹞)〕]", bare)
    return bare[: match.start()] + f"〔{match[1]}〕" + bare[match.end() :] if match else bare


def _has_verb(bare: str) -> bool:
    return bare.startswith("（") and bool(regex.search(r"公布|发布|颁布|通过|印发|施行", bare))
