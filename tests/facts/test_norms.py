"""Sentences with their lead-in, and who is bound and excused in them."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.facts.layout import Layout
from checker.facts.norms import EXEMPTIONS, Norm, Sentence, Sheet, analyse
from checker.reading import read


def sentences(text: str) -> tuple[Sentence, ...]:
    return Sheet(Layout(read(text.encode(), "例.txt"))).sentences


def own_words(text: str) -> list[str]:
    return [sentence.text[sentence.lead :] for sentence in sentences(text)]


# ------------------------------------------------------------------ sentences


def test_items_inherit_what_leads_into_them() -> None:
    text = "第六条　申领补贴的家庭应当提交下列材料：\n（一）户口簿；\n（二）租赁合同，其中：\n1.合同期限一年以上；\n2.合同已经登记。\n第七条　本办法自印发之日起施行。"
    found = {sentence.text[sentence.lead :]: sentence.text[: sentence.lead] for sentence in sentences(text)}
    lead = "申领补贴的家庭应当提交下列材料："
    assert found["户口簿；"] == lead
    assert found["租赁合同，其中："] == lead
    assert found["合同已经登记。"].startswith(lead)
    assert found["本办法自印发之日起施行。"] == ""


def test_items_within_one_line_inherit_too() -> None:
    found = sentences("第三条　摊主不得有下列行为：（一）占用盲道；（二）夜间喧哗。其余按公约办理。")
    assert [sentence.text for sentence in found][1:3] == [
        "摊主不得有下列行为：占用盲道；",
        "摊主不得有下列行为：夜间喧哗。",
    ]


@pytest.mark.parametrize("lead", ["各乡镇人民政府，县直各部门：", "现将有关事项通知如下："])
def test_neither_addressees_nor_announcements_lead_into_anything(lead: str) -> None:
    assert all(
        sentence.lead == 0 for sentence in sentences(f"{lead}\n一、商户夜间应当关闭灯箱。\n二、摊主应当清扫门前。")
    )


def test_headings_are_known_to_what_stands_under_them() -> None:
    found = sentences("第四章　法律责任\n第九条　违反本办法的，由城管局处理。")
    assert found[-1].heading == "法律责任"
    found = sentences("三、补贴申领\n（一）申领条件。家庭人均住房面积低于十五平方米。")
    assert found[-1].heading == "补贴申领/申领条件"


def test_a_hard_wrapped_sentence_is_one() -> None:
    text = "第五条　从事宠物寄养服务的经营者应当在寄养场所的入口处公示寄养的\n价格和联系电话，并且接受监督。"
    assert own_words(text) == ["从事宠物寄养服务的经营者应当在寄养场所的入口处公示寄养的价格和联系电话，并且接受监督。"]


def test_cells_are_led_in_by_row_and_column() -> None:
    html = "<table><tr><td>项目</td><td>评分标准</td></tr><tr><td>服务网点</td><td>设在本县的得5分</td></tr></table>"
    document = read(html.encode(), "表.html")
    found = [sentence.text for sentence in Sheet(Layout(document)).sentences if sentence.cell]
    assert "服务网点：评分标准：设在本县的得5分" in found


@pytest.mark.parametrize("between", ["|", "　　", "\t"])
def test_the_old_wording_of_a_comparison_is_what_was_said(between: str) -> None:
    rows = [["事项", "修改前", "修改后"], ["检查", "商户先交复查费二百元。", "商户不交费。"]]
    found = sentences("附表\n" + "\n".join(between.join(row) for row in rows) + "\n商户应当清扫门前。")
    old = next(sentence for sentence in found if "复查费" in sentence.text)
    assert old.text == "修改前：商户先交复查费二百元。"
    assert "UNDONE" in analyse(old.text).excuses(old.text.index("先交"), len(old.text))
    assert any(sentence.text.endswith("商户不交费。") and sentence.lead == 0 for sentence in found)
    assert found[-1].text == "商户应当清扫门前。"


def test_a_row_with_other_columns_is_no_row_of_the_comparison() -> None:
    found = sentences("附表\n项目|原规定|现规定\n摊主每月交费|免费")
    assert found[-1].text == "摊主每月交费|免费"


def test_before_an_event_is_no_old_wording() -> None:
    norm, place = at("修建以前应当：向村里缴纳押金。", "缴纳")
    assert not norm.excuses(place, place + 2)


LINES = st.lists(
    st.text("第一二三条章（）：；。，、甲乙丙应当不得 　1.2①—|原规定\t", min_size=0, max_size=40),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_every_character_of_a_sentence_has_its_place(lines: list[str]) -> None:
    text = "甲\n" + "\n".join(lines)
    document = read(text.encode(), "例.txt")
    layout = Layout(document)
    seen: set[int] = set()
    for sentence in Sheet(layout).sentences:
        own = sentence.text[sentence.lead :]
        assert len(own) == len(sentence.offsets)
        assert [layout.text[offset] for offset in sentence.offsets] == list(own)
        assert all(first < second for first, second in pairwise(sentence.offsets))
        assert not seen & set(sentence.offsets)
        seen |= set(sentence.offsets)


@pytest.mark.parametrize(
    "text",
    [
        "摊主应当清扫门前，" * 2300,
        "第一条　" + "（一）" * 7000,
        "下列行为：\n" + "（一）占道；\n" * 40000,
        "未经批准不得" * 20000,
        "第一章 总则\n" * 30000,
    ],
)
def test_hostile_texts_are_read_in_bounded_time_and_size(text: str) -> None:
    begun = time.perf_counter()
    found = sentences(text)
    assert time.perf_counter() - begun < 10
    assert max(len(sentence.text) for sentence in found) < 700
    assert sum(len(sentence.text) for sentence in found) < 30 * len(text)


# ------------------------------------------------------------------ who is bound, what excuses


def at(text: str, words: str) -> tuple[Norm, int]:
    return analyse(text), text.index(words)


@pytest.mark.parametrize(
    ("text", "words", "actor"),
    [
        ("各部门不得增加办理环节。", "不得", "organ"),
        ("经营宠物寄养的商户应当向街道办事处报告。", "应当", "private"),
        ("由街道办事处对占道的摊主处以罚款。", "处以", "private"),
        ("申请补贴的，应当提交材料。", "应当", "unknown"),
        ("村民委员会负责收取清洁费。", "收取", "association"),
        ("县城市管理局每月检查一次，发现问题的，及时处理。", "及时", "organ"),
    ],
)
def test_who_is_bound(text: str, words: str, actor: str) -> None:
    norm, place = at(text, words)
    assert norm.bound(place).actor == actor


@pytest.mark.parametrize(
    ("text", "words", "tag"),
    [
        ("取消摊主入场前领取经营卡的做法，已发的卡不再作为凭据。", "领取", "UNDONE"),
        ("自即日起，停止执行外地货车进城登记的规定，登记费原路退回。", "登记", "UNDONE"),
        ("经督查发现，某镇要求企业捐款，已责令退还。", "捐款", "UNDONE"),
        ("某县曾指定一家公司供应校服，被责令纠正。", "指定", "UNDONE"),
        ("通报：有的村对不交清洁费的农户停发补贴。", "停发", "UNDONE"),
        ("案卷抽查中，有的中队先罚款后立案，有的没有告知听证。", "罚款", "UNDONE"),
        ("排查发现，个别单位限定本县企业投标。", "限定", "UNDONE"),
        ("下列做法不得再出现：要求投标人在本县设立网点；指定银行。", "设立", "UNDONE"),
        ("往年有的村搞过联保承诺书，已经作废。", "承诺书", "UNDONE"),
        ("公告栏曾公布欠费人住址，现已撤除。", "公布", "UNDONE"),
        ("上半年全县共作出罚款决定六十件，平均每件二百元。", "罚款", "UNDONE"),
        ("反映摊位费一口价的信访件，经查各市场收费系自行协商。", "一口价", "UNDONE"),
        ("外地企业投标的，与本地企业适用同一评分表。", "投标", "EQUAL"),
        ("检测机构不限注册地，外省证书同样有效。", "注册地", "EQUAL"),
        ("奖补不区分所有制，评审后公示。", "奖补", "EQUAL"),
        ("更新的货车可在任何地区购买。", "购买", "EQUAL"),
        ("食堂经营者经公开招标确定，中标单位负责全校供餐。", "确定", "OPEN"),
        ("食堂经营者经公开招标确定，中标单位负责全校供餐。", "全校供餐", "OPEN"),
        ("各部门不得以年检为由收取费用。", "收取", "NEG"),
        ("依照《中华人民共和国行政处罚法》第三十条的规定，不予处罚。", "不予", "APPLY"),
        ("鼓励商户延长营业时间。", "延长", "VOLUNTARY"),
        ("构成犯罪的，依法追究刑事责任。", "追究", "CRIM"),
        ("免收首次办证工本费。", "工本费", "REDUCE"),
        ("逾期不履行的，申请人民法院强制执行。", "强制执行", "COURT"),
        ("对考核末位的乡镇，扣减工作经费。", "扣减", "INTERNAL"),
        ("该通知第二条要求“外来货车须换本地挂车”，违反了公平竞争审查条例。", "换本地挂车", "QUOTE"),
        ("有的采购公告把注册地在本区写成门槛，应当删除。", "注册地", "QUOTE"),
        ("其中关于摊主缴纳押金的规定停止执行。", "缴纳押金", "QUOTE"),
        ("办法第四条“外来车辆须在镇口换牌”的写法于法无据。", "外来车辆", "QUOTE"),
        ("本次修改删去“商户每月缴纳卫生金”“外来摊主加倍”两款。", "外来摊主", "QUOTE"),
        ("几家砖厂商量轮流停产，涉嫌达成垄断协议。", "轮流停产", "QUOTE"),
        ("违反《消费品召回管理暂行规定》的，由县市场监管局依照该规定处一万元罚款。", "罚款", "APPLY"),
        ("依照《中华人民共和国反垄断法》第五十六条处罚；没有销售额的，处五百万元以下罚款。", "五百万元", "APPLY"),
        ("外地车辆与本地车辆一视同仁。", "外地车辆", "REDUCE"),
        ("已经发放的补贴不予追回。", "追回", "NEG"),
        ("该片区尚未授予任何企业特许经营权。", "特许经营权", "NEG"),
    ],
)
def test_what_excuses(text: str, words: str, tag: str) -> None:
    norm, place = at(text, words)
    assert tag in norm.excuses(place, place + len(words))
    assert tag in EXEMPTIONS


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("摊主不得占用盲道，违者每次罚款二百元。", "罚款"),
        ("严禁露天烧烤；违反的由街道没收工具。", "没收"),
        ("商户缴纳的保证金不得低于五千元。", "五千元"),
        ("取消其参加评选的资格。", "资格"),
        ("停止执行对养殖户的购机补贴，已申报的一并停发。", "停发"),
        ("停止执行出入登记的要求，但外地货车须另交押金。", "押金"),
        ("设备不限品牌，但供应商须在本县注册。", "本县注册"),
        ("本县商户不要求设立仓库，外县商户须先在镇里建仓。", "先在镇里建仓"),
        ("任何企业不得采购外县的混凝土。", "任何企业"),
        ("公开招标确定的养护单位须在本县设子公司。", "须在本县"),
        ("校服供应未经公开招标，由县百货公司承接。", "县百货公司"),
        ("今年全县共受理投诉六十件，为此，摊主每月缴纳保证金二百元。", "缴纳"),
        ("督查发现，个别摊点油烟扰民，现决定摊主一律先交押金后摆摊。", "押金"),
        ("停止办理外县车辆的年检手续。", "年检"),
        ("撤销处罚前的听证环节。", "听证"),
        ("得分与外地企业相同的，本地企业排序在先。", "排序"),
        ("群众对油烟发现问题的，摊位停用十日。", "停用"),
        ("未授予经营权的企业一律停业。", "停业"),
        ("本通知要求外来货车一律换本地挂车。", "挂车"),
        ("依照《建设工程质量管理条例》第五十六条处罚；未悬挂门牌的，处五百元罚款。", "五百元"),
        ("商户须遵守该规定，违者依照该规定罚款二百元。", "罚款"),
        ("商户须悬挂“文明经营示范门店”铜牌，缴纳铜牌押金三百元。", "押金"),
        ("已经停止使用旧票的窗口，由商户缴纳换票费。", "换票费"),
    ],
)
def test_nothing_is_excused_that_only_looks_like_it(text: str, words: str) -> None:
    norm, place = at(text, words)
    assert not {"NEG", "REDUCE", "QUOTE", "APPLY", "UNDONE", "EQUAL"} & set(norm.excuses(place, place + len(words)))


def test_the_modal_word_of_a_clause() -> None:
    norm, place = at("摊主应当领取号牌，未领取的不得设摊。", "不得")
    assert norm.modality(place) == ("must_not", "不得")
    assert norm.modality(2) == ("must", "应当")
