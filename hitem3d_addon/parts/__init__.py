# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with the parts of an import once they are here: joined, cut into pieces again, renamed, deleted."""

DOORS = ("deleting", "isolating", "merging", "naming", "splitting")
