"""Where the parts of an administrative document stand: head, title, body, signature, enacted text, attachments, imprint.

Everything that decides whether a date or a name is the document's own rests on this: an outer notice ("关于印发《…》的通知") counts
for number and date, the enacted text for its effect clause, attachments and quoted documents for neither.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from checker.facts.dates import DateMention, Dates, normalise
from checker.facts.organs import is_organ_line
from checker.model import Document, Role, Span

_NOISE = regex.compile(
    r"^(?:@tab.*|\[\[?toc\]?\].*|-{3,}|#+|\*+|-\s*第[\d~～—-]+条.*|\[\d+\]（#.*|.*Stamp|.*\{target=.*|（此页无正文）|目\s*录"
    r"|[─—_＝━═\-]{3,}|(?:当前位置|您的位置|您现在的位置|首页)\s*[：>»›/].*|.{0,20}[>»›].{1,20}[>»›].*"
    r"|(?:索\s*引\s*号|主题分类|发文机关|公开方式|公开范围|有\s*效\s*性|废止日期|信息来源|来源|字体|字号|浏览次数|打印|分享|关键词|责任编辑)\s*[：\]】].*)$"
)
_PREFIX = regex.compile(r"(?:\[bookmark：?[^\]]*\]|#{1,6}|\*\*|>)\s*")
_SUFFIX = regex.compile(r"(?:\{align=[^}]*\}|\*\*)\s*$")
_ARTICLE = regex.compile(r"^第\s*[一二三四五六七八九十百千零〇\d]{1,7}\s*条(?!第)")
_CHAPTER = regex.compile(r"^第\s*[一二三四五六七八九十百零〇\d]{1,5}\s*[编章节](?:\s|　|[^的，。；])")
_OUTLINE = regex.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|（[一二三四五六七八九十]{1,3}）|1\s*[、.．](?!\d))"
)
_SENTENCE_END = regex.compile(r"[。；！？]\s*[”」』）]?$")
_ADDRESSEE = regex.compile(r"^[^。；！？《]{2,}：$")
_NOTE_START = regex.compile(r"^（[^）]{0,40}(?:\d{4}\s*年|[〇○零二][^，。]{2,3}年|令).{0,300}$")
_BRACKETED = regex.compile(r"^（.*）$")
_ATTACHMENT = regex.compile(
    r"^附(?:件|录|表|则)?\s*[\d一二三四五六七八九十]{0,3}\s*(?:[：.、]|$)|^附件\s*[\d一二三四五六七八九十]{1,3}"
)
_ATTACHMENT_HEAD = regex.compile(r"^附(?:件|录|表)?\s*[\d一二三四五六七八九十]{0,3}\s*：?$")
_IMPRINT = regex.compile(
    r"^(?:抄\s*[送报]\s*：|主\s*送|分\s*送|主题词|印\s*发\s*[：份]|共印|纸发)|印\s*发\s*$|[（共]\s*印\s*\d+\s*份"
)
_WEB_DATE = regex.compile(r"(?:发布|公开|发文|公布|更新|录入)?(?:时间|日期)\s*：")
_WEB_LINE = regex.compile(
    r"^(?:20|19)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}：\d\d(?:：\d\d)?)?\s*(?:来源|作者|字号)"
)
OFFICE = regex.compile(
    r"^(?P<organ>(?!自治区主席)[一-龥]{2,14}(?:部|委员会|局|政府|省|市|州|县|区|署|院|指挥部))?"
    r"(?P<office>自治区主席|主席|省长|市长|州长|县长|区长|旗长|盟长|部长|局长|署长|主任|行长|总理|代理?.长|专员|指挥长|总指挥|政委|会长|院长|审计长)"
)
_NAME = regex.compile(r"^[一-龥]\s{0,6}[一-龥](?:\s{0,6}[一-龥]){0,2}(?:·[一-龥]+)*$")
_GENRES = (
    "通知|决定|决议|办法|规定|细则|规则|意见|方案|预案|计划|规划|要点|公告|通告|通报|批复|复函|函|答复|请示|报告|纪要|命令|令|公报|条例|章程|标准|基准|"
    "指南|指引|规范|制度|措施|目录|名录|榜单|清单|说明|体系|纲要|法|表|名单|解释|启事|意见书|准则|守则|规程|流程|机制|政策|要求|安排|建议|提案|须知|倡议书|责任书|结论"
)
TITLE_END = regex.compile(rf"(?:{_GENRES})(?:（[^（）]*）|〔[^〕]*〕|全文|\[[^\]]*\])*$")
_NUMBER = regex.compile(
    r"[〔\[【（［﹝]\s*(?:(?:19|20)\d\d|(?<=[〔\[【［﹝])\d\d)\s*[〕\]】）］﹞]\s*第?\s*\d+(?:[-—－]\d+)?\s*号"
)
_PROMULGATES_BARE = regex.compile(r"《[^》]+》[^。]{0,60}(?:公布|发布|颁布)|现(?:予|将)?(?:公布|发布|颁布)《")
_PROMULGATES = regex.compile(
    r"《[^》]+》[^。]{0,160}?(?:已|经|业经|通过)[^。]{0,160}现[予将][^。]{0,10}(?:公布|发布|颁布)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A stripped, non-blank line of the running text. `text` is normalised; `bare` has no whitespace at all.

    A note in brackets that is broken over several lines (（…会议通过 / 公布）) is one Line: its text has no line breaks, and
    `offsets` holds the place of every character of it.
    """

    index: int
    span: Span
    text: str
    cell: bool = False
    offsets: tuple[int, ...] | None = None

    def at(self, position: int) -> int:
        """The offset in the document of character `position` of the line's text (or of its end)."""
        if self.offsets is None:
            return self.span.start + position
        return self.offsets[position] if position < len(self.offsets) else self.span.end

    def place(self, start: int, end: int) -> Span:
        """The span in the document of [start, end) of the line's text."""
        return Span(self.at(start), self.at(end - 1) + 1 if end > start else self.at(start))

    @property
    def bare(self) -> str:
        """The line without any whitespace: 重 庆 市 → 重庆市."""
        return "".join(self.text.split())


