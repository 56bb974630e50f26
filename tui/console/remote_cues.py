"""The cues of an engine in another process, as far as it told of them. Plain."""

from collections.abc import Iterable, Iterator
from uuid import uuid4

from ...bridge.protocol import StateOk
from ...bridge.protocol import events as b
from ...bridge.state import STATE_TEXT
from ...core import events as core
from ...core.cue import Cue
from ...core.cue_list import Line
from ...core.types import Outcome

_PREFIX = "console-"
_KEPT = 1_000
"""Cues that have ended and are kept, as their last words may still be told."""


def new_id() -> str:
    """The id of a cue of a console's: never the same twice, so that none is spoken twice."""
    return f"{_PREFIX}{uuid4().hex[:12]}"


def is_consoles(cue_id: str) -> bool:
    """Whether a console gave a cue."""
    return cue_id.startswith(_PREFIX)


def lines_of(cues: Iterable[Cue], lines: Iterable[Line]) -> Iterator[tuple[Line, Cue]]:
    """The lines whose cues a console before this one gave, and which have not ended. Of a long
    cue only the beginning of its text is known."""
    free = [line for line in lines if not line.state.is_live]
    for cue in cues:
        if not is_consoles(cue.cue_id):
            continue
        for line in free:
            if line.text == cue.text or (
                len(cue.text) >= STATE_TEXT and line.text.startswith(cue.text)
            ):
                free.remove(line)
                yield line, cue
                break


class RemoteCues:
    """Takes the bridge's events and gives the engine's."""

    def __init__(self) -> None:
        self._all: dict[str, Cue] = {}
        self._chunk_of: str | None = None  # the cue of which a chunk was told

    @property
    def live(self) -> list[Cue]:
        """Those that have not ended, in their order."""
        return [cue for cue in self._all.values() if cue.outcome is None]

    @property
    def heard(self) -> Cue | None:
        """The one that is being heard."""
        return next((cue for cue in self.live if cue.started_s is not None), None)

    def get(self, cue_id: str) -> Cue | None:
        """The cue of this id, as far as it is known."""
        return self._all.get(cue_id)

    def add(self, cue: Cue) -> None:
        """One of our own."""
        self._all[cue.cue_id] = cue
        ended = [cue_id for cue_id, old in self._all.items() if old.outcome is not None]
        for cue_id in ended[:-_KEPT]:
            del self._all[cue_id]

    def see(self, state: StateOk) -> None:
        """What the engine has: of each the beginning of its text."""
        for row in state.cue_list:
            if row["outcome"] is None:
                cue = self._known(row["cue_id"], row["text"])
                cue.started_s = row.get("started_s")

    def end(
        self, cue: Cue, outcome: Outcome, error: str | None, time_s: float
    ) -> Iterator[core.Event]:
        """A cue has ended; once."""
        if cue.outcome is None:
            cue.error = error
            cue.end(outcome, time_s)
            yield core.CueFinished(time_s, cue.cue_id, outcome)

    def take(self, event: b.BridgeEvent) -> Iterator[core.Event]:
        """What the bridge told, as the engine tells it."""
        at = event.time_s
        match event:
            case b.CueQueued(cue_id=cue_id, text=text):
                self._known(cue_id, text)
                yield core.CueQueued(at, cue_id, text)
            case b.CueStarted(cue_id=cue_id):
                self._known(cue_id).started_s = at
                yield core.CueStarted(at, cue_id)
            case b.CueFinished(cue_id=cue_id, outcome=outcome, error=error):
                yield from self.end(self._known(cue_id), outcome, error, at)
            case b.ChunkStarted(cue_id=cue_id, text=text, start=start, duration_s=duration_s):
                self._learn(cue_id, start, text)
                self._chunk_of = cue_id
                yield core.ChunkStarted(at, cue_id, text, start, duration_s)
            case b.WordStarted(cue_id=cue_id, word=word, start=start, duration_s=duration_s):
                self._learn(cue_id, start, word)
                if self._chunk_of != cue_id:  # we came in its middle
                    self._chunk_of = cue_id
                    yield core.ChunkStarted(at, cue_id, word, start, duration_s)
                yield core.WordStarted(at, cue_id, word, start, duration_s)
            case b.StateChanged(state=state):
                yield core.StateChanged(at, state)
            case b.Underrun(duration_s=duration_s):
                yield core.UnderrunOccurred(at, duration_s)
            case b.Hold(duration_s=duration_s):
                yield core.HoldEnded(at, duration_s)
            case _:
                pass

    def _known(self, cue_id: str, text: str = "") -> Cue:
        cue = self._all.get(cue_id)
        if cue is None:
            cue = Cue(cue_id)
            cue.add_text(text)
            self.add(cue)
        return cue

    def _learn(self, cue_id: str, start: int, text: str) -> None:
        """A piece of a cue's text; what lies before it and was not told is left blank."""
        cue = self._known(cue_id)
        there = len(cue.text)
        if start > there:
            cue.add_text(" " * (start - there))
            there = start
        cue.add_text(text[there - start :])
