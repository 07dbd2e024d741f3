"""One sentence as a norm: who is bound, how, on what legal basis, and what would excuse it.

A spaCy pipeline (`blank("zh")`, one token for each character) carries the analysis; its components mark clauses, actors,
modal words and the scopes in which a statement accuses nobody: 各部门不得… (NEG), 依照《…》第八条… (APPLY), 鼓励… (VOLUNTARY).
It is loaded when the first sentence is asked for, and analyses only sentences in which a rule has found something.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

import regex

from checker import data_root
from checker.facts.norms.sentences import OLD_WORDING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Actor = Literal["internal", "organ", "association", "private", "unknown"]

EXEMPTIONS: Mapping[str, str] = {
    "NEG": "针对行政机关的禁止或者清理",
    "QUOTE": "转述、审查事项或者书名",
    "APPLY": "写明所适用的法条",
    "LAWFUL": "限于法律法规已有的规定",
    "VOLUNTARY": "鼓励或者自愿",
    "REDUCE": "减轻负担、同等对待",
    "CONTRACT": "合同约定",
    "CRIM": "移送或者追究刑事责任",
    "COURT": "申请人民法院处理",
    "EMERG": "依法采取的应急措施",
    "DEF": "定义",
    "INTERNAL": "对机关、单位内部的要求",
    "UNDONE": "已经撤销、纠正的规定和做法",
    "EQUAL": "对各类主体同样对待",
    "OPEN": "公开竞争选定",
}
"""What may excuse a sentence, as users read it. See domain notes on content review: an exemption holds in its scope only."""
ALWAYS = frozenset({"UNDONE", "EQUAL", "OPEN"})
"""What excuses whatever else a rule asks for: of some 500 own sentences in which it stands four were offending."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Who a place of a sentence binds: the class, and the words that say so ("" when the sentence leaves it out)."""

    actor: Actor
    words: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """[start, end) of the sentence within which `tag` excuses what is said; `words` are those that open it."""

    tag: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class _Part:
    """[start, end) of the sentence with what it is: the class of an actor, of a modal word, or "" for a clause."""

    start: int
    end: int
    label: str = ""


class Norm:
    """The analysis of one sentence; plain values, so that many can be kept."""

    def __init__(self, doc: Doc) -> None:
        """`doc` has gone through the pipeline."""
        self.text = doc.text
        self._clauses, self._actors, self._modals = (
            tuple(_Part(span.start, span.end, span.label_) for span in doc.spans[group])
            for group in ("clauses", "actors", "modals")
        )
        self.scopes: tuple[Scope, ...] = tuple(
            Scope(span.label_, span.start, span.end, span.id_) for span in doc.spans["scopes"]
        )

    def modality(self, at: int) -> tuple[str, str] | None:
        """Class and words of the modal word nearest to `at` in its clause: ("must_not", "不得"); None without one."""
        clause = next((part for part in self._clauses if part.start <= at < part.end), None)
        if clause is None:
            return None
        found = [part for part in self._modals if clause.start <= part.start < clause.end]
        best = min(found, key=lambda part: abs(part.start - at), default=None)
        return (best.label, self.text[best.start : best.end]) if best is not None else None

    def bound(self, at: int) -> Bound:
        """Who the words at `at` bind: the topic of their clause, else of the nearest clause before it."""
        for clause in reversed([part for part in self._clauses if part.start <= at]):
            stop = min(clause.end, at + 1)
            for actor in self._actors:
                if clause.start <= actor.start < stop and not self._object(actor, clause.start):
                    return Bound(cast(Actor, actor.label), _whole(self.text, clause.start, actor.start, actor.end))
        return Bound("unknown")

    def _object(self, actor: _Part, since: int) -> bool:
        """Whether an actor is an object or the subject of a condition (县局审核同意后…), and so not the topic."""
        if _governed(self.text, actor.start, since) or _SWALLOWED.match(self.text, actor.start, actor.end):
            return True
        if actor.label not in ("organ", "association"):
            return False
        named = _NAMED_OBJECT.search(self.text, since, actor.start)
        return named is not None or _GRANTS.match(self.text, actor.end) is not None

    def forbids_organs(self, at: int) -> bool:
        """Whether the words at `at` stand in a prohibition of what only organs do (不得要求企业…), no outsider being told so."""
        for match in _ORGANS_MUST_NOT.finditer(self.text):
            clause = next(part for part in self._clauses if part.start <= match.start() < part.end)
            reach = next((s.end for s in self.scopes if s.tag == "NEG" and clause.start <= s.start <= match.end()), 0)
            if clause.start <= at < max(reach, match.end()) and self.bound(match.start()).actor != "private":
                return True
        return False

    def excuses(self, start: int, end: int) -> dict[str, str]:
        """The exemptions in whose scope [start, end) begins, each with the words that open it."""
        return {scope.tag: scope.words for scope in self.scopes if scope.start <= start < scope.end and end > start}


