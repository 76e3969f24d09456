# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many bytes a material's pictures take in the file that is sent, found without opening one.

Blender's glTF exporter copies a PNG, JPEG or WebP file as it is where the material uses its channels as glTF has them.
Everything else it converts into a new picture, whose size nobody knows before; it can only be guessed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

import bpy
from bpy.types import Image, Material, Node, NodeSocket

_TOGETHER = (("Base Color", "Alpha"), ("Metallic", "Roughness"))
"""Inputs that share one picture in glTF."""
_ALONE = (
    *("Emission Color", "Normal", "Coat Weight", "Coat Roughness", "Coat Normal", "Transmission Weight"),
    *("Specular IOR Level", "Specular Tint", "Sheen Tint", "Sheen Roughness"),
)
_OF_GLTF_NODE = ("Occlusion", "Thickness")
"""Inputs of the exporter's own node group."""
_CHANNELS = {"Metallic": "B", "Roughness": "G", "Alpha": "A", "Coat Weight": "R", "Coat Roughness": "G"}
_CHANNELS |= {"Specular IOR Level": "A", "Sheen Roughness": "A", "Occlusion": "R", "Thickness": "G"}
"""Which channel of its picture glTF reads; all of them for other inputs."""
_KINDS = {".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".webp": "WEBP"}
"""By the ending of the file's name; the exporter takes all others to be PNG."""
_BEGINNINGS = {"PNG": b"\x89PNG", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF"}
_PER_CHANNEL = 0.5
"""Bytes that one channel of one pixel takes in a PNG, roughly: photographs more, flat colours far less."""


class Pictures(NamedTuple):
    """Bytes of pictures."""

    copied: int = 0
    """Of those whose files go as they are: exact."""
    converted: int = 0
    """Of those that are made anew: a guess."""


class _Use(NamedTuple):
    image: Image
    channel: str
    """The one channel that is used of it; empty where that is not said."""
    is_colour: bool
    """A colour goes in where the input takes a number."""


def pictures_of(materials: Iterable[Material]) -> Pictures:
    """What the pictures of these materials take; one that is used twice is in the file once."""
    copied: dict[tuple[Image, str], int] = {}
    converted: dict[tuple[tuple[Image, str], ...], int] = {}
    for material in materials:
        for uses in _textures(material):
            size, kind = _as_it_is(uses)
            if size:
                copied[next(iter(uses.values())).image, kind] = size
            else:
                made_of = tuple((use.image, _CHANNELS.get(name, "")) for name, use in uses.items())
                converted[made_of] = sum(_guess(image, 1 if channel else 3) for image, channel in made_of)
    return Pictures(sum(copied.values()), sum(converted.values()))


def _textures(material: Material) -> Iterator[dict[str, _Use]]:
    """The pictures of a material: for each, what its inputs take."""
    tree = material.node_tree
    if tree is None:
        return
    surface = next((node for node in tree.nodes if node.type == "BSDF_PRINCIPLED" and not node.mute), None)
    extra = next((node for node in tree.nodes if _is_gltf_node(node)), None)
    asked = [(surface, names) for names in (*_TOGETHER, *((name,) for name in _ALONE))]
    for node, names in (*asked, *((extra, (name,)) for name in _OF_GLTF_NODE)):
        inputs = {name: node.inputs[name] for name in names if name in node.inputs} if node else {}
        found = {name: use for name, socket in inputs.items() if (use := _first_use(socket, (), set()))}
        if found:
            yield found


def _is_gltf_node(node: Node) -> bool:
    return node.type == "GROUP" and bool(node.node_tree) and node.node_tree.name.lower().startswith("gltf")


def _first_use(
    socket: NodeSocket, groups: tuple[Node, ...], seen: set[tuple[int, ...]], channel: str = ""
) -> _Use | None:
    """The first picture that an input depends on, as the exporter searches for it. ``groups`` are around the socket."""
    key = tuple(one.as_pointer() for one in (*groups, socket))
    if key in seen:
        return None
    seen.add(key)
    for link in socket.links or ():
        node, through = link.from_node, link.from_socket
        used = channel
        if node.type in ("SEPARATE_COLOR", "SEPRGB"):
            used = through.name[0]
        elif through.name == "Alpha":
            used = "A"
        if node.type == "TEX_IMAGE":
            return _Use(node.image, used, through.type == "RGBA") if node.image else None
        inputs, inside = list(node.inputs), groups
        if node.type == "GROUP" and node.node_tree:
            ends = [end for end in node.node_tree.nodes if end.type == "GROUP_OUTPUT"]
            inputs, inside = (
                [one for end in ends[:1] for one in end.inputs if one.name == through.name],
                (*groups, node),
            )
        elif node.type == "GROUP_INPUT" and groups:
            inputs, inside = [one for one in groups[-1].inputs if one.name == through.name], groups[:-1]
        for one in inputs:
            if found := _first_use(one, inside, seen, used):
                return found
    return None


def _as_it_is(uses: dict[str, _Use]) -> tuple[int, str]:
    """The bytes of the file that is copied, and its kind; no bytes where a new picture has to be made."""
    image = next(iter(uses.values())).image
    if image.is_dirty or image.source not in ("FILE", "SEQUENCE", "TILED"):
        return 0, ""
    # The exporter fills with white what a material does not give of these.
    if uses.keys() in ({"Metallic"}, {"Roughness"}, {"Alpha"}) or not all(
        use.image == image and _reads_in_place(name, use) for name, use in uses.items()
    ):
        return 0, ""
    begin, size = _file(image)
    kind = _KINDS.get(PurePath(image.filepath_raw).suffix.lower(), "PNG")
    if not image.filepath_raw and begin.startswith(_BEGINNINGS["JPEG"]):
        kind = "JPEG"
    if "Alpha" in uses and kind == "JPEG":  # which has no alpha
        kind = "PNG"
    return (size if begin.startswith(_BEGINNINGS[kind]) else 0), kind


def _reads_in_place(name: str, use: _Use) -> bool:
    """Whether glTF finds what this input takes in the same channel; one that is not said is the right one."""
    wanted = _CHANNELS.get(name, "")
    return not wanted or wanted == use.channel or not (use.channel or (use.is_colour and name == "Alpha"))


def _file(image: Image) -> tuple[bytes, int]:
    """The first bytes of an image's file and its size; nothing where there is none."""
    if image.packed_file:
        return bytes(image.packed_file.data[:12]), int(image.packed_file.size)
    path = bpy.path.abspath(image.filepath_raw, library=image.library)
    tiles = [tile.number for tile in image.tiles] if image.source == "TILED" else [0]
    begin, size = b"", 0
    for tile in tiles:
        with contextlib.suppress(OSError), Path(path.replace("<UDIM>", str(tile))).open("rb") as file:
            begin, size = file.read(12), size + os.fstat(file.fileno()).st_size
    return begin, size


def _guess(image: Image, channels: int) -> int:
    """What an image may take in a new picture. One that Blender hasn't loaded is not loaded for this."""
    if image.has_data or image.source == "GENERATED":
        return round(image.size[0] * image.size[1] * channels * _PER_CHANNEL)
    begin, size = _file(image)
    packs = begin.startswith(tuple(_BEGINNINGS.values()))
    return size * channels // (3 if packs else 6)
