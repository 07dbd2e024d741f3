"""Makes catalogue.tsv, repeals.tsv and successions.tsv from a folder with law_catalog.tsv, repeal_map.tsv, laws_in_force_20260626.tsv and laws/.

    python corpora/laws/make_catalogue.py FOLDER

What it leaves out, and why, is in README.md; it prints how many rows each reason took. Only facts are carried over.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

Row = dict[str, str]

HERE = Path(__file__).parent
LEVELS = ("宪法", "法律", "行政法规", "部门规章", "司法解释", "规范性文件", "地方性法规", "地方政府规章")
NATIONAL = ("宪法", "法律", "行政法规", "司法解释", "部门规章")
LIST_DAY = "2026-06-26"
NUMERAL = "一二三四五六七八九"
CAME_WITHOUT_NOTE = timedelta(days=730)
ARTICLE = re.compile(r"^[#*\s　]*第([一二三四五六七八九十百千零〇]{1,9})条(?!之|第|款|规定|至|、)", re.MULTILINE)
BRACKETS = str.maketrans("〈〉()<>", "《》（）《》")
NO_LAW = re.compile(r"^目录$|^中国共产党|规划$|会议纪要$|^法释〔|^法〔|决定$|修正案")
KNOWN_ARTICLES = {  # counts that the sources contradict each other on or that one source alone gives, from the texts themselves
    ("中华人民共和国民法典", "2020-05-28"): 1260,
    ("中华人民共和国生态环境法典", "2026-03-12"): 1242,
    ("中华人民共和国刑事诉讼法", "2018-10-26"): 308,
    ("中华人民共和国反垄断法", "2007-08-30"): 57,
    ("中华人民共和国长江保护法", "2020-12-26"): 96,
}
ENACTED = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日")
SNAPSHOT = re.compile(r"[（(](\d{4}-\d\d-\d\d)[）)]")
HEAD_ENDS = "<!-- INFO END -->"


def main(source: Path) -> None:
    """Reads the folder, writes the tables beside this file."""
    dropped: Counter[str] = Counter()
    rows = list(table(source / "law_catalog.tsv"))
    listed = {row["title"]: row for row in table(source / "laws_in_force_20260626.tsv")}
    kept = [row for row in rows if sound(row, dropped)]
    proofs: list[Row] = []
    versions = [
        version(row, listed, source / "laws") for row in honest_versions(kept, source / "laws", proofs, dropped)
    ]
    versions.sort(key=lambda row: (row["title"], row["published"]))
    repeals = list(sound_repeals(rows, list(table(source / "repeal_map.tsv")), versions, source / "laws", dropped))
    repeals.sort(key=lambda row: row["title"])
    state = max(row["state"] for row in versions)
    write(HERE / "catalogue.tsv", state, versions)
    write(HERE / "repeals.tsv", state, repeals)
    write(HERE / "successions.tsv", state, sorted(proofs, key=lambda row: (row["title"], row["published"])))
    checked = sum(row["checked"] == "y" for row in versions)
    sys.stdout.write(
        f"{len(versions)} texts ({checked} with a checked count of articles), {len(repeals)} repeals, "
        f"{len(proofs)} proved successions, state {state}\n"
    )
    for reason, count in dropped.most_common():
        sys.stdout.write(f"left out: {count:5} {reason}\n")


def table(path: Path) -> Iterator[Row]:
    """The rows of a TSV file without quoting; cells without brackets [[…]] and blanks."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield {key: clean(value or "") for key, value in row.items() if key}


def clean(text: str) -> str:
    """Without [[ ]], without blanks in a title, with Chinese brackets."""
    text = text.replace("[[", "").replace("]]", "").strip()
    return (
        re.sub(r"(?<=[一-龥])\s+(?=[一-龥])", "", text).replace("(", "（").replace(")", "）")
        if "/" not in text
        else text
    )


