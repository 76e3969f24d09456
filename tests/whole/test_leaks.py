# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are put in, a day's work is done, and every file and every process that came of it is searched for them."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sandbox.process import Sandbox

ACCESS_KEY, SECRET_KEY, TOKEN = "ak_planted0access", "sk_planted0secret", "planted0token0token"
PROXY_PASSWORD = "planted0proxy0password"
SECRETS = {
    "access key": ACCESS_KEY,
    "secret key": SECRET_KEY,
    "secret key, reversed": SECRET_KEY[::-1],
    "both keys, as HTTP sends them": base64.b64encode(f"{ACCESS_KEY}:{SECRET_KEY}".encode()).decode(),
    "token": TOKEN,
    "proxy's password": PROXY_PASSWORD,
    "signature of a link": "auth_key=",
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the children's environment is read from /proc")
def test_secrets_are_nowhere(start_sandbox: Callable[..., Sandbox], tmp_path: Path) -> None:
    sandbox = start_sandbox(access_key=ACCESS_KEY, secret_key=SECRET_KEY, token=TOKEN)
    known = {"on": "token", "do": "alter", "set": {"data": {"accessToken": TOKEN}}, "times": 0}
    refused = {"on": "token", "do": "pass", "times": 0}
    sandbox.behave(faults=[known, refused])
    resources, temporary = tmp_path / "resources", tmp_path / "temporary"
    (resources / "config").mkdir(parents=True)
    temporary.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HITEM3D_")} | {
        "BLENDER_USER_RESOURCES": str(resources),
        "HOME": str(tmp_path),
        "TMPDIR": str(temporary),
        "HITEM3D_HOME": str(tmp_path / "data"),
        "HITEM3D_API_URL": sandbox.url,
        "HTTPS_PROXY": f"http://artist:{PROXY_PASSWORD}@127.0.0.1:9",
    }
    program = Path(__file__).with_name("whole_job.py")
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path)],
        env=environment,
        input=f"{ACCESS_KEY} {SECRET_KEY}\n".encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=200,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    assert done.returncode == -6, said  # it came to its end, which is a crash
    assert "credits left" in said and said.count("CHILD") >= 2 and "API credits" in said
    (tmp_path / "output.txt").write_bytes(done.stdout)

    found = {path for path in tmp_path.rglob("*") if path.is_file()}
    names = {path.name for path in found}
    assert {"job.blend", "userpref.blend", "agent.log", "tasks.sqlite3", "crash.txt", "credentials.json"} <= names
    kept = tmp_path / "data" / "credentials.json"
    assert SECRET_KEY in kept.read_text()
    leaks = [
        f"{name} in {path.relative_to(tmp_path)}"
        for path in sorted(found - {kept})
        for name, secret in SECRETS.items()
        if secret.encode() in path.read_bytes() or secret.encode("utf-16-le") in path.read_bytes()
    ]
    assert leaks == []
    for path in (tmp_path / "data", *(tmp_path / "data").rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path

    (task,) = sandbox.counts()["tasks"]
    sent = sandbox.mesh(task["task_id"])
    for private in (b"Torus", b"hitem3d_task", b"job.blend", str(tmp_path).encode(), b"root"):
        assert private not in sent
    told = " ".join(f"{name}: {value}" for name, value in task["headers"].items())
    assert "root" not in told and os.uname().nodename not in told
