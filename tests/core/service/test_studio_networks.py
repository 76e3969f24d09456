# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of studios: a proxy that asks for a password, a certificate authority of the house, and both in one.

The proxy and the authority are real; the sandbox behind them speaks TLS and goes by names that only the proxy knows.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import re
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trimesh
import trustme
from sandbox.process import Sandbox

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import ConnectionFailedError
from hitem3d_addon.core.service.client import Hitem3DClient
from hitem3d_addon.core.service.transport import Timeouts
from hitem3d_addon.core.task import SegmentationRequest
from hitem3d_addon.core.tasks import workflow
from hitem3d_addon.core.tasks.owner import Owner
from hitem3d_addon.core.tasks.store import TaskStore
from hitem3d_addon.core.tasks.workflow import Worker
from hitem3d_addon.core.values import TaskState

NAME = "hitem3d.test"
USER, PASSWORD = "artist", "geheim%20pass"
LOGIN = base64.b64encode(b"artist:geheim pass")
VARIABLES = (
    *(name for pair in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY") for name in (pair, pair.lower())),
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)
PATIENCE = Timeouts(connect=3, read=5, create=5, download=5)


class Proxy:
    """A proxy that makes tunnels (CONNECT) to names below .test, all of them this machine, for who has the password."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.tunnels: list[str] = []
        self.refused = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (piece := client.recv(4096)):
                head += piece
            if b"Basic " + LOGIN not in head:
                self.refused += 1
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            target = head.split()[1].decode()
            self.tunnels.append(target)
            with socket.create_connection(("127.0.0.1", int(target.rpartition(":")[2])), 5) as server:
                server.settimeout(None)
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's certificate, as an administrator gives it to the artists."""
    file = tmp_path_factory.mktemp("studio") / "Hausnetz für alle.pem"
    authority.cert_pem.write_to_path(file)
    return file


@pytest.fixture(scope="module")
def secure_sandbox(authority: trustme.CA, ca_file: Path) -> Iterator[Sandbox]:
    """A sandbox with TLS that says it is hitem3d.test."""
    certificate = ca_file.with_name("server.pem")
    authority.issue_cert(NAME, "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(certificate)
    with Sandbox(seconds=0.2, certificate=certificate, name=NAME, authority=ca_file) as sandbox:
        yield sandbox


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy, which no variable of the environment names yet."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with closing(Proxy()) as proxy:
        yield proxy


def proxied(proxy: Proxy, password: str = PASSWORD) -> str:
    return f"http://{USER}:{password}@127.0.0.1:{proxy.port}"


def segment(home: Path, sandbox: Sandbox, ca_file: Path | None) -> TaskState:
    """The whole job: token, upload, questions, download."""
    keys = Credentials(access_key=sandbox.access_key, secret_key=sandbox.secret_key)
    client = Hitem3DClient(sandbox.url, keys, ca_file=ca_file, timeouts=PATIENCE)
    mesh = home / "box.glb"
    trimesh.creation.box().export(mesh)
    with TaskStore(home) as store, Owner(home) as owner, closing(client):
        worker = Worker(store, owner, client)
        request = SegmentationRequest(mesh=mesh)
        task = workflow.record(store, request, uid=uuid.uuid4().hex, name="Box", api_url=client.api_url)
        workflow.submit(worker, task.uid)
        workflow.wait(worker, task.uid, timeout=60)
        assert workflow.fetch(worker, task.uid).name == "result.glb"
        found = store.get(task.uid)
        assert found
        return found.state


@pytest.mark.parametrize("how", ["preference", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_whole_job_through_a_proxy_with_a_password_and_an_authority_of_the_house(
    how: str, proxy: Proxy, secure_sandbox: Sandbox, ca_file: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxied(proxy))
    if how != "preference":
        monkeypatch.setenv(how, str(ca_file))
    assert segment(home, secure_sandbox, ca_file if how == "preference" else None) is TaskState.DONE
    assert {target.partition(":")[0] for target in proxy.tunnels} == {NAME}
    assert len(set(proxy.tunnels)) == 2, "the service, and the host of the results"
    assert proxy.refused == 0
    for file in home.rglob("*"):
        assert not file.is_file() or b"geheim" not in file.read_bytes()


@pytest.mark.parametrize(
    ("password", "certified", "reads"),
    [
        ("falsch", True, r"The proxy 127\.0\.0\.1:\d+ does not let Hitem3D through: 407 Proxy Authentication Required"),
        (
            PASSWORD,
            False,
            r"The connection to hitem3d\.test:\d+ is not safe: .*certificate.*choose its certificate file in the "
            r"preferences\. Proxy: 127\.0\.0\.1:\d+, certificate file: .*cacert\.pem\.",
        ),
    ],
    ids=["wrong password", "unknown root"],
)
def test_what_a_proxy_that_is_in_the_way_says(
    password: str,
    certified: bool,
    reads: str,
    proxy: Proxy,
    secure_sandbox: Sandbox,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", proxied(proxy, password))
    keys = Credentials(token=secure_sandbox.token)
    client = Hitem3DClient(secure_sandbox.url, keys, ca_file=ca_file if certified else None, timeouts=PATIENCE)
    before = secure_sandbox.counts()["requests"]
    with closing(client), pytest.raises(ConnectionFailedError, match=reads) as raised:
        client.balance()
    assert "geheim" not in str(raised.value) and "falsch" not in repr(raised.value)
    assert secure_sandbox.counts()["requests"] == before


def test_a_proxy_without_a_scheme_is_an_http_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in curl; requests reads "host:port" in a way of its own."""
    for name in (f"localhost:{proxy.port}", f"{USER}:{PASSWORD}@127.0.0.1:{proxy.port}"):
        monkeypatch.setenv("HTTPS_PROXY", name)
        before = proxy.refused + len(proxy.tunnels)
        with pytest.raises(ConnectionFailedError):
            Hitem3DClient("https://elsewhere.example", Credentials(token="x" * 9)).balance()
        assert proxy.refused + len(proxy.tunnels) > before


@pytest.mark.parametrize(
    ("proxy_address", "said"),
    [
        ("socks5://127.0.0.1:9", "is a SOCKS proxy, for which this Blender's Python lacks the module PySocks"),
        ("socks5h://name:word@127.0.0.1:9", "127.0.0.1:9 is a SOCKS proxy"),
        ("http:127.0.0.1:9", "address of the proxy can't be used"),
        ("http://", "address of the proxy can't be used"),
        ("http://[::1", "address of the proxy can't be used"),
        ("ftp://127.0.0.1:9", r"address of the proxy can't be used \(127.0.0.1:9\)"),
        ("127.0.0.1:abc", "address of the proxy can't be used"),
    ],
)
def test_a_proxy_that_can_t_be_spoken_to_is_named(
    proxy_address: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy_address)
    with pytest.raises(ConnectionFailedError, match=said) as raised:
        Hitem3DClient("https://elsewhere.example", Credentials(token="x" * 9)).balance()
    assert "word" not in str(raised.value)


def test_no_proxy_leads_past_it(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxied(proxy))
    monkeypatch.setenv("NO_PROXY", ".test,localhost")
    client = Hitem3DClient("https://nobody.test", Credentials(token="t"), timeouts=PATIENCE)
    with closing(client), pytest.raises(ConnectionFailedError, match=re.escape("nobody.test can't be found")):
        client.balance()
    assert not proxy.tunnels


def expired(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("127.0.0.1", not_after=datetime.datetime(2021, 9, 30, tzinfo=datetime.UTC))


@pytest.mark.parametrize(
    ("issue", "trusted", "reads"),
    [
        (expired, True, "certificate has expired"),
        (lambda authority: authority.issue_cert("elsewhere.test"), True, "127.0.0.1|another host"),
        (lambda authority: authority.issue_cert("127.0.0.1"), False, "unable to get local issuer|self.signed"),
    ],
    ids=["expired", "another host", "unknown root"],
)
def test_a_certificate_that_proves_nothing(
    issue: Callable[[trustme.CA], trustme.LeafCert],
    trusted: bool,
    reads: str,
    authority: trustme.CA,
    ca_file: Path,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is sent, and there is no way to go on without a check."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    certificate = tmp_path / "server.pem"
    issue(authority).private_key_and_cert_chain_pem.write_to_path(certificate)
    with Sandbox(certificate=certificate, authority=ca_file) as sandbox:
        file = ca_file if trusted else None
        with pytest.raises(ConnectionFailedError, match=f"is not safe: .*({reads})") as raised:
            segment(home, sandbox, file)
        said = str(raised.value)
        assert "Proxy: -, certificate file: " in said
        assert (str(ca_file) if trusted else "cacert.pem") in said
    with TaskStore(home) as store:
        assert [task.state for task in store.tasks()] == [TaskState.PENDING]
    port = urlsplit(sandbox.url).port
    assert port and f":{port} " in said
