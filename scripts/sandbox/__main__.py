# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/sandbox: a local Hitem3D that needs no account and no network. --help shows the options."""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPTS = str(Path(__file__).resolve().parents[1])
sys.path[:] = [SCRIPTS, *(one for one in sys.path if Path(one).resolve() != Path(__file__).resolve().parent)]

import environment  # noqa: E402

environment.ensure_running_inside()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import contextlib  # noqa: E402
import signal  # noqa: E402
import tempfile  # noqa: E402

from sandbox_process import ACCESS_KEY, SECRET_KEY, TOKEN  # noqa: E402

from sandbox.behaviour import CHOICES, Settings  # noqa: E402
from sandbox.server import Server, running  # noqa: E402


def main() -> None:
    """Serve until the process is told to end."""
    parser = argparse.ArgumentParser(
        prog="sandbox",
        description="A local Hitem3D: it really segments what it is sent, costs nothing, and keeps nothing.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at")
    add("--port", type=int, default=8642, help="port to listen at; 0 takes a free one")
    add("--seconds", type=float, default=3.0, help="time that a task takes")
    add("--auth", choices=CHOICES["auth"], default="both", help="the Authorization scheme that is taken")
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
    options = parser.parse_args(namespace=argparse.Namespace(data=None, certificate=None))
    with contextlib.ExitStack() as stack:
        if options.data:
            options.data.mkdir(parents=True, exist_ok=True)
        folder = options.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hitem3d-sandbox-")))
        asyncio.run(_serve(options, folder))


async def _serve(options: argparse.Namespace, folder: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: loop.call_soon_threadsafe(stop.set))
    settings = Settings(seconds=options.seconds, auth=options.auth)
    server = Server(
        settings,
        options.token,
        options.access_key,
        options.secret_key,
        folder.resolve(),
        certificate=options.certificate,
        name=options.name,
    )
    async with running(server, options.host, options.port) as url:
        print(f"Hitem3D sandbox at {url}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    main()
