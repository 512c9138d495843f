"""Reproducible variation: integer hashing, so every machine and library version gives the same bill."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

__all__ = ["identifier", "share", "wobble"]

_GOLDEN, _MIX_1, _MIX_2 = (np.uint64(value) for value in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def identifier(name: str, length: int) -> str:
    """Hexadecimal digits that belong to ``name``: a resource id that looks like one."""
    return _digest(name).hex()[:length]


def share(name: str) -> float:
    """A number in [0, 1) that belongs to ``name``."""
    return int.from_bytes(_digest(name)[:6]) / 2**48


def wobble(name: str, days: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """A number in [-1, 1) for each day, small values likelier (the mean of two uniform draws).

    Uses splitmix64 on (name, day): a day's value does not depend on which other days are asked for.
    """
    seed = np.uint64(int.from_bytes(_digest(name)[:8]))
    first, second = (_uniform(2 * days + draw, seed) for draw in (0, 1))
    return np.asarray(first + second - 1.0)


def _uniform(counter: npt.NDArray[np.int64], seed: np.uint64) -> npt.NDArray[np.float64]:
    with np.errstate(over="ignore"):  # wrapping is how splitmix64 works
        z = (counter.astype(np.uint64) + seed) * _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        z = z ^ (z >> np.uint64(31))
    return np.asarray((z >> np.uint64(11)).astype(np.float64) / 2**53)
