# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that the add-on shows, found in its source: what a translation has to cover."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "hitem3d_addon"

ATTRIBUTES = frozenset({"bl_label", "bl_description"})
KEYWORDS = frozenset({"text", "heading", "title", "confirm_text"})
"""Of layouts and dialogs; Blender looks them up."""
LOOKED_UP = frozenset({"pgettext", "pgettext_iface", "pgettext_tip", "pgettext_rpt", "pgettext_data", "pgettext_n"})
ANYWHERE, ON_OPERATORS = "*", "Operator"
"""Blender's contexts: of everything, and of operators' labels and buttons."""
FINISHED = LOOKED_UP | {"translated"}
"""What they give is in the user's language, so it need not be found again."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands, or where one should: the file's path within the package, and the line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


COMMANDS = ("cli/*.py", "__main__.py", "core/model_file.py", "core/tasks/batch.py", "core/tasks/outcome.py")
"""What only a terminal shows."""


class VisibleTexts:
    """What `found` holds is shown and has to have a translation; what `lost` holds is shown and can't have one.

    A text counts as found where it is a literal, one of several literals, a local name or parameter that is given one
    in the same file, or a constant of the package. User data says that it is none: ``translate=False``.
    """

    def __init__(self, package: Path = PACKAGE) -> None:
        self.found: dict[tuple[str, str], list[Place]] = {}
        """By context and text, as Blender looks them up; with every place where the text stands."""
        self.lost: list[str] = []
        self._package = package
        # What runs in a terminal speaks English, like Blender's own command line.
        of_commands = {file for name in COMMANDS for file in package.glob(name)}
        files = [file for file in sorted(package.rglob("*.py")) if file not in of_commands]
        self._trees = {file: ast.parse(file.read_text("utf-8")) for file in files}
        self._errors = {"Message", *_error_classes(self._trees.values())}
        for file, tree in self._trees.items():
            self._file, self._tree = file, tree
            self._read(tree, [])

    def _read(self, node: ast.AST, functions: list[ast.FunctionDef]) -> None:
        match node:
            case ast.ClassDef():
                self._read_class(node)
            case ast.Call():
                self._read_call(node, functions)
            case ast.FunctionDef():
                functions = [*functions, node]
        for child in ast.iter_child_nodes(node):
            self._read(child, functions)

    def _read_class(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            if isinstance(statement, ast.Assign) and _name(statement.targets[0]) in ATTRIBUTES:
                is_operator = "_OT_" in node.name and _name(statement.targets[0]) == "bl_label"
                self._take(statement.value, [], "a label", context=ON_OPERATORS if is_operator else ANYWHERE)
        if "_OT_" in node.name:
            if tooltip := ast.get_docstring(node):
                self._keep(tooltip, node)
            else:
                self._lose(node, "an operator's tooltip, its docstring")

    def _read_call(self, call: ast.Call, functions: list[ast.FunctionDef]) -> None:
        name = _name(call.func)
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        if name in self._errors:
            if call.args and not _is_kept_template(call.args[0]):
                self._take(call.args[0], functions, "the template of a message")
            values = [*call.args[1:2], *(keyword.value for keyword in call.keywords)]
            for node in (node for value in values for node in ast.walk(value)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip(" ,"):
                    self._lose(node, f"words among the values of a message: {node.value!r}")
        elif name in LOOKED_UP:
            if not _is_kept_template(call.args[0]):
                context = _context(call.args[1]) if len(call.args) > 1 else ANYWHERE
                self._take(call.args[0], functions, f"what {name} looks up", context=context)
        elif name.endswith("Property") and isinstance(call.func, ast.Name):
            for key in ("name", "description"):
                if key in keywords:
                    self._take(keywords[key], functions, f"a property's {key}")
            if "items" in keywords:
                self._take_items(keywords["items"])
        elif name in ("poll_message_set", "report", "draw_text"):
            # These show what they are given as it is.
            text = call.args[{"poll_message_set": 0, "report": 1, "draw_text": 2}[name]]
            for literal in self._texts(text, functions) or ():
                self._lose(text, f"{name} of a text that was not looked up: {literal!r}")
        elif isinstance(call.func, ast.Attribute):
            as_it_is = ast.unparse(keywords.get("translate", call.func)) == "False"
            context = _context(keywords["text_ctxt"]) if "text_ctxt" in keywords else _context(call.func)
            for key in sorted(KEYWORDS & keywords.keys()):
                if as_it_is and not self._texts(keywords[key], functions):
                    continue
                self._take(keywords[key], functions, f"{key}= of {name}, which may be user data,", context=context)
            if name == "undo_push":
                self._take(keywords["message"], functions, "the name of an undo step", context=ON_OPERATORS)

    def _take(self, node: ast.expr, functions: list[ast.FunctionDef], what: str, *, context: str = ANYWHERE) -> None:
        texts = self._texts(node, functions)
        if texts is None:
            self._lose(node, f"{what} is no literal: {ast.unparse(node)}")
        for text in sorted(texts or ()):
            self._keep(text, node, context)

    def _keep(self, text: str, node: ast.expr | ast.stmt, context: str = ANYWHERE) -> None:
        if any(letter.isalpha() for letter in text):
            self.found.setdefault((context, text), []).append(self._place(node))

    def _lose(self, node: ast.expr | ast.stmt, what: str) -> None:
        self.lost.append(f"{self._place(node)}: {what}")

    def _place(self, node: ast.expr | ast.stmt) -> Place:
        return Place(self._file.relative_to(self._package).as_posix(), node.lineno)

    def _texts(self, node: ast.expr, functions: list[ast.FunctionDef]) -> set[str] | None:
        """The literals that an expression may be; empty where it was looked up; None where nobody can tell."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.IfExp():
                return _union(self._texts(one, functions) for one in (node.body, node.orelse))
            case ast.BoolOp():
                return _union(self._texts(one, functions) for one in node.values)
            case ast.Call(func=ast.Attribute(attr="format", value=template)):
                return set() if self._texts(template, functions) == set() else None
            case ast.Call():
                return set() if _name(node.func) in FINISHED else None
            case ast.Name() if functions:
                return self._texts_of_name(node, functions)
        return None

    def _texts_of_name(self, node: ast.Name, functions: list[ast.FunctionDef]) -> set[str] | None:
        """What a local name is set to, or what the callers in this file give for a parameter."""
        name, function = node.id, functions[-1]
        given = [value.value for value in _assigned(function, name, before=node.lineno)]
        parameters = [argument.arg for argument in function.args.args]
        if not given and name in parameters:
            calls = [n for n in ast.walk(self._tree) if isinstance(n, ast.Call) and _name(n.func) == function.name]
            position = parameters.index(name)
            given = [call.args[position] for call in calls if len(call.args) > position]
            return _union(self._texts(value, []) for value in given)
        return _union(self._texts(value, functions) for value in given)

    def _take_items(self, node: ast.expr) -> None:
        """The names and descriptions of an enumeration, which is a list here, or a constant of the package."""
        match node:
            case ast.Name(id=constant):
                node = _constant(self._tree, constant) or node
            case ast.Attribute(value=ast.Name(id=module), attr=constant):
                tree = next((tree for file, tree in self._trees.items() if file.stem == module), ast.Module([], []))
                node = _constant(tree, constant) or node
        if not isinstance(node, ast.List):
            self._lose(node, f"the items of an enumeration are no list: {ast.unparse(node)}")
            return
        for item in node.elts:
            assert isinstance(item, ast.Tuple)
            for text in item.elts[1:3]:
                self._take(text, [], "an item of an enumeration")


