# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks as this Blender last saw them, so that drawing never reads the disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import bpy
from bpy.app.handlers import persistent

from ..core.errors import Message
from ..core.values import TaskState
from .record import RECORD, TASK_ID, Record, has_earlier_again, newest_uid_of, task_id_of, uid_of

if TYPE_CHECKING:
    from ..core.choices import ImportOptions
    from ..core.task import Task

_OVER = frozenset({TaskState.DONE, TaskState.CANCELLED})
_NAMES = 10
"""How many objects of one task are named; there is no room for more."""
_LATEST = 10
"""How many of the last tasks the word "usually" is about."""
_LONGEST = 3600
"""Seconds after which the service gives a task up (its FAQ): what took longer was noticed late."""


class Transfer:
    """How far an upload or a download is, in bytes; ``total`` is 0 where it is not known."""

    def __init__(self, step: str, done: int, total: int) -> None:
        self.step, self.done, self.total = step, done, total


class Shown:
    """What the panels need of many tasks at once."""

    def __init__(self, names: Mapping[str, str], others: Sequence[str], usual_duration: int) -> None:
        self.names = names
        """The objects of each task of this .blend, by uid: first what is not done yet, and of that the newest."""
        self.others = others
        """The uids of all other tasks, the newest first."""
        self.order = [*names, *others]
        """The uids of all tasks, as the list shows them."""
        self.usual_duration = usual_duration
        """Seconds that the service took for the tasks that it finished last, or 0 where there were none."""


