"""A law as text: its title, number, dates, chapters and articles.

    text = parse(document)

Reads what offices download: Markdown, plain text and docx, with the head note (adopted, promulgated, revised, in force)
on lines of its own or in parentheses, with or without a table of contents, with or without articles.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePath

from checker.errors import ReadError
from checker.facts.dates import Dates, normalise, numeral
from checker.model import Document

_DIGITS = "一二三四五六七八九十百千零〇○两0-9０-９"
_ARTICLE = re.compile(rf"第\s*([{_DIGITS}]+)\s*条(?:\s*之\s*([一二三四五六七八九十]+))?(?P<gap>[\s　【:：]|$)?")
_CHAPTER = re.compile(
    rf"第\s*[{_DIGITS}]+\s*(?P<unit>分编|编|篇|章|节)(?:[\s　]+|(?=[^\s，。；]))[^。；]{{0,40}}$|附\s*则$|总\s*则$"
)
_CONTENTS = re.compile(r"目\s*[录次]$")
_INSTRUMENT = re.compile(
    r"(?:法|法典|条例|办法|规定|规则|规程|细则|决定|决议|解释|解答|批复|答复|复函|通知|意见|公告|通告|命令|令|纲要|方案|准则|标准|章程|"
    r"修正案|宪法|公约|协定|议定书|纪要|安排|函|目录|名单|清单|指引|指南|规范|要点|措施|说明|通则|总则|[总分]?则|编|须知|制度|暂行规定)"
    r"(?:\s*[（(〔][^）)〕]{1,20}[）)〕])*$"
)
_NOTE = re.compile(r"通过|公布|发布|施行|实施|生效|修正|修订|批准|颁布|印发|主席令|国务院令|部令|公告第")
_ORDER = re.compile(
    r"(?:中华人民共和国)?(?![年月日、])(?:主席|国务院|[\u4e00-\u9fff、]{2,40}?(?:部|委员会|总局|局|署|银行|院|政府))\s*"
    rf"(?:令|公告)\s*[（(]?\s*(?:\d{{4}}年)?\s*第?\s*[{_DIGITS}]+\s*号\s*[）)]?"
    r"|[\u4e00-\u9fff]{1,12}[〔\[（(]\s*\d{4}\s*[〕\]）)]\s*第?\s*\d+\s*号"
)
_EFFECT = re.compile(
    r"自(?P<when>[^，。；]{1,30}?)(?:起|开始)(?:施行|实施|生效|执行)|(?P<day>[^，。；（）()]{8,14})(?:起)?(?:施行|实施|生效)"
)
_IN_NAME = re.compile(r"[（(_\-\s]*((?:19|20)\d\d)[-.年_]?(\d\d?)[-.月_]?(\d\d?)日?[）)]?\s*$")
_ENACTED = (
    ("amended", re.compile(r"修\s*正|修\s*订|修\s*改")),
    ("adopted", re.compile(r"通过|批准|议决")),
    ("effective", re.compile(r"施行|实施|生效")),
    ("published", re.compile(r"公布|发布|颁布|印发")),
)
_HEAD_LINES = 60
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class ArticleText:
    """One article, or one paragraph of a text without articles.

    number: the article's number, 0 for what stands before the first article, None for a paragraph without a number or
    an article of an annex (an instrument that begins again at 第一条).
    sub: 1 for 第十二条之一; else 0. chapter: the headings above it, joined by blanks.
    """

    label: str
    number: int | None
    sub: int
    chapter: str
    text: str


@dataclass(frozen=True, slots=True)
class LawText:
    """One version of a law.

    version: the day the version was made (file name, else the last of adopted, amended, published), None if not found.
    since: the day from which it is in force: the effective date if it is not before the version, else the version.
    aliases: further titles under which it is found (the instrument that a notice prints and distributes).
    """

    title: str
    part: str
    number: str
    adopted: date | None
    published: date | None
    effective: date | None
    version: date | None
    since: date | None
    note: str
    articles: tuple[ArticleText, ...]
    aliases: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Equal for two files that say the same: blanks, punctuation width and markup do not count."""
        words = [self.title, self.part, *(article.text for article in self.articles)]
        return hashlib.sha256("\n".join("".join(normalise(text).split()) for text in words).encode()).hexdigest()