_ORGANS_MUST_NOT = regex.compile(
    r"(?:不得|严禁|禁止|不准|不许|杜绝|防止|避免)"
    r"(?:再|以任何[^，。；]{1,8}|以[^，。；]{1,20}为由|擅自|违法|违规|变相|另行|另外|借[^，。；]{1,8}|利用[^，。；]{1,8}|或者变相|强行|直接|[对向][^，。；]{1,14})*"
    r"(?:要求|强制|收取|索要|索取|摊派|限定|指定|设置|设立|增设|干预|干涉|召集|收存|扣留|扣押|开具|歧视|推荐|处罚|罚款|限制|排斥|截留|推诿)"
)
_PREPOSITION = regex.compile(
    r"(?:由|向|经|被|对|给|为|同|与|从|将|把|按|到|至|在|报|受|会同|通过|需经|应经|报经|取得|征得|接受|配合|委托|属于|以)(?:所在地|当地|本|原|该|其|有关|相关|市|县|区|省|乡|镇)*$"
)


_SWALLOWED = regex.compile(
    r"[一-龥]{0,4}?(?:由(?!贸)|向|报(?!社)|经(?![信济发贸营开]))[其该本原所上县市区镇乡相有主人]"
)
_NAMED_OBJECT = regex.compile(
    r"(?:由|向|经|报|到|受|征得|取得|报请|报告|报送|提交|抄送)[^，。；：的内外后前时应须对]{1,8}$"
)
_GRANTS = regex.compile(
    r"[^，。；：应须不]{0,6}(?:同意|批准|审核|审查|答复|核准|验收|确认|审定|核定|认定|批复|核查|通过)[^，。；：]{0,6}(?:后|的|之前|前|方)"
    r"|[^，。；：应须不]{0,3}(?:出具|开具|核发|颁发|签发|组织|指定|认可|盖章|加盖)[^，。；：应须不]{0,4}的"
)


def _governed(text: str, at: int, since: int) -> bool:
    """Whether an actor is the object of a preposition (由…, 向…, 经…) and so no topic."""
    return _PREPOSITION.search(text, since, at) is not None


def _whole(text: str, since: int, start: int, end: int) -> str:
    """The topic with the words that describe it, at most 30 characters: 从事家政服务的企业."""
    tail = _TAIL.match(text, end)
    end = tail.end() if tail is not None else end
    words = text[max(since, end - 30) : end]
    return regex.sub(r"^.*?[：，。；]", "", words) or text[start:end]


_TAIL = regex.compile(r"(?:经营|生产)?(?:者|户|单位|企业|主体|业主|负责人|所有人|使用人|管理人|从业人员)")
"""What may follow a name and belongs to it: 门店|经营者."""


# ------------------------------------------------------------------ vocabulary


@cache
def vocabulary() -> Mapping[str, Any]:
    """corpora/norms/*.toml as one table of tables; a name that stands in two files is an error."""
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted((data_root() / "corpora" / "norms").glob("*.toml")):
        for section, table in tomllib.loads(path.read_text("utf-8")).items():
            for name, words in table.items():
                if name in merged.setdefault(section, {}):
                    raise ValueError(f"{path.name}: {section}.{name} 重复")
                merged[section][name] = words
    return merged


# ------------------------------------------------------------------ the pipeline

Component = Callable[["Doc"], "Doc"]


@cache
def pipeline() -> Language:
    """The spaCy pipeline; loading it takes most of a second, so nothing but a sentence to analyse asks for it."""
    import spacy  # noqa: PLC0415  a run without a candidate sentence does not pay for it
    from spacy.language import Language  # noqa: PLC0415

    for name, component in (("norm_clauses", clauses), ("norm_actors", actors), ("norm_scopes", scopes)):
        if not Language.has_factory(name):
            Language.component(name, func=component)
    nlp = spacy.blank("zh")
    matcher = _modal_matcher(nlp)
    if not Language.has_factory("norm_modals"):
        Language.component("norm_modals", func=lambda doc: _modals(doc, matcher))
    for name in ("norm_clauses", "norm_actors", "norm_modals", "norm_scopes"):
        nlp.add_pipe(name)
    return nlp


@lru_cache(maxsize=4096)
def analyse(text: str) -> Norm:
    """The norm in one sentence (`Sentence.text`: no whitespace)."""
    return Norm(pipeline()(text))


_CLAUSE = regex.compile(r"[^，。；：！？]+[，。；：！？]?")


def clauses(doc: Doc) -> Doc:
    """`doc.spans["clauses"]`: what stands between two commas or stronger marks."""
    doc.spans["clauses"] = [doc[match.start() : match.end()] for match in _CLAUSE.finditer(doc.text)]
    return doc


@cache
def _actor_patterns() -> regex.Pattern[str]:
    groups = (f"(?P<{name}>{'|'.join(words)})" for name, words in vocabulary()["actors"].items())
    return regex.compile("|".join(groups))


def actors(doc: Doc) -> Doc:
    """`doc.spans["actors"]`: organs, their staff, associations and private parties, where they are named."""
    found = []
    for match in _actor_patterns().finditer(doc.text, timeout=2.0):
        span = doc.char_span(match.start(), match.end(), label=str(match.lastgroup), alignment_mode="expand")
        if span is not None:
            found.append(span)
    doc.spans["actors"] = found
    return doc