@dataclass(frozen=True, slots=True)
class Signature:
    """A date on a line of its own with the organs (or the official) above it. `lines` are the organ lines, top first."""

    lines: tuple[Line, ...]
    officials: tuple[Line, ...]
    day: DateMention
    line: Line


class Layout:
    """The parts of one document. All offsets are those of Document.text.

    head: lines before the body; title: the spans of its lines; signature: the outer one, with its date;
    enacted: span of the text that the document promulgates or issues ("印发", 令), else None;
    body: span from the first line after the head to the signature (or to the end of the document's own text).
    """

    def __init__(self, document: Document) -> None:
        """Reads the lines and finds the parts; linear in the length of the text."""
        self.document = document
        self.text = normalise(document.body)
        self.dates = Dates(self.text)
        self.lines = tuple(_joined_notes(list(_lines(document, self.text))))
        self.head_end = self._head_end()
        self.head = self.lines[: self.head_end]
        self.title = self._title(tuple(line for line in self.head if not line.cell)) or self._labelled_title()
        self.signature = self._signature()
        self.imprint = self._imprint()
        self.preamble = self._preamble()
        self.transmits = self._transmits()
        self.enacted = self._enacted()
        self.body = self._body()
        self.undated_signers = self._undated_signers()

    # -- head and title

    def _head_end(self) -> int:
        seen = 0
        for line in self.lines[:120]:
            if _is_noise(line) or line.cell:
                continue
            text = line.text
            if _ARTICLE.match(text) or _CHAPTER.match(text):
                return line.index
            if (seen and _OUTLINE.match(text)) or _ADDRESSEE.match(text):
                return line.index
            note = _BRACKETED.match(text) or _NOTE_START.match(text)
            if not note and not _WEB_LINE.match(text) and (_SENTENCE_END.search(text) or len(line.bare) > 90):
                return line.index
            seen += 1
            if seen > 25:
                return line.index
        return len(self.lines)

    def _title(self, lines: tuple[Line, ...], *, inner: bool = False) -> tuple[Line, ...]:
        best: tuple[Line, ...] = ()
        for lines_of_run in _runs(lines):
            run = lines_of_run if inner else _title_part(lines_of_run)
            joined = "".join(line.bare for line in run)
            if not run or len(joined) < 4:
                continue
            if TITLE_END.search(joined):
                return run
            if (
                not best
                and len(joined) >= 6
                and len(run) <= 3
                and not is_organ_line(joined)
                and not joined.endswith(("文件", "：", "。", "；"))
            ):
                best = run
        return best

    def _labelled_title(self) -> tuple[Line, ...]:
        """The cell behind 标题 or 名称 in the table a website prints above a text."""
        for position, line in enumerate(self.head[:-1]):
            if line.cell and line.bare.rstrip("：") in ("标题", "名称", "文件名称", "文件标题"):
                return (self.head[position + 1],)
        return ()

    @property
    def title_text(self) -> str:
        """The title without whitespace, or ""."""
        return "".join(line.bare for line in self.title)

    # -- signature, imprint

    def _signature(self) -> Signature | None:
        for position in range(self.head_end, len(self.lines)):
            line = self.lines[position]
            if line.cell or len(line.text) > 60:
                continue
            found = self._signed_at(position)
            if found is not None:
                return found
        return None

    def _signed_at(self, position: int) -> Signature | None:
        line = self.lines[position]
        day = self._only_date(line)
        same: tuple[Line, ...] = ()
        if day is None:
            mentions = self.dates.within(line.span.start, line.span.end)
            if len(mentions) != 1 or mentions[0].span.end != line.span.end:
                return None
            before = Line(
                line.index,
                Span(line.span.start, mentions[0].span.start),
                self.text[line.span.start : mentions[0].span.start].strip(),
            )
            if not is_organ_line(before.bare):
                return None
            same, day = (before,), mentions[0]
        organs, officials = self._above(position)
        if not (same or organs or officials or self._closed(position)):
            return None
        return Signature((*organs, *same), officials, day, line)

    def _closed(self, position: int) -> bool:
        """Whether the text has come to an end before the line at `position`."""
        previous = self.lines[position - 1].text if position else ""
        ends = _SENTENCE_END.search(previous) or _ATTACHMENT.match(previous) or "特此" in previous
        return bool(ends or _list_item(previous))

    def _undated_signers(self) -> tuple[Line, ...]:
        """The organs that stand at the end of the text where no date does."""
        if self.signature is not None:
            return ()
        organs, _ = self._above(sum(line.span.start < self.body.end for line in self.lines))
        signed = organs and organs[0].index > self.head_end and self._closed(organs[0].index)
        return organs if signed else ()

    def _above(self, position: int) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        organs: list[Line] = []
        officials: list[Line] = []
        for line in reversed(self.lines[max(position - 40, self.head_end) : position]):
            if line.cell or _SEAL_LINE.match(line.bare):
                continue
            bare = LABEL.sub("", line.bare)
            if is_organ_line(bare):
                organs.insert(0, line)
            elif not organs and (_is_signer(bare) or _NAME.match(line.text)):
                officials.insert(0, line)
            else:
                break
        if officials and not any(_is_signer(line.bare) for line in officials):
            officials = []
        return tuple(organs), tuple(officials)

    def _only_date(self, line: Line) -> DateMention | None:
        mentions = self.dates.within(line.span.start, line.span.end)
        if len(mentions) != 1:
            return None
        rest = line.text.replace(mentions[0].text.strip(), "", 1)
        return mentions[0] if not rest.strip(" 　（）()．.") else None

    def _imprint(self) -> tuple[Line, ...]:
        """版记: lines from 抄送/主题词 on, or the printing line at the foot."""
        tail = self.lines[-30:]
        return tuple(line for line in tail if len(line.text) < 200 and not line.cell and _IMPRINT.search(line.text))

    # -- what is issued

    def _preamble(self) -> Span | None:
        """The promulgation paragraph of an order: 《…》已经…通过，现予公布，自…起施行。"""
        for line in self.lines[: self.head_end + 3]:
            ordered = any(part.bare.endswith("令") for part in self.head[:6])
            if len(line.text) < 400 and (
                _PROMULGATES.search(line.text) or (ordered and _PROMULGATES_BARE.search(line.text))
            ):
                return line.span
        return None

    def _transmits(self) -> bool:
        """Whether the document issues or promulgates another text that follows its signature."""
        if self.preamble is not None:
            return True
        title = self.title_text
        if regex.search(
            r"(?:印发|发布|公布|颁布|颁发|下发)[《〈“].*的?(?:通知|公告|通告|函|令)$|关于(?:印发|颁发|下发|发布|公布)",
            title,
        ):
            return True
        start = self.lines[self.head_end].span.start if self.head_end < len(self.lines) else 0
        stop = self.signature.line.span.start if self.signature else start + 600
        return bool(
            regex.search(
                r"现(?:将|予|把)?[^。]{0,80}(?:印发|发布|公布|下发)(?:给你们|你们|，|。|实施)", self.text[start:stop]
            )
        )

    def _enacted(self) -> Span | None:
        if not self.transmits or self.signature is None:
            return None
        lines = self.lines[self.signature.line.index + 1 :]
        lines = tuple(line for line in lines if not _PUBLICITY.search(line.text))
        while lines and (_ATTACHMENT_HEAD.match(lines[0].text) or _is_noise(lines[0])):
            lines = lines[1:]
        if not lines:
            return None
        stop = self._foot_start()
        for line in lines[1:]:
            if _ATTACHMENT_HEAD.match(line.text) and not line.cell:
                stop = min(stop, line.span.start)
                break
        return Span(lines[0].span.start, stop) if stop > lines[0].span.start else None

    def _foot_start(self) -> int:
        lines = [line for line in self.imprint if regex.match(r"^(?:抄\s*[送报]\s*：|主题词)", line.text)] or list(
            self.imprint
        )
        return lines[0].span.start if lines else len(self.text)

    def _body(self) -> Span:
        start = self.lines[self.head_end].span.start if self.head_end < len(self.lines) else len(self.text)
        if self.signature is not None:
            return Span(start, max(self.signature.line.span.start, start))
        stop = self._foot_start()
        seen = False
        for line in self.lines[self.head_end :]:
            seen = seen or bool(_ARTICLE.match(line.text) or _OUTLINE.match(line.text))
            if seen and _ATTACHMENT_HEAD.match(line.text) and not line.cell:
                stop = min(stop, line.span.start)
                break
        return Span(start, max(stop, start))

    @property
    def inner_title(self) -> tuple[Line, ...]:
        """The title lines of the enacted text, when it has some."""
        if self.enacted is None:
            return ()
        enacted = self.enacted
        lines = [line for line in self.lines if enacted.start <= line.span.start < enacted.end][:14]
        stop = next(
            (
                i
                for i, line in enumerate(lines)
                if _ARTICLE.match(line.text) or _CHAPTER.match(line.text) or _SENTENCE_END.search(line.text)
            ),
            len(lines),
        )
        return self._title(tuple(lines[:stop]), inner=True)

    @property
    def own_parts(self) -> tuple[Span, ...]:
        """Spans of the text that speak for the document itself: promulgation, body, enacted text."""
        return (self.body, self.enacted) if self.enacted is not None else (self.body,)

    @staticmethod
    def lines_span(lines: tuple[Line, ...]) -> Span:
        """From the first to the last of `lines`."""
        return Span(lines[0].span.start, lines[-1].span.end) if lines else Span(0, 0)


