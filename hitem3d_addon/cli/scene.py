# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line does with a scene: open it, find objects by name, bring parts in, save it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import bpy

from ..apply.applying import apply_parts
from ..closing.close import close_parts, run_through
from ..core.choices import KEYED, PEG_CLEARANCE, ImportOptions
from ..core.errors import InputError, ResultError
from ..core.task import Task
from ..export.solids import millimetres, size_message
from ..pegs.add import add_pegs
from ..pegs.places import Wish
from ..receive.importing import import_parts
from ..send.selection import SHOWN_AS_MESH
from .part_export import Sent, export_parts, is_in_millimetres, treatment
from .run import Run


def open_file(file: Path | None) -> None:
    """Open a .blend; None: an empty scene. Raises InputError."""
    try:
        if file:
            bpy.ops.wm.open_mainfile(filepath=str(file.absolute()), load_ui=False)
        else:
            bpy.ops.wm.read_homefile(use_empty=True, load_ui=False)
    except RuntimeError as error:
        raise InputError(
            "{file} can't be opened: {reason} Check that it is there, and that this Blender is new enough for it.",
            file=str(file or "An empty scene"),
            reason=_last_line(error),
        ) from error


@contextlib.contextmanager
def in_window() -> Iterator[None]:
    """Have the context of a window, which --command lacks for the file that Blender was started with: without one there
    are no selected objects. Not to be used around the opening of a file.
    """
    windows = bpy.context.window_manager.windows
    if bpy.context.window or not windows:
        yield
        return
    with bpy.context.temp_override(window=windows[0]):
        yield


def save_file(file: Path) -> Path:
    """Save the open scene as this .blend. Raises ResultError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        bpy.ops.wm.save_as_mainfile(filepath=str(file.absolute()))
    except (OSError, RuntimeError) as error:
        raise ResultError(
            "{file} can't be saved: {reason} Run the same command again once that is corrected; nothing is paid twice.",
            file=str(file),
            reason=_last_line(error),
        ) from error
    return file


def chosen_objects(
    context: bpy.types.Context, patterns: Sequence[str] | None, *, together: bool
) -> list[list[bpy.types.Object]]:
    """The objects of each task: those whose names match one of the patterns, else the active one. Raises InputError."""
    layer = context.view_layer
    if not patterns:
        if layer.objects.active is None:
            raise InputError("No object is active in this scene. Say with --objects which ones are meant.")
        return [[layer.objects.active]]
    shown = [obj for obj in layer.objects if obj.type in SHOWN_AS_MESH and obj.visible_get()]
    for pattern in patterns:
        if not any(fnmatchcase(obj.name, pattern) for obj in shown):
            raise InputError(
                "No visible object with a surface is named “{pattern}”. Check the spelling, and show the object "
                "if it is hidden.",
                pattern=pattern,
            )
    found = sorted((obj for obj in shown if any(fnmatchcase(obj.name, p) for p in patterns)), key=lambda obj: obj.name)
    return [found] if together else [[obj] for obj in found]


def import_into_scene(
    run: Run,
    task: Task,
    file: Path,
    sources: Sequence[bpy.types.Object],
    target: Path | None,
    *,
    sent: Sent | None = None,
) -> list[Path]:
    """Import a result, put it on the sources and export it, as the options say; gives the files that were written.

    ``sources`` are the objects that were sent, the one that names the task first; ``target`` is the folder for the
    parts, and ``sent`` says in what axes and lengths they go there, if not in those of the scene. Without --import they
    are taken out again. Raises a Hitem3DError.
    """
    options = run.options
    context = bpy.context
    source = sources[0] if sources else None
    selected, active = list(context.selected_objects), context.view_layer.objects.active
    how = ImportOptions(options.parts, options.placement, options.hide_source, options.parent)
    imported = import_parts(context, file, task, source, how)
    for note in (*imported.notes, *imported.warnings, imported.report):
        run.output.note(str(note))
    written: list[Path] = []
    sent = sent or Sent(millimetres(context.scene))
    if options.close:
        _close(run, context, imported.objects, 1 / sent.millimetres)
    if options.export_parts and target:
        kind, in_millimetres = options.export_parts, options.millimetres
        written = export_parts(
            *(context, imported.objects, target, kind),
            task_id=task.task_id,
            sent=sent,
            in_millimetres=in_millimetres,
            treatment=treatment(options),
        )
        if is_in_millimetres(kind, in_millimetres):
            depsgraph = context.evaluated_depsgraph_get()
            run.output.note(str(size_message(imported.objects, depsgraph, sent.millimetres)))
    if options.apply_parts:
        for obj in sources:
            context.view_layer.objects.active = obj
            run.output.note(str(apply_parts(context, obj, options.apply_parts)))
        context.view_layer.objects.active = active
    elif not options.importing:
        meshes = [part.data for part in imported.objects]
        bpy.data.batch_remove([imported.collection, *imported.objects, *meshes])
        for obj in selected:
            obj.select_set(True)
    return written


def _close(run: Run, context: bpy.types.Context, parts: Sequence[bpy.types.Object], millimetre: float) -> None:
    """Close the parts and give them pegs, as the options say, and tell what became of them. Raises InputError."""
    options = run.options
    clearance = options.clearance * millimetre
    depsgraph = context.evaluated_depsgraph_get()
    closing = run_through(close_parts(parts, depsgraph, clearance, close_openings=options.close_openings))
    notes = [*closing.warnings(), closing.sentence()]
    if options.pegs:
        wish = Wish(0.0, 0.0, PEG_CLEARANCE * millimetre, millimetre)
        try:
            pegging = run_through(add_pegs(parts, context.evaluated_depsgraph_get(), wish, keyed=options.pegs == KEYED))
            notes += [*pegging.warnings(), pegging.sentence()]
        except InputError as error:  # there is nothing that could hold one: the parts are written as they are
            notes.append(error.message)
    for note in notes:
        run.output.note(str(note))


def file_name(name: str) -> str:
    """An object's name as every file system takes it."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._")[:80] or "object"


def _last_line(error: Exception) -> str:
    """What an operator said last: Blender's put a traceback before it."""
    return str(error).strip().rpartition("\n")[2].removeprefix("Error: ")[:200]
