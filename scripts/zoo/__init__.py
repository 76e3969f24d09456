# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small models of our own, written by many programs as each of them does: what an import has to get right."""
