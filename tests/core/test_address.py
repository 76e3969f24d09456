# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where keys may be sent, and what is shown of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.core.address import check_api_url, is_loopback, is_safe_address, shown, without_user
from hitem3d_addon.core.errors import InputError


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.hitem3d.ai", "https://api.hitem3d.ai"),
        (" https://API.hitem3d.ai/ ", "https://api.hitem3d.ai"),
        ("https://gateway.studio:8443/hitem3d/", "https://gateway.studio:8443/hitem3d"),
        ("http://localhost:80", "http://localhost:80"),
        ("http://127.0.0.1:8642", "http://127.0.0.1:8642"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8642/", "http://[::1]:8642"),
    ],
)
def test_addresses_that_are_taken(address: str, expected: str) -> None:
    assert check_api_url(address) == expected
    assert check_api_url(expected) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.hitem3d.ai",
        "http://api.hitem3d.ai",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1@evil.example",
        "http://127.0.0.1\\@evil.example",
        "https://user:geheim@api.hitem3d.ai",
        "https://api.hitem3d.ai?key=geheim",
        "https://api.hitem3d.ai#geheim",
        "ftp://localhost",
        "file:///etc/passwd",
        "https://",
        "https://a b",
        "https://a\nb",
        "https://[::1",
        "https://host:99999999",
        "http://0.0.0.0",
        "http://10.0.0.1",
    ],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(InputError) as raised:
        check_api_url(address)
    assert "geheim" not in str(raised.value)


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    is_safe_address(text, loopback=True)
    is_loopback(text)
    assert shown(text)
    try:
        check_api_url(text)
    except InputError as error:
        assert str(error)


def test_shown_is_host_and_port() -> None:
    assert shown("https://user:pass@Host.example:8443/path?auth_key=1#x") == "host.example:8443"
    assert shown("http://[::1]:80/") == "[::1]:80"


def test_without_user() -> None:
    assert without_user("https://u:p@h:1/a%2Fb?auth_key=1-%20x#f") == "https://h:1/a%2Fb?auth_key=1-%20x"
