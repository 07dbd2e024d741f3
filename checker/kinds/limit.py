"""Kind `limit`: a penalty, surcharge or charge for which the sentence cites an article does not go beyond that article.

With the full text at hand (`Reference.laws`) kinds, amounts, lengths of time and the conditions under which the law knows a
penalty (an order not followed, a grave case) are compared, and what differs is a suspicion that shows both sides. Without it
nothing is accused: the outcome names the article to look up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import regex

from checker.facts.dates import numeral
from checker.facts.norms import Sentence, analyse
from checker.facts.norms.reading import reading_of
from checker.facts.norms.sanctions import Range, Sort, kinds, ranges, terms, told
from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, cite
from checker.model import Evidence, LawArticle, Severity

_N = r"[一二三四五六七八九十百千零〇\d]{1,7}"
_PARAGRAPH = rf"第{_N}款(?:第（?{_N}）?项)?"
_ARTICLE = rf"第{_N}条(?:之[一二三四五六七八九十])?(?:{_PARAGRAPH}(?:[、和及]{_PARAGRAPH})*|第（?{_N}）?项)?"
_CITED = regex.compile(
    r"(?:依照|按照|依据|根据|适用|参照|执行|援引|按)(?![是为系：])[^《。；，]{0,12}"
    rf"(?P<laws>《[^《》]{{2,60}}》(?:（[^（）]{{1,30}}）)?{_ARTICLE}(?:(?:、|和|及|或者|或|至|到)(?:《[^《》]{{2,60}}》(?:（[^（）]{{1,30}}）)?)?{_ARTICLE})*)"
)
_AGAIN = regex.compile(
    rf"(?:依照|按照|依据|根据|适用|按)(?:(?P<law>[同该](?:法|条例|办法|规定|细则))第(?P<article>{_N}条(?:之[一二三四五六七八九十])?)|[同该]条)"
    rf"(?:第(?P<paragraph>{_N})款)?"
)
"""依照同条第二款, 依照该法第八条: another paragraph or article of the law cited last."""
_FAULT = regex.compile(r"(?:违反|未按照?|不按照?|不符合)[^，。；《]{0,6}$")
_TITLE_OR_ARTICLE = regex.compile(
    rf"《(?P<title>[^《》]{{2,60}})》|(?P<join>至|到)?第(?P<article>{_N}条(?:之[一二三四五六七八九十])?)(?:第(?P<paragraph>{_N})款(?!(?:第（?{_N}）?项)?[、和及]第{_N}款))?"
)
_REFERS_ON = regex.compile(
    r"(?:依照|按照|依据|根据|适用)[^，。；]{0,30}(?:规定)?(?:给予|予以|进行|实施)?(?:处罚|处理|处以)|给予(?:行政)?处罚|依法(?:给予|予以)?[^，。；]{0,6}处罚"
)
_SPACE = regex.compile(r"\s+")
_NOUNS: Mapping[Sort, str] = {
    "fine": "罚款",
    "surcharge": "加处罚款、滞纳金",
    "charge": "收费、保证金",
    "suspension": "暂扣期限",
    "stoppage": "停产停业期限",
    "ban": "限制期限",
    "detention": "拘留期限",
}
_GRAVE = regex.compile(
    r"情节(?:特别)?严重|严重后果|后果严重|重大(?:事故|损失|影响)|再次|屡次|多次|[二两三2-5]次以上|逾期|拒不|仍[不未]|(?:未|不)改正"
)
"""Words for the graver cases to which laws keep their harder penalties."""
_HARD = ("暂扣许可证件", "吊销许可证件", "降低资质等级", "责令停产停业", "责令关闭", "限制从业", "行政拘留")
_MOST = 12
"""Most notes of articles to look up in one outcome."""


@dataclass(frozen=True, slots=True)
class _Cited:
    """What one citation carries: its articles, and the sentence from `start` to `end` that rests on them."""

    articles: tuple[tuple[str, str, int | None], ...]
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class _Difference:
    """One difference: what it is about, both sides in words, and the words of the sentence it stands in."""

    what: str
    stated: str
    allowed: str
    severity: Severity | None = None


def judge(matter: Matter) -> Verdict:
    """Violated (suspected) where the sentence goes beyond the article; a note where an article has to be looked up."""
    outside = base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    reading = reading_of(matter.case.document)
    outline, sheet = reading.outline, reading.sheet
    faults: list[Fault] = []
    wanting: dict[str, Evidence] = {}
    compared = 0
    for sentence in sheet.sentences:
        if "》" not in sentence.text or not any(cue in sentence.text for cue in matter.params["cues"]):
            continue
        for cited in _citations(sentence.text):
            stated = _stated(sentence, cited, matter.params["about"])
            if stated is None:
                continue
            span = sentence.place(max(cited.start, sentence.lead), cited.end)
            evidence = cite(matter.case.document, span, outline.clause_at(span.start))
            texts = [(name, _text(matter, article), article) for name, article in _named(cited)]
            missing = [name for name, text, _ in texts if not text]
            if missing:
                wanting.setdefault("、".join(missing), evidence)
                continue
            compared += 1
            law = "\n".join(text for _, text, _ in texts)
            differences = _differences(stated, law, matter.params["about"])
            faults.extend(_fault(difference, texts[0][0], evidence) for difference in differences)
    return _verdict(
        matter, faults, wanting, f"对照了{compared}处所引条文，没有发现超出。" if compared else reading.screened
    )


def _verdict(matter: Matter, faults: Sequence[Fault], wanting: Mapping[str, Evidence], clean: str) -> Verdict:
    notes = tuple(
        f"{item.clause or '正文'}“{_short(item.quote)}”引用了{name}，请对照该条核对种类、数额和条件。"
        for name, item in list(wanting.items())[:_MOST]
    )
    if faults:
        marks = tuple(item for fault in faults[:5] for item in fault.evidence)
        return Verdict("violated", "", tuple(faults), evidence=marks, notes=notes, certainty="suspected")
    if wanting:  # a note on what to look up; that nobody compared it is no reason to leave the whole requirement open
        where = "没有法规库" if matter.reference.laws is None else "法规库里没有当日有效的文本"
        said = f"{clean}{where}，有{len(wanting)}处所引条文没有对照；用 normcheck laws import 导入法规全文后可以对照。"
        return Verdict("met", said, notes=notes, evidence=tuple(wanting.values())[:5], certainty="screened")
    return Verdict("met", clean, certainty="screened")


def _short(quote: str) -> str:
    words = _SPACE.sub("", quote)
    return words if len(words) <= 60 else words[:59] + "…"


# ------------------------------------------------------------------ what the sentence says


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a document states on the strength of a citation."""

    ranges: tuple[Range, ...]
    kinds: Mapping[str, str]
    text: str


