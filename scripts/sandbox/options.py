# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the sandbox, and the keys that it takes unless it is told otherwise.

Standard library only, and nothing newer than Python 3.8: it answers --help before the environment is made.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Sequence  # noqa: UP035 - Python 3.8 has no generic collections.abc.Sequence

TOKEN = "sandbox-token"
ACCESS_KEY = "ak_sandbox"
SECRET_KEY = "sk_sandbox"
AUTH = ("token", "bearer", "both")
"""The schemes of the Authorization header that can be taken."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for. Exits after --help, and with a message for what is wrong."""
    parser = argparse.ArgumentParser(
        prog="sandbox",
        description="A local Hitem3D: it really segments what it is sent, costs nothing, and keeps nothing.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at")
    add("--port", type=int, default=8642, help="port to listen at; 0 takes a free one")
    add("--seconds", type=float, default=3.0, help="time that a task takes")
    add("--auth", choices=AUTH, default="both", help="the Authorization scheme that is taken")
    add("--token", default=TOKEN, help="the API token")
    add("--access-key", default=ACCESS_KEY, help="the access key")
    add("--secret-key", default=SECRET_KEY, help="the secret key")
    add("--certificate", type=Path, default=argparse.SUPPRESS, help="PEM file with a certificate and its key, for TLS")
    add("--name", default="", help="host in its addresses, where it is reached by another than it listens at")
    add(
        "--data",
        type=Path,
        default=argparse.SUPPRESS,
        help="folder to keep uploads and results in; without it a temporary one, removed at the end",
    )
    return parser.parse_args(arguments, namespace=argparse.Namespace(data=None, certificate=None))
