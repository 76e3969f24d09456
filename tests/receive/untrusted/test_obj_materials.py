# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pictures the materials of an OBJ may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from hitem3d_addon.receive.untrusted.obj_materials import confined


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        (b"map_Kd red.png", None),
        (b"map_Kd -o 0 0 0 textures/red light.png", None),
        (b"map_Kd textures\\red.png", None),
        (b"Kd 1 1 1", None),
        (b"map_Kd /nowhere/red.png", b"map_Kd red.png"),
        (b"map_Kd \\\\host.invalid\\share\\red light.png", b"map_Kd red light.png"),
        (b"map_Kd //host.invalid/share/red.png", b"map_Kd red.png"),
        (b"  MAP_KD -o 0 0 0 //host.invalid/share/red.png", b"MAP_KD red.png"),
        (b"bump -bm 1 C:\\red.png", b"bump red.png"),
        (b"norm ../../red.png", b"norm red.png"),
        (b"refl -type sphere http://host.invalid/red.png", b"refl red.png"),
        (b'map_Ks "//host.invalid/red.png"', b'map_Ks red.png"'),
        (b"map_Kd \\\n//host.invalid/red.png", b"map_Kd red.png"),
    ],
)
def test_only_what_lies_beside_it(tmp_path: Path, line: bytes, becomes: bytes | None) -> None:
    file = tmp_path / "any.txt"
    file.write_bytes(b"newmtl red\n" + line + b"\nd 1\n")
    assert confined(file) == (None if becomes is None else b"newmtl red\n" + becomes + b"\nd 1\n")


def test_other_files_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "model.obj"
    file.write_bytes(b"")
    assert confined(file) is None
    file.write_bytes(b"v 0 0 0\nmap_Kd //host.invalid/red.png\n")
    assert confined(file) is None
