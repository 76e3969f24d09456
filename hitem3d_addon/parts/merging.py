# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several parts of an import become one."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
import numpy as np
from bpy.types import Collection, Context, Material, Object

from ..apply.standing import merge_labels
from ..core.errors import InputError
from ..mesh.arrays import Doubles, Floats
from ..mesh.colours import recolour_material
from ..mesh.evaluated import world_matrices
from ..mesh.transform import CUSTOM_NORMALS, moved_positions, turn_faces, turned_normals, write_positions
from ..session.exploded import in_place
from ..session.parts import originals_of, show
from ..session.record import imports_of, parts_in
from .inner_walls import remove_inner_walls
from .naming import check_changeable, own_materials, shows_alone
from .pieces import Pieces, note_pieces, read_pieces


def merge_parts(context: Context, collection: Collection, merged: Sequence[Object], into: Object) -> bool:
    """Join parts of an import into one of them, which keeps its name and its colour; tell whether labels followed.

    Materials, UVs, normals and all other attributes stay. Vertices are not welded, so that the surface looks as it did
    and the parts can be split again. Of parts that were closed, the walls between them are taken out. Where the parts
    were applied to the original, its labels follow, unless it has several imports: then nobody knows which one they
    came from. Raises InputError; then nothing has changed.
    """
    parts = parts_in(collection)
    others = [part for part in merged if part != into]
    if not others:
        raise InputError("Only one part is selected. Select those that are to become one with it.")
    check_changeable(context, [into, *others])
    for part in others:
        if part.modifiers:
            raise InputError("“{name}” has modifiers, which would be lost. Apply or remove them first.", name=part.name)
    if not any(len(part.data.vertices) for part in (into, *others)):
        raise InputError("The selected parts are empty, so there is nothing to join. Select others.")
    names, colours = [part.name for part in parts], [_rgba(part) for part in parts]
    labels = [parts.index(part) for part in others]
    stays = parts.index(into)
    with in_place(context):
        _show(context, [into, *others])
        pieces = [read_pieces(part) for part in (into, *others)]
        unused = _share_materials(into, others)
        _hand_on_children(into, others)
        _join(context, into, others)
    note_pieces(into, _all_pieces(pieces))
    remove_inner_walls(into.data)
    bpy.data.batch_remove([material for material in unused if not material.users])
    originals = [obj for obj in originals_of(collection) if obj.type == "MESH" and obj.data.is_editable]
    alone = [obj for obj in originals if len(imports_of(obj)) == 1]
    for original in alone:
        merge_labels(original, names, colours, labels, stays)
    return len(alone) == len(originals)


def _show(context: Context, parts: Sequence[Object]) -> None:
    """Show the parts: what is hidden is not evaluated, and nobody would see the result. Raises InputError."""
    before = [(part, part.hide_get(), part.hide_viewport, part.hide_render) for part in parts]
    show(context, parts, True)
    context.view_layer.update()
    hidden = next((part for part in parts if not part.visible_get()), None)
    flat = parts[0].matrix_world.determinant() == 0
    if hidden or flat:
        for part, unseen, in_viewports, in_renders in before:
            part.hide_set(unseen)
            part.hide_viewport, part.hide_render = in_viewports, in_renders
    if hidden:
        raise InputError("“{name}” is in a hidden collection. Show the collection, and try again.", name=hidden.name)
    if flat:
        raise InputError("“{name}” is flattened to a scale of 0. Clear its scale, and try again.", name=parts[0].name)


def _rgba(part: Object) -> tuple[float, float, float, float]:
    red, green, blue, alpha = part.color
    return red, green, blue, alpha


def _share_materials(into: Object, others: Sequence[Object]) -> list[Material]:
    """Have materials that show a part's colour show that of the part that stays; gives those that may be unused then.

    A material of the file that shows something else stays.
    """
    own = own_materials(into)
    unused = []
    for part in others:
        theirs = own_materials(part)
        for slot, material in enumerate(part.data.materials):
            if material is None or not (material in theirs or shows_alone(material, part.color)):
                continue
            if own and material in theirs:
                part.data.materials[slot] = own[0]
                unused.append(material)
            elif material not in theirs:
                recolour_material(material, _rgba(into), own=False)
    return unused


