"""From the bytes of one file to its Report: the chain of stages in one place, for the command line, the service and archives.

A file that cannot be read, and a file on which a stage of ours fails, has a report with problems and without a case;
the other files are none the worse for it. Rule packs and reference data that do not load are errors of the whole run.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.dossier import build_case
from checker.engine import check
from checker.errors import LimitExceeded, NormcheckError, ReadError
from checker.facts import extract
from checker.model import Case, Document, Facts, Kind, PlaceParams, Problem, Report
from checker.reading import read
from checker.reading.limits import DEFAULT, Limits
from checker.reference import Reference, load_reference
from checker.rulebook import Rulebook, load_rulebook

if TYPE_CHECKING:
    from checker.lawlib.shelf import Shelf
    from checker.workers import Start, Watch

_log = logging.getLogger("normcheck")

_INLINE = frozenset({".docx", ".docm", ".txt", ".md", ".markdown", ".html", ".htm", ".xhtml"})
"""Extensions of the formats that a single file is read in at once, without a worker: no foreign code runs for long."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person or an office asks for.

    today: the day of the run, used where a document states no day of its own. as_of: the day to judge at, if given.
    region: official names from the province down ("宁夏回族自治区银川市"). kind, traits: overrule what is read; a trait
    with a leading "-" is denied. given: days the file does not state, by event. packs: ids, empty = chosen by the case.
    packs_optional: leave out packs of `rule_folders` that do not load, and say so in every report. places: what the
    office's configuration says of its places (validity, filing). library: its law library, opened by each process.
    """

    today: date
    as_of: date | None = None
    region: str | None = None
    kind: Kind | None = None
    traits: tuple[str, ...] = ()
    given: Mapping[str, date] = field(default_factory=dict)
    packs: tuple[str, ...] = ()
    rule_folders: tuple[Path, ...] = ()
    packs_optional: bool = False
    calendar_files: tuple[Path, ...] = ()
    places: tuple[PlaceParams, ...] = ()
    limits: Limits = DEFAULT
    library: Path | None = None


def load(settings: Settings) -> tuple[Rulebook, Reference]:
    """The rules and the reference data that `settings` name; a process reads the rules once.

    A law library that cannot be used raises nothing: every report says so.

    Raises RulePackError, ReferenceDataError, or UsageError for a pack that is not there.
    """
    rulebook, reference = (
        _rulebook(settings.rule_folders, settings.packs_optional),
        load_reference(settings.calendar_files, settings.places),
    )
    if settings.packs:
        rulebook.named(settings.packs)
    if settings.library is not None:
        reference = replace(reference, laws=_shelf(settings.library))
    return rulebook, reference


@lru_cache(maxsize=4)
def _rulebook(folders: tuple[Path, ...], optional: bool) -> Rulebook:
    return load_rulebook(folders, optional=optional)


def _shelf(library: Path) -> Shelf:
    """The law library, one for each state of its file: an import in the meantime counts for the next document."""
    try:
        about = library.stat()
    except OSError:
        return _shelf_at(library, None)
    return _shelf_at(library, (about.st_ino, about.st_mtime_ns))


@lru_cache(maxsize=1)
def _shelf_at(library: Path, _state: tuple[int, int] | None) -> Shelf:
    from checker.lawlib.shelf import Shelf  # noqa: PLC0415  SQLite costs start-up time; most have no library

    return Shelf(library)


def examine(data: bytes, name: str, settings: Settings) -> tuple[Document, Facts]:
    """Reads one file and the facts in it. Raises ReadError (or a kind of it)."""
    document = read(data, name, settings.limits)
    overruled: dict[str, Any] = {}
    if settings.kind is not None:
        overruled["kind"] = settings.kind
    if settings.traits:
        overruled["traits"] = settings.traits
    return document, extract(document, known_law=load_reference(settings.calendar_files).knows_law, **overruled)


def check_files(
    files: Sequence[tuple[Path, str]],
    settings: Settings,
    *,
    workers: int | None = None,
    start: Start | None = None,
    watch: Watch | None = None,
) -> Generator[Report, None, None]:
    """The report of each file (its path, and the name it goes by), judged on its own, in the order given.

    A single small file is checked at once in this process; all others by `workers` worker processes (default: one for
    each processor, at most one for each file) under the limits of `settings`. `start` names another executor than the
    supervisor's, `watch` is told of the progress; see `checker.workers`.
    """
    if start is None and len(files) == 1 and _is_small(files[0][0], settings.limits):
        yield _checked_here(*files[0], settings)
        return
    from checker import workers as supervision  # noqa: PLC0415  costs start-up time that a single file does not pay

    begin = start or partial(supervision.Supervisor, limits=settings.limits, preload=(__name__,))
    count = max(min(workers or _processors(), len(files)), 1)
    jobs = [supervision.Job(name, (path.absolute(), name, settings)) for path, name in files]
    with closing(supervision.run(check_path, jobs, begin, workers=count, watch=watch)) as results:
        for job, result in zip(jobs, results, strict=True):
            yield result if isinstance(result, Report) else Report(None, problems=(result,), name=job.name)


def _is_small(path: Path, limits: Limits) -> bool:
    """Whether a file is checked in this process: small and of a simple format, or not there at all."""
    try:
        return path.suffix.lower() in _INLINE and path.stat().st_size <= limits.inline_bytes
    except OSError:
        return True


def _checked_here(path: Path, name: str, settings: Settings) -> Report:
    try:
        return check_path(path, name, settings)
    except MemoryError as error:
        return crashed(name, error)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_path(path: Path, name: str, settings: Settings) -> Report:
    """The report of the file at `path`. Raises MemoryError, as `check_file` does."""
    try:
        data = file_bytes(path, name, settings.limits)
    except NormcheckError as error:
        return unread(name, error)
    return check_file(data, name, settings)


def file_bytes(path: Path, name: str, limits: Limits = DEFAULT) -> bytes:
    """The content of one file. Raises ReadError, and LimitExceeded before a file that is too large is read."""
    try:
        if path.is_dir():
            raise ReadError("这是一个文件夹。", where=name, next="写出文件夹里的一个文件。")
        if not path.is_file() and path.exists():
            raise ReadError("这不是普通文件。", where=name, next="写出要检查的文件。")
        size = path.stat().st_size
        if size > limits.file_bytes:
            what = f"文件有 {size / 1024 / 1024:.0f} MB，超过上限 {limits.file_bytes / 1024 / 1024:.0f} MB，没有读取。"
            raise LimitExceeded(what, where=name, next="删去文件里的大图片，或者拆成几个文件。")
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError("找不到文件。", where=name, next="核对路径和文件名。") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError(f"文件打不开（{reason}）。", where=name, next="核对权限和磁盘。") from error


def check_file(data: bytes, name: str, settings: Settings) -> Report:
    """The report of one file, judged on its own.

    Raises MemoryError, which is no fault of the document's: a process of its own may have enough.
    """
    rulebook, reference = load(settings)
    try:
        return _checked(data, name, settings, rulebook, reference)
    except NormcheckError as error:
        return unread(name, error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a fault of ours ends this document, not the run
        _log.debug("%s", name, exc_info=True)
        return crashed(name, error)


def _checked(data: bytes, name: str, settings: Settings, rulebook: Rulebook, reference: Reference) -> Report:
    document, facts = examine(data, name, settings)
    case = build_case(
        (document,), (facts,), given=settings.given, as_of=settings.as_of, today=settings.today, region=settings.region
    )
    packs = rulebook.named(settings.packs) if settings.packs else rulebook.choose(case)
    report = check(case, packs, reference)
    if settings.library is not None:
        report = _with_law(report, _shelf(settings.library), reference)
    problems = dict.fromkeys(
        (*document.problems, *facts.problems, *report.problems, *_choice(case, name, settings, rulebook))
    )
    return replace(report, name=name, problems=tuple(problems))


def _with_law(report: Report, shelf: Shelf, reference: Reference) -> Report:
    """`report` with the law beside its findings; whatever goes wrong with the library leaves the report as it is."""
    from checker.lawside import with_law  # noqa: PLC0415  as above

    try:
        report = with_law(report, shelf, reference.catalogue)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a text beside a finding is worth no finding
        _log.debug("%s", report.name, exc_info=True)
        what = f"附上法条原文时出错（{type(error).__name__}: {error}），检查结果不受影响。"
        step = "加 --debug 再运行一次，把输出和文件（能提供的话）交给程序维护人员。"
        return replace(report, problems=(*report.problems, Problem(report.name, what, "", step, lost=False)))
    trouble = shelf.trouble
    if trouble is None:
        return report
    what = f"问题旁边没有附法条原文，检查结果不受影响：{trouble.what}"
    return replace(
        report, problems=(*report.problems, Problem(report.name, what, trouble.where, trouble.next, lost=False))
    )


def _choice(case: Case, name: str, settings: Settings, rulebook: Rulebook) -> Iterator[Problem]:
    """What the user should know of how the packs were chosen."""
    for error in rulebook.refused:
        yield Problem(name, f"有的规则包没有使用：{error.what}", error.where, error.next)
    if settings.packs or (case.region is not None and case.region.province is not None):
        return
    if any(fact.detail.get("level") == "ministry" for fact in case.main.all("issuer")):
        return
    known = f"只认出{case.region.name}，没有认出它属于哪个省" if case.region is not None else "没有认出制定机关在哪里"
    step = "用 --region 指定地区（例如 --region 宁夏/银川市西夏区），或者用 --packs 指定规则包（normcheck rules list 列出全部）。"
    yield Problem(name, f"{known}，只用了全国的规则包，没有用地方的。", "制定机关", step)


def unread(name: str, error: NormcheckError) -> Report:
    """The report of a file that could not be read or judged, with the reason."""
    return Report(None, problems=(Problem(name, error.what, error.where, error.next),), name=name)


def crashed(name: str, error: Exception) -> Report:
    """The report of a file on which normcheck itself failed."""
    what = f"程序处理这个文件时出错（{type(error).__name__}: {error}），没有得出结论。"
    step = "加 --debug 再运行一次，把输出和文件（能提供的话）交给程序维护人员。"
    return Report(None, problems=(Problem(name, what, "", step),), name=name)
