# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The envelope: whatever the bytes are, there is an answer, and what is shown of it is fit to be shown."""

from __future__ import annotations

import email.utils
import json
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.core.errors import BusyError, CredentialsError, CreditsError, Hitem3DError, ServiceError
from hitem3d_addon.core.service.answer import (
    MESSAGE_LIMIT,
    RETRY_AFTER_LIMIT,
    Answer,
    read_answer,
    refusal,
    retry_after,
    shown_message,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["code", "msg", "message", "data", "x"]), inner),
    max_leaves=20,
)


def check(answer: Answer) -> None:
    """What holds for every answer: its refusal can be said, and nothing in it is of a wrong type or length."""
    assert isinstance(answer.code, str) and len(answer.code) <= 40
    assert isinstance(answer.data, dict)
    assert len(answer.message) <= MESSAGE_LIMIT
    assert not any(unicodedata.category(char).startswith("C") for char in answer.message)
    assert str(refusal(answer))
    assert not (answer.ok and answer.faulty)
    assert not (answer.unauthorized and answer.faulty)


@given(status=st.integers(200, 599), body=st.none() | st.binary())
def test_any_bytes_are_an_answer(status: int, body: bytes | None) -> None:
    check(read_answer(status, {}, body))


@given(status=st.integers(200, 599), body=JSON, encoding=st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_any_json_is_an_answer(status: int, body: object, encoding: str) -> None:
    check(read_answer(status, {}, json.dumps(body).encode(encoding)))


@given(text=st.text(st.characters(max_codepoint=255)) | st.datetimes().map(email.utils.format_datetime))
def test_any_header_asks_for_a_bounded_pause_or_none(text: str) -> None:
    pause = retry_after({"Retry-After": text})
    assert pause is None or 0 <= pause <= RETRY_AFTER_LIMIT


@given(text=st.text(), secret=st.text(min_size=4, max_size=20))
def test_no_secret_and_no_signature_is_shown_of_any_text(text: str, secret: str) -> None:
    said = shown_message(f"{text} {secret} https://user:{secret}@h/p?auth_key={secret}#{secret}", [secret])
    assert secret not in said or secret in "https://h/p ……"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("200", "200"),
        ('"200"', "200"),
        ('" 200 "', "200"),
        ("200.0", "200"),
        ("0", "200"),
        ('"0"', "200"),
        ("5001001", "5001001"),
        ("true", ""),
        ("null", ""),
        ("[200]", ""),
        ("NaN", ""),
        ("1e400", ""),
        ("1" + 5000 * "0", ""),  # more digits than Python turns into a text by itself
        ('"A\\u0000B"', "A B"),
    ],
)
def test_codes_come_as_numbers_and_as_texts(code: str, expected: str) -> None:
    assert read_answer(200, {}, f'{{"code": {code}}}'.encode()).code == expected


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"code":' * 100_000, b"\xff\xfe", b"", b"null", b'"200"'])
def test_what_is_no_envelope_is_faulty(body: bytes) -> None:
    answer = read_answer(200, {}, body)
    assert not answer.ok
    assert answer.faulty


def test_msg_comes_before_message_and_data_may_be_anything() -> None:
    answer = read_answer(200, {}, b'{"code": 1, "msg": "first", "message": "second", "data": null}')
    assert (answer.message, answer.data) == ("first", {})
    answer = read_answer(200, {}, b'{"code": "1", "message": "second", "data": [1]}')
    assert (answer.message, answer.data) == ("second", {})
    assert read_answer(200, {}, b'{"code": 1, "msg": {"deep": 1}, "message": ""}').message == ""


@pytest.mark.parametrize(
    ("status", "code", "unauthorized", "faulty"),
    [
        (401, "", True, False),
        (200, "401", True, False),
        (401, "40010000", True, False),
        (500, "", False, True),
        (502, "200", False, True),
        (200, "502", False, True),
        (504, "504", False, True),
        (200, "", False, True),
        (303, "", False, True),
        (302, "", False, False),
        (404, "", False, False),
        (500, "10000000", False, False),
        (500, "5001001", False, False),
        (200, "200", False, False),
    ],
)
def test_a_definite_no_is_told_from_a_fault(status: int, code: str, unauthorized: bool, faulty: bool) -> None:
    answer = Answer(status, code)
    assert (answer.unauthorized, answer.faulty) == (unauthorized, faulty)


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("401", CredentialsError, "Get a new one"),
        ("40010000", CredentialsError, "Check both"),
        ("30010000", CreditsError, "separate from the website's.*get an API package"),
        ("5001001", ServiceError, "refunded; try again later"),
        ("50010001", ServiceError, "refunded; try again later"),
        ("10000000", ServiceError, "Try again later"),
        ("10031001", ServiceError, "too large.*Decimate"),
        ("10031002", ServiceError, "number of faces.*Decimate"),
        ("10031003", ServiceError, "another kind.*Update the add-on"),
        ("10031004", ServiceError, "Choose another format"),
        ("10031005", ServiceError, "another kind.*Update the add-on"),
        ("10031006", ServiceError, "another kind.*Update the add-on"),
        ("10031007", ServiceError, "not both"),
        ("10031008", ServiceError, "No model arrived.*Try again"),
        ("10031009", ServiceError, "another kind.*Update the add-on"),
        ("10031010", ServiceError, "No model arrived.*Try again"),
        ("10031011", ServiceError, "Give mesh_url"),
        ("10031012", ServiceError, "begins with http"),
        ("40040000", ServiceError, "Check the task id"),
        ("429", BusyError, "Try again in a few minutes"),
        ("413", ServiceError, "too large.*Decimate"),
    ],
)
def test_every_listed_code_says_what_to_do_next(code: str, kind: type[Hitem3DError], words: str) -> None:
    error = refusal(Answer(200, code, "服务器消息"))
    assert type(error) is kind
    with pytest.raises(kind, match=words):
        raise error


def test_unknown_codes_are_shown_with_their_message() -> None:
    assert "模型太复杂 (code 10039999)" in str(refusal(Answer(200, "10039999", "模型太复杂")))
    assert "{oops}" in str(refusal(Answer(200, "10039999", "{oops} {0} {}")))


@given(text=st.text(), secret=st.text("abcdefghijk123_-.", min_size=4, max_size=40))
def test_messages_are_bounded_clean_and_without_secrets(text: str, secret: str) -> None:
    shown = shown_message(f"{text} {secret} {text}", [secret])
    assert secret not in shown
    assert len(shown) <= MESSAGE_LIMIT
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in shown)


def test_signatures_and_passwords_are_cut_out_of_addresses() -> None:
    text = "see https://user:pass@cdn.example/result.glb?auth_key=123-abc-def, please"
    assert shown_message(text) == "see https://cdn.example/result.glb please"


def test_retry_after() -> None:
    assert retry_after({"Retry-After": "7"}) == 7
    assert retry_after({"Retry-After": "999999"}) == 600
    assert retry_after({}) is None
    assert retry_after({"Retry-After": "soon"}) is None
    later = email.utils.formatdate(time.time() + 100, usegmt=True)
    assert 90 < (retry_after({"Retry-After": later}) or 0) <= 100
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0


@given(st.text())
def test_any_retry_after_is_read(text: str) -> None:
    pause = retry_after({"Retry-After": text})
    assert pause is None or 0 <= pause <= 600