def title_key(title: str) -> str:
    """What two spellings of a title share: without outer 《》, blanks, 中华人民共和国 and the year of a revision."""
    key = "".join(title.translate(_BRACKETS).split())
    key = re.sub(r"^《(.*)》$", r"\1", key)
    key = re.sub(r"（(?:\d{4}年?)?(?:最新)?(?:修订|修正|修改|公布)?(?:版|本|文本)?）$", "", key) or key
    key = re.sub(r"（\d{4}[-年]\d{1,2}[-月]\d{1,2}日?）$", "", key) or key
    return key.replace("中华人民共和国", "") or key


_BRACKETS = str.maketrans({"(": "（", ")": "）", "<": "〈", ">": "〉", "—": "-", "﹑": "、"})


def article_number(written: str) -> tuple[int, int] | None:
    """(12, 1) of 第十二条之一, 第12条之一, 十二之一; None when no number stands there."""
    match = re.fullmatch(rf"第?\s*([{_DIGITS}]+)\s*条?(?:\s*之\s*([{_DIGITS}]+))?", written.strip())
    if match is None:
        return None
    number, sub = numeral(_ascii(match[1])), numeral(match[2]) if match[2] else 0
    return (number, sub) if number >= 0 and sub >= 0 else None


def article_label(number: int, sub: int = 0) -> str:
    """第十二条之一 of (12, 1)."""
    return f"第{_chinese(number)}条" + (f"之{_chinese(sub)}" if sub else "")


def parse(document: Document) -> LawText:
    """The law in `document`.

    Raises ReadError when there is no text below the head, or neither articles nor the title of a law.
    """
    lines = list(_lines(document))
    head, body = _split_head(lines)
    titles, note = _titles(head)
    stem = _IN_NAME.sub("", PurePath(document.name).stem).strip()
    title, part = titles[0] if titles else stem, " ".join(titles[1:])
    articles = tuple(_Articles(body).read())
    if not any(article.text for article in articles):
        raise ReadError("标题以下没有正文。", where=document.name, next="请确认文件完整。")
    if len(title) > _LONGEST_TITLE or not _INSTRUMENT.search(title):
        title = stem if _INSTRUMENT.search(stem) else title
    numbered = any(article.number for article in articles)
    if not numbered and not _INSTRUMENT.search(title):
        raise ReadError(
            "看不出是法规：没有“第一条”这样的条文，标题和文件名也不像法规名称。",
            where=document.name,
            next="是法规的，请用法规的名称作文件名，再导入一次。",
        )
    if len(title) > _LONGEST_TITLE:
        raise ReadError("找不到标题。", where=document.name, next="请用法规的名称作文件名，再导入一次。")
    return _dated(title, part, note, stem, document.name, articles)


def _dated(title: str, part: str, note: str, stem: str, name: str, articles: tuple[ArticleText, ...]) -> LawText:
    days = _days(note)
    named = _date_in_name(PurePath(name).stem)
    made = [day for role in ("adopted", "amended", "published") if (day := days.get(role))]
    version = named or max(made, default=None)
    effective = _effective(note, articles, version)
    since = effective if effective and (version is None or effective >= version) else version
    orders = _ORDER.findall(note)
    return LawText(
        title="".join(title.split()) if not title.isascii() else title,
        part="".join(part.split()),
        number="".join(orders[-1].split()) if orders else "",
        adopted=days.get("adopted"),
        published=days.get("published"),
        effective=effective,
        version=version,
        since=since,
        note=note,
        articles=articles,
        aliases=_aliases(title, stem),
    )


def _aliases(title: str, stem: str) -> tuple[str, ...]:
    inner = re.fullmatch(
        r".*(?:印发|发布|公布|颁布|颁发)\s*[《〈](.+)[》〉].{0,8}?(?:的通知|的公告|的决定|的命令|令)", title
    )
    names = ([inner[1]] if inner else []) + ([stem] if stem and _INSTRUMENT.search(stem) else [])
    return tuple(name for name in dict.fromkeys(names) if title_key(name) != title_key(title))


# ------------------------------------------------------------------ lines


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    heading: int = 0  # Markdown level, 0 = none


_END_OF_HEAD = "<!-- INFO END -->"


def _lines(document: Document) -> Iterator[_Line]:
    raw = document.body.split("\n")
    if raw and raw[0].strip() == "---" and "---" in (rest := [line.strip() for line in raw[1:40]]):
        raw = raw[rest.index("---") + 2 :]
    for line in raw:
        text = line.strip().strip("\ufeff")
        heading = re.match(r"(#{1,6})\s+(.*)", text)
        if document.format == "md":
            text = re.sub(
                r"^>\s?", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text.replace("**", "").replace("__", ""))
            )
        if heading:
            yield _Line(heading[2].strip().strip("#* "), len(heading[1]))
        elif text.strip() == _END_OF_HEAD or (text.strip() and not re.fullmatch(r"<!--.*-->|[-*_=]{3,}", text.strip())):
            yield _Line(text.strip())


