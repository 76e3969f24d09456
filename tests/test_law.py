# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The law between the rooms: who may import whom, through which doors, and that no file imports itself in a circle.

Every import of every file counts, wherever it stands: a lazy one is as much an arrow as one at the top.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "hitem3d_addon"

CORE = {"core", "core.service", "core.tasks"}
LAW: dict[str, set[str]] = {
    "": {"cli"},  # `python -m hitem3d_addon` is the command line; the names in __init__.py are everybody's
    "core": set(),
    "core.service": {"core"},
    "core.tasks": {"core", "core.service"},
    "core.agent": CORE,
    "mesh": {"core"},
    "session": CORE,
    "send": {*CORE, "mesh", "session"},
    "receive": {
        *CORE,
        "mesh",
        "session",
        "receive.untrusted",
        "receive.readers",
        "receive.splitting",
        "receive.placing",
    },
    "receive.untrusted": {"core"},
    "receive.readers": {"core", "mesh", "receive.untrusted"},
    "receive.splitting": {"core", "mesh", "receive.readers"},
    "receive.placing": {"core", "mesh", "session"},
    "apply": {*CORE, "mesh", "session"},
    "parts": {"apply", "core", "mesh", "session"},
    "export": {"core", "mesh"},
    "closing": {"core", "mesh"},
    "pegs": {"closing", "core", "mesh"},
    "background": {*CORE, "session", "receive"},
    "locale": set(),
    "ui": {
        *CORE,
        "mesh",
        "session",
        "send",
        "receive",
        "apply",
        "parts",
        "export",
        "closing",
        "pegs",
        "background",
        "locale",
    },
    "cli": {*CORE, "mesh", "session", "send", "receive", "apply", "export", "closing", "pegs"},
}
"""Each room, and the rooms that it may import. docs/architecture.md draws it."""

NO_BLENDER = (
    "core",
    "export.three_mf",
    "receive.readers",
    "receive.untrusted",
    "mesh.arrays",
    "mesh.components",
    "mesh.glb",
    "mesh.shells",
)
"""Rooms and files that work without Blender."""
BLENDER = {"bpy", "bpy_extras", "bmesh", "mathutils", "idprop", "gpu", "blf", "addon_utils"}
NO_NUMPY = ("core",)
THREADS = {"threading", "concurrent.futures", "multiprocessing", "asyncio"}


class Arrow(NamedTuple):
    """One import: which file imports which file of the package, and what of it."""

    source: str
    target: str
    name: str


def name_of(file: Path, package: Path) -> str:
    """``core.tasks.store`` for core/tasks/store.py, ``core.tasks`` for its __init__.py."""
    parts = file.relative_to(package).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def files_of(package: Path) -> dict[str, Path]:
    return {name_of(file, package): file for file in sorted(package.rglob("*.py"))}


def room_of(name: str, package: Path) -> str:
    """The innermost folder that a file, or a folder, lies in."""
    return name if (package / name.replace(".", "/")).is_dir() else name.rpartition(".")[0]


def arrows_of(name: str, files: dict[str, Path]) -> Iterator[Arrow]:
    """What one file imports of the package."""
    file = files[name]
    folder = name.split(".") if file.name == "__init__.py" and name else name.split(".")[:-1]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*folder[: len(folder) - node.level + 1], *(node.module or "").split(".")]
            module = ".".join(filter(None, base))
            for alias in node.names:
                whole = f"{module}.{alias.name}".lstrip(".")
                yield Arrow(name, whole, "") if whole in files else Arrow(name, module, alias.name)


def all_arrows(package: Path) -> list[Arrow]:
    files = files_of(package)
    return [arrow for name in files for arrow in arrows_of(name, files)]


