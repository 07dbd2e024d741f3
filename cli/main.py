"""`normcheck check | facts | workdays | laws`: arguments, files, messages and exit codes. Nothing is judged here.

Results go to stdout or `--output`, messages to stderr. The engine is imported by the command that needs it, so that
`--help` and mistakes answer at once.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
import threading
from _thread import interrupt_main
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from checker import __version__
from checker.errors import NormcheckError, UsageError
from cli import formats, laws_command, rules_command

if TYPE_CHECKING:
    from checker.audit import Settings
    from checker.model import Report

OK, VIOLATED, UNUSABLE = 0, 1, 2
_WORD = (".docx", ".docm", ".doc", ".wps", ".rtf", ".odt")
_PAGES = (".pdf", ".ofd", ".jpg", ".jpeg", ".png", ".tif", ".tiff")
_TEXT = (".txt", ".md", ".markdown", ".html", ".htm", ".xhtml")
_DOCUMENTS = frozenset((*_WORD, *_PAGES, *_TEXT))
_FORMATS_HELP = (
    "输出格式，默认 text；docx 在原文件的副本上逐条加批注，不能加批注的文件（pdf、txt、网页等）另出一份检查结果"
)
_OURS = frozenset(("normcheck.toml", "waivers.toml"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0, 1 (a violation) or 2 (wrong usage, or an input that is unreadable)."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail(stream)
    sys.unraisablehook = _interrupt_again
    try:
        options = _parser().parse_args(arguments)
        if options.debug:
            logging.basicConfig(stream=sys.stderr, format="%(message)s")
            logging.getLogger("normcheck").setLevel(logging.DEBUG)
        command: Callable[[argparse.Namespace], int] = options.run
        code = command(options)
        sys.stdout.flush()
    except NormcheckError as error:
        _say(str(error))
        return UNUSABLE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except KeyboardInterrupt:
        _say("已中断。")
        return 130
    return code


def _interrupt_again(lost: sys.UnraisableHookArgs) -> None:
    """Python drops an interrupt (Ctrl-C) that falls into a finaliser, with a trace: the command would go on as if nothing were."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        threading.Timer(0.01, interrupt_main).start()
    else:
        sys.__unraisablehook__(lost)


# ------------------------------------------------------------------ arguments


class _Parser(argparse.ArgumentParser):
    """An argparse parser that speaks Chinese and refuses with UsageError."""

    def error(self, message: str) -> NoReturn:
        """Mistakes in the arguments, in the user's language."""
        for pattern, chinese in _MISTAKES:
            if match := re.fullmatch(pattern, message, re.DOTALL):
                message = match.expand(chinese)
                break
        raise UsageError(message, next=f"用 {self.prog} --help 查看用法。")

    def format_usage(self) -> str:
        """The usage line."""
        return super().format_usage().replace("usage: ", "用法：", 1)

    def format_help(self) -> str:
        """The help text."""
        return super().format_help().replace("usage: ", "用法：", 1)


_MISTAKES = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1。"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1。"),
    (r"argument (.*?): expected one argument", r"选项 \1 后面缺少值。"),
    (r"argument (.*?): expected at least one argument", r"选项 \1 后面缺少值。"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1 不能是 \2，可以用：\3。"),
    (r"argument (.*?): invalid int value: (.*)", r"选项 \1 应当是整数，不是 \2。"),
    (r"argument (.*?): not allowed with argument (.*)", r"选项 \1 和 \2 不能同时用。"),
    (r"one of the arguments (.*) is required", r"必须给出其中一项：\1。"),
    (r"ambiguous option: (.*) could match (.*)", r"选项 \1 不完整，可能是：\2。"),
)


def _parser() -> argparse.ArgumentParser:
    parser = _command_parser(prog="normcheck", description="检查行政规范性文件、政府规章和重大行政决策文件。")
    parser.add_argument("--version", action="version", version=f"normcheck {__version__}", help="显示版本")
    parser.add_argument("--debug", action="store_true", default=False, help=argparse.SUPPRESS)
    commands = parser.add_subparsers(title="命令", metavar="命令", dest="command", required=True, parser_class=_Parser)
    _add_check(commands)
    _add_facts(commands)
    _add_workdays(commands)
    rules_command.add_rules(commands, _subcommand, _with_help)
    laws_command.add_laws(commands, _subcommand)
    return parser


def _command_parser(**texts: str) -> _Parser:
    parser = _Parser(add_help=False, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **texts)  # type: ignore[arg-type]
    return _with_help(parser)


