# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's own importers, called so that a file comes in with its coordinates as they are, Y up turned to Z up."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import bpy

from ..core.errors import MissingError, ResultError
from ..core.values import OutputFormat

if TYPE_CHECKING:
    from .readers.delivered import Contents


class _Importer(NamedTuple):
    """An operator and its settings; a setting that this version of Blender does not have is left out."""

    module: str
    operator: str
    settings: Mapping[str, Any]

    def exists(self) -> bool:
        return self.operator in dir(getattr(bpy.ops, self.module))

    def run(self, file: Path, settings: Mapping[str, Any]) -> None:
        """Raises RuntimeError where the operator reports an error."""
        operator = getattr(getattr(bpy.ops, self.module), self.operator)
        told = {**self.settings, **settings}
        operator(filepath=str(file), **{name: value for name, value in told.items() if self.knows(name)})

    def knows(self, name: str) -> bool:
        """Whether the importer of this Blender has such a setting."""
        return name in getattr(getattr(bpy.ops, self.module), self.operator).get_rna_type().properties


_GLTF = _Importer(
    "import_scene",
    "gltf",
    {"disable_bone_shape": True, "import_scene_extras": False, "import_scene_as_collection": False},
)
# What was sent is Y up, so what comes back unchanged is, too; Blender takes an STL for Z up unless it is told.
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
                "merge_parent_xform": False,
                "import_cameras": False,
                "import_lights": False,
                "create_world_material": False,
                "support_scene_instancing": False,
                "import_textures_mode": "IMPORT_PACK",
            },
        ),
    ),
}
"""By kind (`result_kind`): the importers that are tried. The first one that this Blender has is used."""
_READ_BY_US = (OutputFormat.GLB, OutputFormat.STL)


def check_importer(output_format: OutputFormat) -> None:
    """Raise MissingError where this Blender has no importer for the format, so that it is not even asked for.

    A GLB that only Blender's importer can read, as one with pictures, may still be imported once that is switched on.
    """
    if output_format not in _READ_BY_US:
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
    """Open a result file as what its content is. Of a zip, all models of the best format count, with their textures.

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
        raise _unreadable(error) from error
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
        if kind not in _IMPORTERS and kind != "3mf":
            raise ResultError(
                "The file with the parts is damaged, or not a model. Download the parts again, which costs nothing. "
                "If it stays so, ask Hitem3D's support about this task."
            )
        yield Opened(kind, files, folder, file)


def import_files(result: Opened, **settings: bool) -> Contents:
    """What our own readers find; the rest is imported into the context's scene and collection, with pictures packed.

    What Blender's importers made is known, since it is new data. ``settings`` are those of such an importer. Raises
    MissingError, and ResultError for a file that can't be read.
    """
    import tempfile

    from .readers.delivered import Contents
    from .readers.stl_reader import read_stl
    from .readers.three_mf_reader import read_parts
    from .readers.usd_subsets import read_subsets
    from .readers.usd_xforms import keep_xforms
    from .untrusted.archive import unpack_usdz
    from .untrusted.fbx_bones import without_bones

    before = set(bpy.data.images)
    found = Contents([], [], [], {})
    for file in result.files:
        one = file
        if result.kind == "glb":
            _read_glb(file, result.origin, result.folder, found)
            continue
        if result.kind == "stl":
            name = file.stem if len(result.files) > 1 else ""
            found.parts.extend(read_stl(file, name))
            continue
        if result.kind == "3mf":
            found.parts.extend(read_parts(file))
            continue
        if result.kind == "usdz":
            one = unpack_usdz(file, Path(tempfile.mkdtemp(dir=result.folder)))
            found.labels.update(read_subsets(one))
            if not _importer("usdz").knows("merge_parent_xform"):
                one = keep_xforms(one)
        elif result.kind == "fbx" and _importer("fbx").module == "import_scene":
            one = without_bones(file, result.folder)
        meshes = set(bpy.data.meshes)
        _import_file(one, result.kind, result.origin, settings)
        if result.kind == "ply":
            _colour_faces(one, set(bpy.data.meshes) - meshes)
    _keep_images(set(bpy.data.images) - before, result.folder)
    return found


def _read_glb(file: Path, delivered: Path, folder: Path, found: Contents) -> None:
    """Read a GLB ourselves, or have Blender's importer read it; ``delivered`` is the file that it came in."""
    from .readers.glb import GlbFile

    try:
        with GlbFile(file) as glb:
            found.notes.extend(glb.notes)
            if not glb.for_blender:
                found.parts.extend(glb.parts())
                return
            found.for_blender.append(glb.for_blender)
            ready, compression = glb.ready_for_blender(folder), glb.compression
    except OSError as error:
        raise _unreadable(error) from error
    faces = _faces()
    try:
        _importer("glb").run(ready, {})
        if compression and _faces() == faces:
            raise RuntimeError("nothing came of it")  # a library that is too old may not say so
    except RuntimeError as error:
        if compression:
            raise ResultError(
                "The parts came back compressed with {name}, which this Blender can't read. Try a newer Blender, or "
                "unpack the file with “gltf-transform copy” and import it by hand. It is kept in the data folder, "
                "which the add-on's preferences name: {place}.",
                name=compression,
                place=" > ".join(delivered.parts[-3:]),
            ) from error
        raise ResultError(
            "Blender can't read the GLB file that came back: {reason}. Download the parts again, or try a newer "
            "Blender. The file is kept in the data folder, which the add-on's preferences name: {place}.",
            reason=_reason(error, ready),
            place=" > ".join(delivered.parts[-3:]),
        ) from error


