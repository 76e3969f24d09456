# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server with the add-on in it, from which a Blender installs and updates it."""

from __future__ import annotations

import functools
import re
import tempfile
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from build import MANIFEST, build, write_index


class ExtensionRepository:
    """What `scripts/build.py` writes, on a web server of this computer; a context manager.

    ``url`` is what a user enters under Add Remote Repository.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.url = f"http://127.0.0.1:{self._server.server_port}/index.json"

    def publish(self, version: str) -> None:
        """Offer the sources as they are, as this version. Earlier versions stay in the folder, as they do in dist/."""
        text, count = re.subn(
            r'^version = ".*"$', f'version = "{version}"', MANIFEST.read_text("utf-8"), flags=re.MULTILINE
        )
        assert count == 1
        with tempfile.TemporaryDirectory() as temporary:
            manifest = Path(temporary) / MANIFEST.name
            manifest.write_text(text, "utf-8")
            write_index(build(self.folder, manifest))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: what is asked for would stand between pytest's lines."""