def _modal_matcher(nlp: Language) -> Any:
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415

    matcher = PhraseMatcher(nlp.vocab)
    for label, words in vocabulary()["modality"].items():
        matcher.add(label, [nlp.make_doc(word) for word in words])
    return matcher


def _modals(doc: Doc, matcher: Any) -> Doc:
    """`doc.spans["modals"]`: 应当, 不得, 方可 …, the longest at a place."""
    from spacy.util import filter_spans  # noqa: PLC0415

    doc.spans["modals"] = filter_spans(matcher(doc, as_spans=True))
    return doc


# ------------------------------------------------------------------ scopes of exemptions

_NEGATOR = regex.compile(
    r"(?<!拒不|逾期不|未|不及时|未及时|拒绝|不按要求|无法|不能|不)(?:一律|均|也|都)?(?:不得|禁止|严禁|不准|不许|不应|不能|不允许|杜绝|防止|避免|严防|清理|废除|破除|打破|消除|纠正|整治|查处|制止|反对|坚决打击|打击|无权|不具有|不享有|无需|无须|不需|毋须|不要求|不作为|不设|不再|不以|不因|停止(?=执行|实施|收取|征收|使用)|未经法[定律][^，。；]{0,10}(?:授权|委托)|没有(?:法律|法规|上位法)[^，。；]{0,12}(?:依据|规定|授权)|[尚从并]未(?=授予|指定|设[置立定]|收取|要求|限制)|不予?(?=追[回缴]|收取|征收)|不(?:与|同)[^，。；]{1,20}挂钩)(?!专班|办(?:公室)?(?=[^法理结])|工作组|指挥部|领导小组|行动)"
)
_NOT_NEGATOR = regex.compile(
    r"(?:一律|均)?(?:不得|不能|不应|不准)(?:少于|低于|超过|高于|大于|小于|早于|晚于|多于|拒绝|拒不|拒缴|无故|不|以任何理由拒)"
)
_UNDONE = regex.compile(r"(?:未|拒不|拒绝|逾期|不愿|不肯)[^，。；：]{0,8}$")
"""Before 清理, 纠正 …: somebody's own duty that was not done (逾期未自行清理的), not a clean-up of rules."""
_ORDERED_ANEW = regex.compile(
    r"，(?=违者|否则|违反|逾期|对违反|未[^，。；]{1,20}的|拒[不绝]|一经|发现|凡|但|其中|经[^，。；]{1,12}(?:批准|同意|许可|备案)|对[^，。；]{1,30}(?:的|者)(?:，|一律)|[^，。；]{1,30}(?:的|者)，?(?:一律|均|由|处|罚|予以|给予|责令|没收|扣|暂扣|吊销|将|按每|每)|[^，。；]{0,14}(?:可以|可[先将对直]|有权)|应当|须|必须|由[^，。；]{2,14}(?:处|责令|予以|给予|没收|暂扣|吊销)"
    r"|(?!要求|强制|限定|以|将|把|规定|责令|变相|或|也|更|不|以及)[^，。；]{0,14}(?:应当|必须|(?<![勿无毋])须(?!知)|方可|方能|才能|一律))"
)
_PASSING = regex.compile(
    r"杜绝|防止|避免|严防|清理|消除|纠正|整治|查处|制止|打击|停止|未经|没有|不再|不与|不同|不能|不应|不作为"
)
"""Negators that say what is fought against in passing (为防止…，) and do not govern the clauses that follow."""
_LAW = r"《[^《》]{2,60}(?:法|法典|条例|规定|办法|规则|细则|决定|通则|解释)(?:（[^（）《》]{1,20}）)?》"
_APPLIES = regex.compile(
    rf"(?<!为|为了|贯彻|未|不)(?:依照|按照|依据|根据|适用|参照|遵照|执行|符合|落实|属于|具备)[^《。；，]{{0,12}}{_LAW}(?:[、和及或][^，。；]{{0,4}}{_LAW}){{0,3}}"
    rf"(?!(?:、《[^《》]+》|等[^，。；]{{0,6}}|和[^，。；]{{0,10}}|的?(?:有关)?精神|的?(?:有关)?要求)?，(?:结合|为|制定|现|经|凡|我|全|本|对|特))"
    rf"|(?<![未不])(?:依照|按照|依据|根据|适用|参照|遵照)[^，。；《]{{0,24}}(?<![方办说])(?:法|条例)(?:》)?第[一二三四五六七八九十百零\d]+条"
    rf"|{_LAW}(?:（[^（）]{{1,40}}）)?(?:第[^，。；]{{1,16}}[条款项])?(?:等)?(?:规定的|明确的|要求的|设定的)"
    rf"|{_LAW}第[^，。；]{{1,16}}[条款项](?:的)?(?:规定|要求|明确|设定)"
    rf"|(?<={_LAW}[^。；]{{0,60}})(?:依照|按照|依据|根据)[该上前][述]?(?:法|条例|规定|办法|细则)"
)
_CITED_BEHIND = regex.compile(
    rf"（(?:依据|见|根据|参见)?{_LAW}第[^，。；（）]{{1,16}}[条款项][^（）]{{0,12}}）"
    rf"|{_LAW}第[^，。；]{{1,16}}[条款项](?:的)?(?:规定|写|列|明确|已|对|确立|都?有|作了|早)"
    rf"|(?:(?:，|；)(?:这是|依据(?:是|为)?|系|具体(?:依照|按照))|见|出自){_LAW}第[^，。；]{{1,16}}[条款项]"
)
_ADDS = regex.compile(r"还(?:应|须|需|要|得|必须)|另(?:须|需|应|行提|附)|此外|再(?:附|提交|提供)")
_LAWFUL = regex.compile(
    r"依法|(?:依照|按照|依据|根据|符合)(?:国家|国务院|省|自治区|有关|相关|现行|本省|法定|上级|其他|以下|前款)*(?:的)?(?:法律|行政法规|法规|规章|法定(?:条件|程序|标准)|政策规定|有关规定|相关规定|规定(?:执行|办理|处理|处罚|实施|给予|予以)|国家(?:有关)?规定|国家标准)"
    r"|(?:法律|行政法规|法规|规章|国家|国务院|省级?(?:人民)?政府)[、和或及]?(?:法律|行政法规|法规|规章|国务院决定)?[、和或及]?(?:法规|规章)?(?:明确)?(?:规定|要求|设定|另有规定|授权)(?:的|应当|必须|须|由|取得|办理|进行)|国家规定的|法定(?:的)?(?:许可|资质|条件|情形|职责|义务|程序)|依法(?:应当|须|需|取得)|法律效力"
)
_VOLUNTARY = regex.compile(
    r"鼓励|倡导|提倡|愿意|欢迎|自己(?:决定|定)|自由(?:选择|买卖|决定)|随时可以退出|引导|自愿|自主(?:选择|决定|申请|申报)|自行(?:选择|决定|协商)|支持|可以申请|可以自|邀请|建议"
)
_REDUCE = regex.compile(
    r"取消(?!其|[^，。；]{0,14}(?:资格|待遇|经营权|评[优先]|享受|奖励|补贴|名额|承诺))|免收|免征|免除|减免|减收|不再(?:要求|收取|提交|提供|办理|审批|实施|列入|作为|开展)|无需|无须|不需要?(?:提供|提交|办理)|停征|停止(?:收取|征收|执行|实施)|精简|简化|压减|合并办理|降低[^，。；]{0,8}(?:门槛|费|成本|标准)|清退|退还|返还(?:多收|违规)"
)
_EQUAL = regex.compile(r"(?:同等|平等)对待|一视同仁|(?:一律|完全)(?:相同|一致)")
_SAME = regex.compile(
    r"(?<!不)同一(?:份|条件|标准|程序|尺度|套|规则|评分|办法|价格)"
    r"|(?:与|和|同)(?:本[地市县省区]|[省市县]内|当地|国有|内资|其他)[^，。；]{0,14}(?:相同|一致|同等|一样|无差别|平等)(?!的)"
    r"|(?:[本外]地|外[省埠]|内外资|国有|民营)[^，。；]{0,16}[与和同及、][^，。；]{0,16}(?:相同|一致|同等|一样|平等|同一)(?!的)"
    r"|不限(?:制)?(?:地[域区]|颁发地区?|品牌|所有制|注册地|户籍|区域|规模|产地|来源)|不分(?:地域|本地|内外|所有制|片区)"
    r"|不论(?:注册地|户籍|所有制|规模|来自)|不问(?:来自|注册|来源)|(?:均|都|同样)(?:予以?)?(?:认可|有效|承认)"
    r"|不区分[^，。；]{0,6}(?:所有制|地域|规模|内外|本地|性质|来源)|不限[^，。；于]{0,10}(?:地域|产地|来源|户籍|注册地|品牌|所有制|所在地)"
    r"|(?<!(?:[省市县区]内|本地|当地)[^，。；]{0,4})(?:地域|产地|品牌|注册地|所在地|登记地|所有制|厂家|户籍)[^，。；]{0,6}不(?:作限[定制]|限(?!于)|作要求)"
    r"|不论(?:内资|外资|国有|民营|本地|隶属|属地|规模)|任何(?:地区|地方|一家|企业)[^，。；不]{0,8}(?:均|都|皆)可|可[^，。；不]{0,6}在任何地[区方]"
    r"|(?<!(?:[省市县区]内|本[省市县区地]|当地)[^，。；]{0,10})不(?:要求|强制)[^，。；]{0,20}(?:设立|成立|注册|购买|使用|加入)"
    r"|不对[^，。；]{1,10}作(?:要求|限制)|对[^，。；]{1,20}不作(?:要求|限制)|不作为(?:门槛|条件|前提|加分)"
    r"|(?:[县市省区]内|本[县市省区地])[和与、及]?(?:[县市省区]外|外[县市省埠地])[^，。；]{0,14}(?:同价|相同|一致|同[等一]|同标准|一样)(?!的)"
    r"|(?:不论|无论|不管)[^，。；]{1,20}，?[^，。；]{0,10}(?:均|都|一律|同样)(?:可以?|能|享受|免费|给予|予以受理|受理|适用|接受)"
    r"|任[一意何](?:一家)?[^，。；]{0,14}(?:均可|都可|[均都]能|[均都]有权|可以)"
)
"""All are treated alike, or what would tell them apart does not count."""
_OPEN = regex.compile(
    r"(?<!未|不再?|无须|无需|免于?|没有|取消|暂停)(?:通过|采[用取]|以|经|面向[^，。；]{2,10}|进行|组织|依法|重新|分批|一律|全部|均|实行|应当)"
    r"(?:公开|竞争性?)[^，。；]{0,4}(?:招标|比选|竞价|磋商|谈判|遴选|选聘|招募|拍卖|竞争|方式|选[择定])"
)
"""Whoever is chosen is chosen in open competition."""
_WINNER = regex.compile(r"，(?=(?:中标|中选|成交|竞得|入选|入围)(?:单位|企业|人|者|供应商|方|商|机构))")
_CONTRACT = regex.compile(
    r"[甲乙丙]方|(?:按照|依照|根据|在)?(?:合同|协议|租约|章程|规约|公约)(?:的)?(?:约定|载明)|双方(?:约定|协商)|协商一致|约定(?:的)?(?:违约|支付|收取|价格|标准)|违约金|民事(?:责任|赔偿)|赔偿(?:损失|责任)"
)
_CRIM = regex.compile(r"构成犯罪|涉嫌犯罪|刑事责任|移送(?:公安|司法|监察)|治安管理处罚")
_COURT = regex.compile(
    r"(?:申请|提请|移送)人民法院|法院(?:强制)?执行|(?:人民)?法院[^，。；]{0,4}(?:判决|裁定|准予)|仲裁"
)
_EMERG = regex.compile(
    r"突发(?:事件|公共)|应急(?:响应|处置|状态|期间)|(?:Ⅰ|Ⅱ|Ⅲ|Ⅳ|一|二|三|四)级响应|抢险|紧急(?:防汛期|状态|避险)|汛期|地震|疫情|森林防火(?:期|戒严)|重污染天气"
)
_DEFINES = regex.compile(r"(?:所称|所指|是指|指的是|系指|包括但不限于)")
_WHETHER = regex.compile(r"(?<!(?:不论|无论|不管)[^，。；：]{0,12})(?:是否|有无|有没有|涉嫌)(?!.{0,4}需要)")
_REVIEWS = regex.compile(
    r"(?:审查|审核|清理|排查|核查|检查|评估|自查|整治|纠正|举报|投诉|(?<!方式|办法|标准|情况|下列|以下|[按依如予以])处理)(?:的)?(?:以下|下列|如下)?(?:重点|内容|事项|情形|范围|标准)(?:包括|为|有|：|是)"
)
_QUOTES = regex.compile(r"《[^《》]{1,120}》|“[^“”]{1,60}”(?=的?(?:规定|要求|内容|条款|表述|做法|等))")
_LONG_QUOTES = regex.compile(r"“[^“”]{10,80}”")
_ASKS = regex.compile(r"是否|能否|可否|请问|？")
"""In a question what stands between quotation marks is what is being asked about."""
_LAW_SAYS = regex.compile(
    rf"(?:^|[，。；：])(?:根据|按照)?{_LAW}(?:第[^，。；]{{1,20}}[条款项])?(?:所列|列举|(?:明确)?规定(?=[，：了])|明确[，：]|指出)"
)
_TOLD = regex.compile(
    r"(?:发现|个别|有的|一些|部分|曾有)[^。]{2,80}(?:(?:这种|此类|上述|该)(?:做法|现象|行为|要求)|通报(?:批评|纠正)|予以纠正|属于违法)"
)
_OTHER_TEXT = regex.compile(
    r"(?:该|上述|有的|个别|部分|一些)[^，。；《》“”]{0,8}(?:文件|办法|规定|通知|意见|方案|细则|公告|条款)(?:第[^，。；“]{1,12}条)?"
    r"[^，。；“]{0,10}(?:规定|要求|提出|写明|载明|限定|设定|把|将|以)(?=[^。]{0,120}(?:不符合|违反|违背|限制了|妨碍|删[去除]|废止|停止执行|清理|“[^“”]{6,80}”))"
)
"""What another text says, where it is quoted or found fault with."""
_UNSAID = regex.compile(
    r"的(?:内容|规定|条款|要求|做法|表述)(?:同时|予以|一律|均|即行)?(?:停止执行|不再执行|停止适用|不再适用|删[去除]|废止|失效)"
)
_QUOTED = regex.compile(r"“[^“”]{6,80}”")
_DISOWNS = regex.compile(
    r"删[去除掉]|停止(?:执行|使用|适用)|于法无据|没有(?:法律|法规|任何)?依据|错误的|废止|不再执行|(?:一律|予以|已经?|全部)(?:停止|取消|纠正|更正|整改|铲除|清除)"
    r"|(?:写法|说法|条款|表述)[^。“”]{0,14}(?:退回|改正|整改|不予通过)"
)
"""Said of wording between quotation marks: it is not, or no longer, what is ordered."""
_WAS_SAID = regex.compile(rf"^(?:[^，。；：]{{1,24}}：)?{OLD_WORDING}：")
_UNDOES = regex.compile(
    r"(?:^|(?<![的者])[，；：])(?:[^，。；：]{0,18}(?:起|日|后|前)，?)?(?:一律|立即|全面|同时|现|予以|并|已经?)*"
    r"(?:取消|撤销|停止|废止|收回|撤除|清理|叫停|纠正|不再(?:执行|要求|以|把|将|向|由|对|实行|实施|按))"
    r"(?:(?!听证|复核|复议|申辩|陈述|招标|招投标|比选|救济|受理|办理|休息)[^。；]){2,70}?"
    r"(?<!补贴|优惠|奖励|扶持|补助|减免|资格|承诺|待遇|经营权|救助|政策)的?"
    r"(?:做法|要求|规定|安排|限制|条款|前置(?:条件|要求|程序)?|门槛|环节|手续|惯例|机制|关卡|[卡站扣登][^，。；]{0,2}点|制度|指标"
    r"|费用项目|收费项目|通知|文件|办法|纪要|公约|口径|内容|说法|写法)(?=[，。；、]|$)"
)
"""An organ takes a rule or a practice back: 取消…的要求. Benefits, services and protections that it takes back are another matter."""
_FOUND_WRONG = regex.compile(
    r"(?:^|[，。；：])经?(?:(?<=经)(?:[核调排检抽]?查|审查)|督查|督导|巡察|审计|通报|司法建议书|检察建议书?|复议(?:机关|决定)|备案审查(?:意见|机关)?|[^，。；：]{0,10}执法机构|(?:人民)?法院|上级|省里|市里|调查组?|检查组?)"
    r"[^，。；的]{0,16}(?:发现|指出|查明|提到|认定|披露|显示)(?:，|：|(?=[某有个一]))"
    r"|^(?:据[^，]{2,10}，)?(?:某|有的?|个别|一些|部分|少数)(?:县|市|区|镇|乡|街道|省|局|园区|协会|部门|地方?|行业|企业|单位|河|学校|社区|村)(?=[^。]{4,}?(?:曾|被|已|查|纠正|整改|通报|违反|撤销|取消|造成|致歉|追究|责令|违法|不符合|排斥|限制了))"
    r"|(?:通报|案例|反面典型|(?:突出|主要|存在|发现)的?问题|问题清单)[^，。；：]{0,8}：(?![^：]{0,6}(?:要求|措施))"
    r"|(?:^|[，；：])(?:某|有的|个别|一些|少数)(?=[^，。；]{1,30}?[，；][^。]{0,60}?(?:约谈|已(?:经)?(?:原路)?退还|限[^，。；]{1,8}(?:取消|停止|整改|退还)|问责|整改到位|立即停止|停止上述|影响恶劣))"
    r"|^(?=[^。]*曾(?:经)?[^。]{2,80}(?:现已|已经?(?:撤|取消|停止|退|废|改|纠正)|被(?:举报|责令|约谈|撤销|通报|认定|处)|责令|撤除))"
    r"|^(?=[^。]*(?:共|累计|合计|全年|[上下]半年|[今去]年|[本上]月)[^，。；]{0,24}(?:办理|作出|查处|受理|办结|检查|收到|登记|核发|发放|下达|完成)(?:(?!不|限)[^，。；]){0,16}[\d一二三四五六七八九十百千万]+余?(?:件|起|次|份|人次|户|家|宗|辆|张|本))"
    r"|(?:抽查|检查|排查|评查|自查|督查|核查|审查|巡查|走访|调研|清理)中?(?:发现)?，?(?=个别|有的|部分|一些|少数|某)"
    r"|(?:^|[，；：])(?:有的|个别)(?=[^。]{2,80}[，；](?:有的|个别))"
    r"|(?:下列|以下)(?:做法|条款|内容|表述|写法)[^：]{0,14}(?:不得|禁止|严禁|不准|杜绝|停止)[^：]{0,6}："
    r"|(?:往年|以前|过去|前些年|早年)(?=[^。]{0,30}过[^。]{2,50}(?:已经?|现已)(?:作废|取消|停止|废止|撤|退|纠正))"
)
"""What somebody else did, told because it was wrong."""
_CLEARED = regex.compile(
    r"经(?:查|核[实查对]|询问|调查|了解|现场)[^。]{0,60}(?:系|不属于|未发现|均为|不构成|并未|未(?:作|对|设|要求))[^。]*"
)
"""What was complained of and did not prove true."""
_IS_WRONG = regex.compile(r"(?:属于|构成|涉嫌)[^，。；]{0,12}(?:垄断|高风险|不正当竞争|滥用|限制竞争)")
_SENTENCE_PART = regex.compile(r"[；。！？]")
_SAME_PENALTY = regex.compile(
    r"；(?=违法所得|货值|情节|拒不|逾期|可以?|并|对(?:单位|个人|公民|法人|直接|非经营|经营|其)|构成|造成|有违法|没有违法|未造成|单位|个人|后果|数额|属于|涉嫌|吊销|触犯|仍不|仍未|超过|不足|没有[^，。；]{1,10}的，|尚未(?:实施|造成|构成|产生))"
)
"""Where a cited article still carries what follows: its own further cases, as laws word them."""


