# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sandbox was told to do: its settings, and the faults that wait for their turn.

Both arrive as JSON at POST /sandbox/behaviour; by example::

    {"seconds": 0.5, "task_limit": 30, "credits": 10, "fail_next": 1}
    {"faults": [{"on": "create-task", "when": "created", "do": "cut"}]}          accepted, but the answer is lost
    {"faults": [{"on": "create-task", "when": "body", "bytes": 50000, "do": "reset"}]}
    {"faults": [{"on": "create-task", "do": "answer", "code": 429, "status": 429, "headers": {"Retry-After": "1"}}]}
    {"faults": [{"on": "create-task", "when": "received", "do": "hang"}]}
    {"faults": [{"on": "query-task", "times": 3, "do": "answer", "status": 500, "text": "<html>"}]}
    {"faults": [{"on": "query-task", "do": "alter", "set": {"data": {"state": "paused"}}}]}
    {"faults": [{"on": "result", "when": "body", "bytes": 1000, "do": "cut"}]}   a truncated download
    {"faults": [{"on": "balance", "do": "pass", "stall": 2}]}                    late, but right
    {"faults": [{"on": "balance", "do": "raw", "base64": "SFRUUC8xLjEg", "then": "reset"}]}     broken off in the header
    {"faults": [{"on": "balance", "do": "raw", "base64": "…", "fill": 100000000}]}              100 MB of spaces follow
    {"faults": [{"on": "balance", "do": "raw", "base64": "…", "drip": 1.0}]}                    a byte a second
    {"given": ["/path/first.glb", "/path/second.usdz"]}     the results of the next two tasks, in place of what is cut
    {"revoke_tokens": true}     all tokens that were given for keys end now
    {"reset": true}             as if it had just been started: tasks and counts are forgotten too, requests are cut
    {"reset": true, "keep_tasks": true}     the same, but tasks and results stay
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from .options import AUTH

ENDPOINTS = ("token", "create-task", "query-task", "balance", "result", "callback")
MOMENTS = ("start", "body", "received", "created")
ACTIONS = ("answer", "cut", "reset", "hang", "raw", "alter", "pass")
ENDINGS = ("cut", "linger", "reset", "half", "hang")
CHOICES = {
    "auth": AUTH,
    "unauthorized": ("http", "json", "http403", "json403", "login expired", "token expired", "invalid token"),
    "balance_auth": ("", *AUTH),
    "family": ("segmentation", "split", "multicolor", "depth"),
    "links": ("url", "list", "urls", "items", "ResultFile3Ds"),
    "geometry": ("keep", "recentre", "normalise", "swap_axes", "weld", "decimate", "voxel"),
    "merge": ("nodes", "materials", "colours", "shells"),
}


@dataclass(slots=True)
class Settings:
    """What counts until it is changed."""

    seconds: float = 3.0
    """From created to success; a change also holds for the tasks that are under way."""
    auth: str = "both"
    """The Authorization scheme that is taken: token, bearer or both."""
    unauthorized: str = "http"
    """How a wrong token is refused: HTTP 401 or 403, HTTP 200 with one of them as the code, or with another code and
    these words. All were seen at the service by one client or another."""
    balance_auth: str = ""
    """The scheme that the balance takes, where it is another one: its page says Bearer, segmentation's says Token."""
    family: str = "segmentation"
    """What the ids of new tasks begin with. A task is found at the query of its family alone."""
    links: str = "url"
    """How the result is given: as one link, or each part as a file of its own, in a shape of some client."""
    also_format: int = 0
    """Besides, the whole in this format as well, in ``links`` of several; 0: no other."""
    progress: bool = False
    """Whether query-task tells the percentage that is done; no page has it."""
    price: float = 20.0
    """Credits of a task: those of the sibling "split"; the page of segmentation gives none."""
    credits: float = 1000.0
    task_limit: int = 10
    """Unfinished tasks at a time (FAQ)."""
    link_seconds: float = 3600.0
    """How long a result link is good for (query-task page)."""
    token_seconds: float = 86400.0
    """How long a fetched token is good for (get-token page)."""
    fail_next: int = 0
    """How many of the next tasks fail, and are refunded."""
    upload_rate: float = 0.0
    """Bytes a second that are read from a create-task; 0: all it can."""
    download_rate: float = 0.0
    """Bytes a second that a result is sent with; 0: all it can."""
    retry_after: str = "0"
    """Seconds until the next question, as query-task's answers say in the header Retry-After; "": they say nothing."""
    geometry: str = "keep"
    """What becomes of the coordinates and triangles of the result."""
    merge: str = "nodes"
    """How the result holds its parts: nodes, or one mesh with materials, vertex colours or loose shells."""
    zip: bool = False
    """Whether an OBJ comes in a ZIP, with its MTL."""
    deliver_format: int = 0
    """Another format than the one asked for; 0: the one asked for."""


