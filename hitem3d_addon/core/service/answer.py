# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service says: its envelope of code, message and data, read without trust, and its refusals as sentences."""

from __future__ import annotations

import email.utils
import json
import re
import time
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import BusyError, CredentialsError, CreditsError, Hitem3DError, ServiceError

ANSWER_LIMIT = 1 << 20
"""Bytes. Real answers have a few hundred."""

MESSAGE_LIMIT = 300
"""Characters that are shown of a text from the service."""

RETRY_AFTER_LIMIT = 600.0
"""Seconds: a longer pause is cut to this."""

OK = "200"
BAD_KEYS = "40010000"
SYSTEM_ERROR = "10000000"
NO_CREDITS = "30010000"
GENERATE_FAILED = ("5001001", "50010001")
"""The page of segmentation prints seven digits, older pages and clients eight."""
UNKNOWN_TASK = "40040000"
_OWN_CODES = frozenset({BAD_KEYS, SYSTEM_ERROR, NO_CREDITS, UNKNOWN_TASK, *GENERATE_FAILED})
"""Codes whose meaning is known, whatever words come with them."""

_NO_ENTRY = re.compile(
    r"(?i)^\W*(?:(?:the |your )?(?:log[ -]?in|session|(?:access|api|auth)?[ _-]?token)(?: is| has| was)? ?"
    r"(?:expired|invalid|missing|not valid|required|timed? ?out)"
    r"|(?:expired|invalid|illegal|missing|bad|wrong)(?: access| api| auth)?[ _-]?(?:log[ -]?in|session|token)"
    r"|unauthori[sz]ed|unauthenticated|not logged in|please log[ -]?in|forbidden|access denied"
    r"|(?:登录|登陆|令牌|token).{0,6}(?:过期|失效|无效)|未登录|请.{0,4}登录|未授权)\b.{0,60}$"
)
"""Words of a refused token, at the beginning of a short message: "login expired", "token expired" and "invalid token"
occur in clients of this service."""
_NO_TASK = re.compile(
    r"(?i)^\W*(?:(?:the |this )?(?:task|record|job)(?:[ _]?id)?.{0,20}(?:not (?:found|exist)|n.t exist|unknown|invalid)"
    r"|(?:no such|unknown|invalid|no) (?:task|record|job)|任务.{0,6}(?:不存在|未找到|无效|没有))"
)
_BUSY = re.compile(
    r"(?i)too many (?:task|request|concurr)|concurren\w+ (?:task )?limit|(?:task|queue)\w* (?:is |are )?(?:busy|full)"
    r"|(?:系统|服务|队列).{0,4}(?:繁忙|已满)|并发.{0,6}(?:限制|上限|超)|任务.{0,4}(?:过多|上限)"
)
"""Words for an account with too many tasks: no page gives a code for it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the service. A body that is no envelope leaves ``code`` empty, and ``data`` and ``message`` too."""

    status: int
    """Of HTTP. Errors normally come with 200, so it says little."""
    code: str = ""
    """"200" is success; the pages have it as a number and as a text."""
    message: str = ""
    """Fit to be shown: bounded, one line, without secrets."""
    data: Mapping[str, object] = field(default_factory=dict, repr=False)
    """May hold a token or a signed link, so it is in no repr."""
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        return self.code == OK and self.status < 300

    @property
    def http(self) -> int:
        """HTTP's status, or what a ``code`` of three digits says in its place: 401 and 429 come either way."""
        return int(self.code) if re.fullmatch(r"[45][0-9][0-9]", self.code) else self.status

    @property
    def unauthorized(self) -> bool:
        """A refusal of the token or the scheme: HTTP 401 or 403, the same as a code, or in words under another code."""
        if self.http in (401, 403):
            return True
        return not self.ok and self.code not in (*_OWN_CODES, "") and bool(_NO_ENTRY.search(self.message))

    @property
    def refused_unseen(self) -> bool:
        """Whether it is certain that nothing was done, because the token was refused. A 5xx is never certain."""
        return self.unauthorized and self.http < 500

    @property
    def faulty(self) -> bool:
        """Whether it says nothing of the request itself: a fault on the way, or no envelope where one should be.

        A ``code`` of the service's own (they have seven digits and more) counts whatever HTTP says. 303 is "done, look
        there".
        """
        own = self.code and self.code != OK and str(self.http) != self.code
        return not self.ok and not own and (self.http >= 500 or self.http < 300 or self.http == 303)

    @property
    def unknown_task(self) -> bool:
        told = self.code not in ("", OK) and not self.unauthorized and bool(_NO_TASK.search(self.message))
        return self.code == UNKNOWN_TASK or self.http == 404 or told


