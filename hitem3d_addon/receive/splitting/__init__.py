# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which parts a file tells apart, and by what: by evidence, since no file says so."""

DOORS = (
    "split",
    "told",
    "told_report",
    "ways",
    "whole",
)
