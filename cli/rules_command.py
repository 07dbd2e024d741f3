"""`normcheck rules list | show ID | test`: what the rules say, as pages to read, and whether their examples turn out."""

from __future__ import annotations

import argparse
import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.errors import UsageError

if TYPE_CHECKING:
    from checker.model import Basis, Example, Pack, Rule
    from checker.rulebook import Rulebook

OK, FAILED = 0, 1
_KINDS: Mapping[str, str] = {
    "interval": "间隔",
    "order": "先后",
    "presence": "载明",
    "norm": "逐句核对",
    "likeness": "写法相近",
    "limit": "对照条文",
    "form": "格式",
    "classification": "归类",
    "validity": "有效期",
    "filing": "报备",
    "material": "材料",
}
_PARAMS: Mapping[str, str] = {
    "from": "从",
    "to": "到",
    "unit": "单位",
    "min": "不少于",
    "max": "不超过",
    "event": "按哪一天的规定",
    "decided_by": "由什么判断",
    "strict": "须超过",
    "period": "起止日都计的期间",
    "clauses": "不写日期的施行条款",
    "stated": "只写天数的，看",
    "excuse": "说明理由的除外，看",
    "unless_trait": "有这些特征的除外",
    "only_title": "只看这样的标题",
    "unless_title": "这样的标题除外",
    "items": "项目",
    "needs": "判断所需",
    "pairs": "先后",
    "before": "先",
    "after": "后",
    "same_day": "同一天",
    "soft": "一般要求",
    "when": "触发条件",
    "trait": "特征",
    "materials": "材料",
    "what": "名称",
    "how": "怎样提供",
    "roles": "文件类别",
    "name": "名称",
    "facts": "看",
    "fact": "看",
    "patterns": "写法",
    "pattern": "写法",
    "within": "范围",
    "anchor": "应写在其后",
    "instead": "没有读出时，看",
    "unless": "除外",
}
_CLAUSES: Mapping[str, str] = {
    "on_publication": "自公布之日起施行",
    "on_printing": "自印发之日起施行",
    "effect_clause": "施行条款",
}
_FORM: Mapping[str, str] = {
    "document": "文种",
    "act": "行为",
    "issuer": "制定机关",
    "unless_issuer": "不约束",
    "trait": "特征",
    "format": "文件格式",
}
_SORTS = (("violates", "不符合"), ("complies", "符合"), ("known_miss", "已知查不出"))


def add_rules(
    commands: Any, subcommand: Callable[..., argparse.ArgumentParser], with_help: Callable[[Any], object]
) -> None:
    """Adds the command to the parsers; `subcommand` and `with_help` make parsers in the manner of the command line."""
    parser = subcommand(commands, "rules", "列出规则，读一条规则，或者试验规则文件里的例子", configured=False)
    actions = parser.add_subparsers(
        title="做什么", metavar="list|show|test", dest="action", required=True, parser_class=type(parser)
    )
    for name, summary, run in (
        ("list", "按规则包列出规则：要求、轻重、检查方式、由什么判断、编号、名称", _list),
        ("show", "显示一条规则：要求、依据、适用、参数、例子和来历", _show),
        ("test", "逐个试验规则文件里的例子；有一个不合，退出码为 1", _test),
    ):
        action = actions.add_parser(name, help=summary, description=summary, add_help=False, allow_abbrev=False)
        with_help(action)
        if name == "show":
            action.add_argument("id", metavar="编号", help="规则的编号，例如 publication-to-effect-too-short")
        action.add_argument("--packs", metavar="编号,…", help="只看这些规则包；不写就是全部")
        action.add_argument("--config", metavar="文件", help="配置文件；不写就从当前文件夹向上找 normcheck.toml")
        action.set_defaults(run=run)


# ------------------------------------------------------------------ list


