# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the ledger: what may have cost something, as it happened. Rows are only ever added."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from ..data_folder import job_folder
from ..errors import TaskFailedError
from ..task import Task
from ..values import TaskState

_TABLE = """
CREATE TABLE IF NOT EXISTS ledger (
    number INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    event TEXT NOT NULL,
    api_url TEXT NOT NULL,
    uid TEXT NOT NULL DEFAULT '',
    task_id TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    file TEXT NOT NULL DEFAULT '',
    seg_level TEXT NOT NULL DEFAULT '',
    format TEXT NOT NULL DEFAULT '',
    account TEXT NOT NULL DEFAULT '',
    balance REAL NOT NULL DEFAULT 0,
    since INTEGER NOT NULL DEFAULT 0
)"""
"""Versions that do not know it leave it alone: the schema's version stays the same."""

BEGAN, ACCEPTED, UNCERTAIN, REFUSED, REFUNDED, BALANCE = (
    "began",
    "accepted",
    "uncertain",
    "refused",
    "refunded",
    "balance",
)


def note_step(sql: sqlite3.Connection, home: Path, before: Task, after: Task) -> None:
    """Note what a change of a row means for the account, if anything, in the change's own transaction."""
    if event := _event_of(before, after):
        row = sql.execute("SELECT value FROM setting WHERE key = ?", (source_key(after.uid),)).fetchone()
        mesh = after.request.mesh
        own = mesh is not None and mesh.parent == job_folder(home, after.uid)
        file = row["value"] if row else after.request.mesh_url or ("" if own else str(mesh or ""))
        insert(
            sql,
            event=event,
            api_url=after.api_url,
            uid=after.uid,
            task_id=after.task_id,
            name=after.name,
            file=file,
            seg_level=after.request.seg_level.value,
            format=after.request.format.name.lower(),
        )


def source_key(uid: str) -> str:
    """The key under which the store remembers the file that a task came from, such as a .blend."""
    return f"source {uid}"


def _event_of(before: Task, after: Task) -> str:
    if before.state is not TaskState.SENDING and after.state is TaskState.SENDING:
        return BEGAN
    if after.task_id and not before.task_id:
        return ACCEPTED
    if before.state is TaskState.SENDING and after.state is not TaskState.SENDING:
        return UNCERTAIN if after.state is TaskState.UNCERTAIN else REFUSED
    failed = after.state is TaskState.FAILED and before.state is not TaskState.FAILED
    return REFUNDED if failed and after.task_id and after.error_kind == TaskFailedError.__name__ else ""


def insert(sql: sqlite3.Connection, **values: Any) -> None:
    sql.execute(_TABLE)
    values = {name: _plain(value) for name, value in values.items()} | {"time": int(time.time())}
    marks = ", ".join(f":{name}" for name in values)
    sql.execute(f"INSERT INTO ledger ({', '.join(values)}) VALUES ({marks})", values)


def _plain(value: Any) -> Any:
    """The text as SQLite takes it: a path of another encoding holds lone surrogates, which it can't store."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def read_newest(sql: sqlite3.Connection) -> int:
    if not _has_table(sql):
        return 0
    return int(sql.execute("SELECT COALESCE(MAX(number), 0) FROM ledger").fetchone()[0])


def _has_table(sql: sqlite3.Connection) -> bool:
    return bool(sql.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'ledger'").fetchone())


def read_events(sql: sqlite3.Connection, api_url: str, *, latest: int = -1) -> list[sqlite3.Row]:
    if not _has_table(sql):
        return []
    found = sql.execute("SELECT * FROM ledger WHERE api_url = ? ORDER BY number DESC LIMIT ?", (api_url, latest))
    return found.fetchall()[::-1]
