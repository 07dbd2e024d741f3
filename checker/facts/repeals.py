"""What a document repeals: 同时废止, 予以废止, 停止执行, with the titles, numbers and dates it names."""

from __future__ import annotations

from bisect import bisect_left

import regex

from checker.facts.record import Record, bare
from checker.model import Span

_REPEAL = regex.compile(
    r"(?:(?:同时|即行|一并|一律|均|自行|相应|予以|现予|现行|自动|立即)\s{0,3})?(?:废止|停止执行|停止使用|不再执行|终止执行|失效|宣布失效|作废)"
)
_FORWARD = regex.compile(r"(?!、)\s{0,3}(?:了)?\s{0,3}(?!、)(?:由|原)?[^《》，。；：]{0,30}《")
_DECIDES = regex.compile(r"(?:决定|同时|一并|现|予以|起，?)\s*$|决定[^。；]{0,30}$")
_LIST_LEAD = regex.compile(
    r"(?:废止|失效|停止执行|撤销)(?:下列|以下|如下)?[^。；：]{0,40}(?:文件|规定|规章|通知|如下)[^。；：]{0,10}(?:（[^）]*）)?\s*："
)
_LISTED = regex.compile(
    r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d{1,3}\s*[.．、])\s*(?P<title>[^《》。；：]{4,90}?(?:通知|办法|规定|细则|意见|决定|方案|公告|通告|函|规则|标准|制度)(?:（(?:试行|暂行|修订)）)?)\s*(?P<note>（[^（）]*(?:（[^（）]*）[^（）]*)*）)?[。；]?$"
)
_BREAKS = regex.compile(
    r"[。；]|(?:根据|按照|依据)(?=[^，。]{0,4}$)|本(?:办法|规定|细则|意见|通知)(?!发布|公布|施行|实施)"
)
_JOINS = regex.compile(
    r"^(?:\s|（[^）]*）|[、和及与以，]|以及|[^《》，。]{0,40}(?:公布|发布|印发|颁布|制定|下发|施行|实施|修改|修订|修正)(?:的|、)?|原|自|从|同时|[^《》，。]{0,34}$)*[^《》。]{0,40}$"
)
_ANNEX = regex.compile(r"(?:废止|失效|停止执行)(?:的)?[^。，]{0,20}(?:目录|清单|文件|一览表)")
_ANNEX_END = regex.compile(r"^附件|继续有效|保留|修改|拟修订|有效的")
_ANNEXED = regex.compile(
    r"(?:\d{1,3}\s*[.．、]\s*)?《?(?P<title>[^《》，。；：]*(?:《[^》]*》[^《》，。；：]*)?(?:的通知|的决定|的意见|的公告|的通告|的函|办法|规定|细则)(?:（(?:试行|暂行|修订)）)?)》?$"
)
_NOT_NOW = regex.compile(r"(?:已|被|应当|应|及时|责令|要求|命令|可|予以修改或者|修改或者|可以|建议|需要|或者|拟)\s?$")
_REACH = 2000
"""Characters before 废止 in which the titles that it governs are looked for."""

_CITED = regex.compile(
    r"《(?P<title>(?>[^《》]{1,160}|《[^《》]{1,120}》){1,6})》\s*(?P<note>（[^（）]*(?:（[^（）]*）[^（）]*)*）)?"
)
_NUMBER_IN_NOTE = regex.compile(
    r"[一-龥A-Za-z]{1,20}(?:（[一-龥]{1,6}）)?[〔\[【（［]\s*(?:19|20)\d\d\s*[〕\]】）］]\s*第?\s*\d+\s*号|[一-龥]{2,30}?(?:令|公告)\s*(?:(?:19|20)\d\d\s*年)?\s*第?\s*\d+\s*号(?:令)?|第\s*\d+\s*号令?|[一-龥]{0,10}\d+号令?"
)


