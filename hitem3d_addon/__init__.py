# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hitem3D for Blender: cut a model into parts with the Hitem3D cloud service.

The Blender modules are imported inside ``register()``, so that plain Python can import ``hitem3d_addon.core``.
Whoever starts Blender waits for these, so they load what works on models and tasks when it is asked for. Their values
are of plain classes, or of `core.plain`, in place of named tuples (0.2 ms each) and dataclasses (1 ms), and those with
properties do without ``from __future__ import annotations``: each annotation would be text to compile. A module of its
own takes 0.1 ms.
"""

from importlib import import_module

ADDON = (__package__ or "").removesuffix(".hitem3d_addon")
"""The name under which Blender keeps the add-on and its preferences: that of the folder with the manifest, which holds
this package where a whole clone or an archive of it is installed, and is this package in the zip that users install."""

_MODULES = (
    "ui.translations",
    "session.settings",
    "session.connection",
    "session.board",
    "background.handlers",
    "send.preflight",
    "ui.paying",
    "ui.segment",
    "ui.parts",
    "ui.closing",
    "ui.pegs",
    "ui.export",
    "ui.explode",
    "ui.part_tools",
    "ui.tasks",
    "ui.account",
    "ui.sidebar",
    "ui.task_list",
    "ui.task_panels",
    "ui.parts_list",
    "ui.ready",
    "ui.preferences",
    "ui.menus",
    "cli.command_line",
)
"""Each has register() and unregister(); in the order in which they build on one another."""


def register() -> None:
    import bpy

    if hasattr(bpy.types, "HITEM3D_OT_create_task"):
        # From a zip and from a repository at once: the one would take the other's classes away when it is disabled.
        raise RuntimeError("Hitem3D is enabled already, from another place. Disable that one in the preferences first.")
    for name in _MODULES:
        import_module(f".{name}", __package__).register()


def unregister() -> None:
    for name in reversed(_MODULES):
        import_module(f".{name}", __package__).unregister()