def key_of(title: str) -> str:
    """The title as it is compared: checker.catalogue.key does the same."""
    bare = "".join(title.split()).translate(BRACKETS)
    bare = re.sub(r"（(?:(?:19|20)\d\d年?(?:第[一二三四五六]次)?(?:修订|修正|修改|版|本)?|修订|修正|修改)）$", "", bare)
    return bare.removeprefix("中华人民共和国")


def write(path: Path, state: str, rows: list[Row]) -> None:
    """One row a line behind a first line that tells the day of state."""
    columns = list(rows[0])
    lines = [f"# state {state}", "\t".join(columns), *("\t".join(row[column] for column in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# ------------------------------------------------------------------ texts and their versions


def sound(row: Row, dropped: Counter[str]) -> bool:
    """Whether the row names a text that drafts cite, with a date."""
    reason = ""
    if NO_LAW.search(row["title"]) or row["level"] not in LEVELS:
        reason = "no law, or a decision that only amends"
    elif not row["published"]:
        reason = "day of publication unknown"
    elif row["adopted_first"] and row["adopted_first"] > row["published"]:
        reason = "adopted after its publication"
    elif len(key_of(row["title"])) < 2 or key_of(row["title"])[-1:] in "，、：":
        reason = "title cut short"
    if reason:
        dropped[reason] += 1
    return not reason


def honest_versions(rows: Iterable[Row], laws: Path, proofs: list[Row], dropped: Counter[str]) -> Iterator[Row]:
    """Of each title the newest text, and the older ones whose dates and counts hold together.

    A source that kept one text under the dates of several versions gives an entry into force years after the
    publication, or the same number of articles twice: such a row says nothing of its version. Why an older text held
    until a day goes into `proofs`.
    """
    by_title: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        by_title[row["title"], row["region"]].append(row)
    for versions in by_title.values():
        versions.sort(key=lambda row: row["published"])
        newest = versions[-1]
        yield newest
        for older, newer in pairwise(versions):
            late = older["effective"] and day(older["effective"]) - day(older["published"]) > CAME_WITHOUT_NOTE
            same = older["published"] == newer["published"] or older["n_articles"] == newer["n_articles"]
            broken = int(older["n_articles"] or 0) * 2.2 < int(newer["n_articles"] or 0)
            if late or same or broken:
                dropped["older version with dates or a count that cannot be its own"] += 1
            else:
                proof = succession(older, newer, laws)
                proofs += [proof] if proof else []
                yield {**older, "until": proof["until"] if proof else older["published"]}


def succession(older: Row, newer: Row, laws: Path) -> Row | None:
    """Until when the older of two texts is known to have been the newest one, and what proves it; None = nothing does.

    Either the lines under the title of the newer text list every enactment and amendment, and this one stands directly
    before it: then until the day on which the newer one took effect, as its own article says. Or a collection of a
    later day still had it as the newest text: then until the day of that collection.
    """
    proof = {"title": older["title"], "published": older["published"]}
    head, text = "", ""
    for file in files_of(newer, laws):
        head, _, text = file.read_text(encoding="utf-8", errors="replace").partition(HEAD_ENDS)
    days = [f"{year}-{int(month):02}-{int(of_month):02}" for year, month, of_month in ENACTED.findall(head)]
    if (older["published"], newer["published"]) in pairwise(days):
        until = max(newer["effective"], newer["published"])
        article = effect_article(text, until) if until > newer["published"] else ""
        by = f"text of {newer['published']}: lines under the title" + (f", {article}" if article else "")
        return proof | {"until": until, "proof": by}
    snapshot = SNAPSHOT.search(older["primary_source"])
    if snapshot and older["published"] < snapshot[1] < newer["published"]:
        return proof | {"until": snapshot[1], "proof": f"newest text in {older['primary_source']}"}
    return None


def effect_article(text: str, effective: str) -> str:
    """The number of the article that says that the text takes effect on the day `effective`, or ""."""
    year, month, of_month = effective.split("-")
    wanted = f"自{year}年{int(month)}月{int(of_month)}日起施行"
    found = re.search(rf"^[#*\s　]*(第[一二三四五六七八九十百千零〇]{{1,9}}条)[^\n]*{wanted}", text, re.MULTILINE)
    return found[1] if found else ""


def version(row: Row, listed: dict[str, Row], laws: Path) -> Row:
    """The row as the catalogue keeps it."""
    count, checked = articles(row, laws)
    effective = row["effective"] if row["effective_kind"] in ("stated_date", "header", "frontmatter") else ""
    if effective and (effective < row["published"] or day(effective) - day(row["published"]) > CAME_WITHOUT_NOTE):
        effective = ""
    return {
        "key": key_of(row["title"]),
        "title": row["title"],
        "level": row["level"],
        "place": row["region"],
        "issuer": row["issuer"],
        "number": row["doc_number"].removeprefix("中华人民共和国"),
        "adopted": row["adopted_first"],
        "published": row["published"],
        "effective": effective,
        "articles": str(count) if count else "",
        "checked": "y" if checked else "",
        "state": state_of(row, listed.get(row["title"])),
    }


def state_of(row: Row, listed: Row | None) -> str:
    """Up to which day the row is known to be the newest text: the list's day when the list knows this very version.

    An older version holds for the day of its publication alone, unless it is known that no other came in between.
    """
    if row.get("until"):
        return row["until"]
    source = re.search(r"\((\d{4}-\d\d-\d\d)\)|（(\d{4}-\d\d-\d\d)）", row["primary_source"])
    own = max((source[1] or source[2]) if source else "", row["published"])
    if listed is not None and row["status"].startswith("in_force"):
        last = listed["last_amended_year"] or listed["adopted_year"]
        if last == row["published"][:4]:
            return max(own, LIST_DAY)
        return (
            max(row["published"], min(own, f"{int(last) - 1}-12-31")) if last and last > row["published"][:4] else own
        )
    return own


def articles(row: Row, laws: Path) -> tuple[int | None, bool]:
    """The number of articles, and whether it is confirmed.

    It is when a text was read that runs from 第一条 to the last one without a gap, or several sources agree on it.
    """
    known = KNOWN_ARTICLES.get((row["title"], row["published"]))
    if known:
        return known, True
    if row["n_articles_conflict"] or not row["n_articles"]:
        return None, False
    stated = int(row["n_articles"])
    agreeing = {source.partition(":")[0] for source in row["text_sources"].split(" ; ")}
    for source in row["text_sources"].split(" ; "):
        name, _, path = source.partition(":")
        if name == "LawRefBook/Laws" and (laws / path).is_file():
            found = counted((laws / path).read_text(encoding="utf-8", errors="replace"))
            return (stated, True) if found == stated else (None, False)
    return stated, len(agreeing) > 1


def counted(text: str) -> int | None:
    """The last article of a text whose articles run from 1 without gap; None when they do not."""
    numbers = [numeral(match[1]) for match in ARTICLE.finditer(text)]
    return len(numbers) if numbers and numbers == list(range(1, len(numbers) + 1)) else None


def numeral(text: str) -> int:
    """Value of 一百零五 and its kin."""
    total = digit = 0
    for char in text:
        if char in NUMERAL:
            digit = NUMERAL.index(char) + 1
        elif char in "十百千":
            total, digit = total + (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char], 0
    return total + digit


def day(text: str) -> date:
    """An ISO date."""
    return date.fromisoformat(text)


# ------------------------------------------------------------------ repeals


def sound_repeals(
    rows: list[Row], repeals: list[Row], versions: list[Row], laws: Path, dropped: Counter[str]
) -> Iterator[Row]:
    """Titles that another text repealed, with that text and the day; only what nothing contradicts."""
    newest = {row["title"]: row for row in versions}
    sources = {row["title"]: row for row in rows}
    texts = {(row["title"], row["published"]): row for row in rows}
    by_title: dict[str, list[Row]] = defaultdict(list)
    for row in repeals:
        own, last = texts.get((row["repealed_by"], row["repealer_published"])), sources.get(row["repealed_by"])
        text = next((text for source in (own, last) if source and (text := text_of(source, laws))), None)
        reason = doubtful(row, newest, text)
        if reason:
            dropped[f"repeal: {reason}"] += 1
            if "-v" in sys.argv:
                sys.stdout.write(
                    f"{reason}: {row['repealed_title']} by {row['repealed_by']} {row['repeal_effective']}\n"
                )
        else:
            by_title[row["repealed_title"]].append(row)
    latest: dict[str, str] = {}
    for row in versions:
        latest[row["key"]] = max(latest.get(row["key"], ""), row["published"])
    for title, found in by_title.items():
        days = {row["repeal_effective"] for row in found}
        if len(days) > 1 and len({row["repealed_by"] for row in found}) > 1:
            dropped["repeal: sources disagree on the day"] += 1
        elif latest.get(key_of(title), "") > min(days):
            dropped["repeal: a later text bears the same title"] += 1
        else:
            best = min(found, key=lambda row: LEVELS.index(newest[row["repealed_by"]]["level"]))
            by = newest[best["repealed_by"]]
            yield {
                "key": key_of(title),
                "title": title,
                "successor": by["title"],
                "since": min(days),  # later versions of the repealing text repeat its last article
                "exact": "y" if len(days) == 1 and exact(sources[by["title"]], by, min(days)) else "",
            }


def doubtful(row: Row, newest: dict[str, Row], text: str | None) -> str:
    """Why a row of the repeal map is not to be relied on, or ""; `text` is the repealing text, if it is there."""
    title, by = row["repealed_title"], newest.get(row["repealed_by"])
    if by is None:
        return "the repealing text is not in the catalogue"
    if not row["repeal_effective"]:
        return "no day"
    if key_of(title) == by["key"]:
        return "replaced by a text of the same title"
    if len(key_of(title)) < 5 and by["level"] != "法律":
        return "title too short to name one text"
    if row["repeal_effective"] < (by["adopted"] or by["published"]):
        return "takes effect before the repealing text was adopted"
    if text is not None:
        return "" if names_it(text, title) else "the repealing text does not name it"
    if by["level"] in NATIONAL and by["level"] != "部门规章":
        return ""
    return "" if kindred(key_of(title), by["key"]) else "no text to verify it, and the titles are far apart"


def text_of(row: Row, laws: Path) -> str | None:
    """The full text beside the catalogue (all its files), without blanks, if it is there."""
    text = "".join(file.read_text(encoding="utf-8", errors="replace") for file in files_of(row, laws))
    return "".join(text.split()) or None


def files_of(row: Row, laws: Path) -> list[Path]:
    """The files beside the catalogue that hold the text of a row."""
    sources = [source.partition(":") for source in row["text_sources"].split(" ; ")]
    return [laws / path for name, _, path in sources if name == "LawRefBook/Laws" and (laws / path).is_file()]


def names_it(text: str, title: str) -> bool:
    """Whether a sentence of the text names the title and says that it is repealed."""
    wanted = key_of(title)
    for sentence in re.split(
        r"[。]|(?=第[一二三四五六七八九十百]+条)", key_of(text).replace("<", "《").replace(">", "》")
    ):
        if re.search(r"废止|失效|停止执行", sentence) and wanted in sentence.replace("中华人民共和国", ""):
            return True
    return False


def kindred(one: str, other: str) -> bool:
    """Whether two titles share most of their pairs of characters."""
    pairs = [{text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other)]
    return len(pairs[0] & pairs[1]) * 2 > min(map(len, pairs)) and one[:2] == other[:2]


def exact(source: Row, by: Row, since: str) -> bool:
    """Whether `since` is the day the repealing text itself states, and that text was not rewritten later."""
    stated = source["effective_kind"] in ("stated_date", "header", "frontmatter")
    return stated and (
        since >= by["published"] or day(since) - day(by["adopted"] or by["published"]) < timedelta(days=550)
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: make_catalogue.py FOLDER")
    main(Path(sys.argv[1]))
