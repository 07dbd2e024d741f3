"""What a document does (act), of what kind it is, and which traits decide the rules that apply to it.

First who issued it and by what act, then the title, then what the text does to people outside the administration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from checker.facts.identity import SECRECY, Identity
from checker.facts.layout import TITLE_END, Layout
from checker.model import Act, Kind, Span, Trait

# ------------------------------------------------------------------ act

_ACTS: tuple[tuple[Act, regex.Pattern[str]], ...] = (
    ("forward", regex.compile(r"(?:转发|批转)")),
    (
        "repeal",
        regex.compile(
            r"关于(?:公布)?(?:废止|撤销|停止执行|取消执行)(?!和|与|、)|废止[^的]{0,80}(?:等|的)?(?:规范性文件|文件|规定|办法|通知)》?的?(?:通知|决定|公告|公布)"
        ),
    ),
    ("declare_invalid", regex.compile(r"宣布[^。]{0,40}失效|关于[^。]{0,40}(?:失效|不再执行)的")),
    (
        "extend",
        regex.compile(
            r"(?:延长|延续|延期)[^。]{0,80}(?:有效期|期限|执行|实施)|继续(?:有效|执行|实施)的|有效期(?:的)?(?:延长|延期|延续)"
        ),
    ),
    (
        "amend",
        regex.compile(
            r"(?:修改|修订|修正|调整)[^。]{0,10}《[^。]*》?[^。]{0,30}的(?:决定|通知|公告)|关于修改|(?:修正案|修改)的?(?:决定|通知|公告)?$|部分(?:条款|内容)的?(?:通知|决定)$"
        ),
    ),
)


def act_of(title: str) -> Act:
    """What a document does, from its title.

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
        return act
    if regex.search(r"关于废止(?:和|、|与)(?:修改|宣布)", outer):
        return "repeal"
    return "enact"


# ------------------------------------------------------------------ kind

