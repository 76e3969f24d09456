# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long things take, one beside the other: A B A B, so that what else the machine does falls on all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median


def interleaved(sides: Mapping[str, Callable[[], Callable[[], object]]], runs: int) -> dict[str, float]:
    """The median seconds of each side, of so many runs after one that only warms up.

    A side prepares a run, which is not timed, and gives what is.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for run in range(runs + 1):
        for name, prepare in sides.items():
            work = prepare()
            start = time.perf_counter()
            work()
            if run:
                seconds[name].append(time.perf_counter() - start)
    return {name: median(all_of_it) for name, all_of_it in seconds.items()}
