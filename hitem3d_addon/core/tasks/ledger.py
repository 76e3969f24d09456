# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks cost: no page says it, so it is learned from the balance before and after.

The task list's file has a table of events beside the tasks: each step that may cost something, in the transaction that
commits the step, and each balance that the service told. Nothing is ever changed in it, so a process may die at any
line. What each task cost is worked out from it when somebody asks: between two balances, at a time when
nothing was on its way, the difference is what was sent in between. The sum of all entries is the difference of the
first and the last balance, whatever else is not known.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..errors import Hitem3DError
from .ledger_events import ACCEPTED, BALANCE, BEGAN, REFUNDED, REFUSED, UNCERTAIN, insert, read_events, read_newest
from .store import TaskStore
from .worker import Worker

log = logging.getLogger(__name__)

FRESH = 60.0
"""Seconds for which a balance counts as that of before the next task, if nothing happened since."""
PATIENCE = 10.0
"""Seconds that the question for the balance may delay a model that is to be sent."""


def observe(worker: Worker, *, patience: float | None = None) -> float:
    """Ask for the balance and note it; gives it. Raises what the question raises, StoreError."""
    with worker.store.reading() as sql:
        since = read_newest(sql)
    balance = worker.client.balance(patience)
    with worker.store.writing() as sql:
        api_url, account = worker.client.api_url, worker.client.account
        insert(sql, event=BALANCE, api_url=api_url, account=account, balance=balance, since=since)
        for level, credits in _find_prices(read_events(sql, api_url, latest=_LATEST)).items():
            sql.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (_price_key(api_url, level), repr(credits)))
    return balance


def observe_before(worker: Worker) -> None:
    """Know the balance before a task is sent, unless it is known already. It is a convenience: nothing is raised."""
    with contextlib.suppress(Hitem3DError):
        with worker.store.reading() as sql:
            last = read_events(sql, worker.client.api_url, latest=1)
        known = last and last[0]["event"] == BALANCE and last[0]["account"] == worker.client.account
        if not known or not 0 <= time.time() - last[0]["time"] < FRESH:
            observe(worker, patience=PATIENCE)


def observe_after(worker: Worker) -> float | None:
    """Know the balance after a task was sent; None where it could not be asked for. Nothing is raised: it is sent."""
    try:
        return observe(worker, patience=PATIENCE)
    except Hitem3DError as error:
        log.info("no balance after a task: %s", error)
        return None


# ---- what was learned, ready to be shown

_LATEST = 300
"""Events that a price is learnt from."""


def recall_prices(store: TaskStore, api_url: str) -> dict[str, float]:
    """Credits that a task cost the last time, by its level; only the levels that are known."""
    prefix = _price_key(api_url, "")
    found: dict[str, float] = {}
    with store.reading() as sql:
        rows = sql.execute("SELECT key, value FROM setting WHERE substr(key, 1, ?) = ?", (len(prefix), prefix))
        for row in rows:
            with contextlib.suppress(ValueError):
                found[row["key"][len(prefix) :]] = float(row["value"])
    return found


def _price_key(api_url: str, level: str) -> str:
    return f"price {json.dumps(api_url)} {level}"


# ---- working it out


class Entry(NamedTuple):
    """One line of the ledger: a task, or what the account lost or gained by somebody else."""

    time: int
    what: str
    """task; refunded (it cost nothing in the end); uncertain (nobody knows whether it was accepted); elsewhere (the
    balance changed without a task of ours); unknown (the difference of some tasks of which it is not known how much
    each of them cost)."""
    credits: float | None
    """None: not known; then the sum is in an entry "unknown", or no balance was told since."""
    shared: int = 1
    """Among how many tasks the difference was divided; 1: the figure is exact."""
    uid: str = ""
    task_id: str = ""
    name: str = ""
    file: str = ""
    seg_level: str = ""
    format: str = ""


class Ledger(NamedTuple):
    """All entries of one service, and the balances that they lie between (None where there was none)."""

    entries: list[Entry]
    first: float | None
    last: float | None

    @property
    def total(self) -> float:
        """Credits that were spent between the first and the last balance, by whomever."""
        return sum(entry.credits or 0.0 for entry in self.entries)

    @property
    def unknown(self) -> int:
        """How many tasks there are of which it is not known what they cost."""
        return sum(entry.credits is None for entry in self.entries)


def read_ledger(store: TaskStore, api_url: str) -> Ledger:
    """Work out what each task cost."""
    with store.reading() as sql:
        events = read_events(sql, api_url)
    return _work_out(events)


@dataclass
class _Attempt:
    """One sending of a task. ``end`` is the event by which all that it does to the balance has happened."""

    event: sqlite3.Row
    end: int | None = None
    outcome: str = ""
    task_id: str = ""

    def entry(self, credits: float | None, *, shared: int = 1) -> Entry:
        what = {ACCEPTED: "task", REFUNDED: "refunded"}.get(self.outcome, "uncertain")
        row = self.event
        return Entry(
            row["time"],
            what,
            credits,
            shared,
            row["uid"],
            self.task_id,
            *(row[name] for name in ("name", "file", "seg_level", "format")),
        )


