# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks at the sandbox: their states over time, the credits, the work itself in other processes, and callbacks."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import secrets
import shutil
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp

from . import work
from .behaviour import Behaviour
from .contract import BUSY, DELIVERED, NO_CREDITS, UPLOAD_LIMIT, Order, RefusedError, envelope, is_loopback
from .journal import Journal
from .upload import Form

FINAL = ("success", "failed")
CALLBACK_TRIES = 3


@dataclass(slots=True)
class Task:
    """One accepted create-task."""

    task_id: str
    order: Order
    form: Form
    headers: dict[str, str]
    mesh: Path
    fails: bool
    price: float
    given: Path | None = None
    """The file that is its result, in place of what would be cut."""
    created: float = field(default_factory=time.monotonic)
    final: str = ""
    error: str = ""
    results: list[Path] = field(default_factory=list)
    parts: int = 0
    triangles: int = 0
    asked: list[float] = field(default_factory=list)
    """When query-task came for it, by the clock that never goes back."""

    def state(self, seconds: float) -> str:
        """The state now, where success comes after so many seconds."""
        if self.final:
            return self.final
        share = (time.monotonic() - self.created) / seconds if seconds > 0 else 1.0
        return "created" if share < 0.1 else "queueing" if share < 0.3 else "processing"

    def report(self, seconds: float) -> dict[str, Any]:
        """What GET /sandbox/counts tells of it."""
        return {
            "task_id": self.task_id,
            "state": self.state(seconds),
            "seg_level": self.order.seg_level,
            "format": self.order.format,
            "mesh_url": self.order.mesh_url,
            "callback_url": self.order.callback_url,
            "filename": self.form.filename,
            "bytes": self.form.size,
            "sha256": self.form.sha256,
            "headers": self.headers,
            "parts": self.parts,
            "triangles": self.triangles,
            "queries": len(self.asked),
            "asked": self.asked,
            "error": self.error,
            "given": str(self.given or ""),
        }