def _split_head(lines: Sequence[_Line]) -> tuple[list[_Line], list[_Line]]:
    """Title and head note, and what follows them."""
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if line.text == _END_OF_HEAD:
            return list(lines[:index]), list(lines[index + 1 :])
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if _CONTENTS.match(line.text) or _is_chapter(line) or _ARTICLE.match(line.text):
            return list(lines[:index]), list(lines[index:])
    # no articles: the head is the title with the notes that follow it
    index = 1
    while index < len(lines) and index < 8 and _is_note(lines[index].text):
        index += 1
    return list(lines[:index]), list(lines[index:])


def _is_note(text: str) -> bool:
    return (text.startswith(("（", "(")) or len(text) < 80) and _NOTE.search(text) is not None and bool(_days_in(text))


def _is_chapter(line: _Line) -> bool:
    return bool(_CHAPTER.match(line.text)) and len(line.text) <= 50


def _titles(head: Sequence[_Line]) -> tuple[list[str], str]:
    """Title (and the part of a code that the file holds), and the rest of the head as the note."""
    marked = [index for index, line in enumerate(head) if line.heading == 1]
    if marked:
        title, used = _joined(head, marked[0])
        parts = [head[index].text for index in marked[1:3] if index >= marked[0] + used]
        rest = [
            line for index, line in enumerate(head) if index not in marked and not marked[0] <= index < marked[0] + used
        ]
        return [title, *parts], "\n".join(line.text for line in rest)
    # the last line of the head that reads like a title: what stands before it is the order that published the law
    for index in reversed(range(len(head))):
        title, used = _joined(head, index)
        if (
            _INSTRUMENT.search(title)
            and not re.search(r"[，。；：]", title)
            and not _is_note(title)
            and title[0] not in "（("
        ):
            first = index
            while first > 0 and _continues(head[first - 1].text):
                first -= 1
                title = head[first].text + title
            return [title], "\n".join(line.text for line in (*head[:first], *head[index + used :]))
    return ([head[0].text] if head else []), "\n".join(line.text for line in head[1:])


def _joined(head: Sequence[_Line], index: int) -> tuple[str, int]:
    """The title that begins on line `index`, which may be broken over two or three lines, and how many it takes."""
    title = head[index].text
    for used in range(1, min(3, len(head) - index) + 1):
        if _INSTRUMENT.search(title):
            return title, used
        following = head[index + used].text if index + used < len(head) else ""
        if not following or len(following) > 40 or _days_in(following) or following[0] in "（(":
            break
        title += following
    return (title, used) if _INSTRUMENT.search(title) else (head[index].text, 1)


def _continues(before: str) -> bool:
    """Whether `before` is the upper line of a centred title."""
    return (
        2 <= len(before) <= 40
        and not _INSTRUMENT.search(before)
        and not re.search(r"[，。；：、]$|\d+号$|[〕）)]$", before)
        and before.startswith(("中华人民共和国", "关于", "最高人民", "国务院", "全国人民"))
        and not _days_in(before)
    )


# ------------------------------------------------------------------ dates


def _days_in(text: str) -> list[tuple[int, int, date]]:
    found = Dates(normalise(text)).mentions
    return [(mention.span.start, mention.span.end, mention.day) for mention in found if mention.day]


def _days(note: str) -> dict[str, date]:
    """The days of the head note by what happened on them: first adopted, last amended, last published."""
    text = normalise(note)
    days = _days_in(text)
    found: dict[str, date] = {}
    for index, (_, end, day) in enumerate(days):
        upto = days[index + 1][0] if index + 1 < len(days) else len(text)
        words = re.sub(r"《[^》]*》?", "", text[end:upto])
        for role, pattern in _ENACTED:
            if pattern.search(words):
                if role == "adopted":
                    found.setdefault(role, day)
                    found["amended"] = max(day, found.get("amended", day))
                elif role not in found or day > found[role]:
                    found[role] = day
                if role not in {"adopted", "amended"}:
                    break
    if not found.keys() & {"adopted", "amended", "published"}:
        # the order that published the law is signed with a day on a line of its own
        signed = [
            day
            for line in text.split("\n")
            for start, end, day in _days_in(line)
            if not (line[:start] + line[end:]).strip()
        ]
        found.update({"published": signed[-1]} if signed else {})
    return found


