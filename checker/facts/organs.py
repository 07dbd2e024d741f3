"""Names of organs: recognising them, splitting joint ones, their level, and where they sit.

The level follows from how a name ends (the organ that signs), not from words inside it: 街道办事处, 科学技术局 and
网信办 are no internal bodies; ××局办公室, ××科, ××领导小组 and ××指挥部 are bodies that may not issue normative documents.
"""

from __future__ import annotations

import regex

from checker.facts.places import gazetteer
from checker.model import Level

_ENDINGS = (
    "人民政府|政府|国务院|人民代表大会|常务委员会|常委会|代表大会|委员会|管委会|工委|党委|党组|省委|市委|县委|区委|州委|自治区委|纪委|中共中央|政法委|网信办|"
    "办公厅|办公室|办事处|厅|局|总局|部|署|总署|院|委|办|处|科|股|室|所|中心|总队|支队|大队|站|队|领导小组|工作小组|小组|指挥部|专班|工作组|行动组|领导组|推进组|整治组|执法组|保障组|协调组|攻坚组|专项组|管理组|治理组|督导组|组委会|联席会议|"
    "法院|检察院|银行|人民银行|支行|分行|公司|集团|联合会|总工会|工会|妇联|残联|科协|文联|团委|公署|行署|学会|协会|商会|联社|供销社|管理处|开发区|监察委|"
    "电视台|大学|学院|医院|馆|社|军区|人武部|海关|分局|支局|专员办|证监局|基金会|红十字会|共青团.*"
)
_ORGAN_LINE = regex.compile(rf"^[一-龥（）·“”、]{{2,45}}?(?:{_ENDINGS})(?:（[^）]*）)?$")
_NOT_ORGAN = regex.compile(
    r"关于|印发|转发|通知|办法|规定|意见|方案|公告|。|，|：|；|第.+条|附件|联系|负责|根据|为了|各|有关|以下|^[一二三四五六七八九十]+、|^的|主任|经理|处长|局长|年|《|组成|名单|"
    r"工作|建设"
)
_INSIDE = regex.compile(
    r"工作委员会|工作小组|领导小组|建设委员会|建设局|建设厅|建设部|建设委|工作组|工作办公室|工作领导|建设管理|建设和|建设兵团|建设交通|建设工程|建设用地|建设发展|工作局|工作部|工作处"
)


_AD_HOC = regex.compile(r"(?:工作|建设)(?=[一-龥]{0,12}(?:指挥部|专班|领导小组|联席会议)(?:办公室)?$)")
"""Words that name what a body set up for a purpose does (渣土整治工作专班, 站前片区建设指挥部); elsewhere they tell text from names."""
_BY_ANOTHER_NAME = regex.compile(r"(?<=.{4})（[^（）]*）$")
SEAL = regex.compile(r"[（(](?:印章|盖章|公章|章|签章)[）)]$")
_WHOLE = ("国务院", "中共中央", "全国人大常委会", "中央军委")


def is_organ_line(bare: str) -> bool:
    """Whether a line (without whitespace) is nothing but the name of one or more organs."""
    bare = SEAL.sub("", bare)
    if bare in _WHOLE:
        return True
    if not 3 <= len(bare) <= 60:
        return False
    bare = _BY_ANOTHER_NAME.sub("", bare)
    named = _AD_HOC.sub("", bare) if _AD_HOC.search(bare) else _INSIDE.sub("", bare)
    if _NOT_ORGAN.search(named):
        return False
    return bool(_ORGAN_LINE.match(bare)) or len(split_joint(bare)) > 1


# ------------------------------------------------------------------ level

