"""Kind `validity`: how long a document is valid, against what its place allows (F05).

The law leaves the number of years to the places: it comes from `[place."…"] validity_years` of normcheck.toml or from
rules/places.toml, the nearest place first, and without it nothing is concluded. Five years from 2023-09-01 end on
2028-08-31 or, as many write, on 2028-09-01; only a later day is too long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from checker.kinds import base
from checker.kinds.base import Fault, KindSpec, Matter, Verdict, chinese, cite_fact, usable
from checker.model import Basis, Evidence, Fact, Measured, Missing, ValidityTerm

_PROVISIONAL = (
    r"[（(](?:暂行|试行)[）)]"
    r"|(?:暂行|试行)(?:(?!的)[一-龥]){0,6}(?:办法|规定|规则|细则|意见|方案|标准|准则|制度|规范|规程|措施|决定|通知|通告)"
)
_NOTICE = r"通告$"


@dataclass(frozen=True, slots=True)
class _Limit:
    """The term that binds the document, the greatest number of years for its sort, and the name of that sort."""

    place: str
    term: ValidityTerm
    years: int | None
    sort: str

    @property
    def basis(self) -> Basis:
        said = f"{self.sort}的有效期不超过{self.years}年" if self.years else "有效期有上限"
        if self.term.must_state:
            said += "，并须写明"
        return Basis(self.term.source, "", said, "legal", self.term.verified, self.term.since, self.term.until)

    @property
    def words(self) -> str:
        return f"{self.place}{self.sort}的有效期不超过{self.years}年"


def judge(matter: Matter) -> Verdict:
    """Compare the stated validity with the greatest number of years that the place allows."""
    outside = base.title_excuses(matter)
    if outside:
        return Verdict("not_applicable", outside)
    limit = _limit(matter)
    if limit is None:
        return _unconfigured(matter)
    years, expires = matter.case.main.first("validity_years"), usable(matter.case, "expires")
    if years is None and expires is None:
        return _unstated(matter, limit)
    if limit.years is None:
        key = "provisional" if limit.sort.startswith("暂行") else "notice"
        return _cannot(limit, f"没有{limit.sort}有效期上限的依据。", _key(limit.place, f"validity_years 的 {key}"))
    if years is not None and isinstance(years.value, int | float):
        return _by_years(matter, limit, limit.years, years, float(years.value))
    return _by_days(matter, limit, limit.years)


def _limit(matter: Matter) -> _Limit | None:
    for place in matter.place_params:
        for term in place.validity:
            if term.covers(matter.day):
                return _Limit(place.place, term, *_sort(matter, term))
    return None


def _sort(matter: Matter, term: ValidityTerm) -> tuple[int | None, str]:
    fact = matter.case.main.first("title")
    title = str(fact.value) if fact is not None else ""
    if base.search(_PROVISIONAL, title):
        return term.provisional, "暂行、试行文件"
    if term.notice is not None and base.search(_NOTICE, title):
        return term.notice, "通告"
    return term.general, "规范性文件"


def _key(place: str, key: str) -> Missing:
    name = place or "省级行政区全称"
    return Missing("本地有效期规定", f'在 normcheck.toml 的 [place."{name}"] {key}中按当地规定写明，附来源和施行日期。')


def _unconfigured(matter: Matter) -> Verdict:
    region = matter.case.region
    place = (region.province or region.name) if region is not None else ""
    stated = matter.case.main.first("validity_years") or matter.case.main.first("expires")
    evidence = (cite_fact(matter.case, stated),) if stated is not None else ()
    return Verdict(
        "cannot_tell",
        "没有本地有效期上限的依据，不作推定。",
        missing=(_key(place, "validity_years "),),
        evidence=evidence,
    )


def _cannot(limit: _Limit, reason: str, missing: Missing, evidence: tuple[Evidence, ...] = ()) -> Verdict:
    return Verdict(
        "cannot_tell", reason, limit=_bounds(limit), missing=(missing,), evidence=evidence, basis=(limit.basis,)
    )


def _bounds(limit: _Limit) -> dict[str, object]:
    return {"max": limit.years, "unit": "year"} if limit.years is not None else {}


# ------------------------------------------------------------------ stated or not


def _unstated(matter: Matter, limit: _Limit) -> Verdict:
    """No period of validity was read: a fault only where the place demands that it be stated."""
    if limit.term.must_state:
        step = f"写明有效期，不超过{limit.years}年" if limit.years else "写明有效期"
        clause = matter.case.main.first("effective") or matter.case.main.first("effect_clause")
        evidence = (cite_fact(matter.case, clause),) if clause is not None else ()
        fault = Fault({"fault": "没有写明有效期", "step": step}, evidence, absent="有效期")
        return Verdict("violated", "", (fault,), limit=_bounds(limit), evidence=evidence, basis=(limit.basis,))
    if limit.term.unstated is not None:
        reason = f"没有写明有效期；{limit.place}的规定是按{limit.term.unstated}年计算。"
        return Verdict("met", reason, limit=_bounds(limit), basis=(limit.basis,))
    reason = "没有读到有效期；本地配置没有说明是否必须写明。"
    how = f'在 normcheck.toml 的 [place."{limit.place}"] validity_years 中写 must_state = true 或者 unstated = 年数。'
    return _cannot(limit, reason, Missing("本地是否要求写明有效期", how))


def _by_years(matter: Matter, limit: _Limit, most: int, fact: Fact, years: float) -> Verdict:
    evidence = (cite_fact(matter.case, fact),)
    if years <= most:
        return _met(limit, years, evidence)
    return _too_long(limit, years, f"写明有效期{years:g}年", f"把有效期改为{most}年以内", evidence)


def _by_days(matter: Matter, limit: _Limit, most: int) -> Verdict:
    """Judge by the last day. Without the first day, the day the document was made gives the longest it can be."""
    end, start = usable(matter.case, "expires"), usable(matter.case, "effective")
    if end is None:
        return _unstated(matter, limit)
    made = start or usable(matter.case, ("issued", "signed", "adopted"))
    evidence = tuple(event.evidence for event in (end, start) if event is not None and event.evidence is not None)
    if made is None:
        return _cannot(limit, "没有施行日期，无法计算有效期。", base.missing_event("effective"), evidence)
    if end.day <= _anniversary(made.day, most):
        return _met(limit, _years(made.day, end.day), evidence)
    if start is None:
        return _cannot(limit, "没有施行日期，无法计算有效期。", base.missing_event("effective"), evidence)
    latest = _anniversary(start.day, most) - timedelta(days=1)
    said = f"自{chinese(start.day)}至{chinese(end.day)}"
    step = f"把有效期截止日改到{chinese(latest)}以前（含当日）"
    return _too_long(limit, _years(start.day, end.day), said, step, evidence)


def _met(limit: _Limit, years: float, evidence: tuple[Evidence, ...]) -> Verdict:
    reason = f"有效期{years:g}年；{limit.words}。"
    return Verdict("met", reason, (), Measured(years, "year"), _bounds(limit), evidence=evidence, basis=(limit.basis,))


def _too_long(limit: _Limit, years: float, said: str, step: str, evidence: tuple[Evidence, ...]) -> Verdict:
    measured = Measured(years, "year")
    if limit.term.exception:
        reason = f"{said}；{limit.words}，但是{limit.term.exception}的除外。"
        missing = Missing(f"本件是否属于除外情形（{limit.term.exception}）", f"对照{limit.term.source}核实。")
        return Verdict(
            "cannot_tell", reason, (), measured, _bounds(limit), (missing,), evidence=evidence, basis=(limit.basis,)
        )
    fault = Fault({"fault": f"{said}，{limit.words}", "step": step}, evidence, absent="" if evidence else "有效期")
    return Verdict("violated", "", (fault,), measured, _bounds(limit), evidence=evidence, basis=(limit.basis,))


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _years(start: date, end: date) -> float:
    """The length in years; up to the same day or the day before it, whole years."""
    whole = end.year - start.year
    for years in (whole, whole - 1):
        anniversary = _anniversary(start, years)
        if anniversary - timedelta(days=1) <= end <= anniversary:
            return float(years)
    return round((end - start).days / 365.25, 1)


SPEC = KindSpec(
    judge=judge,
    params={"only_title": base.pattern, "unless_title": base.pattern},
    required=frozenset(),
    gives=frozenset({"fault", "step"}),
)
