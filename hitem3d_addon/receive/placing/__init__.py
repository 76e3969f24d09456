# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds out where the parts belong on the object as it is now, by comparing surfaces."""

DOORS = (
    "movement",
    "place",
    "placement",
)
