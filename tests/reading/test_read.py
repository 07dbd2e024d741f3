"""What comes in: formats by content, damaged and hostile files, the limits."""

from __future__ import annotations

import contextlib
import io
import pickle
import random
import struct
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from checker.errors import LimitExceeded, NormcheckError, ReadError, UnsupportedFormat
from checker.reading import DEFAULT, read

MakeDocx = Callable[..., bytes]
MakeZip = Callable[..., bytes]
P = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def ole(*streams: str) -> bytes:
    return OLE + b"".join(stream.encode("utf-16-le").ljust(128, b"\0") for stream in streams)


def refused(data: bytes, name: str = "文件.docx", **limits: int) -> NormcheckError:
    with pytest.raises(ReadError) as caught:
        read(data, name, replace(DEFAULT, **limits))
    error = caught.value
    assert error.what
    assert name in error.where
    assert error.next
    return error


# -- formats


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (ole("WordDocument"), "通知.doc", "Word 97-2003"),
        (ole("WordDocument"), "通知.docx", "Word 97-2003"),
        (ole("WordDocument"), "通知.wps", "WPS"),
        (ole("Workbook"), "台账.xls", "xls"),
        (ole("PowerPoint Document"), "汇报.ppt", "ppt"),
        (ole("Contents"), "其他.bin", "OLE"),
        (rb"{\rtf1\ansi text}", "通知.doc", "RTF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "扫描.png", "PNG"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "扫描.jpg", "JPEG"),
        (b"II*\0" + b"\0" * 40, "扫描.tif", "TIFF"),
        (b"GIF89a" + b"\0" * 40, "图.gif", "GIF"),
        (b"BM\x40\0\0\0\0\0\0\0" + b"\0" * 40, "图.bmp", "BMP"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "图.webp", "WebP"),
        (b"Rar!\x1a\x07\0", "卷宗.rar", "RAR"),
        (b"7z\xbc\xaf\x27\x1c\0", "卷宗.7z", "7z"),
        (b"\x1f\x8b\x08" + b"\0" * 20, "卷宗.tar.gz", "gzip"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "网页.doc", "MHTML"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>', "通知.xml", "Word XML"),
        (b'<?xml version="1.0"?><a/>', "数据.xml", "XML"),
    ],
)
def test_other_formats_are_named_with_what_to_do(data: bytes, name: str, says: str) -> None:
    error = refused(data, name)

    assert isinstance(error, UnsupportedFormat)
    assert says in error.what


@pytest.mark.parametrize(
    ("member", "says"),
    [
        ("OFD.xml", "OFD"),
        ("xl/workbook.xml", "xlsx"),
        ("ppt/presentation.xml", "pptx"),
        ("content.xml", "OpenDocument"),
        ("通知.docx", "压缩包"),
    ],
)
def test_a_zip_that_is_no_docx_is_named(make_zip: MakeZip, member: str, says: str) -> None:
    error = refused(make_zip({member: "<a/>"}))

    assert isinstance(error, UnsupportedFormat)
    assert says in error.what


def test_an_xlsx_is_named_although_it_has_a_main_part(make_zip: MakeZip, make_docx: MakeDocx) -> None:
    rels = (
        zipfile.ZipFile(io.BytesIO(make_docx(""))).read("_rels/.rels").replace(b"word/document.xml", b"xl/workbook.xml")
    )

    assert "xlsx" in refused(make_zip({"_rels/.rels": rels, "xl/workbook.xml": "<workbook/>"})).what


def test_an_encrypted_office_file_needs_a_password() -> None:
    error = refused(ole("EncryptionInfo", "EncryptedPackage"), "密件.docx")

    assert not isinstance(error, UnsupportedFormat)
    assert "需要密码" in error.what


def test_a_docx_named_doc_is_read_and_told(make_docx: MakeDocx) -> None:
    document = read(make_docx(P.format("正文")), "通知.doc")

    assert document.format == "docx"
    (problem,) = document.problems
    assert not problem.lost
    assert ".doc" in problem.what
    assert "docx" in problem.what


@pytest.mark.parametrize(
    ("name", "notes"),
    [("通知.txt", 0), ("通知", 0), ("通知.conf", 0), ("通知.docx", 1), ("通知.pdf", 1), ("通知.doc", 1)],
)
def test_text_under_another_name(name: str, notes: int) -> None:
    document = read("第一条　正文".encode(), name)

    assert document.format == "txt"
    assert len(document.problems) == notes


def test_a_pdf_is_told_by_its_content() -> None:
    with pytest.raises(ReadError):
        read(b"%PDF-1.7\n%%EOF", "坏.docx")


