# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From objects to a file and a task: what is selected, how large it would be, the export, the submission."""

DOORS = (
    "export",
    "preflight",
    "selection",
    "submission",
)
