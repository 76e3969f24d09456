# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what a result file may be: each is imported, or refused in a moment with a sentence, and then nothing
is left of it in Blender. Where the sentence is "", Blender's versions differ, and either will do.
"""

from __future__ import annotations

import copy
import json
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.core.errors import ResultError
from hitem3d_addon.receive.scene_import import import_result
from hitem3d_addon.receive.untrusted.glb import Limits, check_glb

POSITIONS = struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)
INDICES = struct.pack("<3I", 0, 1, 2)
DOCUMENT: dict[str, Any] = {
    "asset": {"version": "2.0"},
    "scene": 0,
    "scenes": [{"nodes": [0]}],
    "nodes": [{"mesh": 0}],
    "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
    "accessors": [
        {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]},
        {"bufferView": 1, "componentType": 5125, "count": 3, "type": "SCALAR"},
    ],
    "bufferViews": [
        {"buffer": 0, "byteLength": 36},
        {"buffer": 0, "byteOffset": 36, "byteLength": 12},
    ],
    "buffers": [{"byteLength": 48}],
}


def glb(document: Any, binary: bytes = POSITIONS + INDICES, *, text: bytes | None = None) -> bytes:
    text = json.dumps(document).encode() if text is None else text
    text = text.ljust(-(-len(text) // 4) * 4)
    size = 28 + len(text) + len(binary)
    head = struct.pack("<4sIIII", b"glTF", 2, size, len(text), 0x4E4F534A)
    return head + text + struct.pack("<II", len(binary), 0x004E4942) + binary


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    document = copy.deepcopy(DOCUMENT)
    change(document)
    return glb(document)


def reaching(**values: int) -> bytes:
    return changed(lambda document: document["accessors"][0].update(values))


CASES: list[tuple[str, Callable[[], bytes], str]] = [
    ("a triangle", lambda: glb(DOCUMENT), ""),
    ("JSON that is broken", lambda: glb(None, text=b'{"asset": {"version": "2.0"}, "nodes": ['), "damaged"),
    ("JSON that is no document", lambda: glb([1, 2]), "damaged"),
    ("JSON nested 100,000 deep", lambda: glb(None, text=b"[" * 100_000), "damaged"),
    ("no JSON but binary", lambda: glb(DOCUMENT).replace(b"JSON", b"BIN\0"), "damaged"),
    ("cut in the binary part", lambda: glb(DOCUMENT)[:-20], "damaged"),
    ("a node that is its own child", lambda: changed(lambda d: d["nodes"][0].update(children=[0])), "circle"),
    (
        "two nodes that are each other's",
        lambda: changed(lambda d: d.update(nodes=[{"children": [1]}, {"children": [0]}])),
        "circle",
    ),
    ("a child that is not there", lambda: changed(lambda d: d["nodes"][0].update(children=[7])), "no place"),
    ("an accessor beyond the data", lambda: reaching(count=4), "beyond the data"),
    ("an accessor far beyond it", lambda: reaching(count=2**40), "beyond the data"),
    ("an offset beyond the data", lambda: reaching(byteOffset=2**31), "beyond the data"),
    ("a negative offset", lambda: reaching(byteOffset=-4), "damaged"),
    ("a view that is not there", lambda: reaching(bufferView=9), "damaged"),
    ("a type that is none", lambda: reaching(componentType=7), "damaged"),
    ("an index beyond the vertices", lambda: glb(DOCUMENT, POSITIONS + struct.pack("<3I", 0, 1, 7)), "damaged"),
    ("a buffer elsewhere", lambda: changed(lambda d: d["buffers"][0].update(uri="../../elsewhere.bin")), "other files"),
    ("an image elsewhere", lambda: changed(lambda d: d.update(images=[{"uri": "\\\\a.invalid\\a"}])), ""),
    ("an image on the web", lambda: changed(lambda d: d.update(images=[{"uri": "http://a.invalid"}])), ""),
    ("a need that Blender has not", lambda: changed(lambda d: d.update(extensionsRequired=["XX_nothing"])), "GLB"),
    ("coordinates that are no numbers", lambda: glb(DOCUMENT, struct.pack("<9f", *[float("nan")] * 9) + INDICES), ""),
    ("no nodes", lambda: changed(lambda d: d.update(nodes=[], scenes=[{}])), "no parts"),
    ("half an OBJ", lambda: b"v 0 0 0\nv 1 0", "no parts"),
    ("an OBJ with faces of nothing", lambda: b"v 0 0 0\nf 1 2 99999999\n", ""),
    ("an OBJ beside a file elsewhere", lambda: b"mtllib /nowhere/a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", ""),
    ("an FBX without content", lambda: b"Kaydara FBX Binary  \x00\x1a\x00" + struct.pack("<I", 7400) + b"\0" * 200, ""),
    ("an STL that says more than it has", lambda: b"solid x\n facet normal 0 0 1\n  outer loop\n", ""),
    ("a page", lambda: b"<html>Sign in</html>", "damaged, or not a model"),
    ("nothing", lambda: b"", "damaged, or not a model"),
]  # fmt: skip


def things() -> dict[str, int]:
    """How much of each kind there is in Blender's file."""
    kinds = ("objects", "meshes", "collections", "materials", "images", "scenes", "armatures", "actions")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


