"""What tests of the console share: a narrator that only keeps account, and the screens with it."""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Self

from textual.pilot import Pilot

from skaldcast.core.config import LoadedSettings
from skaldcast.core.cue import Cue
from skaldcast.core.errors import ConfigError, SkaldcastError, StateError
from skaldcast.core.events import (
    ChunkStarted,
    CueFinished,
    CueQueued,
    CueStarted,
    Event,
    StateChanged,
    WordStarted,
)
from skaldcast.core.narrator_options import NarratorOptions
from skaldcast.core.playout.buffer_statistics import Heard
from skaldcast.core.script.cast import Cast, CharacterVoice
from skaldcast.core.settings import LlmSettings, LogSettings
from skaldcast.core.source.llm.conversation import Conversation
from skaldcast.core.source.llm.prompt import read_prompt
from skaldcast.core.subscription import Subscription
from skaldcast.core.synthesis.registry import ResolvedVoice
from skaldcast.core.types import Outcome, Priority, Voice
from skaldcast.core.vitals import Vitals
from skaldcast.tui.console.app import ConsoleApp
from skaldcast.tui.console.settings_file import SettingsFile

PATIENCE_S = 30.0
EVENING = "20:15:00"
"""When all is told."""
SCRIPT = ("The gate stood open.", "[Strahd] Come in.", "Nobody moved.", "The lamps went out.")


QUIET = Vitals(
    time_s=0.0,
    state="idle",
    buffered_s=0.0,
    margin_s=1.5,
    margin_min_s=None,
    start_mark_s=0.5,
    pause_mark_s=0.2,
    real_time_factor=None,
    time_to_first_audio_s=None,
    waiting=0,
    ended={},
    chunks=0,
    made_s=0.0,
    synthesis_s=0.0,
    underruns=0,
    underrun_s=0.0,
    holds=0,
    hold_s=0.0,
    device_underflows=0,
    restarts={},
    listeners=0,
    gpu=[],
)