def read_answer(status: int, headers: Mapping[str, str], body: bytes | None, *, secrets: Iterable[str] = ()) -> Answer:
    """The envelope in an answer; never raises, whatever the bytes are. ``body`` None stands for too many of them.

    - ``code`` is a number or a text; 0 is taken for success too, as other clients do;
    - ``msg`` or ``message``; ``data`` may be an object, null, or of a wrong shape, which counts as empty.
    """
    pause = retry_after(headers)
    try:
        envelope = json.loads(body or b"")
    except (ValueError, RecursionError):
        envelope = None
    if not isinstance(envelope, dict):
        return Answer(status, retry_after=pause)
    data = envelope.get("data")
    texts = (envelope.get("msg"), envelope.get("message"))
    return Answer(
        status=status,
        code=_code(envelope.get("code")),
        message=shown_message(next((text for text in texts if isinstance(text, str) and text), ""), secrets),
        data=data if isinstance(data, dict) else {},
        retry_after=pause,
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the header Retry-After asks for, as a number or as a date, within a bound; None without it."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        seconds = float(text)
    else:
        try:
            seconds = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
        except (ValueError, OverflowError, TypeError):
            return None
    return min(max(seconds, 0.0), RETRY_AFTER_LIMIT)


def shown_message(text: str, secrets: Iterable[str] = ()) -> str:
    """A text from the service as it may be shown: one line, bounded, no control characters, no secret, no signature."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "…")
    text = re.sub(r"(?i)(https?://)(?:[^\s/?#@]*@)?([^\s?#]*)[?#]\S*", r"\1\2", text[: 10 * MESSAGE_LIMIT])
    # C: controls, also those that turn the direction of writing, and halves of surrogate pairs; Z: spaces and line ends
    text = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    text = " ".join(text.split()).rstrip(" .。")
    return text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 1] + "…"


def refusal(answer: Answer) -> Hitem3DError:
    """The error for an answer that says no. The codes are those of the service's pages and of its clients."""
    match answer.code:
        case "40010000":
            return CredentialsError(
                "Hitem3D does not know this access key and secret key. Check both in the preferences; "
                "the secret key is shown only once at platform.hi3d.ai, so make a new pair there if it is lost."
            )
        case "30010000":
            return CreditsError(
                "There are not enough API credits. They are separate from the website's credits: get an API package at "
                "platform.hi3d.ai, then try again."
            )
        case "5001001" | "50010001":
            return generate_failed()
        case "10000000":
            return ServiceError("Hitem3D has an internal error at the moment (code 10000000). Try again later.")
        case "10031001":
            return too_large()
        case "10031002":
            return ServiceError(
                "Hitem3D does not take a model with this number of faces (code 10031002). "
                "Reduce it, for example with a Decimate modifier, or divide it more finely, and try again."
            )
        case "10031004":
            return ServiceError("Hitem3D can't give the result in this format (code 10031004). Choose another format.")
        case "10031007":
            return ServiceError(
                "Hitem3D takes either a model or the address of one, not both (code 10031007). Give one of them."
            )
        case "10031008" | "10031010":
            return ServiceError(
                "No model arrived at Hitem3D (code {code}). Try again; if it stays, a proxy may be in the way.",
                code=answer.code,
            )
        case "10031011":
            return ServiceError("Hitem3D misses the address of the model (code 10031011). Give mesh_url and try again.")
        case "10031012":
            return ServiceError(
                "Hitem3D can't fetch the model from this address (code 10031012). Give one that begins with http:// or https://."
            )
        case "10031003" | "10031005" | "10031006" | "10031009":
            return ServiceError(
                "Hitem3D took this for a request of another kind (code {code}: {message}). Update the add-on; "
                "if it stays, report it.",
                code=answer.code,
                message=answer.message or "-",
            )
        case "40040000":
            return unknown_task()
    return _refusal_by_status(answer)


def _refusal_by_status(answer: Answer) -> Hitem3DError:
    """For codes that no page lists, and for answers without one: what HTTP says, with the service's own words."""
    if answer.unauthorized:
        return refused(answer)
    if answer.http < 500 and _BUSY.search(answer.message):
        return _busy(answer)
    match answer.http:
        case 413:
            return too_large()
        case 429:
            return _busy(answer)
    if answer.code and answer.code != OK:
        return ServiceError(
            "Hitem3D says no: {message} (code {code}). If this stays, ask its support about the code.",
            message=answer.message or "-",
            code=answer.code,
        )
    match answer.status:
        case 404 | 405:
            return ServiceError(
                "The address of the service is wrong: it does not know this request (HTTP {status}). Check it in the "
                "preferences.",
                status=answer.status,
            )
        case status if 300 <= status < 400:
            return ServiceError(
                "The address of the service leads elsewhere (HTTP {status}). Check it in the preferences; "
                "in a hotel or studio network, a login page may be in the way.",
                status=answer.status,
            )
    return ServiceError(
        "Hitem3D does not take the request (HTTP {status}). Update the add-on; if it stays, report it.",
        status=answer.status,
    )


def _busy(answer: Answer) -> BusyError:
    busy = BusyError("Hitem3D has too many tasks or requests of this account at once. Try again in a few minutes.")
    busy.retry_after = answer.retry_after
    return busy


def refused(answer: Answer) -> Hitem3DError:
    """The error for a permit that is not taken."""
    if answer.status == 403 and not answer.code:
        return ServiceError(
            "Access is refused (HTTP 403). Check that the account may use the API, "
            "and that no firewall or proxy is in the way."
        )
    return refused_token() if answer.unauthorized else refusal(answer)


def refused_token() -> CredentialsError:
    return CredentialsError(
        "Hitem3D does not take the token: it is wrong or has expired. Get a new one, or enter an access key and a "
        "secret key from platform.hi3d.ai in the preferences."
    )


def generate_failed() -> ServiceError:
    return ServiceError(
        "Hitem3D could not cut the model into parts: it took too long or the model can't be read. The credits are "
        "refunded; try again later, or with a simpler model."
    )


def too_large() -> ServiceError:
    return ServiceError(
        "The model is too large for Hitem3D. Reduce it, for example with a Decimate modifier, and try again; "
        "nothing was charged."
    )


def unknown_task() -> ServiceError:
    return ServiceError(
        "Hitem3D does not know this task. Check the task id, and that the keys are those of the account that made it."
    )


def _code(value: object) -> str:
    """A number or a text as a text; "" for what is no code."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        value = str(value)
    if not isinstance(value, str):
        return ""
    code = shown_message(value)[:40]
    return OK if code == "0" else code
