"""Quantiles of Student's t and of the normal distribution, so that intervals need no SciPy."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import Final

_NORMAL = NormalDist()
_SUMMED: Final = 200
"""Degrees of freedom up to which the distribution is summed; beyond, an expansion about the normal is exact to 1e-9."""


def normal_quantile(p: float) -> float:
    """Return the value that a standard normal variable stays below with probability ``p``."""
    return _NORMAL.inv_cdf(p)


def normal_share_below(z: float) -> float:
    """Return the probability that a standard normal variable stays below ``z``."""
    return _NORMAL.cdf(z)


@lru_cache(maxsize=1024)
def t_quantile(p: float, freedom: int) -> float:
    """Return the value that Student's t stays below with probability ``p``.

    Args:
        freedom: degrees of freedom, 1 or more.
    """
    if p < 0.5:
        return -t_quantile(1 - p, freedom)
    return _expanded(p, freedom) if freedom > _SUMMED else _bisected(2 * p - 1, freedom)


def _bisected(share: float, freedom: int) -> float:
    low, high = 0.0, 1.0
    while _share_within(high, freedom) < share:
        low, high = high, high * 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _share_within(middle, freedom) < share else (low, middle)
    return (low + high) / 2


def _share_within(t: float, freedom: int) -> float:
    """Return the probability that t lies between -t and t: Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    if freedom == 1:
        return 2 * angle / math.pi
    odd = freedom % 2
    term = total = cosine if odd else 1.0
    for step in range(2 + odd, freedom - 1, 2):
        term *= cosine * cosine * (step - 1) / step
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def _expanded(p: float, freedom: int) -> float:
    """Return a quantile by Abramowitz and Stegun, 26.7.5."""
    z = normal_quantile(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom ** (power + 1) for power, term in enumerate(terms))
