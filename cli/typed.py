"""What people type into options, understood or refused with examples; nothing is guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast, get_args

from checker.errors import UsageError
from checker.model import Kind, Region, TraitName
from checker.reports import words

_EXAMPLES = "写成 2024-03-05 或者 2024年3月5日，年份写四位。"
_PLAIN = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})[日号]|(\d{4})(\d\d)(\d\d)", re.ASCII
)
_DENY = "no:"


def typed_date(text: str, option: str) -> date:
    """The one day that `text` names.

    Our own grammar first: 2024-03-05, 2024/3/5, 2024.3.5, 20240305, 2024年3月5日, 二〇二四年三月五日, full-width digits,
    spaces. What it does not know goes to dateparser, whose answer counts only when it says year, month and day with the
    very digits that were typed, in that order. Raises UsageError.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    day = _plain_date(plain) or _numeral_date(plain) or _parsed_date(text)
    if day is None or not 1949 <= day.year <= 2199:
        raise UsageError(f"看不懂日期“{text}”。", where=option, next=_EXAMPLES)
    return day


def _plain_date(text: str) -> date | None:
    match = _PLAIN.fullmatch(text)
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part and part not in "-/.")
    return _day(year, month, day)


def _numeral_date(text: str) -> date | None:
    from checker.facts.dates import Dates  # noqa: PLC0415  loaded when needed, so that --help is fast

    for mention in Dates(text).mentions:
        if len(mention.span) == len(text):
            return mention.day
    return None


def _parsed_date(text: str) -> date | None:
    """dateparser's answer when it gives the typed digits back: it reads 13月1日 as 1月13日, and 3年 as a day."""
    digits = [int(group) for group in re.findall(r"\d+", unicodedata.normalize("NFKC", text))]
    if len(digits) != 3 or digits[0] < 1000:
        return None
    import dateparser  # noqa: PLC0415  0.2 s

    found = dateparser.parse(text, languages=["zh"], settings={"STRICT_PARSING": True, "DATE_ORDER": "YMD"})
    return found.date() if found and [found.year, found.month, found.day] == digits else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def typed_dates(pairs: Iterable[str]) -> dict[str, date]:
    """Days by event, from ROLE=DATE pairs; the role in English or Chinese (published or 公布). Raises UsageError."""
    given: dict[str, date] = {}
    for pair in pairs:
        role, sign, text = pair.replace("＝", "=").partition("=")
        if not sign:
            raise UsageError(
                f"“{pair}”缺等号。", where="--date", next="写成 公布=2024-03-05 或者 published=2024-03-05。"
            )
        event = _term(role.strip().removesuffix("日期").removesuffix("日"), words.EVENT, "--date", "事项")
        day = typed_date(text, "--date")
        if given.get(event, day) != day:
            raise UsageError(f"“{words.EVENT[event]}”给了两个不同的日期。", where="--date", next="只保留一个。")
        given[event] = day
    return given


def typed_kind(text: str | None) -> Kind | None:
    """The kind of document, in English or Chinese. Raises UsageError."""
    return None if text is None else cast(Kind, _term(text, words.KIND, "--kind", "文种"))


def typed_traits(texts: Iterable[str]) -> tuple[str, ...]:
    """Traits to add, and to deny ("no:business" becomes "-business"). Raises UsageError."""
    traits: list[str] = []
    for text in texts:
        denied = text.startswith(_DENY)
        name = _term(text.removeprefix(_DENY), words.TRAIT, "--trait", "特征")
        if name not in get_args(TraitName) or {name, f"-{name}"} & set(traits):
            raise UsageError(f"特征“{text}”写了两次。", where="--trait", next="同一特征只能添加一次或者否定一次。")
        traits.append(f"-{name}" if denied else name)
    return tuple(traits)


def typed_region(text: str | None) -> Region | None:
    """The place with everything above it: 宁夏, 宁夏回族自治区银川市. Raises UsageError."""
    if text is None:
        return None
    from checker.facts.places import parse_region  # noqa: PLC0415

    return parse_region(text)


def _term(text: str, vocabulary: Mapping[str, str], option: str, what: str) -> str:
    if text in vocabulary:
        return text
    for key, word in vocabulary.items():
        if text == word:
            return key
    known = "、".join(f"{word}（{key}）" for key, word in vocabulary.items())
    raise UsageError(f"不认识{what}“{text}”。", where=option, next=f"可以用：{known}。")
