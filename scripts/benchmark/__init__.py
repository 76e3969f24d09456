# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the benchmark: what is measured beside what. scripts/bench.py runs them."""
