# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side: the endpoints of the service, the host of the results, and /sandbox/, for its state and for faults."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from . import contract, faulty, sniff
from .behaviour import Behaviour, Fault, Settings
from .contract import RefusedError, envelope
from .faulty import BUFFER
from .journal import Journal, without_secrets
from .tasks import Tasks
from .upload import read_form

ENDPOINT = {
    contract.TOKEN_PATH: "token",
    contract.CREATE_PATH: "create-task",
    **dict.fromkeys(contract.QUERY_PATHS.values(), "query-task"),
    contract.BALANCE_PATH: "balance",
}
FAULT: web.RequestKey[Fault | None] = web.RequestKey("fault", Fault)
CONTENT_TYPES = {
    ".glb": "model/gltf-binary",
    ".obj": "model/obj",
    ".stl": "model/stl",
    ".usdz": "model/vnd.usdz+zip",
    ".zip": "application/zip",
}


class GoneError(Exception):
    """The connection was cut on purpose: there is nobody to answer."""


class Server:
    """A local Hitem3D. ``token`` is always good; others are given for the access and secret key.

    With a certificate (a PEM file with its key) it speaks TLS. ``name`` is the host that its addresses have, in place
    of the one that it listens at.
    """

    def __init__(
        self,
        settings: Settings,
        token: str,
        access_key: str,
        secret_key: str,
        folder: Path,
        *,
        certificate: Path | None = None,
        name: str = "",
    ) -> None:
        self.behaviour = Behaviour(settings)
        self.journal = Journal()
        self.folder = folder
        self.tasks = Tasks(self.behaviour, self.journal, folder)
        self.tasks.link = self._link
        self._token = token
        self._keys = (access_key, secret_key)
        self._issued: dict[str, float] = {}
        self._tls: ssl.SSLContext | None = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._name = name
        self._sign = secrets.token_bytes(32)
        self._results_url = ""
        self._runners: list[web.AppRunner] = []
        self._under_way: dict[asyncio.Task[Any] | None, web.Request] = {}

    async def start(self, host: str, port: int) -> str:
        """Listen at this port, and with the results at another one, as the service keeps them on another host.

        Gives the address of the API.
        """
        api = web.Application(middlewares=[self._guard])
        api.router.add_post(contract.TOKEN_PATH, self._give_token)
        api.router.add_post(contract.CREATE_PATH, self._create_task)
        for path in contract.QUERY_PATHS.values():
            api.router.add_get(path, self._query_task)
        api.router.add_get(contract.BALANCE_PATH, self._balance)
        api.router.add_get("/sandbox/counts", self._counts)
        api.router.add_post("/sandbox/behaviour", self._behave)
        api.router.add_get("/sandbox/meshes/{task_id}", self._mesh)
        results = web.Application(middlewares=[self._guard])
        results.router.add_get("/results/{name}", self._result)
        self._results_url = await self._listen(results, host, 0)
        return await self._listen(api, host, port)

    async def close(self) -> None:
        """Drop every connection and stop every process."""
        for runner in self._runners:
            await runner.cleanup()
        await self.tasks.close()

    async def _listen(self, app: web.Application, host: str, port: int) -> str:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, read_bufsize=BUFFER)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, host, port, ssl_context=self._tls).start()
        host, port = runner.addresses[0][:2]
        host = self._name or (f"[{host}]" if ":" in host else host)
        return f"{'https' if self._tls else 'http'}://{host}:{port}"

    # ---- what every request goes through ----

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        endpoint = ENDPOINT.get(request.path) or ("result" if request.path.startswith("/results/") else "")
        if not endpoint:
            try:
                return await handler(request)
            except web.HTTPException as error:
                return web.json_response(envelope({}, error.status, error.reason), status=error.status)
        self.journal.requests[endpoint] += 1
        if endpoint != "result":
            self.journal.schemes[request.headers.get("Authorization", "none").partition(" ")[0]] += 1
        request[FAULT] = fault = self.behaviour.take(endpoint)
        self._under_way[asyncio.current_task()] = request
        try:
            if fault and fault.when == "start" and (response := await self._misbehave(request, fault)):
                return response
            response = await handler(request)
        except GoneError:
            return web.Response()
        except (ConnectionError, aiohttp.ClientPayloadError):
            if endpoint == "create-task":
                self.journal.uploads_aborted += 1
            return web.Response()
        except RefusedError as refusal:
            self.journal.refusals[str(refusal.code)] += 1
            response = web.json_response(envelope({}, refusal.code, refusal.msg), status=refusal.status)
        except web.HTTPException as error:
            response = web.json_response(envelope({}, error.status, error.reason), status=error.status)
        finally:
            del self._under_way[asyncio.current_task()]
        if fault and fault.do == "alter" and isinstance(response, web.Response):
            response = faulty.alter(response, fault)
        return response

    async def _misbehave(self, request: web.Request, fault: Fault) -> web.StreamResponse | None:
        """Do what the fault says; None where the request goes on. Raises GoneError when the connection is cut."""
        await asyncio.sleep(fault.stall)
        match fault.do:
            case "answer":
                return faulty.answer(fault)
            case "hang":
                await asyncio.Event().wait()
            case "cut":
                faulty.close(request)
                raise GoneError
            case "reset":
                faulty.reset(request)
                raise GoneError
            case "raw":
                await faulty.send_raw(request, fault)
                raise GoneError
        return None

    async def _reach(self, request: web.Request, moment: str) -> web.StreamResponse | None:
        fault = request[FAULT]
        return await self._misbehave(request, fault) if fault and fault.when == moment else None

    def _authorize(self, request: web.Request, auth: str = "") -> None:
        settings = self.behaviour.settings
        auth = auth or settings.auth
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        taken = ("Token", "Bearer") if auth == "both" else (auth.capitalize(),)
        known = hmac.compare_digest(token.encode(), self._token.encode()) or self._issued.get(token, 0) > time.time()
        if scheme not in taken or not known:
            words = settings.unauthorized
            raise RefusedError(*contract.REFUSALS.get(words, (contract.EXPIRED, words, 200)))

    # ---- the service ----

    async def _give_token(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        try:
            login = aiohttp.BasicAuth.decode(request.headers.get("Authorization", ""), "utf-8")
        except ValueError:
            login = aiohttp.BasicAuth("")
        if (login.login, login.password) != self._keys:
            raise RefusedError(contract.BAD_KEYS, "client credentials are invalid")
        token = secrets.token_urlsafe(24)
        self._issued[token] = time.time() + self.behaviour.settings.token_seconds
        return web.json_response(envelope({"accessToken": token, "tokenType": "Bearer", "nonce": secrets.token_hex(8)}))

    async def _create_task(self, request: web.Request) -> web.StreamResponse:
        self.tasks.warm_up()
        path = self.folder / f"upload_{secrets.token_hex(8)}"
        fault = request[FAULT]
        answered: list[web.StreamResponse] = []

        async def watch(received: int) -> None:
            if fault and fault.when == "body" and received >= fault.bytes and not answered:
                response = await self._misbehave(request, fault)
                if response:
                    answered.append(response)
                    raise RefusedError(0, "answered early")

        kept = False
        try:
            form = await read_form(request, path, lambda: self.behaviour.settings.upload_rate, watch)
            if response := await self._reach(request, "received"):
                return response
            self._authorize(request)
            order = contract.read_order(form.texts, form.has_mesh)
            if form.has_mesh:
                try:
                    await asyncio.to_thread(sniff.check_kind, path, form.filename)
                except sniff.NoModelError as error:
                    raise RefusedError(contract.GENERATE_FAILED, f"generate failed: {error}") from None
            task = self.tasks.create(order, form, path, without_secrets(dict(request.headers)))
            kept = True
        except RefusedError:
            if answered:
                return answered[0]
            raise
        finally:
            if not kept:
                path.unlink(missing_ok=True)
        if response := await self._reach(request, "created"):
            return response
        return web.json_response(envelope({"task_id": task.task_id}))

    async def _query_task(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request)
        task = self.tasks.by_id.get(request.query.get("task_id", ""))
        if not task or request.path != contract.QUERY_PATHS[task.task_id.partition("_")[0]]:
            raise RefusedError(contract.NO_SUCH_TASK, "task not found")
        task.asked.append(time.monotonic())
        answer = self.tasks.answer(task)
        pause = self.behaviour.settings.retry_after
        return web.json_response(answer, headers={"Retry-After": pause} if pause else {})

    async def _balance(self, request: web.Request) -> web.StreamResponse:
        self._authorize(request, self.behaviour.settings.balance_auth)
        return web.json_response(envelope({"totalBalance": round(self.behaviour.settings.credits, 2)}))

    # ---- the host of the results ----

    def _link(self, result: Path) -> str:
        until = time.time() + self.behaviour.settings.link_seconds
        name = result.name
        return f"{self._results_url}/results/{name}?auth_key={self._key(name, f'{until:.3f}', secrets.token_hex(8))}"

    def _key(self, name: str, until: str, nonce: str) -> str:
        return f"{until}-{nonce}-{hmac.digest(self._sign, f'{name}-{until}-{nonce}'.encode(), 'sha256').hex()}"

    async def _result(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if "Authorization" in request.headers:
            self.journal.results_with_authorization += 1
            return web.Response(status=400, text="Only one way to authorize is allowed: take the header out.")
        key = request.query.get("auth_key", "")
        until, _, rest = key.partition("-")
        expected = self._key(name, until, rest.partition("-")[0])
        if not hmac.compare_digest(key.encode(), expected.encode()) or float(until) < time.time():
            return web.Response(status=403, text="<html><body>403 Forbidden</body></html>", content_type="text/html")
        return await self._send(request, self.folder / name)

    async def _send(self, request: web.Request, path: Path) -> web.StreamResponse:
        """Send a result piece by piece, at the rate that is set, up to the byte where a fault stands."""
        size = path.stat().st_size
        kind = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
        response = web.StreamResponse(headers={"Content-Type": kind, "Content-Length": str(size)})
        await response.prepare(request)
        fault = request[FAULT]
        stop = fault.bytes if fault and fault.when == "body" else size
        with path.open("rb") as file:
            while (at := file.tell()) < size:
                rate = self.behaviour.settings.download_rate
                length = max(1, int(rate / 20)) if rate else BUFFER
                if at == stop and fault:
                    stop = size
                    await self._misbehave(request, fault)
                await response.write(file.read(min(length, stop - at) if at < stop else length))
                if rate:
                    await asyncio.sleep(0.05)
        await response.write_eof()
        self.journal.downloads += 1
        return response

    # ---- looking in ----

    async def _counts(self, _request: web.Request) -> web.StreamResponse:
        journal, settings = self.journal, self.behaviour.settings
        tasks = [task.report(settings.seconds) for task in self.tasks.by_id.values()]
        return web.json_response(
            {
                "requests": {name: journal.requests[name] for name in ("result", *ENDPOINT.values())},
                "schemes": dict(journal.schemes),
                "refusals": dict(journal.refusals),
                "tasks_created": len(tasks),
                "tasks": tasks,
                "uploads_aborted": journal.uploads_aborted,
                "downloads": journal.downloads,
                "results_with_authorization": journal.results_with_authorization,
                "callbacks": journal.callbacks,
                "credits": settings.credits,
                "faults_left": len(self.behaviour.faults),
            }
        )

    async def _behave(self, request: web.Request) -> web.StreamResponse:
        try:
            values = await request.json()
            if values.pop("reset", False):
                await self._drop_requests()
                self._issued.clear()
                self.behaviour.reset()
                self.journal.reset()
                if not values.pop("keep_tasks", False):
                    await self.tasks.forget()
            if values.pop("revoke_tokens", False):
                self._issued.clear()
            self.behaviour.update(values)
        except (ValueError, AttributeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        self.tasks.wake()
        return web.json_response({})

    async def _drop_requests(self) -> None:
        """Cut whatever is being sent or held up, so that it counts for nothing that comes after."""
        under_way = dict(self._under_way)
        for task, request in under_way.items():
            faulty.close(request)
            if task:
                task.cancel()
        await asyncio.gather(*filter(None, under_way), return_exceptions=True)

    async def _mesh(self, request: web.Request) -> web.StreamResponse:
        task = self.tasks.by_id.get(request.match_info["task_id"])
        if not task or not task.mesh.exists():
            raise web.HTTPNotFound
        return web.FileResponse(task.mesh)


@contextlib.asynccontextmanager
async def running(server: Server, host: str, port: int) -> AsyncIterator[str]:
    """Serve while the block runs; gives the address."""
    try:
        yield await server.start(host, port)
    finally:
        await server.close()
