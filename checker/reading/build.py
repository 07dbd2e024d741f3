"""Puts blocks together to a `Document`: offsets, separators and the limits on text, the same for every format."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from checker.errors import LimitExceeded
from checker.model import Block, Document, DocxAnchor, PageAnchor, Problem, Role, Span, TextAnchor
from checker.reading.limits import Limits

Anchor = DocxAnchor | PageAnchor | TextAnchor
APART = frozenset({Role.HEADER, Role.FOOTER, Role.FOOTNOTE, Role.PAGE_NUMBER})
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_NOTHING = dict.fromkeys(map(ord, _INVISIBLE))


def blank(text: str) -> bool:
    """Whether nothing of `text` is to be seen: white space of any width and zero-width characters."""
    shown = text.strip()
    return not shown or (shown[0] in _INVISIBLE and not shown.translate(_NOTHING).strip())


class Builder:
    """Collects the blocks of one document in reading order; blocks of the roles in `APART` come last."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0
        self._body_end = 0
        self.problems: list[Problem] = []

    def __len__(self) -> int:
        return len(self._blocks)

    def add(
        self,
        text: str,
        role: Role,
        anchor: Callable[[int], Anchor],
        *,
        level: int | None = None,
        table: tuple[int, int, int] | None = None,
        separator: str = "\n",
    ) -> None:
        """Appends one block. `anchor` is called with the offset at which the block starts.

        Raises:
            LimitExceeded: the text or the number of blocks grows over the limits.
        """
        if self._blocks:
            self._parts.append(separator)
            self._length += len(separator)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        self._blocks.append(Block(Span(start, self._length), role, anchor(start), level, table))
        if role not in APART:
            self._body_end = self._length
        if self._length > self._limits.characters:
            raise too_many("文字", self._limits.characters, "字", self._name)
        if len(self._blocks) > self._limits.paragraphs:
            raise too_many("段落", self._limits.paragraphs, "段", self._name)

    def note(self, what: str, where: str = "", next: str = "", *, lost: bool) -> None:
        """Adds a problem of this document."""
        self.problems.append(Problem(self._name, what, where, next, lost))

    def document(self, data: bytes, format: str) -> Document:  # noqa: A002
        """The finished document; `data` is the file's bytes, for its digest."""
        return Document(
            name=self._name,
            sha256=hashlib.sha256(data).hexdigest(),
            format=format,
            text="".join(self._parts),
            blocks=tuple(self._blocks),
            body_end=self._body_end,
            problems=tuple(self.problems),
        )


def too_many(what: str, limit: int, unit: str, where: str) -> LimitExceeded:
    """The error for a document with more of something than is allowed."""
    return LimitExceeded(
        f"{what}超过上限{limit}{unit}。", where=where, next="请把文件拆分后分别提交，或者请管理员调高上限。"
    )
