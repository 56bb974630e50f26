"""The prompter: gives the cues of a list to a narrator, as the game master says GO.

Runs in main's event loop. It prepares the cues that stand by next, and where it follows on by
itself it gives the next cue early enough that no gap is heard.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from .cue import Cue
from .cue_list import CueList, CueState, Line
from .errors import SkaldcastError, StateError
from .events import CueFinished, CueStarted
from .preparing import Preparation
from .subscription import Subscription

PREPARED_AHEAD = 3
"""Cues that stand by next and are made ahead: the game master goes on faster than that only by
skipping."""


class Speaking(Protocol):
    """What a prompter drives: a `Narrator`, here or elsewhere."""

    def play(self, text: str, *, voice: str | None = None, character: str | None = None) -> Cue: ...

    def prepare(
        self, text: str, *, voice: str | None = None, character: str | None = None
    ) -> Preparation: ...

    def cancel_preparation(self, preparation: Preparation) -> None: ...

    def skip(self) -> None: ...

    def stop(self) -> None: ...

    def events(self, *, capacity: int = 1000) -> Subscription: ...


class Prompter:
    """Drives `narrator` by `cues`. Use it as an async context manager, inside the narrator's.

    `on_change` is called in the event loop whenever a line's state has changed. Raises what
    `Narrator.play` and `CueList` do.
    """

    def __init__(
        self,
        narrator: Speaking,
        cues: CueList,
        *,
        on_change: Callable[[Line], None] = lambda _: None,
        prepares: bool = True,
    ) -> None:
        self.cues = cues
        self.follows = False
        """Each cue is followed by the next, until `hold`."""
        self._narrator = narrator
        self._on_change = on_change
        self._prepares = prepares
        self._lines: dict[str, Line] = {}  # by the ids of the cues that are with the narrator
        self._given: dict[Line, Cue] = {}
        self._preparing: dict[Line, tuple[Preparation, asyncio.Task[None]]] = {}
        self._epoch = 0  # raised where what was made ahead no longer counts
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Prompter":
        self._listening = asyncio.create_task(self._listen(), name="prompter")
        self.prepare_ahead()
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [task for _, task in self._preparing.values()]
        if self._listening is not None:
            tasks.append(self._listening)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # what the game master does

    def go(self) -> Line | None:
        """Speak the cue that stands by, behind what is being spoken; None at the list's end."""
        return self._give(self.cues.take())

    def run(self) -> Line | None:
        """GO, and go on by itself from cue to cue."""
        self.follows = True
        live = any(line.state.is_live for line in self._given)
        return None if live else self.go()

    def hold(self) -> None:
        """Go on no further by itself: what is being spoken is spoken to its end."""
        self.follows = False

    def skip(self) -> None:
        """End the cue that is being spoken; where it goes on by itself, the next one follows."""
        self._narrator.skip()

    def panic(self) -> None:
        """Fade everything out at once, and hold."""
        self.follows = False
        self._narrator.stop()

    def replay(self, line: Line) -> Line | None:
        """Speak a cue once more, now or behind what is being spoken; what stands by stays."""
        standby = self.cues.standby
        self.cues.stand_by(line)
        try:
            return self._give(self.cues.take())
        finally:
            self.cues.stand_by(standby)

    def adopt(self, line: Line, cue: Cue) -> None:
        """`cue` is that of `line`, given before this prompter was there: it is followed to its
        end."""
        if cue.outcome is not None or line.state.is_live:
            return
        line.state = CueState.QUEUED
        if cue.started_s is not None:
            self.cues.speaking(line)
        self._lines[cue.cue_id] = line
        self._given[line] = cue
        self._on_change(line)

    def prepare_ahead(self) -> None:
        """Make the cues ahead that stand by next. Called by itself as the list moves on; to be
        called after the list was changed."""
        if not self._prepares:
            return
        for line in self.cues.ahead(PREPARED_AHEAD):
            if line.state in (CueState.WAITING, CueState.SPOKEN) and line not in self._preparing:
                self._prepare(line)

    async def prepare(self, line: Line) -> None:
        """Make one cue ahead, wherever it stands, and wait until it is there or could not be made,
        which is the line's `error` then. Cancelled, no more of it is made. Raises `StateError`
        where nothing is kept."""
        if line.state.is_live:
            return
        if line not in self._preparing and self._prepares:
            self._prepare(line)
        if not self._prepares:
            raise StateError("nothing can be prepared: no speech is kept; set cache.size_mb")
        if (found := self._preparing.get(line)) is None:
            return
        preparation, waiting = found
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError:
            waiting.cancel()
            self._narrator.cancel_preparation(preparation)
            raise

    def prepare_anew(self) -> None:
        """The cast was changed: what was made ahead may be in another voice than it has now."""
        self._epoch += 1
        for preparation, _ in self._preparing.values():
            self._narrator.cancel_preparation(preparation)
        for line in self.cues:
            if line.state is CueState.PREPARED:
                self.cues.unprepared(line)
                self._on_change(line)
        self.prepare_ahead()

    # what follows

    def _give(self, line: Line | None) -> Line | None:
        if line is None:
            return None
        try:
            cue = self._narrator.play(line.text, voice=line.voice, character=line.character)
        except StateError:  # it cannot be given now: it stands by again
            line.state = CueState.WAITING
            self.cues.stand_by(line)
            self._on_change(line)
            raise
        except SkaldcastError as error:
            line.state, line.error = CueState.FAILED, str(error)
            self._on_change(line)
            raise
        self._lines[cue.cue_id] = line
        self._given[line] = cue
        self._on_change(line)
        self.prepare_ahead()
        return line

    def _prepare(self, line: Line) -> None:
        made_from = (line.text, self._epoch)
        try:
            preparation = self._narrator.prepare(
                line.text, voice=line.voice, character=line.character
            )
        except StateError:  # nothing is kept: each cue is made when it is given
            self._prepares = False
            return
        except SkaldcastError as error:
            line.error = str(error)
            self._on_change(line)
            return
        if line.state in (CueState.WAITING, CueState.FAILED):
            self.cues.preparing(line)
            self._on_change(line)
        waiting = asyncio.create_task(self._wait_prepared(line, made_from, preparation))
        self._preparing[line] = (preparation, waiting)

    async def _wait_prepared(
        self, line: Line, made_from: tuple[str, int], preparation: Preparation
    ) -> None:
        try:
            await preparation.wait_done()
        except asyncio.CancelledError:
            self.cues.unprepared(line)
            self._on_change(line)
            raise
        finally:
            self._preparing.pop(line, None)
        if made_from == (line.text, self._epoch):
            self.cues.prepared(line, preparation.error)
            self._on_change(line)
        else:  # it was edited, or cast anew, meanwhile
            self.cues.unprepared(line)
            self.prepare_ahead()

    async def _listen(self) -> None:
        async for event in self._narrator.events():
            match event:
                case CueStarted(cue_id=cue_id):
                    self._started(cue_id)
                case CueFinished(cue_id=cue_id):
                    self._finished(cue_id)
                case _:
                    pass

    def _started(self, cue_id: str) -> None:
        if (line := self._lines.get(cue_id)) is None:
            return
        self.cues.speaking(line)
        self._on_change(line)
        if self.follows:
            self._follow()

    def _finished(self, cue_id: str) -> None:
        line = self._lines.pop(cue_id, None)
        if line is None:
            return
        cue = self._given.pop(line)
        assert cue.outcome is not None
        self.cues.ended(line, cue.outcome, cue.error)
        self._on_change(line)
        if self.follows and not self._given:
            self._follow()
        self.prepare_ahead()

    def _follow(self) -> None:
        """Give the next cue while this one is being heard, so that nothing lies between them."""
        with contextlib.suppress(StateError):
            if len(self._given) <= 1 and self.go() is None:
                self.follows = len(self._given) > 0
