"""Places: the table of administrative divisions, and where an organ or a typed name lies.

Data: corpora/places (GB/T 2260 at county level and above, former names, provinces' short names and signs).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import regex

from checker import data_root
from checker.errors import UsageError
from checker.model import Region

_NATIONALITY = regex.compile(
    r"(?:(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|"
    r"毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春)族|各族|蒙古|柯尔克孜|哈萨克)+自治(州|县|旗)$"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One administrative division: six-digit code, official name, level."""

    code: str
    name: str
    level: str


class Gazetteer:
    """Names of places at county level and above. Reads corpora/places once."""

    def __init__(self) -> None:
        """Loads the tables; about 5 ms."""
        folder = data_root() / "corpora" / "places"
        self.by_code: dict[str, Place] = {}
        self.by_name: dict[str, list[Place]] = {}
        for row in _table(folder / "places.tsv"):
            code = row["code"]
            level = "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"
            self._add(row["name"], Place(code, row["name"], level))
            self.by_code[code] = Place(code, row["name"], level)
        for row in _table(folder / "former.tsv"):
            self._add(row["name"], Place(row["code"], row["name"], row["level"]))
        self.signs: dict[str, str] = {}
        self.shorts: dict[str, str] = {}
        for row in _table(folder / "provinces.tsv"):
            self.signs[row["sign"]] = row["code"]
            self.shorts[row["short"]] = row["code"]
            self._add(row["short"], self.by_code[row["code"]])
        for place in list(self.by_code.values()):
            short = _NATIONALITY.sub(r"\1", place.name)
            if short != place.name and len(short) > 2:
                self._add(short, place)
        official = [place.name for place in self.by_code.values() if place.level == "province"]
        self.provinces = regex.compile("|".join(map(regex.escape, official)))
        self.longest = max(map(len, self.by_name))

    def _add(self, name: str, place: Place) -> None:
        self.by_name.setdefault(name, []).append(place)

    def match(self, text: str, start: int = 0) -> tuple[str, list[Place]] | None:
        """The longest place name that begins at `start`, with the places of that name."""
        for length in range(min(self.longest, len(text) - start), 1, -1):
            places = self.by_name.get(text[start : start + length])
            if places:
                return text[start : start + length], places
        return None

    def chain(self, text: str, hint: str | None = None) -> tuple[Place, ...]:
        """Places named one after the other at the head of `text` (银川市西夏区…), consistent with each other.

        hint: two digits of a province that decides between places of one name.
        """
        found: list[Place] = []
        start = 0
        while True:
            hit = self.match(text, start)
            if hit is None:
                return tuple(found)
            name, places = hit
            prefix = found[-1].code.rstrip("0") if found else (hint or "")
            fitting = [p for p in places if p.code.startswith(prefix[:4])] if prefix else places
            if len({p.code for p in fitting}) != 1 and not found:
                fitting = [p for p in places if p.level in ("province", "city")] if not hint else fitting
            if len({p.code for p in fitting}) != 1:
                return tuple(found)
            found.append(fitting[0])
            start += len(name)

    def region(self, place: Place) -> Region:
        """The place with everything above it."""
        province = self.by_code.get(place.code[:2] + "0000")
        city = self.by_code.get(place.code[:4] + "00") if place.code[2:4] != "00" else None
        county = place if place.level == "county" else None
        former_city = place if place.level == "city" and city is None else city
        return Region(
            province.name if province else None,
            former_city.name if former_city else None,
            county.name if county else None,
        )


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The shipped table of places."""
    return Gazetteer()


_UNLISTED = regex.compile(r"^(?![省市县区州])(?P<place>[一-龥]{1,5}?(?:县|区|旗|市|州))(?=[一-龥])")

_UNLISTED_ORGAN = regex.compile(
    r"^(?P<place>(?:(?![省市县区州和与及、]|自治|开发|高新|保税|自贸)[一-龥]){2,4}(?<![园社景矿地山])(?:县|区|旗|市|州))"
    r"(?=人民政府|[一-龥]{2,14}(?:局|委|委员会|办|办公室)$)"
)
"""Behind the name of a province: a place that the table does not list, with an organ of its own."""


def region_of(name: str, number: str = "", text: str = "") -> Region | None:
    """Where an organ sits, from the places its name begins with.

    number: the document number; its first sign (渝, 宁) decides only for generic names (自治区人民政府, 省政府): a county's
    sign may look like a province's. text: where a place that the table does not list may stand with its province (宁夏回族自治区某县).
    """
    table = gazetteer()
    chain = table.chain(name)
    if chain:
        place = _UNLISTED_ORGAN.match(_after(name, chain)) if len(chain) == 1 and chain[0].level == "province" else None
        return _below(table.region(chain[-1]), place["place"]) if place else table.region(chain[-1])
    sign = table.signs.get(number[:1])
    municipal = number[:1] in "京津沪渝" and regex.match(r"市(?!场)", name)
    if sign and (municipal or name.startswith(("自治区", "省"))):
        return Region(table.by_code[sign].name)
    place = _UNLISTED.match(name)
    if place is None or place["place"] in ("自治区", "地区"):
        return None
    for match in regex.finditer(regex.escape(place["place"]), text):
        before = text[max(match.start() - 24, 0) : match.start()]
        for start in range(len(before)):
            above = table.chain(before[start:])
            if above and above[0].level == "province" and sum(len(p.name) for p in above) >= len(before) - start - 1:
                region = table.region(above[-1])
                return _below(region, place["place"])
    return _below(Region(), place["place"])


def _below(above: Region, place: str) -> Region:
    if place.endswith(("市", "州")) and above.city is None:
        return Region(above.province, place)
    return Region(above.province, above.city, place)


def parse_region(text: str) -> Region:
    """A place as people write it: 宁夏, 宁夏/银川市西夏区, 宁夏回族自治区银川市.

    A county that the table does not list (made or renamed since) is taken as written below a known province.

    Raises:
        UsageError: When the place is unknown, or its name stands for several places.
    """
    table = gazetteer()
    name = regex.sub(r"[\s/／,，、>\-]+", "", text)
    chain = table.chain(name)
    rest = _after(name, chain)
    if chain and not rest:
        return table.region(chain[-1])
    if chain and chain[0].level == "province" and regex.fullmatch(r"[一-龥]{1,8}(?:市|县|区|旗|州|盟)", rest):
        return _below(table.region(chain[-1]), rest)
    raise UsageError(f"无法识别地区“{text}”。", where="--region", next="请从省级写起，用全称，例如 宁夏/银川市西夏区。")


def _after(name: str, chain: tuple[Place, ...]) -> str:
    """What follows the places of `chain` in `name`; a province may stand with its short name."""
    table = gazetteer()
    start = 0
    for _ in chain:
        hit = table.match(name, start)
        start += len(hit[0]) if hit else 0
    return name[start:]
