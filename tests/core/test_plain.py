# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values with named fields behave as named tuples do, but for being tuples."""

from __future__ import annotations

import pytest

from hitem3d_addon.core.plain import Plain


class Place(Plain):
    """Something with a default."""

    name: str
    number: int = 3


def test_fields_are_given_by_place_or_by_name() -> None:
    for place in (Place("a", 4), Place("a", number=4), Place(number=4, name="a"), Place("a")._replace(number=4)):
        assert (place.name, place.number) == ("a", 4)
        assert place == Place("a", 4) != Place("a")
        assert hash(place) == hash(Place("a", 4))
        assert place._asdict() == {"name": "a", "number": 4}
        assert repr(place) == "Place(name='a', number=4)"
    assert Place._fields == ("name", "number")
    assert Place("a").number == 3
    assert Place("a") != ("a", 3)


@pytest.mark.parametrize(
    ("values", "named"),
    [((), {}), ((), {"number": 4}), (("a", 4, 5), {}), (("a",), {"name": "b"}), (("a",), {"far": 1})],
)
def test_other_fields_are_refused(values: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="has the fields name, number"):
        Place(*values, **named)  # type: ignore[arg-type]
