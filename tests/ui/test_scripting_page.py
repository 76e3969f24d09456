# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/scripting.md has the operators, their properties and defaults as they are, and every environment variable."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import bpy
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "scripting.md").read_text("utf-8")
CALLS = {
    call: ast.parse(f"f{values}", mode="eval").body
    for call, values in re.findall(r"^\| `hitem3d\.(\w+)(\(.*?\))` \|", PAGE, re.MULTILINE)
}


@pytest.mark.usefixtures("addon")
@pytest.mark.parametrize("name", CALLS)
def test_the_page_has_every_property_of_an_operator(name: str) -> None:
    call = CALLS[name]
    assert isinstance(call, ast.Call)
    described = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    known = getattr(bpy.ops.hitem3d, name).get_rna_type().properties
    assert described == {
        prop.identifier: round(prop.default, 6) if prop.type == "FLOAT" else prop.default  # Blender has float32
        for prop in known
        if prop.identifier != "rna_type" and not prop.is_hidden
    }


def test_the_page_has_the_operators_for_scripts() -> None:
    assert CALLS.keys() == {
        "create_task",
        "query_task",
        "import_result",
        "apply_parts",
        "apply_parts_to_selected",
        "explode_parts",
        "merge_parts",
        "split_parts",
        "rename_part",
        "solo_parts",
        "next_part",
        "delete_parts",
        "close_parts",
        "add_pegs",
        "export_parts",
    }


@pytest.mark.usefixtures("addon")
@pytest.mark.parametrize(
    ("operator", "prop"),
    [
        ("create_task", "source"),
        ("import_result", "parts"),
        ("apply_parts", "target"),
        ("apply_parts_to_selected", "target"),
        ("add_pegs", "shape"),
    ],
)
def test_the_page_has_every_choice(operator: str, prop: str) -> None:
    items = getattr(bpy.ops.hitem3d, operator).get_rna_type().properties[prop].enum_items
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `hitem3d.{operator}("))
    assert not [item.identifier for item in items if item.identifier not in row]


def test_the_page_has_every_environment_variable() -> None:
    sources = " ".join(file.read_text("utf-8") for file in (REPOSITORY / "hitem3d_addon").rglob("*.py"))
    read = set(re.findall(r"\"(HITEM3D_[A-Z_0-9]+)\"", sources))
    assert read == set(re.findall(r"`(HITEM3D_[A-Z_0-9]+)`", PAGE))
