# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's handlers: what is done after each undo, redo, load and save, and once after the start."""

from __future__ import annotations

import os
import sys

import bpy
from bpy.app.handlers import persistent

from ..core.data_folder import TASK_LIST, data_folder
from ..session.board import board
from ..session.record import read_newest_record
from ..session.stamps import stamp, stamp_parts


def _resume_soon() -> None:
    """Look for tasks that were left under way, a moment later: else whoever opens a file would wait for that."""
    if not bpy.app.background and not bpy.app.timers.is_registered(_resume):
        bpy.app.timers.register(_resume, first_interval=1.0, persistent=True)


def _resume() -> None:
    if (data_folder(os.environ) / TASK_LIST).is_file():
        from . import sync

        sync.wake()


def _remember_records() -> None:
    """Once, right after the start: records from before an upgrade or a reload of the add-on must survive undo, too."""
    for obj in bpy.data.objects:
        if obj.session_uid not in board.records and obj.is_editable and (record := read_newest_record(obj)):
            board.remember_record(obj, record)


@persistent
def _after_undo(*_: object) -> None:
    stamp()


@persistent
def _after_save(*_: object) -> None:
    board.note_saved()


@persistent
def _after_load(*_: object) -> None:
    board.forget_file()
    stamp()
    stamp_parts()
    _resume_soon()  # the file may bring tasks that this Blender has not seen yet


_HANDLERS = (
    (bpy.app.handlers.undo_post, _after_undo),
    (bpy.app.handlers.redo_post, _after_undo),
    (bpy.app.handlers.load_post, _after_load),
    (bpy.app.handlers.save_post, _after_save),
)


def register() -> None:
    for handlers, handler in _HANDLERS:
        handlers.append(handler)
    if not bpy.app.background:
        # Not here: while it enables an add-on, Blender gives no access to its data.
        bpy.app.timers.register(_remember_records, first_interval=0.0, persistent=True)
    _resume_soon()


def unregister() -> None:
    for handlers, handler in _HANDLERS:
        handlers.remove(handler)
    for timer in (_remember_records, _resume):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    if sync := sys.modules.get(f"{__package__}.sync"):
        sync.stop()
