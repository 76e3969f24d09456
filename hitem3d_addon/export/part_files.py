# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts -> files: one 3MF for all of them, or one for each by Blender's own exporters."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import bpy
from bpy.types import Context, Object

from ..core.choices import THREE_MF
from ..core.errors import MissingError
from ..mesh.scratch import ScratchScene
from .solids import read_solids
from .three_mf import write_3mf


class Axes(NamedTuple):
    """How coordinates are written."""

    scale: float = 1.0
    """What a unit of Blender becomes, where the file has no unit of its own; in a 3MF, how many millimetres."""
    y_up: bool = False
    """As the model file that was sent has them, in an STL and a 3MF."""


_Y_UP = {"forward_axis": "NEGATIVE_Z", "up_axis": "Y"}


def _glb(file: str, _: Axes) -> None:
    bpy.ops.export_scene.gltf(filepath=file, export_format="GLB", use_selection=True, export_animations=False)


def _obj(file: str, axes: Axes) -> None:
    bpy.ops.wm.obj_export(filepath=file, export_selected_objects=True, global_scale=axes.scale)


def _stl(file: str, axes: Axes) -> None:
    turned = _Y_UP if axes.y_up else {}
    bpy.ops.wm.stl_export(filepath=file, export_selected_objects=True, global_scale=axes.scale, **turned)


def _fbx(file: str, _: Axes) -> None:
    bpy.ops.export_scene.fbx(filepath=file, use_selection=True, bake_anim=False)


def _usdz(file: str, _: Axes) -> None:
    bpy.ops.wm.usd_export(filepath=file, selected_objects_only=True)


_EXPORTERS: Mapping[str, tuple[Callable[[str, Axes], None], str, str]] = MappingProxyType(
    {
        "glb": (_glb, "export_scene", "gltf"),
        "obj": (_obj, "wm", "obj_export"),
        "stl": (_stl, "wm", "stl_export"),
        "fbx": (_fbx, "export_scene", "fbx"),
        "usdz": (_usdz, "wm", "usd_export"),
    }
)


def check_exporter(kind: str) -> None:
    """Raise MissingError where this Blender can't write such files."""
    if kind == THREE_MF:
        return
    _, module, operator = _EXPORTERS[kind]
    if operator not in dir(getattr(bpy.ops, module)):
        raise MissingError(
            "This Blender has no exporter for {kind} files, or its add-on is switched off. Choose another format.",
            kind=kind.upper(),
        )


def write_whole(context: Context, parts: Sequence[Object], file: Path, axes: Axes) -> list[Path]:
    """Write all parts into one 3MF, hidden or not, and give it. Raises InputError, OSError; then no file is there,
    or the one that was there before."""
    solids = read_solids(parts, context.evaluated_depsgraph_get(), axes.scale, y_up=axes.y_up)
    with _moved_here(file.parent) as folder:
        write_3mf(folder / file.name, solids)
    return [file]


def write_each(
    context: Context, parts: Sequence[Object], folder: Path, kind: str, axes: Axes, *, replaced: Sequence[str] = ()
) -> list[Path]:
    """Write each part into a file of its own in this folder, where it stands, and give the files.

    ``replaced`` are the names of files there that go, once all new ones are written. What is hidden is exported only
    inside of `all_shown`. Raises MissingError, RuntimeError (of Blender's exporters), OSError.
    """
    check_exporter(kind)
    names = [f"{name}.{kind}" for name in file_names(parts)]
    with _moved_here(folder, replaced) as temporary, _selection_kept(context):
        # Not only those of `selected_objects`, which leaves out what was hidden until now.
        for other in context.view_layer.objects:
            other.select_set(False)
        for part, name in zip(parts, names, strict=True):
            part.select_set(True)
            _EXPORTERS[kind][0](str(temporary / name), axes)
            part.select_set(False)
    return [folder / name for name in names]


@contextlib.contextmanager
def all_shown(context: Context, parts: Sequence[Object]) -> Iterator[None]:
    """A scene beside the user's own, in which the parts are shown; exporters of Blender that are written in C read it.

    Those in Python don't: glTF's ends Blender there (4.2, 5.2).
    """
    hidden = [part for part in parts if part.hide_viewport]
    with ScratchScene() as scratch:
        for part in parts:
            scratch.scene.collection.objects.link(part)
            part.hide_viewport = False
        scratch.evaluate()
        try:
            with context.temp_override(scene=scratch.scene, view_layer=scratch.scene.view_layers[0]):
                yield
        finally:
            for part in hidden:
                part.hide_viewport = True


@contextlib.contextmanager
def _moved_here(folder: Path, replaced: Sequence[str] = ()) -> Iterator[Path]:
    """A folder in this one, whose files move up into it at the end; after an error nothing has changed."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hitem3d-", dir=folder) as temporary:
        yield Path(temporary)
        for name in replaced:
            (folder / name).unlink(missing_ok=True)
        for file in Path(temporary).iterdir():  # an OBJ brings its MTL
            file.replace(folder / file.name)


def file_names(parts: Sequence[Object]) -> list[str]:
    """The parts' names as every file system takes them, each once."""
    names: list[str] = []
    for part in parts:
        name = base = re.sub(r"[^\w.-]+", "_", part.name).strip("._")[:80] or "part"
        number = 1
        while name.lower() in (known.lower() for known in names):
            number += 1
            name = f"{base}_{number}"
        names.append(name)
    return names


@contextlib.contextmanager
def _selection_kept(context: Context) -> Iterator[None]:
    """Leave the selection and the active object as they were."""
    layer = context.view_layer
    selected, active = {obj for obj in layer.objects if obj.select_get()}, layer.objects.active
    try:
        yield
    finally:
        for obj in layer.objects:
            obj.select_set(obj in selected)
        layer.objects.active = active
