# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Authorization header: which word comes before the token, and a token that is good."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ..credentials import Credentials
from ..errors import CredentialsError
from .answer import Answer, refused

TOKEN_LIFETIME = 23 * 3600.0
"""Seconds: a fetched token lives 24 h (page get-token, which gives no expiry with it); renewed an hour before."""


class AuthScheme(StrEnum):
    """The word before the token. Segmentation's page says Token; its siblings' pages and all known clients, Bearer."""

    TOKEN = "Token"
    BEARER = "Bearer"

    @property
    def other(self) -> AuthScheme:
        return AuthScheme.BEARER if self is AuthScheme.TOKEN else AuthScheme.TOKEN


@dataclass(frozen=True, slots=True, repr=False)
class Permit:
    """A scheme and a token, used together for a request."""

    scheme: AuthScheme
    token: str

    @property
    def header(self) -> str:
        return f"{self.scheme} {self.token}"

    def with_other_scheme(self) -> Permit:
        return Permit(self.scheme.other, self.token)

    def __repr__(self) -> str:
        return f"<Permit: {self.scheme}>"


class Authorization:
    """Knows the scheme and the token, and finds them out when it does not.

    Safe to share between threads: while one asks the service, the others wait for what it learns.

    - ``fetch``: Credentials with both keys to a new token; raises CredentialsError for bad keys;
    - ``find_refusal``: None where the service takes a permit, else what it answered; asked with a request that does
      nothing and costs nothing.
    """

    def __init__(
        self,
        credentials: Credentials,
        scheme: AuthScheme | None,
        *,
        fetch: Callable[[], str],
        find_refusal: Callable[[Permit], Answer | None],
    ) -> None:
        self.scheme = scheme
        self._credentials = credentials
        self._fetch = fetch
        self._find_refusal = find_refusal
        self._others: dict[str, AuthScheme] = {}
        """Of requests that take another word than segmentation's, by their family."""
        self._lock = threading.RLock()
        self._token = credentials.token
        self._fetched_at: float | None = None
        self._was_taken = False

    def permit(self, family: str) -> Permit:
        """A permit that is good as far as is known; may ask the service for a token and for the scheme."""
        with self._lock:
            token = self._good_token()
            permit = Permit(self.scheme, token) if self.scheme else self._learn(token)
            return Permit(self._others.get(family, permit.scheme), permit.token)

    def keep_scheme(self, family: str, permit: Permit) -> None:
        """Remember that requests of this family take this word, whatever segmentation takes."""
        with self._lock:
            self._others[family] = permit.scheme

    def note_taken(self, permit: Permit) -> None:
        """Remember that the service took this permit: when it refuses the same token later, that has ended."""
        if permit.token == self._token:
            self._was_taken = True

    def learn(self) -> Permit:
        """Find out the scheme, whatever was known of it."""
        with self._lock:
            return self._learn(self._good_token())

    def after_refusal(self, refused: Permit) -> Permit:
        """Another permit than the one that a request was refused with. Raises CredentialsError where there is none."""
        with self._lock:
            if self.scheme and (self.scheme, self._token) != (refused.scheme, refused.token):
                return Permit(self.scheme, self._token)  # another thread was here in the meantime
            if self._renewable():
                self._renew()
            permit = self._learn(self._token)
            if permit == refused:  # the question that costs nothing was answered: try the other word
                self.scheme = refused.scheme.other
                permit = Permit(self.scheme, permit.token)
            return permit

    def secrets(self) -> tuple[str, ...]:
        """What no text may hold."""
        given = self._credentials
        return (self._token, given.token, given.secret_key, given.access_key, basic(given))

    def _learn(self, token: str) -> Permit:
        while True:
            refusals: list[Answer] = []
            for scheme in AuthScheme:
                permit = Permit(scheme, token)
                if (answer := self._find_refusal(permit)) is None:
                    self.scheme = scheme
                    self.note_taken(permit)
                    return permit
                refusals.append(answer)
            if not self._renewable():
                # Whether one of the two words is refused says little: an answer about anything else is what the user
                # needs.
                raise refused(next((answer for answer in refusals if not answer.unauthorized), refusals[-1]))
            token = self._renew()

    def _good_token(self) -> str:
        if not self._token or self._age() > TOKEN_LIFETIME:
            self._renew()
        if not re.fullmatch(r"[\x21-\x7e]+", self._token):
            raise CredentialsError(
                "The token holds characters that no token has. Copy it again, whole and without anything around it."
            )
        return self._token

    def _renewable(self) -> bool:
        """Whether a new token may be better than this one: not right after a fetch, unless the service took it once.

        Where a new token ends the one before, another computer with the same keys may have fetched one meanwhile.
        """
        return self._credentials.has_keys and (self._fetched_at is None or self._was_taken or self._age() > 60.0)

    def _age(self) -> float:
        """Seconds since the token was fetched; 0 for one that was given, whose age is not known."""
        return 0.0 if self._fetched_at is None else time.monotonic() - self._fetched_at

    def _renew(self) -> str:
        if not self._credentials.has_keys:
            raise CredentialsError(
                "There are no keys for Hitem3D. Enter a token, or an access key and a secret key, in the preferences, "
                "or set HITEM3D_TOKEN."
            )
        self._token = self._fetch()
        self._fetched_at = time.monotonic()
        self._was_taken = False
        return self._token


def basic(credentials: Credentials) -> str:
    """The two keys as HTTP's Basic scheme wants them (page get-token: UTF-8)."""
    return base64.b64encode(f"{credentials.access_key}:{credentials.secret_key}".encode()).decode()
