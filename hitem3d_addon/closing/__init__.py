# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the parts of an import where they were cut, each pair of neighbours with one and the same surface."""

DOORS = ("close", "crossings", "loops", "reading")
