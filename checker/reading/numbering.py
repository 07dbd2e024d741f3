"""What numbering.xml and styles.xml say of a paragraph: its automatic number, its heading level, whether it is hidden.

Word does not write the "第一条" that it numbers automatically into the file. `Numbering` knows the lists,
`Counters` counts the paragraphs of one story (body, header, text boxes, …) and gives the label each of them shows.

The counting follows Word where Word and the standard differ (MS-OI29500, KB Q110380): lists of one abstract definition
share their counts; a number override restarts a list once; a level that is used before the level above it starts that
level too; a label that refers to a level below its own is not shown at all. Pictures and bullets give no text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = W + "val"
_NAMED_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off", "none"})
_PLACEHOLDER = re.compile(r"%([1-9])")
_COUNT_LIMIT = 1_000_000  # beyond it a number is written in digits, so that Roman numerals cannot grow without end


def value(element: etree._Element | None, name: str = _VAL) -> str | None:
    """The attribute `name` of `element`, or None when there is neither."""
    return None if element is None else element.get(name)


def switched_on(element: etree._Element) -> bool:
    """Whether an on/off property element is on; without a value it is."""
    return (element.get(_VAL) or "true").lower() not in _OFF


def number(text: str | None) -> int | None:
    """A whole number from an attribute; None for anything else."""
    try:
        return int(text) if text is not None else None
    except ValueError:
        return None


# ------------------------------------------------------------------ styles


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    based_on: str | None = None
    num_id: str | None = None
    level: int | None = None
    outline: int | None = None
    hidden: bool | None = None


class _Numbered(NamedTuple):
    """What a style says of numbering, with its chain of styles."""

    num_id: str | None
    level: int | None
    chain: tuple[str, ...]


class Styles:
    """The paragraph and character styles of a document, resolved along their based-on chains."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._default: str | None = None
        self._headings: dict[str | None, int | None] = {}
        self._numbered: dict[str | None, _Numbered] = {}
        for element in () if root is None else root.iterchildren(W + "style"):
            identity = element.get(W + "styleId")
            if identity is None:
                continue
            self._styles[identity] = _read_style(element)
            is_default = (element.get(W + "default") or "0").lower() not in _OFF
            if is_default and element.get(W + "type") == "paragraph" and self._default is None:
                self._default = identity

    def chain(self, identity: str | None) -> Iterator[tuple[str, _Style]]:
        """The style and those it is based on, nearest first; the default paragraph style for None."""
        seen: set[str] = set()
        current = self._default if identity is None else identity
        while current is not None and current not in seen and current in self._styles:
            seen.add(current)
            style = self._styles[current]
            yield current, style
            current = style.based_on

    def heading(self, identity: str | None) -> int | None:
        """Outline level (1 is the highest) that the style gives a paragraph; None for body text."""
        if identity not in self._headings:
            self._headings[identity] = self._find_heading(identity)
        return self._headings[identity]

    def _find_heading(self, identity: str | None) -> int | None:
        for _, style in self.chain(identity):
            if style.outline is not None:
                return style.outline + 1 if style.outline < 9 else None
            named = _NAMED_HEADING.fullmatch(style.name)
            if named:
                return int(named[1])
        return None

    def numbered(self, identity: str | None) -> _Numbered:
        """List and level that the style gives a paragraph, each from the nearest style that states it."""
        if identity not in self._numbered:
            chain = list(self.chain(identity))
            num_id = next((style.num_id for _, style in chain if style.num_id is not None), None)
            level = next((style.level for _, style in chain if style.level is not None), None)
            self._numbered[identity] = _Numbered(num_id, level, tuple(name for name, _ in chain))
        return self._numbered[identity]

    def hidden(self, identity: str | None) -> bool:
        """Whether the style hides text."""
        return next((style.hidden for _, style in self.chain(identity) if style.hidden is not None), False)

    @property
    def any_hidden(self) -> bool:
        """Whether some style hides text."""
        return any(style.hidden for style in self._styles.values())


def _read_style(element: etree._Element) -> _Style:
    paragraph, run = element.find(W + "pPr"), element.find(W + "rPr")
    numbering = None if paragraph is None else paragraph.find(W + "numPr")
    vanish = None if run is None else run.find(W + "vanish")
    return _Style(
        name=value(element.find(W + "name")) or "",
        based_on=value(element.find(W + "basedOn")),
        num_id=None if numbering is None else value(numbering.find(W + "numId")),
        level=None if numbering is None else number(value(numbering.find(W + "ilvl"))),
        outline=None if paragraph is None else number(value(paragraph.find(W + "outlineLvl"))),
        hidden=None if vanish is None else switched_on(vanish),
    )