_PARTY = regex.compile(
    r"^(?:中共|中国共产党|中央办公厅)|(?:党委|党组|党工委|组织部|宣传部|统战部|政法委|政法委员会|纪委|纪律检查委员会|网信办|委员会网络安全和信息化委员会办公室|依法治[省市县区州国]委员会办公室"
    r"|省委|市委|县委|区委|州委|委办公厅|委办公室|机构编制委员会办公室|精神文明建设指导委员会办公室|直属机关工委)$|(?:[省市县区州]委)(?:网信办|编办|宣传部|组织部|统战部|政法委.*|办公[厅室]|.*委员会办公室)$"
)
_GENERIC_LEVEL: tuple[tuple[str, Level], ...] = (
    (r"人民代表大会|人大常委会|人大", "congress"),
    (r"^国务院$", "other"),
    (r"^国务院办公厅$", "government_office"),
    (r"(?:人民政府|政府|行署|公署|管委会)办公[厅室]$", "government_office"),
    (
        r"(?:法院|检察院|联合会|总工会|工会|妇联|残联|科协|文联|共青团.*|团委|公司|集团|协会|学会|商会|大学|学院|医院|联社|基金会|红十字会|军区|人武部|供销社|报社|电视台)$",
        "other",
    ),
    (r"(?:管委会|管理委员会|开发区)$", "other"),
    (r"(?:街道办事处|街道|镇人民政府|乡人民政府|[镇乡]政府)$", "township"),
    (
        r"(?:指挥部|专班|工作组|行动组|领导组|推进组|整治组|执法组|保障组|协调组|攻坚组|专项组|管理组|攻坚办|创建办|治理组|督导组|推进办|筹备组|筹备处|筹委会|组委会|筹备委员会|组织委员会)(?:办公室)?$",
        "temporary_body",
    ),
    (
        r"(?:创城|创文|创卫|双创|治超|治尘|治堵|治违|拆违|控违|禁烧|禁放|整治|攻坚|征迁|综治|扫黑|扫黄打非|维稳|清欠|爱卫|迎检|路长|河长|大气污染防治|禁毒|打私|打击传销|两违)(?:制)?办(?:公室)?$",
        "coordinating_body",
    ),
    (r"(?:领导小组|工作小组|协调小组|推进小组|小组|联席会议|协调委员会|议事协调机构)(?:办公室)?$", "coordinating_body"),
    (
        (
            r"(?:工作|安全生产|食品安全|食品药品安全|爱国卫生运动|妇女儿童|防灾减灾|减灾|绿化|国防动员|双拥|老龄|禁毒|防火|道路交通安全|消防安全|招生|专家|咨询|评审|仲裁|"
            r"节约用水|语言文字|校车|文物|征兵|普法|残疾人|协调)[一-龥]{0,6}委员会(?:办公室)?$"
        ),
        "coordinating_body",
    ),
)
_BRANCH = regex.compile(
    r"^国家(?:税务总局|统计局|能源局|金融监督管理总局|矿山安全监察局|移民管理局)[一-龥]{2,16}(?:局|队|所|办公室|办事处)$"
)
_OFFICE_AS_ORGAN = regex.compile(
    r"(?:国务院|国家|中央|省|市|县|区|州|自治区|人民政府)(?:人民政府)?(?:法制|金融|金融工作|扶贫开发|外事|外事侨务|侨务|台湾事务|港澳事务|互联网信息|人民防空|研究|参事|新闻|国防科工|信访|口岸|机关事务|政务服务|政务服务管理|审批)?(?:工作|管理)?办公室$"
)
_INTERNAL = regex.compile(
    r"(?:委员会|局|厅|部|署|院|委|办|银行|中心)[一-龥]{0,14}(?:办公室|处|科|股|室)$|^[一-龥]{2,16}(?:科|股)$"
)
_WITHIN = regex.compile(
    r"(?:街道(?:办事处)?|办事处|[镇乡]人民政府|[镇乡]政府)[一-龥]{2,12}(?:办公室|办|科|股|中队)(?<!街道办)$|(?:大队|支队|总队)[一-龥]{1,8}(?:中队|科|股|室)$"
    r"|局[一-龥]{0,8}(?:[一二三四五六七八九十]队|中队|渣土办|法规办)$|中心[一-龥]{2,8}(?:部|科)$"
    r"|(?:局|厅|委员会|办公室|办事处|政府)[一-龥]{2,8}(?:岗|组)(?<!小组)$|临时[一-龥]{0,6}中心$"
    r"|(?:产业园|工业园|科技园|园区|开发区|高新区|保税区)(?:管委会|管理委员会)?[一-龥]{2,10}(?:部|科|处|部[一-龥]{2,6}中心)$"
)
"""Parts of township offices, enforcement teams and parks."""
_NOT_INTERNAL = regex.compile(r"(?:办事处|管理处|代表处|专员办事处|监督处|海事处|国资委|总队|支队)$")
_MINISTRY = regex.compile(
    r"^[一-龥]{2,14}(?:部|总局|署|委员会|发展改革委)办公厅$|^(?:中华人民共和国)?[一-龥、]{1,16}(?:部|总局|署|总署|人民银行)$|^(?:国家|中国|中华人民共和国|全国)[一-龥]{1,18}(?:局|委员会|委|会|院|办公室|银行)$|^(?:审计署|海关总署|银保监会|证监会|国资委|国务院[一-龥]{2,16}(?:办公室|委员会|局|部|厅))$"
)


