"""The library of laws that an office brings: one SQLite file, read by title and article or searched by words.

    with Library.open(path) as library:
        library.article("行政处罚法", "第三十三条", date(2024, 3, 5))
        library.search("首违不罚", limit=5)

Every version of a law is kept. A version is in force from its `since` until the next version's; the library knows nothing
of repeals and of versions that nobody brought.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from checker.errors import UsageError
from checker.lawlib.texts import LawText, article_number, title_key
from checker.lawlib.words import Words, dictionary_words, pairs
from checker.model import LawArticle

SCHEMA = 1
_APPLICATION = 0x6E6C6177  # "nlaw"
_TABLES = """
CREATE TABLE texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, title TEXT NOT NULL, part TEXT NOT NULL, number TEXT NOT NULL,
    adopted TEXT, published TEXT, effective TEXT, version TEXT, since TEXT, until TEXT,
    note TEXT NOT NULL, digest TEXT NOT NULL, source TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX texts_key ON texts (key, part, since);
CREATE INDEX texts_digest ON texts (digest);
CREATE UNIQUE INDEX texts_source ON texts (source);
CREATE TABLE aliases (key TEXT NOT NULL, text INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE, PRIMARY KEY (key, text)) WITHOUT ROWID;
CREATE INDEX aliases_text ON aliases (text);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, text INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE,
    label TEXT NOT NULL, number INTEGER, sub INTEGER NOT NULL, chapter TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX articles_number ON articles (text, number, sub);
