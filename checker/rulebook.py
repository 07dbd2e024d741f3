"""rules/ -> resolved rules. The law is data: one TOML file a rule, one folder a pack, rules/README.md describes them.

A pack loads strictly: whatever is not understood is a `RulePackError` that names file, line, key and what is allowed.
A pack may extend another: a file with `override = true` changes named fields of an inherited rule, its basis entries
are added to the inherited ones. Examples are parsed and kept only on demand; otherwise the shipped rules come from a
table of parsed heads in rules/__pycache__, which is rebuilt when any rule file or this code changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import string
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import regex

import checker
from checker import data_root, vocabulary
from checker.errors import ReferenceDataError, RulePackError, UsageError
from checker.facts.places import parse_region
from checker.kinds import KINDS
from checker.kinds.base import event, flag, listed, mapping, one_of, words
from checker.locality import read_place
from checker.model import Act, Basis, Case, Example, Kind, Level, Pack, Rule, Severity, Status, TraitName

Raw = dict[str, Any]
Check = Mapping[str, Any]

_EXAMPLES = ("violates", "complies", "known_miss")
_FIRST_EXAMPLE = regex.compile(r"^\[\[(?:violates|complies|known_miss)\]\]", regex.MULTILINE)
_PLACEHOLDER_ONLY_NAMES = regex.compile(r"[a-z_]+")
_OTHER_FILES = ("pack.toml", "indicators.toml")
_FILE_BYTES = 1_000_000
_FORMATS = ("docx", "pdf", "doc", "wps", "ofd", "html", "txt", "md")


def _day(value: object) -> str | None:
    good = isinstance(value, date) and not isinstance(value, datetime)
    return None if good else "应为日期，例如 2023-09-01（不加引号）"


def _table(value: object) -> str | None:
    return None if isinstance(value, Mapping) else "应为表"


def _place(value: object) -> str | None:
    """The full name of a place: a pack with another name would never be chosen."""
    if not isinstance(value, str):
        return "应为地方的全称，例如 宁夏回族自治区银川市"
    try:
        full = parse_region(value).name
    except UsageError as error:
        return f"{error.what}{error.next}".rstrip("。")
    return None if full == value else f"写全称：{full}"


def _rules_table(value: object) -> str | None:
    return None if isinstance(value, list) and value else "应为非空的表数组"


_APPLIES: Check = {
    "document": listed(one_of(*get_args(Kind))),
    "act": listed(one_of(*get_args(Act))),
    "issuer": listed(one_of(*get_args(Level))),
    "unless_issuer": listed(one_of(*vocabulary.LEFT_OUT)),
    "trait": listed(one_of(*get_args(TraitName))),
    "format": listed(one_of(*_FORMATS)),
}
_BASIS: Check = {
    "law": words,
    "number": words,
    "article": words,
    "requires": words,
    "role": one_of("legal", "indicator"),
    "verified": one_of("V1", "V2", "K"),
    "from": _day,
    "until": _day,
    "params": _table,
    "issuer": listed(one_of(*get_args(Level))),
}
_EXAMPLE: Check = {
    "text": words,
    "mark": lambda value: None if isinstance(value, str) else "应为文字",
    "note": words,
    "as_of": _day,
    "dates": mapping(_day),
    "kind": one_of(*get_args(Kind)),
    "region": words,
    "status": one_of(*get_args(Status)),
    "place": _table,
    "laws": mapping(mapping(words)),
}
_RULE: Check = {
    "id": words,
    "requirement": words,
    "title": words,
    "kind": one_of(*KINDS),
    "severity": one_of(*get_args(Severity)),
    "message": words,
    "suggestion": words,
    "applies_to": _table,
    "params": _table,
    "event": event,
    "formerly": listed(words),
    "override": flag,
    "basis": _rules_table,
    **dict.fromkeys(_EXAMPLES, _rules_table),
}
_NEEDED = ("id", "requirement", "title", "kind", "severity", "applies_to", "params", "basis")
_ACCUSING = ("message", "suggestion")
_PACK: Check = {
    "title": words,
    "place": _place,
    "extends": lambda value: words(value) if isinstance(value, str) else listed(words)(value),
    "from": _day,
    "until": _day,
}


@dataclass(frozen=True)
class Rulebook:
    """The packs that were loaded, each with its rules resolved along `extends`.

    requirements: code -> title, of rules/requirements.toml. digest: changes when any rule changes, and only then.
    refused: why packs of the office were left out, where that was allowed.
    """

    packs: tuple[Pack, ...]
    requirements: Mapping[str, str]
    digest: str
    refused: tuple[RulePackError, ...] = ()

    def choose(self, case: Case) -> tuple[Pack, ...]:
        """The packs of the case's place and time; a pack that another chosen one extends is left to that one.

        The time is `as_of` or, when it is later, the day of publication: a rule in force on that day may apply. Whether
        it does is decided by each rule on the day of its own event.
        """
        published = case.event("published")
        day = max(case.as_of, published.day) if published is not None else case.as_of
        region = case.region.name if case.region is not None else ""
        chosen = [pack for pack in self.packs if region.startswith(pack.place) and _in_period(pack, day)]
        extended = {parent for pack in chosen for parent in self._ancestors(pack)}
        return tuple(pack for pack in chosen if pack.id not in extended)

    def named(self, ids: Sequence[str]) -> tuple[Pack, ...]:
        """The packs with the given ids, in that order.

        Raises:
            UsageError: When an id is unknown; it lists the known ones.
        """
        known = {pack.id: pack for pack in self.packs}
        unknown = [name for name in ids if name not in known]
        if unknown:
            raise UsageError(f"没有规则包“{'、'.join(unknown)}”。", next="可用的规则包：" + "、".join(sorted(known)))
        return tuple(known[name] for name in dict.fromkeys(ids))

    def _ancestors(self, pack: Pack) -> Iterator[str]:
        by_id = {pack.id: pack for pack in self.packs}
        for parent in pack.extends:
            yield parent
            yield from self._ancestors(by_id[parent])


def _in_period(pack: Pack, day: date) -> bool:
    return (pack.since is None or pack.since <= day) and (pack.until is None or day < pack.until)


class _PackRefused(RulePackError):
    """An error that belongs to one pack: the others could do without it."""

    pack = ""


def load_rulebook(folders: Sequence[Path] = (), *, examples: bool = False, optional: bool = False) -> Rulebook:
    """Load the shipped rules and the packs of an office's own `folders`.

    Examples of the shipped rules are left out (and not parsed) unless `examples`. With `optional`, packs of the office
    that are wrong, and those that build on them, are left out and named in `Rulebook.refused`.

    Raises:
        RulePackError: When a file of any pack is not what the format allows.
    """
    shipped = data_root() / "rules"
    sources = list(_Root(shipped, shipped.name).sources())
    refused: list[RulePackError] = []
    for folder in map(Path, folders):
        try:
            sources += _Root(folder, folder.absolute().name).sources()
        except RulePackError as error:
            if not optional:
                raise
            refused.append(error)
    while True:
        try:
            return _resolved(sources, shipped, examples, tuple(refused))
        except _PackRefused as error:
            kept = [source for source in sources if source.shipped or source.pack != error.pack]
            if not optional or len(kept) == len(sources):
                raise
            refused.append(error)
            sources = kept


def _resolved(
    sources: Sequence[_Source], shipped: Path, examples: bool, refused: tuple[RulePackError, ...]
) -> Rulebook:
    digest = hashlib.sha256((shipped / "places.toml").read_bytes())
    for source in sources:
        digest.update(f"{source.pack}/{source.path.name}\0".encode() + source.digest)
    rules = [source for source in sources if source.path.name != "indicators.toml"]  # read by those who score
    parsed = _parse(rules, shipped, examples=examples)
    requirements = _requirements(parsed)
    packs = _Resolver(parsed, requirements, examples=examples).packs()
    return Rulebook(packs, requirements, digest.hexdigest()[:16], refused)


# ------------------------------------------------------------------ files


@dataclass(frozen=True, slots=True)
class _Source:
    """One file of a pack. `where` is how messages name it."""

    path: Path
    pack: str
    where: str
    data: bytes
    digest: bytes
    shipped: bool = False

    @property
    def text(self) -> str:
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self._refused("文件不是 UTF-8 编码。", self.where, "另存为 UTF-8 编码。") from error

    def error(self, what: str, *path: str | int, next: str = "") -> RulePackError:
        """An error at the line where the key `path` stands."""
        key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        place = f"{self.where} 第{line_of(self.text, path)}行"
        return self._refused(what, f"{place} {key}".rstrip(), next)

    def table(self, *, examples: bool) -> Raw:
        """The content; without `examples` only what stands before the first one."""
        text = self.text
        if not examples and self.path.name not in _OTHER_FILES and (first := _FIRST_EXAMPLE.search(text)):
            text = text[: first.start()]
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = regex.search(r"line (\d+)", str(error))
            where = f"{self.where} 第{found[1]}行" if found else self.where
            if "Invalid date" in str(error):
                raise self._refused("日期不存在。", where, "写真实的日期，例如 2023-09-01（不加引号）。") from error
            raise self._refused(f"TOML 语法有误：{error}", where, "检查引号、括号和等号。") from error
        except (RecursionError, ValueError) as error:
            raise self._refused("表格嵌套过深，或者数字过长。", self.where, "改成普通的写法。") from error

    def _refused(self, what: str, where: str, next: str) -> RulePackError:
        error = _PackRefused(what, where=where, next=next)
        error.pack = self.pack
        return error


@dataclass(frozen=True, slots=True)
class _Root:
    """A folder of packs, or a folder that is itself a pack."""

    folder: Path
    name: str

    def sources(self) -> Iterator[_Source]:
        if not self.folder.is_dir():
            raise RulePackError(
                "规则文件夹不存在。", where=str(self.folder), next="检查 normcheck.toml 中 [packs] folders 的路径。"
            )
        shipped = self.folder == data_root() / "rules"
        files = [Path(name) for name in sorted(self._files())]
        packs = {path.parent for path in files if path.name == "pack.toml"}
        if not packs:
            raise RulePackError(
                "文件夹中没有规则包（pack.toml）。",
                where=str(self.folder),
                next="在规则包文件夹中写 pack.toml，至少有 title。",
            )
        if shipped:
            yield self._source(self.folder / "requirements.toml", "", shipped)
        names = {pack: pack.relative_to(self.folder).as_posix() for pack in packs}
        for path in files:
            name = names.get(path.parent)
            if name is not None:
                yield self._source(path, self.name if name == "." else name, shipped)
            elif not shipped:
                raise RulePackError(
                    "规则文件不在规则包中：它所在的文件夹没有 pack.toml。",
                    where=self._where(path),
                    next="在这个文件夹中写 pack.toml，或者把文件移到规则包的文件夹中。",
                )

    def _files(self) -> Iterator[str]:
        """The TOML files below the folder. A link could lead anywhere, out of the folder or in a circle: none is followed."""
        for where, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if not name.startswith((".", "__"))]
            for name in [*folders, *(name for name in names if name.endswith(".toml"))]:
                if os.path.islink(f"{where}/{name}"):  # noqa: PTH114  a path object for each file costs more than the check
                    raise RulePackError(
                        "这是符号链接，可能指到规则文件夹以外，没有读取。",
                        where=self._where(Path(where, name)),
                        next="把文件本身放进规则文件夹。",
                    )
            yield from (f"{where}/{name}" for name in names if name.endswith(".toml") and not name.startswith("."))

    def _where(self, path: Path) -> str:
        return f"{self.name}{path.as_posix().removeprefix(self.folder.as_posix())}"

    def _source(self, path: Path, pack: str, shipped: bool) -> _Source:
        where = self._where(path)
        try:
            about = path.stat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > _FILE_BYTES:
                raise RulePackError(
                    "不是普通文件，或者超过 1 MB。", where=where, next="规则文件是几 KB 的文本，请核对。"
                )
            with path.open("rb", buffering=0) as file:
                data = file.read()
            return _Source(path, pack, where, data, hashlib.sha256(data).digest(), shipped)
        except OSError as error:
            raise RulePackError(f"无法读取：{error.strerror}。", where=where, next="核对文件的权限。") from error


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The 1-based line of the key at `path`, as near as the layout of the file shows it."""
    names = [part for part in path if isinstance(part, str)]
    index = next((part for part in path if isinstance(part, int)), 0)
    lines = text.splitlines()
    first, last = _section(lines, names, index)
    for name in reversed(names):
        wanted = regex.compile(rf"(?:^\s*|[{{,]\s*){regex.escape(name)}\s*=")
        for number in range(first, last):
            if wanted.search(lines[number]):
                return number + 1
    return first + 1 if first < len(lines) else max(len(lines), 1)