def level_of(name: str) -> tuple[Level, bool]:
    """The level of an organ by the ending of its name, and whether that is certain.

    >>> level_of("银川市西夏区人民政府")
    ('county_government', True)
    """
    name = _BY_ANOTHER_NAME.sub("", name)
    if _PARTY.search(name):
        return "party_body", True
    if regex.search(r"公司(?:办公室|总部|[一-龥]{0,4}分公司)?$", name):
        return "other", True
    if _WITHIN.search(name) and not name.endswith("党政办公室"):
        return "internal_body", True
    for pattern, level in _GENERIC_LEVEL:
        if regex.search(pattern, name):
            return level, True
    if name.endswith(("人民政府", "政府", "行署", "公署", "行政公署")):
        return _government_level(name)
    placed = gazetteer().chain(name) or regex.match(r"省|市(?!场)|县|区|州", name)
    if _BRANCH.match(name):
        return "department", True
    if not placed and _MINISTRY.match(name):
        return "ministry", True
    if _OFFICE_AS_ORGAN.search(name):
        return ("ministry", True) if name.startswith(("国家", "国务院", "中央")) else ("department", True)
    if _INTERNAL.search(name) and not _NOT_INTERNAL.search(name):
        return "internal_body", not name.endswith("办公室") or "办公室" in name
    if name.endswith(("处", "科", "股", "室")) and not _NOT_INTERNAL.search(name):
        return "internal_body", False
    if regex.search(r"(?:局|厅|委员会|委|办|部|院|队|中心|所|站|处|银行|海关|馆|署|办公室)$", name):
        return "department", True
    return "other", False


def _government_level(name: str) -> tuple[Level, bool]:
    stem = regex.sub(r"(?:人民政府|政府|行署|公署|行政公署)$", "", name)
    chain = gazetteer().chain(stem)
    if chain and sum(len(p.name) for p in chain) >= len(stem) - 1:
        last = chain[-1].level
        return (
            "provincial_government"
            if last == "province"
            else "city_government"
            if last == "city"
            else "county_government"
        ), True
    if stem.endswith(("省", "自治区")) or stem in ("", "直辖市"):
        return "provincial_government", bool(stem)
    if stem.endswith(("县", "区", "旗", "林区", "特区")):
        return "county_government", True
    if stem.endswith(("州", "地区", "盟")):
        return "city_government", True
    if stem.endswith("市"):
        return "city_government", False
    if stem.endswith(("镇", "乡", "街道")):
        return "township", True
    return "other", False


def split_joint(bare: str) -> tuple[str, ...]:
    """Organs of a joint signature, run together or joined by 、 and spaces: 重庆市民政局重庆市财政局 → two names."""
    bare = SEAL.sub("", bare)
    parts: list[str] = []
    for piece in regex.split(r"[、\s]+", bare):
        parts.extend(_split_run_together(piece))
    ending = regex.compile(rf"(?:{_ENDINGS})(?:（[^）]*）)?$")
    return tuple(parts) if parts and all(ending.search(part) and len(part) >= 2 for part in parts) else (bare,)


def _split_run_together(piece: str) -> list[str]:
    ending = regex.compile(rf"(?:{_ENDINGS})$")
    table = gazetteer()
    first = table.match(piece)
    anchors = [name for name in ((first[0],) if first else ()) if len(name) >= 2] + [
        "中共",
        "国家税务总局",
        "国网",
        "中国人民银行",
        "共青团",
    ]
    cuts = [0]
    for index in range(4, len(piece) - 3):
        if any(piece.startswith(anchor, index) for anchor in anchors) and ending.search(piece[cuts[-1] : index]):
            cuts.append(index)
    return [piece[a:b] for a, b in zip(cuts, [*cuts[1:], len(piece)], strict=True)]
