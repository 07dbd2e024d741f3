"""From a folder of files to the library: each file is one version of one law, or is skipped with the reason.

Files go in by batches, each in one transaction: an interrupted import has whole laws or none, and running it again goes
on where it stopped. One import at a time; the second is told.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checker.errors import NormcheckError, UsageError
from checker.lawlib.library import Writer, index_of
from checker.lawlib.texts import LawText, parse
from checker.lawlib.words import Words
from checker.reading import DEFAULT, Limits, read

_BATCH_CHARACTERS = 300_000
# fmt: off
_NOT_TEXTS = frozenset((
    ".xls", ".xlsx", ".et", ".ppt", ".pptx", ".zip", ".rar", ".7z", ".gz", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff",
    ".mp3", ".mp4", ".exe", ".db", ".sqlite", ".lock", ".py", ".js", ".css", ".json", ".xml", ".toml", ".yml", ".yaml", ".csv",
    ".tsv", ".ini", ".log",
))
# fmt: on


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that did not go in, and why."""

    name: str
    reason: str


@dataclass
class Imported:
    """What an import did. `unchanged`: files that were in the library already."""

    texts: int = 0
    articles: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Skipped] = field(default_factory=list)


def import_folder(
    folder: Path, library: Path, *, limits: Limits = DEFAULT, progress: Callable[[int, int], None] | None = None
) -> Imported:
    """Puts the laws in `folder` and the folders below it into the library, which is made where there is none.

    `progress` is told how many files are done, of how many.

    Raises UsageError when there is no such folder, another import is running, or the library cannot be written.
    """
    if not folder.is_dir():
        raise UsageError("没有这个文件夹。", where=str(folder), next="写出存放法规文件的文件夹。")
    with _alone(library):
        writer = Writer(library)
        try:
            return _Import(folder, writer, limits).run(progress)
        except sqlite3.Error as error:
            raise UsageError(
                f"法规库写不进去（{error}）。",
                where=str(library),
                next="核对权限和磁盘空间，再导入一次：已经导入的不会重来。",
            ) from error
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    source: str
    sha256: str
    data: bytes


class _Import:
    def __init__(self, folder: Path, writer: Writer, limits: Limits) -> None:
        self._folder = folder
        self._writer = writer
        self._limits = limits
        self._sources = writer.sources()
        self._done = Imported()
        self._pending: list[tuple[_File, LawText]] = []
        self._characters = 0
        self._words: Words | None = None

    def run(self, progress: Callable[[int, int], None] | None) -> Imported:
        """All files, those that changed since the last import first: what they said before must not hide another."""
        paths = sorted(self._files(), key=lambda path: (str(path.resolve()) not in self._sources, str(path)))
        for index, path in enumerate(paths):
            self._take(path)
            if progress:
                progress(index + 1, len(paths))
        self._flush()
        if self._writer.unfinished():
            self._writer.finish()
        self._done.skipped.sort(key=lambda skipped: skipped.name)
        return self._done

    def _files(self) -> Iterator[Path]:
        """Regular files that may be texts; says of the others why not."""
        for where, folders, names in os.walk(self._folder, onerror=self._no_folder):
            for hidden in [name for name in folders if name.startswith(".")]:
                self._skip(Path(where, hidden), "隐藏文件夹。")
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(where, name)
                if path.absolute() == self._writer.path.absolute() or name == f"{self._writer.path.name}.lock":
                    continue  # the library itself
                if reason := self._refused(path):
                    self._skip(path, reason)
                else:
                    yield path

    def _no_folder(self, error: OSError) -> None:
        self._skip(Path(error.filename or self._folder), f"文件夹打不开（{error.strerror or error}）。")

    def _refused(self, path: Path) -> str:
        if path.name.startswith((".", "~$")):
            return "隐藏文件或者正在编辑的锁定文件。"
        if not path.is_file():
            return "不是普通文件，或者链接已经失效。"
        if path.suffix.lower() in _NOT_TEXTS:
            return f"{path.suffix}文件不是法规文本。"
        try:
            size = path.stat().st_size
        except OSError as error:
            return f"文件打不开（{error.strerror or error}）。"
        if size > self._limits.file_bytes:
            return f"文件太大（{size / 1024 / 1024:.0f}MB）。"
        return ""

    def _take(self, path: Path) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            self._skip(path, f"文件打不开（{error.strerror or error}）。")
            return
        file = _File(path, self._name(path), str(path.resolve()), hashlib.sha256(data).hexdigest(), data)
        if self._sources.get(file.source) == file.sha256:
            self._done.unchanged += 1
            return
        try:
            document = read(data, file.name, self._limits)
            law = parse(document)
        except NormcheckError as error:
            self._skip(path, " ".join(part for part in (error.what, error.next) if part))
            return
        self._done.notes.extend(
            Skipped(file.name, f"{problem.what} {problem.next}".strip()) for problem in document.problems
        )
        self._pending.append((file, law))
        self._characters += len(document.text)
        if self._characters >= _BATCH_CHARACTERS:
            self._flush()

    def _flush(self) -> None:
        """Writes what is pending, in one transaction."""
        if not self._pending:
            return
        if self._words is None:
            self._words = Words(self._writer.known_titles())
        for _, law in self._pending:
            self._words.add(law.title)
        indexed = [index_of(law, self._words) for _, law in self._pending]
        texts = articles = 0
        with self._writer.batch():
            for (file, law), columns in zip(self._pending, indexed, strict=True):
                self._writer.withdraw(file.source)
                if self._is_new(file, law):
                    self._writer.add(law, file.source, file.sha256, columns)
                    texts, articles = texts + 1, articles + len(law.articles)
        self._done.texts += texts
        self._done.articles += articles
        self._pending.clear()
        self._characters = 0

    def _is_new(self, file: _File, law: LawText) -> bool:
        """Whether no other file brought this version; one that is gone gives way to `file`."""
        twin = self._writer.twin(law)
        if twin is None:
            return True
        source, same = twin
        version = law.version.isoformat() if law.version else "没有日期"
        if same:
            self._skip(file.path, f"《{law.title}》（{version}）与已经导入的 {self._name(Path(source))} 内容相同。")
            return False
        if not Path(source).exists():
            self._writer.withdraw(source)
            return True
        self._skip(
            file.path,
            f"《{law.title}》的同一版本（{version}）已经从 {self._name(Path(source))} 导入，内容不同。"
            "要换成这一份的，把那一份移走再导入；其实是另一个版本的，在文件名末尾写上公布日期，例如 (2024-03-05)。",
        )
        return False

    def _skip(self, path: Path, reason: str) -> None:
        self._done.skipped.append(Skipped(self._name(path), reason))

    def _name(self, path: Path) -> str:
        for folder in (self._folder, self._folder.resolve()):
            if path.is_relative_to(folder):
                return str(path.relative_to(folder))
        return str(path)


@contextmanager
def _alone(library: Path) -> Iterator[None]:
    """Holds the lock beside the library. It goes with the process, however that ends."""
    path = library.with_name(library.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(
            f"写不了法规库所在的文件夹（{error.strerror or error}）。",
            where=str(path.parent),
            next="核对权限，或者用 --library 写别的路径。",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError("另一个导入正在写这个法规库。", where=str(library), next="等它结束后再导入。") from error
        yield
    finally:
        os.close(handle)
