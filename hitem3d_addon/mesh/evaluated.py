# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where objects really stand and what they really show, hidden or not.

Blender evaluates what a view layer shows. `Object.matrix_world` of anything else is what it was when it was last seen,
and the identity after a file was opened: of objects that are hidden in viewports, in a hidden or excluded collection,
or in another scene. So those are evaluated beside the user's scene, with all that they depend on.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence

import bpy
from bpy.types import CopyTransformsConstraint, Depsgraph, Object, Scene
from mathutils import Matrix

from .scratch import ScratchScene


def world_matrices(objects: Sequence[Object], depsgraph: Depsgraph) -> list[Matrix]:
    """The matrix_world of each object as it is now, after its parents, constraints, drivers and animation.

    The depsgraph is the user's own, up to date. What is not in its scene is taken from its own scene, at the time of
    that scene. The matrices are copies. A rigid body simulation belongs to one scene: it is left out for what is
    hidden.
    """
    unseen: dict[Scene, list[Object]] = {}
    for obj in objects:
        if not _is_seen(obj, depsgraph):
            unseen.setdefault(_scene_of(obj, depsgraph), []).append(obj)
    found: dict[Object, Matrix] = {}
    for scene, hidden in unseen.items():
        with ScratchScene() as scratch:
            _set_time(scratch.scene, scene)
            # What a constraint points to is evaluated, with all that it depends on, though it is not shown.
            asker = scratch.add_empty()
            for obj in hidden:
                constraint = asker.constraints.new("COPY_TRANSFORMS")
                assert isinstance(constraint, CopyTransformsConstraint)
                constraint.target = obj
            graph = scratch.evaluate()
            found |= {obj: obj.evaluated_get(graph).matrix_world.copy() for obj in hidden}
    return [found[obj] if obj in found else obj.evaluated_get(depsgraph).matrix_world.copy() for obj in objects]


def world_matrix(obj: Object, depsgraph: Depsgraph) -> Matrix:
    """As `world_matrices`, for one object."""
    return world_matrices([obj], depsgraph)[0]


@contextlib.contextmanager
def showing(obj: Object, depsgraph: Depsgraph) -> Iterator[Depsgraph]:
    """A depsgraph in which the object is seen, hidden or not; what it shows there may be read until the end.

    The depsgraph that is given is the user's own, up to date. An object that is seen in it gets this one back.
    """
    if _is_seen(obj, depsgraph):
        yield depsgraph
        return
    hidden = obj.hide_viewport
    with ScratchScene() as scratch:
        _set_time(scratch.scene, _scene_of(obj, depsgraph))
        for member in {obj, *_shown_together(obj)}:
            scratch.scene.collection.objects.link(member)
        obj.hide_viewport = False
        try:
            yield scratch.evaluate()
        finally:
            obj.hide_viewport = hidden


def _is_seen(obj: Object, depsgraph: Depsgraph) -> bool:
    return obj.visible_get(view_layer=depsgraph.view_layer)


def _shown_together(obj: Object) -> Sequence[Object]:
    """What has to be in the scene as well for the object to show what it shows."""
    if obj.instance_type in ("VERTS", "FACES"):
        return list(obj.children_recursive)
    if obj.type == "META":
        return [
            other
            for other in bpy.data.objects
            if other.type == "META" and metaball_family(other) == metaball_family(obj)
        ]
    return ()


def metaball_family(obj: Object) -> str:
    """Metaballs whose names differ only by a number are one surface, and have one such word in common."""
    return re.sub(r"\.\d+$", "", obj.name)


def _scene_of(obj: Object, depsgraph: Depsgraph) -> Scene:
    """The scene whose time counts for the object: the user's own if it is there."""
    scenes = obj.users_scene
    return depsgraph.scene if depsgraph.scene in scenes or not scenes else scenes[0]


def _set_time(scratch: Scene, scene: Scene) -> None:
    for name in ("frame_map_old", "frame_map_new"):
        setattr(scratch.render, name, getattr(scene.render, name))
    scratch.frame_current, scratch.frame_subframe = scene.frame_current, scene.frame_subframe
