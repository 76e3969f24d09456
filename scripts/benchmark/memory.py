# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the upload of the largest model adds to Blender's memory, and how much the agent takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from . import process_memory
from .fresh import fresh
from .plain_service import PlainService
from .row import Row, Skipped

BLENDER_MOST = 5.0
AGENT_MOST = 60.0
FLAT = 5.0
"""MB that the largest upload, or a hundred tasks, may add to the agent."""


def rows(quick: bool) -> Iterator[Row | Skipped]:
    if not process_memory.THERE:
        yield Skipped("Memory", "is measured on Linux only")
        return
    large, many, runs = (20_000_000, 10, 1) if quick else (200_000_000, 100, 3)
    with PlainService(seconds=2.0, result_bytes=1_000_000) as service:

        def of(function: str, **arguments: Any) -> float:
            found = [
                fresh("memory", function, environ=service.environ, url=service.url, **arguments) for _ in range(runs)
            ]
            return float(median(found)) / 1e6

        what = f"Memory added to Blender by an upload of {large / 1e6:.0f} MB"
        plain, ours = of("plain", size=large), of("ours", size=large)
        yield Row(what, ours, "MB", "at most 5 MB", BLENDER_MOST, "requests.post(files=…)", plain)
        small = of("agent", sizes=[1_000_000])
        yield Row("Agent's memory, 1 task of 1 MB", small, "MB", "at most 60 MB", AGENT_MOST)
        for what, sizes in (
            (f"Agent's memory, 1 task of {large / 1e6:.0f} MB", [large]),
            (f"Agent's memory, {many} tasks of 1 MB", [1_000_000] * many),
        ):
            most = min(AGENT_MOST, small + FLAT)
            yield Row(what, of("agent", sizes=sizes), "MB", "at most 60 MB, and flat", most, "1 task of 1 MB", small)


def plain(url: str, size: int) -> int:
    """Bytes that the plain way adds at its peak, in a process with Blender in it."""
    import bpy  # noqa: F401
    import requests

    from .upload import model

    folder = Path(os.environ["HITEM3D_HOME"])
    folder.mkdir()
    address = f"{url}/open-api/v1/segmentation/create-task"

    def post(file: Path) -> None:
        with file.open("rb") as stream:
            requests.post(address, data={"seg_level": "medium", "format": 2}, files={"mesh": stream}, timeout=300)

    post(model(folder, 1_000_000))  # what a session loads once, on both sides
    file = model(folder, size)
    process_memory.forget_peak()
    before = process_memory.resident()
    post(file)
    return process_memory.peak() - before


def ours(url: str, size: int) -> int:
    """The same for the add-on: the agent sends, Blender looks at the task list with its timer's function."""
    import bpy  # noqa: F401

    import hitem3d_addon
    from hitem3d_addon.background import sync
    from hitem3d_addon.core.values import TaskState

    from .queued import queue, wait

    home = Path(os.environ["HITEM3D_HOME"])
    hitem3d_addon.register()

    def send(uid: str) -> None:
        sync.tell_agent(do="watch", uid=uid)
        wait(home, {TaskState.DONE}, [uid], sync.take_news)

    send(queue(home, url, 1_000_000))
    uid = queue(home, url, size)
    process_memory.forget_peak()
    before = process_memory.resident()
    send(uid)
    added = process_memory.peak() - before
    hitem3d_addon.unregister()
    return added


def agent(url: str, sizes: list[int]) -> int:
    """Bytes that an agent has at its peak while it sends models of these sizes and fetches their results."""
    import bpy  # noqa: F401
    import psutil

    import hitem3d_addon
    from hitem3d_addon.background import sync
    from hitem3d_addon.core.values import TaskState

    from .queued import queue, wait

    home = Path(os.environ["HITEM3D_HOME"])
    hitem3d_addon.register()
    uids = [queue(home, url, size) for size in sizes]
    for uid in uids:
        sync.tell_agent(do="watch", uid=uid)
    wait(home, {TaskState.DONE}, uids, sync.take_news)
    (child,) = psutil.Process().children()
    found = process_memory.peak(child.pid)
    hitem3d_addon.unregister()
    return found
