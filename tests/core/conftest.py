# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One sandbox for the many tests of the client: starting one takes longer than most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_process import Sandbox

AT_FIRST: dict[str, Any] = {
    "clear": True,
    "revoke_tokens": True,
    "seconds": 0.2,
    "auth": "both",
    "unauthorized": "http",
    "credits": 1000.0,
    "task_limit": 10_000,  # the tasks of earlier tests may still be under way on a busy machine
    "link_seconds": 3600.0,
    "fail_next": 0,
    "upload_rate": 0.0,
    "download_rate": 0.0,
    "zip": False,
    "deliver_format": 0,
    "also_format": 0,
    "balance_auth": "",
    "family": "segmentation",
    "links": "url",
    "progress": False,
    "price": 20.0,
}


class Visit(Sandbox):
    """A sandbox that is in use already, as if it were new: first settings, and counts that begin at nothing."""

    def __init__(self, sandbox: Sandbox) -> None:
        vars(self).update(vars(sandbox))
        self.behave(**AT_FIRST)
        self._before = super().counts()

    def counts(self) -> dict[str, Any]:
        """What was asked since this visit began."""
        before, now = self._before, super().counts()
        for name in ("schemes", "refusals"):
            now[name] = dict(Counter(now[name]) - Counter(before[name]))
        now["requests"] = {name: number - before["requests"][name] for name, number in now["requests"].items()}
        now["tasks"] = now["tasks"][len(before["tasks"]) :]
        for name in ("tasks_created", "uploads_aborted", "downloads", "results_with_authorization"):
            now[name] -= before[name]
        return now


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=0.2) as sandbox:
        yield sandbox


@pytest.fixture
def shared_sandbox(running_sandbox: Sandbox) -> Iterator[Visit]:
    """The `sandbox` fixture's cheaper sibling, for tests that do not stop it."""
    yield Visit(running_sandbox)
    running_sandbox.behave(**AT_FIRST)
