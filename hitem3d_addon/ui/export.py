# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that writes imported parts to files for a printer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..core.choices import PART_FORMATS, THREE_MF
from ..core.errors import InputError, Message, ResultError
from ..session.exploded import in_place
from ..session.parts import find_parts
from ..session.record import task_id_of_part
from .base import PartsOperator
from .wording import draw_text, translated

if TYPE_CHECKING:
    from ..export.part_files import Axes


class HITEM3D_OT_export_parts(PartsOperator):
    """Write the imported parts to files for a printer, in millimetres"""

    bl_idname = "hitem3d.export_parts"
    bl_label = "Export Parts…"
    bl_options = {"PRESET"}

    filepath: StringProperty(name="File", description="Where the parts go", subtype="FILE_PATH")
    check_existing: BoolProperty(default=True, options={"HIDDEN"})
    filter_glob: StringProperty(default="*.3mf;*.stl;*.obj", options={"HIDDEN"})
    format: EnumProperty(
        name="Format",
        description="What is written",
        items=[
            ("3MF", "3MF", "One file: an object with a name and a colour for each part"),
            ("STL", "STL", "A file for each part, in a folder"),
            ("OBJ", "OBJ", "A file for each part with its UVs and materials, in a folder"),
        ],
        default="3MF",
    )
    scale: FloatProperty(
        name="Scale",
        description="How much larger than in the scene the parts are written",
        default=1.0,
        min=1e-6,
        soft_min=0.01,
        soft_max=100.0,
        options={"SKIP_SAVE"},
    )
    only_selected: BoolProperty(
        name="Selected Only",
        description="Only the parts that are selected, not all of their import",
        default=False,
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        try:
            self._measure(context)
        except InputError as error:
            self.report({"ERROR"}, translated(error.message))
            return {"CANCELLED"}
        if not self.filepath:
            folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path.home()
            name = bpy.path.clean_name(find_parts(context)[0].users_collection[0].name)
            self.filepath = str(folder / f"{name}.{self.format.lower()}")
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def check(self, context: bpy.types.Context) -> bool:
        """The file's name follows the format."""
        file = Path(self.filepath)
        name = file.stem if file.suffix.lower() in (f".{kind}" for kind in PART_FORMATS) else file.name
        changed = str(file.with_name(f"{name}.{self.format.lower()}")) if name else self.filepath
        if changed == self.filepath:
            return False
        self.filepath = changed
        return True

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        for name in ("format", "scale", "only_selected"):
            layout.prop(self, name)
        width, depth, height = (self.scale * length for length in self._sizes[self.only_selected])
        size = Message(
            "{width:.1f} × {depth:.1f} × {height:.1f} mm", {"width": width, "depth": depth, "height": height}
        )
        layout.label(text=translated(size), icon="CUBE", translate=False)
        if self.format != "3MF":
            folder = Message("A file for each part, in the folder “{name}”", {"name": Path(self.filepath).stem})
            draw_text(context, layout, translated(folder), icon="FILE_FOLDER")

    def _measure(self, context: bpy.types.Context) -> None:
        """How large the whole and the selected parts are, for drawing. Raises InputError."""
        from ..export.solids import millimetres, read_solids, size

        parts = find_parts(context)
        if not parts:
            raise _nothing_to_write()
        with in_place(context):
            solids = read_solids(parts, context.evaluated_depsgraph_get(), millimetres(context.scene))
        chosen = [solid for part, solid in zip(parts, solids, strict=True) if part in context.selected_objects]
        self._sizes = {some: tuple(map(float, size(of))) for some, of in ((False, solids), (True, chosen or solids))}

    def run(self, context: bpy.types.Context) -> Message:
        from ..export.part_files import Axes, write_whole
        from ..export.solids import millimetres, size_message

        parts = find_parts(context)
        if self.only_selected:
            parts = [part for part in parts if part in context.selected_objects]
        if not parts or not self.filepath:
            raise _nothing_to_write()
        file = self._file()
        axes = Axes(self.scale * millimetres(context.scene))
        try:
            with in_place(context):
                said = size_message(parts, context.evaluated_depsgraph_get(), axes.scale)
                if self.format.lower() == THREE_MF:
                    write_whole(context, parts, file, axes)
                else:
                    self._write_each(context, parts, file.with_suffix(""), axes)
        except (OSError, RuntimeError) as error:
            raise ResultError(
                "The parts can't be written to {file} ({reason}). See that the disk has room and that you may write "
                "there.",
                file=str(file),
                reason=str(error).strip().rpartition("\n")[2][:200],
            ) from error
        return said

    def _file(self) -> Path:
        """The file, with the suffix of its format; a name may have dots."""
        file, suffix = Path(bpy.path.abspath(self.filepath)), f".{self.format.lower()}"
        return file if file.suffix.lower() == suffix else file.with_name(file.name + suffix)

    def _write_each(
        self, context: bpy.types.Context, parts: Sequence[bpy.types.Object], folder: Path, axes: "Axes"
    ) -> None:
        """A file for each part; those of an earlier export go, and what else is there stays."""
        from ..export.part_files import all_shown, file_names, write_each
        from ..export.part_list import MILLIMETRES, PartList, check_others, read_list, write_list

        kind = self.format.lower()
        check_others(folder, [f"{name}.{kind}" for name in file_names(parts)])
        with all_shown(context, parts):
            files = write_each(bpy.context, parts, folder, kind, axes, replaced=read_list(folder).files)
        task_id = task_id_of_part(parts[0])
        write_list(folder, PartList(task_id, MILLIMETRES, files=[file.name for file in files]))


def _nothing_to_write() -> InputError:
    return InputError("There are no parts to write, or no file was named. Select parts and choose a file.")


register, unregister = bpy.utils.register_classes_factory((HITEM3D_OT_export_parts,))
