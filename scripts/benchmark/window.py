# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real window: how long its main thread pauses, what an upload adds to it, and how long panel and timer take."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from blender.window import BlenderWindow, Screen

from . import process_memory
from .plain_service import PlainService
from .row import Row, Skipped

ADDED = 2.0
"""Milliseconds at the 99th percentile."""
MEGABYTES = 5.0
MILLISECOND = 1.0
HEARTBEAT = """
import time
beats = bpy.app.driver_namespace["beats"] = []
def beat():
    beats.append(time.perf_counter())
    return 0.005 if beats is bpy.app.driver_namespace["beats"] else None
bpy.app.timers.register(beat, persistent=True)
"""
GAPS = """
beats = bpy.app.driver_namespace["beats"]
bpy.app.driver_namespace["beats"] = None
result = [later - earlier for earlier, later in zip(beats, beats[1:])]
"""
MODULES = """
import importlib
sync = importlib.import_module("bl_ext.user_default.hitem3d.background.sync")
board = importlib.import_module("bl_ext.user_default.hitem3d.session.board").board
"""
TIMED_DRAWS = """
import time
drawn = bpy.app.driver_namespace["drawn"] = {}
def timed(name, function):
    def wrapper(self, context):
        start = time.perf_counter()
        try:
            return function(self, context)
        finally:
            drawn.setdefault(name, []).append(time.perf_counter() - start)
    return wrapper
for kind in bpy.types.Panel.__subclasses__():
    if kind.__name__.startswith("HITEM3D_PT_"):
        kind.draw = timed(kind.__name__, kind.draw)
        if "poll" in vars(kind):
            kind.poll = classmethod(timed(kind.__name__ + ".poll", kind.poll.__func__))
"""
TICKS = """
import time
taken = []
for _ in range(200):
    start = time.perf_counter()
    sync.take_news()
    taken.append(time.perf_counter() - start)
result = taken
"""


def rows(quick: bool) -> Iterator[Row | Skipped]:
    blender, why_not = blender_with_screen()
    if not blender:
        yield Skipped("Pauses of a window; panel draw and timer tick", why_not)
        return
    yield from _pauses(blender, quick)
    for count in (1, 10) if quick else (1, 100, 1000):
        yield from _drawing(blender, count, quick)


def blender_with_screen() -> tuple[str, str]:
    """The first real Blender that BLENDER names, if there is a screen for it; else "", and why not."""
    blender = next(filter(None, os.environ.get("BLENDER", "").split(os.pathsep)), "")
    missing = [tool for tool in ("Xvfb", "openbox") if not shutil.which(tool)]
    if not blender:
        return "", "BLENDER names no real Blender"
    return ("", f"needs {', '.join(missing)}") if missing else (blender, "")