def scopes(doc: Doc) -> Doc:
    """`doc.spans["scopes"]`: where an exemption holds; the label is its tag, the id the words that open it."""
    text = doc.text
    found = [scope for reader in _READERS for scope in reader(text, doc)]
    spans = []
    for scope in found:
        if scope.end > scope.start:
            span = doc[scope.start : scope.end]
            spans.append(_labelled(doc, span.start, span.end, scope))
    doc.spans["scopes"] = spans
    return doc


def _labelled(doc: Doc, start: int, end: int, scope: Scope) -> Any:
    from spacy.tokens import Span  # noqa: PLC0415

    return Span(doc, start, end, label=scope.tag, span_id=scope.words[:40])


def _part_start(text: str, at: int) -> int:
    return max((found.end() for found in _SENTENCE_PART.finditer(text, 0, at)), default=0)


def _part_end(text: str, at: int) -> int:
    match = _SENTENCE_PART.search(text, at)
    return match.start() if match else len(text)


def _clause_start(text: str, at: int) -> int:
    return max(text.rfind(mark, 0, at) for mark in "，。；：") + 1


def _clause_end(text: str, at: int) -> int:
    match = regex.compile(r"[，；。！？]").search(text, at)
    return match.start() if match else len(text)


def _negations(text: str, _: Doc) -> Iterator[Scope]:
    """What an organ must not do, or what is being cleared away: to the end of the part, or to a new order."""
    for match in _NEGATOR.finditer(text):
        if _NOT_NEGATOR.match(text, match.start()) or _UNDONE.search(text, 0, match.start()):
            continue
        stop = _part_end(text, match.end())
        if "：" in text[match.end() : match.end() + 40]:  # 不得有下列行为： leads into the items
            stop = len(text)
        if _PASSING.search(match[0]) and "：" not in text[match.end() : stop]:
            stop = min(stop, _clause_end(text, match.end()))
        anew = _ORDERED_ANEW.search(text, match.end(), stop)
        if anew is not None:
            stop = anew.start()
        yield Scope("NEG", match.end(), stop, match[0])


