# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the shape keys anew on a piece of a mesh: their shapes, settings, drivers, action and NLA tracks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy
import numpy as np
from bpy.types import ID, AnimData, Key, Mesh, Object, bpy_struct

from ..mesh.arrays import Floats, Ints

_SIMPLE = {"BOOLEAN", "INT", "FLOAT", "STRING", "ENUM"}


def read_shapes(keys: Key) -> list[Floats]:
    """The coordinates (vertices, 3) of each key; Blender takes long to hand them out."""
    shapes = []
    for block in keys.key_blocks:
        shape = np.empty((len(block.data), 3), np.float32)
        block.data.foreach_get("co", shape.ravel())
        shapes.append(shape)
    return shapes


def copy_keys(keys: Key, shapes: Sequence[Floats], obj: Object, vertices: Ints) -> None:
    """Give an object, whose mesh has no shape keys, those of another mesh, whose shapes are given.

    The vertices tell which of that mesh's vertices the object has.
    """
    made: list[bpy.types.ShapeKey] = []
    for index, old in enumerate(keys.key_blocks):
        if index and not keys.use_relative:
            # The time of an absolute key is the evaluation time at which it is made.
            made[0].id_data.use_relative = False
            made[0].id_data.eval_time = old.frame
        new = obj.shape_key_add(name=old.name, from_mix=False)
        new.data.foreach_set("co", shapes[index][vertices].ravel())
        made.append(new)
    number = {old.name: index for index, old in enumerate(keys.key_blocks)}
    for old, new in zip(keys.key_blocks, made, strict=True):
        # Each end of the range limits the other, and both limit the value.
        for _ in range(3):
            _copy_settings(old, new)
        new.relative_key = made[number[old.relative_key.name]]
    copied = obj.data.shape_keys
    _copy_settings(keys, copied)
    copied.name = keys.name
    copy_custom_properties(keys, copied)
    copy_animation(keys, copied)


@contextmanager
def freeing_keys(mesh: Mesh) -> Iterator[None]:
    """A context in which the mesh or its shape keys are removed: at its end the keys are really gone.

    Up to 5.0 Blender counts one user too many for the keys of a copied mesh. They would stay, without a mesh, and
    Blender would report that when the file is saved.
    """
    uid = mesh.shape_keys.session_uid if mesh.shape_keys else 0
    yield
    left = [keys for keys in bpy.data.shape_keys if keys.session_uid == uid]
    if left:
        bpy.data.batch_remove(left)


def copy_custom_properties(old: ID, new: ID) -> None:
    """Copy what users and scripts have put on a data-block."""
    for name in old.keys():  # noqa: SIM118 - an ID is no mapping
        new[name] = old[name]


def copy_animation(old: ID, new: ID) -> None:
    """Drivers, action and NLA tracks; drivers that read the old data-block read the new one instead."""
    animation: AnimData | None = old.animation_data
    if not animation:
        return
    copied = new.animation_data_create()
    for driver in animation.drivers:
        made = copied.drivers.from_existing(src_driver=driver)
        for variable in made.driver.variables:
            for target in variable.targets:
                if target.id == old:
                    target.id = new
    copied.action = animation.action
    if animation.action and hasattr(animation, "action_slot"):
        copied.action_slot = animation.action_slot
    for track in animation.nla_tracks:
        copied_track = copied.nla_tracks.new(prev=copied.nla_tracks[-1] if copied.nla_tracks else None)
        for strip in track.strips:
            if strip.action:
                copied_strip = copied_track.strips.new(strip.name, round(strip.frame_start), strip.action)
                if hasattr(strip, "action_slot"):
                    copied_strip.action_slot = strip.action_slot
                for _ in range(2):
                    _copy_settings(strip, copied_strip)
        _copy_settings(track, copied_track)
    _copy_settings(animation, copied)


def _copy_settings(old: bpy_struct, new: bpy_struct) -> None:
    for prop in old.bl_rna.properties:
        if not prop.is_readonly and prop.type in _SIMPLE and prop.identifier not in _LEFT_OUT:
            setattr(new, prop.identifier, getattr(old, prop.identifier))


_LEFT_OUT = {"tag", "is_runtime_data", "use_extra_user", "use_tweak_mode", "action_slot_handle", "last_slot_identifier"}
"""Not settings, or set through others."""
