#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
# trimesh 5.2.0 exports a box whose units are "inch" as 3MF and loads it again.
# Expected: unit="inch" in the file, or the numbers in millimetres: 25.4.
# Seen:     unit="millimeter" and the numbers as they were, so the box is printed 25.4 times too small; reading does keep "inch".
. "$(dirname "$(readlink -f "$0")")/common.bash"

python_with 3.11 trimesh==5.2.0 numpy==2.4.6 networkx==3.6.1 lxml==6.1.3 <<'P'
import re
import zipfile

import trimesh

box = trimesh.creation.box()
box.units = "inch"
box.export("box.3mf")
with zipfile.ZipFile("box.3mf") as archive:
    names = archive.namelist()
    model = archive.read("3D/3dmodel.model").decode()
    files = {name: archive.read(name) for name in names}
written = re.search(r'<model[^>]*unit="(\w+)"', model)[1]
back = trimesh.load_scene("box.3mf")
files["3D/3dmodel.model"] = model.replace('unit="millimeter"', 'unit="inch"').encode()
with zipfile.ZipFile("inch.3mf", "w") as archive:
    for name, content in files.items():
        archive.writestr(name, content)
inch = trimesh.load_scene("inch.3mf")
print("in the file:", written, "loaded:", back.units, back.extents.tolist(), "a file in inch:", inch.units)
assert (written, back.units, inch.units) == ("millimeter", "millimeter", "inch")
assert back.extents.round(6).tolist() == [1, 1, 1]
P
