"""A narrator that speaks in another process, which the bridge leads to. To the console it is as one
of its own; the voice goes on whatever becomes of the console.

Runs in the screens' event loop. A connection that is lost is made again by the client, with longer
and longer waits; meanwhile nothing is asked of the engine, so that nothing is spoken late.
"""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, Self
from weakref import WeakSet

import msgspec

from ...bridge.client import BridgeClient, SessionRenewed
from ...bridge.protocol import EventName, StateOk
from ...bridge.protocol.events import AudioLevel, BridgeEvent, BufferLevel
from ...core import events as core
from ...core.audio_tap import AudioTap
from ...core.clock import monotonic_s
from ...core.cue import Cue
from ...core.errors import BridgeError, SkaldcastError, StateError
from ...core.narrator_options import NarratorOptions
from ...core.playout.buffer_statistics import Heard
from ...core.subscription import Subscription
from ...core.synthesis.registry import ResolvedVoice
from ...core.types import Outcome, Priority, Voice
from ...core.vitals import Vitals
from .remote_cues import RemoteCues, new_id
from .remote_requests import RemoteRequests, say
from .remote_sound import RemoteSound
from .remote_vitals import vitals_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...core.preparing import Preparation

_RESUME_S = 2.0
"""How long an engine that was started anew may take to queue what was cut off."""
_RATE = 24_000
"""Frames a second of the sound that levels are made into."""
_LOOK_S = 1.0
"""Between two looks at the figures while something is spoken."""


