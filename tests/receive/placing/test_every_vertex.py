# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""“In place” is said of all vertices: one that was moved on its own among very many is found and measured."""

from __future__ import annotations

import re
from pathlib import Path

import bpy
import numpy as np
import pytest
from returned import give_back, keep, normalise, parts_of, send, turned
from sandbox import meshes, reshape

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.receive.scene_import import Imported, import_result
from hitem3d_addon.session.record import Record, read_record, write_record

Object = bpy.types.Object


def add_dented_ball(rings: int) -> Object:
    """About 2 * rings * rings vertices, and no turn maps it onto itself."""
    bpy.ops.mesh.primitive_uv_sphere_add(segments=2 * rings, ring_count=rings)
    obj = bpy.context.object
    places = np.empty((len(obj.data.vertices), 3), np.float32)
    obj.data.attributes["position"].data.foreach_get("vector", places.ravel())
    places *= np.float32(1) + np.float32(0.2) * places[:, :1] + np.float32(0.1) * places[:, 1:2] * places[:, 2:]
    obj.data.attributes["position"].data.foreach_set("vector", places.ravel())
    obj.data.update()
    return obj


def size_of(obj: Object) -> float:
    places = np.empty((len(obj.data.vertices), 3), np.float32)
    obj.data.attributes["position"].data.foreach_get("vector", places.ravel())
    return float(np.linalg.norm(np.ptp(places, axis=0)))


def as_an_older_version_wrote_it(record: Record) -> Record:
    return record._replace(vertices=0, anchors=(), mean=(0.0, 0.0, 0.0))


def said_percent(imported: Imported) -> float:
    found = re.search(r"by (?:up to )?([\d.e+-]+) % of its size", str(imported.report))
    assert found, str(imported.report)
    return float(found[1])


@pytest.mark.parametrize(("output_format", "older"), [("GLB", False), ("GLB", True), ("OBJ", False), ("STL", True)])
def test_one_vertex_of_many_that_was_moved_is_a_warning_with_how_far(
    tmp_path: Path, output_format: str, older: bool
) -> None:
    """No sample of the record lies near it, and the mean of all vertices moves by less than rounding may move it."""
    source = add_dented_ball(100)
    sent, record = send(source, tmp_path, OutputFormat[output_format])
    if older:
        write_record(source, as_an_older_version_wrote_it(record))
    file = give_back(parts_of(sent), tmp_path / f"result.{output_format.lower()}")
    imported = import_result(bpy.context, file, source, read_record(source), name="Ball")
    assert not imported.doubtful and "in place." in str(imported.report)
    size = size_of(source)
    vertex = source.data.vertices[7_234]
    vertex.co += 0.004 * size * vertex.co.normalized()
    imported = import_result(bpy.context, file, source, read_record(source), name="Ball")
    assert imported.doubtful
    assert "One vertex of “Ball” differs from the parts by" in str(imported.report)
    assert said_percent(imported) == pytest.approx(0.4, rel=0.1)


def test_several_vertices_are_counted_and_the_worst_is_told(tmp_path: Path) -> None:
    source = add_dented_ball(60)
    sent, _ = send(source, tmp_path)
    file = give_back(parts_of(sent), tmp_path / "result.glb")
    for number, far in ((1000, 0.1), (3000, 0.5), (5000, 0.2)):
        source.data.vertices[number].co *= 1 + far
    source.matrix_world = turned(1, 2, 3)
    source.location.x += 5
    imported = import_result(bpy.context, file, source, read_record(source), name="Ball")
    assert imported.doubtful
    assert "3 vertices of “Ball” differ from the parts by up to" in str(imported.report)
    far = 0.5 * (source.data.vertices[3000].co.length / 1.5) / size_of(source)
    assert said_percent(imported) == pytest.approx(100 * far, rel=0.1)


def test_a_vertex_that_was_moved_along_an_edge_is_an_edit_too(tmp_path: Path) -> None:
    """The parts' corner lies on what the object shows now."""
    bpy.ops.mesh.primitive_cube_add()
    source = bpy.context.object
    source.scale = (1, 2, 3)
    sent, record = send(source, tmp_path)
    file = give_back(parts_of(sent), tmp_path / "result.glb")
    for factor in (1.3, 0.5):
        source.data.vertices[7].co.z = factor
        for written in (record, as_an_older_version_wrote_it(record)):
            write_record(source, written)
            imported = import_result(bpy.context, file, source, read_record(source), name="Cube")
            assert imported.doubtful, str(imported.report)


def test_what_was_deleted_is_no_edit_of_the_rest_and_is_said(tmp_path: Path) -> None:
    source = add_dented_ball(30)
    sent, _ = send(source, tmp_path)
    file = give_back(parts_of(sent), tmp_path / "result.glb")
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    for vertex in source.data.vertices:
        vertex.select = vertex.co.z > 0.7
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.delete(type="VERT")
    bpy.ops.object.mode_set(mode="OBJECT")
    imported = import_result(bpy.context, file, source, read_record(source), name="Ball")
    assert not imported.doubtful
    assert re.fullmatch(
        r"\d+ parts of “Ball”, in place. The parts hold more than “Ball” shows, up to [\d.]+ % of its size away from "
        r"it.",
        str(imported.report),
    )


def test_of_a_remeshed_result_the_figure_is_that_of_the_worst_vertex(tmp_path: Path) -> None:
    source = add_dented_ball(40)
    sent, _ = send(source, tmp_path)
    shaped = reshape.reshape(meshes.read_mesh(sent), "voxel")
    file = give_back([shaped], tmp_path / "result.glb")
    imported = import_result(bpy.context, file, source, read_record(source), name="Ball")
    assert not imported.doubtful and "in place, off by up to" in str(imported.report)
    before = said_percent(imported)
    (part,) = imported.objects
    bpy.context.view_layer.update()
    there = max(
        (part.matrix_world.inverted() @ source.matrix_world @ vertex.co - found).length
        for vertex in source.data.vertices
        for found in [part.closest_point_on_mesh(part.matrix_world.inverted() @ source.matrix_world @ vertex.co)[1]]
    )
    assert before >= 99 * there / size_of(source)
    source.data.vertices[1234].co *= 1.4
    after = said_percent(import_result(bpy.context, file, source, read_record(source), name="Ball"))
    assert after > 5 > before


def test_a_result_that_was_turned_and_resized_is_compared_vertex_by_vertex(tmp_path: Path) -> None:
    source = add_dented_ball(60)
    sent, _ = send(source, tmp_path)
    file = give_back(parts_of(sent, lambda points: normalise(keep(points)) * 3), tmp_path / "result.glb")
    assert not import_result(bpy.context, file, source, read_record(source), name="Ball").doubtful
    source.data.vertices[5000].co *= 1.2
    assert import_result(bpy.context, file, source, read_record(source), name="Ball").doubtful
