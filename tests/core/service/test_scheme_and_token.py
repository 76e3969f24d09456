# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The word before the token, and the token: found out, remembered, renewed, without paying for it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from clients import Client, check_silent, keys
from sandbox.behaviour import CHOICES
from sandbox.process import Sandbox
from told_of_an_error import all_that_is_told

from hitem3d_addon.core.credentials import Credentials
from hitem3d_addon.core.errors import (
    CredentialsError,
)
from hitem3d_addon.core.service.client import AuthScheme
from hitem3d_addon.core.task import SegmentationRequest

REFUSALS = CHOICES["unauthorized"]
"""All that a refused token was seen to look like."""


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(
    ("taken", "learned"), [("token", AuthScheme.TOKEN), ("bearer", AuthScheme.BEARER), ("both", AuthScheme.TOKEN)]
)
def test_the_scheme_is_learned_without_creating_anything(
    sandbox: Sandbox, client: Client, mesh: Path, taken: str, learned: AuthScheme, refusal: str
) -> None:
    sandbox.behave(auth=taken, unauthorized=refusal)
    service = client()
    assert service.learn_scheme() is learned
    assert service.scheme is learned
    assert sandbox.counts()["requests"]["create-task"] == 0
    service.create_task(SegmentationRequest(mesh=mesh))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["tasks_created"]) == (1, 1)
    known = client(scheme=learned)
    known.balance()
    assert sandbox.counts()["requests"]["query-task"] == counts["requests"]["query-task"]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_remembered_scheme_that_is_wrong_costs_one_more_upload_and_no_more(
    sandbox: Sandbox, client: Client, mesh: Path, refusal: str
) -> None:
    sandbox.behave(auth="bearer", unauthorized=refusal)
    service = client(scheme=AuthScheme.TOKEN)
    sends: list[int] = []
    service.create_task(SegmentationRequest(mesh=mesh), on_send=lambda: sends.append(1))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["tasks_created"], len(sends)) == (2, 1, 2)
    assert service.scheme is AuthScheme.BEARER


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_token_that_nobody_takes_is_said_before_the_model_is_sent(
    sandbox: Sandbox, client: Client, mesh: Path, refusal: str
) -> None:
    sandbox.behave(unauthorized=refusal)
    credentials = Credentials(token="gehe" + "im")
    with pytest.raises(CredentialsError, match="does not take the token") as raised:
        client(credentials).create_task(SegmentationRequest(mesh=mesh))
    assert credentials.token not in all_that_is_told(raised.value)
    assert sandbox.counts()["requests"]["create-task"] == 0


def test_a_create_task_that_always_says_401_is_sent_twice_and_no_more(
    sandbox: Sandbox, client: Client, mesh: Path
) -> None:
    sandbox.behave(faults=[{"on": "create-task", "when": "received", "do": "answer", "code": 401, "times": 0}])
    for credentials in (Credentials(token=sandbox.token), keys(sandbox)):
        before = sandbox.counts()["requests"]["create-task"]
        with pytest.raises(CredentialsError):
            client(credentials).create_task(SegmentationRequest(mesh=mesh))
        assert sandbox.counts()["requests"]["create-task"] == before + 2
    assert sandbox.counts()["tasks_created"] == 0


