# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and proxies: what is trusted, and what the user reads where it is not."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from clients import Client, closed_port, serving
from sandbox.process import Sandbox
from told_of_an_error import all_that_is_told

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import (
    ConnectionFailedError,
    InputError,
)
from hitem3d_addon.core.service.client import AuthScheme, Hitem3DClient
from hitem3d_addon.core.task import SegmentationRequest

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_url(authority: trustme.CA) -> Iterator[str]:
    """The address of a service on this machine that speaks TLS, with a certificate of a private authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with serving(lambda _path: (200, {"code": 200, "data": {"totalBalance": 5}}), context) as port:
        yield f"https://127.0.0.1:{port}"


@pytest.mark.parametrize("variable", ["preference", *CA_VARIABLES])
def test_a_private_authority_is_trusted_when_told(
    secure_url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    file = tmp_path / "autorité.pem"
    authority.cert_pem.write_to_path(file)
    for name in CA_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    if variable != "preference":
        monkeypatch.setenv(variable, str(file))
    ca_file = file if variable == "preference" else None
    service = Hitem3DClient(secure_url, Credentials(token="t"), scheme=AuthScheme.TOKEN, ca_file=ca_file)
    assert service.balance() == 5
    service.close()


def test_the_preference_beats_the_environment(
    secure_url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "right.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "wrong.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "wrong.pem"))
    service = Hitem3DClient(secure_url, Credentials(token="t"), scheme=AuthScheme.TOKEN, ca_file=tmp_path / "right.pem")
    assert service.balance() == 5
    service.close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_certificate_file_that_is_none(secure_url: str, tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    service = Hitem3DClient(secure_url, Credentials(token="t"), scheme=AuthScheme.TOKEN, ca_file=file)
    with pytest.raises((InputError, ConnectionFailedError), match=re.escape(str(file))):
        service.balance()


def test_plain_http_where_tls_is_expected(sandbox: Sandbox) -> None:
    service = Hitem3DClient(sandbox.url.replace("http:", "https:"), Credentials(token="t"))
    with pytest.raises(ConnectionFailedError, match="not safe"):
        service.balance()


def test_a_proxy_that_is_not_there_is_named_without_its_password(
    client: Client, mesh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = closed_port()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://artist:geheim@127.0.0.1:{port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    service = Hitem3DClient("https://api.hitem3d.ai", Credentials(token="t"), scheme=AuthScheme.TOKEN)
    with pytest.raises(ConnectionFailedError, match=f"proxy 127.0.0.1:{port}") as raised:
        service.create_task(SegmentationRequest(mesh=mesh))
    assert "geheim" not in all_that_is_told(raised.value)
    assert client().balance() == 1000.0, "this machine is not asked for through a proxy"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "http://", "http://user:geheim@:x", "127.0.0.1:1"])
def test_a_proxy_setting_that_is_none(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConnectionFailedError) as raised:
        Hitem3DClient("https://api.hitem3d.ai", Credentials(token="t")).balance()
    assert "geheim" not in all_that_is_told(raised.value)
