# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a zipped result, or a USDZ: a model with its materials and textures, taken from a stranger."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ...core.errors import ResultError
from ...core.result_kind import result_kind
from .obj_materials import confined
from .usd_layers import confined_layer

_LONGEST_NAME = 500
_BLOCK = 1 << 20
_UNSAFE = re.compile(r'[\x00-\x1f:*?"<>|]|^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)', re.IGNORECASE)
_KINDS = ("glb", "gltf", "obj", "fbx", "usdz", "3mf", "ply", "stl")
"""The best first, for a zip that holds the same model in several formats."""
_MOST_INNER = 16
"""How many zips in a zip are opened, if there is no model beside them; zips in those are not."""


class Limits(NamedTuple):
    """How much an archive may hold."""

    files: int = 2000
    total: int = 4 << 30
    """Bytes of all that is in it."""
    ratio: int = 100
    """How many times larger than the zip its content may be. An OBJ shrinks to a fifth; a bomb to a thousandth."""
    always: int = 64 << 20
    """Bytes that are fine whatever the zip's size is."""


LIMITS = Limits()

_LAYERS = (".usd", ".usda", ".usdc")
_PICTURES = (".png", ".jpg", ".jpeg", ".avif", ".exr", ".webp", ".tif", ".tiff", ".tga", ".bmp", ".hdr")


def unpack(archive: Path, folder: Path, limits: Limits = LIMITS) -> tuple[str, list[Path]]:
    """Unpack into an empty folder; gives the kind of model that is in it, and the files of that kind, by name.

    A model in a zip in the zip counts, too. Nothing is written outside the folder. Raises ResultError for an archive
    with paths that lead out of it, with links, too many files or too many bytes, for one that is damaged or encrypted,
    and for one without a model.
    """
    room = _room(archive, limits)
    targets = _unpack_all(archive, folder, room, limits)
    found = _models(targets)
    if not found.keys() & set(_KINDS):
        for number, inner in enumerate(found.get("zip", ())[:_MOST_INNER]):
            room -= sum(file.stat().st_size for file in targets)
            targets = _unpack_all(inner, folder / f"inner {number}", room, limits)
            for kind, files in _models(targets).items():
                found.setdefault(kind, []).extend(files)
    for kind in _KINDS:
        if models := found.get(kind):
            return kind, models
    raise ResultError("There is no model in the zip file that came back. Ask Hitem3D's support about this task.")


def _models(files: Iterable[Path]) -> dict[str, list[Path]]:
    """The files by kind, in the order of their names."""
    found: dict[str, list[Path]] = {}
    for file in sorted(files):
        if not file.name.startswith("."):
            found.setdefault(result_kind(file), []).append(file)
    return found


def unpack_usdz(archive: Path, folder: Path) -> Path:
    """As `unpack`, but of a USDZ: gives its layer, with nothing beside it but other layers and pictures.

    USD finds more in an archive than its table of contents lists, so it is not given the archive.
    """
    layer, *others = _unpack_all(archive, folder, _room(archive, LIMITS), LIMITS)
    for file in others:
        if file.suffix.lower() not in _LAYERS + _PICTURES:
            file.unlink()  # it may name files elsewhere in ways of its own, as a USDZ or MaterialX file in it could
    return layer


def _room(archive: Path, limits: Limits) -> int:
    """How many bytes may be unpacked from it."""
    return min(limits.total, max(limits.always, limits.ratio * archive.stat().st_size))


def _unpack_all(archive: Path, folder: Path, room: int, limits: Limits) -> list[Path]:
    try:
        with zipfile.ZipFile(archive) as whole:
            entries = [entry for entry in whole.infolist() if not entry.filename.endswith("/")]
            if len(entries) > limits.files:
                raise _too_much()
            targets = [folder.joinpath(*_parts(entry)) for entry in entries]
            if inside := {parent for target in targets for parent in target.parents}.intersection(targets):
                raise _unsafe(inside.pop().name)
            if sum(entry.file_size for entry in entries) > room:
                raise _too_much()
            for entry, target in zip(entries, targets, strict=True):
                room -= _write(whole, entry, target, room)
            for target in targets:
                confine = confined_layer if target.suffix.lower() in _LAYERS else confined
                if (content := confine(target)) is not None:
                    target.write_bytes(content)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, RuntimeError, ValueError) as error:
        raise ResultError(
            "The zip file that came back is damaged: {reason}. Download the parts again, which costs nothing. "
            "If it stays so, ask Hitem3D's support about this task.",
            reason=str(error)[:200],
        ) from error
    except OSError as error:
        raise ResultError(
            "The parts can't be unpacked: {reason}. Free some space on the disk and try again.",
            reason=error.strerror or type(error).__name__,
        ) from error
    return targets


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    """The folders and the name of an entry. Some programs write backslashes, against the specification."""
    parts = entry.filename.replace("\\", "/").split("/")
    # A colon is a drive or a stream on Windows, which also drops dots and spaces at the end, and has names for devices.
    plain = all(part.rstrip(". ") == part and part and not _UNSAFE.search(part) for part in parts)
    if (
        not plain
        or len(entry.filename) > _LONGEST_NAME
        or stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG)
    ):
        raise _unsafe(entry.filename)
    return parts


def _write(whole: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Path, room: int) -> int:
    """Write one file and give its bytes, which the entry may have lied about."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("it is packed in an unusual way")  # which fail with errors of their own, and no OBJ needs
    file.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with whole.open(entry) as source, file.open("wb") as target:
        while block := source.read(_BLOCK):
            written += target.write(block)
            if written > room:
                raise _too_much()
    return written


def _unsafe(name: str) -> ResultError:
    return ResultError(
        "The zip file that came back is not safe to unpack: “{name}” is a link, or no plain path. "
        "Ask Hitem3D's support about this task.",
        name=name[:100],
    )


def _too_much() -> ResultError:
    return ResultError(
        "The zip file that came back holds more than any model can. Ask Hitem3D's support about this task."
    )