def _after(
    pattern: regex.Pattern[str], tag: str, *, whole: bool = True, clause: bool = False
) -> Callable[[str, Doc], Iterator[Scope]]:
    """A reader: from the words of `pattern` (or, with `clause`, from the start of their clause) to the end of the part of
    the sentence (or, with not `whole`, of the clause).
    """

    def read(text: str, _: Doc) -> Iterator[Scope]:
        for match in pattern.finditer(text):
            end = _part_end(text, match.end()) if whole else _clause_end(text, match.end())
            start = _clause_start(text, match.start()) if clause else match.start()
            yield Scope(tag, start, end, match[0])

    return read


def _around(pattern: regex.Pattern[str], tag: str) -> Callable[[str, Doc], Iterator[Scope]]:
    """A reader: the part of the sentence that holds the words of `pattern`."""

    def read(text: str, _: Doc) -> Iterator[Scope]:
        for match in pattern.finditer(text):
            yield Scope(tag, _part_start(text, match.start()), _part_end(text, match.end()), match[0])

    return read


def _undone(text: str, _: Doc) -> Iterator[Scope]:
    """What is no longer, or never should have been: up to a new order (取消…的要求，但外地企业须…)."""
    for match in _UNDOES.finditer(text):
        stop = _until_now(text, match.end(), _part_end(text, match.end()))
        anew = _ORDERED_ANEW.search(text, match.end(), stop)
        yield Scope("UNDONE", match.start(), anew.start() if anew is not None else stop, match[0])
    for match in _FOUND_WRONG.finditer(text):
        yield Scope("UNDONE", match.start(), _until_now(text, match.end(), len(text)), match[0])
    for match in _WAS_SAID.finditer(text):
        yield Scope("UNDONE", match.start(), len(text), match[0])
    for match in _CLEARED.finditer(text):
        yield Scope("UNDONE", 0, _until_now(text, match.end(), match.end()), match[0])


