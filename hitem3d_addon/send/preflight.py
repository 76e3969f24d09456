# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a press would send, known before the press: counted in a timer when the user pauses, and kept for drawing.

Drawing asks with `look_up`. The answer is about the objects that are chosen now, and at worst a moment old.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent

from ..core.errors import Hitem3DError, Message, Value
from ..session.board import board

if TYPE_CHECKING:
    from .export import Estimate

PAUSE = 0.3
"""Seconds without a change, before it is counted again: nobody reads numbers while dragging."""
PATIENCE = 20.0
"""The wait is also so many times as long as the last count took, so that a heavy scene is not slowed down."""

LONGEST = 2.0
"""Seconds after which there is a number, unless the count itself takes longer."""

Models = Sequence[Sequence[bpy.types.Object]]
_Key = tuple[int, str, int, bool, tuple[tuple[int, ...], ...]]


class Preflight:
    """How large the models that are chosen would be."""

    def __init__(self, models: Sequence[Estimate] = (), problem: Message | None = None) -> None:
        self.models = models
        """One for each model."""
        self.problem = problem
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
        """Bytes of all files."""
        return sum(model.size for model in self.models)

    @property
    def pictures(self) -> int:
        """Bytes of all files that are pictures."""
        return sum(model.pictures for model in self.models)

    @property
    def converted(self) -> int:
        """Bytes of the pictures that are a guess."""
        return sum(model.converted for model in self.models)

    def numbers(self) -> Message:
        """What would be sent, in few words: a line that fits a narrow sidebar."""
        values: dict[str, Value] = {
            "triangles": f"{self.triangles:,}",
            "size": ("≈ " if self.converted else "") + megabytes(self.size),
        }
        return Message("{triangles} tris, {size} MB", values)

    def too_large(self, limit: int) -> Estimate | None:
        """The largest model that is certainly over the limit in bytes, however large the guessed pictures are."""
        found = max(self.models, key=lambda model: model.size - model.converted, default=None)
        return found if found and found.size - found.converted > limit else None


_found: dict[_Key, Preflight] = {}
"""What was counted since the last change; and what was counted before, for the keys that are still asked for."""
_stale: set[_Key] = set()
"""Those of before."""
_wanted: set[_Key] = set()
"""What drawing asked for since the last count."""
_changed = 0.0
_took = 0.0


def look_up(context: bpy.types.Context, models: Models, *, include_materials: bool = False) -> Preflight | None:
    """How large these models would be; None while they are counted for the first time. Costs next to nothing."""
    key = _key(context, models, include_materials)
    if key not in _found or key in _stale:
        _wanted.add(key)
        if not bpy.app.timers.is_registered(_count):
            bpy.app.timers.register(_count, first_interval=0.05)
    return _found.get(key)


def count_now(context: bpy.types.Context, models: Models, *, include_materials: bool = False) -> None:
    """Have the number there when a dialog opens, which nobody would draw again when it comes later."""
    key = _key(context, models, include_materials)
    if (key not in _found or key in _stale) and (found := _count_one(key)):
        _found[key] = found
        _stale.discard(key)


def _key(context: bpy.types.Context, models: Models, include_materials: bool) -> _Key:
    return (
        context.scene.session_uid,
        context.view_layer.name,
        context.scene.frame_current,
        include_materials,
        tuple(tuple(obj.session_uid for obj in objects) for objects in models),
    )


def megabytes(size: int) -> str:
    """In decimal megabytes, rounded up to the last digit that is shown."""
    tenths = math.ceil(size / 1e5)
    return f"{tenths / 10:.1f}" if tenths < 1000 and tenths % 10 else f"{math.ceil(tenths / 10)}"


def decimate_ratio(size: int, limit: int, pictures: int = 0) -> float:
    """The ratio of a Decimate modifier that brings a file of so many bytes below the limit, with a little room.

    Its pictures stay as they are; where they leave no room, the ratio is 0 or less.
    """
    return int((95 * limit - 100 * pictures) / (size - pictures)) / 100 if size > pictures else 1.0


def _count() -> float | None:
    global _took
    quiet = time.monotonic() - _changed
    pause = max(PAUSE, PATIENCE * _took)
    if _wanted - _found.keys():  # there is nothing to show yet
        pause = max(PAUSE, min(pause, LONGEST - _took))
    if quiet < pause:
        return pause - quiet
    start = time.monotonic()
    fresh = {key: found for key in _wanted if (found := _count_one(key))}
    _took = time.monotonic() - start
    if len(_found) > 20:
        _found.clear()
    _found.update(fresh)
    _stale.difference_update(fresh)
    _wanted.clear()
    board.redraw()
    return None


def _count_one(key: _Key) -> Preflight | None:
    """Count; None where the scene or the view layer is gone."""
    from .export import estimate

    scene = next((scene for scene in bpy.data.scenes if scene.session_uid == key[0]), None)
    layer = scene.view_layers.get(key[1]) if scene else None
    if layer is None or layer.depsgraph is None:
        return None
    objects = {obj.session_uid: obj for obj in layer.objects}
    models = [[objects[uid] for uid in uids if uid in objects] for uids in key[4]]
    try:
        return Preflight(estimate(models, layer.depsgraph, include_materials=key[3]))
    except Hitem3DError as error:
        return Preflight(problem=error.message)


@persistent
def _after_change(*_: object) -> None:
    global _changed
    _changed = time.monotonic()
    _stale.update(_found)


@persistent
def _after_load(*_: object) -> None:
    """Forget everything: session_uid begins anew with each file."""
    _found.clear()
    _stale.clear()
    _wanted.clear()


def register() -> None:
    bpy.app.handlers.depsgraph_update_post.append(_after_change)
    bpy.app.handlers.load_post.append(_after_load)


def unregister() -> None:
    bpy.app.handlers.load_post.remove(_after_load)
    bpy.app.handlers.depsgraph_update_post.remove(_after_change)
    if bpy.app.timers.is_registered(_count):
        bpy.app.timers.unregister(_count)
    _after_load()
