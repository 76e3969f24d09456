# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts in the scene -> files for others: 3MF for printers, and what Blender's own exporters write."""

DOORS = ("part_files", "part_list", "solids")