@dataclass
class _Span:
    """What lies between two balances."""

    time: int
    spent: float | None
    """None: no balance came after it, or that of another account."""
    attempts: list[_Attempt] = field(default_factory=list)


def _find_prices(events: Sequence[sqlite3.Row]) -> dict[str, float]:
    """The newest exact price of each level."""
    exact = (e for e in _work_out(events).entries if e.what == "task" and e.credits and e.shared == 1)
    return {entry.seg_level: entry.credits for entry in exact if entry.credits}


def _work_out(events: Sequence[sqlite3.Row]) -> Ledger:
    attempts = _find_attempts(events)
    balances = [row for row in events if row["event"] == BALANCE and _is_calm(row, attempts)]
    spans = _find_spans(balances, attempts)
    prices: dict[str, float] = {}
    exact = {id(span): _divide(span, {}) for span in spans if len(span.attempts) == 1}
    for span in spans:
        for entry in exact.get(id(span), ()):
            if entry.what == "task" and entry.credits:
                prices.setdefault(entry.seg_level, entry.credits)
    entries: list[Entry] = []
    for span in spans:
        found = exact.get(id(span)) or _divide(span, prices)
        prices |= {e.seg_level: e.credits for e in found if e.what == "task" and e.credits and e.shared == 1}
        entries += found
    ends = [balances[0]["balance"], balances[-1]["balance"]] if balances else [None, None]
    return Ledger(entries, *ends)


def _find_attempts(events: Sequence[sqlite3.Row]) -> list[_Attempt]:
    found: list[_Attempt] = []
    newest: dict[str, _Attempt] = {}
    for row in events:
        attempt = newest.get(row["uid"])
        if row["event"] == BEGAN:
            if attempt and not attempt.outcome:  # sent once more after a refused token
                attempt.outcome, attempt.end = REFUSED, row["number"]
            found.append(_Attempt(row))
            newest[row["uid"]] = found[-1]
        elif attempt and row["event"] != BALANCE:
            attempt.outcome, attempt.end = row["event"], row["number"]
            attempt.task_id = row["task_id"] or attempt.task_id
    return found


def _is_calm(balance: sqlite3.Row, attempts: Sequence[_Attempt]) -> bool:
    """Whether nothing was on its way while the balance was asked for."""
    return not any(
        attempt.event["number"] < balance["number"] and (attempt.end is None or attempt.end > balance["since"])
        for attempt in attempts
    )


def _find_spans(balances: Sequence[sqlite3.Row], attempts: Sequence[_Attempt]) -> list[_Span]:
    """The times between two balances, and those before the first and after the last."""
    spans: list[_Span] = []
    left = list(attempts)
    for number, balance in enumerate(balances):
        before = balances[number - 1] if number else None
        known = before is not None and before["account"] == balance["account"]
        inside = [attempt for attempt in left if attempt.event["number"] < balance["number"]]
        left = left[len(inside) :]
        spent = round(before["balance"] - balance["balance"], 6) if known and before is not None else None
        spans.append(_Span(balance["time"], spent, inside))
    spans.append(_Span(0, None, left))
    return spans


def _divide(span: _Span, prices: dict[str, float]) -> list[Entry]:
    """The entries of a span; their sum is what was spent in it."""
    sure = [attempt for attempt in span.attempts if attempt.outcome == ACCEPTED]
    maybe = [attempt for attempt in span.attempts if attempt.outcome in (UNCERTAIN, "")]
    entries = [attempt.entry(0.0) for attempt in span.attempts if attempt.outcome == REFUNDED]
    paid = [*sure, *maybe]
    if span.spent is None:
        return entries + [attempt.entry(None) for attempt in paid]
    if not paid:
        return entries + ([Entry(span.time, "elsewhere", span.spent)] if span.spent else [])
    return entries + (_divide_among(span.spent, sure, maybe, prices) or _leave_open(span, paid))


def _divide_among(
    spent: float, sure: Sequence[_Attempt], maybe: Sequence[_Attempt], prices: dict[str, float]
) -> list[Entry]:
    """What each attempt cost; nothing where that can't be told."""
    if spent == 0 and not sure:
        return [attempt.entry(0.0) for attempt in maybe]
    if spent <= 0:
        return []
    if len(sure) + len(maybe) == 1:
        return [attempt.entry(spent) for attempt in (*sure, *maybe)]
    levels = {attempt.event["seg_level"] for attempt in (*sure, *maybe)}
    if levels <= prices.keys():
        of_sure = [attempt.entry(prices[attempt.event["seg_level"]], shared=len(sure)) for attempt in sure]
        of_maybe = [attempt.entry(prices[attempt.event["seg_level"]], shared=len(maybe)) for attempt in maybe]
        none_of_maybe = [attempt.entry(0.0) for attempt in maybe]
        for told in ([*of_sure, *none_of_maybe], [*of_sure, *of_maybe]):
            if abs(sum(entry.credits or 0.0 for entry in told) - spent) < 1e-6:
                return told
        return []
    if maybe or len(levels) > 1:
        return []
    return [attempt.entry(spent / len(sure), shared=len(sure)) for attempt in sure]


def _leave_open(span: _Span, paid: Sequence[_Attempt]) -> list[Entry]:
    return [*(attempt.entry(None) for attempt in paid), Entry(span.time, "unknown", span.spent)]
