"""Measures reading a PDF of 150 pages of text: `python tests/bench/bench_pdf.py [PAGES]` prints time and peak memory."""

from __future__ import annotations

import io
import resource
import sys
import time

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from checker.reading.pdf import read_pdf

SENTENCE = "各有关单位应当按照职责分工做好材料的登记、整理和移交，并于每年十二月底前报送上一年度的办理情况。"


def made(pages: int) -> bytes:
    """A file of `pages` pages, 22 lines of 28 characters on each, as official documents are set."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    for page in range(pages):
        canvas.setFont("STSong-Light", 16)
        for line in range(22):
            first = line % 5 == 0
            text = (SENTENCE * 2)[line : line + (26 if first else 28)]
            canvas.drawString(79 + (32 if first else 0), 842 - 120 - 28.8 * line, text)
        canvas.setFont("STSong-Light", 14)
        canvas.drawCentredString(297.5, 60, f"— {page + 1} —")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def main() -> None:
    """Read once and print what it took."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    data = made(pages)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    document = read_pdf(data, "bench.pdf")
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{pages} pages, {len(document.text)} characters, {len(document.blocks)} blocks: {took:.2f} s, ")
    print(f"peak memory {after / 1024:.0f} MB ({(after - before) / 1024:.0f} MB of it for reading)")


if __name__ == "__main__":
    main()