def _section(lines: Sequence[str], names: Sequence[str], index: int) -> tuple[int, int]:
    """The lines (0-based, half-open) of the longest table named by `names`; the head of the file without one."""
    headers = [number for number, line in enumerate(lines) if line.lstrip().startswith("[")]
    ends = [*headers[1:], len(lines)] if headers else []
    for depth in range(len(names), 0, -1):
        label = ".".join(names[:depth])
        hits = [
            (start, end)
            for start, end in zip(headers, ends, strict=True)
            if lines[start].strip().strip("[]").strip() == label
        ]
        if hits:
            return hits[min(index, len(hits) - 1)]
    return 0, headers[0] if headers else len(lines)


# ------------------------------------------------------------------ parsing, and the table of parsed heads


def _parse(sources: Sequence[_Source], shipped: Path, *, examples: bool) -> list[tuple[_Source, Raw, bool]]:
    """Each file with its content, and whether it still has to be validated."""
    own = [source for source in sources if source.shipped]
    key = _table_key(own)
    table = {} if examples else _read_table(shipped, key)
    parsed = [
        (
            source,
            (table.get(source.where) if source.shipped else None)
            or source.table(examples=examples or not source.shipped),
            not (source.shipped and source.where in table),
        )
        for source in sources
    ]
    if examples or table:
        return parsed
    if os.access(shipped, os.W_OK):
        for source, raw, _ in parsed:
            if source.shipped:
                _validate(source, raw, examples=False)
        _write_table(shipped, key, {source.where: raw for source, raw, _ in parsed if source.shipped})
    # In an installation that cannot be written, the shipped rules are those that the tests have validated.
    return [(source, raw, not source.shipped) for source, raw, _ in parsed]


