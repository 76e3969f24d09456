# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A GLB that holds the model that was sent beside its parts: it is no part, and the report says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
import pytest
from glb_files import GlbWriter, ball
from returned import add_mesh, send, worst_corner

from hitem3d_addon.receive.scene_import import import_result

PLACES = [(0, 0, 0), (2.1, 0.3, 0), (0.2, 1.7, 1.1)]
PARTS = ["left", "right", "top"]
UNSEEN = "Left out, as the file does not show it: “input”."
WHOLE = "Left out: the whole model, which came beside its parts."


def balls() -> list[tuple[np.ndarray, np.ndarray]]:
    """Positions and triangles of parts of unequal shape, Y up."""
    made = [ball(8 + 2 * number, 6, place) for number, place in enumerate(PLACES)]
    return [(positions, triangles) for positions, triangles, _ in made]


def together() -> tuple[np.ndarray, np.ndarray]:
    parts = balls()
    starts = np.cumsum([0, *(len(positions) for positions, _ in parts[:-1])])
    return (
        np.concatenate([positions for positions, _ in parts]),
        np.concatenate([triangles + start for (_, triangles), start in zip(parts, starts, strict=True)]),
    )


def beside(glb: GlbWriter) -> None:
    glb.node(name="input", mesh=glb.mesh(glb.primitive(*together())))


def in_no_scene(glb: GlbWriter) -> None:
    glb.node(root=False, name="input", mesh=glb.mesh(glb.primitive(*together())))


def hidden(glb: GlbWriter) -> None:
    glb.document["extensionsUsed"] = ["KHR_node_visibility"]
    unseen = {"KHR_node_visibility": {"visible": False}}
    glb.node(name="input", mesh=glb.mesh(glb.primitive(*together())), extensions=unseen)


def in_another_scene(glb: GlbWriter) -> None:
    in_no_scene(glb)
    glb.add("scenes", {"name": "input", "nodes": [len(PARTS)]})


def in_the_scene_that_is_shown(glb: GlbWriter) -> None:
    in_another_scene(glb)
    glb.document["scene"] = 1


@pytest.mark.parametrize(
    ("add", "note"),
    [
        (beside, WHOLE),
        (in_no_scene, UNSEEN),
        (hidden, UNSEEN),
        (in_another_scene, UNSEEN),
        (in_the_scene_that_is_shown, WHOLE),
    ],
)
def test_the_whole_model_is_left_out_and_said(
    empty_scene: None, tmp_path: Path, add: Callable[[GlbWriter], None], note: str
) -> None:
    vertices, triangles = together()
    source = add_mesh("Balls", (vertices[:, [0, 2, 1]] * (1, -1, 1)).tolist(), triangles.tolist())
    _, record = send(source, tmp_path)
    middle = (vertices.max(axis=0) + vertices.min(axis=0)) / 2
    glb = GlbWriter()
    for name, (positions, corners) in zip(PARTS, balls(), strict=True):
        glb.node(name=name, mesh=glb.mesh(glb.primitive(positions - middle, corners)))
    add(glb)
    if add is beside:
        glb.document["nodes"][-1]["translation"] = (-middle).tolist()
    imported = import_result(bpy.context, glb.save(tmp_path / "a.glb"), source, record, name="Balls")
    assert [part.name for part in imported.objects] == PARTS
    assert note in map(str, imported.notes)
    assert not imported.doubtful and worst_corner(imported.objects, source) < 1e-6


def test_two_scenes_of_different_models_stay_as_they_are(empty_scene: None, tmp_path: Path) -> None:
    glb = GlbWriter()
    (first, second, third) = balls()
    glb.node(name="first", mesh=glb.mesh(glb.primitive(*first)))
    others = [glb.node(root=False, name="other", mesh=glb.mesh(glb.primitive(*one))) for one in (second, third)]
    glb.add("scenes", {"nodes": others})
    imported = import_result(bpy.context, glb.save(tmp_path / "a.glb"), None, None, name="Ball")
    assert [part.name for part in imported.objects] == ["first"]