_BY_TITLE: tuple[tuple[Kind, str, str], ...] = (
    ("drafting_explanation", r"(?:起草|编制|修订|制定)(?:情况)?的?说明$|起草说明", "标题是起草说明"),
    (
        "comment_notice",
        r"(?:征求|征集|听取)[^。]{0,80}(?:意见|建议)[^。]{0,10}(?:公告|通告|启事|通知|公示|函)?$|征求意见的?(?:公告|通告|启事|通知|公示|函)|听证会?(?:的)?(?:公告|通告)",
        "标题表明是公开征求意见的公告",
    ),
    (
        "feedback_summary",
        r"意见(?:建议)?(?:的)?(?:采纳|反馈|汇总|处理)[^。]{0,12}(?:情况|结果|表|说明|报告)",
        "标题是意见采纳（反馈）情况",
    ),
    (
        "legality_review_opinion",
        r"合法性(?:审核|审查)[^。]{0,10}(?:意见书?|报告|表|函)|(?:审核|审查)意见书$",
        "标题是合法性审核（审查）意见",
    ),
    ("fair_competition_review", r"公平竞争审查(?:表|意见|结论|报告|书)", "标题是公平竞争审查材料"),
    ("expert_opinion", r"专家(?:论证|评审|咨询)[^。]{0,8}(?:意见|报告|结论)", "标题是专家论证意见"),
    ("risk_assessment", r"(?:风险评估|社会稳定风险)[^。]{0,10}(?:报告|意见|表)$", "标题是风险评估材料"),
    ("meeting_minutes", r"(?:会议|常务会|办公会)?纪要$|会议记录$", "标题是会议纪要"),
    ("filing_report", r"备案(?:的)?报告$|报送[^。]{0,60}备案的?(?:报告|函)", "标题是备案报告"),
    ("publication_evidence", r"(?:公布|公开|发布)(?:证明|情况说明|截图)", "标题是公布证明"),
)
_REPLY = regex.compile(
    r"(?:批复|复函|答复|的函|答复函)(?:（[^）]*）)?$|(?:下达|拨付|安排|预拨|清算|追加|调剂|分配|收回)[^。]{0,40}(?:资金|经费|预算|指标|补助|计划|额度|专款)[^。]{0,14}的?通知|"
    r"(?:征集|申报|推荐|遴选|报送|评选|评审|报名|缴纳|缴费|招募|选拔)[^。]{0,60}(?:申报|征集|推荐|遴选|项目|工作|需求|案例|产品|名单|名录|事宜|费用)[^。]{0,14}的?(?:通知|公告)|"
    r"关于(?:组织|开展|启动)(?:开展)?[^。]{0,12}(?:申报|推荐|征集|遴选|评选|报名)[^。]{0,60}的?(?:通知|公告)|"
    r"(?:开展|组织|做好)[^。]{0,60}(?:申报|征集|推荐|遴选|评选|报名|认定|评审|揭榜)[^。]{0,12}的?(?:通知|公告)|"
    r"关于(?:公布|公示|发布|通报|认定|确定|命名)[^。]{0,70}(?:名单|名录|结果|获奖|入选|入围|榜单|目录（第.*批）|项目|称号|单位|企业)[^。]{0,14}的?(?:通知|公告|通告|通报|决定)|的(?:批复|函)$|有关事宜的(?:通知|公告)$"
)
_INTERNAL_TITLE = regex.compile(
    r"(?:工作|实施|行动|试点|推进|攻坚|整治|建设|创建|改革|提升|分工|任务)[^《》]{0,6}(?:方案|计划|要点)(?:（[^）]*）)?》?(?:的通知)?$|(?:行动|工作|年度|三年|五年)计划|工作要点|(?:任务|责任|工作)分(?:工|解)|分工方案|"
    r"(?:任免|任命|免职|聘任)|组成人员|(?:成立|调整)[^。]{0,40}(?:领导小组|指挥部|委员会|工作组|专班)|机构设置|(?:主要职责|职能配置)[^。]{0,20}(?:规定|通知|方案)|人员编制|"
    r"(?:关于(?:给予|授予|对)[^。]{0,40}(?:奖励|称号)|表彰|嘉奖|记功|表扬)[^。]{0,50}的?(?:决定|通报|通知)|的?通报$|奖励的决定$|(?:召开|举办)[^。]{0,50}(?:会议|培训班?|活动)的通知|考核结果|值班|立法工作计划|规划(?:纲要)?(?:（[^）]*）)?》?(?:的通知)?$|指标(?:体系)?及任务|督查|先进(?:集体|个人|单位)"
)
_INTERNAL_RULES = regex.compile(
    r"机关(?:内部|各处室|工作人员|干部)|内部(?:管理|控制|审计)|工作规则|议事规则|公文处理|会议制度|目标(?:管理)?考核|绩效考[核评]|值班|党政机关|国家公务员|工作人员|公务员|领导干部|专家库管理"
)
_OWN_OFFICES = regex.compile(r"^(?:机关|委机关|局机关|厅机关|本局|本委)各")
_ONLY_OWN = regex.compile(
    r"^(?:机关|委机关|局机关|厅机关|本局|本委)各[^、，：]{1,8}(?:[、，](?:[委局厅部直所]属|各?直属)[^、，：]{1,10})*：?$"
)
_OUTWARD = regex.compile(
    r"监管|执法|行政处罚|行政许可|行政审批|检查|裁量|企业|金融机构|银行|经营|居民|农户|学校|医院|机构(?!编制|设置|改革)"
)
_PARTY_TITLE = regex.compile(r"^(?:中共|中国共产党|法治中国建设规划|法治社会建设实施纲要)|^(?:法治政府建设实施纲要)")
_LAW_TITLE = regex.compile(r"^(?:中华人民共和国)?[^关]{2,40}(?:条例|(?<!办)(?<!方)法)(?:（[^）]*）)?$")
_OUTSIDER = regex.compile(
    r"公民|居民|村民|农民|农户|群众|企业|经营者|个体|工商户|经营户|商户|申请人|当事人|用人单位|业主|纳税人|学生|学员|家长|幼儿|车主|驾驶人|建设单位|施工单位|"
    r"投资者|投资人|外商|消费者|申报|单位和个人|任何单位|个人|法人|社会组织|社会团体|中介|机构(?!改革|设置|编制)|持证|权利人|开发商|销售|生产者|生产单位|使用单位|"
    r"运营单位|排污单位|承包人|患者|医院|药店|幼儿园|学校|毕业生|劳动者|失业|残疾人|老年人|儿童|家庭|对象|贷款|担保|车辆|房屋|产权|土地|每人每月|职工|参保|投保|用户|住户|旅客"
)
_EFFECT_ON = regex.compile(
    r"应当|必须|须|不得|严禁|禁止|可以|可按|可|有权|不予|方可|一律|允许|享受|给予|补贴|补助|奖励|减免|免征|减征|收费|收取|费率|价格|标准为|调整为|罚|处以|注销|"
    r"撤销|吊销|核准|审批|许可|登记|备案|征收|返还|资助|优惠"
)
_ORGAN_SUBJECT = regex.compile(
    r"^[^，]{0,14}(?:各[级地区县市州部乡有]|部门|政府|办公厅|委员会|局|领导小组|成员单位|工作人员|机关)"
)
_CLAUSE = regex.compile(r"[^。；\n]{6,300}")
_REACH_CHARACTERS = 60_000