def _table_key(sources: Iterable[_Source]) -> str:
    """Changes with the rules and with the code that validated them."""
    digest = hashlib.sha256(checker.__version__.encode())
    code = Path(__file__)
    for path in [code, *sorted((code.parent / "kinds").glob("*.py"))]:
        digest.update(path.read_bytes())
    for source in sources:
        digest.update(source.where.encode() + b"\0" + source.digest)
    return digest.hexdigest()


def _table_path(shipped: Path) -> Path:
    return shipped / "__pycache__" / "heads.json"


def _read_table(shipped: Path, key: str) -> dict[str, Raw]:
    try:
        stored = json.loads(_table_path(shipped).read_text("utf-8"), object_hook=_from_json)
    except (OSError, ValueError):
        return {}
    if not isinstance(stored, dict) or stored.get("key") != key or not isinstance(stored.get("files"), dict):
        return {}
    files: dict[str, Raw] = stored["files"]
    return files


def _write_table(shipped: Path, key: str, files: Mapping[str, Raw]) -> None:
    """Keep the heads for the next start. Where the folder cannot be written (an installed wheel) do without."""
    path = _table_path(shipped)
    try:
        path.parent.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            json.dump({"key": key, "files": files}, file, ensure_ascii=False, default=_to_json)
        Path(file.name).replace(path)
    except OSError:
        return


