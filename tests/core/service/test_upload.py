# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The multipart body: read back by an independent parser, of the announced length, and never held in memory."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_multipart import parse_form

from hitem3d_addon.core.errors import CancelledError, InputError
from hitem3d_addon.core.service.upload import BLOCK, MultipartBody

FIELDS = {"seg_level": "medium", "format": "2"}


def parsed(body: MultipartBody) -> tuple[dict[str, bytes], dict[str, tuple[bytes, bytes]]]:
    """The fields and the files, by name, as python-multipart reads them."""
    data = b"".join(body)
    assert len(data) == len(body)
    fields: dict[str, bytes] = {}
    files: dict[str, tuple[bytes, bytes]] = {}

    def on_file(file: object) -> None:
        stream = file.file_object  # type: ignore[attr-defined]
        stream.seek(0)
        files[file.field_name.decode()] = (file.file_name, stream.read())  # type: ignore[attr-defined]

    def on_field(field: object) -> None:
        fields[field.field_name.decode()] = field.value or b""  # type: ignore[attr-defined]

    headers = {"Content-Type": body.content_type.encode(), "Content-Length": str(len(body)).encode()}
    parse_form(headers, BytesIO(data), on_field, on_file)
    return fields, files


def sparse_file(path: Path, size: int) -> Path:
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


@given(
    texts=st.dictionaries(
        st.sampled_from(["seg_level", "format", "mesh_url", "callback_url"]), st.text(max_size=300), min_size=1
    ),
    content=st.none() | st.binary(max_size=3 * 1024).map(lambda data: data * 40),
)
def test_an_independent_parser_reads_back_what_went_in(
    tmp_path: Path, texts: dict[str, str], content: bytes | None
) -> None:
    texts = {name: text.encode("utf-8", "ignore").decode() for name, text in texts.items()}
    file = None
    if content is not None:
        file = tmp_path / "Kundenname geheim.glb"
        file.write_bytes(content)
    fields, files = parsed(MultipartBody(texts, file))
    assert {name: value.decode() for name, value in fields.items()} == texts
    assert files == ({"mesh": (b"model.glb", content)} if content is not None else {})


@pytest.mark.parametrize(
    ("name", "sent_name"),
    [("a.glb", b"model.glb"), ("A.GLB", b"model.glb"), ("b.stl", b"model.stl"), ("c.Obj", b"model.obj")],
)
def test_the_file_name_is_neutral(tmp_path: Path, name: str, sent_name: bytes) -> None:
    (tmp_path / name).write_bytes(b"data")
    assert parsed(MultipartBody(FIELDS, tmp_path / name))[1]["mesh"] == (sent_name, b"data")


@pytest.mark.parametrize("name", ["model.fbx", "model", ".glb"])
def test_other_kinds_of_files_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"data")
    with pytest.raises(InputError, match="no model of this kind"):
        MultipartBody(FIELDS, tmp_path / name)


def test_a_second_iteration_sends_the_same(tmp_path: Path) -> None:
    file = tmp_path / "m.glb"
    file.write_bytes(os.urandom(3 * BLOCK + 7))
    calls: list[str] = []
    body = MultipartBody(FIELDS, file, on_send=lambda: calls.append("sent"))
    assert b"".join(body) == b"".join(body)
    assert calls == ["sent", "sent"]


def test_progress_comes_after_each_block_and_ends_at_the_total(tmp_path: Path) -> None:
    file = sparse_file(tmp_path / "m.glb", 5 * BLOCK + 1)
    seen: list[tuple[int, int]] = []
    body = MultipartBody(FIELDS, file, progress=lambda *numbers: seen.append(numbers))
    handed = 0
    for block in body:
        assert len(block) <= max(BLOCK, 1000)
        assert (seen[-1][0] if seen else 0) == handed == body.sent
        handed += len(block)
    assert seen[-1] == (len(body), len(body))
    assert [sent for sent, _ in seen] == sorted({sent for sent, _ in seen})


def test_on_send_is_called_before_the_first_block_and_not_before_it_is_asked_for(tmp_path: Path) -> None:
    calls: list[str] = []
    body = MultipartBody(FIELDS, sparse_file(tmp_path / "m.glb", 10), on_send=lambda: calls.append("sent"))
    blocks = iter(body)
    assert calls == []
    next(blocks)
    assert calls == ["sent"]
    list(blocks)
    assert calls == ["sent"]


def test_what_on_send_raises_comes_through_and_nothing_is_handed_out(tmp_path: Path) -> None:
    def refuse() -> None:
        raise LookupError("the row is gone")

    body = MultipartBody(FIELDS, sparse_file(tmp_path / "m.glb", 10), on_send=refuse)
    with pytest.raises(LookupError):
        next(iter(body))
    assert (body.sent, body.finished) == (0, False)


def test_finished_turns_true_only_with_the_closing_delimiter(tmp_path: Path) -> None:
    body = MultipartBody(FIELDS, sparse_file(tmp_path / "m.glb", 3 * BLOCK))
    *whole, end = body
    boundary = body.content_type.partition("boundary=")[2].encode()
    assert end == b"\r\n--" + boundary + b"--\r\n"
    assert b"--" + boundary + b"--" not in b"".join(whole)
    blocks = iter(body)
    for _ in whole:
        next(blocks)
        assert not body.finished
    next(blocks)
    assert body.finished


@pytest.mark.parametrize("after", [0, 1, 3, 5])
def test_cancel_stops_before_the_next_block(tmp_path: Path, after: int) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    sent: list[bytes] = []
    body = MultipartBody(FIELDS, sparse_file(tmp_path / "m.glb", 10 * BLOCK), cancelled=cancelled)
    with pytest.raises(CancelledError, match="Nothing was charged"):
        sent.extend(body)
    assert len(sent) == max(0, after - 1)
    assert not body.finished


def test_cancel_before_the_first_byte_does_not_announce_sending(tmp_path: Path) -> None:
    calls: list[str] = []
    body = MultipartBody(
        FIELDS, sparse_file(tmp_path / "m.glb", 10), cancelled=lambda: True, on_send=lambda: calls.append("sent")
    )
    with pytest.raises(CancelledError):
        next(iter(body))
    assert calls == []


def shrink(file: Path) -> None:
    os.truncate(file, 10)


def grow(file: Path) -> None:
    with file.open("ab") as stream:
        stream.write(b"more")


@pytest.mark.parametrize(
    ("blocks_before", "change"), [(0, shrink), (0, grow), (0, Path.unlink), (2, shrink), (2, grow)]
)
def test_a_file_that_changes_is_an_error_and_never_a_wrong_length(
    tmp_path: Path, blocks_before: int, change: Callable[[Path], None]
) -> None:
    file = sparse_file(tmp_path / "m.glb", 4 * BLOCK)
    body = MultipartBody(FIELDS, file)
    blocks = iter(body)
    for _ in range(blocks_before):
        next(blocks)
    change(file)
    with pytest.raises(InputError, match=r"changed|can't be read"):
        list(blocks)
    assert not body.finished


def test_a_missing_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        MultipartBody(FIELDS, tmp_path / "none.glb")


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    body = MultipartBody(FIELDS, sparse_file(tmp_path / "m.glb", 150_000_000))
    tracemalloc.start()
    try:
        total = sum(len(block) for block in body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == len(body) > 150_000_000
    assert peak < 1_000_000