# Shares of clauses that touch outsiders, from reading 146 issued documents: below the first, notices and opinions move only the
# administration; above the second, even a plan sets rights and duties of citizens and enterprises.
_INWARD_SHARE, _OUTWARD_SHARE = 0.015, 0.11


@dataclass(frozen=True, slots=True)
class Outreach:
    """How far a text reaches beyond the administration: all its clauses, and those that bind or benefit outsiders."""

    clauses: int
    touching: tuple[Span, ...]

    @property
    def share(self) -> float:
        """Share of the clauses that touch outsiders, 0 … 1."""
        return len(self.touching) / self.clauses if self.clauses else 0.0


def outreach(layout: Layout) -> Outreach:
    """Counts the clauses in which someone outside the administration stands with a duty, a right, a cost or a benefit."""
    clauses, touching = 0, []
    for match in _CLAUSE.finditer(layout.text, 0, _REACH_CHARACTERS):
        clauses += 1
        clause = match[0]
        if _OUTSIDER.search(clause) and _EFFECT_ON.search(clause) and not _ORGAN_SUBJECT.match(clause.strip()):
            touching.append(Span(*match.span()))
    return Outreach(clauses, tuple(touching))


@dataclass(frozen=True, slots=True)
class KindReading:
    """The kind with the reason, and the doubt where there is one."""

    kind: Kind
    reason: str
    span: Span
    certain: bool = True
    doubt: str = ""
    also: tuple[Kind, ...] = ()
    reach: Outreach = Outreach(0, ())
    about_another: bool = False


def kind_of(identity: Identity, act: Act) -> KindReading:
    """What sort of document it is. First who issued it and by what act, then the title, then what it does to outsiders.

    Source: 国办发〔2018〕115号 (scope and exclusions), 规章制定程序条例, legal notes on replies, plans and party documents.
    """
    reach = outreach(identity.layout)
    span = identity.title[0].span if identity.title else Span(0, min(len(identity.text), 1))

    def make(kind: Kind, reason: str, *, certain: bool = True, doubt: str = "") -> KindReading:
        about_another = kind in _ABOUT_ANOTHER or reason.startswith("新闻")
        return KindReading(kind, reason, span, certain, doubt, reach=reach, about_another=about_another)

    return (
        _by_form(identity, make)
        or _by_order(identity, make)
        or _no_document(identity, act, make)
        or _by_content(identity, act, reach, make)
    )


_Make = Callable[..., KindReading]