def _to_json(value: object) -> dict[str, str]:
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    raise TypeError(type(value).__name__)


def _from_json(value: dict[str, Any]) -> Any:
    return date.fromisoformat(value["$date"]) if value.keys() == {"$date"} else value


# ------------------------------------------------------------------ validation of one file


def _validate(source: _Source, raw: Raw, *, examples: bool) -> None:
    if source.path.name == "pack.toml":
        _known(source, raw, _PACK)
        if "title" not in raw:
            raise source.error("缺少键 title。", next="写明规则包的名称。")
        if "from" in raw and "until" in raw and raw["until"] <= raw["from"]:
            raise source.error("until 应晚于 from。", "until", next="until 当日规则包已不适用。")
    elif source.path.name == "requirements.toml" and not source.pack:
        for code, entry in raw.items():
            if not isinstance(entry, dict) or words(entry.get("title")) or set(entry) - {"title"}:
                raise source.error("每个要求须有 title，且没有其他键。", code)
    elif source.path.name != "indicators.toml":
        _validate_rule(source, raw, examples=examples)


def _known(source: _Source, raw: Mapping[str, Any], checks: Check, *path: str | int) -> None:
    for key, value in raw.items():
        if key not in checks:
            raise source.error(f"未知的键 {key}。", *path, key, next="可用的键：" + "、".join(checks))
        wrong = checks[key](value)
        if wrong:
            raise source.error(f"{key} 的值 {value!r} 不可用。", *path, key, next=wrong + "。")