def _citations(text: str) -> Iterator[_Cited]:
    """依照《…》第八条…: each with the words that rest on it, up to the next citation or to where its scope ends."""
    found = [match for match in _CITED.finditer(text) if _FAULT.search(text, 0, match.start()) is None]
    if not found:
        return
    norm = analyse(text)
    for index, match in enumerate(found):
        inside = [
            scope for scope in norm.scopes if scope.tag in ("NEG", "QUOTE", "DEF") and scope.start <= match.start()
        ]
        if any(scope.end > match.end() for scope in inside):
            continue
        reach = [
            scope.end for scope in norm.scopes if scope.tag == "APPLY" and scope.start <= match.start() < scope.end
        ]
        following = found[index + 1].start() if index + 1 < len(found) else len(text)
        again = list(_AGAIN.finditer(text, match.end(), following))
        ends = [*(other.start() for other in again), following]
        end = min(max(reach, default=len(text)), ends[0])
        articles = _articles(match["laws"])
        yield _Cited(articles, match.start(), max(end, match.end()), match[0])
        for other, until in zip(again, ends[1:], strict=True):
            title, number, _ = articles[-1]
            paragraph = numeral(other["paragraph"]) if other["paragraph"] else None
            articles = ((title, f"第{other['article']}" if other["article"] else number, paragraph),)
            yield _Cited(articles, other.start(), min(until, _part_end(text, other.end())), other[0])


def _part_end(text: str, at: int) -> int:
    """Where the part of the sentence ends that holds a place: at ； or 。."""
    stop = regex.search(r"[；。]", text, pos=at)
    return stop.start() if stop is not None else len(text)


def _articles(words: str) -> tuple[tuple[str, str, int | None], ...]:
    """(title, article, paragraph) of every article in 《甲》第三条第二款、第五条至第七条和《乙》第八条."""
    found: list[tuple[str, str, int | None]] = []
    title = ""
    for match in _TITLE_OR_ARTICLE.finditer(words):
        if match["title"]:
            title = match["title"]
            continue
        number = match["article"]
        if match["join"] and found:
            first, last = numeral(found[-1][1][1:-1]), numeral(number[:-1])
            found.extend((title, f"第{value}条", None) for value in range(first + 1, min(last, first + 9)) if first > 0)
        paragraph = numeral(match["paragraph"]) if match["paragraph"] else None
        found.append((title, f"第{number}", paragraph))
    return tuple(found)


def _named(cited: _Cited) -> list[tuple[str, tuple[str, str, int | None]]]:
    return [(f"《{title}》{number}", (title, number, paragraph)) for title, number, paragraph in cited.articles]


