# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From parts in the scene back onto the original mesh: which part each face belongs to, and where that is written.

And parts moved apart, to be looked at.
"""

DOORS = ("applying", "exploding", "separate", "standing", "versions")