# ------------------------------------------------------------------ lists


class _Level(NamedTuple):
    start: int = 0
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    style: str | None = None


@dataclass(frozen=True, slots=True)
class _List:
    """One w:num: `key` names the abstract definition whose counts it shares; `starts` are its overrides."""

    key: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)
    single: bool = False

    def start(self, level: int) -> int:
        found = self.levels.get(level)
        return self.starts.get(level, found.start if found else 1)


class Place(NamedTuple):
    """List and level of a paragraph."""

    num_id: str
    level: int


class Numbering:
    """The lists of a document."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        if root is not None:
            self._read(root)

    def _read(self, root: etree._Element) -> None:
        abstract = {found.get(W + "abstractNumId", ""): found for found in root.iterchildren(W + "abstractNum")}
        nums = {found.get(W + "numId", ""): found for found in root.iterchildren(W + "num")}
        read: dict[str, _List] = {}
        for identity, num in nums.items():
            key = self._abstract_of(num, nums, abstract)
            if key is None:
                continue
            if key not in read:
                read[key] = _List(key, _levels(abstract[key]), single=_is_single(abstract[key]))
            self._lists[identity] = _overridden(read[key], num)

    def _abstract_of(
        self, num: etree._Element, nums: dict[str, etree._Element], abstract: dict[str, etree._Element]
    ) -> str | None:
        """Id of the abstract definition, through the numbering styles that stand between (numStyleLink)."""
        for _ in range(9):
            key = value(num.find(W + "abstractNumId"))
            if key is None or key not in abstract:
                return None
            link = value(abstract[key].find(W + "numStyleLink"))
            if link is None:
                return key
            target = next((style.num_id for _, style in self._styles.chain(link) if style.num_id), None)
            if target is None or target not in nums:
                return key
            num = nums[target]
        return None

    def place(self, style: str | None, num_id: str | None, level: int | None) -> Place | None:
        """List and level of a paragraph from its style and its own properties; None when it is not numbered."""
        styled = self._styles.numbered(style)
        num_id = num_id or styled.num_id
        listed = self._lists.get(num_id) if num_id is not None else None
        if num_id is None or listed is None:
            return None
        if level is None:
            level = self._linked(listed, styled.chain)
        if level is None:
            level = styled.level or 0
        return Place(num_id, 0 if listed.single else level)

    @staticmethod
    def _linked(listed: _List, chain: tuple[str, ...]) -> int | None:
        """The level that names one of the styles as its own, the nearest style first."""
        linked = {level.style: index for index, level in listed.levels.items() if level.style}
        return next((linked[identity] for identity in chain if identity in linked), None)

    def list_of(self, place: Place) -> _List:
        """The list of a place that `place` returned."""
        return self._lists[place.num_id]


class Counters:
    """Counts the numbered paragraphs of one story in reading order."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = {}
        self._restarted: set[Place] = set()

    def label(self, place: Place) -> str:
        """Counts one paragraph and gives its number as Word shows it, with U+3000 for a tab or space behind it."""
        listed = self._numbering.list_of(place)
        level = listed.levels.get(place.level)
        if level is None:
            return ""
        counts = self._count(listed, place)
        text = _text(listed, place.level, counts)
        return text + "\u3000" if text and level.suffix != "nothing" else text

    def _count(self, listed: _List, place: Place) -> dict[int, int]:
        counts = self._counts.setdefault(listed.key, {})
        for higher in range(place.level):
            counts.setdefault(higher, listed.start(higher))
        if place.level in listed.starts and place not in self._restarted:
            self._restarted.add(place)
            counts[place.level] = listed.starts[place.level]
        elif place.level in counts:
            counts[place.level] += 1
        else:
            counts[place.level] = listed.start(place.level)
        for deeper in [known for known in counts if known > place.level]:
            restart = listed.levels[deeper].restart if deeper in listed.levels else None
            if restart is None or place.level < restart:
                del counts[deeper]
        return counts


