# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of errors in docs/errors.md is that of today."""

from __future__ import annotations

from trouble_table import PAGE, templates, with_table


def test_the_page_has_every_error() -> None:
    """Otherwise run: python3 scripts/trouble_table.py"""
    page = PAGE.read_text("utf-8")
    assert with_table(page) == page


def test_errors_of_every_kind_are_found() -> None:
    found = " ".join(templates())
    for words in ("There are no keys", "can't be used", "may have been created", "is hidden", "has no NumPy"):
        assert words in found