def _with_help(parser: _Parser) -> _Parser:
    parser._positionals.title = "参数"  # noqa: SLF001  argparse offers no other way to name its groups
    parser._optionals.title = "选项"  # noqa: SLF001
    parser.add_argument("-h", "--help", action="help", help="显示这段说明")
    return parser


if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[_Parser]  # noqa: SLF001


def _subcommand(commands: _Commands, name: str, summary: str, epilog: str = "", *, configured: bool = True) -> _Parser:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=epilog,
        add_help=False,
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _with_help(parser)
    if configured:
        parser.add_argument("--config", metavar="文件", help="配置文件；不写就从当前文件夹向上找 normcheck.toml")
    parser.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="程序出错时在标准错误输出显示详情"
    )
    return parser


def _add_check(commands: _Commands) -> None:
    parser = _subcommand(
        commands,
        "check",
        "逐个检查文件：每项要求给出符合、不符合、待核实或者不涉及，并列出问题、依据和建议",
        "退出码：0 没有违反硬性要求；1 违反硬性要求（--strict 时，硬性要求待核实的也算）；2 用法有误，或者有文件没有读出来。\n"
        "例：normcheck check 通知.docx --region 宁夏 --date 公布=2024-03-05 --trait no:business",
    )
    parser.add_argument("inputs", nargs="+", metavar="文件或文件夹", help="要检查的文件；文件夹连同下级文件夹逐个检查")
    parser.add_argument("--format", choices=tuple(formats.FORMATS), default="text", help=_FORMATS_HELP)
    parser.add_argument("--output", metavar="路径", help="写到文件；有几个文件要检查时是一个文件夹，每个文件一份结果")
    parser.add_argument("--packs", metavar="编号,…", help="只用这些规则包；不写就按地区和日期选用")
    parser.add_argument(
        "--packs-optional", action="store_true", help="本单位的规则包有错时，跳过它，其余照常检查；不写就停下来报错"
    )
    parser.add_argument("--as-of", metavar="日期", help="按这一天的规定判断；不写就用文件自己的日期")
    parser.add_argument("--region", metavar="地区", help="制定机关所在地，例如 宁夏、宁夏回族自治区银川市")
    parser.add_argument("--kind", metavar="文种", help="指定文种，例如 行政规范性文件（normative_document）")
    parser.add_argument(
        "--trait",
        metavar="特征",
        action="append",
        default=[],
        help="添加一个特征，例如 涉企（business）；前面加 no: 是否定，例如 no:business；可以写几次",
    )
    parser.add_argument(
        "--date",
        metavar="事项=日期",
        action="append",
        default=[],
        help="补充文件没有写明的日期，例如 公布=2024-03-05（published=…）；可以写几次",
    )
    parser.add_argument(
        "--library",
        metavar="文件",
        help="法规库（normcheck laws import 导入的），在问题旁边附上法条原文；不写就用 normcheck.toml 写明的，或者当前文件夹里的",
    )
    parser.add_argument("--waivers", metavar="文件", help="豁免清单；不写就用文件旁边的 waivers.toml")
    parser.add_argument("--baseline", metavar="文件", help="以前的 JSON 报告，只列出它没有的问题")
    parser.add_argument("--strict", action="store_true", help="硬性要求待核实的，退出码也是 1")
    parser.set_defaults(run=_check)


def _add_facts(commands: _Commands) -> None:
    parser = _subcommand(
        commands, "facts", "列出从一个文件里读到的标题、机关、文号、日期、条款和引用，每项附原文", configured=False
    )
    parser.add_argument("input", metavar="文件")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--text", action="store_true", help="只输出读到的正文，报告里的字符位置以它为准")
    shown.add_argument("--format", choices=("text", "json"), default="text", help="输出格式，默认 text")
    parser.set_defaults(run=_facts)


def _add_workdays(commands: _Commands) -> None:
    parser = _subcommand(
        commands,
        "workdays",
        "数工作日：起算日不计入，末日计入，放假和调休按国务院办公厅的通知",
        "例：normcheck workdays 2024-09-28 --to 2024-10-11    normcheck workdays 2024-09-28 --add 7 --region 宁夏",
    )
    parser.add_argument("start", metavar="起算日")
    until = parser.add_mutually_exclusive_group(required=True)
    until.add_argument("--to", metavar="日期", help="数到这一天（计入）")
    until.add_argument("--add", metavar="个数", type=int, help="求第几个工作日")
    parser.add_argument("--region", metavar="地区", help="计入这个地方的本地假日，例如 宁夏")
    parser.set_defaults(run=_workdays)


