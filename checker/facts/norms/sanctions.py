"""Figures of penalties, surcharges and charges in one text, comparable across a document and the law it cites.

处五百元以上二千元以下罚款          fine       元      500 … 2000
违法所得一倍以上五倍以下的罚款      fine       倍      1 … 5
每日按罚款数额的百分之三加处罚款    surcharge  ratio   0.03 … 0.03
存入质量保证金20万元               charge     元      200000 … 200000
暂扣驾驶证三个月以上六个月以下      suspension 日      90 … 180
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal

import regex

from checker.facts.dates import numeral

Sort = Literal["fine", "surcharge", "charge", "suspension", "stoppage", "ban", "detention"]
Unit = Literal["元", "倍", "ratio", "日"]


@dataclass(frozen=True, slots=True)
class Range:
    """An amount from `low` to `high` (inclusive; `high` may be infinite) at [start, end) of the text; `words` say it.

    after_order: it is imposed only where an order was not followed (逾期不改正的, 拒不改正的).
    """

    sort: Sort
    unit: Unit
    low: float
    high: float
    start: int
    end: int
    words: str
    after_order: bool = False

    def within(self, other: Range) -> bool:
        """Whether all of it lies inside `other` (of the same sort and unit)."""
        return (self.sort, self.unit) == (other.sort, other.unit) and other.low <= self.low and self.high <= other.high


KINDS: Mapping[str, regex.Pattern[str]] = {
    "警告": regex.compile(r"警告(?!标|牌|信)"),
    "通报批评": regex.compile(r"通报批评"),
    "罚款": regex.compile(r"罚款"),
    "没收": regex.compile(r"没收"),
    "暂扣许可证件": regex.compile(r"暂扣(?=[^，。；、]{0,24}(?:证|照|资质))"),
    "吊销许可证件": regex.compile(r"吊销"),
    "降低资质等级": regex.compile(r"降低[^，。；]{0,6}资质|降低[^，。；]{0,4}等级|资质等级[^，。；]{0,4}降"),
    "责令停产停业": regex.compile(
        r"停产停业|停业整顿|停产整顿|停产整治|停业整改|责令停业|责令停产|停产、停业|停止执业|停止营业|暂停营业"
    ),
    "责令关闭": regex.compile(r"责令关闭|予以关闭|[并或]关闭|依法关闭|，关闭"),
    "限制从业": regex.compile(r"(?:年内|终身|永久)[^，。；]{0,24}(?:不得|禁止|不予)|禁止从事|市场禁入|限制从业"),
    "行政拘留": regex.compile(r"拘留"),
}
"""The kinds of penalties of 行政处罚法 art. 9, as laws and documents word them."""

_LASTING: Mapping[Sort, regex.Pattern[str]] = {
    "suspension": KINDS["暂扣许可证件"],
    "stoppage": KINDS["责令停产停业"],
    "ban": regex.compile(r"不得|禁止|不予|不受理|不再受理|限制从业|市场禁入"),
    "detention": KINDS["行政拘留"],
}
"""What has a length: the sanction that a span of time beside it measures."""

_N = r"(?:\d[\d,]*(?:\.\d+)?|[一二三四五六七八九十百千两〇零半]+(?:点[一二三四五六七八九零]+)?)"
_QUANTITY = regex.compile(
    rf"(?P<parts>[百千万])分之(?P<share>{_N})|(?P<percent>\d+(?:\.\d+)?)(?P<mark>[%％‰])"
    rf"|(?P<times>{_N})倍|(?P<money>{_N}(?:[万亿](?:{_N})?)?)(?P<scale>[万千百亿]?)元"
)
_OPEN = regex.compile(rf"(?P<first>{_N}[万亿]?)(?:元)?(?:以上)?(?:至|到|－|-|—{{1,2}}|~|～)$")
_UP_TO = regex.compile(r"(?:以下|以内|之内)")
_FROM = regex.compile(r"(?:以上)")
_AT_MOST = regex.compile(
    r"(?:(?:不超过|不得超过|不高于|不得高于)[^，。；：一二三四五六七八九十\d]{0,12}|最高(?:可)?(?:处|罚)?(?:至|到|为)?|至多|最多)$"
)
_AT_LEAST = regex.compile(r"(?:不低于|不少于|不得低于|不得少于|至少|最低|起步)$")
_ORDERED = regex.compile(
    r"逾期(?:未|不|仍)|拒不|拒绝改正|仍[不未]|仍然[不未]|未(?:按期|按时|在限期内)?改正|不改正|不按期改正"
)
_FINE_BEHIND = regex.compile(r"[^，。；：]{0,16}?(?:罚款|罚金|的处罚|处罚(?=[，。；]|$))")
_FINE_BEFORE = regex.compile(
    r"(?:罚款?(?:金额|数额|标准|额度)?(?:为|按照?|：|每[一-龥]{1,3}|分别)?|处以?|并处)[^，。；]{0,12}$"
)
_A_DAY = regex.compile(r"每日|按日|每天|逐日|日加收|每逾期[一1]?[日天]|逾期[一1][日天]")
_SURCHARGE = regex.compile(r"加处|滞纳金|加收")
_CHARGE = regex.compile(
    r"保证金|押金|基金|收费|[一-龥](?:费|金)(?=[，。；、]|为|按|的|标准|统一|不|\d|[一二三四五六七八九十])"
    r"|缴纳|交纳|存入|缴存|收取|征收|担保"
)


_DAYS: Mapping[str, int] = {"日": 1, "天": 1, "个月": 30, "年": 365}
_SPAN = regex.compile(
    rf"(?<!逾期|超过|届满|不足|未满|累计|起|限|在|每|第|[〇零一二三四五六七八九十\d])"
    rf"(?:(?P<low>{_N})(?P<first>个月|年|日|天)?(?:以上|至|到|－|-|—{{1,2}}|~|～))?"
    rf"(?P<high>{_N})(?P<unit>个月|年|日|天)(?!前|度|终|检|审|均|后)(?P<bound>以下|以内|以上)?"
)
_BARRED_FOR = regex.compile(r"(?:之?内|以内)?[^，。；：]{0,12}?(?:不得|禁止|不予|不受理|不再受理|限制从业|市场禁入)")


def ranges(text: str) -> tuple[Range, ...]:
    """The figures of fines, surcharges and charges in `text` (no whitespace), in order."""
    return tuple(_ranges(text))


def terms(text: str) -> tuple[Range, ...]:
    """How long licences are withheld, trading stops, somebody is barred or detained, in days (a month is 30, a year 365)."""
    found = []
    for clause in regex.finditer(r"[^，。；：]+", text):
        sort = next((sort for sort, pattern in _LASTING.items() if pattern.search(clause[0])), None)
        span = _SPAN.search(text, clause.start(), clause.end()) if sort is not None else None
        if sort is None or span is None or (sort == "ban") is not (_BARRED_FOR.match(text, span.end()) is not None):
            continue
        high = _number(span["high"]) * _DAYS[span["unit"]]
        low = _number(span["low"]) * _DAYS[span["first"] or span["unit"]] if span["low"] else high
        if span["low"] is None and span["bound"] in ("以下", "以内"):
            low = 0.0
        if span["low"] is None and span["bound"] == "以上":
            high = inf
        if 0 <= low <= high:
            found.append(Range(sort, "日", low, high, *span.span(), span[0], _after_order(text, span.start())))
    return tuple(found)


def kinds(text: str) -> dict[str, str]:
    """The kinds of penalties that `text` names, with the words."""
    found = {name: pattern.search(text) for name, pattern in KINDS.items()}
    return {name: match[0] for name, match in found.items() if match is not None}


def _ranges(text: str) -> Iterator[Range]:
    quantities = list(_QUANTITY.finditer(text))
    taken = -1
    for index, match in enumerate(quantities):
        if match.start() < taken:
            continue
        unit, value = _value(match)
        if value < 0:
            continue
        low, high, start, end = value, value, match.start(), match.end()
        following = quantities[index + 1] if index + 1 < len(quantities) else None
        second = _second(text, match, following)
        if second is not None and following is not None:
            high, end = second, following.end()
            behind = _UP_TO.match(text, end)
            end = behind.end() if behind else end
            taken = end
        else:
            low, high, start, end = _single(text, match, value)
        sort = _sort(text, start, end)
        if sort is not None and low <= high:
            yield Range(sort, unit, low, high, start, end, text[start:end], _after_order(text, start))


def _second(text: str, match: regex.Match[str], following: regex.Match[str] | None) -> float | None:
    """The upper bound behind `match` in 五百元以上二千元以下, 5%至10%, 一倍到三倍."""
    if following is None or following.start() - match.end() > 6:
        return None
    between = text[match.end() : following.start()]
    if regex.fullmatch(r"以上(?:至|到|、)?(?:处)?|[、，]?最高(?:不超过)?|至|到|-|—{1,2}|~|～|－", between) is None:
        return None
    (unit, low), (other, high) = _value(match), _value(following)
    return high if unit == other and low <= high else None


def _single(text: str, match: regex.Match[str], value: float) -> tuple[float, float, int, int]:
    """One quantity with what bounds it: 二万元以下, 不超过三万元, 1-3万元, 五百元."""
    before = text[max(match.start() - 20, 0) : match.start()]
    opened = _OPEN.search(before)
    if opened is not None:
        first = _number(opened["first"])
        scale = 10_000 if value >= 10_000 and first < 1_000 and "万" in match[0] and "万" not in opened["first"] else 1
        behind = _UP_TO.match(text, match.end())
        end = behind.end() if behind else match.end()
        return first * scale, value, match.start() - len(before) + opened.start(), end
    behind = _UP_TO.match(text, match.end())
    if behind or _AT_MOST.search(before):
        return 0, value, match.start(), behind.end() if behind else match.end()
    above = _FROM.match(text, match.end())
    if above or _AT_LEAST.search(before):
        return value, inf, match.start(), above.end() if above else match.end()
    return value, value, match.start(), match.end()


def _sort(text: str, start: int, end: int) -> Sort | None:
    """What the figure at [start, end) measures, by the words of its clause; None for a threshold or something else."""
    clause_start = max(text.rfind(mark, 0, start) for mark in "，。；：") + 1
    stop = regex.compile(r"[，。；：]").search(text, end)
    clause = text[clause_start : stop.start() if stop else len(text)]
    part_start = max(text.rfind(mark, 0, start) for mark in "。；：") + 1
    daily = _A_DAY.search(text, part_start, end) is not None
    if daily and _SURCHARGE.search(text, part_start, stop.start() if stop else len(text)):
        return "surcharge"
    if _FINE_BEHIND.match(text, end) or (_FINE_BEFORE.search(text, clause_start, start) and "罚" in clause):
        return "fine"
    if regex.match(r"(?:的|以上的|以下的)(?:，|$)", text[end : end + 3]):
        return None
    return "charge" if _CHARGE.search(text, part_start, stop.start() if stop else len(text)) else None


def _after_order(text: str, start: int) -> bool:
    part_start = max(text.rfind(mark, 0, start) for mark in "。；：") + 1
    return _ORDERED.search(text, part_start, start) is not None


def _value(match: regex.Match[str]) -> tuple[Unit, float]:
    if match["share"]:
        return "ratio", _number(match["share"]) / {"百": 100, "千": 1_000, "万": 10_000}[match["parts"]]
    if match["percent"]:
        return "ratio", float(match["percent"]) / (1_000 if match["mark"] == "‰" else 100)
    if match["times"]:
        return "倍", _number(match["times"])
    return "元", _number(match["money"]) * {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 10**8}[match["scale"]]


def _number(words: str) -> float:
    """The value of 2,000, 1.5万, 三万五千, 零点五, 半; -1 when it is none."""
    words = words.replace(",", "")
    if words == "半":
        return 0.5
    for mark, factor in (("亿", 10**8), ("万", 10_000)):
        if mark in words:
            head, tail = words.split(mark, 1)
            rest = _number(tail) if tail else 0
            return _number(head) * factor + rest if _number(head) >= 0 and rest >= 0 else -1
    if regex.fullmatch(r"\d+(?:\.\d+)?", words):
        return float(words)
    if "点" in words:
        head, tail = words.split("点", 1)
        return numeral(head) + float("0." + str(numeral(tail))) if numeral(head) >= 0 else -1
    return float(numeral(words.replace("两", "二")))


def spoken(value: float, unit: Unit) -> str:
    """A figure as users read it: 二万元 is 2万元, 0.0005 is 万分之5."""
    if value == inf:
        return "不限"
    if unit == "元":
        return f"{value / 10_000:g}万元" if value >= 10_000 else f"{value:g}元"
    if unit == "倍":
        return f"{value:g}倍"
    if unit == "日":
        name = "年" if value % 365 == 0 else "个月" if value % 30 == 0 else "日"
        return f"{value / _DAYS[name]:g}{name}"
    return f"{value * 100:g}%" if value >= 0.005 else f"万分之{value * 10_000:g}"


def told(item: Range) -> str:
    """A range as users read it: 500元至2000元, 5000元以下."""
    if item.low == item.high:
        return spoken(item.low, item.unit)
    if item.low == 0:
        return f"{spoken(item.high, item.unit)}以下"
    if item.high == inf:
        return f"{spoken(item.low, item.unit)}以上"
    return f"{spoken(item.low, item.unit)}至{spoken(item.high, item.unit)}"
