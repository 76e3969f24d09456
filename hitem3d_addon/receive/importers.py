# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own importers, called so that a file comes in with its coordinates as they are, Y up turned to Z up."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import bpy

from ..core.errors import MissingError, ResultError
from ..core.values import OutputFormat


class _Importer(NamedTuple):
    """An operator and what it is told; a setting that this Blender's version does not have is left out."""

    module: str
    operator: str
    settings: Mapping[str, Any]

    def exists(self) -> bool:
        return self.operator in dir(getattr(bpy.ops, self.module))

    def run(self, file: Path, settings: Mapping[str, Any]) -> None:
        """Raises RuntimeError where the operator reports an error."""
        operator = getattr(getattr(bpy.ops, self.module), self.operator)
        known = operator.get_rna_type().properties
        told = {**self.settings, **settings}
        operator(filepath=str(file), **{name: value for name, value in told.items() if name in known})


_GLTF = _Importer(
    "import_scene",
    "gltf",
    {"disable_bone_shape": True, "import_scene_extras": False, "import_scene_as_collection": False},
)
# What was sent is Y up, so what comes back as it was is too; Blender takes an STL for Z up unless told.
_Y_UP = {"forward_axis": "NEGATIVE_Z", "up_axis": "Y"}
_FBX = {"use_anim": False, "use_custom_props": False}

_IMPORTERS: dict[str, tuple[_Importer, ...]] = {
    "glb": (_GLTF,),
    "obj": (_Importer("wm", "obj_import", {**_Y_UP, "use_split_objects": True}),),
    "ply": (_Importer("wm", "ply_import", _Y_UP),),
    "stl": (_Importer("wm", "stl_import", _Y_UP),),
    "fbx": (_Importer("wm", "fbx_import", _FBX), _Importer("import_scene", "fbx", _FBX)),
    "usdz": (
        _Importer(
            "wm",
            "usd_import",
            {
                "set_frame_range": False,
                "import_cameras": False,
                "import_lights": False,
                "create_world_material": False,
                "support_scene_instancing": False,
                "import_textures_mode": "IMPORT_PACK",
            },
        ),
    ),
}
"""By kind, as `result_kind` tells it: what is tried, the first one that this Blender has."""


def check_importer(output_format: OutputFormat) -> None:
    """Raise MissingError where this Blender has no importer for the format, so that it is not even asked for."""
    _importer(output_format.name.lower())


class Opened(NamedTuple):
    """A result file that was made safe."""

    kind: str
    files: Sequence[Path]
    """Of that kind. A zip may hold several."""
    folder: Path
    """A temporary one, for what is made on the way."""
    origin: Path
    """The file that came back."""