class FakeNarrator:
    """Takes cues and speaks none: a test lets them be heard and end."""

    def __init__(self, options: NarratorOptions | None = None) -> None:
        self.options = options or NarratorOptions(
            cast=Cast([CharacterVoice("Strahd"), CharacterVoice("Ireena Kolyana")])
        )
        self.voice = ResolvedVoice("tone", Voice("tone", "tone"), "")
        self.fails: SkaldcastError | None = None
        self.failure: SkaldcastError | None = None
        self.started = self.closed = False
        self.state = "idle"
        self.buffered_s = 0.0
        self.time_s = 0.0
        self.sample_rate = 24_000
        self.done: list[str] = []
        self.all: dict[str, Cue] = {}
        self.priorities: list[Priority] = []
        self.figures: dict[str, Any] = {}
        self.voices_of: dict[str, str | None] = {}  # by the cues' ids
        self.refuses: tuple[str, ...] = ()  # outputs
        self.looks = 0  # for other voices
        self._ids = count(1)
        self._subscriptions: list[Subscription] = []
        self._failed = asyncio.Event()

    async def __aenter__(self) -> Self:
        if self.fails is not None:
            raise self.fails
        self.started = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closed = True
        for subscription in self._subscriptions:
            subscription.end()

    # what is asked of it

    def play(self, text: str, *, priority: Priority = Priority.DEMAND, **rest: Any) -> Cue:
        cue_id = rest.get("cue_id") or f"own-{next(self._ids)}"
        cue = Cue(cue_id, character=rest.get("character"), priority=priority)
        cue.add_text(text)
        self.all[cue.cue_id] = cue
        self.voices_of[cue.cue_id] = rest.get("voice")
        self.priorities.append(priority)
        self.tell(CueQueued(self.time_s, cue.cue_id, text))
        return cue

    def stream(self, texts: AsyncIterator[str], **_: Any) -> Cue:
        cue = self.play("")

        async def read() -> None:
            try:
                async for text in texts:
                    cue.add_text(text)
                self.end(cue)
            except SkaldcastError as error:
                cue.error = str(error)
                self.end(cue, Outcome.FAILED)

        self._reading = asyncio.create_task(read())
        return cue

    def prepare(self, text: str, **_: Any) -> None:
        raise StateError(f"nothing is kept: {text}")

    def pause(self) -> None:
        self.done.append("pause")
        self.turn("paused")

    def resume(self) -> None:
        self.done.append("resume")
        self.turn("playing")

    def skip(self) -> None:
        self.done.append("skip")
        for cue in self.cues[:1]:
            self.end(cue, Outcome.SKIPPED)

    def stop(self) -> None:
        self.done.append("stop")
        for cue in self.cues:
            self.end(cue, Outcome.INTERRUPTED)

    def set_volume(self, volume: float) -> None:
        self.done.append(f"volume {volume:g}")

    def events(self, *, capacity: int = 1000) -> Subscription:
        subscription = Subscription(capacity)
        self._subscriptions.append(subscription)
        return subscription

    def cue(self, cue_id: str) -> Cue | None:
        return self.all.get(cue_id)

    @property
    def cues(self) -> list[Cue]:
        return [cue for cue in self.all.values() if cue.outcome is None]

    @property
    def waiting(self) -> int:
        return len(self.cues)

    @property
    def texts(self) -> list[str]:
        """All that was given to it."""
        return [cue.text for cue in self.all.values()]

    def vitals(self) -> Vitals:
        return replace(
            QUIET,
            time_s=self.time_s,
            state=self.state,
            buffered_s=self.buffered_s,
            waiting=self.waiting,
            **self.figures,
        )

    def heard(self) -> Heard:
        return Heard(0, self.time_s)

    def add_tap(self, _: object) -> None:
        pass

    async def failed(self) -> None:
        await self._failed.wait()

    def cancel(self, cue: Cue) -> None:
        self.end(cue, Outcome.INTERRUPTED)

    def recast(self, cast: Cast) -> None:
        self.options = replace(self.options, cast=cast)

    def set_output(self, output: str) -> None:
        if output in self.refuses:
            raise ConfigError(f"{output} needs another start of the voice")
        self.options = replace(self.options, output=output)

    def look_for_voices(self) -> None:
        self.looks += 1

    async def drain(self) -> None:
        if self.failure is not None:
            raise self.failure

    # what a test lets happen

    def tell(self, event: Event) -> None:
        for subscription in self._subscriptions:
            subscription.put(event)

    def turn(self, state: str) -> None:
        self.state = state
        self.tell(StateChanged(self.time_s, state))

    def hear(self, cue: Cue, word: str = "") -> None:
        """A cue is being heard, with a word of it."""
        if cue.started_s is None:
            cue.started_s = self.time_s
            self.turn("playing")
            self.tell(CueStarted(self.time_s, cue.cue_id))
            self.tell(ChunkStarted(self.time_s, cue.cue_id, cue.text, 0, 1.0))
        if word:
            start = cue.text.index(word)
            self.tell(WordStarted(self.time_s, cue.cue_id, word, start, 0.2))

    def end(self, cue: Cue, outcome: Outcome = Outcome.FINISHED) -> None:
        cue.end(outcome, self.time_s)
        self.tell(CueFinished(self.time_s, cue.cue_id, outcome))
        if not self.waiting:
            self.turn("idle")

    def break_down(self, error: SkaldcastError) -> None:
        """What made the narration impossible."""
        self.failure = error
        for cue in self.cues:
            cue.error = str(error)
            self.end(cue, Outcome.FAILED)
        self._failed.set()