def _same(text: str, _: Doc) -> Iterator[Scope]:
    """The part of the sentence in which all are treated alike; not what it says against that (不限品牌，但须在本县注册)."""
    for match in _SAME.finditer(text):
        end = _until_now(text, match.end(), _part_end(text, match.end()))
        yield Scope("EQUAL", _part_start(text, match.start()), end, match[0])


def _open(text: str, _: Doc) -> Iterator[Scope]:
    """The clause that has somebody chosen in open competition, and a later one that says what the winner does; not what is
    asked of him there (公开招标确定的单位须在本县注册).
    """
    for match in _OPEN.finditer(text):
        yield Scope("OPEN", _clause_start(text, match.start()), _until_asked(text, match.end()), match[0])
        winner = _WINNER.search(text, match.end(), _part_end(text, match.end()))
        if winner is not None:
            yield Scope("OPEN", winner.end(), _until_asked(text, winner.end()), match[0])


def _until_asked(text: str, start: int) -> int:
    """Where in the clause somebody is bound, preferred or said to be local, else its end."""
    end = _clause_end(text, start)
    asked = _ASKED.search(text, start, end)
    return asked.start() if asked is not None else end


_ASKED = regex.compile(r"须|必须|应|不得|限于|仅限|优先|本[省市县区地镇]|当地|费|金")


