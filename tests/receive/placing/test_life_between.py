# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects lead a random life between sending and import: the parts lie on them, or the import warns. Never wrongly.

LIFE_CASES=300 pytest -s tests/receive/placing/test_life_between.py    # by hand; it says how many warned
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import pytest
from mathutils import Matrix
from returned import (
    add_mesh,
    add_monkey,
    far_away,
    farthest_vertex,
    give_back,
    move_on,
    parts_of,
    plain,
    send,
    sheared,
    stretched_and_mirrored,
    tiny,
    turned,
)

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.receive.scene_import import import_result
from hitem3d_addon.session.record import read_record, write_record

Object = bpy.types.Object
Random = random.Random

CASES = int(os.environ.get("LIFE_CASES", "30"))
FORMATS = ["GLB", "GLB", "OBJ", "STL", "USDZ"]
BOX = [(x, y, z) for x in (0, 1) for y in (0, 2) for z in (0, 3)]
BOX_FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def box() -> Object:
    return add_mesh("Box", BOX, BOX_FACES)


def heap() -> Object:
    """A few crooked boxes in one mesh."""
    chance = Random(5)
    vertices, faces = [], []
    for number in range(7):
        move = Matrix.Translation([chance.uniform(-4, 4) for _ in range(3)]) @ turned(number, 2 * number, 0.3)
        vertices += [tuple(move @ Matrix.Diagonal((1, 0.6, 0.3, 1)).to_3x3().to_4x4() @ v) for v in map(as_vector, BOX)]
        faces += [tuple(8 * number + corner for corner in face) for face in BOX_FACES]
    return add_mesh("Heap", vertices, faces)


def as_vector(place: tuple[int, int, int]) -> object:
    return Matrix.Translation(place).translation


def sheet() -> Object:
    """It is flat, and no turn maps it onto itself."""
    places = [(x + 0.1 * y * y, y + 0.05 * x * x, 0) for y in range(5) for x in range(7)]
    faces = [(7 * y + x, 7 * y + x + 1, 7 * y + x + 8, 7 * y + x + 7) for y in range(4) for x in range(6)]
    return add_mesh("Sheet", places, faces)


def smooth_monkey() -> Object:
    obj = add_monkey()
    obj.modifiers.new("Subdivision", "SUBSURF").levels = 1
    return obj


def mirrored_heap() -> Object:
    obj = heap()
    obj.modifiers.new("Mirror", "MIRROR")
    return obj


OBJECTS = [add_monkey, box, heap, sheet, smooth_monkey, mirrored_heap]
TRANSFORMS = [plain, stretched_and_mirrored, sheared, far_away, tiny]