class Board:
    """What is known of the tasks. Anybody may read it; only its methods change it. There is one, `board`."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        """By uid."""
        self.origins: dict[str, str] = {}
        """The .blend that a task was sent from, by uid; it is not known for every task."""
        self.transfers: dict[str, Transfer] = {}
        """Of the tasks that this Blender's agent is sending or downloading just now, by uid."""
        self.problem: Message | None = None
        """Why the newest command to the agent could not be done, or why there is no agent."""
        self.news: Message | None = None
        """What has just come, to be told once where no sidebar shows it."""
        self.account: Message | None = None
        """What the newest question for the account found; ``credits`` of its values is what was left."""
        self.prices: dict[str, float] = {}
        """Credits that a task cost the last time, by its level ("low", "medium", "high"); only what is known."""
        self.next_tries: dict[str, tuple[float, Message]] = {}
        """By uid, for tasks that something stands in the way of: when they are tried again (`time.time`), and what it
        is."""
        self.unsaved_ids = False
        """Objects got task ids since the file was saved. Blender does not see that as a change, and would not ask to
        save."""
        self.wanted: dict[str, ImportOptions] = {}
        """The tasks, by uid, whose parts are imported as soon as they are here."""
        self.records: dict[int, Record] = {}
        """Which record each object was given in this session, by its session_uid: undo takes it off the object."""
        self._shown: Shown | None = None
        self._is_opened = True

    # ---- tasks

    def take_over(self, *tasks: Task) -> None:
        """Keep what is known of these tasks now, and show it."""
        for task in tasks:
            self.tasks[task.uid] = task
            if task.state not in (TaskState.PENDING, TaskState.SENDING, TaskState.READY):
                self.transfers.pop(task.uid, None)
            if task.error is None:
                self.next_tries.pop(task.uid, None)
        self.forget_shown()
        self.redraw()

    def take_over_origins(self, origins: Mapping[str, str]) -> None:
        """Keep which files tasks come from."""
        self.origins.update(origins)

    def keep_only(self, tasks: Iterable[Task]) -> None:
        """Forget all other tasks: these are all that there are."""
        self.tasks.clear()
        self.take_over(*tasks)

    def forget_everything(self) -> None:
        """Go back to the state at the start."""
        self.tasks.clear()
        self.origins.clear()
        self.transfers.clear()
        self.prices.clear()
        self.news = None
        self.next_tries.clear()
        self.forget_answers(account=True)
        self.forget_file()
        self.forget_shown()

    def show_transfer(self, uid: str, transfer: Transfer) -> None:
        """Note how far an upload or a download is; it is drawn when it is time for that."""
        self.transfers[uid] = transfer

    def show_next_try(self, uid: str, when: float, obstacle: Message) -> None:
        """Show what stands in the way of a task, and when it is tried again, in seconds since 1970."""
        self.next_tries[uid] = (when, obstacle)
        self.redraw()

    def show_prices(self, prices: Mapping[str, float]) -> None:
        """Show what a task of each level cost the last time."""
        if self.prices != prices:
            self.prices = dict(prices)
            self.redraw()

    def show_account(self, account: Message) -> None:
        """Show what a connection test found."""
        self.account = account
        self.redraw()

    def show_problem(self, problem: Message) -> None:
        """Show why something could not be done."""
        if self.problem != problem:
            self.problem = problem
            self.redraw()

    def show_news(self, news: Message | None) -> None:
        """Tell something once; None: it was told."""
        self.news = news
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                if area.type == "VIEW_3D":
                    area.tag_redraw()

    def forget_answers(self, *, account: bool = False) -> None:
        """A new command is given: what became of the last one no longer counts."""
        self.problem = None
        if account:
            self.account = None

    def credits_left(self) -> Message | None:
        """What was left to spend when the account was asked last; None where it was not in this session."""
        return Message("{credits:g} API credits left", self.account.values) if self.account else None

    # ---- the open file

    def want_import(self, uid: str, options: ImportOptions) -> None:
        """Have the parts of a task imported as soon as they are here."""
        self.wanted[uid] = options

    def take_wanted(self, uid: str) -> ImportOptions:
        """How the parts of a task are to be imported; the wish is taken off the board."""
        return self.wanted.pop(uid)

    def remember_record(self, obj: bpy.types.Object, record: Record) -> None:
        """Note which record an object has, to give it back after an undo."""
        self.records[obj.session_uid] = record

    def forget_record(self, obj: bpy.types.Object) -> None:
        self.records.pop(obj.session_uid, None)

    def note_new_id(self) -> None:
        """A task id came onto an object, which a file that is saved does not have."""
        self.unsaved_ids = bpy.data.is_saved

    def note_saved(self) -> None:
        """Note that the file was saved, with all ids."""
        self.unsaved_ids = False

    def forget_file(self) -> None:
        """Another file is open: session_uid begins anew with each file, and nobody waits for parts in it."""
        self._is_opened = True
        self.note_saved()
        self.records.clear()
        self.wanted.clear()

    def take_opened(self) -> bool:
        """Whether a file was opened since this was last asked."""
        is_opened, self._is_opened = self._is_opened, False
        return is_opened

    def find_task(self, obj: bpy.types.Object) -> Task | None:
        """The task of an object as it was last seen, through its record or its task id; None if it was not seen yet.

        The id on the object is the public contract, so one that a script has set wins over the record beside it.
        """
        found = self._find_task(obj, {})
        if found is None and (task_id := task_id_of(obj)):
            found = next((task for task in self.tasks.values() if task.task_id == task_id), None)
        return found

    def list_objects(self) -> dict[str, list[bpy.types.Object]]:
        """The objects of each task that this .blend knows, by uid."""
        found: dict[str, list[bpy.types.Object]] = {}
        by_id = {task.task_id: task for task in reversed(self.tasks.values()) if task.task_id}  # the first with each id
        for obj in bpy.data.objects:
            if TASK_ID not in obj and RECORD not in obj:
                continue
            if task := self._find_task(obj, by_id):
                found.setdefault(task.uid, []).append(obj)
            if has_earlier_again(obj) and (task := self.tasks.get(newest_uid_of(obj))):
                found.setdefault(task.uid, []).append(obj)
        return found

    def _find_task(self, obj: bpy.types.Object, by_id: Mapping[str, Task]) -> Task | None:
        task_id = task_id_of(obj)
        task = self.tasks.get(uid_of(obj))
        return task if task and task_id in ("", task.task_id) else by_id.get(task_id)

    # ---- drawing

    def shown(self, of_active: Task | None = None) -> Shown:
        """What the panels show. Worked out once after each change, since a list can hold thousands of tasks.

        ``of_active`` is the active object's task, which may be new: Blender tells nobody when a script sets a task
        id.
        """
        if self._shown is None or (of_active and of_active.uid not in self._shown.names):
            in_file = self.list_objects()
            names = {uid: ", ".join(obj.name for obj in objects[:_NAMES]) for uid, objects in in_file.items()}
            if bpy.data.filepath:  # also one that lost its object: it was deleted, or not saved before a crash
                here = (uid for uid, file in self.origins.items() if file == bpy.data.filepath and uid in self.tasks)
                names = {uid: self.tasks[uid].name for uid in here} | names
            newest = sorted(self.tasks.values(), key=lambda task: -task.created)
            mine = sorted((task for task in newest if task.uid in names), key=lambda task: task.state in _OVER)
            self._shown = Shown(
                names={task.uid: names[task.uid] for task in mine},
                others=[task.uid for task in newest if task.uid not in names],
                usual_duration=self._usual_duration(),
            )
        return self._shown

    def forget_shown(self) -> None:
        """Objects or tasks have changed: what is shown is worked out anew."""
        self._shown = None

    def redraw(self) -> None:
        """Have every sidebar, and the preferences, drawn again."""
        for window in bpy.context.window_manager.windows:
            for area in window.screen.areas:
                if area.type == "PREFERENCES":
                    area.tag_redraw()
                elif area.type == "VIEW_3D":
                    # Only this region: drawing the whole area means drawing the scene.
                    for region in area.regions:
                        if region.type == "UI":
                            region.tag_redraw()

    def _usual_duration(self) -> int:
        """The lower quartile of the last ones: if Blender was closed meanwhile, the end was noticed hours late.

        A clock that was set back meanwhile makes a task end before it began.
        """
        done = [t for t in self.tasks.values() if t.state is TaskState.DONE and 0 < t.finished - t.submitted < _LONGEST]
        done.sort(key=lambda task: -task.finished)
        durations = sorted(task.finished - task.submitted for task in done[:_LATEST] if task.submitted)
        return durations[(len(durations) - 1) // 4] if durations else 0


board = Board()


@persistent
def _forget_shown(*_: object) -> None:
    board.forget_shown()


_HANDLERS = (
    bpy.app.handlers.depsgraph_update_post,
    bpy.app.handlers.load_post,
    bpy.app.handlers.undo_post,
    bpy.app.handlers.redo_post,
)
"""Objects come, go and are renamed."""


def register() -> None:
    board.forget_everything()
    for handlers in _HANDLERS:
        handlers.append(_forget_shown)


def unregister() -> None:
    for handlers in _HANDLERS:
        handlers.remove(_forget_shown)
    board.forget_everything()