def _name(node: ast.AST) -> str:
    """``name`` for ``name`` and ``anything.name``."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _assigned(function: ast.FunctionDef, name: str, *, before: int) -> list[ast.Assign]:
    """What a name was set to last before a line; by each branch, where branches did it."""
    found = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and name in map(_name, node.targets) and node.lineno < before
    ]
    if not found:
        return []
    last = max(found, key=lambda node: node.lineno)
    branches = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.If) and node.lineno < last.lineno <= (node.end_lineno or 0) < before
    ]
    return [node for node in found if node.lineno >= branches[0].lineno] if branches else [last]


def _context(node: ast.expr) -> str:
    """The context that a name stands for, or in which a method of a layout looks its text up."""
    return ON_OPERATORS if _name(node) in ("operator", "operator_menu_enum", "operator_default") else ANYWHERE


def _union(found: Iterable[set[str] | None]) -> set[str] | None:
    """All of them together; None where there are none, or where one is unknown."""
    texts = list(found)
    known = [one for one in texts if one is not None]
    return set().union(*known) if texts and len(known) == len(texts) else None


def _constant(tree: ast.Module, name: str) -> ast.expr | None:
    return next((n.value for n in tree.body if isinstance(n, ast.Assign) and _name(n.targets[0]) == name), None)


def _error_classes(trees: Iterable[ast.Module]) -> set[str]:
    """The names of Hitem3DError and of all that descend from it."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = {"Hitem3DError"}
    while more := {node.name for node in classes if known & set(map(_name, node.bases))} - known:
        known |= more
    return known


def _is_kept_template(node: ast.expr) -> bool:
    """Whether it is the template of another message, or is unpacked from where one was kept."""
    match node:
        case ast.Attribute(attr="template") | ast.Subscript(slice=ast.Constant(value="template")) | ast.Starred():
            return True
        case ast.Name(id="template"):
            return True
    return False
