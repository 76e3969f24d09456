# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this Blender knows: settings, the connection to the service, records on objects, the tasks that are shown."""

DOORS = (
    "board",
    "connection",
    "exploded",
    "lookup",
    "parts",
    "record",
    "settings",
    "stamps",
)