_PUBLICITY = regex.compile(
    r"^（?\s*此件\s*(?:公\s*开\s*发\s*布|主动公开|依申请公开|不予公开|删减后公开|发至.*)\s*）?$|^（本文有删减）$"
)


def _lines(document: Document, text: str) -> Iterator[Line]:
    index = 0
    for block in document.blocks:
        if block.span.start >= document.body_end:
            break
        cell = block.role is Role.TABLE_CELL
        start = block.span.start
        for piece in text[block.span.start : block.span.end].split("\n"):
            stripped = _strip(piece)
            if stripped is not None:
                yield Line(
                    index,
                    Span(start + stripped.start, start + stripped.end),
                    piece[stripped.start : stripped.end],
                    cell,
                )
                index += 1
            start += len(piece) + 1


def _joined_notes(lines: list[Line]) -> Iterator[Line]:
    """The lines, with head notes whose bracket closes on a later line made one."""
    position = shift = 0
    while position < len(lines):
        line = lines[position]
        count = _note_lines(lines, position) if position < _HEAD_LINES else 1
        parts = lines[position : position + count]
        if count == 1:
            yield line if not shift else Line(line.index - shift, line.span, line.text, line.cell)
        else:
            offsets = tuple(offset for part in parts for offset in range(part.span.start, part.span.end))
            text = "".join(part.text for part in parts)
            yield Line(line.index - shift, Span(line.span.start, parts[-1].span.end), text, offsets=offsets)
        position += count
        shift += count - 1


