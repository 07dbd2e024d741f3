"""Markup that cannot be broken by what it shows: texts are escaped unless they are `Html` made here.

Elements are written so that a page is well-formed as HTML and as XML. Links lead to places of the page alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# What no page may hold (control characters, half surrogates, non-characters), and marks that turn the reading direction:
# a text must not look different from what it says.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "\r": " "})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_VOID = frozenset({"br", "col", "meta"})


class Html(str):
    """Finished markup. Cutting it or joining it to a text gives a plain str, which is escaped again: a visible fault, not a hole."""

    __slots__ = ()


def escape(text: str) -> Html:
    """`text` as markup that shows exactly it; characters that cannot be shown become U+FFFD."""
    return Html(_UNSHOWABLE.sub("\ufffd", text).translate(_ENTITIES))


def join(parts: Iterable[str]) -> Html:
    """The parts one after the other; those that are no markup are escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def between(parts: Iterable[str], separator: str) -> list[str]:
    """The parts with the separator between any two."""
    found: list[str] = []
    for part in parts:
        found += [separator, part] if found else [part]
    return found


def tag(name: str, /, *content: str, **attributes: str | float | bool | None) -> Html:
    """An element. Attributes that are None or False are left out; `class_` and `font_size` mean class and font-size.

    Raises:
        ValueError: When a name is no name, or a link leads out of the page.
    """
    written = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        shown = attribute if value is True else f"{value:g}" if isinstance(value, float) else str(value)
        if attribute == "href" and not shown.startswith("#"):
            raise ValueError(f"not a place of this page: {shown}")
        if not _NAME.fullmatch(attribute) or attribute.startswith("on"):
            raise ValueError(f"not an attribute: {attribute}")
        written.append(f'{attribute}="{escape(shown)}"')
    if not _NAME.fullmatch(name):
        raise ValueError(f"not an element: {name}")
    opening = " ".join(written)
    return Html(f"<{opening}/>" if name in _VOID else f"<{opening}>{join(content)}</{name}>")


def stylesheet_text(text: str) -> str:
    """`text` as a string of a style sheet, in ASCII: every character that is no ASCII letter or digit as its code."""
    shown = _UNSHOWABLE.sub("\ufffd", text)
    codes = (char if char.isascii() and char.isalnum() else f"\\{ord(char):06x}" for char in shown)
    return f'"{"".join(codes)}"'