class RemoteNarrator:
    """Speaks through a bridge. Use it as an async context manager; entering raises `BridgeError`.

    `on_trouble` is called in the event loop with what the engine refused, in one line.
    """

    def __init__(
        self,
        url: str,
        *,
        password: str = "",
        on_trouble: "Callable[[str], object]" = lambda _: None,
    ) -> None:
        self.options = NarratorOptions()
        self.started = False
        self.failure: SkaldcastError | None = None
        self._url = url
        self._client = BridgeClient(
            url,
            password=password,
            client="skaldcast attach",
            events=EventName,
            on_connection=self._connection_changed,
        )
        self._requests = RemoteRequests(self._client, url, on_trouble)
        self._cues = RemoteCues()
        self._sound = RemoteSound(_RATE)
        self._now: StateOk | None = None
        self._clock_s = 0.0  # our clock less the engine's
        self._state, self._buffered_s = "idle", 0.0
        self._subscriptions: WeakSet[Subscription] = WeakSet()
        self._stirred = asyncio.Event()
        self._failed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._lost = self._closing = False

    # life

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        try:
            self._see(await self._client.get_state())
        except BaseException:
            await self._client.close()
            raise
        self.started = True
        self._tell_what_is()
        self._tasks = [asyncio.create_task(work) for work in (self._listen(), self._look())]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, self._requests.close(), return_exceptions=True)
        await self._client.close()
        for subscription in self._subscriptions:
            subscription.end()

    async def failed(self) -> None:
        """Wait until it is no use to go on: `drain` raises why."""
        await self._failed.wait()

    async def drain(self) -> None:
        """Raise what ended the connection for good."""
        if self.failure is not None:
            raise self.failure

    # facts

    @property
    def voice(self) -> ResolvedVoice:
        """The engine's."""
        state = self._there
        synthesizer, _, name = state.voice.partition(":")
        return ResolvedVoice(synthesizer, Voice(synthesizer, name or synthesizer), "")

    @property
    def state(self) -> str:
        return self._state

    @property
    def buffered_s(self) -> float:
        return self._buffered_s

    @property
    def time_s(self) -> float:
        """Now, on the engine's clock."""
        return monotonic_s() - self._clock_s

    @property
    def cues(self) -> list[Cue]:
        """The cues that have not ended, of all clients, as far as the engine told of them."""
        return self._cues.live

    @property
    def waiting(self) -> int:
        return len(self._cues.live)

    def cue(self, cue_id: str) -> Cue | None:
        return self._cues.get(cue_id)

    def report(self) -> dict[str, Any]:
        """The engine's, as of the last look."""
        return msgspec.structs.asdict(self._there)

    def vitals(self) -> Vitals:
        """The engine's, as of the last look; state and buffer as they are now."""
        return vitals_of(
            self._there,
            time_s=self.time_s,
            state=self._state,
            buffered_s=self._buffered_s,
            waiting=self.waiting,
        )

    @property
    def sample_rate(self) -> int:
        """Of what taps are told."""
        return self._sound.sample_rate

    def add_tap(self, tap: AudioTap) -> None:
        """Tell `tap` of sound that is as loud as the engine's."""
        self._sound.add_tap(tap)

    def heard(self) -> Heard:
        """How far that sound has been heard."""
        return self._sound.heard()

    def events(self, *, capacity: int = 1000) -> Subscription:
        subscription = Subscription(capacity)
        self._subscriptions.add(subscription)
        return subscription

    @property
    def _there(self) -> StateOk:
        if self._now is None:
            raise StateError("the engine was not asked yet")
        return self._now

    # what is asked for

    def play(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        priority: Priority = Priority.DEMAND,
    ) -> Cue:
        """Speak `text`. Its id is new, and goes with the request: however often that has to be
        sent, it is spoken once. Raises `StateError` while there is no connection."""
        cue = Cue(new_id(), voice=voice, character=character, priority=priority)
        cue.add_text(text)
        self._requests.ask(self._say(cue))
        self._cues.add(cue)
        return cue

    async def _say(self, cue: Cue) -> None:
        try:
            await say(self._client, cue)
        except BridgeError as error:
            self._end(cue, Outcome.FAILED, str(error))

    def prepare(
        self, text: str, *, voice: str | None = None, character: str | None = None
    ) -> "Preparation":
        """Raises `StateError`: the bridge has nothing for it."""
        del text, voice, character
        raise StateError("an attached console makes no speech ahead")

    def cancel_preparation(self, preparation: object) -> None:
        """There are none."""

    def recast(self, cast: object) -> NoReturn:
        """Raises `StateError`: the engine has read its own."""
        del cast
        raise StateError("the engine elsewhere has its own cast, which it reads when it starts")

    def set_output(self, output: str) -> NoReturn:
        """Raises `StateError`: its devices are not ours."""
        del output
        raise StateError("an attached console cannot choose the device of the engine elsewhere")

    def look_for_voices(self) -> None:
        """What is installed here is of no use there."""

    def set_volume(self, volume: float) -> None:
        self._requests.ask(self._client.set_volume(volume))

    def pause(self) -> None:
        self._requests.ask(self._client.pause())

    def resume(self) -> None:
        self._requests.ask(self._client.resume())

    def skip(self) -> None:
        # By its name: one that is sent again must not end the next cue too.
        cue_id = self._cues.live[0].cue_id if self._cues.live else None
        self._requests.ask(self._client.skip(cue_id))

    def cancel(self, cue: Cue) -> None:
        self._requests.ask(self._client.skip(cue.cue_id))

    def stop(self) -> None:
        self._requests.ask(self._client.stop())

    # what is told

    def _tell(self, *events: core.Event) -> None:
        for event in events:
            for subscription in self._subscriptions:
                subscription.put(event)

    def _tell_what_is(self) -> None:
        """Where things stand, as events that bring a screen to it."""
        state = self._there
        at = state.time_s
        self._tell(core.OutputOpened(at, state.output, state.sample_rate))
        self._tell(core.StateChanged(at, self._state))
        if (cue := self._cues.heard) is not None:
            self._tell(core.ChunkStarted(at, cue.cue_id, cue.text, 0, 0.0))

    async def _listen(self) -> None:
        try:
            async for event in self._client.events():
                if isinstance(event, SessionRenewed):
                    self._requests.begin(self._meet_again())
                else:
                    self._take(event)
        except BridgeError as error:
            self._fail(error)

    def _take(self, event: BridgeEvent) -> None:
        match event:
            case BufferLevel(buffered_s=buffered_s):
                self._buffered_s = buffered_s
                return
            case AudioLevel(peak=peak, rms=rms):
                self._sound.take(peak, rms, monotonic_s())
                return
            case _:
                self._stirred.set()
        for told in self._cues.take(event):
            if isinstance(told, core.StateChanged):
                self._state = told.state
            self._tell(told)

    def _end(self, cue: Cue, outcome: Outcome, error: str | None) -> None:
        self._tell(*self._cues.end(cue, outcome, error, self.time_s))

    def _fail(self, error: SkaldcastError) -> None:
        self.failure = error
        self._failed.set()

    # the connection

    def _connection_changed(self, there: bool) -> None:
        if self._closing or not self.started:
            return
        if not there and not self._lost:
            self._lost = True
            self._tell(core.OutputLost(self.time_s, f"no connection to the engine at {self._url}"))
        elif there and self._lost:
            self._lost = False
            state = self._there
            self._tell(core.OutputOpened(self.time_s, state.output, state.sample_rate))

    async def _meet_again(self) -> None:
        """The engine has forgotten us, or is another one: what it does not know was not spoken. One
        that resumes (`--resume`) queues our cues again, which takes it a moment."""
        with contextlib.suppress(BridgeError):  # lost once more: then it is met again
            self._see(await self._client.get_state())
            self._tell_what_is()
            if list(self._unknown(self._there)):
                await asyncio.sleep(_RESUME_S)
                self._see(await self._client.get_state())
            for cue in self._unknown(self._there):
                self._end(cue, Outcome.FAILED, "the engine was started anew before it was spoken")

    def _unknown(self, state: StateOk) -> Iterator[Cue]:
        """Our cues that the engine does not have; where it could not tell all, it may have them."""
        known = {row["cue_id"]: row for row in state.cue_list}
        for cue in list(self._cues.live):
            row = known.get(cue.cue_id)
            if row is None and not state.cues_left_out:
                yield cue
            elif row is not None and row["outcome"] is not None:
                self._end(cue, Outcome(row["outcome"]), row.get("error"))

    async def _look(self) -> None:
        """Look at the figures while something happens."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            with contextlib.suppress(BridgeError):
                self._see(await self._client.get_state())
            await asyncio.sleep(_LOOK_S)

    def _see(self, state: StateOk) -> None:
        self._now = state
        self._clock_s = monotonic_s() - state.time_s
        self._state, self._buffered_s = state.transport_state, state.buffered_s
        self.options = NarratorOptions(voice=state.voice, output=state.output)
        self._cues.see(state)
