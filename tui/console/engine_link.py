"""The console's side of the engine: gives the voice what the game master asks for."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from ...core.cue_list import CueList, Line
from ...core.errors import StateError
from ...core.types import Priority
from . import messages as m
from .auditions import Auditions
from .list_making import prepare_list, render_list
from .prompting import Prompted, Wish
from .voice_run import VoiceRun
from .works import Work

if TYPE_CHECKING:
    from pathlib import Path

    from ...core.prompter import Prompter
    from ...core.script.cast import Cast
    from .seam import ConsoleNarrator as Narrator
    from .seam import ConsoleSetup as Setup

_MOST_EARLY = 100
"""Lines that wait for the voice to be loaded."""


class EngineLink:
    """`post` takes messages for the screens. What cannot be done raises `SkaldcastError` with what
    to tell the user."""

    def __init__(self, setup: "Setup", cues: CueList, post: Callable[[Message], object]) -> None:
        self.cues = cues
        self._setup = setup
        self._post = self._noting(post)
        self.voice = VoiceRun(setup, cues, self._post, self._give_early)
        """Starts and ends it."""
        self._early: list[Prompted] = []
        self._typed: str | None = None
        self._last: Line | None = None
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

    def restart(self) -> None:
        """End the voice and start it anew, with the settings as they are then; what is being
        spoken ends. After a failure it is started again."""
        self.panic()
        self.voice.restart()

    @property
    def narrator(self) -> "Narrator | None":
        """There while it can speak."""
        return self.voice.narrator

    def _give_early(self) -> None:
        early, self._early = self._early, []
        for prompted in early:
            self.give(prompted)

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
        if self.narrator is None or self.voice.storyteller is None:
            self._keep_early(prompted)
            return
        self._auditions.end(self.narrator)
        self.voice.storyteller.tell(self.narrator, prompted.text)

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

    @property
    def runs_on(self) -> bool:
        """It goes on from cue to cue by itself: until a panic, the list's end, or `follow`."""
        return self.voice.prompter is not None and self.voice.prompter.follows

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.voice.is_paused:
            self.resume()
        else:
            self._speaking.pause()
            self._tell_paused(paused=True)

    def pause_for(self) -> bool:
        """Pause where something is spoken; whether it is paused by this."""
        narrator = self.narrator
        if not self._setup.stands_still_with_us:
            return False
        if narrator is None or not narrator.waiting or self.voice.is_paused:
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
        self.voice.is_paused = paused
        state = "paused" if paused or self.narrator is None else self.narrator.state
        self._post(m.TransportChanged(state))

    def skip(self) -> None:
        """End what is being spoken."""
        self._speaking.skip()

    def panic(self) -> None:
        """Fade everything out; the model writes no further, and what waits is forgotten."""
        self._early.clear()
        if self.voice.prompter is not None:
            self.voice.prompter.panic()
            self._tell_paused(paused=False)
        if self.voice.storyteller is not None:
            self.voice.storyteller.stop()

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
        if self.voice.prompter is not None:
            self.voice.prompter.prepare_ahead()

    async def settings_changed(self, name: str) -> None:
        """Heed a setting that can be heeded while the voice is there; raises `ConfigError`."""
        if name.startswith("llm."):
            settings, system = await asyncio.to_thread(self._setup.llm)
            if self.voice.storyteller is not None:
                self.voice.storyteller.use(settings, system)
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
        if self.voice.is_paused:
            self.resume()

    def look_for_voices(self) -> None:
        """Some were added or removed."""
        if self.narrator is not None:
            self.narrator.look_for_voices()

    def recast(self, cast: "Cast") -> None:
        """Another cast, from the next cue on; a voice that is not there yet reads it by itself."""
        if self.narrator is not None and self.voice.prompter is not None:
            self.narrator.recast(cast)
            self.voice.prompter.prepare_anew()
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
        if self.voice.prompter is None:
            raise StateError("the voice is not there yet: F3 shows what was told, F4 tries again")
        return self.voice.prompter

    @property
    def _speaking(self) -> "Narrator":
        if self.narrator is None:
            raise StateError("the voice is not there yet: F3 shows what was told, F4 tries again")
        return self.narrator