class FakeStoryteller:
    """Keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.stopped = 0
        self.conversation = Conversation("", 2500)
        self.settings: LlmSettings | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def tell(self, narrator: FakeNarrator, prompt: str) -> None:
        self.asked.append(prompt)

    def stop(self) -> None:
        self.stopped += 1

    def use(self, settings: LlmSettings, system: str) -> None:
        self.settings = settings
        self.conversation.system = system


class FakeSetup:
    """Narrators one after another; `fails` is what the next one cannot start for."""

    voice_named = ""
    farewell = "closing"
    stands_still_with_us = True

    def __init__(self) -> None:
        self.clients: int | None = None
        self.narrators: list[FakeNarrator] = []
        self.storyteller: Any = FakeStoryteller()
        self.fails: Exception | None = None
        self.starts_with: SkaldcastError | None = None
        self.options: NarratorOptions | None = None
        self.finished = 0
        self.loads: Callable[[], object] = lambda: None
        self.on_status: Any = None
        self.settings: SettingsFile = None  # pyright: ignore
        """The stage gives it one."""
        self.bridge: Any = None
        self.bridge_trouble = "the bridge comes with the voice, which is not there yet"
        self.narrator_class = FakeNarrator
        self.settings_file = Path()  # the stage says where it is

    def load_settings(self) -> LoadedSettings:
        return self._file.load()

    def save_settings(self, values: dict[str, object]) -> Path:
        return self._file.save(values)

    @property
    def _file(self) -> SettingsFile:
        return SettingsFile(self.settings_file, os.environ, dict)

    @property
    def narrator(self) -> FakeNarrator:
        return self.narrators[-1]

    def make_narrator(self) -> FakeNarrator:
        self.loads()  # in a thread
        if self.fails is not None:
            raise self.fails
        narrator = self.narrator_class(self.options)
        narrator.fails = self.starts_with
        self.narrators.append(narrator)
        return narrator

    def client_brought(self, cue_id: str) -> bool:
        return cue_id.startswith("game")

    def client_count(self) -> int | None:
        return self.clients

    def make_storyteller(self, on_status: Any) -> Any:
        self.on_status = on_status
        return self.storyteller(on_status) if callable(self.storyteller) else self.storyteller

    def log(self) -> LogSettings:
        return LogSettings()

    def llm(self) -> tuple[LlmSettings, str]:
        llm = self.settings.load().settings.llm
        return llm, read_prompt(llm.prompt_file)

    def model_named(self) -> str:
        return "a-model"

    def given_before(self, *_: object) -> tuple[()]:
        return ()

    @contextlib.asynccontextmanager
    async def around(self, _: object) -> AsyncGenerator[None]:
        yield

    beside = around

    def finish(self, _: object) -> None:
        self.finished += 1


class Stage:
    """The console with a fake narrator."""

    def __init__(
        self, folder: Path, *, script: Path | None = None, setup: FakeSetup | None = None
    ) -> None:
        self.folder = folder
        self.setup = setup or FakeSetup()
        if isinstance(self.setup, FakeSetup):
            self._give_settings(self.setup, folder / "config.toml")
        self.app = ConsoleApp(self.setup, folder, script=script, time_of_day=lambda: EVENING)  # pyright: ignore
        self.pilot: Pilot[int] = None  # pyright: ignore

    async def open(
        self, pilot: Pilot[int], *, cues: tuple[str, ...] = SCRIPT, voice: bool = True
    ) -> None:
        """The screens are there; with `voice` once it can speak."""
        self.pilot = pilot
        self.app.main.prompt.cursor_blink = False
        if voice:
            await self.ready()
        if cues:
            self.app.editing.append(cues)
            self.app.list_changed(edited=False)
            await pilot.pause()

    @staticmethod
    def _give_settings(setup: FakeSetup, path: Path) -> None:
        if setup.settings is None:  # pyright: ignore
            setup.settings = SettingsFile(path, {}, dict, named=False)
        setup.settings_file = path
        path.touch()

    @property
    def narrator(self) -> FakeNarrator:
        return self.setup.narrator

    @property
    def notice(self) -> str:
        return str(self.app.main.query_one("#notice").render())  # pyright: ignore

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def states(self) -> list[str]:
        return [line.state.value for line in self.app.cues]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type into the prompt and press Enter."""
        self.app.main.prompt.value = text
        self.app.main.prompt.focus()
        await self.pilot.press("enter")

    async def until(self, condition: Callable[[], object]) -> None:
        async def wait() -> None:
            while not condition():
                await self.pilot.pause(0.005)

        await asyncio.wait_for(wait(), PATIENCE_S)

    async def heard(self, cue: Cue, word: str = "") -> None:
        self.narrator.hear(cue, word)
        await self.pilot.pause(0.02)
        await self.pilot.pause()

    async def ready(self) -> None:
        await self.until(lambda: self.app.link.narrator is not None)
        await self.pilot.pause()


@contextlib.asynccontextmanager
async def console(
    folder: Path,
    *,
    size: tuple[int, int] = (80, 24),
    cues: tuple[str, ...] = SCRIPT,
    guide: bool = False,
    change: Callable[[FakeSetup], None] = lambda _: None,
    voice: bool = True,
    script: Path | None = None,
    setup: FakeSetup | None = None,
) -> AsyncGenerator[Stage]:
    """The console, opened; with `voice` once it can speak."""
    if not guide:
        pass_over_guide(folder)
    stage = Stage(folder, script=script, setup=setup)
    change(stage.setup)
    async with stage.app.run_test(size=size) as pilot:
        await stage.open(pilot, cues=cues, voice=voice)
        try:
            yield stage
        finally:
            await leave(stage)


def pass_over_guide(folder: Path) -> None:
    """As if it had been shown."""
    (folder / "console.json").write_text('{"guide_shown": true, "dark": true}')


async def leave(stage: Stage) -> None:
    """Quit, and wait until all has ended."""
    stage.app.leave()
    await stage.app.wait_left()


def play(work: Callable[[], Awaitable[None]], patience_s: float = PATIENCE_S) -> None:
    """Run a test's work."""
    asyncio.run(asyncio.wait_for(work(), patience_s))  # pyright: ignore


def without_numbers(text: str) -> str:
    return re.sub(r"\d", "9", text)