def _validate_rule(source: _Source, raw: Raw, *, examples: bool) -> None:
    _known(source, raw, _RULE)
    if "id" not in raw:
        raise source.error("缺少键 id。", next="id 与文件名相同。")
    if raw["id"] != source.path.stem:
        raise source.error(f"id {raw['id']!r} 与文件名 {source.path.stem!r} 不同。", "id", next="改成相同的名字。")
    if not raw.get("override"):
        needed = (*_NEEDED, *(_ACCUSING if _accuses(raw) else ()))
        for key in needed:
            if key not in raw:
                raise source.error(f"缺少键 {key}。", next="规则须有：" + "、".join(needed))
    elif not set(raw) - {"id", "override", *_EXAMPLES}:
        raise source.error(
            "override = true，但是没有改动任何内容。", "override", next="写明改动的键，或者删去这个文件。"
        )
    _known(source, raw.get("applies_to", {}), _APPLIES, "applies_to")
    for number, basis in enumerate(raw.get("basis", ())):
        _validate_basis(source, basis, number)
    if "kind" in raw:
        _validate_params(source, raw, raw["kind"])
    if examples:
        _validate_examples(source, raw)


def _validate_basis(source: _Source, basis: Raw, number: int) -> None:
    _known(source, basis, _BASIS, "basis", number)
    for key in ("law", "article", "requires", "role", "verified", "from"):
        if key not in basis:
            raise source.error(
                f"第{number + 1}个 basis 缺少键 {key}。",
                "basis",
                number,
                next="须有 law、article、requires、role、verified、from。",
            )
    if "until" in basis and basis["until"] <= basis["from"]:
        raise source.error("until 应晚于 from。", "basis", number, "until")


