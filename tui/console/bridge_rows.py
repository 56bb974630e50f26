"""The bridge as rows of lists: its clients, and what was said. Plain."""

import time
from collections.abc import Iterable, Sequence

from ...bridge.watching import ClientFacts, Said
from .widgets.row_list import Row

_ORDINARY = 11
"""Events that a client gets that asks for none."""


def client_rows(clients: Sequence[ClientFacts]) -> list[Row]:
    """A client in columns: name, since when, requests, cues, sound, events."""
    return [
        Row(
            client.key,
            (
                client.name,
                f"{lasted(client.since_s)}{'' if client.is_connected else ', GONE'}",
                f"{client.requests} asked",
                f"{client.cues} cues",
                "no sound" if client.sound_s is None else f"{client.sound_s:.0f} s sound",
                _events(client.events),
            ),
            "row" if client.is_connected else "muted",
        )
        for client in clients
    ]


def client_widths(width: int) -> tuple[int, ...]:
    """Their cells; the events have the rest."""
    if width >= 100:
        return (24, 14, 12, 9, 12)
    if width >= 60:
        return (max(width - 42, 8), 14, 12, 0, 13, 0)
    return (max(width - 15, 8), 14, 0, 0, 0, 0)


def said_rows(
    said: Iterable[Said],
    first: int,
    wanted: str,
    *,
    refused_only: bool,
    now: float,
    clock_s: float,
) -> list[Row]:
    """Messages that have `wanted` in them, each with the time of day. `first` is the number of the
    first one; `now` is the bridge's clock and `clock_s` the system's at the same moment."""
    rows: list[Row] = []
    for number, message in enumerate(said, first):
        at = time.strftime("%H:%M:%S", time.localtime(clock_s - (now - message.at_s)))
        who = message.client or "to all"
        if refused_only and not message.is_refused:
            continue
        if wanted.casefold() in f"{at} {who} {message.text}".casefold():
            tone = "trouble" if message.is_refused else "row"
            rows.append(Row(str(number), (at, who, message.text), tone))
    return rows


def said_widths(width: int) -> tuple[int, ...]:
    """Time, who, and the rest."""
    return (8, 18) if width >= 60 else (8, 0)


def lasted(seconds: float) -> str:
    """How long ago, in one unit."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"


def _events(events: Sequence[str]) -> str:
    return "all events" if len(events) >= _ORDINARY else ", ".join(events) or "no events"
