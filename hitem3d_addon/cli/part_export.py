# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imported parts -> the files that --export-parts asks for, and a list of them, by which they are known again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import bpy

from ..core.choices import THREE_MF, UNITLESS
from ..core.errors import ResultError
from ..export.part_files import Axes, write_each, write_whole
from ..export.part_list import BLENDER, MILLIMETRES, PartList, Treatment, read_list, write_list
from ..session.exploded import in_place


class Sent(NamedTuple):
    """What the parts were cut from, which says in what axes and lengths they are written."""

    millimetres: float
    """To a unit of the scene that they are in."""
    kind: str = ""
    """The suffix of the model file that was sent as it is; "" for objects of a scene."""

    def axes(self, kind: str, *, in_millimetres: bool) -> Axes:
        """How files of this kind are written."""
        if kind == THREE_MF:
            return Axes(self.millimetres, self.kind == ".stl")
        return Axes(self.millimetres if in_millimetres else 1.0, bool(self.kind))


def sent_file(file: Path) -> Sent:
    """For a model file. An STL and an OBJ have no unit, and printers' programs take their numbers for millimetres."""
    kind = file.suffix.lower()
    return Sent(1.0 if kind in (".stl", ".obj") else 1000.0, kind)


def treatment(options: Any) -> Treatment:
    """What the options of a command ask for."""
    return Treatment(options.clearance if options.close else None, options.close_openings, options.pegs)


def exported_parts(folder: Path, task_id: str, kind: str, treatment: Treatment, *, in_millimetres: bool) -> list[Path]:
    """The files that `export_parts` wrote there for this task, if all of them still are there; else none."""
    written = read_list(folder)
    files = [folder / name for name in written.files]
    same = written[:-1] == (task_id, _unit(kind, in_millimetres), treatment)
    return files if same and all(file.suffix == f".{kind}" and file.is_file() for file in files) else []


def export_parts(
    context: bpy.types.Context,
    parts: Sequence[bpy.types.Object],
    folder: Path,
    kind: str,
    *,
    task_id: str,
    sent: Sent,
    in_millimetres: bool,
    treatment: Treatment,
) -> list[Path]:
    """Write each part into a file of its own in this folder, or all into one 3MF there, and give the files.

    A list of them, parts.json, is written last; what an earlier one lists is removed, and nothing else. It says
    what was done to the parts before. Raises InputError, ResultError, MissingError.
    """
    axes = sent.axes(kind, in_millimetres=in_millimetres)
    earlier = read_list(folder).files
    try:
        with in_place(context):
            if kind == THREE_MF:
                files = write_whole(context, parts, folder / f"{folder.name}.{kind}", axes)
                for name in set(earlier) - {files[0].name}:
                    (folder / name).unlink(missing_ok=True)
            else:
                files = write_each(context, parts, folder, kind, axes, replaced=earlier)
        names = [file.name for file in files]
        write_list(folder, PartList(task_id, _unit(kind, in_millimetres), treatment, names))
    except (OSError, RuntimeError) as error:
        raise ResultError(
            "The parts can't be written to {folder} ({reason}). See that the disk has room and that you may write "
            "there, then run the same command again; nothing is paid twice.",
            folder=str(folder),
            reason=str(error).strip().rpartition("\n")[2][:200],
        ) from error
    return files


def is_in_millimetres(kind: str, asked: bool) -> bool:
    """Whether the numbers in such files are millimetres, where the options ask for them or not."""
    return kind == THREE_MF or (asked and kind in UNITLESS)


def _unit(kind: str, in_millimetres: bool) -> str:
    """What the list says of the numbers in such files."""
    return MILLIMETRES if is_in_millimetres(kind, in_millimetres) else BLENDER
