# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imported parts -> a file for each of them, with Blender's own exporters."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import bpy

from ..core.errors import MissingError, ResultError

LIST = "parts.json"
PART_FORMATS = ("glb", "obj", "stl", "fbx", "usdz")

_Y_UP = {"forward_axis": "NEGATIVE_Z", "up_axis": "Y"}


def _glb(file: str, _y_up: bool) -> None:
    bpy.ops.export_scene.gltf(filepath=file, export_format="GLB", use_selection=True, export_animations=False)


def _obj(file: str, _y_up: bool) -> None:
    bpy.ops.wm.obj_export(filepath=file, export_selected_objects=True)


def _stl(file: str, y_up: bool) -> None:
    bpy.ops.wm.stl_export(filepath=file, export_selected_objects=True, **(_Y_UP if y_up else {}))


def _fbx(file: str, _y_up: bool) -> None:
    bpy.ops.export_scene.fbx(filepath=file, use_selection=True, bake_anim=False)


def _usdz(file: str, _y_up: bool) -> None:
    bpy.ops.wm.usd_export(filepath=file, selected_objects_only=True)


_EXPORTERS: Mapping[str, tuple[Callable[[str, bool], None], str, str]] = MappingProxyType(
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
    _, module, operator = _EXPORTERS[kind]
    if operator not in dir(getattr(bpy.ops, module)):
        raise MissingError(
            "This Blender has no exporter for {kind} files, or its add-on is switched off. Choose another format.",
            kind=kind.upper(),
        )


def exported_parts(folder: Path, task_id: str, kind: str) -> list[Path]:
    """The files that `export_parts` wrote there for this task, if all of them still are there; else none."""
    written = _read_list(folder)
    files = [folder / name for name in written["files"]]
    whole = written["task_id"] == task_id and all(file.suffix == f".{kind}" and file.is_file() for file in files)
    return files if whole else []


def export_parts(
    context: bpy.types.Context,
    parts: Sequence[bpy.types.Object],
    folder: Path,
    kind: str,
    *,
    task_id: str,
    as_sent: bool,
) -> list[Path]:
    """Write each part into a file of its own in this folder, where it stands, and give the files.

    A list of them, parts.json, is written last; what an earlier one lists is removed, and nothing else. ``as_sent``:
    they belong to a model file that was sent as it is, so an STL gets the axes of that file; else those of Blender.
    Raises ResultError, MissingError.
    """
    check_exporter(kind)
    write = _EXPORTERS[kind][0]
    names = [f"{name}.{kind}" for name in _file_names(parts)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".hitem3d-", dir=folder) as temporary, _selection_kept(context):
            for part, name in zip(parts, names, strict=True):
                for other in context.selected_objects:
                    other.select_set(False)
                part.select_set(True)
                write(str(Path(temporary) / name), as_sent)
            for name in _read_list(folder)["files"]:
                (folder / name).unlink(missing_ok=True)
            for file in Path(temporary).iterdir():  # an OBJ brings its MTL
                file.replace(folder / file.name)
        listed = json.dumps({"task_id": task_id, "files": names}, indent=1)
        (folder / LIST).write_text(listed, encoding="utf-8")
    except (OSError, RuntimeError) as error:
        raise ResultError(
            "The parts can't be written to {folder} ({reason}). See that the disk has room and that you may write "
            "there, then run the same command again; nothing is paid twice.",
            folder=str(folder),
            reason=str(error).strip().rpartition("\n")[2][:200],
        ) from error
    return [folder / name for name in names]


def _read_list(folder: Path) -> dict[str, Any]:
    """What parts.json says; nothing where it is not there or not ours."""
    try:
        found = json.loads((folder / LIST).read_bytes())
        return {"task_id": str(found["task_id"]), "files": [Path(name).name for name in found["files"]]}
    except (OSError, ValueError, KeyError, TypeError):
        return {"task_id": "", "files": []}


def _file_names(parts: Sequence[bpy.types.Object]) -> list[str]:
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
def _selection_kept(context: bpy.types.Context) -> Iterator[None]:
    """Leave the selection and the active object as they were."""
    layer = context.view_layer
    selected, active = list(context.selected_objects), layer.objects.active
    try:
        yield
    finally:
        for obj in layer.objects:
            obj.select_set(obj in selected)
        layer.objects.active = active