def outside_modules(file: Path) -> set[str]:
    """The modules of others that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


def doors_of(room: str, package: Path) -> tuple[str, ...]:
    """What a room's __init__.py names as its DOORS."""
    for node in ast.parse((package / room.replace(".", "/") / "__init__.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOORS":
            return tuple(ast.literal_eval(node.value))
    return ()


def breaches(package: Path) -> list[str]:
    """Each import that the law does not allow, or that does not go through a door."""
    found = []
    for source, target, name in all_arrows(package):
        inner, outer = room_of(source, package), room_of(target, package)
        if inner == outer or not outer:
            continue
        if outer not in LAW[inner]:
            found.append(f"{source} imports {target}: {inner or 'the root'} may not import {outer}")
        elif target.removeprefix(outer + ".") not in doors_of(outer, package) or name.startswith("_"):
            found.append(f"{source} imports {target} {name}: not a door of {outer}")
    return found


def circle(package: Path) -> list[str]:
    """Files that import one another in a circle; none where there is none."""
    graph: dict[str, set[str]] = {name: set() for name in files_of(package)}
    for source, target, name in all_arrows(package):
        if target or name:
            graph[source].add(target)
    del graph[""]  # register() imports them all
    for targets in graph.values():
        targets.discard("")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_room_is_in_the_law() -> None:
    rooms = {name_of(file, PACKAGE) for file in PACKAGE.rglob("__init__.py")}
    assert rooms == LAW.keys()


def test_nobody_imports_what_the_law_forbids() -> None:
    assert not breaches(PACKAGE)


def test_no_circles() -> None:
    assert not circle(PACKAGE)


def test_every_door_is_used_by_somebody() -> None:
    used = {target for source, target, _ in all_arrows(PACKAGE) if room_of(source, PACKAGE) != room_of(target, PACKAGE)}
    for room in LAW.keys() - {""}:
        shut = [door for door in doors_of(room, PACKAGE) if f"{room}.{door}" not in used]
        assert not shut, f"doors of {room} that nobody uses: {shut}"


@pytest.mark.parametrize("name", [name for name in files_of(PACKAGE) if name.startswith(NO_BLENDER)])
def test_these_know_no_blender(name: str) -> None:
    file = files_of(PACKAGE)[name]
    forbidden = BLENDER | ({"numpy"} if name.startswith(NO_NUMPY) else set())
    assert not {module.partition(".")[0] for module in outside_modules(file)} & forbidden
    assert "context" not in {
        node.id for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Name)
    }


def test_no_threads_on_blender_s_side() -> None:
    """Python threads inside Blender are unsupported: they crash it."""
    for name, file in files_of(PACKAGE).items():
        assert name.startswith("core") or not outside_modules(file) & THREADS, name


def test_plain_python_can_import_core() -> None:
    code = (
        "import sys; import hitem3d_addon.core.tasks.workflow, hitem3d_addon.core.agent.main\n"
        "import hitem3d_addon.receive.untrusted.archive\n"
        "assert not {'bpy', 'numpy', 'requests'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, check=True)


def house(folder: Path, **files: str) -> Path:
    """A small package with the rooms of the law."""
    for room in LAW:
        (folder / room.replace(".", "/")).mkdir(parents=True, exist_ok=True)
        (folder / room.replace(".", "/") / "__init__.py").write_text("DOORS = ('door',)\n")
    for name, text in files.items():
        (folder / (name.replace("__", "/") + ".py")).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("session__stamps", "from ..background import door\n"),
        ("send__submission", "from ..receive.door import anything\n"),
        ("send__submission", "def later():\n    from ..receive.door import anything\n"),
        ("core__store", "from ..session.door import anything\n"),
        ("core__agent__main", "from ..agent import door\nfrom ...mesh import door\n"),
        ("mesh__glb", "if TYPE_CHECKING:\n    from ..session.door import Anything\n"),
        ("ui__panel", "from ..send.inside import anything\n"),
        ("ui__panel", "from ..send.door import _anything\n"),
    ],
)
def test_the_law_is_noticed_where_it_is_broken(file: str, text: str, tmp_path: Path) -> None:
    """The tests above find every forbidden import: at the top, in a function, for types only, past a door."""
    package = house(tmp_path, send__inside="", send__door="", receive__door="", session__door="", mesh__door="",
                    background__door="", core__agent__door="")  # fmt: skip
    assert not breaches(package)
    (package / (file.replace("__", "/") + ".py")).write_text(text)
    assert len(breaches(package)) == 1


def test_a_circle_is_noticed(tmp_path: Path) -> None:
    package = house(tmp_path, ui__a="def later():\n    from .b import x\n", ui__b="from . import c\n", ui__c="")
    assert not circle(package)
    (package / "ui" / "c.py").write_text("def later():\n    from .a import y\n")
    assert set(circle(package)) == {"ui.a", "ui.b", "ui.c"}


def test_the_law_is_drawn_as_it_is() -> None:
    """The table in docs/architecture.md."""
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")
    table = re.search(r"^\| Room \| May import \|\n\| --- \| --- \|\n((?:\|.*\n)+)", page, re.MULTILINE)
    assert table
    rows = (line.split("|")[1:3] for line in table[1].splitlines())
    drawn = {room.strip(" `"): set(re.findall(r"`([^`]+)`", rooms)) for room, rooms in rows}
    assert drawn == {room: rooms for room, rooms in LAW.items() if room}
