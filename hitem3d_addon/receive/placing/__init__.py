# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the parts belong: on the object as it stands now, told by comparing surfaces."""

DOORS = (
    "movement",
    "place",
    "placement",
)
