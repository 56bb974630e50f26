"""The console's side of the engine: starts the voice behind the screens, gives it what the game
master asks for, and posts what it tells.

Runs in the screens' event loop. Synthesis and playout are other processes: while this loop draws,
the voice goes on from what is made ahead.
"""

import asyncio
import gc
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from textual.message import Message

from ...core.cue_list import CueList, Line
from ...core.errors import SkaldcastError, StateError
from ...core.types import Outcome, Priority
from . import messages as m
from .auditions import Auditions
from .engine_telling import EngineTelling
from .list_making import prepare_list, render_list
from .prompting import Prompted, Wish
from .works import Work

if TYPE_CHECKING:
    from pathlib import Path

    from ...core.prompter import Prompter
    from ...core.script.cast import Cast
    from ...core.source.llm.conversation import Conversation
    from ...core.source.llm.status import StoryStatus
    from .seam import ConsoleNarrator as Narrator
    from .seam import ConsoleSetup as Setup
    from .seam import ConsoleStoryteller as Storyteller

_log = logging.getLogger(__name__)
_MOST_EARLY = 100
"""Lines that wait for the voice to be loaded."""


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
        self._post = self._noting(post)
        self._prompter: Prompter | None = None
        self._storyteller: Storyteller | None = None
        self._conversation: Conversation | None = None
        self._early: list[Prompted] = []
        self._typed: str | None = None
        self._last: Line | None = None
        self._again = asyncio.Event()
        self._closing = asyncio.Event()
        self._loaded = asyncio.Event()
        self._given_up = False
        self._starting: asyncio.Task[None] | None = None
        self._paused = False
        self._auditions = Auditions()
        self.output: m.OutputTold | None = None
        """What was told of it last."""

    def _noting(self, post: Callable[[Message], object]) -> Callable[[Message], object]:
        """`post`, which remembers what is asked for later."""

        def noting(message: Message) -> object:
            if isinstance(message, m.OutputTold):
                self.output = message
            return post(message)

        return noting

    # life

    async def run(self) -> None:
        """Start the voice, and again whenever that is asked for, until `close`."""
        while not self._closing.is_set():
            self._again.clear()
            self._loaded.clear()
            self._starting = asyncio.create_task(self._narrate())
            try:
                await self._starting
            except asyncio.CancelledError:
                if not (self._closing.is_set() or self._given_up or self._again.is_set()):
                    raise
                if not self._again.is_set():
                    self._failed("the voice was not loaded: it was given up")
            except SkaldcastError as error:
                self._failed(str(error))
            except Exception as error:  # a defect of ours: the screens stay, and it is told
                _log.exception("the voice ended")
                self._failed(f"an internal error, {type(error).__name__}: {error}")
            if not self._closing.is_set():
                await self._either(self._again.wait())

    async def loading(self, _: Work) -> str:
        """Wait until the voice is there or has failed; cancelled, it is given up."""
        try:
            await self._loaded.wait()
        except asyncio.CancelledError:
            self._given_up = True
            self._give_up_loading()
            raise
        return ""

    async def close(self) -> None:
        """Fade out and end the processes; `run` returns."""
        self._closing.set()
        self._give_up_loading()
        if self._starting is not None:
            await asyncio.wait((self._starting,))

    def start_again(self) -> None:
        """After a failure. Raises `StateError` where there was none."""
        if self._starting is not None and not self._starting.done():
            raise StateError("the voice is there already, or on its way")
        self._again.set()

    def restart(self) -> None:
        """End the voice and start it anew, with the settings as they are then; what is being
        spoken ends. After a failure it is `start_again`."""
        self.panic()
        self._again.set()
        self._give_up_loading()

    def _give_up_loading(self) -> None:
        """Once, and only that: one more cancellation would cut short how processes are ended."""
        if self._starting is not None and not (
            self._loaded.is_set() or self._starting.cancelling()
        ):
            self._starting.cancel()

    def _failed(self, reason: str) -> None:
        self._loaded.set()
        self._end_lines(Outcome.FAILED, reason)
        self._post(m.VoiceFailed(reason))

    def _end_lines(self, outcome: Outcome, reason: str | None = None) -> None:
        """The narrator that has them is gone."""
        for line in self.cues:
            if line.state.is_live:
                self.cues.ended(line, outcome, reason)
                self._post(m.LineChanged(line))

    async def _narrate(self) -> None:
        self._paused = self._given_up = False
        for line in self.cues:  # another voice may come
            self.cues.unprepared(line)
        self._post(m.VoiceStarting(self._setup.voice_named))
        narrator = await asyncio.to_thread(self._setup.make_narrator)
        from ...core.prompter import Prompter

        telling = EngineTelling(narrator, self._post, self._setup.client_brought, self._on_state)
        listening = asyncio.create_task(telling.listen())
        try:
            async with self._setup.around(narrator), narrator:
                async with (
                    self._setup.beside(narrator),
                    self._setup.make_storyteller(self._on_status) as self._storyteller,
                    Prompter(narrator, self.cues, on_change=self._on_change) as self._prompter,
                ):
                    # Looking through all that was loaded would hold a key up for 0.1 s each time.
                    gc.collect()
                    gc.freeze()
                    self.narrator = narrator
                    for line, cue in self._setup.given_before(narrator, self.cues):
                        self._prompter.adopt(line, cue)
                    self._remember(self._storyteller)
                    self._loaded.set()
                    self._tell_ready(narrator)
                    await self._work(narrator, telling)
                self.narrator = self._prompter = self._storyteller = None
            self._end_lines(Outcome.INTERRUPTED)
        finally:
            self.narrator = self._prompter = self._storyteller = None
            gc.unfreeze()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self._setup.finish(narrator)

    def _remember(self, storyteller: "Storyteller") -> None:
        """A voice that was started again does not make the model forget the story."""
        if self._conversation is not None:
            storyteller.conversation.go_on(self._conversation)
        self._conversation = storyteller.conversation

    async def _work(self, narrator: "Narrator", telling: EngineTelling) -> None:
        metering = asyncio.create_task(telling.meter(self._setup.client_count))
        try:
            early, self._early = self._early, []
            for prompted in early:
                self.give(prompted)
            await self._either(narrator.failed(), self._again.wait())
        finally:
            metering.cancel()
            await asyncio.gather(metering, return_exceptions=True)
        if self._again.is_set():
            self._end_lines(Outcome.INTERRUPTED)
            self._post(m.SpeechEnded(Outcome.INTERRUPTED.value, is_last=True))
        elif not self._closing.is_set():
            await narrator.drain()  # raises why

    async def _either(self, *others: Coroutine[object, object, object]) -> None:
        """Wait until one of them is done or the console closes."""
        tasks = [asyncio.create_task(other) for other in (*others, self._closing.wait())]
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
        if not self._setup.stands_still_with_us:
            return False
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

    async def settings_changed(self, name: str) -> None:
        """Heed a setting that can be heeded while the voice is there; raises `ConfigError`."""
        if name.startswith("llm."):
            settings, system = await asyncio.to_thread(self._setup.llm)
            if self._storyteller is not None:
                self._storyteller.use(settings, system)
            self._post(m.ModelNamed(settings.model))
        elif name == "playout.volume" and self.narrator is not None:
            loaded = await asyncio.to_thread(self._setup.settings.load)
            self.narrator.set_volume(loaded.settings.playout.volume)

    @property
    def cast(self) -> "Cast":
        """The characters that the voice knows; none before it is there."""
        from ...core.script.cast import Cast

        cast = None if self.narrator is None else self.narrator.options.cast
        return Cast() if cast is None else cast

    async def prepare_all(self, work: Work) -> str:
        """Make the speech of the whole list ahead."""
        return await prepare_list(work, self.cues, self._there)

    async def render(self, work: Work, place: "Path") -> str:
        """Speak the whole list into a file, with a second voice like this one."""
        options = self._speaking.options
        return await render_list(
            work, self.cues, lambda path: self._setup.make_renderer(options, path), place
        )

    # voices, cast and output

    @property
    def writes_a_file(self) -> bool:
        """What is spoken goes into a file, which is whole once the voice has ended."""
        from ...core.playout.outputs import parse_output

        return self.narrator is not None and parse_output(self.narrator.options.output).is_file

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
        cast = narrator.options.cast
        names = () if cast is None else tuple(p.character for p in cast.parts if p.character)
        self._post(m.VoiceReady(narrator.voice.spec, self._setup.model_named(), names))

    def _on_state(self, state: str) -> None:
        self._paused = state == "paused"
        self._post(m.TransportChanged(state))

    def _on_change(self, line: Line) -> None:
        self._post(m.LineChanged(line))

    def _on_status(self, status: "StoryStatus") -> None:
        self._post(m.StoryTold(status.state.value, status.text))
