# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Blender loads where this whole folder is installed, such as an archive of the repository: hitem3d_addon.

The zip that scripts/build.py makes has hitem3d_addon itself as its top, and not this file.
"""

from .hitem3d_addon import register, unregister

__all__ = ["register", "unregister"]
