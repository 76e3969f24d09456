# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads: whole and of a known kind, or no file at all; and no key goes to the host of the results."""

from __future__ import annotations

import base64
import gzip
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trimesh
from sandbox.process import Sandbox

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import (
    CancelledError,
    ConnectionFailedError,
    Hitem3DError,
    ResultError,
    ServiceUnavailableError,
)
from hitem3d_addon.core.service.client import Hitem3DClient
from hitem3d_addon.core.service.download import LinkExpiredError, download_result, part_name
from hitem3d_addon.core.service.transport import Timeouts, Transport
from hitem3d_addon.core.task import SegmentationRequest
from hitem3d_addon.core.values import OutputFormat

BALL = trimesh.creation.icosphere(subdivisions=5)


@pytest.fixture(scope="module")
def own_sandbox() -> Iterator[Sandbox]:
    with Sandbox(seconds=0.2) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(own_sandbox: Sandbox) -> Sandbox:
    """As new but for the tasks, so that one result serves many tests."""
    own_sandbox.behave(reset=True, keep_tasks=True)
    return own_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Hitem3DClient]:
    service = Hitem3DClient(
        sandbox.url, Credentials(token=sandbox.token), timeouts=Timeouts(connect=5, read=5, create=60, download=1)
    )
    yield service
    service.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Aufträge ü"
    folder.mkdir()
    return folder


def finished_task(client: Hitem3DClient, tmp_path: Path, kind: OutputFormat = OutputFormat.GLB) -> str:
    """The id of a task whose result is there; it has some 500 KB as GLB."""
    file = tmp_path / "ball.glb"
    file.write_bytes(BALL.export(file_type="glb"))
    task_id = client.create_task(SegmentationRequest(format=kind, mesh=file))
    end = time.monotonic() + 60
    while client.query_task(task_id).state != "success":
        assert time.monotonic() < end
        time.sleep(0.05)
    return task_id


@pytest.fixture(scope="module")
def ball_task(own_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> str:
    own_sandbox.behave(reset=True)
    service = Hitem3DClient(own_sandbox.url, Credentials(token=own_sandbox.token))
    return finished_task(service, tmp_path_factory.mktemp("ball"))


@pytest.fixture
def link(client: Hitem3DClient, ball_task: str) -> str:
    return client.query_task(ball_task).urls[0]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def check_silent(error: BaseException, link: str) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.__cause__) + repr(error.__context__)
    assert "auth_key" not in told
    assert link.rpartition("=")[2] not in told


@pytest.mark.parametrize("kind", [OutputFormat.OBJ, OutputFormat.GLB, OutputFormat.STL])
def test_the_result_is_named_by_what_it_is(
    client: Hitem3DClient, tmp_path: Path, folder: Path, kind: OutputFormat
) -> None:
    link = client.query_task(finished_task(client, tmp_path, kind)).urls[0]
    file = client.download(link, folder)
    assert file == folder / f"result.{kind.name.lower()}"
    assert names(folder) == [file.name]
    assert trimesh.load_scene(file).area == pytest.approx(BALL.area, rel=1e-3)


def test_a_zip_and_another_format_than_asked_for(
    sandbox: Sandbox, client: Hitem3DClient, tmp_path: Path, folder: Path
) -> None:
    sandbox.behave(zip=True)
    link = client.query_task(finished_task(client, tmp_path, OutputFormat.OBJ)).urls[0]
    assert client.download(link, folder).name == "result.zip"
    sandbox.behave(zip=False, deliver_format=3)
    link = client.query_task(finished_task(client, tmp_path)).urls[0]
    assert client.download(link, folder).name == "result.stl"