def _validate_params(source: _Source, raw: Raw, kind: str) -> None:
    """Check parameters and message against what the kind takes and gives."""
    spec = KINDS[kind]
    _known(source, raw.get("params", {}), spec.params, "params")
    for number, basis in enumerate(raw.get("basis", ())):
        _known(source, basis.get("params", {}), spec.params, "basis", number)
    for key in ("message", "suggestion"):
        if key in raw:
            _validate_message(source, key, raw[key], spec.gives)


def _validate_message(source: _Source, key: str, text: str, gives: frozenset[str]) -> None:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise source.error(f"{key} 的大括号不配对。", key, next="字面的大括号写成 {{ 和 }}。") from error
    for name in names:
        if not _PLACEHOLDER_ONLY_NAMES.fullmatch(name) or name not in gives:
            raise source.error(
                f"{key} 中的 {{{name}}} 不是这种检查给出的内容。", key, next="可用的占位符：" + "、".join(sorted(gives))
            )


def _accuses(raw: Raw) -> bool:
    """Whether documents can violate the rule; True where the file itself does not say what kind it is."""
    return "kind" not in raw or KINDS[raw["kind"]].accuses


def _validate_examples(source: _Source, raw: Raw) -> None:
    for kind in _EXAMPLES:
        for number, example in enumerate(raw.get(kind, ())):
            _known(source, example, _EXAMPLE, kind, number)
            if "text" not in example:
                raise source.error("例子缺少键 text。", kind, number)
            for name in example.get("dates", {}):
                wrong = event(name)
                if wrong:
                    raise source.error(f"dates 中的 {name} 不可用。", kind, number, "dates", next=wrong + "。")
            if "place" in example:
                try:
                    read_place("", example["place"], "place")
                except ReferenceDataError as error:
                    raise source.error(
                        f"{error.where}：{error.what}", kind, number, "place", next=error.next
                    ) from error


def _requirements(parsed: Sequence[tuple[_Source, Raw, bool]]) -> dict[str, str]:
    for source, raw, _ in parsed:
        if source.path.name == "requirements.toml" and not source.pack:
            _validate(source, raw, examples=False)
            return {code: entry["title"] for code, entry in raw.items()}
    return {}


# ------------------------------------------------------------------ resolving packs


