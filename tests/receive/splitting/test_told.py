# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which way tells the parts apart, by what there is to see of each."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.mesh.shells import Faces
from hitem3d_addon.receive.readers.delivered import Z_UP, Colours, Delivered, Finish, Labels
from hitem3d_addon.receive.splitting.told import carve, split_arrays
from hitem3d_addon.receive.splitting.ways import by_colour, kept_together, numbered

BALL = trimesh.creation.icosphere(subdivisions=4)
PALETTE = np.array([(230, 25, 75), (60, 180, 75), (0, 130, 200), (255, 225, 25), (145, 30, 180)])


def stripes(count: int) -> np.ndarray:
    """A label for each triangle of the ball, in wavy stripes."""
    middles = BALL.triangles_center
    return np.digitize(middles[:, 2] + 0.15 * np.sin(5 * middles[:, 0]), np.linspace(-1, 1, count + 1)[1:-1])


def ball(**more: object) -> Delivered:
    return Delivered("", BALL.vertices.astype(np.float32), BALL.faces.astype(np.int32).ravel(), Z_UP, **more)  # type: ignore[arg-type]


def faces_of(mesh: trimesh.Trimesh) -> Faces:
    corners = mesh.faces.astype(np.int32).ravel()
    return Faces(mesh.vertices.astype(np.float32), corners, np.arange(0, len(corners) + 1, 3, dtype=np.int32))


def averaged(mesh: trimesh.Trimesh, colours: np.ndarray) -> np.ndarray:
    """A colour for each vertex, from those of the faces, as trimesh writes them. RGBA from 0 to 1."""
    coloured = trimesh.Trimesh(mesh.vertices, mesh.faces, face_colors=colours, process=False)
    return np.asarray(coloured.visual.vertex_colors, np.float32) / 255


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_colours_of_faces_that_are_averaged_on_shared_vertices(count: int) -> None:
    labels = stripes(count)
    found = by_colour(averaged(BALL, PALETTE[labels]), BALL.faces.astype(np.int32).ravel(), faces_of(BALL))
    assert found is not None
    assert found.max() + 1 == count
    border = np.zeros(len(labels), bool)
    pairs = BALL.face_adjacency
    border[pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]].ravel()] = True
    number_of = [np.bincount(found[labels == k]).argmax() for k in range(count)]
    wrong = found != np.array(number_of)[labels]
    assert not (wrong & ~border).any()
    assert wrong.mean() < 0.02


@given(seed=st.integers(0, 1000), count=st.integers(2, 12), grey=st.booleans())
def test_any_patches_with_any_colours(seed: int, count: int, grey: bool) -> None:
    """Cells around random points, with colours that may all lie on one line."""
    random = np.random.default_rng(seed)
    labels = np.argmin(
        np.linalg.norm(BALL.triangles_center[:, None] - BALL.vertices[random.choice(2562, count)], axis=2), 1
    )
    colours = random.permutation(256)[:count, None].repeat(3, 1) if grey else random.integers(0, 256, (count, 3))
    if len(np.unique(labels)) < count or len(np.unique(colours, axis=0)) < count or np.bincount(labels).min() < 30:
        return
    at_vertex = [np.unique(labels[BALL.vertex_faces[v][BALL.vertex_faces[v] >= 0]]) for v in range(len(BALL.vertices))]
    inner = np.array([all(len(at_vertex[v]) == 1 for v in face) for face in BALL.faces])
    if np.bincount(labels[inner], minlength=count).min() == 0:
        return  # a sliver: no face of it has its colour at all corners, so the file does not hold that
    found = by_colour(averaged(BALL, colours[labels]), BALL.faces.astype(np.int32).ravel(), faces_of(BALL))
    assert found is not None
    assert found.max() + 1 == count


def test_a_gradient_is_no_parts() -> None:
    height = (BALL.vertices[:, 2:] + 1) / 2
    for steps in (6, 20, 1000):
        colours = np.concatenate([height, 1 - height, height * 0, height * 0 + 1], 1)
        half = np.round(colours * steps) / steps
        half[height[:, 0] < 0.3] = (1, 1, 1, 1)  # a white part of a picture
        found = by_colour(half.astype(np.float32), BALL.faces.astype(np.int32).ravel(), faces_of(BALL))
        assert found is None or found.max() + 1 <= steps + 2


