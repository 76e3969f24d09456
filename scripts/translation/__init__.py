# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that the add-on shows, and the .po files of the languages that it speaks."""