class _Resolver:
    """Merges files along `extends`. One instance serves one load."""

    def __init__(
        self, parsed: Sequence[tuple[_Source, Raw, bool]], requirements: Mapping[str, str], *, examples: bool
    ) -> None:
        self._requirements = requirements
        self._examples = examples
        self._heads: dict[str, tuple[_Source, Raw]] = {}
        self._files: dict[str, list[tuple[_Source, Raw]]] = {}
        self._merged: dict[str, dict[str, tuple[Raw, tuple[_Source, ...]]]] = {}
        self._chains: dict[str, list[str]] = {}
        self._built: dict[int, Rule] = {}
        for source, raw, fresh in parsed:
            if fresh:
                _validate(source, raw, examples=examples or not source.shipped)
            if source.path.name == "pack.toml":
                if source.pack in self._heads:
                    raise source.error(
                        f"规则包 {source.pack} 重复。", next=f"另一个在 {self._heads[source.pack][0].where}。"
                    )
                self._heads[source.pack] = (source, raw)
            elif source.pack and source.path.name not in _OTHER_FILES:
                self._files.setdefault(source.pack, []).append((source, raw))

    def packs(self) -> tuple[Pack, ...]:
        """Every pack, parents before children."""
        self._refuse_cycles()
        order = sorted(self._heads, key=lambda name: (len(self._chain(name)), name))
        return tuple(self._pack(name) for name in order)

    def _refuse_cycles(self) -> None:
        for name in self._heads:
            self._walk((name,))

    def _walk(self, seen: tuple[str, ...]) -> None:
        source = self._heads[seen[0]][0]
        for parent in self._parents(seen[-1]):
            if parent not in self._heads:
                raise source.error(
                    f"extends 的规则包 {parent} 不存在。",
                    "extends",
                    next="可用的规则包：" + "、".join(sorted(self._heads)),
                )
            if parent in seen:
                raise source.error(
                    "extends 成环：" + " → ".join([*seen, parent]), "extends", next="去掉其中一个 extends。"
                )
            self._walk((*seen, parent))

    def _parents(self, name: str) -> tuple[str, ...]:
        named = self._heads[name][1].get("extends", ())
        return (named,) if isinstance(named, str) else tuple(named)

    def _chain(self, name: str) -> list[str]:
        """All that the pack extends, parents before children, and the pack itself."""
        if name not in self._chains:
            above = [step for parent in self._parents(name) for step in self._chain(parent)]
            self._chains[name] = list(dict.fromkeys([*above, name]))
        return self._chains[name]

    def _pack(self, name: str) -> Pack:
        raw = self._heads[name][1]
        rules = tuple(self._rule(name, rule, lineage) for rule, lineage in self._rules(name).values())
        return Pack(
            name, raw["title"], raw.get("place", ""), self._parents(name), raw.get("from"), raw.get("until"), rules
        )

    def _rules(self, name: str) -> dict[str, tuple[Raw, tuple[_Source, ...]]]:
        """The merged files of a pack by rule id."""
        if name in self._merged:
            return self._merged[name]
        rules = self._inherited(name)
        for source, raw in self._files.get(name, ()):
            inherited = rules.get(raw["id"])
            if raw.get("override"):
                if inherited is None:
                    raise source.error(
                        f"没有可以覆盖的规则 {raw['id']}。",
                        "override",
                        next="上级规则包的规则：" + ("、".join(sorted(rules)) or "无"),
                    )
                rules[raw["id"]] = (self._merge(source, *inherited, raw), (*inherited[1], source))
            elif inherited is not None:
                raise source.error(
                    f"规则 {raw['id']} 已在 {inherited[1][-1].where} 定义。",
                    "id",
                    next="改名，或者写 override = true。",
                )
            else:
                self._refuse_twice(source, raw["id"])
                rules[raw["id"]] = (raw, (source,))
        self._merged[name] = rules
        return rules

    def _inherited(self, name: str) -> dict[str, tuple[Raw, tuple[_Source, ...]]]:
        """The rules of all parents; of a rule that two of them have, the one with more changes."""
        rules: dict[str, tuple[Raw, tuple[_Source, ...]]] = {}
        for parent in self._parents(name):
            for rule, found in self._rules(parent).items():
                short, long = sorted((rules.get(rule, found), found), key=lambda one: len(one[1]))
                if long[1][: len(short[1])] != short[1]:
                    raise self._heads[name][0].error(
                        f"规则 {rule} 在两个上级规则包中改动不同：{short[1][-1].where}、{long[1][-1].where}。",
                        "extends",
                        next="只保留其中一个 extends，或者把两处改动写在同一个规则包里。",
                    )
                rules[rule] = long
        return rules

    def _refuse_twice(self, source: _Source, name: str) -> None:
        for pack, files in self._files.items():
            if source.pack in self._chain(pack):
                continue
            for other, raw in files:
                if raw["id"] == name and not raw.get("override"):
                    raise source.error(
                        f"规则 {name} 与 {other.where} 重名。", "id", next="规则的 id 在所有规则包中不得重复。"
                    )

    def _merge(self, source: _Source, base: Raw, lineage: tuple[_Source, ...], over: Raw) -> Raw:
        merged = {key: value for key, value in base.items() if key not in _EXAMPLES}
        for key, value in over.items():
            if key in ("params", "applies_to"):
                merged[key] = {**base[key], **value}
            elif key == "basis":
                merged[key] = [*base[key], *value]
            elif key != "override":
                merged[key] = value
        if over.get("kind", base["kind"]) != base["kind"]:
            raise source.error(
                f"不能改变 kind（{lineage[0].where} 为 {base['kind']}）。", "kind", next="另写一条规则。"
            )
        _validate_params(source, over, merged["kind"])
        return merged

    def _rule(self, pack: str, raw: Raw, lineage: tuple[_Source, ...]) -> Rule:
        """The rule of one pack; what several packs inherit unchanged is built once."""
        known = self._built.get(id(raw))
        if known is None:
            known = self._built[id(raw)] = self._build(pack, raw, lineage)
        return known if known.pack == pack else replace(known, pack=pack)

    def _build(self, pack: str, raw: Raw, lineage: tuple[_Source, ...]) -> Rule:
        source = lineage[-1]
        if raw["requirement"] not in self._requirements:
            raise source.error(
                f"要求 {raw['requirement']} 不在 requirements.toml 中。",
                "requirement",
                next="可用的要求：" + "、".join(self._requirements),
            )
        self._refuse_lacking(source, raw)
        if self._examples or not source.shipped:
            _refuse_untried(source, raw)
        examples = {kind: tuple(map(_example, raw.get(kind, ()))) if self._examples else () for kind in _EXAMPLES}
        return Rule(
            id=raw["id"],
            requirement=raw["requirement"],
            title=raw["title"],
            kind=raw["kind"],
            severity=raw["severity"],
            message=raw.get("message", ""),
            suggestion=raw.get("suggestion", ""),
            applies_to={key: tuple(value) for key, value in raw["applies_to"].items()},
            params={**raw["params"], **({"event": raw["event"]} if "event" in raw else {})},
            basis=tuple(map(_basis, raw["basis"])),
            pack=pack,
            lineage=tuple(source.where for source in lineage),
            formerly=tuple(raw.get("formerly", ())),
            **examples,
        )

    @staticmethod
    def _refuse_lacking(source: _Source, raw: Raw) -> None:
        given = set(raw["params"]).union(*(basis.get("params", {}) for basis in raw["basis"]))
        lacking = sorted(KINDS[raw["kind"]].required - given)
        if lacking:
            raise source.error(
                f"params 缺少 {'、'.join(lacking)}。", "params", next=f"kind = {raw['kind']} 须有这些参数。"
            )