def test_a_document_is_a_value_that_travels(make_docx: MakeDocx) -> None:
    document = read(make_docx(P.format("正文")), "通知.docx")

    assert pickle.loads(pickle.dumps(document)) == document


def test_text_needs_no_xml_library() -> None:
    code = "import sys\nfrom checker.reading import read\nread('正文'.encode(), 'a.txt')\nassert not {'lxml', 'pypdfium2', 'charset_normalizer'} & set(sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[2]).returncode == 0


# -- damaged


def test_an_empty_file() -> None:
    assert "空" in refused(b"").what


@pytest.mark.parametrize("data", [b" \r\n\t", "\u3000\n".encode(), b"<html><body> </body></html>"])
def test_files_without_text(data: bytes) -> None:
    refused(data, "空.txt")


def test_a_docx_without_text(make_docx: MakeDocx) -> None:
    assert "没有可以读取的文字" in refused(make_docx("<w:p/>")).what


def test_noise() -> None:
    source = random.Random(7)
    for size in (16, 100, 4096, 100_000):
        refused(bytes([0x81]) + source.randbytes(size), "噪声.txt")


def test_truncated_anywhere(make_docx: MakeDocx) -> None:
    data = make_docx(P.format("正文" * 500))
    for size in range(4, len(data) - 1, 97):
        refused(data[:size])


def test_changed_bytes_never_crash(make_docx: MakeDocx) -> None:
    data = make_docx(P.format("正文" * 50), numbering="<w:num w:numId='1'/>", styles="", footnotes="")
    source = random.Random(11)
    for _ in range(400):
        broken = bytearray(data)
        for _ in range(source.randint(1, 4)):
            broken[source.randrange(len(broken))] = source.randrange(256)
        with contextlib.suppress(ReadError):
            read(bytes(broken), "变异.docx")


def with_document(make_docx: MakeDocx, document: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(make_docx("")))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, document if name == "word/document.xml" else source.read(name))
    return target.getvalue()


def test_broken_xml_is_named_by_part(make_docx: MakeDocx) -> None:
    assert "word/document.xml" in refused(with_document(make_docx, b"<w:document")).where


def test_a_main_part_of_another_kind(make_docx: MakeDocx) -> None:
    assert "正文" in refused(with_document(make_docx, b"<document/>")).what


# -- hostile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE x ["
        '<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
        + "]>",
        '<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_dtds_are_refused_by_part(make_docx: MakeDocx, head: str, encoding: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{head}<w:document {W}><w:body>{P.format("&e;")}</w:body></w:document>'
    start = time.perf_counter()
    error = refused(with_document(make_docx, xml.encode(encoding)))

    assert time.perf_counter() - start < 1
    assert "DTD" in error.what
    assert "word/document.xml" in error.where


def test_a_dtd_in_a_side_part_is_refused_too(make_docx: MakeDocx) -> None:
    source = zipfile.ZipFile(io.BytesIO(make_docx(P.format("正文"), styles="")))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, b"<!DOCTYPE x><x/>" if name == "word/styles.xml" else source.read(name))

    assert "word/styles.xml" in refused(target.getvalue()).where


def test_a_bomb_is_refused_before_it_is_inflated(make_zip: MakeZip, make_docx: MakeDocx) -> None:
    data = with_document(make_docx, b" " * 210_000_000)
    start = time.perf_counter()
    error = refused(data)

    assert time.perf_counter() - start < 0.1
    assert isinstance(error, LimitExceeded)


def test_a_part_that_packs_too_well_is_no_document(make_docx: MakeDocx) -> None:
    error = refused(with_document(make_docx, b" " * 2_000_000))

    assert isinstance(error, LimitExceeded)
    assert "word/document.xml" in error.where


def directory_entry(data: bytes | bytearray, name: bytes) -> int:
    position = data.find(b"PK\x01\x02")
    while data[position + 46 : position + 46 + len(name)] != name:
        position = data.find(b"PK\x01\x02", position + 4)
    return position


def test_a_false_declared_size_does_not_help(make_docx: MakeDocx) -> None:
    noise = random.Random(3).randbytes(300_000).hex().encode()
    for declared in (10, 10_000_000):
        data = bytearray(with_document(make_docx, noise))
        at = directory_entry(data, b"word/document.xml")
        struct.pack_into("<L", data, at + 24, declared)
        refused(bytes(data))


