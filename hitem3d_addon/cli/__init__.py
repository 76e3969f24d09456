# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``blender --command hitem3d`` and ``python -m hitem3d_addon``: arguments, runs, output, exit codes.

Nobody imports it.
"""

DOORS = ("command_line", "output")
