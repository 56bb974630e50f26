"""`/v1/audio/speech`, `/v1/audio/voices`, `/v1/models`: OpenAI's forms, so that programs that speak
with that service speak with ours.

Speech is made beside the narration, which goes first, and streamed while it is being made, each
answer through an encoder of its own. Once it has begun, what goes wrong can only be told by
breaking the answer off.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Annotated, Any, Literal, Protocol

import msgspec
from aiohttp import hdrs, web

from ...core.errors import ConfigError, SkaldcastError, StateError, SynthesisError
from ...core.rendering import Rendition
from ...core.sound_encoding import FORMS, sound_encoder, writable_forms
from ...core.synthesis.registry import VoiceRow
from .application import refusal

_log = logging.getLogger(__name__)

VOICES = frozenset(
    {"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage"}
    | {"shimmer", "verse"}
)
"""OpenAI's own; each is the narrator's voice where `web.voices` says nothing else."""
MODELS = ("gpt-4o-mini-tts", "tts-1", "tts-1-hd")
"""OpenAI's own; any model is taken, and means the voice."""


class _NamedVoice(msgspec.Struct):
    id: str


class SpeechRequest(msgspec.Struct):
    """The body of `/v1/audio/speech`; what it does not name is taken and ignored."""

    input: Annotated[str, msgspec.Meta(min_length=1)]
    voice: str | _NamedVoice = ""
    model: str = ""
    response_format: str = "mp3"
    speed: float = 1.0
    stream_format: Literal["audio", "sse"] = "audio"

    @property
    def voice_name(self) -> str:
        return self.voice if isinstance(self.voice, str) else self.voice.id


class Speaks(Protocol):
    """A narrator."""

    @property
    def failure(self) -> SkaldcastError | None: ...

    def render(self, text: str, *, voice: str | None = None, speed: float = 1.0) -> Rendition: ...

    def voices(self) -> list[VoiceRow]: ...


def routes(narration: Speaks, names: Mapping[str, str]) -> list[web.RouteDef]:
    """What the application is given; `names` says which voice a name of OpenAI's means."""
    service = _SpeechService(narration, names)
    return [
        web.post("/v1/audio/speech", service.speak),
        web.get("/v1/audio/voices", service.voices),
        web.get("/v1/models", service.models),
    ]


class _SpeechService:
    """What is answered to each request."""

    def __init__(self, narration: Speaks, names: Mapping[str, str]) -> None:
        self._narration = narration
        self._names = names
        self._forms = writable_forms()

    async def speak(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = msgspec.json.decode(await request.read(), type=SpeechRequest)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return refusal(400, f"the request is not understood: {error}")
        if asked.response_format not in self._forms:
            return _wrong("response_format", f"must be one of: {', '.join(self._forms)}")
        if self._narration.failure is not None:
            return _later(self._narration.failure)
        try:
            rendition = self._narration.render(
                asked.input, voice=self._voice(asked.voice_name), speed=asked.speed
            )
        except ConfigError as error:
            return _wrong("speed", str(error))
        except SynthesisError as error:
            return _wrong("voice", str(error))
        except StateError as error:
            return _later(error)
        try:
            return await _answer(request, rendition, asked)
        finally:
            rendition.cancel()

    async def models(self, _: web.Request) -> web.Response:
        made = sorted({row.voice.synthesizer for row in self._narration.voices()})
        data = [
            {"id": name, "object": "model", "created": 0, "owned_by": "skaldcast"}
            for name in (*made, *MODELS)
        ]
        return _json({"object": "list", "data": data})

    async def voices(self, _: web.Request) -> web.Response:
        own = [row.voice.spec for row in self._narration.voices() if not row.missing]
        others = sorted(VOICES | set(self._names))
        return _json({"voices": [{"id": name, "name": name} for name in (*own, *others)]})

    def _voice(self, name: str) -> str | None:
        """None is the narrator's."""
        return self._names.get(name, "" if name in VOICES else name) or None


async def _answer(
    request: web.Request, rendition: Rendition, asked: SpeechRequest
) -> web.StreamResponse:
    async with aclosing(_encoded(rendition, asked.response_format)) as parts:
        try:
            first = await anext(parts)  # what cannot be spoken at all has a status of its own
        except SkaldcastError as error:
            return refusal(500, str(error), "server_error")
        events = asked.stream_format == "sse"
        kind = "text/event-stream" if events else FORMS[asked.response_format].media_type
        response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: kind})
        await response.prepare(request)
        try:
            await response.write(_delta(first) if events else first)
            async for part in parts:
                await response.write(_delta(part) if events else part)
        except SkaldcastError as error:
            _log.warning("an answer breaks off: %s", error)
            if request.transport is not None:
                request.transport.abort()  # an end in good order would say that this was all
            raise ConnectionAbortedError from error
        if events:
            await response.write(_event({"type": "speech.audio.done", "usage": _USAGE}))
        await response.write_eof()
        return response


async def _encoded(rendition: Rendition, form: str) -> AsyncGenerator[bytes]:
    """The file's parts; coded on a thread, since the narration is in this loop."""
    encoder = sound_encoder(FORMS[form], rendition.sample_rate)
    begun = False
    async for samples in rendition:
        if part := await asyncio.to_thread(encoder.encode, samples):
            begun = True
            yield part
    part = await asyncio.to_thread(encoder.finish)
    if part or not begun:
        yield part


_USAGE = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


def _delta(part: bytes) -> bytes:
    return _event({"type": "speech.audio.delta", "audio": part})


def _event(fields: Mapping[str, Any]) -> bytes:
    return b"data: %b\n\n" % msgspec.json.encode(fields)


def _json(body: Mapping[str, Any]) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), content_type="application/json")


def _wrong(param: str, text: str) -> web.Response:
    return refusal(400, f"{param}: {text}", param=param, code="invalid_value")


def _later(error: SkaldcastError) -> web.Response:
    answer = refusal(503, str(error), "server_error")
    answer.headers[hdrs.RETRY_AFTER] = "2"
    return answer
