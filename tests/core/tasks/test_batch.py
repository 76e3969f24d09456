# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many models in one loop, against the sandbox: nothing is paid for twice, whatever happens in between."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trimesh
from connected import connected
from sandbox.process import Sandbox

from hitem3d_addon.core.backoff import backoff
from hitem3d_addon.core.site_settings import SiteSettings
from hitem3d_addon.core.task import SegLevel, SegmentationRequest, Task
from hitem3d_addon.core.tasks.batch import Batch
from hitem3d_addon.core.tasks.outcome import Goal, Hooks, Model, Outcome
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import OutputFormat, TaskState

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Model]:
    """Makes models; those with the same size have the same content."""

    def make(size: float, **options: Any) -> Model:
        mesh = tmp_path / f"model-{size}.stl"
        trimesh.creation.box((1, 1, size)).export(mesh)
        options = {"seg_level": SegLevel.LOW, "format": OutputFormat.STL, **options}
        request = SegmentationRequest(mesh=mesh, **options)
        return Model(mesh.stem, request, request.content())

    return make


def run(worker: Worker, *given: Model | Task, goal: Goal = Goal.FETCHED, **options: Any) -> list[Outcome]:
    return list(Batch(worker, goal, **options).run(given))


def kinds(outcomes: list[Outcome]) -> list[str]:
    return sorted(outcome.kind for outcome in outcomes)


def created(sandbox: Sandbox) -> int:
    return int(sandbox.counts()["tasks_created"])


def test_all_arrive_and_running_again_pays_for_nothing(
    worker: Worker, model: Callable[..., Model], sandbox: Sandbox
) -> None:
    outcomes = run(worker, *map(model, (1, 2, 3)), jobs=2)
    assert [outcome.kind for outcome in outcomes] == ["", "", ""]
    assert all(outcome.created and outcome.file and outcome.file.is_file() for outcome in outcomes)
    again = run(worker, *map(model, (1, 2, 3)))
    assert [outcome.created for outcome in again] == [False] * 3
    assert {o.file for o in again} == {o.file for o in outcomes}
    assert created(sandbox) == 3


def test_other_options_are_another_task_and_again_sends_anew(
    worker: Worker, model: Callable[..., Model], sandbox: Sandbox
) -> None:
    run(worker, model(1), model(1, seg_level=SegLevel.HIGH), model(1, format=OutputFormat.OBJ), goal=Goal.SENT)
    assert created(sandbox) == 3
    run(worker, model(1), goal=Goal.SENT, again=True)
    assert created(sandbox) == 4


def test_two_files_with_the_same_content_are_one_task(
    worker: Worker, model: Callable[..., Model], sandbox: Sandbox
) -> None:
    first, second = run(worker, model(1), model(1))
    assert first.file == second.file
    assert created(sandbox) == 1


def test_an_uncertain_one_is_never_sent_again(worker: Worker, model: Callable[..., Model], sandbox: Sandbox) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": "created", "do": "cut"}])
    assert kinds(run(worker, model(1), model(2))) == ["", "UncertainError"]
    assert kinds(run(worker, model(1), model(2))) == ["", "UncertainError"]
    assert created(sandbox) == 2


def test_one_that_failed_at_the_service_is_refunded_and_sent_anew(
    worker: Worker, model: Callable[..., Model], sandbox: Sandbox
) -> None:
    sandbox.behave(fail_next=1)
    assert kinds(run(worker, model(1))) == ["TaskFailedError"]
    assert kinds(run(worker, model(1), retry=False)) == ["TaskFailedError"]
    assert created(sandbox) == 1
    assert kinds(run(worker, model(1))) == [""]
    assert kinds(run(worker, model(1), retry=False)) == [""]
    assert created(sandbox) == 2


def test_a_busy_service_is_waited_for(worker: Worker, model: Callable[..., Model], sandbox: Sandbox) -> None:
    """429 says that others fill the account: the model goes back into the queue."""
    sandbox.behave(
        faults=[{"on": "create-task", "times": 3, "do": "answer", "code": 429, "status": 429, "msg": "busy",
                 "headers": {"Retry-After": "0"}}]
    )  # fmt: skip
    waits: list[str] = []
    hooks = Hooks(waits=lambda name, error, pause: waits.append(name))
    assert kinds(run(worker, model(1), model(2), hooks=hooks)) == ["", ""]
    assert len(waits) == 3
    assert created(sandbox) == 2


def test_one_that_is_busy_for_too_long_is_given_up_unsent(
    worker: Worker, model: Callable[..., Model], sandbox: Sandbox
) -> None:
    sandbox.behave(task_limit=0)
    (outcome,) = run(worker, model(1), timeout=0.0)
    assert outcome.kind == "BusyError"
    assert worker.store.tasks()[0].state is TaskState.CANCELLED
    assert created(sandbox) == 0


def test_without_credits_nothing_more_is_begun(worker: Worker, model: Callable[..., Model], sandbox: Sandbox) -> None:
    sandbox.behave(credits=20.0)
    batch = Batch(worker, Goal.FETCHED, jobs=1)
    outcomes = list(batch.run(map(model, range(1, 6))))
    assert [outcome.kind for outcome in outcomes] == ["", "CreditsError"]
    assert type(batch.stopped_by).__name__ == "CreditsError"
    assert len(worker.store.tasks()) == 2


