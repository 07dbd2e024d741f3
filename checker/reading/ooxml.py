"""The container of an Office file: a zip whose parts are read within limits, as XML without entities.

Everything that makes a zip or an XML part dangerous is refused before it costs anything: the directory is walked before
it is enumerated, sizes are checked before inflating and again while inflating, a DTD is refused by the name of its part.
Nothing is ever written to disk, so the names of the entries cannot lead anywhere.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from checker.errors import LimitExceeded, ReadError
from checker.reading.build import too_many
from checker.reading.limits import Limits

_CHUNK = 1 << 18
_RATIO_FROM = 1 << 20  # bytes: a smaller part is harmless however well it packs
_PART_SHARE = 4  # one XML part may take a quarter of what the whole file may unpack to: its tree takes many times more
_AGAIN = "请重新获取完整的文件，或者用Word、WPS打开后另存为docx重新提交。"
_SUSPECT = "文件结构异常，可能被改动过；请用Word或者WPS打开，另存为新的docx后重新提交。"
_SPLIT = "请把文件拆分或者删除大图片后重新提交，或者请管理员调高上限。"
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)
_DTD = tuple(word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be"))
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class DamagedPart(ReadError):
    """One part cannot be read; the others may be."""


class Relationship(NamedTuple):
    """What a part refers to: the last word of the relationship's type, and the path of the part (None: outside)."""

    kind: str
    target: str | None


