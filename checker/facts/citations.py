"""What a document cites: laws and documents by title, short name or bare name, and its own provisions.

Read here, not judged: whether a cited law exists or is in force is for the rules, which have the catalogue. One fact
`citations` for each place; `value` is the title as cited (a short name is replaced by what it stands for), for the
document's own provisions the words themselves. `detail`:

    form        "title" 《…》, "short" a defined short name, "bare" a law named without 《》, "internal" 本办法第三条 or
                第三条 alone, "relative" 前款, 前条, 本条第一款
    number      what stands in brackets behind the title with a number in it, else None
    version     the version that is named: "2021年修订", else None
    short       the short name that was written, else None
    provisions  [{"article", "paragraph", "item", "to"}]; a number or None; "to" is the last article of a range
    context     why the place is no ordinary reference: "repeal", "former", "history", "amend", "quoted", "annex"
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import Any

import regex

from checker.facts.dates import numeral
from checker.facts.record import Record, bare
from checker.model import Fact, Span

KnownLaw = Callable[[str], bool]
"""Whether a name is the title of a known law; names written without 《》 are taken for laws on its word alone."""

_N = r"[一二三四五六七八九十百千零〇○\d]{1,8}"
_ARTICLE = rf"第\s?(?P<article>{_N})\s?条(?:之[一二三四五六七八九十])?"
_PARAGRAPH = rf"第\s?(?P<paragraph>{_N})\s?款"
_ITEM = rf"第\s?（?\s?(?P<item>{_N})\s?）?(?P<items>(?:(?:、|和|至|到)\s?（?{_N}）?){{0,9}})\s?项"
_UNIT = regex.compile(rf"(?:{_ARTICLE}(?:\s?{_PARAGRAPH})?(?:\s?{_ITEM})?|{_PARAGRAPH}(?:\s?{_ITEM})?|{_ITEM})")
_PLAIN_UNIT = regex.sub(r"\(\?P<\w+>", "(?:", _UNIT.pattern)
_JOIN = r"\s?(?:、|，?以及|，?及|和|与|或者|或|至|到|—{1,2}|－|-|~|～)\s?"
_LIST = regex.compile(rf"{_PLAIN_UNIT}(?:{_JOIN}{_PLAIN_UNIT}|(?:至|到)\s?（?{_N}）?\s?[条款项])*+")
_RANGE = regex.compile(r"至|到|—|－|-|~|～")
_TITLE = regex.compile(r"《(?P<title>(?>[^《》]{1,160}|《[^《》]{1,120}》){1,6})》")
_NOTE = regex.compile(r"\s?（(?P<note>[^（）]{0,80}(?:（[^（）]{0,60}）[^（）]{0,60})*)）")
_NUMBERED = regex.compile(
    r"[〔\[【（]\s?(?:19|20)\d\d\s?[〕\]】）]\s?第?\s?\d+\s?号|令?\s?第?\s?\d+\s?号|GB\S{0,4}\s?[\d.]+|\S{0,6}/T\s?\d+"
)
_VERSION = regex.compile(r"(?:19|20)\d\d\s?年?(?:第[一二三四五六]次)?(?:修订|修正|修改|版)")
_SHORT = regex.compile(r"以下(?:统一)?(?:简称|统称|称)(?:为|：)?\s?[“\"《‘]{0,2}(?P<short>[^”\"》’，。；）]{2,30})")
_GENRE = regex.compile(
    r"(?:法|法典|条例|规定|办法|细则|规则|通则|决议|解释|批复|复函|规范|标准|准则|规程|方案|规划|纲要|制度|措施|宪法|章程|目录|名录"
    r"|指南|指引|要点|预案|公约|协定|议定书|框架协议|基准|守则|大纲|计划|政策|导则|清单（试行）|(?:规范|指南|标准|名录|导则)[一-龥]{1,8}类|(?:关于|印发|转发|的|指导|实施|若干).*(?:通知|公告|通告|意见|决定|函|请示|报告|通报|安排|命令|令|体系|清单|机制|建议|说明))"
    r"(?:（[^（）]*）)*$"
)
_ENACTS = regex.compile(r"(?:制定|拟订|起草|编制|修订形成|研究提出)了?(?:本|本市|我[市县区省局])?\s?$")
_ISSUES = regex.compile(r"印发|发布|公布|颁布|颁发|下发|征求|听取|送审|解读|说明")
_UNDOES = regex.compile(r"废止|修改|修订|修正|失效|停止|转发|批转|贯彻|实施《|执行《")
_TRIAL = regex.compile(r"（(?:试行|暂行|草案|征求意见稿|送审稿|修订草案|修订征求意见稿|修订稿|审议稿)）")
_BASES = r"依照|按照|根据|依据|违反|适用|遵守|符合|参照|执行|援引|触犯"
_CUED = regex.compile(rf"(?:{_BASES})(?:《[^《》]{{1,80}}》[、和及与或]{{1,2}})?(?P<names>[一-龥、]{{2,60}})")
_LAW_NAME = regex.compile(r"[一-龥]{1,28}?(?:法典|法|条例)(?=的?(?:有关|相关|等|规定|要求)|[、和及与或第]|$)")
_LAW_NOUN = regex.compile(r"(?:法|法典|条例|办法|规定|细则|规则)$")
_OWN = regex.compile(
    r"本(?:[一-龥]{0,4}(?:办法|规定|细则|条例|规则|意见|通知|决定|方案|制度|标准|章程|规程|准则|规范|指引|指南|基准|措施|公告|通告|程序|预案|计划|规划|目录)|法)\s?(?:中|的)?$"
)
_CARRIED = regex.compile(r"^[^。；]{0,80}(?:现(?:予|将|把|转发|印发|批转|下发|发布|公布)|(?:印|转|下)发给)")
"""What stands behind the title of the text that a notice carries: 《…》已经国务院同意，现转发给你们."""
_CARRIES = regex.compile(r"现(?:将|把)[一-龥、]{0,20}\s?$|^[一-龥、\s]{0,24}$")
_NOT_CARRIED = rf"{_BASES}|贯彻|落实"
_EARLIER = regex.compile(r"^[^《》。；]{0,60}(?:同时|即行|自行|予以)(?:废止|失效)")
_ITEM_CASE = regex.compile(r"^(?:所列|所指|所述|规定|中)?的?(?:情形|情况|行为|条件|规定|事项|材料)")
_CUT = regex.compile(rf"^.*(?:{_BASES}|[^一-龥]|由|除|对|将|属于|或者|以及|[、和及与或在是])(?=[一-龥])")
_RELATIVE = regex.compile(
    rf"(?<![目此提预以之空])(?:本条)?前[一二两三四]?款(?!项)(?:{_LIST.pattern})?"
    r"|(?<![目此提预以之空])前[一二两三四]?条(?![件例款])"
    rf"|本条(?=第)(?:{_LIST.pattern})"
)
_FORMER = regex.compile(r"(?:原|已经?(?:被)?废止的|已经?失效的|当时的|旧的?|曾|修[订改正]前的|此前的)\s?$")
_GONE = regex.compile(r"^\s?（(?:已|现已)?(?:废止|失效)|^(?:已经?|现已)?(?:被)?(?:废止|失效)")
_REPEALING = regex.compile(r"废止|失效|停止执行|停止使用|不再执行|不再适用|取代|代替|作废")
_AMENDING = regex.compile(r"修改|修订|修正|删去|增加一条|改为")
_AMENDED = regex.compile(r"^[^《》。；]{0,24}(?:修正|修订|修改)(?:）|$|\s)|^第[一二三四五六七八九]次修正")


class Citations:
    """All citations of one document, in order."""

    def __init__(self, record: Record, known: KnownLaw) -> None:
        """Reads the running text at once; linear in its length. The facts go into `record`."""
        self.record = record
        self.text = record.text
        self.known = known
        self.lists = {match.start(): match for match in record.scan(_LIST)}
        self.taken: list[Span] = []
        self.shorts: dict[str, list[tuple[int, str]]] = {}
        self.own = self._own_titles()
        self.repealed = sorted(fact.span.start for fact in record.facts if fact.key == "repeals")
        self.amending = bool(regex.search(r"关于修[改订正]", record.identity.title_text))
        self.titles = [Span(line.span.start, line.span.end) for line in record.layout.title]
        self.facts: list[Fact] = []
        self._by_title()
        self._by_provision()
        self._relative()
        self._by_name()
        record.facts.extend(sorted(self.facts, key=lambda fact: fact.span))

    # -- 《…》

    def _by_title(self) -> None:
        for match in self.record.scan(_TITLE):
            if self.taken and match.start() < self.taken[-1].end:  # 以下简称《条例》 defines a name and cites nothing
                continue
            title = bare(match["title"])
            number, version, stop, note_end = self._notes(match.end(), title)
            listed = self._list_at(max(stop, note_end))
            end = listed.end() if listed else stop
            self.taken.append(Span(match.start(), max(end, note_end)))
            if self._is_own(Span(match.start(), stop), title) or self._in_title(match.start()):
                continue
            law, short = self._full(title, match.start())
            if short is not None and _loose(law) in self.own:
                if listed:
                    self._add(None, Span(match.start(), end), "internal", listed)
                continue
            if short is None and number is None and listed is None and not _names_text(title):
                continue
            self._add(
                law,
                Span(match.start(), end),
                "short" if short else "title",
                listed,
                number=number,
                version=version,
                short=short,
            )

    def _notes(self, end: int, title: str) -> tuple[str | None, str | None, int, int]:
        """Number and version in the brackets behind a title, where the citation ends, where the brackets end."""
        number, found = None, _VERSION.search(title)
        version, stop, here = (bare(found[0]) if found else None), end, end
        for _ in range(3):
            match = _NOTE.match(self.text, here)
            if match is None:
                break
            here = match.end()
            note = match["note"]
            short = _SHORT.search(note)
            if short:
                self.shorts.setdefault(bare(short["short"]), []).append((here, title))
                note = note[: short.start()].rstrip("，、；： ")
            named = _VERSION.search(note)
            version = bare(named[0]) if named else version
            if _NUMBERED.search(note):
                number, stop = bare(note), here
            elif named:
                stop = here
            elif not short:
                here = match.start()
                break
        return number, version, stop, here

    def _full(self, title: str, offset: int) -> tuple[str, str | None]:
        """What a short name stands for at `offset`, and the short name; else the title itself."""
        for at, law in reversed(self.shorts.get(title, ())):
            if at <= offset and law != title:
                return law, title
        return title, None

    def _own_titles(self) -> frozenset[str]:
        """Titles that mean this document, or the text it issues."""
        title = self.record.identity.title_text
        if not title:
            return frozenset()
        own = {_loose(title)}
        if _ISSUES.search(title) and not _UNDOES.search(title):
            own |= {_loose(bare(match["title"])) for match in _TITLE.finditer(title)}
            issued = regex.search(r"(?:印发|发布|公布|颁布)(?P<title>[^《》]{4,60}?)的(?:通知|公告|通告|决定)", title)
            if issued:
                own.add(_loose(issued["title"]))
        return frozenset(own)

    def _is_own(self, span: Span, title: str) -> bool:
        """Whether the title at `span` means this document or the text it carries, not an earlier one of that name."""
        sentence = self._sentence(span.start)
        before, after = self.text[sentence.start : span.start], self.text[span.end : span.end + 90]
        if _loose(title) in self.own:
            return not _FORMER.search(before) and not _EARLIER.search(after)
        if _ENACTS.search(before):
            self.own |= {_loose(title)}
            return True
        return bool(_CARRIED.search(after) and _CARRIES.search(before) and not regex.search(_NOT_CARRIED, before))

    def _in_title(self, offset: int) -> bool:
        return any(span.start <= offset < span.end for span in self.titles)

    # -- 第…条 without 《》

    def _list_at(self, end: int) -> regex.Match[str] | None:
        for skip in (0, 1, 2):
            if end + skip in self.lists and self.text[end : end + skip].strip(" 　的中") == "":
                return self.lists[end + skip]
        return None

    def _by_provision(self) -> None:
        starts = [span.start for span in self.taken]
        for start, listed in self.lists.items():
            index = bisect_right(starts, start) - 1
            if index >= 0 and start < self.taken[index].end:
                continue
            self._provision(start, listed)

    def _provision(self, start: int, listed: regex.Match[str]) -> None:
        before = self.text[max(start - 40, 0) : start].rsplit("\n", 1)[-1]
        own = _OWN.search(before)
        if own:
            self._add(None, Span(start - len(before) + own.start(), listed.end()), "internal", listed)
            return
        run = regex.search(r"[一-龥]+(?=\s?$)", before)
        if run and _LAW_NOUN.search(run[0]):
            name_start = start - len(before) + run.start()
            name = self._named(run[0])
            if name is not None:
                short = self._full(name, start)
                begin = name_start + len(run[0]) - len(name)
                self._add(short[0], Span(begin, listed.end()), "short" if short[1] else "bare", listed, short=short[1])
            return
        if self._is_reference(start, listed, before):
            form = "relative" if not listed[0].lstrip().startswith("第") or "条" not in listed[0] else "internal"
            self._add(None, Span(start, listed.end()), form, listed)

    def _named(self, run: str) -> str | None:
        """The name of a law at the end of a run of characters: the longest known one, else what follows 依照 and its kin."""
        for start in range(len(run) - 1):
            name = run[start:]
            if name in self.shorts or self.known(name):
                return name
        cut = regex.sub(_CUT.pattern, "", run)
        if (
            cut != run
            and len(cut) >= 4
            and not regex.search(r"^(?:本|该|上述|前述|其他|有关|相关|国家|法律|上位)|法律|有关", cut)
        ):
            return cut
        return None

    def _is_reference(self, start: int, listed: regex.Match[str], before: str) -> bool:
        """Whether 第十五条 alone points at this document: not the heading of an article, not another law's."""
        following = self.text[listed.end() : listed.end() + 1]
        previous = before[-1:]
        if self.amending or not previous or previous in '“"。；：！　\t ' or following in " 　\n":
            return False
        if "条" not in listed[0]:
            if "款" not in listed[0]:
                return bool(_ITEM_CASE.search(self.text[listed.end() : listed.end() + 8]))
            return bool(regex.search(rf"(?:{_BASES}|除|有|本条|前条|按|依)\s?$", before))
        sentence = self.text[self._sentence(start).start : start]
        return "》" not in sentence and not regex.search(r"[法例]第|修改|改为|删", sentence)

    # -- 前款, and names without 《》 and without article

    def _relative(self) -> None:
        """前款, 前条, 本条第一款; an item that _by_provision read on its own (前款第一项) goes into them."""
        free = self._free(list(self.record.scan(_RELATIVE)))
        starts = [match.start() for match in free]
        kept = []
        for fact in self.facts:
            index = bisect_right(starts, fact.span.start) - 1
            if index < 0 or fact.span.start >= free[index].end():
                kept.append(fact)
        self.facts = kept
        for match in free:
            self._add(None, Span(*match.span()), "relative", _LIST.search(match[0]))

    def _free(self, matches: list[regex.Match[str]]) -> list[regex.Match[str]]:
        """The matches that do not begin inside something already read."""
        taken = sorted([*self.taken, *(fact.span for fact in self.facts)])
        starts = [span.start for span in taken]
        free = []
        for match in matches:
            index = bisect_right(starts, match.start()) - 1
            if index < 0 or match.start() >= taken[index].end:
                free.append(match)
        return free

    def _by_name(self) -> None:
        taken = sorted([*self.taken, *(fact.span for fact in self.facts)])
        ends = [span.start for span in taken]
        for cued in self.record.scan(_CUED):
            for match in _LAW_NAME.finditer(cued["names"]):
                name = match[0].lstrip("、和及与或")
                end = cued.start("names") + match.end()
                start = end - len(name)
                place = bisect_left(ends, start)
                covered = place < len(taken) and taken[place].start < end
                if not covered and self.known(name) and (len(name) > 2 or name in ("宪法", "刑法")):
                    self._add(name, Span(start, end), "bare", None)

    # -- facts

    def _add(
        self,
        law: str | None,
        span: Span,
        form: str,
        listed: regex.Match[str] | None,
        *,
        number: str | None = None,
        version: str | None = None,
        short: str | None = None,
    ) -> None:
        detail: dict[str, Any] = {
            "form": form,
            "number": number,
            "version": version,
            "short": short,
            "provisions": provisions(listed[0]) if listed else [],
            "context": list(self._context(span, form)),
        }
        value = law if law is not None else bare(span.of(self.text))
        clause = self.record.outline.clause_at(span.start)
        self.facts.append(Fact("citations", value, span, clause, (), detail))

    def _context(self, span: Span, form: str) -> Iterator[str]:
        if self.record.in_quotation(span.start):
            yield "quoted"
        if not any(part.start <= span.start < part.end for part in self.record.layout.own_parts):
            yield "annex"
        if form in ("internal", "relative"):
            return
        sentence = self._sentence(span.start)
        before, after = self.text[sentence.start : span.start], self.text[span.end : sentence.end]
        place = bisect_left(self.repealed, span.start)
        named = place < len(self.repealed) and self.repealed[place] < span.end
        if named or _REPEALING.search(before + "\n" + after):
            yield "repeal"
        if _FORMER.search(before) or _GONE.search(after):
            yield "former"
        if _AMENDED.search(after) or (
            self.record.layout.text[sentence.start : sentence.start + 1] == "（" and "次会议" in before
        ):
            yield "history"
        if self.amending or _AMENDING.search(before[-8:]):
            yield "amend"

    def _sentence(self, offset: int) -> Span:
        """The sentence around `offset`, at most 400 characters to either side."""
        low, high = max(offset - 400, 0), min(offset + 400, len(self.text))
        start = max(self.text.rfind(char, low, offset) for char in "。；！\n") + 1
        ends = [place for char in "。；！\n" if (place := self.text.find(char, offset, high)) >= 0]
        return Span(max(start, low), min(ends, default=high))


