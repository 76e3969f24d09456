# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program for each writer: ``PACKAGES`` says what it needs, ``write`` writes its files."""