@dataclass(slots=True)
class Fault:
    """One misbehaviour. It is used up after ``times`` requests to its endpoint (0: never)."""

    on: str
    do: str
    when: str = "start"
    """start: the headers are read; body: ``bytes`` of the body have come (create-task) or gone (result);
    received: the whole body is read and nothing is done yet; created: the task exists and is paid for."""
    times: int = 1
    skip: int = 0
    """Requests to let pass first."""
    bytes: int = 0
    stall: float = 0.0
    """Seconds to wait before it."""
    status: int = 200
    code: int | str = 10000000
    msg: str = "system error"
    data: Any = field(default_factory=dict)
    text: str | None = None
    """The whole body of the answer, instead of an envelope."""
    base64: str | None = None
    """The same for bytes; with ``raw`` the bytes that are put on the socket instead of any HTTP."""
    fill: int = 0
    """For ``raw``: spaces that follow its bytes."""
    drip: float = 0.0
    """For ``raw``: seconds between its bytes."""
    then: str = "cut"
    """For ``raw``: what becomes of the connection. half: it is closed for what the sandbox sends, and stays open for
    what it is sent; linger: that, and half a second later it is cut."""
    headers: dict[str, str] = field(default_factory=dict)
    set: dict[str, Any] = field(default_factory=dict)
    """For ``alter``: values to put into the right answer, nested as in the answer."""
    unset: list[str] = field(default_factory=list)
    """For ``alter``: top-level keys to take out of the right answer."""

    def check(self) -> None:
        """Raise ValueError for words that mean nothing."""
        for name, words in (("on", ENDPOINTS), ("do", ACTIONS), ("when", MOMENTS), ("then", ENDINGS)):
            if getattr(self, name) not in words:
                raise ValueError(f"{name} has to be one of {', '.join(words)}")


T = TypeVar("T")


def _build(kind: type[T], values: dict[str, Any]) -> T:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    if unknown := set(values) - known:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return kind(**values)


class Behaviour:
    """The settings, the queue of faults, and that of the results that are given."""

    def __init__(self, settings: Settings) -> None:
        self._first = settings
        self.reset()

    def reset(self) -> None:
        """Forget all that it was told."""
        self.settings = replace(self._first)
        self.faults: list[Fault] = []
        self.given: list[Path] = []

    def update(self, values: dict[str, Any]) -> None:
        """Take over settings by name and append "faults" and "given"; "clear": true empties their queues first.

        Raises ValueError for anything that is not understood, and then changes nothing.
        """
        values = dict(values)
        clear = values.pop("clear", False)
        try:
            faults = [_build(Fault, one) for one in values.pop("faults", [])]
        except TypeError as error:
            raise ValueError(f'a fault needs at least "on" and "do": {error}') from error
        for fault in faults:
            fault.check()
        given = [*map(Path, values.pop("given", []))]
        if missing := [file for file in given if not file.is_file()]:
            raise ValueError(f"there is no file {missing[0]}")
        known = {one.name: getattr(self.settings, one.name) for one in fields(self.settings)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown: {name}")
            number = isinstance(known[name], int | float) and not isinstance(known[name], bool)
            if not isinstance(value, int | float if number else type(known[name])):
                raise ValueError(f"{name} can't be {value!r}")
            if value not in CHOICES.get(name, (value,)):
                raise ValueError(f"{name} has to be one of {', '.join(CHOICES[name])}")
        for name, value in values.items():
            setattr(self.settings, name, value)
        self.faults = ([] if clear else self.faults) + faults
        self.given = ([] if clear else self.given) + given

    def take(self, endpoint: str) -> Fault | None:
        """The fault that this request meets, counted as used."""
        for fault in self.faults:
            if fault.on != endpoint:
                continue
            if fault.skip:
                fault.skip -= 1
                return None
            if fault.times:
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
            return fault
        return None