# ------------------------------------------------------------------ check


@dataclass(frozen=True, slots=True)
class _Input:
    """One file to check: where it is, and the name it goes by in messages and reports."""

    path: Path
    name: str


def _check(options: argparse.Namespace) -> int:
    settings = _settings(options)
    inputs = _collect(options.inputs)
    several = len(options.inputs) > 1 or any(Path(each).is_dir() for each in options.inputs)
    form = formats.FORMATS[options.format]
    output = _output(options.output, several=several)
    places = [_place(output, item, inputs, form.suffix) if several else output for item in inputs] if output else []
    _refuse_overwriting(places, inputs, (options.waivers, options.baseline, options.config, settings.library))
    if output is None:
        formats.refuse_stdout(options.format, len(inputs))

    from cli import accepted  # noqa: PLC0415
    from cli.progress import checked  # noqa: PLC0415

    run = _run(inputs, settings, printed=output is None)  # what does not load ends the run before the first file
    folders = [Path(name) for name in options.inputs if Path(name).is_dir()]
    paths = {item.name: item.path for item in inputs}
    before = accepted.load_accepted(options.waivers, options.baseline, paths, folders, run.rulebook, settings.today)
    reports = []
    with closing(checked([(item.path, item.name) for item in inputs], settings)) as results:
        for report in results:
            reports.append(report)
            _warn_of_secrecy(report)
    reports = before.settle(reports)
    if output is None:
        _print(form.render(reports, run))
    elif not several:
        _write(output, form.render(reports, run))
    else:
        for place, report in zip(places, reports, strict=True):
            _write(place, form.render([report], run))
    return _exit_code(reports, strict=options.strict)


def _settings(options: argparse.Namespace) -> Settings:
    from cli import config, typed  # noqa: PLC0415

    as_of = typed.typed_date(options.as_of, "--as-of") if options.as_of is not None else None
    region = typed.typed_region(options.region)
    chosen = {
        "as_of": as_of,
        "region": region.name if region else None,
        "kind": typed.typed_kind(options.kind),
        "traits": typed.typed_traits(options.trait),
        "given": typed.typed_dates(options.date),
        "packs": tuple(part.strip() for part in (options.packs or "").split(",") if part.strip()),
    }
    office = config.load_config(options.config)

    from checker.audit import Settings  # noqa: PLC0415

    return Settings(
        today=_today(),
        rule_folders=office.rule_folders,
        calendar_files=office.calendar_files,
        places=office.places,
        packs_optional=options.packs_optional,
        library=config.library_to_show(options.library, office),
        **chosen,  # type: ignore[arg-type]
    )


def _today() -> date:
    return date.today()  # noqa: DTZ011  the office's own day, asked for here and nowhere else


def _collect(named: Sequence[str]) -> list[_Input]:
    """The files to check, each once: named files as they are, the documents of folders in sorted order."""
    found: dict[Path, _Input] = {}
    for name in named:
        path = Path(name)
        for each in _documents_in(path) if path.is_dir() else [path]:
            found.setdefault(each.absolute(), _Input(each, str(each)))
    return list(found.values())


def _documents_in(folder: Path) -> list[Path]:
    documents = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where, name)
            if name.startswith((".", "~$")):
                _say(f"跳过 {path}：隐藏文件或者正在编辑的锁定文件。")
            elif name in _OURS:
                continue
            elif path.suffix.lower() not in _DOCUMENTS or not path.is_file():
                _say(f"跳过 {path}：不是要检查的文件。")
            else:
                documents.append(path)
    if not documents:
        _say(f"文件夹 {folder} 里没有要检查的文件。")
    return sorted(documents)


def _warn_of_secrecy(report: Report) -> None:
    if report.case and report.case.main.has_trait("secret"):
        _say(f"注意：{report.name} 标有密级，请按保密规定处理文件和检查结果。")


def _exit_code(reports: Sequence[Report], *, strict: bool) -> int:
    if any(report.case is None for report in reports):
        return UNUSABLE
    if any(finding.severity == "error" and not finding.waived_by for report in reports for finding in report.findings):
        return VIOLATED
    hard = {outcome.status for report in reports for outcome in report.outcomes if outcome.severity == "error"}
    return VIOLATED if strict and "cannot_tell" in hard else OK


# ------------------------------------------------------------------ output