def _by_form(identity: Identity, make: _Make) -> KindReading | None:
    """What issuer and title alone decide: party and congress documents, and the papers of a dossier."""
    layout, title = identity.layout, identity.title_text
    levels = [fact.detail["level"] for fact in identity.issuers]
    asks = _asks_comment(layout)
    if asks is not None and (not title or regex.search(r"(?:公告|通告|启事|公示)(?:（[^）]*）)?$", title)):
        return make("comment_notice", f"正文公开征求意见并写明反馈期限（“{asks.of(layout.text)[:30]}”）")
    if _PARTY_TITLE.match(title) or "party_body" in levels or _party_release(layout):
        return make("party_document", "由党的机关制发或者党政联合行文")
    for kind, pattern, why in _BY_TITLE:
        if title and regex.search(pattern, title):
            return make(kind, why)
    if "congress" in levels or _adopted_by_congress(layout):
        return make("other", "由人民代表大会及其常务委员会制定，是法律、地方性法规或者人大文件")
    if regex.search(r"(?:最高人民法院|最高人民检察院)", title[:20]):
        return make("other", "司法解释或者司法文件")
    return None


def _by_order(identity: Identity, make: _Make) -> KindReading | None:
    """What is promulgated by order (令), or in the words of an order."""
    levels = {fact.detail["level"] for fact in identity.issuers}
    order = identity.order
    if order is not None and order.is_order:
        if any(organ in {"国务院", "中华人民共和国国务院"} for organ in order.organs):
            return make("other", "国务院令公布的行政法规")
        if levels and not levels & _RULE_MAKERS:
            return make("normative_document", "以令发布，但制定机关没有规章制定权，按规范性文件对待")
        return make("government_rule", "以令公布，是规章")
    if identity.layout.preamble is not None and order is None and not levels and identity.outline.articles():
        doubt = "文本没有公布令的机关和令号，像是部门规章"
        return make("government_rule", "有“会议通过、现予公布”的公布语，按规章对待", certain=False, doubt=doubt)
    return None


def _no_document(identity: Identity, act: Act, make: _Make) -> KindReading | None:
    """Texts that are no administrative document: news, index pages, laws without their organ, fragments."""
    title, units = identity.title_text or _stated_subject(identity.layout), identity.outline.articles()
    if _NEWS.search(identity.text[:600]) and not identity.numbers and not units:
        return make("other", "新闻报道或者情况介绍，不是公文")
    if identity.issuers:
        return None
    if not title and not units:
        return make("other", "没有标题、条文和制定机关，看不出是公文", certain=False, doubt="缺少标题和制定机关")
    if identity.text.count("]（/") > 5 and not units:
        return make("other", "网页目录，不是公文")
    if act == "enact" and title and "关于" not in title and "印发" not in title and _LAW_TITLE.match(title):
        return make("other", "名称为法或者条例，是法律、法规")
    return None


