"""normcheck: checks Chinese administrative documents against the procedure and content rules that bind them."""

from __future__ import annotations

import os
from pathlib import Path

__version__ = "0.1.0"

# numpy's linear algebra is not used here, but each of its threads reserves 40 MB of addresses, as many threads as the
# machine has processors: the memory limit of a worker (`checker.workers`) would be spent on them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def data_root() -> Path:
    """The folder that holds `rules/` and `corpora/`: inside the package in a wheel, the checkout otherwise."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[1]
