"""Who issued a document, under which title and number, what it does and of what kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from checker.facts.dates import Dates
from checker.facts.layout import LABEL, Layout, Line, Signature, is_head_furniture
from checker.facts.organs import is_organ_line, level_of, split_joint
from checker.facts.places import gazetteer, region_of
from checker.facts.structure import Outline
from checker.model import Fact, Level, Region, Span

_BRACKETS = str.maketrans(dict.fromkeys("[【（［﹝(", "〔") | dict.fromkeys("]】）］﹞)", "〕"))
NUMBER = regex.compile(
    r"(?P<sign>[一-龥A-Za-z]{1,18}(?:（[一-龥]{1,6}）|〔[一-龥]{1,6}〕)?)\s*(?P<year>[〔\[【（［﹝]\s*(?:(?:19|20)\d\d|(?<=[〔\[【［﹝])\d\d)\s*[〕\]】）］﹞]\s*(?:年\s*)?)第?\s*\d{1,5}(?:\s*[-—－]\s*\d+)?\s*号"
)
_ORDER_NUMBER = regex.compile(
    r"(?P<organ>[一-龥、]{2,60}?)\s*(?:(?P<word>令|公告)\s*[〔（]?\s*(?P<year>(?:19|20)\d\d\s*年?)?\s*[〕）]?\s*第\s*(?P<number>[\d一二三四五六七八九十百零〇]+)\s*号"
    r"|第\s*(?P<number2>[\d一二三四五六七八九十百零〇]+)\s*号\s*(?:令|公告))"
)
_BEFORE_ORGAN = regex.compile(r"(?:[\s、，]|经|以|由|根据|《[^》]*》|[^，。]*(?:通过|审议|修订|修正)[，\s]*)*")
_LETTERHEAD_ORDER = regex.compile(
    r"^(?P<organ>[一-龥、\s]{2,60}?)\s*(?:令|公告)\s*(?:第\s*[\d一二三四五六七八九十百]+\s*号)?$"
)
_ORDER_WORD = regex.compile(r"(?:令|公告)(?:第[\d一二三四五六七八九十百]+号)?$")
_ORDER_LINE = regex.compile(r"^（?\s*(?:(?:19|20)\d\d\s*年?\s*)?第\s*[\d一二三四五六七八九十百零〇]+\s*号\s*）?$")
_FILE_NAME = regex.compile(r"^(?P<number>.+号)\.(?:docx?|pdf|wps|ofd)$")
_REGISTRATION = regex.compile(
    r"(?:统一登记号|统一编号|规范性文件(?:登记|统一)?编号|登记编号|登记号|备案号|备案编号|编号(?=[：:\s]*[A-Z]))\s*[：:]?\s*(?P<number>[A-Z]{2,10}[-—－]?(?:19|20)\d\d[-—－]\d+(?:[-—－]\d+)*号?|[一-龥A-Z]{2,10}[〔\[（](?:19|20)\d\d[〕\]）][-—]?\d+(?:[-—]\d+)*号?)"
    r"|^（?(?P<bare>[A-Z]{2,8}(?:GS|GF)?[-—－](?:19|20)\d\d[-—－]\d{1,5}(?:[-—－]\d+)*)）?$"
)
_PUBLICITY = regex.compile(
    r"（\s{0,3}(?:此件|本件)?\s{0,3}(?P<value>公\s*开\s*发\s*布|主动公开|依申请公开|不予公开|删减后公开)\s*）|(?:公开方式|公开属性|公开选项|信息公开选项)\s*[：:]\s*(?P<value2>主动公开|依申请公开|不予公开)|此件\s*(?P<value3>公开发布|主动公开|依申请公开|不予公开)"
)
SECRECY = regex.compile(r"(?:★\s?)?(?P<mark>绝\s?密|机\s?密|秘\s?密)\s{0,3}(?:[★☆].*|[（(].*)?$")
_URGENCY = regex.compile(r"(?P<mark>特\s?急|加\s?急|特\s?提|平\s?急)$")


@dataclass(frozen=True, slots=True)
class Order:
    """A promulgating order (令 or 公告) named in the head: organs, its number as written, where."""

    organs: tuple[str, ...]
    number: str
    span: Span
    organ_span: Span
    is_order: bool


class Identity:
    """Title, issuers, numbers, region, kind and act of one document."""

    def __init__(self, layout: Layout, outline: Outline) -> None:
        """Everything is read from the layout's parts; nothing is guessed from file names."""
        self.layout = layout
        self.outline = outline
        self.text = layout.text
        self.raw = layout.document.body
        self.order = self._order()
        self.title = tuple(self._title())
        self.numbers = tuple(self._numbers())
        self.issuers = tuple(self._issuers())
        self.region = self._region()

    # -- title

    def _title(self) -> Iterator[Fact]:
        outer, inner = self.layout.title, self.layout.inner_title
        order = bool(self.order and self.order.is_order)
        own = inner if (order and inner) or not outer else outer
        if not own and self.layout.preamble is not None:
            named = regex.compile(r"《([^》]+)》").search(
                self.text, self.layout.preamble.start, self.layout.preamble.end
            )
            if named and order:
                span = Span(named.start(1), named.end(1))
                yield Fact("title", _bare(span.of(self.raw)), span)
                return
        if not own and self.order is not None and order and not self.outline.articles():
            span = self.order.organ_span
            yield Fact("title", _bare(regex.sub(r"第.{1,8}号.*$", "", span.of(self.raw))), span)
            return
        for lines in (own, inner if own is outer else ()):
            if lines:
                span = Span(lines[0].span.start, lines[-1].span.end)
                yield Fact(
                    "title",
                    _bare("".join(line.span.of(self.raw) for line in lines)),
                    span,
                    detail={"inner": lines is not own} if lines is not own else {},
                )

    @property
    def forwards(self) -> bool:
        """Whether the title says 转发 or 批转."""
        return bool(regex.match(r"^[^《]{0,60}?(?:转发|批转)", self.title_text))

    @property
    def title_text(self) -> str:
        """The document's own title, normalised, or ""."""
        return str(self.title[0].value).replace("(", "（").replace(")", "）") if self.title else ""

    # -- numbers

    def _order(self) -> Order | None:
        head = [line for line in self.layout.head if not line.cell][:30]
        for position, line in enumerate(head):
            bare = line.bare
            if line in self.layout.title or ("《" in bare and not regex.search(r"令|公告第", bare)):
                continue
            if (
                regex.search(r"(?:19|20)?[\d〇一二三四五六七八九零○]{2,4}\s*年", line.text) and "（" in line.text[:2]
            ) or _has_verb(bare):
                found = self._order_in_note(line)
                if found:
                    return found
                continue
            found = self._letterhead(head, position)
            if found:
                return found
        return None

    def _letterhead(self, head: list[Line], position: int) -> Order | None:
        """An order's letterhead on up to three lines (organ, 令, 第N号 may each have its own)."""
        for count in (1, 2, 3):
            lines = head[position : position + count]
            last = _ORDER_WORD.search(lines[-1].bare) if len(lines) == count else None
            joined = "".join(line.bare for line in lines)
            match = _LETTERHEAD_ORDER.match(joined) if last else None
            if match is None or not (is_organ_line(match["organ"]) or "中华人民共和国" in joined):
                continue
            pieces = [_ORDER_WORD.sub("", line.bare) for line in lines]
            pieces = [piece for piece in pieces if piece]
            organs = pieces if len(pieces) > 1 and all(map(is_organ_line, pieces)) else split_joint(match["organ"])
            organ_span = Span(lines[0].span.start, lines[-1].span.end)
            is_order = "令" in joined[match.end("organ") :]
            if "号" in joined[match.end("organ") :]:
                return Order(tuple(organs), joined, organ_span, organ_span, is_order)
            after = head[position + count : position + count + 4]
            number = next((line for line in after if _ORDER_LINE.match(line.text)), None)
            if number is not None:
                return Order(tuple(organs), joined + number.bare.strip("（）"), number.span, organ_span, is_order)
            if is_order:
                return Order(tuple(organs), "", organ_span, organ_span, True)
        return None

    def _order_in_note(self, line: Line) -> Order | None:
        """The order named in a note below the title: （2014年12月19日环境保护部令第28号公布 自…起施行）; amendments come later."""
        text = line.text
        for match in _ORDER_NUMBER.finditer(text):
            start = match.start("organ")
            for day in Dates(text[: match.end("organ")]).mentions:
                start = max(start, day.span.end)
            cut = _BEFORE_ORGAN.match(text, start, match.end("organ"))
            start = cut.end() if cut else start
            before = text[: match.start()]
            if regex.search(r"根据|修正|修改|修订", before) and not regex.search(r"公布|发布|颁布", before):
                continue
            organs = tuple(split_joint(_bare(text[start : match.end("organ")])))
            is_order = match["word"] != "公告" and (match["word"] == "令" or match[0].rstrip().endswith("令"))
            number = _bare(text[start : match.end()])
            return Order(
                organs, number, line.place(start, match.end()), line.place(start, match.end("organ")), is_order
            )
        return None

    def _numbers(self) -> Iterator[Fact]:
        seen: set[str] = set()
        if self.order is not None and self.order.number:
            yield self._number_fact(self.order.number, self.order.span, order=True)
            seen.add(self.order.number)
        for line in self._number_lines():
            for match in NUMBER.finditer(line.text):
                if match.start() > 0 and regex.search(r"《[^》]*$|根据|按照|依据", line.text[: match.start()]):
                    continue
                span = line.place(*match.span())
                value = _normal_number(match[0])
                if value not in seen:
                    seen.add(value)
                    yield self._number_fact(value, span, order=False)
        if not seen:
            for line in self.layout.lines[-8:]:
                named = _FILE_NAME.match(line.text)
                whole = NUMBER.fullmatch(named["number"]) if named else None
                if whole:
                    span = line.place(0, whole.end())
                    yield self._number_fact(_normal_number(whole[0]), span, order=False)
                    return

    def _number_lines(self) -> Iterator[Line]:
        for line in self.layout.head:
            if line in self.layout.title:
                continue
            numbered = NUMBER.search(line.text)
            if numbered and (is_head_furniture(line) or (numbered.start() <= 1 and len(line.text) < 80)):
                yield line

    def _number_fact(self, value: str, span: Span, *, order: bool) -> Fact:
        return Fact("document_number", value, span, detail={"form": "order" if order else "document"})

    # -- issuers

    def _issuers(self) -> Iterator[Fact]:
        seen: set[str] = set()
        for name, span in self._issuer_names():
            if name in seen:
                continue
            seen.add(name)
            level, certain = level_of(name)
            detail: dict[str, object] = {"level": level}
            if not certain:
                detail["generic"] = True
            yield Fact("issuer", name, span, detail=detail)

    def _issuer_names(self) -> list[tuple[str, Span]]:
        signature = self.layout.signature
        title_organs = self._title_organs()
        if signature is not None and signature.lines:
            return self._signed_names(signature, title_organs)
        if self.order is not None:
            names = [self._full_name(name) for name in self.order.organs if name]
            return [(name, self._find(name, self.layout.lines_span(self.layout.head))) for name in names]
        if title_organs:
            return title_organs
        adopted = self._adopting_organ()
        if adopted:
            return [adopted]
        released = self._released()
        if released:
            return released
        for line in self.layout.head:
            day = self.layout.dates.within(line.span.start, line.span.end)
            own = self.text[line.span.start : day[0].span.start] if len(day) == 1 else line.text
            letterhead = regex.sub(r"(?:文件|公告|通告|纪要|会议纪要)$", "", _bare(own))
            if line not in self.layout.title and is_organ_line(letterhead):
                return [(name, self._find(name, line.span)) for name in split_joint(letterhead)]
        if self.layout.undated_signers:
            return [
                (name, self._find(name, line.span))
                for line in self.layout.undated_signers
                for name in split_joint(LABEL.sub("", line.bare))
            ]
        if signature is not None or not self.layout.title:
            return []
        return self._organ_before_date()

    def _signed_names(self, signature: Signature, title_organs: list[tuple[str, Span]]) -> list[tuple[str, Span]]:
        joined = "".join(LABEL.sub("", line.bare) for line in signature.lines)
        if len(signature.lines) > 1 and any(name == joined for name, _ in title_organs):
            return [(joined, Span(signature.lines[0].span.start, signature.lines[-1].span.end))]
        found: list[tuple[str, Span]] = []
        for line in signature.lines:
            text = LABEL.sub("", line.text)
            pieces = text.split()
            whole = [_bare(text)] if len(pieces) == 1 or not all(is_organ_line(piece) for piece in pieces) else pieces
            for piece in whole:
                found.extend((name, self._find(name, line.span)) for name in split_joint(piece))
        return found

    def _title_organs(self) -> list[tuple[str, Span]]:
        """Organs at the head of the title: 巫山县人民政府关于印发…"""
        if not self.layout.title:
            return []
        found: list[tuple[str, Span]] = []
        lines = 0
        for line in self.layout.title:
            verb = regex.search(r"关于|印发|转发|批转|对|发布《|公布《", line.text)
            part = line.text[: verb.start()] if verb else line.text
            organ = _bare(part)
            if organ and is_organ_line(organ):
                pieces = part.split()
                names = (
                    pieces if len(pieces) > 1 and all(is_organ_line(p) for p in pieces) else list(split_joint(organ))
                )
                area = line.place(0, len(part.rstrip()))
                found.extend((name, self._find(name, area)) for name in names)
                lines += 1 if len(names) == 1 else 0
            if verb or not organ or not is_organ_line(organ):
                break
        has_verb = regex.search(r"关于|印发|转发|批转|发布|公布|对", self.layout.title_text)
        if (
            has_verb
            and lines > 1
            and len(found) > 1
            and not any(region_of(name) or name.startswith(("国", "中")) for name, _ in found[1:])
        ):
            joined = "".join(name for name, _ in found)
            return [(joined, Span(found[0][1].start, found[-1][1].end))]
        alone = self.layout.title[-1].bare in ("通告", "公告", "命令", "布告", "决定", "通知")
        return found if has_verb or alone else []

    def _released(self) -> list[tuple[str, Span]]:
        """Organs of a document printed by the news agency: 近日，中共中央、国务院印发了《…》."""
        for line in self.layout.lines[:4]:
            match = regex.search(
                r"电\s*(?:近日，|日前，|[^，。]{0,12}，)?(?P<organs>[一-龥、]{2,30}?)(?:联合)?印发了?《", line.text
            )
            if match:
                area = line.place(*match.span("organs"))
                return [(name, self._find(name, area)) for name in _bare(match["organs"]).split("、")]
        return []

    def _adopting_organ(self) -> tuple[str, Span] | None:
        for line in self.layout.head:
            match = regex.search(
                r"[日\s　]([一-龥]{2,16}(?:第[一二三四五六七八九十]+届)?人民代表大会(?:常务委员会)?|中国共产党第[一-龥]{1,6}届中央委员会)第",
                line.text,
            )
            if match and "通过" in line.text:
                return _bare(match[1]), line.place(*match.span(1))
        return None

    def _organ_before_date(self) -> list[tuple[str, Span]]:
        """An organ named in the line with number and date: （大署办〔2010〕32号　大兴安岭地区行署办公室、…）."""
        for line in self.layout.head:
            number = NUMBER.search(line.text)
            if number is None or line in self.layout.title:
                continue
            rest = line.text[number.end() :].strip(" 　（）")
            names = split_joint(_bare(rest))
            if rest and all(is_organ_line(name) for name in names):
                return [(name, self._find(name, line.span)) for name in names]
        return []

    def _full_name(self, name: str) -> str:
        """省政府 → 青海省人民政府, when the head names the organ in full where it adopted the text."""
        if not regex.match(r"^(?:省|市|自治区|州|县|区)(?:人民)?政府$", name):
            return name
        for line in self.layout.head:
            match = regex.search(
                r"(?<=[日\s，])[一-龥]{2,12}?(?:省|市|自治区|州|县|区)人民政府(?=第|常务|全体)", line.text
            )
            if match:
                return _bare(match[0])
        return name

    def _find(self, name: str, area: Span) -> Span:
        pattern = regex.compile(r"\s*".join(map(regex.escape, name)))
        match = pattern.search(self.text, area.start, area.end)
        return Span(*match.span()) if match else area

    # -- region

    def _region(self) -> Region | None:
        number = str(self.numbers[0].value) if self.numbers else ""
        best: Region | None = None
        for issuer in self.issuers:
            region = region_of(str(issuer.value), number, self.text)
            if region is not None and (best is None or len(region.name) > len(best.name)):
                best = region
        if best is None or best.province is None:
            named = region_of(self.title_text) if self.title_text else None
            best = named if named is not None and named.province else best
        if best is not None and best.province is None:
            named_provinces = set(gazetteer().provinces.findall(self.text))
            if len(named_provinces) == 1:
                best = Region(named_provinces.pop(), best.city, best.county)
        national: set[Level] = {"ministry"}
        if (self.issuers and self.issuers[0].detail.get("level") in national) or any(
            i.value in ("国务院", "国务院办公厅") for i in self.issuers
        ):
            return None
        return best

    # -- marks and registration

    def marks(self) -> Iterator[Fact]:
        """Registration number, publicity mark (公开属性), marks of secrecy and urgency, addressees."""
        for line in self.layout.head:
            yield from self._head_marks(line)
        for match in _PUBLICITY.finditer(self.text):
            value = _bare(match["value"] or match["value2"] or match["value3"])
            public = value in ("公开发布", "主动公开", "删减后公开")
            yield Fact("publicity", "主动公开" if public else value, Span(*match.span()))
        if self.layout.head_end < len(self.layout.lines):
            line = self.layout.lines[self.layout.head_end]
            if line.text.endswith("：") and len(line.text) < 600:
                yield Fact("addressees", line.text.rstrip("： "), Span(line.span.start, line.span.end - 1))
        for line in self.layout.imprint:
            if regex.match(r"^抄\s*[送报]", line.text):
                yield Fact("distribution", line.text, line.span)
            elif "印" in line.text[-6:] and self.layout.dates.within(line.span.start, line.span.end):
                yield Fact("print_line", line.text, line.span)
        if self.layout.preamble is not None:
            yield Fact("preamble", self.layout.preamble.of(self.raw).strip(), self.layout.preamble)

    def _head_marks(self, line: Line) -> Iterator[Fact]:
        registration = _REGISTRATION.search(line.text)
        if registration:
            group = "number" if registration["number"] else "bare"
            yield Fact("registration_number", _bare(registration[group]), line.place(*registration.span(group)))
        for key, pattern in (("secrecy", SECRECY), ("urgency_mark", _URGENCY)):
            match = pattern.match(line.text)
            if match:
                yield Fact(key, _bare(match["mark"]), line.place(*match.span("mark")))


# ------------------------------------------------------------------ small things


def _bare(text: str) -> str:
    return "".join(text.split())


def _normal_number(written: str) -> str:
    """渝民发[2024]10号 → 渝民发〔2024〕10号."""
    bare = _bare(written)
    match = regex.search(r"[\[【（［﹝(〔]((?:19|20)?\d\d)[\]】）］﹞)〕]", bare)
    return bare[: match.start()] + f"〔{match[1]}〕" + bare[match.end() :] if match else bare


def _has_verb(bare: str) -> bool:
    return bare.startswith("（") and bool(regex.search(r"公布|发布|颁布|通过|印发|施行", bare))
