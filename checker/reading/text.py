"""Plain text and Markdown, in the encodings that Chinese offices use.

The decoded text is kept exactly but for its line ends, which become "\\n"; a byte order mark is no text. Every line that
is not blank is a block, and the running text is all of it.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from typing import NamedTuple

from checker.errors import ReadError
from checker.model import Block, Document, Problem, Role, Span, TextAnchor
from checker.reading.build import blank, too_many
from checker.reading.limits import Limits

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]|$)")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_EAST_ASIAN = re.compile(r"[\x00-\x7f\u3000-\u30ff\u4e00-\u9fff\uff01-\uffee]")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SURE = 0.9
_LIKELY = 0.6
_SAMPLE = 20_000
_SHORT = 32  # bytes


class Decoded(NamedTuple):
    """Text with the encoding it was read in; `sure` is false when the encoding is a guess that may be wrong."""

    text: str
    encoding: str
    sure: bool


def read_text(data: bytes, name: str, limits: Limits, *, markdown: bool = False) -> Document:
    """The document of a plain text or Markdown file. Markdown headings get their role; the text keeps its "#".

    Anchors give the line, and the offset in the text after its line ends were made "\\n".

    Raises:
        ReadError: the bytes are no text in any encoding known here.
        LimitExceeded: more characters or lines than `limits`.
    """
    decoded = decode(data, name)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > limits.characters:
        raise too_many("文字", limits.characters, "字", name)
    if text.count("\n") >= limits.paragraphs:
        raise too_many("行数", limits.paragraphs, "行", name)
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        format="md" if markdown else "txt",
        text=text,
        blocks=_blocks(text, markdown=markdown),
        body_end=len(text),
        problems=() if decoded.sure else (guessed(decoded, name),),
    )


def _blocks(text: str, *, markdown: bool) -> tuple[Block, ...]:
    blocks: list[Block] = []
    start, fence = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        end = start + len(line)
        level = None
        if markdown:
            mark = _FENCE.match(line)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            heading = None if fence else _HEADING.match(line)
            level = len(heading[1]) if heading else None
        if not blank(line):
            role = Role.HEADING if level else Role.PARAGRAPH
            blocks.append(Block(Span(start, end), role, TextAnchor(number, start), level))
        start = end + 1
    return tuple(blocks)


def guessed(decoded: Decoded, name: str) -> Problem:
    """The problem that tells of a guessed encoding."""
    return Problem(
        document=name,
        what=f"文件没有标明文字编码，按{decoded.encoding}推定读取，个别文字可能有误。",
        where="全文",
        next="请核对读出的文字；有乱码的，用记事本另存为UTF-8编码后重新提交。",
        lost=False,
    )


def decode(data: bytes, name: str, declared: str | None = None) -> Decoded:
    """The text of `data`: byte order mark, then UTF-8, then what the file declares, GB18030 and UTF-16 by plausibility.

    Raises:
        ReadError: no encoding gives a text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, name)
    if b"\x00" not in data:
        text = _try(data, "utf-8")
        if text is not None and not _noisy(text):
            return _coincidence(data, text) or Decoded(text, "utf-8", sure=True)
    best = _plausible(data, declared)
    if best is not None:
        return best
    guess = _normalizer(data)
    if guess is not None:
        return guess
    raise ReadError(
        "内容不是可以识别的文字（可能是二进制文件、已损坏，或者编码不明）。",
        where=name,
        next="请确认文件可以正常打开，用记事本另存为UTF-8编码，或者另存为docx后重新提交。",
    )


def _coincidence(data: bytes, text: str) -> Decoded | None:
    """GB 18030 for a few words that happen to be valid UTF-8 too ("通知", "联通"), told as a guess."""
    if len(data) > _SHORT or text.isascii() or any(character > "\u07ff" for character in text):
        return None
    chinese = _try(data, "gb18030")
    return Decoded(chinese, "gb18030", sure=False) if chinese is not None and _score(chinese) >= _SURE else None


def _strictly(data: bytes, encoding: str, name: str) -> Decoded:
    text = _try(data, encoding)
    if text is None or _noisy(text):
        raise ReadError(
            f"文件开头标明是{encoding}编码，但内容不符合这种编码，文件可能不完整或者已损坏。",
            where=name,
            next="请重新获取完整的文件，或者用记事本另存为UTF-8编码后重新提交。",
        )
    return Decoded(text, encoding, sure=True)


def _plausible(data: bytes, declared: str | None) -> Decoded | None:
    """The most plausible of the candidates; its own declaration counts for a file, unless it is plainly wrong."""
    candidates: list[tuple[float, Decoded]] = []
    names = ["utf-16-le", "utf-16-be"] if len(data) % 2 == 0 else []
    for encoding in (["gb18030"] if b"\x00" not in data else []) + names:
        text = _try(data, encoding)
        if text is not None and not _noisy(text):
            score = _score(text)
            candidates.append((score, Decoded(text, encoding, sure=score >= _SURE)))
    if declared:
        text = _try(data, declared)
        if text is not None and not _noisy(text) and _score(text) >= _LIKELY:
            return Decoded(text, declared, sure=True)
    score, best = max(candidates, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= _SURE else None


def _normalizer(data: bytes) -> Decoded | None:
    """Last resort: charset-normalizer over the encodings of East Asia; what it finds is always told as a guess."""
    from charset_normalizer import from_bytes  # noqa: PLC0415  (slow to import, seldom needed)

    match = from_bytes(data, cp_isolation=["gb18030", "big5", "big5hkscs", "euc_jp", "shift_jis", "euc_kr"]).best()
    if match is None:
        return None
    text = _try(data, match.encoding)
    if text is None or _noisy(text) or len(_EAST_ASIAN.findall(text)) < _SURE * len(text):
        return None
    return Decoded(text, match.encoding, sure=False)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _noisy(text: str) -> bool:
    """Whether control characters show that this is no text: none in short texts, one in a thousand in long ones."""
    return len(_CONTROL.findall(text)) > len(text) // 1000


def _score(text: str) -> float:
    """Share of the characters that written Chinese is made of: common hanzi, CJK punctuation, ASCII."""
    sample = text if len(text) <= _SAMPLE else text[: _SAMPLE // 2] + text[-_SAMPLE // 2 :]
    if not sample:
        return 0.0
    good = sum(1 for character in sample if character < "\x80" or _common(character))
    return good / len(sample)


def _common(character: str) -> bool:
    """Whether GB 2312 has the character in its punctuation (rows 1 to 3) or first-level hanzi (rows 16 to 55)."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return character in "〇〔〕㎡"
    return code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7
