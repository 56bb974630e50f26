"""What a client can ask for, each request a method. Plain: `ask` brings it to the server."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from uuid import uuid4

from ..core.file_encoding import FileKind
from .client_asking import Ask
from .client_render import ClientRenders, RenderedFile
from .protocol import CueOk, EventName, Ok, Priority, StateOk, SubscribeOk, VoiceRow, VoicesOk
from .protocol import requests as ask


class ClientRequests:
    """All raise `BridgeError`; `RequestError` where the server refuses."""

    def __init__(self, ask_server: Ask, is_sent: Callable[[str], bool]) -> None:
        self._ask = ask_server
        self._ids = count(1)
        self._renders = ClientRenders(ask_server, self._next_id, is_sent)
        self._lengths: dict[str, int] = {}  # the text sent of cues that are still written

    def _next_id(self) -> str:
        return str(next(self._ids))

    # cues

    async def say(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
        cue_id: str | None = None,
    ) -> CueOk:
        """Speak a cue; returns once it is accepted."""
        request = ask.Say(
            id=self._next_id(),
            text=text,
            voice=voice,
            character=character,
            priority=priority,
            speed=speed,
            cue_id=cue_id or uuid4().hex,  # so that it can be sent again
        )
        return await self._ask(request, CueOk)

    async def say_start(
        self,
        text: str = "",
        *,
        voice: str | None = None,
        character: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
        cue_id: str | None = None,
    ) -> CueOk:
        """Begin a cue whose text follows with `say_append`, until `say_finish`."""
        request = ask.SayStart(
            id=self._next_id(),
            text=text,
            voice=voice,
            character=character,
            priority=priority,
            speed=speed,
            cue_id=cue_id or uuid4().hex,
        )
        reply = await self._ask(request, CueOk)
        self._lengths[reply.cue_id] = reply.received
        return reply

    async def say_append(self, cue_id: str, text: str) -> CueOk:
        """More text of a cue. Where this client began it, the piece carries its place in the
        cue, and is not spoken twice though it may have to be sent again."""
        start = self._lengths.get(cue_id)
        if start is not None:
            self._lengths[cue_id] = start + len(text)
        request = ask.SayAppend(id=self._next_id(), cue_id=cue_id, text=text, start=start)
        return await self._ask(request, CueOk)

    async def say_finish(self, cue_id: str) -> CueOk:
        """The text of a cue is complete."""
        self._lengths.pop(cue_id, None)
        return await self._ask(ask.SayFinish(id=self._next_id(), cue_id=cue_id), CueOk)

    # files

    async def render(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        speed: float = 1.0,
        file: FileKind = FileKind.OGG,
    ) -> RenderedFile:
        """Make a text into a sound file, beside what is being heard, and wait for it; where the
        connection is lost it is made anew. To be cancelled is to have no more of it made."""

        def request() -> ask.Render:
            return ask.Render(
                id=self._next_id(),
                text=text,
                voice=voice,
                character=character,
                speed=speed,
                file=file,
            )

        return await self._renders.render(request)

    # transport

    async def pause(self) -> None:
        """Fade out and keep the place."""
        await self._ask(ask.Pause(id=self._next_id()), Ok)

    async def resume(self) -> None:
        """Go on where `pause` left off."""
        await self._ask(ask.Resume(id=self._next_id()), Ok)

    async def skip(self, cue_id: str | None = None) -> None:
        """End the cue that is being heard, or the one named."""
        await self._ask(ask.Skip(id=self._next_id(), cue_id=cue_id), Ok)

    async def stop(self) -> None:
        """Fade out and end all cues."""
        await self._ask(ask.Stop(id=self._next_id()), Ok)

    async def clear(self) -> None:
        """Take back the cues that wait."""
        await self._ask(ask.Clear(id=self._next_id()), Ok)

    async def set_cast(self, cast: Mapping[str, str]) -> None:
        """Who speaks with which voice."""
        await self._ask(ask.SetCast(id=self._next_id(), cast=dict(cast)), Ok)

    async def set_volume(self, volume: float) -> None:
        """Set the master volume, 0 to 1."""
        await self._ask(ask.SetVolume(id=self._next_id(), volume=volume), Ok)

    # what is told

    async def list_voices(self) -> list[VoiceRow]:
        """The voices there are."""
        return (await self._ask(ask.ListVoices(id=self._next_id()), VoicesOk)).voices

    async def get_state(self) -> StateOk:
        """The report as it stands."""
        return await self._ask(ask.GetState(id=self._next_id()), StateOk)

    async def subscribe(self, events: Iterable[EventName]) -> Sequence[EventName]:
        """Choose the events anew."""
        request = ask.Subscribe(id=self._next_id(), events=list(events))
        return (await self._ask(request, SubscribeOk)).events
