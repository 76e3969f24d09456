# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Hitem3D service: create a task, ask for its state, download its result, ask for the balance.

The service's pages are at docs.hitem3d.ai, API reference.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from ..address import check_api_url, is_loopback, shown
from ..credentials import Credentials
from ..errors import ConnectionFailedError, Hitem3DError, ServiceUnavailableError, UncertainError
from ..task import SegmentationRequest, ServiceState
from . import answer as codes
from .answer import ANSWER_LIMIT, Answer, read_answer, refusal
from .authorization import Authorization, AuthScheme, Permit, basic
from .download import download_result
from .endpoints import BALANCE, COMMON_QUERY, ENDPOINTS, SEGMENTATION, TOKEN, Endpoints, family_of
from .faults import NoAnswerError
from .status import TaskStatus, read_status
from .transport import Response, Timeouts, Transport
from .upload import MultipartBody

__all__ = ["ENDPOINTS", "AuthScheme", "Endpoints", "Hitem3DClient", "TaskStatus"]

USER_AGENT = "Hitem3D-for-Blender"


NO_TASK = "segmentation_00000000_000000000000"
"""A task id of the service's form that it can't have given to anybody."""


class Hitem3DClient:
    """One account at one service. Safe to share between threads.

    ``scheme`` is the word before the token, if an earlier client found it out: that saves a request. Raises InputError
    for an address that keys must not be sent to.
    """

    def __init__(
        self,
        api_url: str,
        credentials: Credentials,
        *,
        scheme: AuthScheme | None = None,
        user_agent: str = USER_AGENT,
        ca_file: Path | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.api_url = check_api_url(api_url)
        self._credentials = credentials
        self._transport = Transport(user_agent=user_agent, ca_file=ca_file, timeouts=timeouts)
        self._authorization = Authorization(
            credentials, scheme, fetch=self._fetch_token, find_refusal=self._find_refusal
        )

    def __repr__(self) -> str:
        return f"<Hitem3DClient: {shown(self.api_url)}>"

    @property
    def scheme(self) -> AuthScheme | None:
        return self._authorization.scheme

    def learn_scheme(self) -> AuthScheme:
        """Find out whether the service takes "Token" or "Bearer", by asking for a task that there can't be.

        Nothing is created and nothing costs. Raises CredentialsError when it takes neither, ServiceUnavailableError
        when no answer tells.
        """
        return self._authorization.learn().scheme

    def create_task(
        self,
        request: SegmentationRequest,
        *,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        on_send: Callable[[], object] | None = None,
    ) -> str:
        """Send the request and give the task id. This is what costs credits, so it is sent once.

        The token and the scheme are checked before, with requests that cost nothing. ``on_send`` is called before
        the first byte of the body leaves: until then nothing can have been accepted. It is called a second time in the
        one case where the body is sent again: the service refused the token or the scheme, which creates nothing.

        Raises
        - InputError, TooLargeError: refused here;
        - ConnectionFailedError: the service never had the whole body. Nothing was accepted;
        - UncertainError: it had the whole body, and what came of it is not known. A task may exist and may be charged;
        - CredentialsError, CreditsError, BusyError, ServiceError: the service said no. Nothing was charged;
        - CancelledError: ``cancelled`` said so before the whole body was sent. Nothing was accepted.

        ``progress`` gets bytes sent and bytes in all. What the callbacks raise comes through, but none may raise an
        OSError: the HTTP library would take it for one of the socket's.
        """
        request.check()
        fields = {"seg_level": str(request.seg_level), "format": str(int(request.format))}
        if request.mesh_url:
            fields["mesh_url"] = request.mesh_url
        if request.callback_url:
            fields["callback_url"] = request.callback_url

        def send(permit: Permit) -> Answer:
            body = MultipartBody(fields, request.mesh, progress=progress, cancelled=cancelled, on_send=on_send)
            return self._create(permit, body)

        answer = self._authorized(send)
        if task_id := _task_id(answer):
            return task_id
        raise refusal(answer)

    def query_task(self, task_id: str) -> TaskStatus:
        """Ask for the state of a task, of this family or of another (`ENDPOINTS`). Unknown states come back as they are
        and mean "keep waiting".

        Raises ServiceError for a task that this account does not have, ServiceUnavailableError for what may be asked
        again, CredentialsError.
        """
        family = family_of(task_id)
        answer = self._read(_query(ENDPOINTS[family].query, task_id), family)
        if answer.unknown_task:
            answer = self._read(_query(COMMON_QUERY, task_id), family)
            if answer.unknown_task:
                raise codes.unknown_task()
        if answer.code in codes.GENERATE_FAILED:
            return TaskStatus(ServiceState.FAILED, error=codes.generate_failed().message)
        if not answer.ok:
            raise refusal(answer)
        if not any(isinstance(answer.data.get(name), str) for name in ("state", "status")):
            raise self._unavailable(answer)
        return read_status(answer, self._authorization.secrets())

    @property
    def account(self) -> str:
        """What tells accounts apart, and tells nothing of their keys."""
        return self._credentials.account

    def balance(self, patience: float | None = None) -> float:
        """API credits left; ``patience`` is how many seconds an answer may take.

        Raises ServiceUnavailableError, CredentialsError, ServiceError.
        """
        answer = self._read(BALANCE, BALANCE, patience)
        if not answer.ok:
            raise refusal(answer)
        try:
            balance = float(str(answer.data.get("totalBalance")))
        except ValueError:
            balance = math.nan
        if not math.isfinite(balance):
            raise self._unavailable(answer)
        return balance

    def download(
        self,
        url: str,
        folder: Path,
        *,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Path:
        """Download a result to ``<folder>/result.<what it is>``; see `download_result`. No key is sent along."""
        return download_result(
            self._transport,
            url,
            folder,
            loopback=is_loopback(self.api_url),
            progress=progress,
            cancelled=cancelled,
        )

    def close(self) -> None:
        """End the kept connections. The client can still be used."""
        self._transport.close()

    def _create(self, permit: Permit, body: MultipartBody) -> Answer:
        """Send the body once. Whatever comes back, the error tells whether it is certain that nothing was accepted.

        - No connection, or it broke before the closing delimiter was handed over: no server can have the whole form.
        - It broke later, or stayed silent: the form may have arrived, and the answer with the task id is what was lost.
        - An answer without an envelope, or 5xx (a gateway's 502 or 504 may stand for a request that went through;
          frameworks put 5xx in ``code``), or 303 ("done, look there"): says nothing about the task either, unless it
          came while the body was still on its way.
        - 4xx, other redirects and an envelope with one of the service's own codes: a definite no.
        - Success without a task id: there is a task, and its id is lost.
        """
        headers = {"Authorization": permit.header, "Content-Type": body.content_type}
        address = self.api_url + ENDPOINTS[SEGMENTATION].create
        patience = self._transport.timeouts.create
        try:
            with self._transport.exchange(
                "POST", address, headers=headers, body=body, read_timeout=patience, fresh=True
            ) as response:
                answer = self._answer(response, patience, tolerant=True)
        except NoAnswerError as fault:
            failure = self._create_failure(fault, address, body)
            raise failure from fault
        if _task_id(answer) or answer.refused_unseen or not (answer.ok or answer.faulty):
            return answer
        if not body.finished:
            raise self._unavailable(answer, sending=True)
        raise UncertainError(
            "The model was sent, but what {host} answered says nothing about the task (HTTP {status}). It may have "
            "been created and charged: check your credits at platform.hi3d.ai before you send it again.",
            host=shown(address),
            status=answer.status,
        )

    def _create_failure(self, fault: NoAnswerError, address: str, body: MultipartBody) -> Hitem3DError:
        if body.finished:
            return UncertainError(
                "The model was sent, but the answer of {host} was lost ({reason}). The task may have been created and "
                "charged: check your credits at platform.hi3d.ai before you send it again.",
                host=shown(address),
                reason=fault.reason,
            )
        if body.sent:
            return ConnectionFailedError(
                "The connection to {host} broke while the model was being sent ({reason}). Nothing was charged; "
                "check the connection to the internet and send it again.",
                host=shown(address),
                reason=fault.reason,
            )
        return self._transport.failure(fault, address)

    def _authorized(self, send: Callable[[Permit], Answer], family: str = SEGMENTATION) -> Answer:
        """Send with a permit; a second time, and no more, with another permit if the first one is refused."""
        permit = self._authorization.permit(family)
        answer = send(permit)
        if answer.unauthorized:
            permit = self._authorization.after_refusal(permit)
            answer = send(permit)
        if answer.unauthorized:
            raise codes.refused(answer)
        self._authorization.note_taken(permit)
        return answer

    def _read(self, path: str, family: str, patience: float | None = None) -> Answer:
        """Ask with the word before the token that this family of requests takes; it may differ from segmentation's."""

        def ask(permit: Permit) -> Answer:
            answer = self._ask("GET", path, {"Authorization": permit.header}, patience=patience)
            if answer.unauthorized and family != SEGMENTATION:
                permit = permit.with_other_scheme()
                other = self._ask("GET", path, {"Authorization": permit.header}, patience=patience)
                if not other.unauthorized:
                    self._authorization.keep_scheme(family, permit)
                    return other
            return answer

        return self._authorized(ask, family)

    def _find_refusal(self, permit: Permit) -> Answer | None:
        """None where the service takes the permit; else what it says instead.

        It is asked for a task that there can't be. Only "unknown task" and success show that the permit was looked at
        and taken: a refusal has many forms (HTTP 401 and 403, the same as codes, "login expired" under others).
        """
        headers = {"Authorization": permit.header}
        answer = self._ask("GET", _query(ENDPOINTS[SEGMENTATION].query, NO_TASK), headers)
        if answer.unknown_task and answer.code != codes.UNKNOWN_TASK:
            # Perhaps there is no such query here, and whoever said so did not look at the permit.
            answer = self._ask("GET", _query(COMMON_QUERY, NO_TASK), headers)
        if not answer.unauthorized and not answer.code:
            raise refusal(answer)
        if answer.ok or answer.unknown_task:
            return None
        if not answer.unauthorized and self._ask("GET", BALANCE, headers).ok:
            return None  # no page says how an unknown task is answered, so this may have been it
        return answer

    def _fetch_token(self) -> str:
        headers = {"Authorization": f"Basic {basic(self._credentials)}", "Content-Type": "application/json"}
        answer = self._ask("POST", TOKEN, headers, b"{}")
        if answer.unauthorized:
            behind_a_wall = answer.status == 403 and not answer.code
            raise codes.refused(answer) if behind_a_wall else refusal(Answer(answer.status, codes.BAD_KEYS))
        if not answer.ok:
            raise refusal(answer)
        token = answer.data.get("accessToken")
        if not isinstance(token, str) or not token:
            raise self._unavailable(answer)
        return token

    def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None = None,
        *,
        patience: float | None = None,
    ) -> Answer:
        """Send a request that may be sent twice. It is if no answer came: a kept connection may have died unnoticed.

        Raises ServiceUnavailableError for what may be asked again later; all else is given back.
        """
        address = self.api_url + path
        patience = min(patience or math.inf, self._transport.timeouts.read)
        for last_try in (False, True):
            try:
                with self._transport.exchange(
                    method, address, headers=headers, body=body, read_timeout=patience
                ) as response:
                    answer = self._answer(response, patience)
                break
            except NoAnswerError as fault:
                if last_try:
                    failure = self._transport.failure(fault, address)
                    raise failure from fault
        if answer.faulty or 429 in (answer.status, answer.http) or answer.code == codes.SYSTEM_ERROR:
            raise self._unavailable(answer)
        return answer

    def _answer(self, response: Response, within: float, *, tolerant: bool = False) -> Answer:
        """Read an answer; with ``tolerant`` its head is enough when the rest is lost."""
        try:
            body = response.read(ANSWER_LIMIT, within)
        except NoAnswerError:
            if not tolerant:
                raise
            body = None
        return read_answer(response.status, response.headers, body, secrets=self._authorization.secrets())

    def _unavailable(self, answer: Answer, *, sending: bool = False) -> ServiceUnavailableError:
        """The error for an answer that says nothing: a fault of the service, or no answer of the service at all.

        ``sending``: it came while a model was being sent, so the user wonders whether it was paid for.
        """
        if answer.http < 400 and answer.code != codes.SYSTEM_ERROR:
            error = ServiceUnavailableError(
                "What came from {host} is not an answer of Hitem3D. In a hotel or studio network a login page may be "
                "in the way; check also the service's address in the preferences.",
                host=shown(self.api_url),
            )
        elif sending:
            error = ServiceUnavailableError(
                "Hitem3D can't answer at the moment (HTTP {status}). Try again in a while; nothing was charged.",
                status=answer.http,
            )
        else:
            error = ServiceUnavailableError(
                "Hitem3D can't answer at the moment (HTTP {status}). Try again in a while.", status=answer.http
            )
        error.retry_after = answer.retry_after
        return error


def _query(path: str, task_id: str) -> str:
    return f"{path}?task_id={quote(task_id, safe='', errors='replace')}"


def _task_id(answer: Answer) -> str:
    """The id in an answer that does not say no; "" where there is none."""
    task_id = answer.data.get("task_id")
    if isinstance(task_id, int) and not isinstance(task_id, bool):
        task_id = str(task_id)
    return task_id.strip() if isinstance(task_id, str) and answer.code in (codes.OK, "") else ""