def _until_now(text: str, start: int, end: int) -> int:
    """Where between two places something else begins to be said (但…, 为此…, 今后…), else the second one."""
    now = _NOW.search(text, start, end)
    return now.start() if now is not None else end


_NOW = regex.compile(
    r"[，；](?:但|不过|然而|另外?|还[须应需要]|同时[须应要]|为此|因此|鉴于此|现(?:决定|就|将|规定|通告|要求)|今后(?!不)|自[^，。；]{1,14}起|即日起)"
)


def _emergency(text: str, _: Doc) -> Iterator[Scope]:
    """An emergency measure is excused where the sentence names its law."""
    match = _EMERG.search(text)
    if match is not None and (_APPLIES.search(text) or _LAWFUL.search(text) or "期限" in text):
        yield Scope("EMERG", 0, len(text), match[0])


def _quoted(text: str, _: Doc) -> Iterator[Scope]:
    for match in _QUOTES.finditer(text):
        yield Scope("QUOTE", match.start(), match.end(), match[0])
    if _ASKS.search(text) is None:
        for match in _LONG_QUOTES.finditer(text):
            yield Scope("QUOTE", match.start(), match.end(), match[0])
    for match in _LAW_SAYS.finditer(text):
        yield Scope("QUOTE", match.start(), len(text), match[0])
    for match in _WHETHER.finditer(text):
        yield Scope("QUOTE", match.end(), _part_end(text, match.end()), match[0])
    for told in _TOLD.finditer(text):
        yield Scope("QUOTE", 0, told.end(), told[0])
    for other in _OTHER_TEXT.finditer(text):
        yield Scope("QUOTE", other.start(), _part_end(text, other.end()), other[0])
    quoted = list(_QUOTED.finditer(text))
    for match in _DISOWNS.finditer(text) if quoted else ():
        yield Scope("QUOTE", min(match.start(), quoted[0].start()), max(match.end(), quoted[-1].end()), match[0])
    for match in _UNSAID.finditer(text):
        yield Scope("QUOTE", _clause_start(text, match.start()), match.end(), match[0])
    for match in _IS_WRONG.finditer(text):
        yield Scope("QUOTE", _part_start(text, match.start()), match.end(), match[0])
    review = _REVIEWS.search(text)
    if review is not None:
        yield Scope("QUOTE", review.end(), len(text), review[0])


