# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the skeletons out of a binary FBX: bones become plain nodes, and nothing is bound to them. No ``bpy``.

To make a skeleton the importer of Blender 4.2 to 4.4 needs a window. Parts stand as they were bound, with or without.
"""

from __future__ import annotations

import struct
from pathlib import Path

_WORDS = {b"LimbNode": b"NullNode", b"Cluster": b"Clustre", b"Skin": b"Skip"}
"""What a node is, as the importer knows it, and a word of the same length that it does not know."""


def without_bones(file: Path, folder: Path) -> Path:
    """The file, or where it has bones a copy without, in the folder. Raises OSError."""
    content = file.read_bytes()
    changed = content
    for word, other in _WORDS.items():
        before = b"S" + struct.pack("<I", len(word))  # the type of a value, and its length
        changed = changed.replace(before + word, before + other)
    if changed == content:
        return file
    copy = folder / f"{file.stem} without bones.fbx"
    copy.write_bytes(changed)
    return copy