class Repeals:
    """The documents that this document itself repeals."""

    def __init__(self, record: Record) -> None:
        """Reads at once; the facts go into `record`."""
        self.record = record
        self.layout = record.layout
        self.outline = record.outline
        self.identity = record.identity
        self.text = record.text
        self._done: set[int] = set()
        self._repeals()

    def _repeals(self) -> None:
        if self.record.repeals:
            for part in self.layout.own_parts:
                self._repealed_in(part, own=True)
                self._listed(part)
            self._annexed()
            self._repealed_in_title()
            return
        if self.record.forwards:
            return
        for part in self.layout.own_parts:
            self._repealed_in(part, own=False)

    def _repealed_in_title(self) -> None:
        if self.record.first("repeals") is None and self.identity.title:
            span = self.identity.title[0].span
            for cited in _CITED.finditer(self.text, span.start, span.end):
                self.record.add(
                    "repeals", self._words(cited), Span(cited.start("title"), cited.end("title")), certain=True
                )

    def _listed(self, part: Span) -> None:
        """决定废止下列文件： and the titles of the lines that follow, one a line."""
        lead = _LIST_LEAD.search(self.text, part.start, part.end)
        if lead is None:
            return
        for line in self.layout.lines:
            if not lead.end() <= line.span.start < part.end:
                continue
            cited = _CITED.search(self.text, line.span.start, min(line.span.start + 40, line.span.end))
            cited = (
                _CITED.search(self.text, cited.start(), line.span.end)
                if cited
                else _LISTED.match(self.text, line.span.start, line.span.end)
            )
            if cited is not None:
                self._repealed(cited, line.span.start)

    def _annexed(self) -> None:
        """The annex 废止的…目录 of a repeal: titles in a list or in the cells of a table, each followed by its number."""
        lines = self.layout.lines
        after = self.layout.signature.line.index + 1 if self.layout.signature else len(lines)
        heads = [n for n in range(after, len(lines)) if _ANNEX.search(lines[n].bare) and len(lines[n].bare) < 40]
        for position in range(heads[0] + 1 if heads else len(lines), len(lines)):
            line = lines[position]
            if _ANNEX_END.search(line.bare) and len(line.bare) < 40:
                return
            title = _ANNEXED.match(line.text.strip())
            if title is None:
                continue
            following = lines[position + 1].bare if position + 1 < len(lines) else ""
            number = _NUMBER_IN_NOTE.fullmatch(following)
            self.record.add(
                "repeals",
                self.record.words(line.at(title.start("title")), line.at(title.end("title"))),
                line.place(*title.span("title")),
                number=following if number else None,
                date=None,
                certain=True,
            )

    def _repealed_after(self, start: int, end: int) -> None:
        """废止《A》（…号）和原…局《B》（…号）: the titles that follow the verb, joined by 、和及."""
        stop = min((i for i in (self.text.find(c, start, end) for c in "。；\n") if i >= 0), default=end)
        floor = start
        for item in _CITED.finditer(self.text, start, stop):
            if floor > start and not regex.match(
                r"^\s*(?:[、和及与，]|以及)?[^《。；]{0,40}$", self.text[floor : item.start()]
            ):
                return
            self._repealed(item, floor)
            floor = item.end()

    def _repealed(self, item: regex.Match[str], floor: int) -> None:
        preamble = self.layout.preamble  # names what is promulgated, be it called 关于废止…的决定
        if item.start() in self._done or (preamble is not None and preamble.start <= item.start() < preamble.end):
            return
        self._done.add(item.start())
        number = _NUMBER_IN_NOTE.search(item["note"] or "")
        before = _NUMBER_IN_NOTE.search(self.text, floor, item.start()) if number is None else None
        found = number or before
        written = regex.sub(r"^(?:.*日|年|月)(?=[一-龥])", "", bare(found[0])) if found else None
        published = self.layout.dates.within(floor, item.end())
        day = published[-1].day if published else None
        self.record.add(
            "repeals",
            self._words(item),
            Span(item.start("title"), item.end("title")),
            number=written,
            date=day.isoformat() if day else None,
            certain=True,
        )

    def _repealed_in(self, part: Span, *, own: bool) -> None:
        cited = list(self.record.scan(_CITED, part.start, part.end))
        starts = [item.start() for item in cited]
        for match in self.record.scan(_REPEAL, part.start, part.end):
            if self.record.in_quotation(match.start()) or self._in_amended_text(match.start()):
                continue
            if _FORWARD.match(self.text, match.end(), match.end() + 40):
                if own or _DECIDES.search(self.text, max(match.start() - 40, part.start), match.start()):
                    self._repealed_after(match.end(), min(part.end, match.end() + 1500))
                continue
            last = bisect_left(starts, match.start())
            if last == 0:
                continue
            start = max(self.record.sentence(match.start()).start, match.start() - _REACH)
            if cited[last - 1].start() < start or self._speaks_of_others(start, match.start(), own=own):
                continue
            for index in self._repeal_chain(cited, last - 1, match.start(), start):
                item = cited[index]
                self._repealed(item, max(item.start() - 40, start, cited[index - 1].end() if index else start))

    def _in_amended_text(self, offset: int) -> bool:
        """Behind a decision that amends stands the amended text: its articles repeal nothing for the decision."""
        clause = self.outline.clause_at(offset) or ""
        amends = regex.search(r"(?:修改|修正|修订)[^。]*决定$", self.identity.title_text)
        return bool(amends) and clause.startswith("第") and "条" in clause

    def _speaks_of_others(self, start: int, verb: int, *, own: bool) -> bool:
        """Whether the words before 废止 make it a past, a duty or a part: 已废止的, 应当及时废止, 第三条的规定废止."""
        before = self.text[max(start, verb - 60) : verb]
        return bool(
            (not own and _NOT_NOW.search(before))
            or (not own and regex.search(r"(?:适用|依照|按照|根据|执行)[^，。]{0,30}$", before[-10:]))
            or regex.search(r"(?:中|的)(?:有关|相关|第)[^，。；]{0,20}(?:规定|条|内容|条款)\s?(?:的)?$", before)
        )

    def _words(self, cited: regex.Match[str]) -> str:
        return self.record.words(cited.start("title"), cited.end("title"))

    def _repeal_chain(self, cited: list[regex.Match[str]], last: int, verb: int, start: int) -> list[int]:
        """Indexes of the titles that the verb governs: those joined by 、和及 right before it, not the ones a clause back."""
        chain: list[int] = []
        stop = verb
        for index in range(last, -1, -1):
            item = cited[index]
            if item.start() < start:
                break
            between = self.text[item.end() : stop]
            if len(between) > 120 or _BREAKS.search(between) or (chain and not _JOINS.match(between)):
                break
            # 《通知》（…号）中的《规范》: the container is named only to find what stands in it
            if not (chain and "中的" in between):
                chain.insert(0, index)
            stop = item.start()
            if item.start() in self._done:
                break
        first = cited[chain[0]].start() if chain else start
        ground = regex.search(r"(?:根据|按照|依据|违反|适用)\s?$", self.text[max(first - 6, start) : first])
        return [] if ground else chain