class Package:
    """The parts of one Office file.

    Raises:
        ReadError: damaged, truncated, protected by a password, or forged (overlapping or repeated entries, a DTD).
        LimitExceeded: too many entries, too large when unpacked, packed too well to be a document, nested too deep.
    """

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self.name = name
        self._limits = limits
        self._unpacked = 0
        count = _walk_directory(data, name, limits)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, UnicodeDecodeError) as error:
            raise ReadError("压缩结构已损坏，无法打开。", where=name, next=_AGAIN) from error
        entries = self._zip.infolist()
        if len(entries) != count:
            raise ReadError("压缩目录登记的条目数与实际不符。", where=name, next=_SUSPECT)
        self._entries = self._checked(entries, data)

    @property
    def names(self) -> tuple[str, ...]:
        """The paths of all parts."""
        return tuple(self._entries)

    def _checked(self, entries: list[zipfile.ZipInfo], data: bytes) -> dict[str, zipfile.ZipInfo]:
        if sum(entry.file_size for entry in entries) > self._limits.unpacked_bytes:
            raise self._too_large(self.name)
        found: dict[str, zipfile.ZipInfo] = {}
        seen: set[str] = set()
        for entry in entries:
            if entry.filename.lower() in seen:
                raise ReadError(f"压缩包中有重复的部件“{entry.filename}”。", where=self.name, next=_SUSPECT)
            seen.add(entry.filename.lower())
            found[entry.filename] = entry
        end = 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            if entry.header_offset < end:
                raise ReadError(f"压缩包中的部件“{entry.filename}”与别的部件重叠。", where=self.name, next=_SUSPECT)
            end = _end_of(entry, data)
            if end > len(data):
                raise ReadError(f"部件“{entry.filename}”超出文件末尾，文件不完整。", where=self.name, next=_AGAIN)
        return found

    def part(self, path: str) -> bytes:
        """The bytes of the part at `path`, inflated under the limits."""
        where = f"{self.name} 的 {path}"
        entry = self._entries.get(path)
        if entry is None:
            raise ReadError("文件缺少必需的部件。", where=where, next=_AGAIN)
        if entry.flag_bits & 1:
            raise ReadError("文件设有压缩密码，需要密码才能读取。", where=where, next="请取消密码后重新提交。")
        if entry.file_size > _RATIO_FROM and entry.file_size > self._limits.zip_ratio * entry.compress_size:
            raise LimitExceeded(
                f"部件解压后是压缩大小的{self._limits.zip_ratio}倍以上，不是正常的文档。", where=where, next=_SUSPECT
            )
        cap = min(entry.file_size, self._limits.unpacked_bytes - self._unpacked)
        pieces: list[bytes] = []
        size = 0
        try:
            with self._zip.open(entry) as stream:
                while piece := stream.read(_CHUNK):
                    size += len(piece)
                    if size > cap:
                        raise self._too_large(where)
                    pieces.append(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise DamagedPart("部件已损坏，无法解压。", where=where, next=_AGAIN) from error
        if size != entry.file_size:
            raise ReadError("部件的实际大小与登记不符。", where=where, next=_SUSPECT)
        self._unpacked += size
        return b"".join(pieces)

    def tree(self, path: str) -> etree._Element:
        """The root element of the XML part at `path`; Strict namespaces are read as the Transitional ones."""
        data = self.part(path)
        where = f"{self.name} 的 {path}"
        if len(data) > max(self._limits.unpacked_bytes // _PART_SHARE, _CHUNK):
            raise self._too_large(where)
        if is_strict(data):
            data = transitional(data)
        if any(mark in data for mark in _DTD):
            raise ReadError("部件含有文档类型定义（DTD）或者实体，为安全起见不予读取。", where=where, next=_SUSPECT)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error).lower():
                raise too_deep(self._limits, where) from error
            raise DamagedPart(
                f"部件不是完整的XML（第{error.lineno}行），文件已损坏。", where=where, next=_AGAIN
            ) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise ReadError("部件含有文档类型定义（DTD），为安全起见不予读取。", where=where, next=_SUSPECT)
        return root

    def relationships(self, path: str) -> dict[str, Relationship]:
        """The relationships of the part at `path` ("" for the file itself), by id; none when it has none."""
        folder, file = posixpath.split(path)
        listing = posixpath.join(folder, "_rels", f"{file}.rels")
        if listing not in self._entries:
            return {}
        found: dict[str, Relationship] = {}
        for element in self.tree(listing).iter(_RELATIONSHIP):
            target: str | None = None
            if element.get("TargetMode") != "External":
                target = self._resolve(folder, element.get("Target", ""))
            found[element.get("Id", "")] = Relationship(element.get("Type", "").rpartition("/")[2], target)
        return found

    def _resolve(self, folder: str, target: str) -> str:
        for candidate in (target, unquote(target)):
            path = posixpath.normpath(posixpath.join("/", folder, candidate)).lstrip("/")
            if path in self._entries:
                return path
        return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")

    def _too_large(self, where: str) -> LimitExceeded:
        limit = self._limits.unpacked_bytes / 1024 / 1024
        return LimitExceeded(f"解压后的内容超过上限{limit:g}MB。", where=where, next=_SPLIT)


def is_strict(data: bytes) -> bool:
    """Whether an XML part is written in the Strict namespaces of OOXML."""
    return b"purl.oclc.org/ooxml/" in data[:_CHUNK]


def transitional(data: bytes) -> bytes:
    """An XML part with the Transitional namespaces in place of the Strict ones."""
    return _replaced(data, _STRICT)


def strict(data: bytes, original: bytes) -> bytes:
    """Undoes `transitional`: puts back the Strict namespaces that `original` is written in."""
    used = tuple((new, old) for old, new in _STRICT if b'"' + old + b'"' in original or b"'" + old + b"'" in original)
    return _replaced(data, used)


def _replaced(data: bytes, namespaces: tuple[tuple[bytes, bytes], ...]) -> bytes:
    for old, new in namespaces:
        for quote in (b'"', b"'"):
            data = data.replace(b"=" + quote + old + quote, b"=" + quote + new + quote)
    return data


def too_deep(limits: Limits, where: str) -> LimitExceeded:
    """The error for elements nested deeper than allowed."""
    return LimitExceeded(f"内容嵌套超过上限{limits.xml_depth}层。", where=where, next=_SUSPECT)


def _walk_directory(data: bytes, name: str, limits: Limits) -> int:
    """Number of entries of the zip's central directory, counted without building anything from them."""
    end = data.rfind(b"PK\x05\x06", max(len(data) - 65_557, 0))
    if end < 0 or end + 22 > len(data):
        raise ReadError("文件不完整：缺少压缩目录，可能没有传输完。", where=name, next=_AGAIN)
    _, disk, first_disk, _, count, size, offset, _ = struct.unpack("<4s4H2LH", data[end : end + 22])
    stop = end
    if data[max(end - 20, 0) : end].startswith(b"PK\x06\x07"):
        stop, count, size, offset = _zip64(data, end, (count, size, offset), name)
    if disk or first_disk or offset + size != stop:
        raise ReadError("压缩目录的位置与登记不符，文件已损坏或者被改动过。", where=name, next=_SUSPECT)
    if count > limits.zip_entries:
        raise too_many("压缩包的条目", limits.zip_entries, "个", name)
    walked, position = 0, offset
    while position < stop:
        if data[position : position + 4] != b"PK\x01\x02" or position + 46 > stop:
            raise ReadError("压缩目录已损坏。", where=name, next=_AGAIN)
        position += 46 + sum(struct.unpack("<3H", data[position + 28 : position + 34]))
        walked += 1
        if walked > limits.zip_entries:
            raise too_many("压缩包的条目", limits.zip_entries, "个", name)
    if walked != count:
        raise ReadError("压缩目录登记的条目数与实际不符。", where=name, next=_SUSPECT)
    return walked


def _zip64(data: bytes, end: int, plain: tuple[int, int, int], name: str) -> tuple[int, int, int, int]:
    """Position of the zip64 end record with its count, size and offset, which must agree with the plain record."""
    (position,) = struct.unpack("<Q", data[end - 12 : end - 4])
    record = data[position : position + 56]
    if len(record) < 56 or not record.startswith(b"PK\x06\x06"):
        raise ReadError("压缩目录（zip64）已损坏。", where=name, next=_AGAIN)
    count, size, offset = struct.unpack("<3Q", record[32:56])
    for small, large, full in zip(plain, (count, size, offset), (0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF), strict=True):
        if small not in {full, large}:
            raise ReadError("压缩目录的两处登记（zip64）互相矛盾。", where=name, next=_SUSPECT)
    return position, count, size, offset


def _end_of(entry: zipfile.ZipInfo, data: bytes) -> int:
    """Offset behind the packed bytes of `entry`, from its local header."""
    lengths = data[entry.header_offset + 26 : entry.header_offset + 30]
    if len(lengths) < 4:
        return len(data) + 1
    name, extra = struct.unpack("<2H", lengths)
    return entry.header_offset + 30 + int(name) + int(extra) + entry.compress_size
