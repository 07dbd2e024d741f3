"""Public comment windows: 自…至…, 请于…前反馈, 公告之日起7个工作日, with the year left out or not."""

from __future__ import annotations

from datetime import date, timedelta

import regex

from checker.facts.dates import DateMention, numeral
from checker.facts.record import Marked, Record, mark
from checker.model import Fact, Span

_COMMENT_WORDS = regex.compile(r"意见|建议|反馈|公示|征求|征集|提出")
_RANGE = regex.compile(
    r"\ue000(?P<a>\d{3})\ue001\s*(?:[（(][^）)]{0,12}[）)])?\s*(?:起)?\s*，?\s*(?:至|到|—+|－+|-+|–|~|～)\s*(?:\ue000(?P<b>\d{3})\ue001|(?P<m>1[0-2]|0?[1-9])\s*月\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*[日号]|(?P<only>3[01]|[12]\d|0?[1-9])\s*[日号])"
)
_SHORT_RANGE = regex.compile(
    r"(?<![年\d])(?P<m>1[0-2]|0?[1-9])\s?月\s?(?P<d>3[01]|[12]\d|0?[1-9])\s?[日号]\s?(?:起)?\s?(?:至|到|—+|－+|-+|–|~|～)\s?"
    r"(?:(?P<m2>1[0-2]|0?[1-9])\s?月\s?)?(?P<d2>3[01]|[12]\d|0?[1-9])\s?[日号]"
)
_YEAR = regex.compile(r"((?:19|20)\d\d)\s*年")
_HISTORY = regex.compile(r"曾|已于|前期|首次|第一次|第一轮|上一轮|上次|原定")
_EXTENDED = regex.compile(r"(?:延长|延期|顺延|延至|改为|调整为|变更为|改至)\s*(?:到|至)?\s*\ue000(?P<n>\d{3})\ue001")
_DEADLINE = regex.compile(
    r"(?:截止|截至|止于)(?:时间|日期|日)?\s*(?:为|是|：|到|至|于)*\s*(?:\ue000(?P<n>\d{3})\ue001|(?P<m>1[0-2]|0?[1-9])\s*月\s*(?P<d>3[01]|[12]\d|0?[1-9])\s*[日号])"
    r"|(?:请)?(?:务必)?(?:于|在|到|至|截止|自[^。]{0,20}至)\s*(?:\ue000(?P<n2>\d{3})\ue001|(?P<m2>1[0-2]|0?[1-9])\s*月\s*(?P<d2>3[01]|[12]\d|0?[1-9])\s*[日号])\s*(?:\d{1,2}\s*[：时点]\S{0,4})?\s*(?P<before>之?前|止|以前|结束|前止|截止)"
    r"|(?:\ue000(?P<n3>\d{3})\ue001|(?P<m3>1[0-2]|0?[1-9])\s*月\s*(?P<d3>3[01]|[12]\d|0?[1-9])\s*[日号])\s*(?P<before3>之?前|以前)\s*[^。；]{0,60}(?:意见|反馈|建议|寄|发送|邮件|提出|回复)"
)
_DURATION = regex.compile(
    r"(?:自?\s*(?P<event>公告|公示|公布|发布|通知|本公告|本通告|登报|见报)\s*(?:发布|公布|刊登|发出)?\s*之日起\s*(?:的)?|(?:期限|时间|时限|期间|公示期|征求意见期)\s*(?:为|是|：|共)*\s*(?:自?\s*(?:公告|公示|公布|发布)\s*之日起\s*)?|为期\s*|时间为\s*)\s*(?P<n>\d{1,3}|[一二三四五六七八九十]{1,3})\s*个?\s*(?P<unit>工作日|日|天|自然日|个?月)"
)