def _text(listed: _List, own: int, counts: dict[int, int]) -> str:
    template = listed.levels[own].text
    legal = listed.levels[own].legal
    if listed.levels[own].format == "bullet":
        return ""
    if any(int(found) > own + 1 for found in _PLACEHOLDER.findall(template)):
        return ""

    def fill(match: re.Match[str]) -> str:
        level = int(match[1]) - 1
        style = listed.levels[level].format if level in listed.levels else "decimal"
        if legal and style not in {"decimalZero", "none"}:
            style = "decimal"
        return formatted(counts.get(level, listed.start(level)), style)

    return _PLACEHOLDER.sub(fill, template)


def _levels(definition: etree._Element) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for element in definition.iterchildren(W + "lvl"):
        index = number(element.get(W + "ilvl"))
        if index is not None:
            found[index] = _level(element)
    return found


def _level(element: etree._Element) -> _Level:
    style = next(element.iter(W + "numFmt"), None)
    name = value(style) or "decimal"
    if name == "custom":
        name = _CUSTOM.get(value(style, W + "format") or "", value(style, W + "format") or "decimal")
    legal = element.find(W + "isLgl")
    start = number(value(element.find(W + "start")))
    return _Level(
        start=0 if start is None else start,
        format=name,
        text=value(element.find(W + "lvlText")) or "",
        suffix=value(element.find(W + "suff")) or "tab",
        restart=number(value(element.find(W + "lvlRestart"))),
        legal=legal is not None and switched_on(legal),
        style=value(element.find(W + "pStyle")),
    )


def _is_single(definition: etree._Element) -> bool:
    return value(definition.find(W + "multiLevelType")) == "singleLevel"


def _overridden(base: _List, num: etree._Element) -> _List:
    levels, starts = dict(base.levels), {}
    for override in num.iterchildren(W + "lvlOverride"):
        index = number(override.get(W + "ilvl"))
        if index is None:
            continue
        own, start = override.find(W + "lvl"), number(value(override.find(W + "startOverride")))
        if own is not None:
            levels[index] = _level(own)
        if start is not None:
            starts[index] = start
    return replace(base, levels=levels, starts=starts)


# ------------------------------------------------------------------ number formats

_HANZI = "〇一二三四五六七八九"
_ROUND_ZERO = "○一二三四五六七八九"
_FULL_ZERO = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)
# Word's names for number formats that it writes as "custom" with a sample of the sequence (MS-DOCX 2.4).
_CUSTOM = {
    "一, 十, 一百(简), ...": "chineseCountingThousand",
    "一, 十, 一○○(简), ...": "chineseCounting",
    "壹, 贰, 叁, ...": "chineseLegalSimplified",
    "一, 一〇, 一〇〇, ...": "ideographDigital",
    "甲, 乙, 丙, ...": "ideographTraditional",
    "子, 丑, 寅, ...": "ideographZodiac",
    "①, ②, ③, ...": "decimalEnclosedCircle",
    "⑴, ⑵, ⑶, ...": "decimalEnclosedParen",
    "⒈, ⒉, ⒊, ...": "decimalEnclosedFullstop",
    "㈠, ㈡, ㈢, ...": "ideographEnclosedCircle",
    "１, ２, ３, ...": "decimalFullWidth",
    "01, 02, 03, ...": "decimalZero",
}
_PADDED = re.compile(r"(0+1), 0+2, 0+3, \.\.\.")


def _digits(n: int, digits: str) -> str:
    return "".join(digits[int(digit)] for digit in str(n))


def _tens(n: int, digits: str) -> str:
    """Counting with 十 up to 99 and bare digits above: 九十九, 一○○."""
    if not 10 <= n < 100:
        return _digits(n, digits)
    ten, one = divmod(n, 10)
    return (digits[ten] if ten > 1 else "") + "十" + (digits[one] if one else "")


def _counted(n: int, digits: str, units: str, *, zero: bool, one: bool) -> str:
    """Full counting by ten thousands: 一千零五十. `zero`: gaps are written; `one`: 一 is written before 十, 百, 千."""
    if n >= 10_000:
        high, low = divmod(n, 10_000)
        filler = digits[0] if zero and 0 < low < 1000 else ""
        rest = _counted(low, digits, units, zero=zero, one=one) if low else ""
        return _counted(high, digits, units, zero=zero, one=one) + units[3] + filler + rest
    if n == 0:
        return digits[0]
    out = ""
    gap = False
    for place, unit in ((1000, units[2]), (100, units[1]), (10, units[0]), (1, "")):
        digit = n // place % 10
        if digit:
            out += digits[0] if gap and zero else ""
            out += unit if digit == 1 and unit and not one else digits[digit] + unit
        gap = bool(out) and not digit
    return out


