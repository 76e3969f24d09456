# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON of a GLB, prepared for any reader: what it shows stays, and what is not needed for that is removed.

Knows neither Blender nor NumPy.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ...core.errors import Message
from .words import WHOLE_LEFT_OUT

Document = dict[str, Any]

GEOMETRY = frozenset(
    [
        "EXT_mesh_gpu_instancing",
        "EXT_meshopt_compression",
        "KHR_draco_mesh_compression",
        "KHR_mesh_quantization",
        "KHR_meshopt_compression",
    ]
)
"""Extensions without which the surface is not what it should be, as far as Blender or we know them."""
_NO_GEOMETRY = re.compile(
    r"(ADOBE|NV|KHR)_materials_|(EXT|KHR|MSFT)_texture_|(EXT|KHR)_lights|KHR_(xmp|animation|audio|interactivity|node_|physics)"
    r"|EXT_(mesh_features|structural_metadata|feature_metadata|instance_features|mesh_manifold)|MSFT_lod|CESIUM_|VRM"
)
_MOST_NAMES = 3
"""Named in a note."""


class Prepared:
    """What `prepare` makes of a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.notes: list[Message] = []
        self.changed = False
        """It was changed."""
        self.shown: list[int] = []
        """The nodes that have a mesh and are shown, parents before their children."""
        self._shown_below: Counter[int] | None = None
        self.parents: dict[int, int] = {}
        """Of each node that has one."""

    def alone_above(self, number: int) -> Iterator[int]:
        """The nodes above a shown one that are there for it alone, from the nearest on."""
        if self._shown_below is None:
            self._shown_below = Counter(above for one in self.shown for above in self._above(one))
        shown_below = self._shown_below
        yield from itertools.takewhile(lambda above: shown_below[above] == 1, self._above(number))

    def _above(self, number: int) -> Iterator[int]:
        while number in self.parents:
            number = self.parents[number]
            yield number


def prepare(document: Document) -> Prepared:
    """Remove what is not shown, and what needs an extension that the surface does not; the document is changed.

    It must have been checked. The notes tell what was removed and might be missed.
    """
    made = Prepared(document)
    _leave_out_nodes(made)
    _take_off_pictures(made)
    _take_off_needs(made)
    for name in ("animations", "cameras"):
        made.changed |= document.pop(name, None) is not None
    return made


def used_materials(document: Document, nodes: list[int]) -> list[int]:
    """The numbers of the materials that these nodes show, each once."""
    meshes = dict.fromkeys(document["nodes"][node]["mesh"] for node in nodes)
    found = (one.get("material") for mesh in meshes for one in document["meshes"][mesh]["primitives"])
    return list(dict.fromkeys(number for number in found if number is not None))


def texture_infos(thing: object) -> Iterator[tuple[dict[str, Any], str]]:
    """Where in a material, or in an extension of it, a texture is used: the dictionary and the key."""
    if isinstance(thing, dict):
        for key, value in list(thing.items()):
            if isinstance(value, dict) and "index" in value and key.lower().endswith("texture"):
                yield thing, key
            else:
                yield from texture_infos(value)


def _leave_out_nodes(made: Prepared) -> None:
    """Only what the file shows: its scene, without nodes that it hides."""
    document = made.document
    nodes = document.get("nodes", [])
    made.parents = {child: parent for parent, node in enumerate(nodes) for child in node.get("children", ())}
    scenes = document.get("scenes", [])
    of_scenes = [_below(nodes, scene.get("nodes", ())) for scene in scenes]
    if of_scenes:
        number = document.get("scene", 0)
        if not _with_mesh(nodes, of_scenes[number]):
            number = next((k for k, some in enumerate(of_scenes) if _with_mesh(nodes, some)), number)
        shown = number
        number = _scene_of_its_parts(document, [_with_mesh(nodes, some) for some in of_scenes], shown)
        if number != shown:
            made.notes.append(WHOLE_LEFT_OUT)
        reached = of_scenes[number]
        made.changed |= len(scenes) > 1
        document["scenes"], document["scene"] = [scenes[number]], 0
    else:
        reached = _below(nodes, [number for number in range(len(nodes)) if number not in made.parents])
    made.shown = _with_mesh(nodes, reached)
    kept = set(made.shown)
    names = []
    for number, node in enumerate(nodes):
        if number not in kept and "mesh" in node:
            names.append(str(node.get("name", "")))
            for key in ("mesh", "skin", "weights"):
                node.pop(key, None)
    made.changed |= bool(names)
    if names and WHOLE_LEFT_OUT not in made.notes:
        made.notes.append(
            Message(
                "Left out, as the file does not show it: {names}.",
                {"names": _listed(names)},
            )
        )


def _scene_of_its_parts(document: Document, scenes: Sequence[Sequence[int]], number: int) -> int:
    """The scene that shows in several pieces what the one with this number shows in one: the model, and its parts."""
    if len(scenes[number]) != 1:
        return number
    sizes = [sum(_corners(document, node) for node in some) for some in scenes]
    return next((k for k, some in enumerate(scenes) if len(some) > 1 and sizes[k] == sizes[number]), number)


def _corners(document: Document, node: int) -> int:
    """How many corners the faces have that a node shows."""
    primitives = document["meshes"][document["nodes"][node]["mesh"]]["primitives"]
    numbers = (one.get("indices", one["attributes"].get("POSITION")) for one in primitives)
    return sum(document["accessors"][number]["count"] for number in numbers if number is not None)


def _below(nodes: list[dict[str, Any]], roots: Sequence[int]) -> list[int]:
    """The nodes from these down, without what is hidden."""
    found: dict[int, None] = {}
    waiting = list(reversed(roots))
    while waiting:
        number = waiting.pop()
        hidden = nodes[number].get("extensions", {}).get("KHR_node_visibility", {}).get("visible") is False
        if number not in found and not hidden:
            found[number] = None
            waiting += reversed(nodes[number].get("children", ()))
    return list(found)


def _with_mesh(nodes: list[dict[str, Any]], some: list[int]) -> list[int]:
    return [number for number in some if "mesh" in nodes[number]]


def _take_off_pictures(made: Prepared) -> None:
    """Pictures in other files, which don't come with the result, and those packed as Blender can't read them."""
    document = made.document
    images, textures = document.get("images", []), document.get("textures", [])
    away = {number for number, one in enumerate(images) if not str(one.get("uri", "data:")).startswith("data:")}
    names = [str(images[number]["uri"]) for number in sorted(away)]
    for number in away:
        images[number] = {"uri": "data:image/png;base64,"}
    gone = {number for number, one in enumerate(textures) if not _sources(one) - away}
    taken = False
    for material in document.get("materials", ()):
        for where, key in texture_infos(material):
            if where[key]["index"] in gone:
                del where[key]
                taken = True
    made.changed |= bool(away) or taken
    if names:
        made.notes.append(
            Message(
                "Without its pictures, which are in files that did not come with it: {names}.",
                {"names": _listed(names)},
            )
        )
    elif taken:
        made.notes.append(Message("Without its pictures, which are packed in a way that Blender can't read."))


def _sources(texture: dict[str, Any]) -> set[int]:
    """The images that a texture can be had from, of kinds that Blender reads."""
    webp = texture.get("extensions", {}).get("EXT_texture_webp", {})
    return {one["source"] for one in (texture, webp) if "source" in one}


def _take_off_needs(made: Prepared) -> None:
    """Remove extensions that the file requires, though they say nothing about the surface."""
    document = made.document
    required = document.get("extensionsRequired", [])
    taken = [name for name in required if name not in GEOMETRY and _NO_GEOMETRY.match(name)]
    if not taken:
        return
    made.changed = True
    document["extensionsRequired"] = [name for name in required if name not in taken]
    if not document["extensionsRequired"]:
        del document["extensionsRequired"]
    made.notes.append(Message("Read without {names}, which says nothing about the surface.", {"names": _listed(taken)}))


def _listed(names: list[str]) -> str:
    shown = [name.rpartition("/")[2][:40] or "–" for name in names]
    more = f" (+{len(shown) - _MOST_NAMES})" if len(shown) > _MOST_NAMES else ""
    return ", ".join(f"“{name}”" for name in shown[:_MOST_NAMES]) + more