class Tasks:
    """All tasks of one sandbox. Lives in one event loop; the cutting goes on in a pool of processes."""

    def __init__(self, behaviour: Behaviour, journal: Journal, folder: Path) -> None:
        self._behaviour = behaviour
        self._journal = journal
        self._folder = folder
        self._pool: ProcessPoolExecutor | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self.by_id: dict[str, Task] = {}

    def check_account(self) -> None:
        """Raise RefusedError where the account can't have another task now."""
        settings = self._behaviour.settings
        if settings.credits < settings.price:
            raise RefusedError(NO_CREDITS, "balance is not enough")
        if sum(not task.final for task in self.by_id.values()) >= settings.task_limit:
            raise RefusedError(BUSY, "too many tasks in progress, try again later", 429)

    def create(self, order: Order, form: Form, mesh: Path, headers: dict[str, str]) -> Task:
        """Take the price and start the work on the mesh at this path (to be fetched there first with mesh_url)."""
        self.check_account()
        settings = self._behaviour.settings
        settings.credits -= settings.price
        fails = settings.fail_next > 0
        settings.fail_next -= fails
        task_id = f"{settings.family}_{time.strftime('%Y%m%d')}_{secrets.token_hex(6)}"
        given = self._behaviour.given.pop(0) if self._behaviour.given else None
        task = Task(task_id, order, form, headers, mesh, fails, settings.price, given)
        self.by_id[task_id] = task
        self._start(self._run(task))
        return task

    def answer(self, task: Task) -> dict[str, Any]:
        """The body of query-task and of the callback."""
        settings = self._behaviour.settings
        state = task.state(settings.seconds)
        data: dict[str, Any] = {"task_id": task.task_id, "state": state, "id": f"{task.task_id}_0", "url": ""}
        if settings.progress:
            share = (time.monotonic() - task.created) / settings.seconds if settings.seconds else 1.0
            data["progress"] = 100 if state == "success" else min(int(100 * share), 99)
        if state == "success":
            data |= _linked(settings.links, [self.link(result) for result in task.results])
        return envelope(data)

    def wake(self) -> None:
        """Let the tasks that are under way see that the settings changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    def warm_up(self) -> None:
        """Start a process of the pool, while the mesh is still on its way."""
        self._submit(work.nothing)

    async def forget(self) -> None:
        """Drop all tasks, whatever becomes of their work."""
        for one in self._running:
            one.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self.by_id.clear()

    async def close(self) -> None:
        """Stop everything: no process is left."""
        await self.forget()
        if self._pool:
            processes = list(getattr(self._pool, "_processes", {}).values())
            self._pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
            for process in processes:
                await asyncio.to_thread(process.join, 5)

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _submit(self, function: Callable[..., Any], *values: Any) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        for _ in range(2):
            if not self._pool:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(2, mp_context=context, initializer=work.end_with_parent)
            try:
                return loop.run_in_executor(self._pool, function, *values)
            except BrokenProcessPool:
                self._pool = None
        raise RuntimeError("no process could be started for the segmentation")

    async def _run(self, task: Task) -> None:
        try:
            await self._work(task)
        except (work.WorkError, BrokenProcessPool, aiohttp.ClientError, OSError, TimeoutError) as error:
            task.error = str(error) or type(error).__name__
        while (left := task.created + self._behaviour.settings.seconds - time.monotonic()) > 0:
            changed = self._changed
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), left)
        if task.fails:
            task.error = "told to fail"
        if task.error:
            self._behaviour.settings.credits += task.price
        task.final = "failed" if task.error else "success"
        if task.order.callback_url:
            self._start(self._call_back(task))

    async def _work(self, task: Task) -> None:
        if task.order.mesh_url:
            await self._fetch(task)
        if task.given:
            copy = self._folder / f"{task.task_id}_0{task.given.suffix}"
            task.results = [Path(await asyncio.to_thread(shutil.copyfile, task.given, copy))]
            return
        settings = self._behaviour.settings
        extension = DELIVERED[settings.deliver_format or task.order.format]
        job = work.Job(
            mesh=str(task.mesh),
            result=str(self._folder / f"{task.task_id}_0.{extension}"),
            seg_level=task.order.seg_level,
            geometry=settings.geometry,
            merge=settings.merge,
            zip=settings.zip,
            apart=settings.links != "url",
        )
        done = await self._submit(work.segment_file, job)
        task.results, task.parts, task.triangles = [*map(Path, done.results)], done.parts, done.triangles
        if settings.also_format:
            whole = str(self._folder / f"{task.task_id}_1.{DELIVERED[settings.also_format]}")
            done = await self._submit(work.segment_file, replace(job, result=whole, apart=False))
            task.results += map(Path, done.results)

    async def _fetch(self, task: Task) -> None:
        if not is_loopback(task.order.mesh_url):
            raise work.WorkError("the sandbox fetches a mesh_url from this machine only")
        async with (
            aiohttp.ClientSession() as session,
            session.get(task.order.mesh_url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise work.WorkError(f"mesh_url answered with HTTP {response.status}")
            with task.mesh.open("wb") as file:
                async for chunk in response.content.iter_chunked(1 << 18):
                    task.form.size += len(chunk)
                    if task.form.size > UPLOAD_LIMIT:
                        raise work.WorkError("the file at mesh_url is over 200 MB")
                    file.write(chunk)

    async def _call_back(self, task: Task) -> None:
        url = task.order.callback_url
        entry: dict[str, Any] = {"url": url, "task_id": task.task_id, "tries": 0, "status": 0}
        self._journal.callbacks.append(entry)
        if not is_loopback(url):
            return
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            for _ in range(CALLBACK_TRIES):
                entry["tries"] += 1
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    async with session.post(url, json=self.answer(task)) as response:
                        entry["status"] = response.status
                        if response.status < 300:
                            return
                await asyncio.sleep(0.5)

    link: Callable[[Path], str]
    """Makes a result's signed link; set by the server, which knows its own address."""


def _linked(shape: str, links: list[str]) -> dict[str, Any]:
    """The fields that hold the links to the result's files, in the shape that is set."""
    match shape:
        case "list":
            return {"url": links}
        case "urls":
            return {"url": links[0], "urls": links, "cover_url": f"{links[0]}&cover"}
        case "items":
            return {"items": [{"id": number, "url": link} for number, link in enumerate(links)]}
        case "ResultFile3Ds":
            files = [{"Type": "GLB", "Url": link, "PreviewImageUrl": f"{link}&preview"} for link in links]
            return {"ResultFile3Ds": files}
    return {"url": links[0]}