def test_progress_and_no_authorization(sandbox: Sandbox, client: Hitem3DClient, link: str, folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    file = client.download(link, folder, progress=lambda *now: seen.append(now))
    size = file.stat().st_size
    assert seen[-1] == (size, size)
    assert len(seen) > 2
    assert [got for got, _ in seen] == sorted(got for got, _ in seen)
    counts = sandbox.counts()
    assert (counts["downloads"], counts["results_with_authorization"]) == (1, 0)


def test_netrc_sends_no_key_to_the_host_of_the_results(
    sandbox: Sandbox, client: Hitem3DClient, link: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = folder.parent / "netrc"
    netrc.write_text("default login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client.download(link.replace("http://", "http://user:pass@"), folder)
    assert sandbox.counts()["results_with_authorization"] == 0


def test_a_link_that_has_expired_says_so_and_a_new_one_works(
    sandbox: Sandbox, client: Hitem3DClient, ball_task: str, folder: Path
) -> None:
    sandbox.behave(link_seconds=0)
    link = client.query_task(ball_task).urls[0]
    with pytest.raises(LinkExpiredError) as raised:
        client.download(link, folder)
    assert isinstance(raised.value, ResultError)
    check_silent(raised.value, link)
    assert names(folder) == []
    sandbox.behave(link_seconds=60)
    assert client.download(client.query_task(ball_task).urls[0], folder).exists()


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ({"when": "body", "bytes": 100_000, "do": "cut"}, ConnectionFailedError, "broke"),
        ({"when": "body", "bytes": 100_000, "do": "reset"}, ConnectionFailedError, "broke"),
        ({"when": "body", "bytes": 100_000, "do": "hang"}, ConnectionFailedError, "in time"),
        ({"when": "body", "bytes": 0, "do": "cut"}, ConnectionFailedError, "broke"),
        ({"do": "cut"}, ConnectionFailedError, "broke"),
        ({"do": "hang"}, ConnectionFailedError, "in time"),
        (
            {"do": "answer", "status": 503, "text": "busy", "headers": {"Retry-After": "9"}},
            ServiceUnavailableError,
            "503",
        ),
        ({"do": "answer", "status": 429, "text": "busy"}, ServiceUnavailableError, "429"),
        ({"do": "answer", "status": 404, "text": "<html>"}, ResultError, "HTTP 404"),
        ({"do": "answer", "status": 206, "text": "v 0 0 0\n"}, ResultError, "HTTP 206"),
        ({"do": "answer", "status": 410, "text": ""}, LinkExpiredError, "no longer good"),
        ({"do": "answer", "text": ""}, ResultError, "empty file"),
        ({"do": "answer", "text": "<html><body>Sign in</body></html>"}, ResultError, "not a model"),
        ({"do": "answer", "code": 401, "msg": "Unauthorized"}, ResultError, "not a model"),
        ({"do": "answer", "text": "<?xml version='1.0'?><Error/>"}, ResultError, "not a model"),
        (
            {"do": "answer", "status": 302, "text": "", "headers": {"Location": "http://example.org/r.glb"}},
            ResultError,
            "https",
        ),
        (
            {"do": "answer", "status": 302, "text": "", "headers": {"Location": "file:///etc/passwd"}},
            ResultError,
            "https",
        ),
        ({"do": "answer", "status": 302, "text": "", "headers": {"Location": "//[::1"}}, ResultError, "https"),
        ({"do": "answer", "status": 302, "text": ""}, ResultError, "HTTP 302"),
        (
            {"do": "answer", "text": "not gzip", "headers": {"Content-Encoding": "gzip"}},
            ConnectionFailedError,
            "packed",
        ),
    ],
)
def test_a_download_that_fails_leaves_no_file(
    sandbox: Sandbox,
    client: Hitem3DClient,
    link: str,
    folder: Path,
    fault: dict[str, Any],
    kind: type[Hitem3DError],
    words: str,
) -> None:
    sandbox.behave(faults=[{"on": "result", **fault}])
    with pytest.raises(kind, match=words) as raised:
        client.download(link, folder)
    assert isinstance(raised.value, LinkExpiredError) == (kind is LinkExpiredError)
    check_silent(raised.value, link)
    assert names(folder) == []
    if "headers" in fault and "Retry-After" in fault["headers"]:
        assert raised.value.retry_after == 9  # type: ignore[attr-defined]
    assert client.download(link, folder).name == "result.glb", "the next try works"


def test_a_redirect_is_followed(sandbox: Sandbox, client: Hitem3DClient, link: str, folder: Path) -> None:
    path = link.partition("://")[2].partition("/")[2]
    redirect = {"on": "result", "do": "answer", "status": 302, "text": ""}
    sandbox.behave(
        faults=[
            redirect | {"headers": {"Location": link}},
            redirect | {"headers": {"Location": f"/{path}"}, "status": 307},
        ]
    )
    assert client.download(link, folder).name == "result.glb"
    assert sandbox.counts()["requests"]["result"] == 3


def test_a_redirect_in_a_circle_ends(sandbox: Sandbox, client: Hitem3DClient, link: str, folder: Path) -> None:
    sandbox.behave(
        faults=[{"on": "result", "do": "answer", "status": 302, "text": "", "headers": {"Location": link}, "times": 0}]
    )
    with pytest.raises(ResultError, match="without end") as raised:
        client.download(link, folder)
    check_silent(raised.value, link)
    assert sandbox.counts()["requests"]["result"] == 6


def test_a_service_elsewhere_can_not_point_to_this_machine(sandbox: Sandbox, link: str, folder: Path) -> None:
    transport = Transport(user_agent="test")
    for address in (link, "http://example.org/r.glb", "file:///etc/passwd", "nothing"):
        with pytest.raises(ResultError, match="https"):
            download_result(transport, address, folder, loopback=False)
    assert sandbox.counts()["requests"]["result"] == 0


def test_a_packed_answer_is_unpacked(sandbox: Sandbox, client: Hitem3DClient, link: str, folder: Path) -> None:
    model = BALL.export(file_type="glb")
    answer = {"base64": base64.b64encode(gzip.compress(model)).decode(), "headers": {"Content-Encoding": "gzip"}}
    sandbox.behave(faults=[{"on": "result", "do": "answer", **answer}])
    assert client.download(link, folder).read_bytes() == model


def test_cancel(sandbox: Sandbox, client: Hitem3DClient, link: str, folder: Path) -> None:
    sandbox.behave(download_rate=20_000)
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    with pytest.raises(CancelledError, match="can be downloaded again"):
        client.download(link, folder, cancelled=stop.is_set)
    assert time.monotonic() - started < 15, "the whole file takes longer"
    assert names(folder) == []


def test_a_file_of_an_earlier_try_is_replaced(client: Hitem3DClient, link: str, folder: Path) -> None:
    (folder / part_name()).write_bytes(b"x" * 10_000_000)
    (folder / "result.glb").write_bytes(b"old")
    assert client.download(link, folder).read_bytes().startswith(b"glTF")
    assert names(folder) == ["result.glb"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
def test_a_full_disk(client: Hitem3DClient, link: str, folder: Path) -> None:
    (folder / part_name()).symlink_to("/dev/full")
    with pytest.raises(ResultError, match=r"can't be saved.*No space left.*Free some space"):
        client.download(link, folder)
    assert names(folder) == []


def test_a_folder_that_is_gone(client: Hitem3DClient, link: str, folder: Path) -> None:
    folder.rmdir()
    with pytest.raises(ResultError, match="can't be saved"):
        client.download(link, folder)
    assert not folder.exists()
