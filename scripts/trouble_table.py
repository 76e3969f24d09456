# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/trouble_table.py: writes every error of the add-on, and its remedy, into docs/errors.md.

An error is a sentence on what happened and one on what to do, so the table is the errors themselves, as they stand in
the source.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator

from environment import REPOSITORY

PAGE = REPOSITORY / "docs" / "errors.md"
BEGIN, END = "<!-- errors: written by scripts/trouble_table.py -->\n", "<!-- end of errors -->\n"


@functools.cache
def templates() -> list[str]:
    """The English templates of all errors that the add-on raises, in alphabetical order."""
    trees = [ast.parse(file.read_text("utf-8")) for file in sorted((REPOSITORY / "hitem3d_addon").rglob("*.py"))]
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    errors = {"Hitem3DError"}
    while more := {name for name, above in bases.items() if above & errors} - errors:
        errors |= more
    return sorted({text for tree in trees for text in _raised(tree, errors)}, key=_shown)


def _raised(tree: ast.AST, errors: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in errors and node.args:
            template = node.args[0]
            if isinstance(template, ast.Constant) and isinstance(template.value, str):
                yield template.value


def table() -> str:
    """The errors as a table in Markdown: what happened, and what to do."""
    lines = []
    for template in map(_shown, templates()):
        # What comes out of Blender or the system ends with a full stop of its own.
        happened, *remedy = re.split(r"(?<=\.) |(?<=…) (?=[A-Z][a-z])", template, maxsplit=1)
        lines.append(f"| {happened.rstrip('.')} | {(remedy or ['Nothing; it only says so.'])[0]} |")
    return "\n".join(["| It says | Do |", "| --- | --- |", *lines, ""])


def _shown(template: str) -> str:
    """As a reader meets it: with dots for what differs each time."""
    return re.sub(r"\{[^}]*\}", "…", template).replace("|", "\\|")


def with_table(page: str) -> str:
    """The page with the table of today."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


def main() -> None:
    """Write it."""
    PAGE.write_text(with_table(PAGE.read_text("utf-8")), "utf-8")
    print(f"Wrote {len(templates())} errors into {PAGE.relative_to(REPOSITORY)}")


if __name__ == "__main__":
    main()
