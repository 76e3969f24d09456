# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service's pages say: addresses, codes, the answer's envelope, and which form fields are right.

Where the segmentation page is silent the codes are those of its sibling pages (image-to-3D create-task, get-token,
query-balance); the few that no page gives are the sandbox's own, and are marked as such.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

API = "/open-api/v1"
TOKEN_PATH = f"{API}/auth/token"
CREATE_PATH = f"{API}/segmentation/create-task"
QUERY_PATH = f"{API}/segmentation/query-task"
QUERY_PATHS = {
    "segmentation": QUERY_PATH,
    "split": f"{API}/split/query-task",
    "multicolor": f"{API}/muilticolor/query-task",  # the service's own spelling
    "depth": f"{API}/depth/query-task",
}
"""A task is known at its family's path alone; the family is the word that its id begins with."""
BALANCE_PATH = f"{API}/balance"

UPLOAD_LIMIT = 200_000_000
"""Bytes of the mesh: "up to 200 MB"."""
TEXT_LIMIT = 65_536
"""Bytes of any other field: the sandbox's own bound."""
SEG_LEVELS = ("low", "medium", "high")
FORMATS = {1: "obj", 2: "glb", 3: "stl", 4: "fbx", 5: "usdz"}
DELIVERED = FORMATS | {6: "3mf"}
"""What a sibling may deliver as well."""
FIELDS = ("mesh", "mesh_url", "seg_level", "format", "callback_url")

OK = 200
UNAUTHORIZED = 401
REFUSALS = {
    "http": (401, "Unauthorized", 401),
    "json": (401, "Unauthorized", 200),
    "http403": (403, "Forbidden", 403),
    "json403": (403, "Forbidden", 200),
}
"""Code, message and HTTP status for a token that is not taken. In words it comes with a code of the sandbox's own."""
EXPIRED = 40010001
BUSY = 429  # the sandbox's own: no page gives a code for too many tasks
GENERATE_FAILED = 5001001
SYSTEM_ERROR = 10000000
TOO_LARGE = 10031001
NOT_SUPPORTED = 10031004
BOTH_GIVEN = 10031007
NEITHER_GIVEN = 10031008
EMPTY_FILE = 10031010
BAD_URL = 10031012
NO_CREDITS = 30010000
BAD_FORM = 40000000  # the sandbox's own: a field that is missing, doubled or unknown
BAD_KEYS = 40010000
NO_SUCH_TASK = 40040000  # only in the vendor's own test server

NEUTRAL_NAME = re.compile(r"(mesh|model|object|input|upload|file|demo)\.(glb|stl|obj)")
"""A file name that tells nothing about the user's work. The sandbox's own rule: the service takes any."""


class RefusedError(Exception):
    """The service says no. HTTP status 200 with another code is the rule, not the exception (get-token page)."""

    def __init__(self, code: int, msg: str, status: int = 200) -> None:
        super().__init__(msg)
        self.code = code
        self.msg = msg
        self.status = status


def envelope(data: dict[str, Any], code: int = OK, msg: str = "success") -> dict[str, Any]:
    """The JSON that every endpoint answers with."""
    return {"code": code, "data": data, "msg": msg}


@dataclass(frozen=True, slots=True)
class Order:
    """What a valid create-task asks for, the mesh itself aside."""

    seg_level: str
    format: int
    mesh_url: str
    callback_url: str


def read_order(texts: dict[str, str], has_mesh: bool) -> Order:
    """The fields of create-task; ``texts`` holds all but the file. Raises RefusedError."""
    for name in ("seg_level", "format"):
        if name not in texts:
            raise RefusedError(BAD_FORM, f"{name} is required")
    if texts["seg_level"] not in SEG_LEVELS:
        raise RefusedError(NOT_SUPPORTED, "seg_level not support: low, medium or high")
    if texts["format"] not in map(str, FORMATS):
        raise RefusedError(NOT_SUPPORTED, "format not support: 1 obj, 2 glb, 3 stl, 4 fbx, 5 usdz")
    if has_mesh and "mesh_url" in texts:
        raise RefusedError(BOTH_GIVEN, "both mesh and mesh_url provided")
    if not has_mesh and not texts.get("mesh_url"):
        raise RefusedError(NEITHER_GIVEN, "mesh or mesh_url required")
    for name in ("mesh_url", "callback_url"):
        if name in texts and not is_web_address(texts[name]):
            raise RefusedError(BAD_URL, f"{name}_must_start_with_http")
    return Order(texts["seg_level"], int(texts["format"]), texts.get("mesh_url", ""), texts.get("callback_url", ""))


def is_web_address(address: str) -> bool:
    """Whether this is a whole http(s) address without blanks or control characters."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\x00-\x20\x7f]", address)
    except ValueError:
        return False


def is_loopback(address: str) -> bool:
    """Whether a web address is on this machine: the sandbox itself never talks to any other."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