def _stated(sentence: Sentence, cited: _Cited, about: Sequence[str]) -> _Stated | None:
    """The figures and kinds that rest on the citation; None when there are none to compare."""
    text = sentence.text[cited.start : cited.end]
    reach = [item for item in ranges(sentence.text) if cited.start <= item.start and item.end <= cited.end]
    figures = tuple(item for item in reach if item.sort in about)
    if "kind" in about:
        figures += tuple(item for item in terms(sentence.text) if cited.start <= item.start and item.end <= cited.end)
    named = kinds(text) if "kind" in about else {}
    if not figures and not (set(named) - {"罚款"}):
        return None
    if cited.end <= sentence.lead:
        return None
    return _Stated(figures, named, sentence.text[: cited.end])


# ------------------------------------------------------------------ what the law says


def _text(matter: Matter, article: tuple[str, str, int | None]) -> str:
    """The words of the article (of the cited paragraph, where it is one and can be told) in force on the day, "" when not at hand."""
    laws = matter.reference.laws
    if laws is None:
        return ""
    title, number, paragraph = article
    found: LawArticle | None = laws.article(_full_title(matter, title), number, matter.day)
    if found is None:
        return ""
    parts = [_SPACE.sub("", line) for line in found.text.splitlines() if line.strip()]
    heads = [index for index, line in enumerate(parts) if not line.startswith("（")]
    if paragraph is not None and 0 < paragraph <= len(heads):
        first = heads[paragraph - 1]
        last = heads[paragraph] if paragraph < len(heads) else len(parts)
        parts = parts[first:last]
    return "\n".join(parts)


def _full_title(matter: Matter, title: str) -> str:
    """The title that a short name defined in the document stands for."""
    for fact in matter.case.main.all("citations"):
        if fact.detail.get("short") == title:
            return str(fact.value)
    return title


def _differences(stated: _Stated, law: str, about: Sequence[str]) -> Iterator[_Difference]:
    whole = law.replace("\n", "")
    allowed = (*ranges(whole), *terms(whole))
    for item in stated.ranges:
        difference = _figure(item, allowed, law)
        if difference is not None:
            yield difference
        elif item.sort == "fine":
            yield from _condition(item, allowed, stated)
    if "kind" in about and _REFERS_ON.search(law) is None:
        lawful = kinds(law)
        for name, words in stated.kinds.items():
            if name not in lawful and not (name == "罚款" and stated.ranges):
                yield _Difference("种类", words, "、".join(lawful) or "没有处罚", "error" if lawful else "warning")
            elif name in _HARD and _GRAVE.search(stated.text) is None and _is_for_grave_cases(name, law):
                yield _Difference("条件", f"直接{words}", f"情节严重或者不改正等情形才{lawful[name]}", "warning")


def _is_for_grave_cases(kind: str, law: str) -> bool:
    """Whether the law knows the kind of penalty only behind words for a grave case, in the same sentence or item."""
    parts = [part for part in regex.split(r"[。；\n]", law) if kind in kinds(part)]
    return bool(parts) and all(_GRAVE.search(part.split(kinds(part)[kind])[0]) is not None for part in parts)


def _figure(item: Range, allowed: Sequence[Range], law: str) -> _Difference | None:
    same = [other for other in allowed if other.sort == item.sort]
    comparable = [other for other in same if other.unit == item.unit]
    noun = _NOUNS[item.sort]
    if not comparable:
        if item.sort != "fine" or _REFERS_ON.search(law):
            return None
        said = "、".join(told(other) for other in same)
        return _Difference(noun, item.words, said or "没有规定罚款", "warning")
    if any(item.within(other) for other in comparable):
        return None
    highest = max(other.high for other in comparable)
    said = "、".join(dict.fromkeys(told(other) for other in comparable))
    if item.high > highest:
        return _Difference(noun, told(item), said)
    if item.sort != "fine" or item.high == inf:
        return None
    return _Difference(noun, told(item), said, "warning")


def _condition(item: Range, allowed: Sequence[Range], stated: _Stated) -> Iterator[_Difference]:
    """A fine that the law has only for who does not follow an order to mend, and the document at once."""
    fitting = [other for other in allowed if item.within(other)]
    ordered = regex.search(r"逾期|拒不|仍[不未]|改正|整改|责令", stated.text)
    if fitting and all(other.after_order for other in fitting) and ordered is None:
        yield _Difference("条件", "直接处以罚款", "责令改正而逾期或者拒不改正的才处罚款", "warning")


def _fault(difference: _Difference, law: str, evidence: Evidence) -> Fault:
    values = {
        "quote": evidence.quote,
        "law": law,
        "what": difference.what,
        "stated": difference.stated,
        "allowed": difference.allowed,
    }
    return Fault(values, (evidence,), severity=difference.severity)


SPEC = KindSpec(
    judge=judge,
    params={
        "about": base.listed(base.one_of("fine", "surcharge", "charge", "kind")),
        "cues": base.listed(base.words),
        **base.ABOUT,
    },
    required=frozenset({"about", "cues"}),
    gives=frozenset({"quote", "law", "what", "stated", "allowed"}),
)
