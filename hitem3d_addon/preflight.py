# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a press would send, known before it: counted in a timer when the user pauses, and kept for drawing.

Drawing asks with `of`; what it gets is of the objects that are chosen now, and at worst a moment old.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import bpy
from bpy.app.handlers import persistent

from . import known_tasks
from .core.errors import Hitem3DError, Message
from .scene_export import Estimate, estimate

PAUSE = 0.3
"""Seconds without a change, before it is counted again: nobody reads numbers while dragging."""
PATIENCE = 20.0
"""Times as long as the last count took is waited, too, so that a heavy scene is not slowed down."""

Models = Sequence[Sequence[bpy.types.Object]]
_Key = tuple[int, str, int, tuple[tuple[int, ...], ...]]


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the models that are chosen would be."""

    models: Sequence[Estimate] = ()
    """One for each model."""
    problem: Message | None = None
    """Why they can't be sent, as the export would say."""

    @property
    def triangles(self) -> int:
        return sum(model.triangles for model in self.models)

    @property
    def loose(self) -> int:
        """Vertices that are left out."""
        return sum(model.loose for model in self.models)

    @property
    def size(self) -> int:
        """Bytes of all files, without materials."""
        return sum(model.size for model in self.models)

    @property
    def largest(self) -> int:
        """Bytes of the largest file, without materials."""
        return max((model.size for model in self.models), default=0)


_key: _Key | None = None
"""What the last count was of."""
_found: Preflight | None = None
_wanted: _Key | None = None
"""What is to be counted next, if anything."""
_changed = 0.0
_took = 0.0
_stale = False


def of(context: bpy.types.Context, models: Models) -> Preflight | None:
    """What these models would be; None while that is being counted for the first time. Costs next to nothing."""
    global _wanted
    layer = context.view_layer
    key = (
        context.scene.session_uid,
        layer.name,
        context.scene.frame_current,
        tuple(tuple(thing.session_uid for thing in objects) for objects in models),
    )
    if key != _key or _stale:
        _wanted = key
        if not bpy.app.timers.is_registered(_count):
            bpy.app.timers.register(_count, first_interval=0.05)
    return _found if _key is not None and key[3] == _key[3] else None


def decimate_ratio(size: int, limit: int) -> float:
    """The ratio of a Decimate modifier that brings a file of so many bytes below the limit, with a little room."""
    return int(95 * limit / size) / 100 if size else 1.0


def _count() -> float | None:
    global _key, _found, _wanted, _took, _stale
    quiet = time.monotonic() - _changed
    if quiet < (pause := max(PAUSE, PATIENCE * _took)):
        return pause - quiet
    key, _wanted = _wanted, None
    if key is None or (key == _key and not _stale):
        return None
    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == key[0]), None)
    layer = scene.view_layers.get(key[1]) if scene else None
    depsgraph = layer.depsgraph if layer else None
    if layer is None or depsgraph is None:
        return None
    things = {thing.session_uid: thing for thing in layer.objects}
    models = [[things[uid] for uid in uids if uid in things] for uids in key[3]]
    start = time.monotonic()
    try:
        found = Preflight(models=estimate(models, depsgraph))
    except Hitem3DError as error:
        found = Preflight(problem=error.message)
    _took = time.monotonic() - start
    _key, _found, _stale = key, found, False
    known_tasks.redraw()
    return None


@persistent
def _after_change(*_: object) -> None:
    global _changed, _stale
    _changed, _stale = time.monotonic(), True


@persistent
def _after_load(*_: object) -> None:
    global _key, _found, _wanted
    _key = _found = _wanted = None  # session_uid begins anew with each file
    _after_change()


def register() -> None:
    bpy.app.handlers.depsgraph_update_post.append(_after_change)
    bpy.app.handlers.load_post.append(_after_load)


def unregister() -> None:
    bpy.app.handlers.load_post.remove(_after_load)
    bpy.app.handlers.depsgraph_update_post.remove(_after_change)
    if bpy.app.timers.is_registered(_count):
        bpy.app.timers.unregister(_count)
    _after_load()