_HEAD_LINES = 60


def _note_lines(lines: list[Line], position: int) -> int:
    """How many lines the note that begins at `position` takes; 1 when it is none or closes on its own line."""
    first = lines[position]
    if (
        first.cell
        or not first.text.startswith("（")
        or "）" in first.text
        or not regex.search(r"年|令|届|会议", first.text)
    ):
        return 1
    for count in range(2, 9):
        if position + count > len(lines) or lines[position + count - 1].cell:
            return 1
        last = lines[position + count - 1].text
        if "）" in last:
            return count if last.rstrip("。 ").endswith("）") else 1
    return 1


def _strip(piece: str) -> Span | None:
    start, end = len(piece) - len(piece.lstrip()), len(piece.rstrip())
    if start >= end:
        return None
    prefix = _PREFIX.match(piece, start)
    if prefix:
        start = prefix.end()
    suffix = _SUFFIX.search(piece, start, end)
    if suffix:
        end = suffix.start()
    end = start + len(piece[start:end].rstrip())
    return Span(start, end) if start < end else None


def _is_noise(line: Line) -> bool:
    return bool(_NOISE.match(line.text))


_SEAL_LINE = regex.compile(r"^(?:Stamp|[（(\[【]?[一-龥]{0,30}(?:盖章|印章|公章|签章|印)[）)\]】]?)$")
LABEL = regex.compile(r"^(?:审核|审查|发布|制定|发文|印发|出具|起草|报送|报备)(?:机构|机关|单位|部门)：")


