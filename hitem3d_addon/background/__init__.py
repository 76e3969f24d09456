# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of the add-on while Blender runs: the agent's process, the one timer, Blender's handlers."""

DOORS = ("sync",)
