# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task list: one SQLite file in the data folder, shared by every Blender and every script of the user.

A task's row exists before its request, and each step is committed before the next is taken, so that the work can go on
whatever process dies. The journal is SQLite's rollback journal: WAL needs shared memory, which network folders lack.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from ..data_folder import TASK_LIST, make_folder
from ..errors import Message, StoreError, TaskFailedError, UncertainError, forgotten
from ..task import SegmentationRequest, Task
from ..values import TaskState
from .id_note import read_note, reserve_note
from .ledger_events import note_step
from .owner import Owner, exclusive
from .rows import COLUMNS, failure_fields, to_row, to_sql, to_task

SCHEMA_VERSION = 2
DAMAGED = "tasks-damaged-"

_SCHEMA = """
CREATE TABLE task (
    uid TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    api_url TEXT NOT NULL,
    seg_level TEXT NOT NULL,
    format INTEGER NOT NULL,
    mesh TEXT NOT NULL,
    mesh_url TEXT NOT NULL,
    callback_url TEXT NOT NULL,
    state TEXT NOT NULL,
    created INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    service_state TEXT NOT NULL,
    submitted INTEGER NOT NULL,
    finished INTEGER NOT NULL,
    result TEXT NOT NULL,
    error TEXT NOT NULL,
    error_kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content TEXT NOT NULL DEFAULT ''
);
CREATE INDEX task_revision ON task (revision);
CREATE INDEX task_task_id ON task (task_id);
CREATE INDEX task_content ON task (content);
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE counter (revision INTEGER NOT NULL);
INSERT INTO counter VALUES (0);
"""

_MIGRATIONS: Mapping[int, str] = {
    1: """
ALTER TABLE task ADD COLUMN content TEXT NOT NULL DEFAULT '';
CREATE INDEX task_content ON task (content);
""",
}
"""What leads from each schema version to the next."""