def _is_signer(bare: str) -> bool:
    """县长　张三, 交通运输部部长 李四, or the office alone on its line; not the titles in a list of appointments."""
    office = OFFICE.match(bare)
    if office is None:
        return False
    name = len(bare) - office.end()
    return 2 <= name <= 6 if office["organ"] else name <= 6


def _list_item(text: str) -> bool:
    return bool(regex.match(r"^\d{1,2}\s*[.．、]", text))


def is_head_furniture(line: Line) -> bool:
    """Whether a head line is no part of a title: number, letterhead, order number, marks, dates, web furniture."""
    bare, text = line.bare, line.text
    return bool(
        _is_noise(line)
        or (
            _NUMBER.search(bare)
            and len(bare) < 60
            and not bare.startswith(("关于", "国务院关于"))
            and _number_only(bare)
        )
        or (_BRACKETED.match(text) and not _TITLE_TAIL.match(bare))
        or (_WEB_DATE.search(text) and len(text) < 60)
        or _WEB_LINE.match(text)
        or _ATTACHMENT_HEAD.match(bare)
        or regex.match(r"^(?:特急|加急|特提|平急|急件|机密|秘密|绝密|内部|签发人|★)", bare)
        or regex.match(r"^第[\d一二三四五六七八九十百〇零]+号$|^（?(?:19|20)\d\d年第\d+号）?$", bare)
        or regex.match(
            r"^(?:[〇一二三四五六七八九十零○0-9]{2,4}年.{1,6}日|(?:19|20)\d\d[-./]\d+[-./]\d+)(?:\d\d：.*)?$", bare
        )
        or (
            regex.search(r"(?:文件|令|公报|公告)$", bare)
            and is_organ_line(regex.sub(r"(?:文件|令|公报|公告)$", "", bare))
        )
        or regex.match(r"^中华人民共和国.{0,12}令$", bare)
        or bare in ("文件", "令", "公告", "征求意见稿", "（草案）", "草案")
    )