def _counted_short(n: int, digits: str, units: str) -> str:
    text = _counted(n, digits, units, zero=True, one=True)
    return text[1:] if 10 <= n < 20 else text


def _from_row(n: int, first: int, size: int) -> str:
    """The n-th of `size` characters in a row of Unicode; plain digits beyond."""
    return chr(first + n - 1) if 1 <= n <= size else str(n)


def _letters(n: int) -> str:
    return chr(ord("A") + (n - 1) % 26) * ((n - 1) // 26 + 1) if 1 <= n <= 780 else str(n)


def _roman(n: int) -> str:
    if not 1 <= n < 4000:
        return str(n)
    out = ""
    for amount, letters in _ROMAN:
        count, n = divmod(n, amount)
        out += letters * count
    return out


def _sexagenary(n: int) -> str:
    return _STEMS[(n - 1) % 10] + _BRANCHES[(n - 1) % 12] if 1 <= n <= 60 else str(n)


def _ordinal(n: int) -> str:
    last = {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{'th' if n % 100 in {11, 12, 13} else last}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda n: f"{n:02d}",
    "decimalFullWidth": lambda n: _digits(n, "０１２３４５６７８９"),
    "decimalFullWidth2": lambda n: _digits(n, "０１２３４５６７８９"),
    "decimalEnclosedCircle": lambda n: _from_row(n, 0x2460, 20),
    "decimalEnclosedCircleChinese": lambda n: _from_row(n, 0x2460, 20),
    "decimalEnclosedParen": lambda n: _from_row(n, 0x2474, 20),
    "decimalEnclosedFullstop": lambda n: _from_row(n, 0x2488, 20),
    "ideographEnclosedCircle": lambda n: _from_row(n, 0x3220, 10),
    "numberInDash": lambda n: f"- {n} -",
    "ordinal": _ordinal,
    "hex": lambda n: f"{n:X}",
    "upperRoman": _roman,
    "lowerRoman": lambda n: _roman(n).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda n: _letters(n).lower(),
    "chineseCounting": lambda n: _tens(n, _ROUND_ZERO),
    "taiwaneseCounting": lambda n: _tens(n, _ROUND_ZERO),
    "chineseCountingThousand": lambda n: _counted_short(n, _FULL_ZERO, "十百千万"),
    "taiwaneseCountingThousand": lambda n: _counted_short(n, _FULL_ZERO, "十百千萬"),
    "japaneseCounting": lambda n: _counted(n, _HANZI, "十百千万", zero=False, one=False),
    "koreanCounting": lambda n: _counted(n, "영일이삼사오육칠팔구", "십백천만", zero=False, one=False),
    "chineseLegalSimplified": lambda n: _counted(n, _LEGAL, "拾佰仟万", zero=True, one=True),
    "ideographLegalTraditional": lambda n: _counted(n, _LEGAL_TRADITIONAL, "拾佰仟萬", zero=False, one=True),
    "japaneseLegal": lambda n: _counted(n, "零壱弐参四伍六七八九", "拾百阡萬", zero=False, one=True),
    "ideographDigital": lambda n: _digits(n, _HANZI),
    "japaneseDigitalTenThousand": lambda n: _digits(n, _HANZI),
    "taiwaneseDigital": lambda n: _digits(n, _ROUND_ZERO),
    "koreanDigital": lambda n: _digits(n, "영일이삼사오육칠팔구"),
    "koreanDigital2": lambda n: _digits(n, _FULL_ZERO),
    "ideographTraditional": lambda n: _STEMS[n - 1] if 1 <= n <= 10 else str(n),
    "ideographZodiac": lambda n: _BRANCHES[n - 1] if 1 <= n <= 12 else str(n),
    "ideographZodiacTraditional": _sexagenary,
    "none": lambda _: "",
    "bullet": lambda _: "",
}


def formatted(n: int, style: str) -> str:
    """The number `n` in a number format of WordprocessingML (ECMA-376 17.18.59); unknown formats give digits."""
    if n < 0 or n > _COUNT_LIMIT:
        return str(n)
    padded = _PADDED.fullmatch(style)
    if padded:
        return str(n).zfill(len(padded[1]))
    return _FORMATS.get(style, str)(n)
