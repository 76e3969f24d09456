# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Caps made smooth together, wherever nothing crosses then that did not before.

Each cap was made when only those before it were there. Where several meet, the later ones lie in what room was left.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..mesh.arrays import Flags, Ints
from .body import Body
from .crossings import crossing_faces
from .web import Web, make_web

_DRAWN, _BACK = 0.6, 0.62
"""How far points go to the middle of their neighbours, then away from it: what is wide and round stays as it was."""
_ROUNDS = 20
_TURNS = 8


def smooth_caps(body: Body, crossing: dict[int, Ints], *, everywhere: bool) -> Iterator[None]:
    """Smooth all caps, or those of parts where something crosses and of their neighbours.

    ``crossing`` has each part's triangles that cross, and is brought up to date.
    """
    web, used = _web_of_caps(body)
    if not everywhere:
        web = web._replace(fixed=web.fixed | ~_wrong_parts(body, crossing)[used])
    before = body.points
    for turn in range(_TURNS):
        at = before[used]
        for _ in range(0 if web.fixed.all() else _ROUNDS):
            for share in (_DRAWN, -_BACK):
                at[~web.fixed] += share * (web.means(at) - at[~web.fixed])
        body.points = before.copy()
        body.points[used[~web.fixed]] = np.rint(at[~web.fixed] / body.step) * body.step
        has_moved = (body.points != before).any(axis=1)
        found = {}
        for label in crossing:
            caps = body.result(label)
            if has_moved[caps].any():
                found[label] = crossing_faces(body.points, caps, body.source[label])
                yield
        worse = [faces for label, faces in found.items() if len(faces) > len(crossing[label])]
        if not worse:
            crossing.update(found)
            return
        web = web._replace(fixed=web.fixed | _around(web, np.isin(used, np.concatenate(worse)), turn + 1))
    body.points = before


def _wrong_parts(body: Body, crossing: dict[int, Ints]) -> Flags:
    """Which of the body's points are on caps of parts where something crosses, or of their neighbours."""
    near = [label for label, faces in crossing.items() if len(faces)]
    found = np.zeros(len(body.points), np.bool_)
    for cap in body.caps:
        sides = np.unique([cap.part, *cap.others.tolist()])
        if np.isin(sides, near).any():
            for label in sides.tolist():
                found[body.result(label)] = True
    return found


def _web_of_caps(body: Body) -> tuple[Web, Ints]:
    """The springs of all caps, and which of the body's points (n,) they join."""
    none = np.empty((0, 3), np.int32)
    corners = np.concatenate([none, *(cap.corners for cap in body.caps)])
    owners = [cap.part * len(body.source) + cap.others for cap in body.caps]
    stays = np.zeros(len(body.points), np.bool_)
    for source in body.source:
        stays[source] = True
    for cap in body.caps:
        if not stays[cap.corners].any():  # the second wall of a cavity
            stays[cap.corners] = True
    for _, seal in body.seals:
        stays[seal] = True
    used, places = np.unique(corners, return_inverse=True)
    of_corners = np.concatenate([np.empty(0, np.int32), *owners]).astype(np.int32)
    return make_web(places.reshape(-1, 3).astype(np.int32), of_corners, stays[used]), used


def _around(web: Web, points: Flags, steps: int) -> Flags:
    """Points (n,) and all that are so few springs away."""
    found = points.copy()
    for _ in range(steps):
        found[web.ends[found[web.ends].any(axis=1)]] = True
    return found