def provisions(words: str) -> list[dict[str, int | None]]:
    """第八条、第十条至第十二条第二款第（三）项 as numbers; a paragraph or item alone belongs to the article before it."""
    found: list[dict[str, int | None]] = []
    here = 0
    for match in _UNIT.finditer(words):
        joint = words[here : match.start()]
        unit = {name: numeral(match[name]) if match[name] else None for name in ("article", "paragraph", "item")}
        unit["to"] = None
        if found and unit["article"] is None:
            unit["article"] = found[-1]["article"]
            if unit["paragraph"] is None:
                unit["paragraph"] = found[-1]["paragraph"]
        if found and joint and _RANGE.search(joint) and unit["article"] and unit["article"] != found[-1]["article"]:
            found[-1]["to"] = unit["article"]
        else:
            found.append(unit)
        for words_of_item in regex.findall(_N, match["items"] or ""):
            found.append({**found[-1], "item": numeral(words_of_item), "to": None})
        here = match.end()
    tail = regex.search(rf"(?:至|到)\s?({_N})\s?条$", words[here:])
    if found and tail:
        found[-1]["to"] = numeral(tail[1])
    return found


def _names_text(title: str) -> bool:
    """Whether a title is that of a law or document, and not that of a form, a certificate or a record."""
    return bool(_GENRE.search(title)) and (len(title) > 3 or title.endswith(("法", "法典")))


def _loose(title: str) -> str:
    """A title as it is compared with the document's own: without （试行）, 中华人民共和国 and inner brackets."""
    return regex.sub(r"[《》〈〉]", "", _TRIAL.sub("", title)).removeprefix("中华人民共和国")
