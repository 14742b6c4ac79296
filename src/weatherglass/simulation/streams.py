"""Random streams: one for each part of the model, the same in every process."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """The generator of one named part, such as `stream(7, "tickets", 12)`.

    A part that draws more or fewer numbers leaves the numbers of all others as they were.
    """
    words = [zlib.crc32(part.encode()) if isinstance(part, str) else part for part in path]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, *words])))