def _date_in_name(stem: str) -> date | None:
    match = _IN_NAME.search(stem)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _effective(note: str, articles: Sequence[ArticleText], version: date | None) -> date | None:
    """The day the law says it takes effect: head note first, then the last articles. 自公布之日起 is the version's day."""
    main = [article for article in articles if article.number is not None] or list(articles)
    for text in (note, *(article.text for article in reversed(main[-6:]))):
        for match in _EFFECT.finditer(normalise(text)):
            words = match["when"] or match["day"]
            if days := _days_in(words):
                return days[-1][2]
            if match["when"] and re.fullmatch(r"(?:公布|发布|颁布|印发)之日", words.strip()):
                return version
    return None


# ------------------------------------------------------------------ articles


@dataclass
class _Articles:
    """Goes through the lines below the head; articles count upwards, a new 第一条 begins an annex."""

    lines: Sequence[_Line]
    _chapters: dict[str, str] = field(default_factory=dict)
    _last: tuple[int, int] = (0, 0)
    _annex: bool = False
    _label: str = ""
    _place: tuple[int | None, int] = (0, 0)
    _text: list[str] = field(default_factory=list)

    def read(self) -> Iterator[ArticleText]:
        """The articles in order; all paragraphs, one by one, where there are none."""
        if not any(self._opens(line, "。") for line in self.lines):
            yield from self._paragraphs()
            return
        previous = "。"
        for line in self.lines:
            if _CONTENTS.match(line.text):
                continue
            if line.heading or _is_chapter(line):
                yield from self._closed()
                self._enter(line)
            elif opened := self._opens(line, previous):
                yield from self._closed()
                self._open(opened, line.text)
            else:
                self._text.append(line.text)
            previous = line.text
        yield from self._closed()

    def _paragraphs(self) -> Iterator[ArticleText]:
        count = 0
        for line in self.lines:
            if line.heading or _is_chapter(line):
                self._enter(line)
            elif line.text:
                count += 1
                yield ArticleText(f"第{count}段", None, 0, self._chapter(), line.text)

    def _opens(self, line: _Line, previous: str) -> tuple[int, int] | None:
        """The number of the article that begins on `line`. A broken line that begins with a reference begins none."""
        match = _ARTICLE.match(line.text)
        if match is None:
            return None
        found = numeral(_ascii(match[1])), numeral(match[2]) if match[2] else 0
        if found[0] < 1 or found[1] < 0:
            return None
        finished = previous[-1:] in "。；;：:！!？?”）)】》" or len(previous) < 12
        follows = found in {(self._last[0] + 1, 0), (self._last[0], self._last[1] + 1)} or found == (1, 0)
        if match["gap"] is None and re.match(r"(?:第.{1,4}[款项]|规定|的|所|、|和|至|或|以)", line.text[match.end() :]):
            return None
        if found == (1, 0) or self._last == (0, 0):
            return found if finished or match["gap"] is not None else None
        if found <= self._last:
            return None
        return found if match["gap"] is not None or (follows and finished) else None

    def _open(self, found: tuple[int, int], text: str) -> None:
        if found == (1, 0) and self._last != (0, 0):
            self._annex = True
        self._last = found
        self._label = article_label(*found)
        self._place = (None if self._annex else found[0], found[1])
        self._text = [text]

    def _closed(self) -> Iterator[ArticleText]:
        text = "\n".join(part for part in self._text if part)
        if text:
            if self._last == (0, 0):
                yield ArticleText("前言", 0, 0, "", text)
            elif self._label:
                yield ArticleText(self._label, *self._place, self._chapter(), text)
            else:
                yield ArticleText("附件", None, 0, self._chapter(), text)
        self._text = []
        if self._last != (0, 0):
            self._label = ""

    def _enter(self, line: _Line) -> None:
        match = _CHAPTER.match(line.text)
        unit = (match["unit"] or "章") if match else "题"
        order = ("编", "篇", "分编", "章", "节", "题")
        for lower in order[order.index(unit) :]:
            self._chapters.pop(lower, None)
        self._chapters[unit] = re.sub(r"[\s　]+", " ", line.text)

    def _chapter(self) -> str:
        chapter = " ".join(self._chapters.values())
        return f"附件 {chapter}".strip() if self._annex else chapter


def _ascii(text: str) -> str:
    return text.translate({ord("０") + i: ord("0") + i for i in range(10)})


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number >= 10_000:
        return str(number)
    written, zero = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            written += ("零" if zero and written else "") + digits[digit] + unit
            zero = False
        else:
            zero = True
    return re.sub(r"^一十", "十", written) or "零"
