# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's table of errors is that of today."""

from __future__ import annotations

from trouble_table import README, templates, with_table


def test_the_readme_has_every_error() -> None:
    """Otherwise run: python3 scripts/trouble_table.py"""
    readme = README.read_text("utf-8")
    assert with_table(readme) == readme


def test_errors_of_every_kind_are_found() -> None:
    found = " ".join(templates())
    for words in ("There are no keys", "can't be used", "may have been created", "is hidden", "has no NumPy"):
        assert words in found