class Life:
    """An object, and what may happen to it. Each method gives whether it could happen."""

    def __init__(self, obj: Object, chance: Random, folder: Path) -> None:
        self.obj, self.chance, self.folder = obj, chance, folder

    def hide(self) -> bool:
        self.obj.hide_viewport = True
        return True

    def hide_by_eye(self) -> bool:
        bpy.context.view_layer.update()
        if self.obj.name not in bpy.context.view_layer.objects:
            return False
        self.obj.hide_set(True)
        return True

    def leave_out_its_collection(self) -> bool:
        collection = bpy.data.collections.new("Box")
        bpy.context.scene.collection.children.link(collection)
        for other in self.obj.users_collection:
            other.objects.unlink(self.obj)
        collection.objects.link(self.obj)
        layer = bpy.context.view_layer.layer_collection.children[collection.name]
        way = self.chance.choice(["exclude", "hide_viewport", "everywhere"])
        if way == "everywhere":
            collection.hide_viewport = True
        else:
            setattr(layer, way, True)
        return True

    def go_to_another_scene(self) -> bool:
        scene = bpy.data.scenes.new("Other")
        for other in self.obj.users_collection:
            other.objects.unlink(self.obj)
        scene.collection.objects.link(self.obj)
        return True

    def apply(self) -> bool:
        if not self._select():
            return False
        which = [self.chance.random() < 0.6 for _ in range(3)]
        bpy.ops.object.transform_apply(location=which[0], rotation=which[1], scale=which[2], isolate_users=True)
        return True

    def set_origin(self) -> bool:
        if not self._select():
            return False
        bpy.context.scene.cursor.location = [self.chance.uniform(-3, 3) for _ in range(3)]
        bpy.ops.object.origin_set(type=self.chance.choice(["ORIGIN_GEOMETRY", "ORIGIN_CURSOR", "GEOMETRY_ORIGIN"]))
        return True

    def move(self) -> bool:
        move_on(self.obj)
        return True

    def parent(self) -> bool:
        parent = bpy.data.objects.new("New parent", None)
        bpy.context.collection.objects.link(parent)
        parent.location, parent.scale = (1, 2, 3), (1, self.chance.uniform(0.5, 3), 1)
        parent.rotation_euler.z = 1
        parent.hide_viewport = self.chance.random() < 0.5
        self.obj.parent = parent
        return True

    def copy(self) -> bool:
        copy = self.obj.copy()
        if self.chance.random() < 0.5:
            copy.data = self.obj.data.copy()
        self.obj.users_collection[0].objects.link(copy)
        copy.location.x += 30
        self.obj = copy
        return True

    def move_mesh(self) -> bool:
        self.obj.data.transform(
            Matrix.Translation([self.chance.uniform(-2, 2) for _ in range(3)]) @ turned(0.3, self.chance.random(), 0)
        )
        return True

    def move_some_vertices(self) -> bool:
        vertices = self.obj.data.vertices
        for vertex in self.chance.sample(list(vertices), self.chance.choice([1, 1, len(vertices) // 3])):
            vertex.co.z += 0.5
        return True

    def reload(self) -> bool:
        name = self.obj.name
        bpy.ops.wm.open_mainfile(filepath=self._save())
        self.obj = bpy.data.objects[name]
        return True

    def append(self) -> bool:
        path, name = self._save(), self.obj.name
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        with bpy.data.libraries.load(path) as (_, there):
            there.objects = [name]
        (self.obj,) = there.objects
        bpy.context.scene.collection.objects.link(self.obj)
        return True

    def _save(self) -> str:
        path = str(self.folder / f"{len(list(self.folder.iterdir()))}.blend")
        bpy.ops.wm.save_as_mainfile(filepath=path)
        return path

    def _select(self) -> bool:
        """Choose the object as a user would, for an operator; not if it can't be seen."""
        bpy.context.view_layer.update()
        if not self.obj.visible_get():
            return False
        bpy.ops.object.select_all(action="DESELECT")
        self.obj.select_set(True)
        bpy.context.view_layer.objects.active = self.obj
        return True


EVENTS: list[Callable[[Life], bool]] = [
    getattr(Life, name) for name, value in vars(Life).items() if callable(value) and not name.startswith("_")
]


def show_everything() -> None:
    """Bring back to light what a life has hidden, and have Blender evaluate it."""

    def show(layer: bpy.types.LayerCollection) -> None:
        layer.exclude = layer.hide_viewport = layer.collection.hide_viewport = False
        for child in layer.children:
            show(child)

    for child in bpy.context.view_layer.layer_collection.children:
        show(child)
    for obj in bpy.data.objects:
        obj.hide_viewport = False
        if not obj.users_scene or bpy.context.scene not in obj.users_scene:
            bpy.context.scene.collection.objects.link(obj)
        bpy.context.view_layer.update()
        obj.hide_set(False)
    bpy.context.view_layer.update()


@pytest.fixture(scope="module")
def outcomes() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter()
    yield counted
    sys.stderr.write(f"\n{counted['warned']} of {counted.total()} warned, {counted['needlessly']} needlessly\n")


@pytest.mark.parametrize("seed", range(CASES))
def test_the_parts_lie_on_the_object_or_the_import_warns(
    tmp_path: Path, empty_scene: None, outcomes: Counter[str], seed: int
) -> None:
    chance = Random(seed)
    add, transform, kind = chance.choice(OBJECTS), chance.choice(TRANSFORMS), chance.choice(FORMATS)
    life = Life(add(), chance, tmp_path)
    transform(life.obj)
    sent, record = send(life.obj, tmp_path, OutputFormat[kind])
    if chance.random() < 0.2:  # as an older version wrote it
        write_record(life.obj, record._replace(vertices=0, anchors=(), mean=(0.0, 0.0, 0.0)))
    file = give_back(parts_of(sent), tmp_path / f"result.{kind.lower()}")
    events = [event for event in chance.choices(EVENTS, k=chance.randint(1, 4)) if event(life)]
    # As a user would, or a script that does not wait for Blender to evaluate what it changed.
    imported = import_result(bpy.context, file, life.obj, read_record(life.obj), name="Thing")
    assert all(part.visible_get() for part in imported.objects)
    show_everything()
    off = farthest_vertex(list(imported.objects), life.obj)
    story = f"{add.__name__}, {transform.__name__}, {kind}: {[event.__name__ for event in events]}: {imported.report}"
    right = off <= (1e-5 if kind == "OBJ" else 1e-6)
    outcomes["warned" if imported.doubtful else "in place"] += 1
    outcomes["needlessly"] += imported.doubtful and right
    assert imported.doubtful or right, f"off by {off:.2g}: {story}"
    if said := re.search(r"by (?:up to )?([\d.e+-]+) % of its size", str(imported.report)):
        assert float(said[1]) / 100 <= 1.06 * off + 1e-6, f"off by {off:.2g}: {story}"
    if os.environ.get("LIFE_CASES"):
        sys.stderr.write(f"{seed} {off:.1e} {story}\n")