def test_repeated_parts_are_refused(make_docx: MakeDocx) -> None:
    for name in ("word/document.xml", "WORD/Document.xml"):
        target = io.BytesIO(make_docx(P.format("甲")))
        with zipfile.ZipFile(target, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr(name, "<a/>")

        assert "重复" in refused(target.getvalue()).what


def test_overlapping_parts_are_refused(make_docx: MakeDocx) -> None:
    data = bytearray(make_docx(P.format("甲"), styles=""))
    other = directory_entry(data, b"word/styles.xml")
    main = directory_entry(data, b"word/document.xml")
    data[other + 42 : other + 46] = data[main + 42 : main + 46]

    assert "重叠" in refused(bytes(data)).what


def test_a_directory_that_lies_about_its_entries(make_docx: MakeDocx) -> None:
    data = bytearray(make_docx(P.format("甲")))
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<2H", data, end + 8, 2, 2)

    assert "条目数" in refused(bytes(data)).what


def test_a_zip64_record_that_disagrees(make_docx: MakeDocx) -> None:
    data = make_docx(P.format("甲"))
    end = data.rfind(b"PK\x05\x06")
    count, size, offset = struct.unpack("<H2L", data[end + 10 : end + 20])
    for wrong in (0, 1):
        record = b"PK\x06\x06" + struct.pack("<Q2H2L4Q", 44, 45, 45, 0, 0, count + wrong, count + wrong, size, offset)
        locator = b"PK\x06\x07" + struct.pack("<LQL", 0, end, 1)
        forged = data[:end] + record + locator + data[end:]
        if wrong:
            assert "zip64" in refused(forged).what
        else:
            assert read(forged, "甲.docx").text == "甲"


def test_entries_are_counted_before_they_are_listed(make_docx: MakeDocx) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    data = bytearray(target.getvalue())
    start = time.perf_counter()
    assert isinstance(refused(bytes(data)), LimitExceeded)
    end = data.rfind(b"PK\x05\x06")
    if data[end - 20 : end - 16] == b"PK\x06\x07":
        del data[end - 76 : end]
        end -= 76
    struct.pack_into("<2H", data, end + 8, 1, 1)
    refused(bytes(data))

    assert time.perf_counter() - start < 0.2


def test_an_encrypted_zip_needs_a_password(make_docx: MakeDocx) -> None:
    data = bytearray(make_docx(P.format("甲")))
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        position = data.find(mark)
        while position >= 0:
            data[position + flags] |= 1
            position = data.find(mark, position + 4)

    assert "需要密码" in refused(bytes(data)).what


def test_names_that_lead_outside_are_never_followed(
    make_docx: MakeDocx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = io.BytesIO(make_docx(P.format("甲")))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("../../outside.txt", "x")
        archive.writestr("/absolute.txt", "x")

    assert read(target.getvalue(), "甲.docx").text == "甲"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("depth", [150, 230, 5000])
def test_depth(make_docx: MakeDocx, depth: int) -> None:
    body = "<w:p>" + "<w:smartTag>" * depth + "<w:r><w:t>深</w:t></w:r>" + "</w:smartTag>" * depth + "</w:p>"
    if depth == 150:
        assert read(make_docx(body), "深.docx").text == "深"
    else:
        error = refused(make_docx(body))
        assert isinstance(error, LimitExceeded)
        assert "嵌套" in error.what


def test_depth_of_tables_and_text_boxes(make_docx: MakeDocx) -> None:
    table = P.format("底")
    for _ in range(60):
        table = f"<w:tbl><w:tr><w:tc>{table}</w:tc></w:tr></w:tbl>"
    assert read(make_docx(table), "深.docx").text == "底"
    boxes = P.format("底")
    for _ in range(40):
        boxes = f"<w:p><w:r><w:pict><w:txbxContent>{boxes}</w:txbxContent></w:pict></w:r></w:p>"
    assert read(make_docx(boxes), "深.docx").text == "底"
    assert isinstance(refused(make_docx(table), xml_depth=100), LimitExceeded)


def test_limits(make_docx: MakeDocx) -> None:
    data = make_docx(P.format("甲") * 20)
    for limit in (
        replace(DEFAULT, file_bytes=100),
        replace(DEFAULT, paragraphs=10),
        replace(DEFAULT, characters=10),
        replace(DEFAULT, zip_entries=2),
        replace(DEFAULT, unpacked_bytes=200),
    ):
        with pytest.raises(LimitExceeded):
            read(data, "甲.docx", limit)
    for limit in (replace(DEFAULT, file_bytes=10), replace(DEFAULT, paragraphs=2), replace(DEFAULT, characters=5)):
        with pytest.raises(LimitExceeded):
            read("甲\n乙\n丙\n丁\n".encode(), "甲.txt", limit)


def test_a_million_paragraphs_are_a_limit_and_no_crash(make_docx: MakeDocx) -> None:
    body = "".join(f"<w:p><w:r><w:t>{number}</w:t></w:r></w:p>" for number in range(300_000))

    assert isinstance(refused(make_docx(body)), LimitExceeded)
