# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a result's file to parts in the scene: made safe, imported, told apart, named, put in place, reported."""

DOORS = (
    "brought",
    "importers",
    "importing",
)
