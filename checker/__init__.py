"""normcheck: checks Chinese administrative documents against the procedure and content rules that bind them."""

from __future__ import annotations

from pathlib import Path

__version__ = "0.1.0"


def data_root() -> Path:
    """The folder that holds `rules/` and `corpora/`: inside the package in a wheel, the checkout otherwise."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[1]