def _refuse_untried(source: _Source, raw: Raw) -> None:
    """Every file shows what its rule finds and what it leaves alone; a rule that accuses nobody, what it says instead."""
    if KINDS[raw["kind"]].accuses:
        for kind in ("violates", "complies"):
            if not raw.get(kind):
                raise source.error(f"没有 [[{kind}]] 的例子。", next="每个规则文件须有 violates 和 complies 的例子。")
        return
    if raw.get("violates"):
        raise source.error(f"kind = {raw['kind']} 的规则不作不符合的结论。", "violates", next="删去 [[violates]]。")
    if not any(example.get("status") in ("cannot_tell", "not_applicable") for example in raw.get("complies", ())):
        raise source.error(
            "没有 [[complies]] 的例子。", next='至少写一个 [[complies]]，status = "cannot_tell" 或者 "not_applicable"。'
        )


def _basis(raw: Raw) -> Basis:
    role: Literal["legal", "indicator"] = raw["role"]
    return Basis(
        law=raw["law"],
        article=raw["article"],
        requires=raw["requires"],
        role=role,
        verified=raw["verified"],
        since=raw["from"],
        until=raw.get("until"),
        number=raw.get("number", ""),
        params=raw.get("params", {}),
        issuer=tuple(raw.get("issuer", ())),
    )


def _example(raw: Raw) -> Example:
    return Example(
        text=raw["text"],
        mark=raw.get("mark"),
        as_of=raw.get("as_of"),
        note=raw.get("note", ""),
        dates=raw.get("dates", {}),
        kind=raw.get("kind"),
        region=raw.get("region"),
        status=raw.get("status"),
        place=raw.get("place", {}),
        laws=raw.get("laws", {}),
    )


__all__ = ["Rulebook", "line_of", "load_rulebook"]
