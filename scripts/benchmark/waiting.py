# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's processor time while ten tasks wait for the service."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from .fresh import fresh
from .plain_service import PlainService
from .row import Row

TASKS = 10
MINUTES = 10
MOST = 1.0


def rows(quick: bool) -> Iterator[Row]:
    """Measured for the whole time: the questions come closer together at first, so a part of it can't be scaled
    (a quick run does, to see that it works)."""
    span = 10.0 if quick else MINUTES * 60.0
    with PlainService(seconds=1e9, retry_after="") as service:
        used = fresh("waiting", "measure", environ=service.environ, url=service.url, span=span)
    what = f"Agent's processor time, {TASKS} tasks waiting for {MINUTES} min"
    yield Row(what, used * MINUTES * 60 / span, "s", "at most 1 s", MOST, f"measured for {span:.0f} s")


def measure(url: str, span: float) -> float:
    """Runs in a process of its own: seconds of processor time, user and system, from when all of them wait."""
    import bpy  # noqa: F401
    import psutil

    import hitem3d_addon
    from hitem3d_addon.background import sync
    from hitem3d_addon.core.values import TaskState

    from .queued import queue, wait

    home = Path(os.environ["HITEM3D_HOME"])
    hitem3d_addon.register()
    uids = [queue(home, url, 1000) for _ in range(TASKS)]
    for uid in uids:
        sync.tell_agent(do="watch", uid=uid)
    wait(home, {TaskState.WORKING}, uids, sync.take_news)
    (child,) = psutil.Process().children()
    before = child.cpu_times()
    time.sleep(span)
    after = child.cpu_times()
    hitem3d_addon.unregister()
    return float(after.user + after.system - before.user - before.system)