def _by_content(identity: Identity, act: Act, reach: Outreach, make: _Make) -> KindReading:
    """What the title and the text say of a document of an administrative organ."""
    title = identity.title_text
    inner = str(identity.title[1].value) if len(identity.title) > 1 else ""
    if not identity.layout.title and not (identity.order and identity.order.is_order):
        title = _stated_subject(identity.layout) or title
    subject = _subject(title)
    rules = bool(identity.outline.articles())
    if act in ("repeal", "declare_invalid", "extend", "amend"):
        what = title + inner
        if not regex.search(r"工作方案|要点", what) or regex.search(r"规范性文件|办法|规定|细则", what):
            return make("normative_document", "修改、废止、宣布失效或者延长有关规范性文件，按规范性文件管理")
    if (_REPLY.search(title) and subject == title) or (act == "forward" and _REPLY.search(subject + "的通知")):
        return make("administrative_reply", "批复、函、资金下达、申报（征集）通知或者结果公布，不是规范性文件")
    if _INTERNAL_TITLE.search(subject):
        return _plan(title, identity, reach, make)
    inward = _INTERNAL_RULES.search(subject) or _OWN_OFFICES.match(_addressee(identity.layout))
    if inward and reach.share < _OUTWARD_SHARE / 2 and not _OUTWARD.search(subject):
        return make("internal_document", "规范机关内部管理或者工作人员，不涉及行政相对人权利义务")
    if not rules and reach.clauses >= 30 and reach.share < _INWARD_SHARE and identity.issuers:
        return make(
            "internal_document",
            f"正文{reach.clauses}个分句中只有{len(reach.touching)}个涉及行政相对人，是部署机关内部工作的文件",
            certain=False,
            doubt="题名不是工作方案、计划，正文主要部署行政机关的工作；如涉及公民、企业的权利义务，请用 --kind normative_document 指定",
        )
    if not identity.issuers and not title:
        return make(
            "normative_document",
            "有条文而没有标题、制定机关和公布令，按规范性文件对待",
            certain=False,
            doubt="没有标题和制定机关，文种待确认",
        )
    if not title and not rules and not reach.touching:
        return make("other", "没有标题和条文，看不出文种", certain=False, doubt="没有标题")
    if regex.search(r"表$", title) and not identity.issuers:
        return make("internal_document", "任务分解表、统计表一类的内部工作材料")
    if not identity.issuers and not rules and not TITLE_END.search(title):
        return make("other", "没有制定机关，标题不是公文文种，看不出是公文", certain=False, doubt="缺少制定机关")
    reason = "由行政机关制发，规定一定范围内普遍、反复适用的事项"
    if not identity.issuers:
        return make("normative_document", reason, certain=False, doubt="没有写明制定机关")
    if _ONLY_OWN.match(_addressee(identity.layout)):
        doubt = "主送的都是本机关内设机构和所属单位，可能只是内部工作规则"
        return make("normative_document", reason, certain=False, doubt=doubt)
    return make("normative_document", reason)


def _plan(title: str, identity: Identity, reach: Outreach, make: _Make) -> KindReading:
    """A plan by its title: internal, unless it sets so many rights and duties of outsiders that it is one in form only."""
    if regex.search(r"任免|任命|表彰|嘉奖|记功|通报|组成人员|领导小组|分工|要点|奖励的决定", title):
        return make("internal_document", "任务分工、机构人事、表彰通报等内部管理文件，不是规范性文件")
    if reach.share >= _OUTWARD_SHARE and len(reach.touching) >= 3:
        quote = reach.touching[0].of(identity.text).strip()[:40]
        return make(
            "normative_document",
            f"标题是方案、计划类，但正文多处为行政相对人设定权利义务（如“{quote}”），按规范性文件对待",
            certain=False,
            doubt="标题是工作方案、计划类，正文却为行政相对人设定权利义务，请核实是否应按规范性文件管理",
        )
    return make("internal_document", "工作方案、行动计划、规划等部署工作的文件，不是规范性文件")


def _stated_subject(layout: Layout) -> str:
    """A stand-in for a missing title: the name of what is issued, or what the first paragraph says it gives notice of."""
    inner = "".join(line.bare for line in layout.inner_title)
    if inner:
        return f"关于公布{inner}的通知" if regex.search(r"(?:名单|名录|结果|榜单)(?:（[^）]*）)?$", inner) else inner
    start = layout.body.start
    match = regex.search(
        r"(?:现[就将对]|就)([^。]{4,120}?)(?:通知|公告|通告|函告|批复|答复)如下", layout.text[start : start + 800]
    )
    return f"关于{_bare(match[1])}的通知" if match else ""


def _subject(title: str) -> str:
    """What a covering notice issues or forwards: 关于印发《Y》的通知 → Y; any other title itself."""
    if not regex.search(r"印发|转发|批转|发布《|公布《", title):
        return title
    named = regex.search(r"《([^《》]*(?:〈[^〉]*〉[^《》]*)*)》", title)
    if named:
        return named[1]
    return regex.sub(r"(?:的通知|的函|的公告|的通告)$", "", regex.sub(r"^.*?(?:印发|转发|批转)", "", title))


