# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 scripts/sandbox: a local Hitem3D that needs no account and no network. --help shows the options."""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPTS = str(Path(__file__).resolve().parents[1])
sys.path[:] = [SCRIPTS, *(one for one in sys.path if Path(one).resolve() != Path(__file__).resolve().parent)]

from sandbox.options import parse  # noqa: E402

OPTIONS = parse(sys.argv[1:])  # first, so that --help and a wrong option are answered before anything is downloaded

import environment  # noqa: E402

environment.ensure_running_inside()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import contextlib  # noqa: E402
import signal  # noqa: E402
import tempfile  # noqa: E402

from sandbox.behaviour import Settings  # noqa: E402
from sandbox.server import Server, running  # noqa: E402


def main(options: argparse.Namespace) -> None:
    """Serve until the process is told to end."""
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
    main(OPTIONS)