@contextmanager
def _window(blender: str, service: PlainService) -> Iterator[tuple[BlenderWindow, Path]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitem3d-bench-", dir="/tmp")))
        home = folder / "home"
        environ = {**service.environ, "HITEM3D_HOME": str(home)}
        screen = stack.enter_context(Screen())
        window = stack.enter_context(BlenderWindow(blender, screen, environ, resources=folder / "resources"))
        window.run("show_sidebar()")
        time.sleep(1.0)
        window.run("show_sidebar()")
        window.run(MODULES)
        yield window, home


def _pauses(blender: str, quick: bool) -> Iterator[Row]:
    """Upload, questions and download in turn with nothing at all, all with the panel in sight."""
    from hitem3d_addon.core.values import TaskState

    from .queued import queue, wait

    size, rounds = (20_000_000, 1) if quick else (200_000_000, 3)
    seconds = 5.0
    gaps: dict[str, list[float]] = {"idle": [], "busy": []}
    added = []
    # As fast as a very good line, so that each of them takes some seconds.
    with (
        PlainService(seconds=seconds, result_bytes=size, rate=size / seconds) as service,
        _window(blender, service) as (window, home),
    ):
        for round_ in range(rounds + 1):
            uid = queue(home, service.url, size)
            window.run(HEARTBEAT)
            time.sleep(3 * seconds)
            idle = window.run(GAPS)
            if process_memory.THERE:
                process_memory.forget_peak(window.process.pid)
            before = process_memory.resident(window.process.pid) if process_memory.THERE else 0
            window.run(HEARTBEAT)
            window.run(f"sync.tell_agent(do='watch', uid={uid!r})")
            wait(home, {TaskState.WORKING}, [uid], lambda: None)
            if process_memory.THERE and round_:
                added.append(process_memory.peak(window.process.pid) - before)
            wait(home, {TaskState.DONE}, [uid], lambda: None)
            busy = window.run(GAPS)
            if round_:  # the first one warms up
                gaps["idle"] += idle
                gaps["busy"] += busy
    idle, busy = (_percentile(gaps[name]) * 1e3 for name in ("idle", "busy"))
    bound, beside = "at most 2 ms added at p99", "the same window idle"
    yield Row("Pauses of a window while it works, p99", busy, "ms", bound, idle + ADDED, beside, idle)
    for name, share in (("p50", 0.5), ("longest", 1.0)):
        idle, busy = (_percentile(gaps[kind], share) * 1e3 for kind in ("idle", "busy"))
        yield Row(f"Pauses of a window while it works, {name}", busy, "ms", "", None, beside, idle)
    if added:
        what = f"Memory added to a window by an upload of {size / 1e6:.0f} MB"
        yield Row(what, median(added) / 1e6, "MB", "at most 5 MB", MEGABYTES)


def _percentile(values: list[float], share: float = 0.99) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _drawing(blender: str, count: int, quick: bool) -> Iterator[Row]:
    """So many tasks in the list, one of them at the service, and a scene of as many objects."""
    from .queued import finished, queue

    with PlainService(seconds=1e9, retry_after="") as service, _window(blender, service) as (window, home):
        task_ids = finished(home, service.url, count - 1)
        uid = queue(home, service.url, 1000)
        window.run(f"sync.tell_agent(do='watch', uid={uid!r})")
        window.until(f"len(board.tasks) == {count}")
        window.run(TIMED_DRAWS)
        here = min(count - 1, 10)
        window.run(
            f"for number in range({count}):\n"
            "    obj = bpy.data.objects.new('Thing', None)\n"
            "    bpy.context.scene.collection.objects.link(obj)\n"
            f"    if number < {here}: obj['hitem3d_task_id'] = {task_ids[:here]!r}[number]"
        )
        bound = "at most 1 ms"
        most = MILLISECOND if count == 1000 else None
        yield Row(f"Panel draw, {count} tasks, {here} of this file", _draws(window, quick), "ms", bound, most)
        yield Row(f"Timer tick, {count} tasks", median(window.run(TICKS)) * 1e3, "ms", bound, most)
        if count > here + 1:
            window.run(
                f"for obj, name in zip([t for t in bpy.data.objects if t.name.startswith('Thing')], {task_ids!r}):\n"
                "    obj['hitem3d_task_id'] = name"
            )
            what = f"{count} tasks, all of this file"
            yield Row(f"Panel draw, {what}", _draws(window, quick), "ms", bound, most)
            yield Row(f"Timer tick, {what}", median(window.run(TICKS)) * 1e3, "ms", bound, most)


def _draws(window: BlenderWindow, quick: bool) -> float:
    """Milliseconds of Python that a redraw of the sidebar takes: all its panels, polls included."""
    window.run("bpy.app.driver_namespace['drawn'].clear()")
    for _ in range(5 if quick else 41):
        window.run("board.redraw()")
        time.sleep(0.15)
    drawn: dict[str, list[float]] = window.run("result = bpy.app.driver_namespace['drawn']")
    return sum(map(median, drawn.values())) * 1e3
