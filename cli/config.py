"""normcheck.toml: what an office sets once. Read strictly; a key that is not known is an error with its name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.errors import UsageError
from checker.model import PlaceParams

NAME = "normcheck.toml"
LIBRARY = Path("normcheck-laws.sqlite")
"""Where the law library lies unless something else is said."""
_KNOWN: Mapping[str, tuple[str, ...]] = {"calendar": ("files",), "packs": ("folders",), "laws": ("library",)}
_PLACE = "place"


@dataclass(frozen=True, slots=True)
class Config:
    """Calendar files, rule folders and law library of an office, as paths relative to the configuration file; its places."""

    calendar_files: tuple[Path, ...] = ()
    rule_folders: tuple[Path, ...] = ()
    places: tuple[PlaceParams, ...] = ()
    library: Path | None = None


def load_config(named: str | None) -> Config:
    """The configuration in the file `named`, else in normcheck.toml of this folder or the nearest one above it.

    Raises UsageError naming file and key.
    """
    if named is not None:
        return _read(Path(named))
    here = Path.cwd()
    found = next((folder / NAME for folder in (here, *here.parents) if (folder / NAME).is_file()), None)
    return _read(found) if found else Config()


def library_of(named: str | None, config: Config) -> Path:
    """Where the law library lies: what `--library` says, else the configuration, else this folder."""
    return Path(named) if named is not None else config.library or LIBRARY


def library_to_show(named: str | None, config: Config) -> Path | None:
    """The law library to show beside findings; None where nobody named one and none was made."""
    library = library_of(named, config)
    shown = named is not None or config.library is not None or library.is_file()
    return library.absolute() if shown else None


def _read(path: Path) -> Config:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"配置文件读不了（{error.strerror or error}）。", where=str(path)) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"配置文件不是有效的 UTF-8 TOML：{error}。", where=str(path)) from error
    for section, content in values.items():
        if section not in (*_KNOWN, _PLACE) or not isinstance(content, dict):
            usable = "、".join(f"[{name}]" for name in (*_KNOWN, 'place."地方全称"'))
            raise _error(path, section, "不认识的部分", f"本版本可以用：{usable}。")
        for key in content if section != _PLACE else ():
            if key not in _KNOWN[section]:
                raise _error(path, f"[{section}] {key}", "不认识的项", f"可以用：{'、'.join(_KNOWN[section])}。")
    return Config(
        _paths(path, values, "calendar", "files"),
        _paths(path, values, "packs", "folders"),
        tuple(_place(path, name, content) for name, content in values.get(_PLACE, {}).items()),
        _path(path, values, "laws", "library"),
    )


def _place(path: Path, name: str, content: object) -> PlaceParams:
    from checker.facts.places import parse_region  # noqa: PLC0415  loaded when needed, so that --help is fast
    from checker.locality import read_place  # noqa: PLC0415

    where = f'{path}，[place."{name}"]'
    try:
        region = parse_region(name)
    except UsageError as error:
        raise UsageError(error.what, where=where, next=error.next) from error
    return read_place(region.name, content, where)


def _paths(path: Path, values: Mapping[str, Any], section: str, key: str) -> tuple[Path, ...]:
    listed = values.get(section, {}).get(key, [])
    if not isinstance(listed, list) or not all(isinstance(item, str) and item for item in listed):
        raise _error(path, f"[{section}] {key}", "应当是路径的列表", '例如 ["holidays-2027.toml"]。')
    return tuple(path.parent / item for item in listed)


def _path(path: Path, values: Mapping[str, Any], section: str, key: str) -> Path | None:
    named = values.get(section, {}).get(key)
    if named is None:
        return None
    if not isinstance(named, str) or not named:
        raise _error(path, f"[{section}] {key}", "应当是一个路径", '例如 "normcheck-laws.sqlite"。')
    return path.parent / named


def _error(path: Path, key: str, what: str, next_step: str) -> UsageError:
    return UsageError(f"{what}。", where=f"{path}，{key}", next=next_step)