_TITLE_TAIL = regex.compile(
    r"^（(?:试行|暂行|草案|送审稿|征求意见稿|修订|修正|讨论稿|审议稿|(?:19|20)\d\d\s*[—－-]+\s*(?:19|20)\d\d年?|(?:19|20)\d\d年?版|.{0,8}(?:修订|修正|稿|版|年度)).{0,6}）$"
)


def _number_only(bare: str) -> bool:
    number = _NUMBER.search(bare)
    return number is not None and "关于" not in bare and len(bare) - number.end() < 24


def _runs(lines: tuple[Line, ...]) -> Iterator[tuple[Line, ...]]:
    run: list[Line] = []
    for line in lines:
        if is_head_furniture(line):
            if run:
                yield tuple(run)
            run = []
            continue
        if run and run[-1].bare == line.bare:
            yield tuple(run)
            run = []
            continue
        run.append(line)
        joined = "".join(part.bare for part in run)
        if TITLE_END.search(joined) and len(joined) > 6 and _complete(joined):
            following = lines[lines.index(line) + 1 : lines.index(line) + 2]
            if not (following and _continues(joined, following[0])):
                yield tuple(run)
                run = []
    if run:
        yield tuple(run)


def _complete(joined: str) -> bool:
    return (
        joined.count("《") == joined.count("》")
        and joined.count("（") == joined.count("）")
        and joined.count("“") == joined.count("”")
    )


def _continues(joined: str, line: Line) -> bool:
    """A title that seems whole may go on: …暂行办法 / （试行）; …实施细则 / 的通知; 关于…管理办法 / 实施方案的通知."""
    if _TITLE_TAIL.match(line.bare):
        return True
    if is_head_furniture(line) or _BRACKETED.match(line.text) or line.bare == joined:
        return False
    if line.bare.startswith(("的", "等", "和", "及")):
        return True
    return (
        "关于" in joined
        and not regex.search(r"(?:通知|决定|意见|公告|通告|通报|批复|复函|函|答复|请示|报告)(?:（[^）]*）)?$", joined)
        and bool(TITLE_END.search(line.bare))
    )


def _title_part(run: tuple[Line, ...]) -> tuple[Line, ...]:
    """Drops what stands above a title but is none of it: organs that are not followed by 关于/印发/转发."""
    for position, line in enumerate(run):
        if not is_organ_line(line.bare):
            rest = run[position:]
            verb = regex.match(r"^(?:关于|印发|转发|批转|发布|公布|对|批复|办公室|办公厅)", rest[0].bare)
            alone = rest[0].bare in ("通告", "公告", "命令", "布告", "决定", "通知")
            return run if verb or alone else rest
    return ()
