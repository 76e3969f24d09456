# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The custom properties: what is written is read back, also from a file, and nothing else is taken for a record."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitem3d_addon.core.values import OutputFormat
from hitem3d_addon.session.record import (
    RECORD,
    TASK_ID,
    Record,
    clean_task_id,
    has_earlier_again,
    matrix_values,
    newest_uid_of,
    read_newest_record,
    read_record,
    remove_record,
    settle_task_id,
    stamp_task_id,
    task_id_of,
    uid_of,
    write_record,
)

POINTS = array("f", np.random.default_rng(1).random(3 * 256, np.float32).tobytes())
RECORD_OF_A_MESH = Record(
    uid="0123456789abcdef" * 2,
    matrix=tuple(0.1 * number for number in range(16)),
    format=OutputFormat.USDZ,
    time=2_500_000_000,  # after 2038
    centre=(100_000.000_000_123, -0.1, 3.3),
    scale=2.0**-7,
    bounds=(-1.0, -2.0, -3.0, 1.0, 2.0, 3.0),
    triangles=12_345_678,
    points=POINTS,
    vertices=6_000_000,
    anchors=POINTS[:300],
    mean=(0.25, -1e-9, 3.0),
    shape_key="微笑",
)
MAY_BE_MISSING = ("points", "vertices", "anchors", "mean", "shape_key", "earlier_id", "earlier")
RECORD_OF_AN_ADDRESS = Record(uid="f" * 32, matrix=(1.0,) * 16, format=OutputFormat.OBJ, time=0)
RECORD_OF_ANOTHER = RECORD_OF_A_MESH._replace(uid="e" * 32, earlier_id="segmentation_1", earlier=RECORD_OF_AN_ADDRESS)


@pytest.fixture
def obj(empty_scene: None) -> bpy.types.Object:
    made = bpy.data.objects.new("Thing", None)
    bpy.context.collection.objects.link(made)
    return made


def same(one: Record, other: Record | None) -> bool:
    return other is not None and all(
        np.array_equal(one_value, other_value)
        for one_value, other_value in zip(one._asdict().values(), other._asdict().values(), strict=True)
    )


