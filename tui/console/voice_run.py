"""The voice behind the screens: started, started again whenever that is asked for, and ended.

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
from ...core.types import Outcome
from . import messages as m
from .engine_telling import EngineTelling
from .works import Work

if TYPE_CHECKING:
    from ...core.prompter import Prompter
    from ...core.source.llm.conversation import Conversation
    from ...core.source.llm.status import StoryStatus
    from .seam import ConsoleNarrator as Narrator
    from .seam import ConsoleSetup as Setup
    from .seam import ConsoleStoryteller as Storyteller

_log = logging.getLogger(__name__)


class VoiceRun:
    """One narrator after another, each until it fails or the console closes.

    `post` takes messages for the screens; `on_ready` is called each time the voice can speak.
    """

    def __init__(
        self,
        setup: "Setup",
        cues: CueList,
        post: Callable[[Message], object],
        on_ready: Callable[[], None],
    ) -> None:
        self.narrator: Narrator | None = None
        """There while it can speak."""
        self.prompter: Prompter | None = None
        self.storyteller: Storyteller | None = None
        """There with the narrator, as the prompter is."""
        self.is_paused = False
        self._setup = setup
        self._cues = cues
        self._post = post
        self._on_ready = on_ready
        self._conversation: Conversation | None = None
        self._again = asyncio.Event()
        self._closing = asyncio.Event()
        self._loaded = asyncio.Event()
        self._given_up = False
        self._starting: asyncio.Task[None] | None = None

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
        """End the voice and start it anew, with the settings as they are then. After a failure it
        is `start_again`."""
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
        for line in self._cues:
            if line.state.is_live:
                self._cues.ended(line, outcome, reason)
                self._post(m.LineChanged(line))

    async def _narrate(self) -> None:
        self.is_paused = self._given_up = False
        for line in self._cues:  # another voice may come
            self._cues.unprepared(line)
        self._post(m.VoiceStarting(self._setup.voice_named))
        narrator = await asyncio.to_thread(self._setup.make_narrator)
        from ...core.prompter import Prompter

        telling = EngineTelling(narrator, self._post, self._setup.client_brought, self._on_state)
        listening = asyncio.create_task(telling.listen())
        try:
            async with self._setup.around(narrator), narrator:
                async with (
                    self._setup.beside(narrator),
                    self._setup.make_storyteller(self._on_status) as self.storyteller,
                    Prompter(narrator, self._cues, on_change=self._on_change) as self.prompter,
                ):
                    # Looking through all that was loaded would hold a key up for 0.1 s each time.
                    gc.collect()
                    gc.freeze()
                    self.narrator = narrator
                    for line, cue in self._setup.given_before(narrator, self._cues):
                        self.prompter.adopt(line, cue)
                    self._remember(self.storyteller)
                    self._loaded.set()
                    self._tell_ready(narrator)
                    await self._work(narrator, telling)
                self.narrator = self.prompter = self.storyteller = None
            self._end_lines(Outcome.INTERRUPTED)
        finally:
            self.narrator = self.prompter = self.storyteller = None
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
            self._on_ready()
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

    # what it tells

    def _tell_ready(self, narrator: "Narrator") -> None:
        cast = narrator.options.cast
        names = () if cast is None else tuple(p.character for p in cast.parts if p.character)
        self._post(m.VoiceReady(narrator.voice.spec, self._setup.model_named(), names))

    def _on_state(self, state: str) -> None:
        self.is_paused = state == "paused"
        self._post(m.TransportChanged(state))

    def _on_change(self, line: Line) -> None:
        self._post(m.LineChanged(line))

    def _on_status(self, status: "StoryStatus") -> None:
        self._post(m.StoryTold(status.state.value, status.text))