def _run(inputs: Sequence[_Input], settings: Settings, *, printed: bool) -> formats.Run:
    from checker import audit  # noqa: PLC0415

    by_name = {item.name: item for item in inputs}
    rulebook, reference = audit.load(settings)
    return formats.Run(
        rulebook,
        reference,
        lambda report: audit.file_bytes(by_name[report.name].path, report.name, settings.limits),
        printed,
        settings.today,
    )


def _print(content: str | bytes) -> None:
    if isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content)


def _output(named: str | None, *, several: bool) -> Path | None:
    """Where results go. Raises UsageError when that is no place for them."""
    if named is None:
        return None
    output = Path(named)
    if several and output.exists() and not output.is_dir():
        raise UsageError(f"{named} 是一个文件。", where="--output", next="有几个文件要检查时，--output 写一个文件夹。")
    if not several and output.is_dir():
        raise UsageError(f"{named} 是一个文件夹。", where="--output", next="只检查一个文件时，--output 写一个文件名。")
    return output


def _refuse_overwriting(places: Sequence[Path], inputs: Sequence[_Input], named: Sequence[str | Path | None]) -> None:
    """Raises UsageError when a result would be written over a file that this run reads."""
    kept = [*(item.path for item in inputs), *(Path(name) for name in named if name is not None)]
    absolute, same = {path.absolute() for path in kept}, {_identity(path) for path in kept} - {None}
    for place in places:
        if place.absolute() in absolute or _identity(place) in same:
            raise UsageError(f"结果会覆盖 {place}。", where="--output", next="换一个文件名或者文件夹。")


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells whether two paths are one file; None for what is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _place(folder: Path, item: _Input, inputs: Sequence[_Input], suffix: str) -> Path:
    """The file for one result: the input's path below the folder that all inputs share, with the format's extension."""
    common = os.path.commonpath([os.path.realpath(each.path.parent) for each in inputs])
    below = Path(os.path.realpath(item.path.parent), item.path.name).relative_to(common)
    return folder / f"{below}{suffix}"


def _write(path: Path, content: str | bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"写不了 {path}（{reason}）。", where="--output", next="核对路径和权限。") from error


def _say(message: str) -> None:
    print(f"normcheck: {message}", file=sys.stderr)


def _never_fail(stream: TextIO) -> None:
    """A terminal that cannot show a character gets its code, not an error."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


# ------------------------------------------------------------------ facts


def _facts(options: argparse.Namespace) -> int:
    from checker import audit  # noqa: PLC0415

    settings = audit.Settings(today=_today())
    item = _Input(Path(options.input), options.input)
    document, facts = audit.examine(audit.file_bytes(item.path, item.name), item.name, settings)
    if options.text:
        sys.stdout.write(document.text)
        return OK
    if options.format == "json":
        from checker.reports import json_report  # noqa: PLC0415

        found = json_report.facts_object(document, facts)
        sys.stdout.write(json_report.dumps(found, ascii_only=formats.ascii_only()))
        return OK
    from checker.reports.text import facts_text  # noqa: PLC0415

    sys.stdout.write(facts_text(document, facts, formats.style()))
    return OK


# ------------------------------------------------------------------ workdays


def _workdays(options: argparse.Namespace) -> int:
    from checker.reference import load_reference  # noqa: PLC0415
    from checker.reports.text import days_text, weekday  # noqa: PLC0415
    from cli import config, typed  # noqa: PLC0415

    start = typed.typed_date(options.start, "起算日")
    end = typed.typed_date(options.to, "--to") if options.to is not None else None
    region = typed.typed_region(options.region)
    place = region.province if region else None
    calendar = load_reference(config.load_config(options.config).calendar_files).calendar
    if end is None:
        if not 1 <= options.add <= 10_000:
            raise UsageError(f"个数不能是 {options.add}。", where="--add", next="写 1 到 10000 之间的整数。")
        end = calendar.add(start, options.add, place)
    elif end < start:
        raise UsageError(f"{end} 早于起算日 {start}。", where="--to", next="末日不能早于起算日。")
    count = calendar.count(start, end, place)
    print(f"起算日  {start}（{weekday(start)}），不计入")
    print(f"末  日  {end}（{weekday(end)}），计入" + ("" if calendar.is_workday(end, place) else "；这一天不是工作日"))
    print(f"地  区  {place or '全国'}")
    print(f"工作日  {len(count.days)}个；自然日 {(end - start).days}日")
    for line in days_text(count.days, indent=8) if count.days else []:
        print(line)
    for note in count.notes:
        print(f"注  意  {note}")
    return OK


if __name__ == "__main__":
    sys.exit(main())