class TaskStore:
    """The task list in a data folder. One instance a thread; instances and processes may share the file.

    ``timeout`` is how many seconds a call waits for another process's write; 0 gives up at once (`is_locked` tells).
    ``notice`` says what happened to a damaged file, which is set aside, never emptied.
    """

    def __init__(self, home: Path, *, timeout: float = 10.0) -> None:
        self.home = make_folder(home)
        self.notice: Message | None = None
        self._timeout = timeout
        self._path = home / TASK_LIST
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            if not _is_damaged(error):
                raise self._unusable(error) from error
            self._connection = self._open_anew()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> TaskStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- tasks

    def add(self, task: Task) -> Task:
        """Put a new task in the list; gives the row as committed. Its revision is set here."""
        with self._transaction("IMMEDIATE") as sql:
            return self._insert(sql, task)

    def add_once(self, task: Task, *, retry: bool = True) -> tuple[Task, bool]:
        """Put a task in the list unless its content is there already, asked of the same service with the same options.

        Gives the row that counts, and whether it is new. What was refused, stopped before it was sent, or failed at the
        service (which is refunded) does not count, except that without ``retry`` the last does; what may have been paid
        for always counts. Looking and adding are one transaction, so of two processes only one gets a new row.
        """
        with self._transaction("IMMEDIATE") as sql:
            known = self._find_same(sql, task, retry)
            return (known, False) if known else (self._insert(sql, task), True)

    def find_same(self, content: str, request: SegmentationRequest, api_url: str) -> Task | None:
        """The row that `add_once` would give for such a task; None where it would be new."""
        task = Task("", "", api_url, request, TaskState.PENDING, 0, content=content)
        with self._transaction("DEFERRED") as sql:
            return self._find_same(sql, task, True)

    def _find_same(self, sql: sqlite3.Connection, task: Task, retry: bool) -> Task | None:
        known = sql.execute(
            "SELECT * FROM task WHERE content = :content AND content != '' AND seg_level = :seg_level "
            "AND format = :format AND api_url = :api_url AND (state NOT IN (:failed, :cancelled) "
            "OR (task_id != '' AND error_kind != :refunded)) ORDER BY state = :done DESC, revision DESC LIMIT 1",
            to_row(task)
            | {
                "failed": TaskState.FAILED.value,
                "cancelled": TaskState.CANCELLED.value,
                "done": TaskState.DONE.value,
                "refunded": TaskFailedError.__name__ if retry else "",
            },
        ).fetchone()
        return to_task(dict(known)) if known else None

    def get(self, uid: str) -> Task | None:
        """The task with this uid, or None."""
        return next(iter(self._select("WHERE uid = ?", uid)), None)

    def find(self, task_id: str) -> Task | None:
        """The newest task with this id of the service's, or None."""
        return next(iter(self._select("WHERE task_id = ? ORDER BY revision DESC", task_id)), None) if task_id else None

    def tasks(self, *, newer_than: int = 0, states: Collection[TaskState] = tuple(TaskState)) -> list[Task]:
        """The tasks in these states whose row changed after this revision, the oldest change first."""
        marks = ", ".join("?" * len(states))
        where = f"WHERE revision > ? AND state IN ({marks}) ORDER BY revision"
        return self._select(where, newer_than, *(state.value for state in states))

    def revision(self) -> tuple[int, int]:
        """The newest revision and the count of tasks: where neither changed, nothing did."""
        with self._transaction("DEFERRED") as sql:
            revision, count = sql.execute("SELECT revision, (SELECT COUNT(*) FROM task) FROM counter").fetchone()
        return revision, count

    def update(self, uid: str, *, request: SegmentationRequest | None = None, **changes: Any) -> Task:
        """Commit the changed fields of a task (names as in Task) and give the row as it is now."""
        with self._transaction("IMMEDIATE") as sql:
            return self._write(sql, uid, request, changes)

    def claim(self, uid: str, owner: Owner) -> Task | None:
        """Become the owner of a task, so that nobody else sends, polls or fetches it; None while another owner lives.

        A task that is found SENDING has lost its process between the first byte and the answer. Nobody can know
        whether the service took it, so it becomes UNCERTAIN here, the one place where tasks change hands.
        """
        with self._transaction("IMMEDIATE") as sql:
            task = self._read(sql, uid)
            if task.owner == owner.name:
                return task
            if task.owner and not owner.is_gone(task.owner):
                return None
            changes: dict[str, Any] = {"owner": owner.name}
            if task.state is TaskState.SENDING:
                changes |= self._lost_sender(uid)
            return self._write(sql, uid, None, changes)

    def settle(self, uid: str, owner: Owner) -> Task:
        """If this owner's task is still SENDING, though nothing sends it any more, set the state that is known."""
        with self._transaction("IMMEDIATE") as sql:
            task = self._read(sql, uid)
            if task.owner != owner.name or task.state is not TaskState.SENDING:
                return task
            return self._write(sql, uid, None, self._lost_sender(uid))

    def begin_sending(self, uid: str, owner: Owner, *, again: bool) -> None:
        """Commit SENDING, the moment before the first byte; ``again`` for the one repetition after a refused token.

        Raises StoreError where the task is no longer this owner's to send: then nothing may leave.
        """
        with self._transaction("IMMEDIATE") as sql:
            task = self._read(sql, uid)
            if task.owner != owner.name or task.state is not (TaskState.SENDING if again else TaskState.PENDING):
                raise StoreError(
                    "Another process took the task over, so it was not sent from here. See in the task list how far "
                    "it is."
                )
            try:
                reserve_note(self.home, uid)
            except OSError as error:
                raise self._unusable(error) from error
            self._write(sql, uid, None, {"state": TaskState.SENDING, "error": None, "error_kind": ""})

    def _lost_sender(self, uid: str) -> dict[str, Any]:
        """The fields of a task whose sender is no more: WORKING if the id was noted, else UNCERTAIN."""
        if task_id := read_note(self.home, uid):
            known = {"state": TaskState.WORKING, "task_id": task_id, "submitted": int(time.time())}
            return {**known, "error": None, "error_kind": ""}
        lost = UncertainError(
            "Sending was interrupted, and nobody can know whether the service took the model; it may have been "
            "charged. Look at your tasks at Hitem3D: give the task id if it is there, else send it again."
        )
        return {"state": TaskState.UNCERTAIN, **failure_fields(lost)}

    def release(self, uid: str, owner: Owner) -> None:
        """Stop being the owner. A task that is gone or somebody else's is left alone."""
        with self._transaction("IMMEDIATE") as sql:
            row = sql.execute("SELECT owner FROM task WHERE uid = ?", (uid,)).fetchone()
            if row and row["owner"] == owner.name:
                self._write(sql, uid, None, {"owner": ""})

    def forget(self, uid: str) -> None:
        """Take a task out of the list. Its files are the caller's to remove."""
        with self._transaction("IMMEDIATE") as sql:
            sql.execute("DELETE FROM task WHERE uid = ?", (uid,))

    # ---- what is remembered beside the tasks

    def remember(self, key: str, value: str) -> None:
        """Keep a small fact, such as the authorization scheme that a service takes. Never a secret."""
        with self._transaction("IMMEDIATE") as sql:
            sql.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, value))

    def recall(self, key: str) -> str:
        """What was remembered under this key, or the empty text."""
        with self._transaction("DEFERRED") as sql:
            row = sql.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(row["value"]) if row else ""

    def recall_all(self, prefix: str) -> dict[str, str]:
        """All that was remembered under keys with this prefix."""
        with self._transaction("DEFERRED") as sql:
            rows = sql.execute("SELECT key, value FROM setting WHERE substr(key, 1, ?) = ?", (len(prefix), prefix))
            return {str(row["key"]): str(row["value"]) for row in rows}

    # ---- for the ledger, which lies in the same file

    def reading(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """A transaction that only reads. Raises StoreError."""
        return self._transaction("DEFERRED")

    def writing(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """A transaction that writes: all of it, or nothing. Raises StoreError."""
        return self._transaction("IMMEDIATE")

    # ---- SQLite

    def _open(self) -> sqlite3.Connection:
        with contextlib.suppress(OSError):  # SQLite says what is wrong
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        # Transactions are begun by hand; Python's own handling differs between versions.
        connection = sqlite3.connect(self._path, timeout=self._timeout, isolation_level=None)
        connection.row_factory = sqlite3.Row
        try:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise StoreError(
                    "The task list was made by a newer version of this add-on. Update the add-on to use it: {file}.",
                    file=str(self._path),
                )
            if version < SCHEMA_VERSION:
                self._migrate(connection)
            elif connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("malformed: quick_check")
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the file to SCHEMA_VERSION in one transaction; another process may have done so meanwhile."""
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        scripts = [_SCHEMA] if version == 0 else [_MIGRATIONS[v] for v in range(version, SCHEMA_VERSION)]
        if version < SCHEMA_VERSION:
            for statement in ";".join(scripts).split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")

    def _open_anew(self) -> sqlite3.Connection:
        """Set the damaged file aside and begin a new list; what another process began meanwhile is kept."""
        try:
            with exclusive(self.home / f"{TASK_LIST}.lock", patience=self._timeout):
                try:
                    return self._open()
                except sqlite3.DatabaseError as error:
                    if not _is_damaged(error):
                        raise
                self._set_aside()
                return self._open()
        except (sqlite3.DatabaseError, OSError) as error:
            raise self._unusable(error) from error

    def _set_aside(self) -> None:
        aside = self._path.with_name(f"{DAMAGED}{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.sqlite3")
        self._path.replace(aside)
        # A journal of the damaged file would be rolled back into the new one.
        self._path.with_name(f"{TASK_LIST}-journal").unlink(missing_ok=True)
        self.notice = Message(
            "The task list was damaged. It is kept as {file}, and a new list was begun; "
            "the tasks on the objects of your files still work.",
            {"file": str(aside)},
        )

    def _unusable(self, error: Exception) -> StoreError:
        if is_locked(error):
            return StoreError(
                "The task list is in use by another program. Try again in a moment: {file}.", file=str(self._path)
            )
        return StoreError(
            "The task list can't be used: {file} ({reason}). See that the disk has room and that you may write there.",
            file=str(self._path),
            reason=getattr(error, "strerror", None) or str(error),
        )

    @contextlib.contextmanager
    def _transaction(self, kind: Literal["IMMEDIATE", "DEFERRED"]) -> Iterator[sqlite3.Connection]:
        try:
            self._connection.execute(f"BEGIN {kind}")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _select(self, where: str, *values: str | int) -> list[Task]:
        with self._transaction("DEFERRED") as sql:
            found = sql.execute(f"SELECT * FROM task {where}", [to_sql(value) for value in values])
            return [to_task(dict(row)) for row in found]

    def _read(self, sql: sqlite3.Connection, uid: str) -> Task:
        row = sql.execute("SELECT * FROM task WHERE uid = ?", (uid,)).fetchone()
        if row is None:
            raise forgotten()
        return to_task(dict(row))

    def _write(
        self, sql: sqlite3.Connection, uid: str, request: SegmentationRequest | None, changes: Mapping[str, Any]
    ) -> Task:
        task = self._read(sql, uid)
        changed = task._replace(**changes, revision=self._next_revision(sql), request=request or task.request)
        assignments = ", ".join(f"{name} = :{name}" for name in COLUMNS)
        sql.execute(f"UPDATE task SET {assignments} WHERE uid = :uid", to_row(changed))
        note_step(sql, self.home, task, changed)
        return changed

    def _insert(self, sql: sqlite3.Connection, task: Task) -> Task:
        row = to_row(task) | {"revision": self._next_revision(sql)}
        marks = ", ".join(f":{name}" for name in COLUMNS)
        sql.execute(f"INSERT INTO task ({', '.join(COLUMNS)}) VALUES ({marks})", row)
        return to_task(row)

    def _next_revision(self, sql: sqlite3.Connection) -> int:
        sql.execute("UPDATE counter SET revision = revision + 1")
        return int(sql.execute("SELECT revision FROM counter").fetchone()[0])


def is_locked(error: BaseException | None) -> bool:
    """Whether this error (or what caused it) only means that another process is writing just now."""
    while error is not None:
        if isinstance(error, TimeoutError) or (isinstance(error, sqlite3.OperationalError) and "locked" in str(error)):
            return True
        error = error.__cause__
    return False


def _is_damaged(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is bad, rather than the disk full, the file locked or not ours to read."""
    return not isinstance(error, sqlite3.OperationalError)