def test_a_fetched_token_that_expires_is_renewed_once(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    service = client(Credentials(token="expired-token", access_key=sandbox.access_key, secret_key=sandbox.secret_key))
    service.create_task(SegmentationRequest(mesh=mesh))
    assert service.balance() == sandbox.counts()["credits"]
    counts = sandbox.counts()
    assert (counts["requests"]["token"], counts["requests"]["create-task"], counts["tasks_created"]) == (1, 1, 1)


def test_two_computers_whose_tokens_end_each_other(sandbox: Sandbox, client: Client) -> None:
    """A token that was taken a moment ago and is refused now is renewed, however young it is."""
    service = client(keys(sandbox))
    for _ in range(3):
        assert service.balance() == 1000.0
        sandbox.behave(revoke_tokens=True)
    assert service.balance() == 1000.0
    assert sandbox.counts()["requests"]["token"] == 4


def test_wrong_keys_are_said(sandbox: Sandbox, client: Client) -> None:
    credentials = Credentials(access_key=sandbox.access_key, secret_key="sk_gehe" + "im:ü")
    with pytest.raises(CredentialsError, match="access key and secret key") as raised:
        client(credentials).balance()
    check_silent(raised.value, sandbox)
    assert credentials.secret_key not in all_that_is_told(raised.value)


@pytest.mark.parametrize("token", ["two words", "line\r\nX-Evil: 1", "schlüssel", "“quoted”"])
def test_a_token_that_can_not_be_one_is_not_sent(sandbox: Sandbox, client: Client, token: str) -> None:
    with pytest.raises(CredentialsError, match="Copy it again") as raised:
        client(Credentials(token=token)).balance()
    assert token not in all_that_is_told(raised.value)
    assert sandbox.counts()["schemes"] == {}


def test_no_keys_at_all(client: Client) -> None:
    with pytest.raises(CredentialsError, match="There are no keys"):
        client(Credentials(access_key="only-one")).balance()


def test_many_threads_fetch_one_token(sandbox: Sandbox, client: Client) -> None:
    service = client(keys(sandbox))
    sandbox.behave(faults=[{"on": "token", "do": "pass", "stall": 0.3}])
    balances: list[float] = []
    threads = [threading.Thread(target=lambda: balances.append(service.balance())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert balances == [1000.0] * 8
    counts = sandbox.counts()
    assert (counts["requests"]["token"], counts["requests"]["query-task"]) == (1, 1)


def test_netrc_does_not_replace_the_token(
    sandbox: Sandbox, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert client().balance() == 1000.0
    assert set(sandbox.counts()["schemes"]) == {"Token"}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_revoked_token_is_renewed_once(sandbox: Sandbox, client: Client, mesh: Path, refusal: str) -> None:
    """In use each refusal leads to a new token, and what create-task refused has created nothing."""
    sandbox.behave(unauthorized=refusal)
    service = client(keys(sandbox), scheme=AuthScheme.TOKEN)
    service._authorization._token = "revoked"
    service._authorization._fetched_at = time.monotonic() - 100.0
    service.create_task(SegmentationRequest(mesh=mesh))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["requests"]["token"], counts["tasks_created"]) == (2, 1, 1)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_balance_that_takes_another_word_changes_nothing_for_create_task(
    sandbox: Sandbox, client: Client, mesh: Path, refusal: str
) -> None:
    """Its page says Bearer, segmentation's says Token: a model would be uploaded twice each time."""
    sandbox.behave(auth="token", balance_auth="bearer", unauthorized=refusal)
    service = client()
    for _ in range(2):
        assert service.balance() == sandbox.counts()["credits"]
        service.create_task(SegmentationRequest(mesh=mesh))
    counts = sandbox.counts()
    assert (counts["requests"]["create-task"], counts["requests"]["balance"]) == (2, 3)
    assert service.scheme is AuthScheme.TOKEN


def test_a_strange_answer_does_not_show_that_the_word_is_taken(sandbox: Sandbox, client: Client, mesh: Path) -> None:
    """Whatever Token is answered with: only success and "unknown task" count, else Bearer is tried too."""
    sandbox.behave(auth="bearer", faults=[{"on": "query-task", "do": "answer", "code": 20019999, "msg": "no!"}])
    service = client()
    assert service.learn_scheme() is AuthScheme.BEARER


def test_an_unknown_task_in_unknown_words_is_cleared_up_by_the_balance(sandbox: Sandbox, client: Client) -> None:
    """No page says what an unknown task is answered with. The balance then shows that the token is taken."""
    sandbox.behave(faults=[{"on": "query-task", "times": 0, "do": "answer", "code": 20019999, "msg": "no!"}])
    assert client().learn_scheme() is AuthScheme.TOKEN


@pytest.mark.parametrize("family", ["segmentation", "split", "multicolor", "depth"])
def test_a_task_of_a_sibling_is_asked_for_at_its_own_path(
    sandbox: Sandbox, client: Client, mesh: Path, family: str
) -> None:
    sandbox.behave(family=family, seconds=60.0, progress=True)
    task_id = client().create_task(SegmentationRequest(mesh=mesh))
    assert task_id.startswith(f"{family}_")
    before = sandbox.counts()["requests"]["query-task"]
    status = client(scheme=AuthScheme.TOKEN).query_task(task_id)
    assert status.state in ("created", "queueing", "processing")
    assert status.progress is not None and 0 <= status.progress < 100
    assert sandbox.counts()["requests"]["query-task"] == before + 1, "at its path, and at no other before"