@pytest.mark.parametrize("record", [RECORD_OF_A_MESH, RECORD_OF_AN_ADDRESS])
def test_a_record_comes_back_to_the_last_digit(obj: bpy.types.Object, tmp_path: Path, record: Record) -> None:
    assert read_record(obj) is None
    assert uid_of(obj) == ""
    write_record(obj, record)
    assert same(record, read_record(obj))
    assert same(record, read_record(obj.copy()))
    assert uid_of(obj) == record.uid
    path = str(tmp_path / "with a record.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    obj = bpy.data.objects["Thing"]
    assert same(record, read_record(obj))
    remove_record(obj)
    remove_record(obj)
    assert read_record(obj) is None and RECORD not in obj


def test_a_second_record_leaves_nothing_of_the_first(obj: bpy.types.Object) -> None:
    write_record(obj, RECORD_OF_AN_ADDRESS)
    few = RECORD_OF_A_MESH._replace(points=POINTS[:15])
    for record in (few, RECORD_OF_A_MESH, RECORD_OF_AN_ADDRESS, few):
        write_record(obj, record)
        assert same(record, read_record(obj))


@pytest.mark.parametrize("whole", ["text", 5, 0.5, [1, 2, 3], ["a", "b"], {}, {"uid": RECORD_OF_A_MESH.uid}])
def test_something_else_under_the_name_is_no_record(obj: bpy.types.Object, whole: Any) -> None:
    obj[RECORD] = whole
    assert read_record(obj) is None


HOSTILE: list[tuple[str, Any]] = [
    ("uid", "../../../etc/passwd"),
    ("uid", "0123456789abcdef" * 65536),
    ("uid", RECORD_OF_A_MESH.uid + "\n"),
    ("uid", 5),
    ("matrix", [1.0] * 15),
    ("matrix", [1.0] * 100_000),
    ("matrix", [float("nan")] * 16),
    ("matrix", "sixteen numbers."),
    ("centre", [0.0, float("inf"), 0.0]),
    ("centre", 5.0),
    ("scale", 0.0),
    ("scale", -1.0),
    ("scale", float("nan")),
    ("scale", "1"),
    ("matrix", [1e300] * 16),
    ("centre", [0.0, 1e300, 0.0]),
    ("scale", 1e-300),
    ("bounds", [-1e300, 0.0, 0.0, 1e300, 0.0, 0.0]),
    ("bounds", [1.0, 1.0, 1.0, -1.0, -1.0, -1.0]),
    ("bounds", [float("nan")] * 6),
    ("triangles", -1),
    ("triangles", float("inf")),
    ("triangles", [1, 2]),
    ("points", array("f", [0.0] * 767)),
    ("points", array("f", [float("nan")] * 768)),
    ("points", array("f", [0.0] * 300_000)),
    ("points", "a cloud"),
    ("points", {"x": 1}),
    ("vertices", -1),
    ("vertices", 99),  # fewer than the anchors
    ("vertices", 2.5),
    ("anchors", array("f", [0.0] * 299)),
    ("anchors", array("f", [float("inf")] * 300)),
    ("anchors", "a cloud"),
    ("mean", [float("nan")] * 3),
    ("mean", [0.0] * 4),
    ("format", 77),
    ("format", 2.5),
    ("format", "GLB"),
    ("time", -5),
    ("time", "yesterday"),
]


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_a_value_that_was_tampered_with_makes_it_no_record(obj: bpy.types.Object, name: str, value: Any) -> None:
    write_record(obj, RECORD_OF_A_MESH)
    del obj[RECORD][name]  # Blender crashes when an array is replaced by a longer one
    obj[RECORD][name] = value
    assert read_record(obj) is None
    assert uid_of(obj) in ("", RECORD_OF_A_MESH.uid)


@pytest.mark.parametrize("earlier", [RECORD_OF_A_MESH, RECORD_OF_AN_ADDRESS, None])
def test_the_earlier_task_comes_back_with_its_id(obj: bpy.types.Object, tmp_path: Path, earlier: Record | None) -> None:
    record = RECORD_OF_ANOTHER._replace(earlier=earlier)
    write_record(obj, record)
    path = str(tmp_path / "with two records.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    obj = bpy.data.objects["Thing"]
    for _ in range(2):
        assert settle_task_id(obj, "", unsent=True) and has_earlier_again(obj)
        assert task_id_of(obj) == "segmentation_1"
        assert same(earlier, read_record(obj)) if earlier else read_record(obj) is None
        assert uid_of(obj) == (earlier.uid if earlier else "")
        assert newest_uid_of(obj) == record.uid
        newest = read_newest_record(obj)
        assert newest and newest.earlier_id == "segmentation_1"
        assert same(earlier, newest.earlier) if earlier else newest.earlier is None
        assert settle_task_id(obj, "", unsent=False)
        assert (task_id_of(obj), uid_of(obj), has_earlier_again(obj)) == ("", record.uid, False)


@pytest.mark.parametrize("value", [5, "x" * 300, "\x1b[2J", {"a": 1}, [1.0, 2.0]])
def test_a_shape_key_that_was_tampered_with_is_none(obj: bpy.types.Object, value: Any) -> None:
    write_record(obj, RECORD_OF_A_MESH)
    obj[RECORD]["shape_key"] = value
    assert same(RECORD_OF_A_MESH._replace(shape_key=""), read_record(obj))


NUMBERS = st.integers(-(2**31), 2**31 - 1) | st.floats() | st.booleans()
# Without lone surrogates: Blender itself leaves an error behind when it is given one, and a file holds bytes.
TEXTS = st.text(max_size=50) | st.binary(max_size=50)
VALUES = st.recursive(
    NUMBERS
    | TEXTS
    | st.lists(st.floats(), min_size=1, max_size=20)
    | st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=20)
    | st.sampled_from([array("f", [0.0] * 300), array("d", [1e308] * 16), RECORD_OF_A_MESH.uid, "x" * 1_000_000]),
    lambda inner: st.dictionaries(st.sampled_from(["uid", "matrix", "a", "é", "\x01"]), inner, max_size=3),
    max_leaves=6,
)
"""What a custom property can be; all of it may be in a file of somebody else's."""


@given(
    whole=st.none() | VALUES,
    changed=st.dictionaries(st.sampled_from(Record._fields), VALUES, max_size=4),
    task_id=VALUES,
)
def test_whatever_the_properties_are_they_are_read_or_taken_for_absent(
    obj: bpy.types.Object, whole: Any, changed: dict[str, Any], task_id: Any
) -> None:
    remove_record(obj)
    if whole is None:
        write_record(obj, RECORD_OF_ANOTHER)
        for name, value in changed.items():
            del obj[RECORD][name]
            obj[RECORD][name] = value
    else:
        obj[RECORD] = whole
    record = read_record(obj)
    if record is not None:
        write_record(obj, record)
        assert same(record, read_record(obj))
    assert uid_of(obj) in ("", RECORD_OF_A_MESH.uid, RECORD_OF_ANOTHER.uid)
    read_newest_record(obj)
    settle_task_id(obj, "", unsent=True)
    assert uid_of(obj) in ("", *(one.uid for one in (RECORD_OF_A_MESH, RECORD_OF_ANOTHER, RECORD_OF_AN_ADDRESS)))
    obj[TASK_ID] = task_id
    clean = task_id_of(obj)
    assert len(clean) <= 500 and clean.isprintable() and clean == clean.strip()
    stamp_task_id(obj, "right")
    assert task_id_of(obj) == "right"
    remove_record(obj)
    stamp_task_id(obj, "")
    assert RECORD not in obj and TASK_ID not in obj


@pytest.mark.parametrize("name", [name for name in Record._fields if name not in MAY_BE_MISSING])
def test_a_value_that_is_missing_makes_it_no_record(obj: bpy.types.Object, name: str) -> None:
    write_record(obj, RECORD_OF_A_MESH)
    del obj[RECORD][name]
    assert read_record(obj) is None


def test_the_matrix_of_an_object_is_row_after_row(obj: bpy.types.Object) -> None:
    obj.location = (5, 6, 7)
    bpy.context.view_layer.update()
    assert matrix_values(obj.matrix_world) == (1, 0, 0, 5, 0, 1, 0, 6, 0, 0, 1, 7, 0, 0, 0, 1)
    write_record(obj, RECORD_OF_A_MESH._replace(matrix=matrix_values(obj.matrix_world)))


def test_the_task_id_is_a_plain_string_that_scripts_may_set(obj: bpy.types.Object) -> None:
    assert task_id_of(obj) == ""
    stamp_task_id(obj, "segmentation_20260312_8f92ab3e1cde")
    assert obj["hitem3d_task_id"] == "segmentation_20260312_8f92ab3e1cde" == task_id_of(obj)
    obj["hitem3d_task_id"] = " pasted_by_hand \n"
    assert task_id_of(obj) == "pasted_by_hand"
    stamp_task_id(obj, "")
    stamp_task_id(obj, "")
    assert TASK_ID not in obj


@pytest.mark.parametrize("value", [5, 0.5, [1.0, 2.0], {"a": 1}, "", "   ", "a\nb", "\x00", "x" * 1_000_000])
def test_something_else_is_no_task_id(obj: bpy.types.Object, value: Any) -> None:
    obj[TASK_ID] = value
    assert task_id_of(obj) == ""
    stamp_task_id(obj, "right")
    assert task_id_of(obj) == "right"


def test_a_task_id_may_hold_what_the_service_likes() -> None:
    assert clean_task_id(" Aufgabe 7/ä ") == "Aufgabe 7/ä"
    assert [clean_task_id(text) for text in ("?", "-_-", "…")] == [""] * 3