def _list(options: argparse.Namespace) -> int:
    from checker.reports import words  # noqa: PLC0415

    rulebook, packs = _load(options)
    for number, pack in enumerate(packs):
        rows = [
            (
                rule.requirement,
                words.SEVERITY[rule.severity],
                _KINDS.get(rule.kind, rule.kind),
                words.DECIDED_BY[rule.decided_by],
                rule.id,
                rule.title,
            )
            for rule in sorted(_own(pack), key=lambda rule: (words.by_requirement(rule.requirement), rule.id))
        ]
        print(("\n" if number else "") + f"{pack.id}  {pack.title}〔{_reach(pack)}〕")
        for line in _columns(rows):
            print(f"  {line}".rstrip())
        inherited = Counter(_folder(rule).partition("/")[2] for rule in pack.rules if rule not in _own(pack))
        for parent, count in inherited.items():
            print(f"  另有继承自 {parent} 的 {count} 条")
    ids = {rule.id for pack in packs for rule in pack.rules}
    print(
        f"\n共 {len(packs)} 个规则包，{len(ids)} 条规则；规则摘要 {rulebook.digest}。读一条规则：normcheck rules show 编号"
    )
    return OK


def _reach(pack: Pack) -> str:
    since = f"自 {pack.since} 起" if pack.since else ""
    until = f"至 {pack.until} 前" if pack.until else ""
    return "，".join(part for part in (pack.place or "全国", since + until) if part)


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows with their columns aligned by display width."""
    from checker.reports.text import display_width  # noqa: PLC0415

    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(
            cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()


# ------------------------------------------------------------------ show


def _show(options: argparse.Namespace) -> int:
    rulebook, packs = _load(options, examples=True)
    found = [(pack, rule) for pack in packs for rule in pack.rules if options.id in (rule.id, *rule.formerly)]
    if not found:
        known = sorted({rule.id for pack in packs for rule in pack.rules})
        near = difflib.get_close_matches(options.id, known, 3, 0.5)
        step = f"相近的：{'、'.join(near)}。" if near else "用 normcheck rules list 列出全部规则。"
        raise UsageError(f"没有编号为“{options.id}”的规则。", next=step)
    declared = [(pack, rule) for pack, rule in found if rule in _own(pack)] or found[:1]
    for number, (pack, rule) in enumerate(declared):
        if number:
            print()
        for label, text in _page(pack, rule, rulebook):
            _print(label, text)
    return OK


def _page(pack: Pack, rule: Rule, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    from checker.reports import words  # noqa: PLC0415

    yield "规则", f"{rule.id}  {rule.title}"
    yield "规则包", f"{pack.id}  {pack.title}〔{_reach(pack)}〕"
    yield "要求", f"{rule.requirement} {rulebook.requirements.get(rule.requirement, '')}"
    yield "轻重", words.SEVERITY[rule.severity]
    yield "检查方式", f"{_KINDS.get(rule.kind, rule.kind)}（{rule.kind}），由{words.DECIDED_BY[rule.decided_by]}判断"
    if rule.message:
        yield "结论", rule.message
        yield "建议", rule.suggestion
    for label, basis in _labelled("依据", rule.basis):
        yield label, _basis(basis)
    for label, text in _labelled("适用", list(_applies(rule)) or ["所有文件"]):
        yield label, text
    for label, text in _labelled("参数", list(_params(rule.params))):
        yield label, text
    for sort, name in _SORTS:
        for label, example in _labelled(f"例：{name}", getattr(rule, sort)):
            yield label, _example(example)
    for label, text in _labelled("来历", [*rule.lineage, *(f"原编号 {name}" for name in rule.formerly)]):
        yield label, text


def _labelled(label: str, items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    for number, item in enumerate(items):
        yield "" if number else label, item


def _basis(basis: Basis) -> str:
    from checker.reports import words  # noqa: PLC0415

    number = f"（{basis.number}）" if basis.number else ""
    period = f"自{basis.since}起" + (f"至{basis.until}前" if basis.until else "")
    doubt = words.VERIFIED[basis.verified] or "原文已核"
    params = "；".join(_params(basis.params))
    said = f"{basis.law}{number}{basis.article}：{basis.requires}〔{words.BASIS_ROLE[basis.role]}；{doubt}；{period}〕"
    return f"{said}，{params}" if params else said


def _applies(rule: Rule) -> Iterator[str]:
    from checker.reports import words  # noqa: PLC0415

    names: Mapping[str, Mapping[str, str]] = {
        "document": words.KIND,
        "act": words.ACT,
        "issuer": words.LEVEL,
        "unless_issuer": words.LEFT_OUT,
        "trait": words.TRAIT,
    }
    for key, values in rule.applies_to.items():
        yield f"{_FORM[key]}：{'、'.join(names.get(key, {}).get(value, value) for value in values)}"


def _params(params: Mapping[str, Any]) -> Iterator[str]:
    for key, value in params.items():
        yield f"{_name(key)}：{_value(value)}"


def _name(key: str) -> str:
    return _PARAMS.get(key) or _CLAUSES.get(key, key)


def _value(value: object) -> str:
    """A parameter in words: lists joined, tables as name and value."""
    from checker.reports import words  # noqa: PLC0415

    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return ("；" if any(isinstance(item, dict) for item in value) else "、").join(map(_value, value))
    if isinstance(value, dict):
        return "，".join(f"{_name(key)} {_value(item)}".rstrip("。") for key, item in value.items())
    terms = {**words.KIND, **words.TRAIT, **words.FACT, **words.EVENT, **words.UNIT, **words.DECIDED_BY, **_CLAUSES}
    return terms.get(str(value), str(value))


def _example(example: Example) -> str:
    from checker.reports import words  # noqa: PLC0415

    said = [f"结论 {words.STATUS[example.status]}"] if example.status else []
    said += [f"{words.EVENT[event]} {day}" for event, day in example.dates.items()]
    said += [f"地区 {example.region}"] if example.region else []
    said += [f"标出“{example.mark}”"] if example.mark else []
    first = next((line.strip() for line in example.text.splitlines() if line.strip()), "")
    return f"{example.note or first}" + (f"（{'；'.join(said)}）" if said else "")


def _print(label: str, text: str) -> None:
    from checker.reports.text import labelled  # noqa: PLC0415

    for line in labelled(label, text):
        print(line)


# ------------------------------------------------------------------ test


def _test(options: argparse.Namespace) -> int:
    """Runs every example of the packs' own files; those of the shipped packs with the shipped reference data."""
    from checker import data_root  # noqa: PLC0415
    from checker.reference import load_reference  # noqa: PLC0415

    packs = _load(options, examples=True)[1]
    office, shipped = load_reference(_config(options).calendar_files), load_reference()
    rules = examples = 0
    failures: list[str] = []
    for pack in packs:
        own = _own(pack)
        ours = (data_root() / "rules" / pack.id / "pack.toml").is_file()
        results = [result for rule in own for result in _tried(pack, rule, shipped if ours else office)]
        wrong = [said for said in results if said]
        rules, examples, failures = rules + len(own), examples + len(results), failures + wrong
        print(f"{pack.id}：规则 {len(own)} 条，例子 {len(results)} 个，不合 {len(wrong)} 个")
    for said in failures:
        print(f"不合  {said}")
    print(f"合计：规则包 {len(packs)} 个，规则 {rules} 条，例子 {examples} 个，不合 {len(failures)} 个")
    return FAILED if failures else OK