def _hand_on_children(into: Object, others: Sequence[Object]) -> None:
    """What hangs on a part that is joined into another hangs on that one then, where it is.

    What that one itself hangs on can't; it gets the next parent above.
    """
    gone, above, parent = set(others), {into}, into.parent
    while parent:
        above.add(parent)
        parent = parent.parent
    for child in bpy.data.objects:
        old = child.parent
        if old not in gone or child in gone or not child.is_editable:
            continue
        new = into
        if child in above:
            new = old.parent
            while new in gone:
                new = new.parent
        stands = old.matrix_world @ child.matrix_parent_inverse
        child.parent = new
        child.matrix_parent_inverse = new.matrix_world.inverted_safe() @ stands if new else stands


def _join(context: Context, into: Object, others: Sequence[Object]) -> None:
    """Join the others' geometry into one; they are removed."""
    joined = [into, *others]
    depsgraph = context.evaluated_depsgraph_get()
    for part in joined:
        if part.data.users - part.data.use_fake_user > 1:
            part.data = part.data.copy()
    stands, *_ = matrices = [np.array(one, np.float64) for one in world_matrices(joined, depsgraph)]
    relative = [np.linalg.inv(stands) @ matrix for matrix in matrices]
    # Blender multiplies in float32: borders that were equal to the bit would not be any more.
    positions = [moved_positions(part.data, matrix) for part, matrix in zip(joined, relative, strict=True)]
    mirrored = [part for part, matrix in zip(joined, relative, strict=True) if np.linalg.det(matrix[:3, :3]) < 0]
    for part in mirrored:  # the object shows the faces the other way round, which a join does not
        turn_faces(part.data)
    normals = _lost_normals(joined, relative, mirrored=bool(mirrored))
    meshes = [part.data for part in others]
    with context.temp_override(
        object=into, active_object=into, selected_objects=joined, selected_editable_objects=joined
    ):
        bpy.ops.object.join()
    mesh = into.data
    if not mesh.shape_keys:
        write_positions(mesh, np.concatenate(positions, axis=1))
    if normals:
        domain, values = normals
        if domain:
            mesh.attributes.remove(mesh.attributes[CUSTOM_NORMALS])
            mesh.attributes.new(CUSTOM_NORMALS, "FLOAT_VECTOR", domain).data.foreach_set("vector", values.ravel())
        else:
            mesh.update()
            mesh.normals_split_custom_set(values)
    mesh.update()
    bpy.data.batch_remove([mesh for mesh in meshes if not mesh.users])


def _lost_normals(parts: Sequence[Object], relative: Sequence[Doubles], *, mirrored: bool) -> tuple[str, Floats] | None:
    """The custom normals of all parts one after the other, each through its (4, 4) matrix, and their domain.

    None where all are relative to the faces around a corner: those Blender keeps when it joins, unless one is
    mirrored; then the domain is "". Plain directions it turns by the rotation of the first object alone (5.0 to 5.2).
    """
    stored = [part.data.attributes.get(CUSTOM_NORMALS) for part in parts]
    free = [one.domain if one and one.data_type == "FLOAT_VECTOR" else "" for one in stored]
    if not any(free) and not (mirrored and any(part.data.has_custom_normals for part in parts)):
        return None
    domain = "POINT" if set(free) == {"POINT"} else "CORNER" if any(free) else ""
    values = []
    for part, matrix in zip(parts, relative, strict=True):
        mesh = part.data
        asked = mesh.attributes[CUSTOM_NORMALS].data if domain == "POINT" else mesh.corner_normals
        normals = np.empty((len(asked), 3), np.float32)
        asked.foreach_get("vector", normals.ravel())
        values.append(turned_normals(normals, matrix))
    return domain, np.concatenate(values)


def _all_pieces(pieces: Sequence[Pieces]) -> Pieces:
    """The pieces of several parts one after the other."""
    firsts = np.cumsum([0, *(len(some.names) for some in pieces[:-1])], dtype=np.int32)
    numbers = np.concatenate([some.numbers + first for some, first in zip(pieces, firsts, strict=True)])
    names = [name for some in pieces for name in some.names]
    colours = [colour for some in pieces for colour in some.colours]
    materials = [material for some in pieces for material in some.materials]
    return Pieces(numbers, names, colours, materials, [name for some in pieces for name in some.meshes])
