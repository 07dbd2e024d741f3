"""Organs: level by the ending of the name, joint signatures, and where an organ sits."""

from __future__ import annotations

import pytest

from checker.facts.organs import is_organ_line, level_of, split_joint
from checker.facts.places import region_of
from checker.model import Region


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("银川市西夏区人民政府", "county_government"),
        ("青禾县人民政府", "county_government"),
        ("宁夏回族自治区人民政府", "provincial_government"),
        ("北京市人民政府", "provincial_government"),
        ("大兴安岭地区行政公署", "city_government"),
        ("银川市人民政府", "city_government"),
        ("增城市人民政府", "county_government"),
        ("青禾县人民政府办公室", "government_office"),
        ("国务院办公厅", "government_office"),
        ("青禾县科学技术局", "department"),
        ("青禾市城东街道办事处", "township"),
        ("青禾县城关镇人民政府", "township"),
        ("青禾县自然资源局办公室", "internal_body"),
        ("青禾县自然资源局行政审批科", "internal_body"),
        ("青禾县安全生产委员会办公室", "coordinating_body"),
        ("青禾县农村人居环境整治工作领导小组", "coordinating_body"),
        ("青禾县防汛抗旱指挥部", "temporary_body"),
        ("青禾县房地产遗留问题工作专班", "temporary_body"),
        ("中共青禾县委办公室", "party_body"),
        ("青禾县委网信办", "party_body"),
        ("青禾县人民代表大会常务委员会", "congress"),
        ("人力资源社会保障部", "ministry"),
        ("国家市场监督管理总局", "ministry"),
        ("国家互联网信息办公室", "ministry"),
        ("国家税务总局青禾县税务局", "department"),
        ("青禾县经济和信息化委员会", "department"),
        ("青禾县总工会", "other"),
        ("青禾县人民法院", "other"),
    ],
)
def test_level_by_the_ending(name: str, level: str) -> None:
    """The organ that signs decides, not a word inside its name."""
    assert level_of(name)[0] == level


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("重庆市民政局重庆市财政局重庆市残疾人联合会", ("重庆市民政局", "重庆市财政局", "重庆市残疾人联合会")),
        ("生态环境部、公安部、交通运输部", ("生态环境部", "公安部", "交通运输部")),
        ("青禾县民政局 青禾县财政局", ("青禾县民政局", "青禾县财政局")),
        ("青禾县人民政府", ("青禾县人民政府",)),
        ("青禾县教育局（盖章）", ("青禾县教育局",)),
    ],
)
def test_joint_signatures(written: str, names: tuple[str, ...]) -> None:
    """Names run together, or joined by 、 and blanks."""
    assert split_joint(written) == names


@pytest.mark.parametrize(
    "line",
    ["特此通知", "各乡镇人民政府：", "关于印发办法的通知", "第一条　总则", "附件", "联系人：张三", "2024年3月5日"],
)
def test_no_organ(line: str) -> None:
    """Other lines of a document are no organs."""
    assert not is_organ_line("".join(line.split()))


@pytest.mark.parametrize(
    ("name", "number", "text", "region"),
    [
        ("西夏区人民政府", "", "", Region("宁夏回族自治区", "银川市", "西夏区")),
        ("自治区人民政府", "宁政发〔2024〕1号", "", Region("宁夏回族自治区")),
        ("市人民政府", "青政发〔2024〕1号", "", None),
        ("青禾县人民政府", "青政发〔2024〕1号", "", Region(None, None, "青禾县")),
        ("青禾县司法局", "", "来信寄至宁夏回族自治区青禾县文化街", Region("宁夏回族自治区", None, "青禾县")),
        ("司法部", "", "", None),
    ],
)
def test_region(name: str, number: str, text: str, region: Region | None) -> None:
    """A county's sign (青) is no province's; an unlisted county takes the province it stands behind."""
    assert region_of(name, number, text) == region
