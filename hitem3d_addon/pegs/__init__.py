# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives closed parts pegs and holes, where the cut between two of them is flat and wide enough to hold one."""

DOORS = ("add", "places")
