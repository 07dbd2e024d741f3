"""The law beside the findings: what the articles say that a finding rests on, that the document cites, that are akin.

All of it as on the day of the document, from the library of full texts that the office brought. The library knows
nothing of repeals and of texts that nobody brought; the catalogue does, and what it knows is said in a note. Akin are laws
and administrative regulations alone, found by the words of the clause: an offer to look, never a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import regex

from checker.catalogue import Catalogue, key
from checker.catalogue import Version as Row
from checker.lawlib.library import Version
from checker.lawlib.shelf import Shelf
from checker.lawlib.texts import article_label, article_number
from checker.model import Case, Document, Fact, Facts, Finding, LawArticle, LawBeside, LawRelation, Report, Span

RELATED = 3
"""How many akin articles stand beside a finding."""

_DEPTH = 40
"""How many articles are looked at to find these."""
_EACH = 3
"""Articles shown of one basis or citation; beyond it the note says where the others are."""
_CITED = 4
_CLAUSES = 30
"""Clauses of one document that akin articles are searched for; beyond it a document has other worries."""
_LONGEST = 2_000
"""Characters of an article; the rest is for `normcheck laws show`."""
_SHORTEST = 16
"""Chinese characters of a clause that says enough to be searched for."""
_SEARCHED = 400
"""Characters of a clause that are searched for."""
_SUPERIOR = frozenset(("法律", "行政法规"))
_BY_ORDER = regex.compile(r"(?:主席|国务院)令")
_AMENDING = regex.compile(r"修正案|关于修[改正]|的决定$")
_N = r"[一二三四五六七八九十百千零〇○\d]{1,8}"
_PROVISION = regex.compile(rf"(?P<to>至|到|—)?\s?第\s?(?P<number>{_N})\s?条(?:之(?P<sub>[一二三四五六七八九十]+))?")
_LABEL = regex.compile(rf"(?:第{_N}[章节条款项]|[（(]?{_N}[）)、.．])\s*")
_SETTLING = timedelta(days=180)
"""Within this time a text is adopted, published and, as a rule, in force: dates that differ less may mean one text."""
_PROVISIONS = regex.compile(rf"第\s?[（(]?{_N}[）)]?\s?[条款项](?:之[一二三四五六七八九十]+)?")
_FRAME = regex.compile(r"制定本|本.{1,8}自.{1,30}起(?:施行|实施|生效|执行)")
"""Why a text is made and when it takes effect: every law says so in the same words."""
_HAN = regex.compile(r"\p{Han}")
_OWN_TERM = ("effective", "expires", "validity_years")


def with_law(report: Report, shelf: Shelf, catalogue: Catalogue) -> Report:
    """`report` with the law beside each finding, as far as the library has it."""
    case = report.case
    if case is None or not report.findings:
        return report
    beside = _Beside(case, shelf, catalogue)
    return replace(report, findings=tuple(replace(each, law=beside.of(each)) for each in report.findings))


def related(
    clause: str, shelf: Shelf, catalogue: Catalogue, as_of: date | None = None, limit: int = RELATED
) -> list[LawArticle]:
    """The articles of laws and administrative regulations in force on `as_of` that are nearest to the words of `clause`.

    None for a clause that says why the document is made, or little besides the provisions it names: those of other laws
    have the same numbers and nothing else in common with it.
    """
    words = _PROVISIONS.sub("", _LABEL.sub("", clause.strip()[:_SEARCHED], count=1))
    if _FRAME.search(words) or len(_HAN.findall(words)) < _SHORTEST:
        return []
    found = (hit.article for hit in shelf.search(words, max(_DEPTH, limit), as_of))
    return [article for article in found if _is_superior(article, catalogue, as_of)][:limit]


def _is_superior(article: LawArticle, catalogue: Catalogue, as_of: date | None) -> bool:
    """Whether it is an article of a law or administrative regulation that is not known to be repealed."""
    if article_number(article.label) is None or _AMENDING.search(article.title) or _FRAME.search(article.text):
        return False
    versions = catalogue.versions(article.title)
    levels = {version.level for version in versions}
    if not (levels <= _SUPERIOR if versions else _BY_ORDER.search(article.number)):
        return False
    repeal = catalogue.repeal(article.title)
    return repeal is None or (as_of is not None and repeal.since > as_of)


# ------------------------------------------------------------------ one report


@dataclass
class _Beside:
    """The law beside the findings of one case."""

    case: Case
    shelf: Shelf
    catalogue: Catalogue
    searched: dict[str, list[LawArticle]] = field(default_factory=dict)

    def of(self, finding: Finding) -> tuple[LawBeside, ...]:
        found: dict[tuple[str, str], LawBeside] = {}
        for each in (*self._bases(finding), *self._cited(finding), *self._related(finding)):
            found.setdefault((key(each.title), each.article), each)
        return tuple(found.values())

    def _bases(self, finding: Finding) -> Iterator[LawBeside]:
        for basis in finding.basis:
            if basis.role == "legal":
                yield from self._provisions("basis", basis.law, basis.article)

    def _cited(self, finding: Finding) -> Iterator[LawBeside]:
        cited = [
            each
            for document, facts, span in self._places(finding)
            for fact in _citations(document, facts, span)
            for each in self._provisions("cited", str(fact.value), fact.span.of(document.text).rpartition("》")[2])
        ]
        yield from cited[:_CITED]

    def _related(self, finding: Finding) -> Iterator[LawBeside]:
        clause = self._clause(finding)
        if not clause or (clause not in self.searched and len(self.searched) >= _CLAUSES):
            return
        if clause not in self.searched:
            self.searched[clause] = related(clause, self.shelf, self.catalogue, self.case.as_of)
        for article in self.searched[clause]:
            yield self._shown("related", article)

    def _places(self, finding: Finding) -> Iterator[tuple[Document, Facts, Span]]:
        """The evidence with the document it stands in."""
        for evidence in finding.evidence:
            for document, facts in zip(self.case.documents, self.case.facts, strict=True):
                if document.name == evidence.document:
                    yield document, facts, evidence.span

    def _clause(self, finding: Finding) -> str:
        """The words of the article that the finding is about; empty where it is about a date, a number or a heading."""
        if finding.clause is None:
            return ""
        for document, facts, span in self._places(finding):
            if not len(span) or _LABEL.fullmatch(span.of(document.text)):
                return ""
            block = document.blocks[document.block_index(span.start)]
            if any(_touch(fact.span, block.span) for name in _OWN_TERM for fact in facts.all(name)):
                return ""
            return block.span.of(document.text)
        return ""

    def _provisions(self, relation: LawRelation, title: str, written: str) -> Iterator[LawBeside]:
        """The articles that `written` (第八条、第十条至第十二条) names of the law `title`, if the library has that law."""
        labels = list(_labels(written))
        versions = self.shelf.versions(title) if labels else ()
        if not versions:
            return
        name = versions[-1].title
        for index, label in enumerate(labels[:_EACH]):
            article = self.shelf.article(title, label, self.case.as_of)
            if article is not None:
                shown = self._shown(relation, article)
            else:
                in_force = [each for each in versions if _in_force(each.since, each.until, self.case.as_of)]
                said = (
                    f"法规库里的文本（{_dates(in_force)}）没有{label}。"
                    if in_force
                    else f"法规库里没有它在{self.case.as_of}有效的文本，只有：{_dates(versions)}。"
                )
                shown = LawBeside(relation, name, "", label, "", note=said)
            if index == _EACH - 1 and len(labels) > _EACH:
                more = f"另有{labels[_EACH]}{'等' if len(labels) > _EACH + 1 else ''}，用 normcheck laws show 查看。"
                shown = replace(shown, note=shown.note + more)
            yield shown

    def _shown(self, relation: LawRelation, article: LawArticle) -> LawBeside:
        known = self._known(article)
        since = known.effective if known is not None and known.effective is not None else article.since
        cut = len(article.text) > _LONGEST
        text = f"{article.text[:_LONGEST]}……" if cut else article.text
        shown = LawBeside(relation, article.title, article.number, article.label, text, article.version, since)
        notes = [*self._doubts(article, since), *([f"条文较长，全文：{shown.command}。"] if cut else [])]
        return replace(shown, note="".join(notes))

    def _known(self, article: LawArticle) -> Row | None:
        """The catalogue's row of this text."""
        if article.version is None:
            return None
        near = [
            (abs(each.published - article.version), each)
            for each in self.catalogue.versions(article.title)
            if abs(each.published - article.version) <= _SETTLING
        ]
        return min(near, key=lambda pair: pair[0])[1] if near else None

    def _doubts(self, article: LawArticle, since: date | None) -> Iterator[str]:
        """What the reader has to check: above all what the catalogue knows better than the library."""
        day = self.case.as_of
        repeal = self.catalogue.repeal(article.title)
        if repeal is not None and repeal.since <= day:
            yield f"据法规目录，它{'自' if repeal.exact else '至迟自'}{repeal.since}起已经由《{repeal.successor}》废止。"
        if since is None or article.version is None:
            yield "法规库里的这一份没有日期，请核对当时是否有效。"
            return
        if since > day:
            yield f"据法规目录，这一版自{since}起施行，晚于本件的日期，请核对当时有效的文本。"
        elif since == article.version and day < since + _SETTLING:
            yield f"这一版没有写明施行日期，请核对{day}是否已经施行。"
        newer = [
            each.published
            for each in self.catalogue.versions(article.title)
            if each.since <= day and each.published > max(article.version, since) + _SETTLING
        ]
        if newer:
            yield f"法规目录里还有{newer[-1]}公布的文本，法规库里没有，请核对当时有效的条文。"


