# SPDX-FileCopyrightText: 2026 Hitem3D for Blender authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger on standard output: a table for people, JSON lines or CSV for programs."""

from __future__ import annotations

import csv
import io
import time

from ..core.tasks.ledger import Entry, Ledger
from .output import Output

_FIELDS = (*Entry._fields,)


def tell_ledger(ledger: Ledger, output: Output, *, as_csv: bool) -> None:
    """Print all entries and, unless it is CSV, their sum."""
    if as_csv:
        output.event("ledger_columns", _row(_FIELDS), columns=_FIELDS)
    for entry in ledger.entries:
        values = entry._asdict()
        output.event("ledger", _row([_plain(v) for v in entry]) if as_csv else _line(entry), **values)
    text = "" if as_csv else _summary(ledger)
    output.event(
        "ledger_sum",
        text,
        credits=round(ledger.total, 6),
        first_balance=ledger.first,
        last_balance=ledger.last,
        unknown_tasks=ledger.unknown,
    )


def _line(entry: Entry) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.time))
    cost = "?" if entry.credits is None else f"{entry.credits:g}"
    about = "" if entry.shared == 1 else " (worked out from several)"
    of = (
        f"{entry.name}  {entry.seg_level} {entry.format}  {entry.task_id or '-'}  {entry.file}".strip()
        if entry.uid
        else ""
    )
    return f"{when}  {cost:>8}  {entry.what:<9}  {of}{about}".rstrip()


def _summary(ledger: Ledger) -> str:
    if ledger.first is None or ledger.last is None:
        return "No balance is known yet: it is asked for before and after each task, and by `balance`."
    text = f"{ledger.total:g} credits between a balance of {ledger.first:g} and one of {ledger.last:g}"
    if ledger.unknown:
        text += f"; of {ledger.unknown} task(s) it is not known what they cost"
    return f"{text}."


def _plain(value: object) -> object:
    return "" if value is None else value


def _row(values: object) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(values)  # type: ignore[arg-type]
    return stream.getvalue()