@pytest.mark.parametrize(("make", "reads"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_result_from_a_stranger(make: Callable[[], bytes], reads: str, tmp_path: Path) -> None:
    file = tmp_path / "result.part"
    file.write_bytes(make())
    before = things()
    started = time.monotonic()
    try:
        imported = import_result(bpy.context, file, None, None, name="Model")
    except ResultError as error:
        assert reads in str(error) and len(str(error)) < 500 and "\n" not in str(error)
        assert str(tmp_path) not in str(error)
        assert things() == before
    else:
        assert not reads, "it was imported"
        assert imported.objects
    assert time.monotonic() - started < 10


SMALL = Limits(json=2000, nodes=10, elements=100, depth=5)
BEYOND: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("fine", lambda d: d.update(nodes=[{"mesh": 0}] * 10), ""),
    ("JSON", lambda d: d["asset"].update(generator="x" * 2000), "more than any model"),
    ("nodes", lambda d: d.update(nodes=[{"mesh": 0}] * 11), "more than any model"),
    ("primitives", lambda d: d["meshes"][0].update(
        primitives=d["meshes"][0]["primitives"] * 11), "more than any model"),
    ("vertices", lambda d: d["accessors"].__setitem__(
        0, {"componentType": 5126, "count": 98, "type": "VEC3"}), "more than any model"),
    ("depth", lambda d: d.update(nodes=[{"children": [n + 1]} for n in range(6)] + [{"mesh": 0}]), "too deep"),
]  # fmt: skip
"""One more than the lowered limits. What is over the real ones would keep an importer without them busy."""


@pytest.mark.parametrize(("change", "reads"), [case[1:] for case in BEYOND], ids=[case[0] for case in BEYOND])
def test_more_than_the_limits(change: Callable[[dict[str, Any]], object], reads: str, tmp_path: Path) -> None:
    file = tmp_path / "result.glb"
    file.write_bytes(changed(change))
    if not reads:
        check_glb(file, SMALL)
        return
    with pytest.raises(ResultError, match=reads):
        check_glb(file, SMALL)
    check_glb(file)


LONG = "Ordner mit ü 和 " + "x" * 90
PLACES = [f"{LONG}/{LONG}/{LONG}", "with space", "und-ünï-和", "a'b\"c", "#1 %20&"]


@pytest.mark.parametrize("kind", ["glb", "obj", "stl", "stl_ascii"])
@pytest.mark.parametrize("place", PLACES, ids=["300 characters", "space", "non-ASCII", "quotes", "signs"])
def test_a_result_in_any_folder(place: str, kind: str, tmp_path: Path) -> None:
    folder = tmp_path / place
    folder.mkdir(parents=True)
    file = folder / f"result.{kind[:3]}"
    data = trimesh.creation.box().export(file_type=kind)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    assert place.count("x") < 200 or len(str(file)) > 300
    assert import_result(bpy.context, file, None, None, name="Model").objects


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["count", "mesh", "children", "primitives", "attributes", "bufferView", "byteLength", "uri"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@given(document=st.dictionaries(st.sampled_from(sorted(DOCUMENT)), JSON, max_size=5), tail=st.binary(max_size=40))
def test_any_document_is_taken_or_refused(document: dict[str, Any], tail: bytes, tmp_path: Path) -> None:
    file = tmp_path / "result.glb"
    file.write_bytes(glb(DOCUMENT | document, POSITIONS + INDICES) + tail)
    try:
        check_glb(file)
    except ResultError as error:
        assert str(error)