CREATE TABLE dictionary (title TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE frequent (part TEXT NOT NULL, term TEXT NOT NULL, articles INTEGER NOT NULL, PRIMARY KEY (part, term)) WITHOUT ROWID;
CREATE VIRTUAL TABLE found USING fts5 (words, pairs, title, content='', tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (found, col);
"""
_NEVER = "0001-01-01"
REBUILD = "把它改名或者删去，再导入一次：normcheck laws import 存放法规的文件夹 --library {path}"
# How much a match counts: words of the article, pairs of characters, words of title and chapter.
_WEIGHTS = (1.0, 0.5, 0.8)
_POSTINGS = 30_000  # index entries that one search looks at; the rarest words come first
_FREQUENT_SHARE = 200
_SNIPPET = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found; the higher the score, the closer. `snippet` is the part of it where the words stand."""

    article: LawArticle
    score: float
    snippet: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a law that the library holds, and how many articles it has."""

    title: str
    part: str
    number: str
    version: date | None
    since: date | None
    until: date | None
    articles: int


_COLUMNS = (
    "t.title, t.part, a.label, a.chapter, a.body, t.number, t.version, t.since, t.until, t.source "
    "FROM articles a JOIN texts t ON t.id = a.text"
)
_IN_FORCE = "(t.since IS NULL OR t.since <= :day) AND (t.until IS NULL OR t.until > :day)"
_NEWEST = "t.until IS NULL"
_NAMED = "t.id IN (SELECT id FROM texts WHERE key = :key UNION SELECT text FROM aliases WHERE key = :key)"


class Library:
    """An open library. Use it in one thread, and close it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Library:
        """The library in the file `path`.

        Raises UsageError when there is none, when the file is something else, or was made by another version.
        """
        if not path.is_file():
            raise UsageError(
                "没有法规库。",
                where=str(path),
                next="先导入：normcheck laws import 存放法规的文件夹；库在别处的，用 --library 写明。",
            )
        connection = _connect(path, create=False)
        try:
            _check_schema(connection, path)
        except BaseException:
            connection.close()
            raise
        return cls(connection, path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    # -------------------------------------------------------------- reading

    def article(self, title: str, number: str, as_of: date | None = None) -> LawArticle | None:
        """The article `number` (第十二条之一, 12) of the law `title` in the version in force on `as_of`, else the newest.

        None when the library has no such law, no version in force that day, or the version no such article.
        """
        wanted = article_number(number)
        if wanted is None:
            return None
        where, values = _dated(as_of)
        rows = self._rows(
            f"SELECT {_COLUMNS} WHERE {_NAMED} AND {where} AND a.number = :number AND a.sub = :sub ORDER BY t.since DESC, a.id LIMIT 1",
            {"key": title_key(title), "number": wanted[0], "sub": wanted[1], **values},
        )
        return next(map(_article, rows), None)

    def articles(self, title: str, as_of: date | None = None) -> tuple[LawArticle, ...]:
        """All of the law `title` in the version in force on `as_of`, else the newest; empty when there is none."""
        where, values = _dated(as_of)
        rows = self._rows(
            f"SELECT {_COLUMNS} WHERE {_NAMED} AND {where} ORDER BY "  # noqa: S608  nothing here comes from outside
            "(SELECT min(number) FROM articles WHERE text = t.id AND number > 0), a.id",
            {"key": title_key(title), **values},
        )
        return tuple(map(_article, rows))

    def versions(self, title: str) -> tuple[Version, ...]:
        """The versions of the law `title` that the library holds, the oldest first."""
        rows = self._rows(
            "SELECT title, part, number, version, since, until, "  # noqa: S608
            "(SELECT count(*) FROM articles a WHERE a.text = t.id AND (a.number > 0 OR a.number IS NULL)) "
            f"FROM texts t WHERE {_NAMED} ORDER BY since, id",
            {"key": title_key(title)},
        )
        return tuple(Version(row[0], row[1], row[2], _day(row[3]), _day(row[4]), _day(row[5]), row[6]) for row in rows)

    def titles_like(self, title: str, limit: int = 8) -> list[str]:
        """Titles that hold the words of `title`, the shortest first: what may have been meant."""
        pattern = "%".join(title_key(title).replace("%", "").replace("_", ""))
        return [
            row[0]
            for row in self._rows(
                "SELECT DISTINCT title FROM texts WHERE key LIKE :like ORDER BY length(title), title LIMIT :limit",
                {"like": f"%{pattern}%", "limit": limit},
            )
        ]

    def search(self, words: str, limit: int = 10, as_of: date | None = None) -> list[Hit]:
        """The articles nearest to `words` (a few words, or a whole clause), the best first, by BM25.

        Of each law the version in force on `as_of`, else the newest.
        """
        tokens = self._tokens(words)
        if not tokens or limit < 1:
            return []
        query = " OR ".join(f'{{{columns}}} : "{term}"' for columns, term in tokens)
        terms = {term for _, term in tokens}
        depth = limit * 5
        while True:
            ranked = self._rows(
                "SELECT rowid, -rank FROM found WHERE found MATCH :query AND rank MATCH :weights ORDER BY rank LIMIT :depth",
                {"query": query, "weights": f"bm25({', '.join(map(str, _WEIGHTS))})", "depth": depth},
            )
            rows = self._in_force(dict(ranked), as_of)[:limit]
            if len(rows) == limit or len(ranked) < depth:
                return [Hit(_article(row), score, _snippet(row[4], terms)) for score, row in rows]
            depth *= 5

    def _in_force(self, scores: dict[int, float], as_of: date | None) -> list[tuple[float, tuple[Any, ...]]]:
        """Scores and rows of those among the articles `scores` whose version is in force, the best first."""
        where, values = _dated(as_of)
        rows = self._rows(
            f"SELECT a.id, {_COLUMNS} WHERE a.id IN (SELECT value FROM json_each(:ids)) AND {where}",  # noqa: S608
            {"ids": json.dumps(list(scores)), **values},
        )
        return [(scores[row[0]], row[1:]) for row in sorted(rows, key=lambda row: (-scores[row[0]], row[0]))]

    def count(self) -> tuple[int, int]:
        """How many texts and articles there are."""
        ((texts, articles),) = self._rows("SELECT (SELECT count(*) FROM texts), (SELECT count(*) FROM articles)", {})
        return texts, articles

    def _tokens(self, text: str) -> list[tuple[str, str]]:
        """Columns and term of what is looked for: the rarest first, until the index entries to look at are too many."""
        wanted = [("words title", word) for word in self.words.of(text)] + [("pairs", pair) for pair in pairs(text)]
        frequent = self._frequent
        ranked = sorted(dict.fromkeys(wanted), key=lambda token: frequent.get((token[0].split()[0], token[1]), 0))
        chosen: list[tuple[str, str]] = []
        postings = 0
        for columns, term in ranked:
            postings += frequent.get((columns.split()[0], term), 0)
            if postings > _POSTINGS and len(chosen) >= 4:
                break
            chosen.append((columns, term))
        return chosen

    @cached_property
    def words(self) -> Words:
        """The cutter of words, with the titles of this library."""
        return Words(row[0] for row in self._rows("SELECT title FROM dictionary", {}))

    @cached_property
    def _frequent(self) -> dict[tuple[str, str], int]:
        return {(row[0], row[1]): row[2] for row in self._rows("SELECT part, term, articles FROM frequent", {})}

    def _rows(self, statement: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise _failed(error, self.path) from error


class Writer:
    """A library open for import. One transaction a batch: `with writer.batch(): writer.add(…)`; nothing is half there."""

    def __init__(self, path: Path) -> None:
        """Makes the library where there is none. Raises UsageError as `Library.open` does."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"建不了文件夹（{error.strerror or error}）。", where=str(path.parent)) from error
        self._connection = _connect(path, create=True)
        try:
            _make(self._connection, path)
        except BaseException:
            self._connection.close()
            raise
        self._touched: set[tuple[str, str]] = set()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def sources(self) -> dict[str, str]:
        """SHA-256 of each file that the library was made from, by its path."""
        return dict(self._connection.execute("SELECT source, sha256 FROM texts").fetchall())

    def known_titles(self) -> list[str]:
        """The titles in the dictionary."""
        return [row[0] for row in self._connection.execute("SELECT title FROM dictionary")]

    def twin(self, law: LawText) -> tuple[str, bool] | None:
        """The file that the same version came from, and whether it says the same; None when the version is new."""
        version = law.version.isoformat() if law.version else None
        row = self._connection.execute(
            "SELECT source, digest FROM texts WHERE key = ? AND part = ? AND version IS ?",
            (title_key(law.title), law.part, version),
        ).fetchone()
        return (row[0], row[1] == law.digest) if row else None

    def batch(self) -> _Batch:
        """A transaction: all of it, or nothing."""
        return _Batch(self)

    def withdraw(self, source: str) -> None:
        """Takes out what came from the file `source`. Its words stay in the index, where they lead nowhere."""
        for text, key, part in self._connection.execute(
            "SELECT id, key, part FROM texts WHERE source = ?", (source,)
        ).fetchall():
            self._connection.execute("DELETE FROM texts WHERE id = ?", (text,))
            self._touched.add((key, part))

    def add(self, law: LawText, source: str, sha256: str, indexed: Sequence[tuple[str, str, str]]) -> None:
        """Puts `law` in; `indexed` holds words, pairs and title words of each article (see `index_of`)."""
        days = [
            day.isoformat() if day else None
            for day in (law.adopted, law.published, law.effective, law.version, law.since)
        ]
        key = title_key(law.title)
        run = self._connection.execute
        run("DELETE FROM frequent")  # counted anew by `finish`; until then a search takes longer
        text = run(
            "INSERT INTO texts (key, title, part, number, adopted, published, effective, version, since, note, digest, source, sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (key, law.title, law.part, law.number, *days, law.note, law.digest, source, sha256),
        ).lastrowid
        for alias in law.aliases:
            run("INSERT OR IGNORE INTO aliases VALUES (?, ?)", (title_key(alias), text))
        for article, columns in zip(law.articles, indexed, strict=True):
            row = run(
                "INSERT INTO articles (text, label, number, sub, chapter, body) VALUES (?, ?, ?, ?, ?, ?)",
                (text, article.label, article.number, article.sub, article.chapter, article.text),
            ).lastrowid
            run("INSERT INTO found (rowid, words, pairs, title) VALUES (?, ?, ?, ?)", (row, *columns))
        for word in dictionary_words(law.title):
            run("INSERT OR IGNORE INTO dictionary VALUES (?)", (word,))
        self._touched.add((key, law.part))

    def unfinished(self) -> bool:
        """Whether an import ended before it counted the frequent words."""
        ((counted, articles),) = self._connection.execute(
            "SELECT EXISTS (SELECT 1 FROM frequent), EXISTS (SELECT 1 FROM articles)"
        ).fetchall()
        return bool(articles) and not counted

    def finish(self) -> None:
        """Counts the frequent words anew, so that a search can begin with the rare ones."""
        with self.batch():
            run = self._connection.execute
            ((articles,),) = run("SELECT count(*) FROM articles").fetchall()
            run("DELETE FROM frequent")
            run(
                "INSERT INTO frequent SELECT col, term, doc FROM vocabulary WHERE doc > ? AND col <> 'title'",
                (articles // _FREQUENT_SHARE,),
            )

    def _order_versions(self) -> None:
        """Each version of the touched laws ends where the next begins; a version without a date gives way to the dated."""
        for key, part in self._touched:
            rows = self._connection.execute(
                "SELECT id, since FROM texts WHERE key = ? AND part = ? ORDER BY since, version, id", (key, part)
            ).fetchall()
            for (text, since), following in zip(rows, [*rows[1:], (None, None)], strict=True):
                until = _NEVER if since is None and following[1] is not None else following[1]
                self._connection.execute("UPDATE texts SET until = ? WHERE id = ?", (until, text))
        self._touched.clear()


class _Batch:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __enter__(self) -> None:
        self._writer._connection.execute("BEGIN IMMEDIATE")  # noqa: SLF001

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        writer = self._writer
        if kind is None:
            try:
                writer._order_versions()  # noqa: SLF001
                writer._connection.execute("COMMIT")  # noqa: SLF001
            except sqlite3.DatabaseError:
                writer._connection.execute("ROLLBACK")  # noqa: SLF001
                raise
            return
        writer._touched.clear()  # noqa: SLF001
        writer._connection.execute("ROLLBACK")  # noqa: SLF001


def index_of(law: LawText, words: Words) -> list[tuple[str, str, str]]:
    """What the index takes of each article: its words, its pairs of characters, the words of title and chapter."""
    title = " ".join(words.of(f"{law.title} {law.part}"))
    chapters: dict[str, str] = {}
    indexed = []
    for article in law.articles:
        if article.chapter not in chapters:
            chapters[article.chapter] = " ".join([title, *words.of(article.chapter)])
        indexed.append((" ".join(words.of(article.text)), " ".join(pairs(article.text)), chapters[article.chapter]))
    return indexed


# ------------------------------------------------------------------ the file


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    try:
        uri = f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        connection = sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as error:
        raise _failed(error, path) from error
    return connection


def _check_schema(connection: sqlite3.Connection, path: Path) -> None:
    try:
        ((application,),) = connection.execute("PRAGMA application_id").fetchall()
        ((schema,),) = connection.execute("PRAGMA user_version").fetchall()
    except sqlite3.DatabaseError as error:
        raise _failed(error, path) from error
    if application != _APPLICATION:
        raise UsageError("这个文件不是法规库。", where=str(path), next="换一个路径，或者核对 --library。")
    if schema < SCHEMA:
        raise UsageError(
            f"法规库是旧版本的 normcheck 做的（格式{schema}，现在是{SCHEMA}）。",
            where=str(path),
            next=REBUILD.format(path=path),
        )
    if schema > SCHEMA:
        raise UsageError(
            f"法规库是更新版本的 normcheck 做的（格式{schema}，这个版本只认识{SCHEMA}）。",
            where=str(path),
            next="请升级 normcheck，或者用 --library 写另一个法规库。",
        )


def _make(connection: sqlite3.Connection, path: Path) -> None:
    try:
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        ((application,),) = connection.execute("PRAGMA application_id").fetchall()
        if tables or application:
            _check_schema(connection, path)
            return
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {SCHEMA}; {_TABLES} COMMIT;"
        )
    except sqlite3.DatabaseError as error:
        raise _failed(error, path) from error


def _failed(error: sqlite3.Error, path: Path) -> UsageError:
    if "locked" in str(error) or "busy" in str(error):
        return UsageError("法规库正被另一个程序写入。", where=str(path), next="等导入结束后再试。")
    if "not a database" in str(error):
        return UsageError("这个文件不是法规库。", where=str(path), next="换一个路径，或者核对 --library。")
    return UsageError(
        f"法规库读写出错（{error}）。",
        where=str(path),
        next=f"核对权限和磁盘；库已经损坏的，{REBUILD.format(path=path)}",
    )


# ------------------------------------------------------------------ rows


def _dated(as_of: date | None) -> tuple[str, dict[str, object]]:
    return (_NEWEST, {}) if as_of is None else (_IN_FORCE, {"day": as_of.isoformat()})


def _article(row: Sequence[object]) -> LawArticle:
    title, part, label, chapter, body, number, version, since, until, source = row
    return LawArticle(
        str(title), str(part), str(label), str(chapter), str(body), str(number),
        _day(version), _day(since), _day(until), str(source),
    )  # fmt: skip


def _day(written: object) -> date | None:
    return date.fromisoformat(written) if isinstance(written, str) else None


def _snippet(body: str, terms: Iterable[str]) -> str:
    """The stretch of `body` that holds most of `terms`, with … where something is left out."""
    text = " ".join(body.split())
    if len(text) <= _SNIPPET:
        return text
    marks = sorted({place for term in terms for place in _places(text, term)})
    start = max(marks, key=lambda mark: (sum(mark <= other < mark + _SNIPPET for other in marks), -mark), default=0)
    start = max(min(start - 5, len(text) - _SNIPPET), 0)
    return ("…" if start else "") + text[start : start + _SNIPPET] + ("…" if start + _SNIPPET < len(text) else "")


def _places(text: str, term: str) -> Iterator[int]:
    place = text.find(term)
    while place >= 0:
        yield place
        place = text.find(term, place + 1)
