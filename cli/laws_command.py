"""`normcheck laws import | search | show`: the library of full texts that an office brings. Nothing is judged here.

Exit codes: 0 done or found; 1 nothing found; 2 wrong usage, or no library.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from checker.lawlib import Library, Version
    from checker.model import LawArticle

FOUND, NOTHING = 0, 1
_WHERE = "法规库的位置：--library，否则 normcheck.toml 的 [laws] library，否则当前文件夹的 normcheck-laws.sqlite。"


def add_laws(commands: Any, subcommand: Callable[..., argparse.ArgumentParser]) -> None:
    """Registers the command; `subcommand` makes a parser in the house's style (see cli.main)."""
    laws = subcommand(commands, "laws", "导入、检索、查看本单位的法规全文", _WHERE, configured=False)
    actions = laws.add_subparsers(
        title="命令", metavar="命令", dest="laws_command", required=True, parser_class=type(laws)
    )
    parser = subcommand(
        actions,
        "import",
        "把一个文件夹里的法规（Markdown、文本、docx等）导入法规库",
        "同一部法规的各个版本都保留，版本日期取自题注和文件名，例如 行政处罚法(2021-01-22).docx。\n"
        "再次导入只处理新的和改过的文件；中断以后重新运行即可。" + _WHERE,
    )
    parser.add_argument("folder", metavar="文件夹", help="存放法规文件的文件夹，连同下级文件夹")
    _with_library(parser)
    parser.set_defaults(run=_import)

    parser = subcommand(
        actions,
        "search",
        "按词语或者一段条文检索法条，最相近的在前",
        "例：normcheck laws search 首次违法 不予处罚\n" + _WHERE,
    )
    parser.add_argument("words", nargs="+", metavar="词语", help="几个词，或者一段条文")
    parser.add_argument("--limit", metavar="条数", type=int, default=10, help="最多列出几条，默认 10")
    _with_library(parser)
    _with_day(parser)
    parser.set_defaults(run=_search)

    parser = subcommand(
        actions,
        "show",
        "显示一部法规，或者其中一条",
        "例：normcheck laws show 行政处罚法 第三十三条 --as-of 2024-03-05\n" + _WHERE,
    )
    parser.add_argument("title", metavar="名称", help="法规名称，可以不写“中华人民共和国”")
    parser.add_argument("article", nargs="?", metavar="条", help="第几条，例如 第三十三条、33、第十二条之一")
    _with_library(parser)
    _with_day(parser)
    parser.set_defaults(run=_show)


def _with_library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--library", metavar="文件", help="法规库文件")


def _with_day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", metavar="日期", help="用这一天有效的版本；不写就用最新的版本")


def _path(options: argparse.Namespace) -> Path:
    from cli import config  # noqa: PLC0415

    return config.library_of(options.library, config.load_config(options.config))


def _day(options: argparse.Namespace) -> date | None:
    from cli import typed  # noqa: PLC0415

    return typed.typed_date(options.as_of, "--as-of") if options.as_of is not None else None


# ------------------------------------------------------------------ import


def _import(options: argparse.Namespace) -> int:
    from checker.lawlib import import_folder  # noqa: PLC0415

    path = _path(options)
    _say(f"法规库：{path.absolute()}")
    done = import_folder(Path(options.folder), path, progress=_progress())
    for skipped in done.skipped:
        _say(f"跳过 {skipped.name}：{skipped.reason}")
    for note in done.notes:
        _say(f"已读 {note.name}，请核对：{note.reason}")
    print(
        f"导入 {done.texts} 部，共 {done.articles} 条；原来就有、没有变化的 {done.unchanged} 个文件；跳过 {len(done.skipped)} 个。"
    )
    if not done.texts and not done.unchanged:
        _say("没有导入任何法规，请核对文件夹和上面列出的原因。")
        return NOTHING
    return FOUND


def _progress() -> Callable[[int, int], None]:
    """Says every few seconds how far the import is."""
    last = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= 5 and done < of:
            last = time.monotonic()
            _say(f"{done}/{of} 个文件……")

    return tell


# ------------------------------------------------------------------ search and show


def _search(options: argparse.Namespace) -> int:
    from checker.lawlib import Library  # noqa: PLC0415

    if not 1 <= options.limit <= 1000:
        raise UsageError(f"条数不能是 {options.limit}。", where="--limit", next="写 1 到 1000 之间的整数。")
    day = _day(options)
    with Library.open(_path(options)) as library:
        hits = library.search(" ".join(options.words), options.limit, day)
    if not hits:
        _say("没有找到。请换几个词，或者先导入有关法规。")
        return NOTHING
    for number, hit in enumerate(hits, 1):
        print(f"{number}. {_named(hit.article)}　{hit.article.label}　{_version(hit.article)}")
        print(f"   {hit.snippet}")
    return FOUND


def _show(options: argparse.Namespace) -> int:
    from checker.lawlib import Library  # noqa: PLC0415
    from checker.lawlib.texts import article_number  # noqa: PLC0415

    if options.article is not None and article_number(options.article) is None:
        raise UsageError(f"看不懂条号“{options.article}”。", next="写成 第三十三条、33 或者 第十二条之一。")
    day = _day(options)
    with Library.open(_path(options)) as library:
        articles: Sequence[LawArticle]
        if options.article is not None:
            found = library.article(options.title, options.article, day)
            articles = [found] if found else []
        else:
            articles = library.articles(options.title, day)
        if not articles:
            _explain(library, options, day)
            return NOTHING
        _print(articles)
    return FOUND


def _print(articles: Sequence[LawArticle]) -> None:
    shown, chapter = None, None
    for article in articles:
        if (article.title, article.part) != shown:
            shown, chapter = (article.title, article.part), None
            print(f"{_named(article)}　{_version(article)}")
            if article.number:
                print(article.number)
        if article.chapter != chapter:
            chapter = article.chapter
            if chapter:
                print(f"\n{chapter}")
        print(f"\n{article.text}")


def _explain(library: Library, options: argparse.Namespace, day: date | None) -> None:
    versions = library.versions(options.title)
    if not versions:
        alike = library.titles_like(options.title)
        _say(
            f"法规库里没有《{options.title.strip('《》')}》。"
            + (f"名称相近的有：{'、'.join(f'《{title}》' for title in alike)}。" if alike else "可以先导入它的全文。")
        )
    elif not library.articles(options.title, day):
        held = "、".join(_version(version) for version in versions)
        _say(f"法规库里没有《{versions[-1].title}》在{day}有效的版本，只有：{held}。")
    else:
        _say(f"《{versions[-1].title}》{f'在{day}有效的版本' if day else '最新的版本'}里没有{options.article}。")


def _named(article: LawArticle) -> str:
    return f"《{article.title}》{article.part}"


def _version(of: LawArticle | Version) -> str:
    if of.version is None:
        return "（版本日期不明）"
    since = f"，{of.since}起施行" if of.since and of.since != of.version else ""
    until = f"，{of.until}起有新的版本" if of.until else ""
    return f"（{of.version}版{since}{until}）"


def _say(message: str) -> None:
    print(f"normcheck: {message}", file=sys.stderr)
