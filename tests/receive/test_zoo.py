# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as real programs write them: parts, names, place, colours and materials, as the table of the zoo says."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import pytest
from mathutils import Matrix
from returned import send, turned
from zoo.models import models
from zoo_cells import CELLS, NOT_READ, PLACE, ZOO, Cell, add_source, check, is_refused

from hitem3d_addon.core.errors import ResultError
from hitem3d_addon.receive.scene_import import import_result
from hitem3d_addon.session.record import Record

MOVED = Matrix.Translation((-3, 2, 1)) @ turned(1, -0.3, 2) @ Matrix.Scale(1.5, 4)
"""Where the source goes after the press."""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Record]]:
    """What is noted when each of the models is sent."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    found = {}
    for name in models():
        thing = add_source(name)
        found[name] = send(thing, tmp_path_factory.mktemp("sent"))[1]
        bpy.data.objects.remove(thing)
    yield found
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.mark.parametrize("cell", CELLS, ids=[cell["file"] for cell in CELLS])
def test_a_result_of_a_real_program(cell: Cell, records: dict[str, Record]) -> None:
    if is_refused(cell):
        with pytest.raises(ResultError, match=NOT_READ):
            import_result(bpy.context, ZOO / cell["file"], None, None, name="Model")
        return
    try:
        check_import(cell, None, None, None)
    except ResultError as error:
        if cell["how"] == "draco" and "compressed with" in str(error):
            pytest.skip("this Blender has no Draco")
        raise
    clear_parts(None)
    thing = add_source(cell["model"])
    check_import(cell, thing, None, PLACE)
    clear_parts(thing)
    check_import(cell, thing, records[cell["model"]], PLACE)
    clear_parts(thing)
    thing.matrix_world = MOVED @ PLACE
    bpy.context.view_layer.update()
    check_import(cell, thing, records[cell["model"]], MOVED @ PLACE)
    clear_parts(None)


def check_import(cell: Cell, source: bpy.types.Object | None, record: Record | None, matrix: Matrix | None) -> None:
    """Import the file, and compare what comes with the table."""
    imported = import_result(bpy.context, ZOO / cell["file"], source, record, name="Model")
    assert imported.doubtful == bool(source and cell["fused"]), str(imported.report)
    check(cell, imported.objects, [str(note) for note in imported.notes], matrix)


def clear_parts(source: bpy.types.Object | None) -> None:
    """Remove all but the source."""
    bpy.data.batch_remove([one for one in bpy.data.objects if one != source])
    bpy.data.batch_remove([one for one in bpy.data.meshes if not one.users] + [*bpy.data.materials])