def _tried(pack: Pack, rule: Rule, reference: Any) -> Iterator[str | None]:
    """For each example None, or what is wrong with it and where it stands."""
    from checker.engine import try_example  # noqa: PLC0415

    for sort, _ in _SORTS:
        for number, example in enumerate(getattr(rule, sort), 1):
            wrong = try_example(pack, rule, example, reference, violates=sort != "complies")
            if sort == "known_miss":
                wrong = None if wrong else "现在查得出了，把它移到 [[violates]]。"
            place = f"{rule.lineage[-1]} [[{sort}]] 第{number}个"
            note = f"（{example.note}）" if example.note else ""
            yield f"{place}{note}：{wrong}" if wrong else None


# ------------------------------------------------------------------ shared by the three


def _load(options: argparse.Namespace, *, examples: bool = False) -> tuple[Rulebook, tuple[Pack, ...]]:
    from checker.rulebook import load_rulebook  # noqa: PLC0415

    rulebook = load_rulebook(_config(options).rule_folders, examples=examples)
    named = [part.strip() for part in (options.packs or "").split(",") if part.strip()]
    return rulebook, rulebook.named(named) if named else rulebook.packs


def _config(options: argparse.Namespace) -> Any:
    from cli import config  # noqa: PLC0415

    return config.load_config(options.config)


def _own(pack: Pack) -> list[Rule]:
    """The rules that a file of this pack declares or changes; the others are inherited as they are."""
    folders = {pack.id: None}
    return [rule for rule in pack.rules if _folder(rule) in folders or _folder(rule).endswith(f"/{pack.id}")]


def _folder(rule: Rule) -> str:
    """The folder of the file that spoke last: rules/national/indicators-2021."""
    return Path(rule.lineage[-1]).parent.as_posix()
