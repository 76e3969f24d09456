# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which reader a GLB needs, and why: ours, or Blender's importer.

Knows neither Blender nor NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...core.errors import Message
from .glb_document import Document, texture_infos, used_materials

_PLAIN = frozenset(
    ["KHR_materials_emissive_strength", "KHR_materials_ior", "KHR_materials_variants", "KHR_texture_transform"]
)
"""Extensions of materials that we know all about, or that say nothing where there are no pictures."""
_KNOWN = frozenset(["KHR_mesh_quantization"])
"""Extensions of the surface that our own reader knows."""


class Way(NamedTuple):
    """Something that our own reader does not know."""

    reason: Message
    """Why the file goes to Blender's importer."""
    applies: Callable[[Document, list[int]], bool]
    """Whether a document is so, of which these nodes are shown."""


def _meshes(document: Document, nodes: list[int]) -> list[dict[str, Any]]:
    return [document["meshes"][number] for number in dict.fromkeys(document["nodes"][node]["mesh"] for node in nodes)]


def _materials(document: Document, nodes: list[int]) -> list[dict[str, Any]]:
    return [document["materials"][number] for number in used_materials(document, nodes)]


def _primitives(document: Document, nodes: list[int]) -> list[dict[str, Any]]:
    return [one for mesh in _meshes(document, nodes) for one in mesh["primitives"]]


def is_draco(document: Document, nodes: list[int]) -> bool:
    """Whether what is shown is compressed with Draco, with no other data for it."""
    return any("KHR_draco_mesh_compression" in one.get("extensions", {}) for one in _primitives(document, nodes))


def is_meshopt(document: Document, _nodes: list[int]) -> bool:
    """Whether data is compressed with meshopt."""
    return any(
        any("meshopt" in name for name in view.get("extensions", {})) for view in document.get("bufferViews", ())
    )


def _is_coloured_mask(document: Document, nodes: list[int]) -> bool:
    masks = {n for n in used_materials(document, nodes) if document["materials"][n].get("alphaMode") == "MASK"}
    return any(one.get("material") in masks and "COLOR_0" in one["attributes"] for one in _primitives(document, nodes))


WAYS = (
    Way(Message("its data is compressed with Draco"), is_draco),
    Way(Message("its data is compressed with meshopt"), is_meshopt),
    Way(Message("it has pictures"), lambda d, nodes: any(
        True for one in _materials(d, nodes) for _ in texture_infos(one))),
    Way(Message("its materials have more than a colour"), lambda d, nodes: any(
        set(one.get("extensions", {})) - _PLAIN for one in _materials(d, nodes))),
    Way(Message("its colours are a mask"), _is_coloured_mask),
    Way(Message("it has instances"), lambda d, nodes: any(
        "EXT_mesh_gpu_instancing" in d["nodes"][node].get("extensions", {}) for node in nodes)),
    Way(Message("it needs an extension that is not known"), lambda d, _: bool(
        set(d.get("extensionsRequired", ())) - _KNOWN)),
    Way(Message("its data is written as text"), lambda d, _: any("uri" in one for one in d.get("buffers", ()))),
)  # fmt: skip
"""All reasons to give a file to Blender's importer; the first that applies counts."""


def reason_for_blender(document: Document, nodes: list[int]) -> Message | None:
    """Why Blender's importer has to read a prepared document of which these nodes are shown; None where we can."""
    return next((way.reason for way in WAYS if way.applies(document, nodes)), None)