# ------------------------------------------------------------------ phrases


def _labels(written: str) -> Iterator[str]:
    """The articles named, each once, ranges written out: 第八条、第十条至第十二条."""
    seen: set[tuple[int, int]] = set()
    last: tuple[int, int] | None = None
    for match in _PROVISION.finditer(written):
        found = article_number(f"{match['number']}" + (f"之{match['sub']}" if match["sub"] else ""))
        if found is None:
            continue
        between: Iterable[tuple[int, int]] = ()
        if match["to"] and last is not None and last[0] < found[0] < last[0] + 100:
            between = ((number, 0) for number in range(last[0] + 1, found[0]))
        for each in (*between, found):
            if each not in seen:
                seen.add(each)
                yield article_label(*each)
        last = found


def _citations(document: Document, facts: Facts, span: Span) -> list[Fact]:
    """The laws cited in the words of `span`, else in the sentence around them."""
    cited = [fact for fact in facts.all("citations") if fact.detail["form"] in ("title", "short", "bare")]
    inside = [fact for fact in cited if _touch(fact.span, span)]
    if inside or not len(span):
        return inside
    text, block = document.text, document.blocks[document.block_index(span.start)].span
    start = text.rfind("。", block.start, span.start) + 1 or block.start
    end = text.find("。", span.end - 1, block.end)
    sentence = Span(start, end if end >= 0 else block.end)
    return [fact for fact in cited if _touch(fact.span, sentence)]


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _in_force(since: date | None, until: date | None, day: date) -> bool:
    return (since is None or since <= day) and (until is None or day < until)


def _dates(versions: Iterable[Version]) -> str:
    return "、".join(f"{each.version}版" if each.version else "没有日期的一份" for each in versions)
