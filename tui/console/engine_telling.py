"""What one narrator tells, as messages for the screens. Runs in the screens' event loop."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.message import Message

from ...core.types import Outcome
from . import messages as m

if TYPE_CHECKING:
    from ...core.cue import Cue
    from ...core.events import Event
    from .seam import ConsoleNarrator as Narrator

METER_S = 0.1
"""Between two looks at the buffer and the level."""
_SHOWN = 1500
"""Characters of a cue that are shown at once."""


class EngineTelling:
    """Posts what `narrator` tells; `is_clients` says whether a cue came over the bridge, and
    `on_state` is told the transport's states."""

    def __init__(
        self,
        narrator: "Narrator",
        post: Callable[[Message], object],
        is_clients: Callable[[str], bool],
        on_state: Callable[[str], None],
    ) -> None:
        self._narrator = narrator
        self._post = post
        self._is_clients = is_clients
        self._on_state = on_state
        self._chunk_start = 0

    async def listen(self) -> None:
        async for event in self._narrator.events(capacity=20_000):
            self._take(event)

    def _take(self, event: "Event") -> None:
        from ...core import events as e

        match event:
            case e.WordStarted(cue_id=cue_id, word=word, start=start):
                self._heard(self._narrator.cue(cue_id), start, start + len(word))
            case e.ChunkStarted(cue_id=cue_id, start=start):
                self._chunk_start = start
                self._heard(self._narrator.cue(cue_id), start, start)
            case e.CueQueued(cue_id=cue_id, text=text):
                if self._is_clients(cue_id):
                    self._post(m.ClientSaid(text[:_SHOWN]))
            case e.CueFinished(cue_id=cue_id, outcome=outcome):
                self._finished(self._narrator.cue(cue_id), outcome)
            case e.StateChanged(state=state):
                self._on_state(state)
            case e.UnderrunOccurred(duration_s=duration_s):
                self._post(m.Marked(is_underrun=True, duration_s=duration_s))
            case e.HoldEnded(duration_s=duration_s):
                self._post(m.Marked(is_underrun=False, duration_s=duration_s))
            case _:
                self._take_rare(event)

    def _take_rare(self, event: "Event") -> None:
        from ...core import events as e

        match event:
            case e.OutputOpened(output=output, sample_rate=rate):
                self._post(m.OutputTold(f"{output} {rate / 1000:g} kHz"))
            case e.OutputLost(reason=reason):
                self._post(m.OutputTold(reason, is_there=False))
            case e.ProcessRestarted(process=process):
                self._post(m.Told(f"the {process} process was started again; nothing is lost"))
            case e.CharacterMet(notice=notice):
                self._post(m.Told(notice))
            case e.VoiceReplaced(voice=voice, reason=reason):
                text = f"{reason}; the narrator's voice speaks for {voice}"
                self._post(m.Told(text, is_trouble=True))
            case _:
                pass

    def _heard(self, cue: "Cue | None", start: int, end: int) -> None:
        if cue is None:
            return
        begin = min(self._chunk_start, start)
        text = cue.text[begin : begin + _SHOWN]
        is_clients = self._is_clients(cue.cue_id)
        self._post(m.SpeechHeard(text, start - begin, end - begin, cue.character or "", is_clients))

    def _finished(self, cue: "Cue | None", outcome: Outcome) -> None:
        if cue is not None and outcome is Outcome.FAILED:
            self._post(m.Told(cue.error or "a cue failed", is_trouble=True))
        self._post(m.SpeechEnded(outcome.value, is_last=not self._narrator.waiting))

    async def meter(self, clients: Callable[[], int | None]) -> None:
        """Look at the buffer and the level, and at how many clients there are, until cancelled."""
        from ...core.audio_feed import AudioFeed

        narrator = self._narrator
        feed = AudioFeed(narrator.sample_rate, lambda: None)
        narrator.add_tap(feed)
        heard, before, told = narrator.heard().frame, (), -1
        while True:
            await asyncio.sleep(METER_S)
            vitals, begin, heard = narrator.vitals(), heard, narrator.heard().frame
            peak, rms = feed.level(begin, heard)
            # While nothing happens nothing is told; the last look after it is.
            now = replace(vitals, time_s=0.0, restarts={}, ended={}, gpu=[]), peak, vitals.gpu
            if now != before:
                before = now
                self._post(m.Metered(vitals, peak, rms))
            if (count := clients()) != told:
                told = count
                self._post(m.ClientsTold(count))