def _faces() -> int:
    return sum(len(mesh.polygons) for mesh in bpy.data.meshes)


def _unreadable(error: OSError) -> ResultError:
    return ResultError(
        "The file with the parts can't be read: {reason}. Download the parts again.",
        reason=error.strerror or type(error).__name__,
    )


def _import_file(file: Path, kind: str, delivered: Path, settings: Mapping[str, Any]) -> None:
    try:
        _importer(kind).run(file, settings)
    except RuntimeError as error:
        raise ResultError(
            "Blender can't read the {kind} file that came back: {reason}. A newer Blender or another program may. "
            "The file is kept in the data folder, which the add-on's preferences name: {place}.",
            kind=kind.upper(),
            reason=_reason(error, file),
            place=" > ".join(delivered.parts[-3:]),
        ) from error


def _colour_faces(file: Path, meshes: set[bpy.types.Mesh]) -> None:
    """Give the mesh of a PLY the colours that its faces have in the file, which Blender's importer leaves out."""
    import numpy as np

    from .readers.ply_colours import face_colours

    colours = face_colours(file)
    for mesh in meshes:
        if colours is None or len(mesh.polygons) != len(colours) or mesh.color_attributes:
            continue
        totals = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("loop_total", totals)
        of_corner = np.repeat(colours, totals, axis=0) / np.float32(255)
        values = np.concatenate([of_corner, np.ones((len(of_corner), 1), np.float32)], axis=1)
        mesh.color_attributes.new("Col", "BYTE_COLOR", "CORNER").data.foreach_set("color_srgb", values.ravel())


def _keep_images(new: set[bpy.types.Image], folder: Path) -> None:
    """Pack the new images of a folder that is about to be removed into the .blend; no others, wherever they are."""
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
    """What the importer said, in one sentence without folders. It may be a whole traceback, whose last error counts."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Location:", "File ", "Traceback"))]
    raised = [line for line in lines if re.match(r"[\w.]*(?:Error|Exception|Warning)\b\s*:", line)]
    last = (raised or lines or ["no reason given"])[-1].replace(str(file), file.name)
    last = re.sub(r"(?:[A-Za-z]:)?(?:[\\/][^\\/:\s'\"]+)+[\\/]", "", last)
    return last.removeprefix("Error: ").rstrip(".")[:200]