def test_faces_that_are_strewn_about_are_no_parts() -> None:
    faces = faces_of(BALL)
    noise = np.random.default_rng(0).integers(0, 4, len(BALL.faces)).astype(np.int32)
    assert not kept_together(faces, noise)
    shuffled = np.random.default_rng(1).permutation(len(BALL.faces))
    coherent = numbered(stripes(4)[shuffled], 9)
    assert coherent is not None
    corners = BALL.faces[shuffled].astype(np.int32).ravel()
    assert kept_together(Faces(faces.positions, corners, faces.starts), coherent)
    strewn = ball(labels=[Labels("numbers", noise, True)], slots=stripes(3).astype(np.int32), materials=finishes(3))
    pieces, (told,) = split_arrays([strewn], "AUTO", 1)
    assert (len(pieces), told.way) == (3, "MATERIALS")
    assert len(split_arrays([strewn], "BY_GROUP", 1)[0]) == 4


def finishes(count: int) -> list[Finish | None]:
    return [Finish(f"skin {number}") for number in range(count)]


def test_two_ways_that_disagree_are_told() -> None:
    colours = [Colours("Color", averaged(BALL, PALETTE[stripes(4)]))]
    groups = [Labels("groups", stripes(2).astype(np.int32), True, names=("low", "high"))]
    pieces, (told,) = split_arrays([ball(colours=colours, labels=groups)], "AUTO", 1)
    assert [piece.name for piece in pieces] == ["low", "high"]
    assert told == ("GROUPS", ("COLOURS",), "groups")
    same = [Labels("groups", stripes(3).astype(np.int32), True)]
    _, (told,) = split_arrays([ball(labels=same, slots=stripes(3).astype(np.int32), materials=finishes(3))], "AUTO", 1)
    assert told == ("GROUPS", (), "groups")


def test_numbers_on_vertices() -> None:
    of_vertices = np.digitize(BALL.vertices[:, 0], (-0.3, 0.4)).astype(np.int32)
    pieces, (told,) = split_arrays([ball(labels=[Labels("_PART_ID", of_vertices)])], "AUTO", 1)
    assert (len(pieces), told.word) == (3, "_PART_ID")
    assert sum(piece.polygons for piece in pieces) == len(BALL.faces)


@given(seed=st.integers(0, 1000), count=st.integers(1, 6))
def test_pieces_have_all_that_the_whole_had(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    sizes = random.integers(3, 6, 40).astype(np.int32)
    corners = np.concatenate([random.choice(30, size, replace=False) for size in sizes]).astype(np.int32)
    used, corners = np.unique(corners, return_inverse=True)
    positions = random.normal(size=(len(used), 3)).astype(np.float32)
    values = random.random((len(corners), 2)).astype(np.float32)
    labels = numbered(np.concatenate([np.arange(count), random.integers(0, count, 40 - count)]), 99)
    labels = np.zeros(40, np.int32) if labels is None else labels
    whole = Delivered(
        "x", positions, corners.astype(np.int32), Z_UP, sizes, normals=positions, uvs=[values],
        labels=[Labels("n", np.arange(40, dtype=np.int32), True)],
    )  # fmt: skip
    pieces = carve(whole, labels)
    assert len(pieces) == labels.max() + 1
    starts = np.cumsum(sizes) - sizes
    for label, piece in enumerate(pieces):
        assert piece.sizes is not None and piece.normals is not None
        assert np.array_equal(np.unique(piece.corners), np.arange(len(piece.positions)))
        faces = piece.labels[0].values
        assert np.array_equal(faces, np.flatnonzero(labels == label))
        of_whole = np.concatenate([np.arange(starts[face], starts[face] + sizes[face]) for face in faces])
        assert np.array_equal(piece.sizes, sizes[faces])
        assert np.array_equal(piece.positions[piece.corners], positions[corners[of_whole]])
        assert np.array_equal(piece.normals[piece.corners], positions[corners[of_whole]])
        assert np.array_equal(piece.uvs[0], values[of_whole])