_ABOUT_ANOTHER = (
    "comment_notice",
    "legality_review_opinion",
    "drafting_explanation",
    "fair_competition_review",
    "expert_opinion",
    "risk_assessment",
    "meeting_minutes",
    "filing_report",
    "publication_evidence",
    "feedback_summary",
)
_RULE_MAKERS = {"provincial_government", "city_government", "ministry", "other"}
_NEWS = regex.compile(
    r"(?:本报|本网|本台)[^。]{0,12}讯|（?记者[一-龥\s　]{2,12}[）：]|新华社[^。]{0,16}电|"
    r"(?:近日|日前)[^。]{0,40}(?:获悉|出台|印发|召开|发布)[^。]{0,60}(?:据介绍|据了解|记者)"
)
_ASKS = regex.compile(
    r"(?:公开|广泛|社会)[^。；]{0,14}(?:征求|征集|听取)[^。；]{0,16}(?:意见|建议)|"
    r"(?:征求|征集)(?:社会|公众|各界|社会各界|公众的?)?意见的?(?:时间|期限|公告|截止)|"
    r"(?:征求|征集)意见稿[^。；]{0,20}(?:公布|公示|公告)"
)
_ANSWER_BY = regex.compile(
    r"(?:意见|反馈|征求|征集)[^。；]{0,24}(?:截止|截至|时间|期限|之?前)|之?前[^。；]{0,40}(?:反馈|提出|寄|发送|书面)[^。；]{0,12}(?:意见|建议)?"
)


def _asks_comment(layout: Layout) -> Span | None:
    """Where the opening of a text asks the public for comments and says until when; None when it does not."""
    start = layout.lines[0].span.start if layout.lines else 0
    asks = _ASKS.search(layout.text, start, start + 1200)
    return Span(*asks.span()) if asks and _ANSWER_BY.search(layout.text, start, start + 2500) else None


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
    return any(
        regex.search(r"人民代表大会(?:常务委员会)?第?.{0,20}(?:会议|次会议)?.{0,6}(?:通过|批准)", line.text)
        and line.text.startswith("（")
        for line in layout.head
    )


# ------------------------------------------------------------------ traits

_BUSINESS = regex.compile(
    r"企业|经营者|市场主体|经营主体|个体工商户|经营户|商户|生产经营|行业协会|投资者|中介机构|建设单位|施工单位|房地产|经营单位|销售|生产者"
)


_LICENSED = regex.compile(r"(?:生产|经营|施工|销售|营业|营运)(?:许可|资质|资格|执照)")
"""In a title: leave to do business."""


def traits_of(identity: Identity, read: KindReading) -> Iterator[Trait]:
    """Traits that the text shows: business (closely tied to the operation of enterprises), operators, secret, urgent.

    "business": 优化营商环境条例第62条; at least three sentences bind or entitle businesses, or the title names them.
    """
    if read.kind in ("normative_document", "government_rule", "major_decision", "comment_notice"):
        spans = [s for s in read.reach.touching if _BUSINESS.search(s.of(identity.text))]
        named = _BUSINESS.search(identity.title_text) or _LICENSED.search(identity.title_text)
        if named or len(spans) >= 3:
            span = spans[0] if spans else identity.title[0].span
            why = (
                f"标题涉及“{named[0]}”"
                if named
                else f"有{len(spans)}处条款规定市场主体的权利义务，如“{spans[0].of(identity.raw).strip()[:36]}”"
            )
            yield Trait("business", why, span)
            yield Trait("operators", why, span)
    for line in identity.layout.head:
        match = SECRECY.match(line.text)
        if match:
            yield Trait("secret", f"标有密级“{_bare(match['mark'])}”", line.span)


def _bare(text: str) -> str:
    return "".join(text.split())