def test_a_network_that_breaks_is_tried_again(
    worker: Worker, model: Callable[..., Model], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(backoff.__kwdefaults__, "longest", 0.1)
    sandbox.behave(
        faults=[
            {"on": "query-task", "times": 2, "do": "answer", "status": 500, "text": "<html>"},  # before it is sent
            {"on": "query-task", "skip": 1, "times": 2, "do": "cut"},
            {"on": "result", "do": "answer", "status": 503, "text": ""},
        ]
    )
    assert kinds(run(worker, model(1))) == [""]
    assert created(sandbox) == 1


def test_too_late_leaves_a_task_that_goes_on(worker: Worker, model: Callable[..., Model], sandbox: Sandbox) -> None:
    sandbox.behave(seconds=60.0)
    (outcome,) = run(worker, model(1), timeout=0.0)
    assert outcome.kind == "TaskTimeoutError"
    assert outcome.task
    assert outcome.task.task_id in str(outcome.error)
    sandbox.behave(seconds=0.0)
    (resumed,) = run(worker, outcome.task)
    assert resumed.file
    assert created(sandbox) == 1


def test_a_file_that_changed_in_line_is_not_sent(worker: Worker, model: Callable[..., Model], sandbox: Sandbox) -> None:
    """Not even one of the same size, which the upload can't notice."""
    one = model(1)
    mesh = one.request.mesh
    assert mesh
    mesh.write_bytes(bytes(reversed(mesh.read_bytes())))
    assert kinds(run(worker, one)) == ["InputError"]
    assert created(sandbox) == 0
    assert kinds(run(worker, model(1))) == [""]


def test_an_address_of_bytes_that_are_no_text_is_told_from_others() -> None:
    contents = {SegmentationRequest(mesh_url=f"https://a.example/{byte}.glb").content() for byte in "\udcfe\udcff"}
    assert len(contents) == 2


def test_the_studio_forbids_uploads_in_mid_run(worker: Worker, model: Callable[..., Model], sandbox: Sandbox) -> None:
    def check_uploads() -> None:
        SiteSettings(uploads=created(sandbox) == 0).check_uploads()

    assert kinds(run(worker, model(1), model(2), check_uploads=check_uploads)) == ["", "InputError"]
    assert sorted(task.state for task in worker.store.tasks()) == ["cancelled", "done"]
    assert kinds(run(worker, model(1), model(2))) == ["", ""], "later it may be sent"


def test_interrupted_and_run_again(worker: Worker, model: Callable[..., Model], sandbox: Sandbox) -> None:
    """What was sent is found again; what waited was never sent, and nobody else sends it."""
    sandbox.behave(seconds=60.0)
    stop = False

    def changed(name: str, task: Task) -> None:
        nonlocal stop
        stop = created(sandbox) == 2

    batch = Batch(worker, Goal.FETCHED, jobs=4, hooks=Hooks(changed=changed), cancelled=lambda: stop)
    outcomes = list(batch.run(map(model, range(1, 8))))
    assert kinds(outcomes) == ["CancelledError"] * 4
    states = sorted(task.state for task in worker.store.tasks())
    assert states == ["cancelled", "cancelled", "working", "working"], "what was not sent is nobody's to send"
    assert not any(task.owner for task in worker.store.tasks())
    sandbox.behave(seconds=0.0)
    assert kinds(run(worker, *map(model, range(1, 8)))) == [""] * 7
    assert created(sandbox) == 7


def test_a_model_left_behind_by_a_killed_run_is_sent_once(
    home: Path, model: Callable[..., Model], sandbox: Sandbox
) -> None:
    with connected(home, sandbox) as dead:
        one = model(1)
        batch = Batch(dead, Goal.FETCHED)
        batch._enlist(one)  # and then the process is killed
    with connected(home, sandbox) as worker:
        assert kinds(run(worker, model(1))) == [""]
        assert [task.uid for task in worker.store.tasks()] == [one.uid]
    assert created(sandbox) == 1


def test_two_processes_at_the_same_time_pay_once(
    home: Path, tmp_path: Path, model: Callable[..., Model], sandbox: Sandbox
) -> None:
    """Eight models, three processes, all of them at all models; every process gets every result."""
    sandbox.behave(seconds=1.0)
    files = [model(size).request.mesh for size in range(1, 9)]
    code = (
        "import sys; from contextlib import closing; from pathlib import Path\n"
        "from hitem3d_addon.core.tasks import workflow\n"
        "from hitem3d_addon.core.tasks.batch import *\n"
        "from hitem3d_addon.core.task import SegmentationRequest\n"
        "from hitem3d_addon.core.credentials import Credentials\n"
        "from hitem3d_addon.core.tasks.owner import Owner\n"
        "from hitem3d_addon.core.tasks.store import TaskStore\n"
        "home, url, token, *files = sys.argv[1:]; home = Path(home)\n"
        "with TaskStore(home) as store, Owner(home, script=True) as owner:\n"
        "    client = workflow.connect(store, url, Credentials(token=token), user_agent='test', ca_file=None)\n"
        "    worker = workflow.Worker(store, owner, client)\n"
        "    requests = [SegmentationRequest(mesh=Path(f)) for f in files]\n"
        "    models = [Model(str(r.mesh), r, r.content()) for r in requests]\n"
        "    outcomes = list(Batch(worker, Goal.FETCHED).run(models))\n"
        "    print(sum(o.created for o in outcomes), sum(bool(o.file) for o in outcomes))\n"
    )
    command = [sys.executable, "-c", code, str(home), sandbox.url, sandbox.token, *map(str, files)]
    processes = [subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(3)]
    said = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [files for _, files in said] == ["8"] * 3
    assert sum(int(sent) for sent, _ in said) == 8
    assert created(sandbox) == 8