_HEARING = regex.compile(
    r"(?:听证会?(?:的)?(?:举行|召开)?|举行|召开|会议|(?<![一-龥]))\s*(?:时间|日期)(?:和地点|、地点)?\s*(?:为|是|：|定于)*\s*\ue000(?P<a>\d{3})\ue001"
    r"|(?:定于|拟于|将于|于)\s*\ue000(?P<b>\d{3})\ue001[^。；]{0,60}(?:举行|召开|组织|开展)[^。；]{0,60}听证"
)


class Comments:
    """The window in which the public may comment, as the text states it."""

    def __init__(self, record: Record) -> None:
        """Reads at once; the facts go into `record`."""
        self.record = record
        self.layout = record.layout
        self.outline = record.outline
        self.identity = record.identity
        self.text = record.text
        self._comment_window()
        self._hearing()
        if record.kind == "comment_notice":
            self._derive_window()

    def _comment_window(self) -> None:
        part = Span(self.layout.lines[0].span.start, len(self.text)) if self.layout.lines else Span(0, 0)
        marked = mark(self.layout, part.start, part.end)
        notice = self.record.kind == "comment_notice"
        base = self.record.first("published") or self.record.first("issued")
        year = base.value.year if base is not None and isinstance(base.value, date) else None
        for match in self.record.scan(_RANGE, text=marked.text):
            span = marked.span(match.start(), match.end())
            if _HISTORY.search(self.text, self.record.sentence(span.start).start, span.end + 12):
                continue
            if self._about_comments(span, notice=notice):
                first = marked.mentions[int(match["a"])]
                last = self._range_end(match, marked, first)
                if last is not None:
                    self.record.date("comment_start", first, span)
                    self.record.date("comment_end", last, span)
                    break
        if self.record.first("comment_end") is None:
            self._short_range(part, base, notice=notice)
        self._extended(marked)
        if self.record.first("comment_end") is None:
            self._deadline(marked, year, notice=notice)
        for match in self.record.scan(_DURATION, text=marked.text):
            span = marked.span(match.start(), match.end())
            if self._about_comments(span, notice=notice):
                self._stated_duration(match, span)
                break

    def _short_range(self, part: Span, base: Fact | None, *, notice: bool) -> None:
        """12月20日至1月19日: the year of the last full date before it, else of the notice; the end never before the start."""
        for match in self.record.scan(_SHORT_RANGE, part.start, part.end):
            span = Span(*match.span())
            paragraph = self.text.rfind("\n", 0, span.start) + 1
            years = _YEAR.findall(self.text, paragraph, span.start)
            own_year = base.value.year if base is not None and isinstance(base.value, date) else None
            year = int(years[-1]) if years else own_year
            if year is None or not self._about_comments(span, notice=notice):
                continue
            try:
                first = date(year, int(match["m"]), int(match["d"]))
                month = int(match["m2"] or match["m"])
                last = date(first.year + (month < first.month), month, int(match["d2"]))
            except ValueError:
                continue
            for key, day in (("comment_start", first), ("comment_end", last)):
                self.record.date(key, DateMention(span, span.of(self.text), day, year_given=False), span)
            return

    def _extended(self, marked: Marked) -> None:
        """…延长至X: a notice that extends the window; the last deadline counts."""
        for match in self.record.scan(_EXTENDED, text=marked.text):
            span = marked.span(match.start(), match.end())
            if self._about_comments(span, notice=True):
                self.record.facts = [fact for fact in self.record.facts if fact.key != "comment_end"]
                self.record.date("comment_end", marked.mentions[int(match["n"])], span, extended=True)
                return

    def _range_end(self, match: regex.Match[str], marked: Marked, first: DateMention) -> DateMention | None:
        if match["b"]:
            return marked.mentions[int(match["b"])]
        if first.day is None:
            return None
        month = int(match["m"]) if match["m"] else first.day.month
        number = int(match["d"] or match["only"])
        span = marked.span(match.start("m") if match["m"] else match.start("only"), match.end())
        year = first.day.year + (1 if month < first.day.month else 0)
        try:
            return DateMention(span, span.of(self.text), date(year, month, number), year_given=False)
        except ValueError:
            return DateMention(span, span.of(self.text), None, year_given=False)

    def _deadline(self, marked: Marked, year: int | None, *, notice: bool) -> None:
        for match in self.record.scan(_DEADLINE, text=marked.text):
            span = marked.span(match.start(), match.end())
            if not self._about_comments(span, notice=notice):
                continue
            token = match["n"] or match["n2"] or match["n3"]
            if token:
                mention = marked.mentions[int(token)]
            elif year is not None:
                month, number = (
                    int(match["m"] or match["m2"] or match["m3"]),
                    int(match["d"] or match["d2"] or match["d3"]),
                )
                base = self.record.first("published") or self.record.first("issued")
                after = base.value if base is not None and isinstance(base.value, date) else date(year, 1, 1)
                mention = _next_day(after, month, number, span, self.text)
            else:
                continue
            quote = Span(span.start, span.start + len(span.of(self.text).rstrip()))
            self.record.date(
                "comment_end",
                mention,
                quote,
                before="前" in (match["before"] or match["before3"] or "") and "止" not in (match["before"] or ""),
            )
            return

    def _stated_duration(self, match: regex.Match[str], span: Span) -> None:
        number = numeral(match["n"])
        unit = "working_day" if match["unit"] == "工作日" else "day"
        if "月" in match["unit"]:
            return
        self.record.add("comment_stated", number, span, unit=unit, relative=bool(match["event"]))

    def _about_comments(self, span: Span, *, notice: bool) -> bool:
        sentence = self.record.sentence(span.start)
        above = max(sentence.start, span.start - 80)
        if notice and span.start - sentence.start < 8:
            above = max(self.text.rfind("\n", 0, max(sentence.start - 1, 0)), sentence.start - 60, 0)
        near = self.text[above : min(sentence.end + 1, span.end + 80)]
        if notice:
            return bool(_COMMENT_WORDS.search(near)) or bool(regex.search(r"期限|截止|截至|时间", near))
        return bool(regex.search(r"(?:公开)?征求[^。；]{0,40}意见|公开征求|公示|征集", near))

    def _hearing(self) -> None:
        """The day of a hearing that the notice announces: 听证会时间：…, 定于…召开听证会."""
        if "听证" not in self.identity.title_text:
            return
        start, end = self.layout.lines[0].span.start, len(self.text)
        marked = mark(self.layout, start, end)
        for match in self.record.scan(_HEARING, text=marked.text):
            token = match["a"] or match["b"]
            self.record.date("hearing", marked.mentions[int(token)])
            return

    def _derive_window(self) -> None:
        start, end, stated = (
            self.record.first("comment_start"),
            self.record.first("comment_end"),
            self.record.first("comment_stated"),
        )
        base = self.record.first("published") or self.record.first("issued")
        extended = end is not None and bool(end.detail.get("extended"))
        if start is None and not extended and base is not None and isinstance(base.value, date):
            self.record.add("comment_start", base.value, base.span, derived=(base.key,))
            start = self.record.first("comment_start")
        if (
            end is None
            and stated is not None
            and start is not None
            and isinstance(start.value, date)
            and stated.detail["unit"] == "day"
        ):
            self.record.add(
                "comment_end",
                start.value + timedelta(days=int(str(stated.value))),
                stated.span,
                derived=("comment_start", "comment_stated"),
            )


def _next_day(after: date, month: int, day: int, span: Span, text: str) -> DateMention:
    """The first such day not before `after` (a deadline without a year lies ahead of its notice)."""
    for year in (after.year, after.year + 1):
        try:
            value = date(year, month, day)
        except ValueError:
            return DateMention(span, span.of(text), None, year_given=False)
        if value >= after:
            return DateMention(span, span.of(text), value, year_given=False)
    return DateMention(span, span.of(text), None, year_given=False)