def _own_house(text: str, doc: Doc) -> Iterator[Scope]:
    """Clauses whose topic, or the object of 对 and 给予, is an organ or its staff: duties and discipline inside."""
    for match in regex.finditer(r"(?:对|将|给予|追究|约谈|责令)", text):
        for actor in doc.spans["actors"]:
            if match.end() <= actor.start <= match.end() + 24 and actor.label_ in ("organ", "internal"):
                between = text[match.end() : actor.start]
                if regex.search(r"[，。；：报交送提向由经到在与和给]|企业|经营|单位|个人|商户|机构", between) is None:
                    end = _part_end(text, match.end())
                    yield Scope("INTERNAL", match.start(), end, text[match.start() : actor.end])


def _applied(text: str, doc: Doc) -> Iterator[Scope]:
    """依照《…》第八条…: to the end of the part and on through the further cases of the same provision.

    What the sentence adds to that law (还应当…) is not excused by it.
    """
    for match in _APPLIES.finditer(text):
        end = _part_end(text, match.end())
        while end < len(text) and _SAME_PENALTY.match(text, end):
            end = _part_end(text, end + 1)
        added = _ADDS.search(text, match.start(), end)
        yield Scope("APPLY", match.start(), added.start() if added else end, match[0])
    yield from _around(_CITED_BEHIND, "APPLY")(text, doc)


_READERS: tuple[Callable[[str, Any], Iterator[Scope]], ...] = (
    _negations,
    _undone,
    _quoted,
    _applied,
    _after(_LAWFUL, "LAWFUL", whole=False),
    _after(_VOLUNTARY, "VOLUNTARY", whole=False),
    _after(_REDUCE, "REDUCE", whole=False),
    _after(_EQUAL, "REDUCE", whole=False, clause=True),
    _same,
    _open,
    _around(_CONTRACT, "CONTRACT"),
    _after(_CRIM, "CRIM", clause=True),
    _after(_COURT, "COURT", clause=True),
    _around(_DEFINES, "DEF"),
    _emergency,
    _own_house,
)
