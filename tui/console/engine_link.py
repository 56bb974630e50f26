"""The console's side of the engine: starts the voice behind the screens, gives it what the game
master asks for, and posts what it tells.

Runs in the screens' event loop. Synthesis and playout are other processes: while this loop draws,
the voice goes on from what is made ahead.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from textual.message import Message

from ...core.cue_list import CueList, Line
from ...core.errors import SkaldcastError, StateError
from ...core.types import Outcome, Priority
from . import messages as m
from .auditions import Auditions
from .prompting import Prompted, Wish

if TYPE_CHECKING:
    from ...core.cue import Cue
    from ...core.events import Event
    from ...core.narrator import Narrator
    from ...core.prompter import Prompter
    from ...core.script.cast import Cast
    from ...core.source.llm.status import StoryStatus
    from ...core.source.llm.storyteller import Storyteller
    from .setup import Setup

_log = logging.getLogger(__name__)
METER_S = 0.05
"""Between two looks at the buffer while something is spoken."""
_FIGURES_TICKS = 40
"""Looks at the buffer between two at the figures: the report lists every cue."""
_MOST_EARLY = 100
"""Lines that wait for the voice to be loaded."""
_SHOWN = 1500
"""Characters of a cue that are shown at once."""


class EngineLink:
    """One narrator after another, each until it fails or the console closes.

    `post` takes messages for the screens. What cannot be done raises `SkaldcastError` with what to
    tell the user.
    """

    def __init__(self, setup: "Setup", cues: CueList, post: Callable[[Message], object]) -> None:
        self.cues = cues
        self.narrator: Narrator | None = None
        """There while it can speak."""
        self._setup = setup
        self._post = post
        self._prompter: Prompter | None = None
        self._storyteller: Storyteller | None = None
        self._early: list[Prompted] = []
        self._typed: str | None = None
        self._last: Line | None = None
        self._again = asyncio.Event()
        self._closing = asyncio.Event()
        self._starting: asyncio.Task[None] | None = None
        self._chunk_start = 0
        self._paused = False
        self._auditions = Auditions()
        self.output: m.OutputTold | None = None
        """What was told of it last."""

    # life

    async def run(self) -> None:
        """Start the voice, and again whenever that is asked for, until `close`."""
        while not self._closing.is_set():
            self._again.clear()
            self._starting = asyncio.create_task(self._narrate())
            try:
                await self._starting
            except asyncio.CancelledError:
                if not (self._closing.is_set() or self._again.is_set()):
                    raise
            except SkaldcastError as error:
                self._failed(str(error))
            except Exception as error:  # a defect of ours: the screens stay, and it is told
                _log.exception("the voice ended")
                self._failed(f"an internal error, {type(error).__name__}: {error}")
            if not self._closing.is_set():
                await self._either(self._again.wait())

    async def close(self) -> None:
        """Fade out and end the processes; `run` returns."""
        self._closing.set()
        if self.narrator is None and self._starting is not None:
            self._starting.cancel()
        if self._starting is not None:
            await asyncio.wait((self._starting,))

    def start_again(self) -> None:
        """After a failure. Raises `StateError` where there was none."""
        if self._starting is not None and not self._starting.done():
            raise StateError("the voice is there already, or on its way")
        self._again.set()

    def restart(self) -> None:
        """Start the voice again by the settings as they are now; what is being spoken ends."""
        self.panic()
        self._again.set()
        if self.narrator is None and self._starting is not None:
            self._starting.cancel()

    def _failed(self, reason: str) -> None:
        for line in self.cues:
            if line.state.is_live:
                self.cues.ended(line, Outcome.FAILED, reason)
        self._post(m.VoiceFailed(reason))

    async def _narrate(self) -> None:
        self._paused = False
        self._post(m.VoiceStarting(self._setup.voice_named))
        narrator = await asyncio.to_thread(self._setup.make_narrator)
        from ...core.prompter import Prompter

        listening = asyncio.create_task(self._listen(narrator))
        try:
            async with self._setup.around(narrator), narrator:
                async with (
                    self._setup.beside(narrator),
                    self._setup.make_storyteller(self._on_status) as self._storyteller,
                    Prompter(narrator, self.cues, on_change=self._on_change) as self._prompter,
                ):
                    self.narrator = narrator
                    self._tell_ready(narrator)
                    await self._work(narrator)
                self.narrator = self._prompter = self._storyteller = None
        finally:
            self.narrator = self._prompter = self._storyteller = None
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self._setup.finish(narrator)

    async def _work(self, narrator: "Narrator") -> None:
        metering = asyncio.create_task(self._meter(narrator))
        try:
            early, self._early = self._early, []
            for prompted in early:
                self.give(prompted)
            await self._either(narrator.failed(), self._again.wait())
        finally:
            metering.cancel()
            await asyncio.gather(metering, return_exceptions=True)
        if self._again.is_set():
            self._take_back()
        elif not self._closing.is_set():
            await narrator.drain()  # raises why

    def _take_back(self) -> None:
        """The voice is started again: nobody hears the end of what was given."""
        for line in self.cues:
            if line.state.is_live:
                self.cues.ended(line, Outcome.INTERRUPTED)
                self._post(m.LineChanged(line))
        self._post(m.SpeechEnded(Outcome.INTERRUPTED.value, is_last=True))

    async def _either(self, *others: Coroutine[object, object, object]) -> None:
        """Wait until one of `others` is done or the console closes."""
        tasks = [asyncio.create_task(each) for each in (*others, self._closing.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    # what the game master does

    def give(self, prompted: Prompted) -> None:
        """Do what a line of the prompt asks for."""
        match prompted.wish:
            case Wish.ADD:
                self.cues.append(prompted.text)
                self.list_changed()
            case Wish.ASK:
                self._ask(prompted)
            case Wish.SPEAK | Wish.CUT_IN:
                self._speak(prompted)

    def _speak(self, prompted: Prompted) -> None:
        if self.narrator is None:
            self._keep_early(prompted)
            return
        self._auditions.end(self.narrator)
        cut_in = prompted.wish is Wish.CUT_IN
        priority = Priority.INTERRUPT if cut_in else Priority.DEMAND
        self.narrator.play(prompted.text, priority=priority)
        self._typed = prompted.text

    def _ask(self, prompted: Prompted) -> None:
        if self.narrator is None or self._storyteller is None:
            self._keep_early(prompted)
            return
        self._auditions.end(self.narrator)
        self._storyteller.tell(self.narrator, prompted.text)

    def _keep_early(self, prompted: Prompted) -> None:
        if len(self._early) >= _MOST_EARLY:
            raise StateError("the voice is not there yet, and 100 lines wait for it already")
        self._early.append(prompted)
        self._post(m.Told("spoken as soon as the voice is there"))

    def go(self) -> None:
        """Speak the cue that stands by."""
        self._auditions.end(self.narrator)
        self._last = self._there.go()
        self._typed = None
        if self._last is None:
            raise StateError("nothing stands by: choose a cue in the list and press Enter")

    def follow(self) -> bool:
        """Run on from cue to cue, or hold; returns which."""
        prompter = self._there
        self._auditions.end(self.narrator)
        if prompter.follows:
            prompter.hold()
        else:
            prompter.run()
        return prompter.follows

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self._paused:
            self.resume()
        else:
            self._speaking.pause()
            self._tell_paused(paused=True)

    def pause_for(self) -> bool:
        """Pause where something is spoken; whether it is paused by this."""
        narrator = self.narrator
        if narrator is None or not narrator.waiting or self._paused:
            return False
        self.toggle_pause()
        return True

    def resume(self) -> None:
        """Go on after a pause."""
        if self.narrator is not None:
            self.narrator.resume()
            self._tell_paused(paused=False)

    def _tell_paused(self, *, paused: bool) -> None:
        """A file as output has no states of its own: it is told here, and again by an event where
        there are."""
        self._paused = paused
        state = "paused" if paused or self.narrator is None else self.narrator.state
        self._post(m.TransportChanged(state))

    def skip(self) -> None:
        """End what is being spoken."""
        self._speaking.skip()

    def panic(self) -> None:
        """Fade everything out; the model writes no further, and what waits is forgotten."""
        self._early.clear()
        if self._prompter is not None:
            self._prompter.panic()
            self._tell_paused(paused=False)
        if self._storyteller is not None:
            self._storyteller.stop()

    def replay(self, line: Line | None = None) -> None:
        """Speak `line` again, else what was spoken last."""
        prompter = self._there
        self._auditions.end(self.narrator)
        if line is None and self._typed is not None:
            self._speaking.play(self._typed)
        elif (line := line or self._last) is not None:
            self._last, self._typed = line, None
            prompter.replay(line)
        else:
            raise StateError("nothing was spoken yet")

    def list_changed(self) -> None:
        """The list was changed: what stands by next is made ahead."""
        if self._prompter is not None:
            self._prompter.prepare_ahead()

    # voices, cast and output

    @property
    def narrates(self) -> bool:
        """Something is being spoken, or waits, that is no audition."""
        return self._auditions.narrates(self.narrator)

    def audition(
        self, text: str, *, voice: str | None = None, character: str | None = None
    ) -> None:
        """Let a voice, or a character, be heard at once. Raises what `Auditions.begin` does."""
        self._auditions.begin(self._speaking, text, voice=voice, character=character)
        if self._paused:
            self.resume()

    def look_for_voices(self) -> None:
        """Some were added or removed."""
        if self.narrator is not None:
            self.narrator.look_for_voices()

    def recast(self, cast: "Cast") -> None:
        """Another cast, from the next cue on; a voice that is not there yet reads it by itself."""
        if self.narrator is not None and self._prompter is not None:
            self.narrator.recast(cast)
            self._prompter.prepare_anew()
        self._post(m.CastTold(tuple(p.character for p in cast.parts if p.character)))

    def set_output(self, output: str) -> None:
        """Go on, on another device; without a voice it is started, on that one. Raises
        `ConfigError` where only another start of the voice can do it."""
        if self.narrator is None:
            self.restart()
        else:
            self.narrator.set_output(output)

    @property
    def _there(self) -> "Prompter":
        if self._prompter is None:
            raise StateError("the voice is not there yet: F3 shows what was told, F4 tries again")
        return self._prompter

    @property
    def _speaking(self) -> "Narrator":
        if self.narrator is None:
            raise StateError("the voice is not there yet: F3 shows what was told, F4 tries again")
        return self.narrator

    # what the engine tells

    def _tell_ready(self, narrator: "Narrator") -> None:
        cast, options = narrator.options.cast, narrator.options
        names = () if cast is None else tuple(p.character for p in cast.parts if p.character)
        marks: dict[str, float] = {}
        if options.prebuffer == "fixed":
            marks = {"S": options.prebuffer_start_s, "P": options.prebuffer_pause_s}
        self._post(m.VoiceReady(narrator.voice.spec, self._setup.model_named(), names, marks))

    def _on_change(self, line: Line) -> None:
        self._post(m.LineChanged(line))

    def _on_status(self, status: "StoryStatus") -> None:
        self._post(m.StoryTold(status.state.value, status.text))

    async def _listen(self, narrator: "Narrator") -> None:
        async for event in narrator.events(capacity=20_000):
            self._take(narrator, event)

    def _take(self, narrator: "Narrator", event: "Event") -> None:
        from ...core import events as e

        match event:
            case e.WordStarted(cue_id=cue_id, word=word, start=start):
                self._heard(narrator.cue(cue_id), start, start + len(word))
            case e.ChunkStarted(cue_id=cue_id, start=start):
                self._chunk_start = start
                self._heard(narrator.cue(cue_id), start, start)
            case e.CueFinished(cue_id=cue_id, outcome=outcome):
                self._finished(narrator, narrator.cue(cue_id), outcome)
            case e.StateChanged(state=state):
                self._paused = state == "paused"
                self._post(m.TransportChanged(state))
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
                self._tell_output(m.OutputTold(f"{output} {rate / 1000:g} kHz"))
            case e.OutputLost(reason=reason):
                self._tell_output(m.OutputTold(reason, is_there=False))
            case e.ProcessRestarted(process=process):
                self._post(m.Told(f"the {process} process was started again; nothing is lost"))
            case e.CharacterMet(notice=notice):
                self._post(m.Told(notice))
            case e.VoiceReplaced(voice=voice, reason=reason):
                text = f"{reason}; the narrator's voice speaks for {voice}"
                self._post(m.Told(text, is_trouble=True))
            case _:
                pass

    def _tell_output(self, told: m.OutputTold) -> None:
        self.output = told
        self._post(told)

    def _heard(self, cue: "Cue | None", start: int, end: int) -> None:
        if cue is None:
            return
        begin = min(self._chunk_start, start)
        text = cue.text[begin : begin + _SHOWN]
        self._post(m.SpeechHeard(text, start - begin, end - begin, cue.character or ""))

    def _finished(self, narrator: "Narrator", cue: "Cue | None", outcome: Outcome) -> None:
        if cue is not None and outcome is Outcome.FAILED:
            self._post(m.Told(cue.error or "a cue failed", is_trouble=True))
        self._post(m.SpeechEnded(outcome.value, is_last=not narrator.waiting))
        self._tell_figures(narrator)

    async def _meter(self, narrator: "Narrator") -> None:
        ticks, last = 0, (-1.0, "")
        while True:
            await asyncio.sleep(METER_S)
            now = (round(narrator.buffered_s, 2), narrator.state)
            if now != last:
                self._post(m.Metered(narrator.time_s, *now))
                last, ticks = now, ticks + 1
                if ticks % _FIGURES_TICKS == 0:
                    self._tell_figures(narrator)

    def _tell_figures(self, narrator: "Narrator") -> None:
        if narrator.failure is not None or not narrator.started:
            return
        report = narrator.report()
        self._post(
            m.FiguresTold(
                report["real_time_factor"],
                report["time_to_first_audio_s"],
                report["margin_min_s"],
                report["underruns"],
                report["holds"],
            )
        )
