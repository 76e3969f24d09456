# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local Hitem3D: a real server that speaks the documented contract and really segments what it is sent."""