@contextlib.contextmanager
def opened(file: Path) -> Iterator[Opened]:
    """What the file is, its content tells. Of a zip all models of the best format count, with their textures.

    Raises ResultError for a file that can't be read.
    """
    import tempfile  # here, as Blender starts with this module

    from ..core.result_kind import result_kind
    from ..mesh.glb import save_glb
    from .untrusted.archive import unpack
    from .untrusted.gltf import packed
    from .untrusted.obj_materials import confined

    try:
        kind = result_kind(file)
    except OSError as error:
        raise ResultError(
            "The file with the parts can't be read: {reason}. Download the parts again.",
            reason=error.strerror or type(error).__name__,
        ) from error
    with tempfile.TemporaryDirectory(prefix="hitem3d-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        files = [file]
        if kind == "zip":
            kind, files = unpack(file, folder)
        elif kind == "obj" and (content := confined(file)) is not None:
            files = [folder / "result.obj"]
            files[0].write_bytes(content)
        if kind == "gltf":
            kind, texts, files = "glb", files, []
            for number, text in enumerate(texts):
                files.append(folder / f"packed {number}.glb")
                save_glb(files[-1], *packed(text))
        if kind not in _IMPORTERS:
            raise ResultError(
                "The file with the parts is damaged, or not a model. Download the parts again, which costs nothing. "
                "If it stays so, ask Hitem3D's support about this task."
            )
        yield Opened(kind, files, folder, file)


def import_files(result: Opened, **settings: bool) -> None:
    """Import into the scene and the active collection of the context; what came is known by its being new.

    Textures are packed. ``settings`` are the importer's own. Raises MissingError, and ResultError for a file that can't
    be read.
    """
    import tempfile

    from .untrusted.archive import unpack_usdz
    from .untrusted.glb import check_glb

    before = set(bpy.data.images)
    for file in result.files:
        one = file
        if result.kind == "glb":
            check_glb(one)
            one = _without_skeletons(one, result.folder)
        elif result.kind == "usdz":
            one = unpack_usdz(one, Path(tempfile.mkdtemp(dir=result.folder)))
        _import_file(one, result.kind, result.origin, settings)
    _keep_images(set(bpy.data.images) - before, result.folder)


def _without_skeletons(file: Path, folder: Path) -> Path:
    """The GLB, or a copy of it without skeletons, where it has any.

    To make one the importer shows its scene in the user's window, and needs a screen. Parts have no use for it.
    """
    from ..mesh.glb import read_glb, save_glb

    try:
        with file.open("rb") as stream:
            length = struct.unpack("<12xI4x", stream.read(20))[0]
            if b'"skins"' not in stream.read(length):
                return file
        document, binary = read_glb(file)
        for node in document["nodes"]:
            node.pop("skin", None)
        del document["skins"]
        document.pop("animations", None)
        copy = folder / "unskinned.glb"
        save_glb(copy, document, binary)
        return copy
    except (ValueError, TypeError, KeyError, AttributeError, struct.error):
        return file  # damaged, which the importer finds out, too


def _import_file(file: Path, kind: str, origin: Path, settings: Mapping[str, Any]) -> None:
    try:
        _importer(kind).run(file, settings)
    except RuntimeError as error:
        raise ResultError(
            "This Blender can't read the {kind} file that came back: {reason}. A newer Blender or another program may. "
            "The file is kept: {file}.",
            kind=kind.upper(),
            reason=_reason(error, file),
            file=str(origin),
        ) from error


def _keep_images(new: set[bpy.types.Image], folder: Path) -> None:
    """Take the new images in a folder that is about to go into Blender's file; no others, wherever they lie."""
    for image in new:
        path = Path(bpy.path.abspath(image.filepath)) if image.filepath else None
        if path and not image.packed_file and folder in path.parents and path.is_file():
            image.pack()
        if path and image.source == "FILE" and not image.packed_file:
            bpy.data.images.remove(image)
        elif path and folder in path.parents:
            image.filepath_raw = f"//{path.name}"


def _importer(kind: str) -> _Importer:
    for importer in _IMPORTERS[kind]:
        if importer.exists():
            return importer
    if kind == "usdz":
        raise MissingError(
            "This Blender was built without USD, so it can't import USDZ files. Use a Blender from blender.org for "
            "them, or choose another format before you send."
        )
    if kind == "glb":
        raise MissingError(
            "Blender's glTF importer is switched off. "
            "Enable the add-on “glTF 2.0 format” in Preferences > Add-ons and try again."
        )
    if kind == "fbx":
        raise MissingError(
            "Blender's FBX importer is switched off. "
            "Enable the add-on “FBX format” in Preferences > Add-ons and try again."
        )
    raise MissingError(
        "This Blender was built without an importer for {kind} files. Use a Blender from blender.org for them, or "
        "choose another format before you send.",
        kind=kind.upper(),
    )


def _reason(error: RuntimeError, file: Path) -> str:
    """The last line of what the importer said, which may be a whole traceback, without the folder of the file."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    last = lines[-1].replace(str(file), file.name) if lines else "no reason given"
    return last.removeprefix("Error: ").rstrip(".")[:200]
