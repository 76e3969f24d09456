# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers and connections as a fault wants them."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import struct
from typing import Any

from aiohttp import web

from .behaviour import Fault

BUFFER = 1 << 20
"""Bytes that are read or written at a time."""


def answer(fault: Fault) -> web.Response:
    """The answer that the fault has in place of the right one."""
    if fault.base64 is not None:
        return web.Response(status=fault.status, body=base64.b64decode(fault.base64), headers=fault.headers)
    if fault.text is not None:
        headers = {"Content-Type": "text/html; charset=utf-8"} | fault.headers
        return web.Response(status=fault.status, body=fault.text.encode(), headers=headers)
    body = {"code": fault.code, "data": fault.data, "msg": fault.msg}
    return web.json_response(body, status=fault.status, headers=fault.headers)


def alter(response: web.Response, fault: Fault) -> web.Response:
    """The right answer, with what the fault changes in its JSON."""

    def put(into: dict[str, Any], values: dict[str, Any]) -> None:
        for key, value in values.items():
            if isinstance(value, dict) and value and isinstance(into.get(key), dict):
                put(into[key], value)
            else:
                into[key] = value

    body = json.loads(response.text or "{}")
    put(body, fault.set)
    for key in fault.unset:
        body.pop(key, None)
    return web.json_response(body, status=response.status, headers=fault.headers)


def close(request: web.Request) -> None:
    """End the connection as after an answer."""
    if request.transport:
        request.transport.close()


async def send_raw(request: web.Request, fault: Fault) -> None:
    """Put the bytes on the socket as they are, and end the connection in the way that the fault says."""
    transport = request.transport
    if not transport:
        return
    data = base64.b64decode(fault.base64 or "")
    for piece in [data[i : i + 1] for i in range(len(data))] if fault.drip else [data]:
        transport.write(piece)
        await asyncio.sleep(fault.drip)
    for _ in range(fault.fill // BUFFER):
        if transport.is_closing():
            return
        transport.write(b" " * BUFFER)
        while transport.get_write_buffer_size() > 4 * BUFFER and not transport.is_closing():
            await asyncio.sleep(0.01)
    match fault.then:
        case "cut":
            transport.close()
        case "linger":
            transport.write_eof()
            await asyncio.sleep(0.5)
            transport.close()
        case "reset":
            await asyncio.sleep(0.05)  # a reset overtakes what was written before it
            reset(request)
        case "half":
            transport.write_eof()
            await asyncio.Event().wait()
        case "hang":
            await asyncio.Event().wait()


def reset(request: web.Request) -> None:
    """End the connection with a reset, so that what was not read yet is lost."""
    transport = request.transport
    if transport:
        found = transport.get_extra_info("socket")
        if found:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
