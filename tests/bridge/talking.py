"""What tests of the bridge share: a narrator that only keeps account, a sink that keeps frames, and
sample messages made from the classes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from msgspec import inspect as mi

from skaldcast.bridge.connection import Close, Connection, Welcome
from skaldcast.bridge.hub import Hub
from skaldcast.bridge.limits import Limits
from skaldcast.bridge.protocol import Message, decode_client
from skaldcast.bridge.protocol.auth import answer
from skaldcast.bridge.protocol.handshake import Challenge
from skaldcast.core.cue import Cue
from skaldcast.core.errors import SkaldcastError, StateError, UnknownVoiceError
from skaldcast.core.events import CueFinished, CueQueued, Event
from skaldcast.core.playout.buffer_statistics import Heard
from skaldcast.core.prediction import CuePrediction
from skaldcast.core.rendering import Rendition
from skaldcast.core.synthesis.registry import ResolvedVoice, VoiceRow
from skaldcast.core.types import Outcome, Priority, Voice
from skaldcast.core.vitals import Vitals
from tests.bridge.web.watching import VITALS
from tests.fakes import Clock

VOICES = ("tone", "bell")
REPORT: dict[str, Any] = {
    "report_version": 1,
    "synthesizer": "tone",
    "voice": "tone:tone",
    "output": "null",
    "sample_rate": 24_000,
    "profile": "cinematic",
    "prebuffer": "adaptive",
    "time_to_first_audio_s": None,
    "first_audio": None,
    "audio_s": 0.0,
    "synthesis_s": 0.0,
    "real_time_factor": None,
    "chunks": 0,
    "cues": 0,
    "underruns": 0,
    "underrun_s": 0.0,
    "holds": 0,
    "hold_s": 0.0,
    "device_underflows": 0,
    "margin_min_s": None,
    "restarts": {"synthesis": 0, "playout": 0},
    "cue_list": [],
}


class FakeSpeaker:
    """Takes cues and speaks none: a test ends them. Its events wait in `told`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = count(1)
        self._open: set[Cue] = set()
        self.all: dict[str, Cue] = {}
        self.done: list[str] = []
        self.told: list[Event] = []
        self.renditions: list[Rendition] = []
        self.volume = 1.0
        self.cast: dict[str, str] = {}
        self.raises: SkaldcastError | None = None
        self.state = "idle"
        self.buffered_s = 0.0
        self.sample_rate = 24_000
        self.paces: list[tuple[int, float]] = []
        self.position = Heard(0, 0.0)
        self.voice = ResolvedVoice("tone", Voice("tone", "tone"), "")

    @property
    def time_s(self) -> float:
        return self._clock.now_s - self._clock.start_s

    @property
    def cues(self) -> list[Cue]:
        return [cue for cue in self.all.values() if cue.outcome is None]

    @property
    def waiting(self) -> int:
        return len(self.cues)

    def play(self, text: str = "", **rest: Any) -> Cue:
        if self.raises is not None:
            raise self.raises
        return self._add(text, **rest)

    def open(self, **rest: Any) -> Cue:
        cue = self._add("", **rest)
        self._open.add(cue)
        return cue

    def _add(
        self,
        text: str,
        cue_id: str | None = None,
        voice: str | None = None,
        character: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
    ) -> Cue:
        if voice is not None:
            self.check_voice(voice)
        cue = Cue(
            cue_id or f"own-{next(self._ids)}",
            voice=voice,
            character=character,
            priority=priority,
            speed=speed,
        )
        assert cue.cue_id not in self.all, "spoken twice"
        cue.add_text(text)
        self.all[cue.cue_id] = cue
        self.told.append(CueQueued(self.time_s, cue.cue_id, text))
        return cue

    def render(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        speed: float = 1.0,
        keeps_words: bool = False,
    ) -> Rendition:
        if self.raises is not None:
            raise self.raises
        if voice is not None:
            self.check_voice(voice)
        cue = Cue(f"made-{next(self._ids)}", voice=voice, character=character, speed=speed)
        cue.add_text(text)
        rendition = Rendition(cue, self.sample_rate, lambda: None, keeps_words=keeps_words)
        self.renditions.append(rendition)
        return rendition

    def push(self, cue: Cue, text: str) -> None:
        if cue not in self._open:
            raise StateError("complete")
        cue.add_text(text)

    def finish(self, cue: Cue) -> None:
        if self.raises is not None:
            raise self.raises
        self._open.discard(cue)

    def is_open(self, cue_id: str) -> bool:
        return self.all[cue_id] in self._open

    def end(self, cue: Cue, outcome: Outcome = Outcome.FINISHED) -> None:
        """What the voice would do."""
        self._open.discard(cue)
        cue.end(outcome, self.time_s)
        self.told.append(CueFinished(self.time_s, cue.cue_id, outcome))

    def pause(self) -> None:
        self.done.append("pause")

    def resume(self) -> None:
        self.done.append("resume")

    def skip(self) -> None:
        self.done.append("skip")
        for cue in self.cues[:1]:
            self.end(cue, Outcome.SKIPPED)

    def stop(self) -> None:
        self.done.append("stop")
        self.clear()

    def clear(self) -> None:
        self.done.append("clear")
        for cue in self.cues:
            self.end(cue, Outcome.SKIPPED)

    def cancel(self, cue: Cue) -> None:
        self.done.append(f"cancel {cue.cue_id}")
        if cue.outcome is None:
            self.end(cue, Outcome.SKIPPED)

    def set_volume(self, volume: float) -> None:
        self.volume = volume

    def cue(self, cue_id: str) -> Cue | None:
        return self.all.get(cue_id)

    def predict(self, cue: Cue) -> CuePrediction | None:
        if cue.outcome is not None:
            return None
        before = self.cues[: self.cues.index(cue)]
        return CuePrediction(0.1 * len("".join(c.text for c in before)), 0.1 * len(cue.text))

    def voices(self) -> Sequence[VoiceRow]:
        ours = [VoiceRow(Voice("tone", name), name == "tone") for name in VOICES]
        return [*ours, VoiceRow(Voice("other", "far"), True, "pip install far")]

    def set_cast(self, voices: Mapping[str, str]) -> None:
        for voice in voices.values():
            self.check_voice(voice)
        self.cast = dict(voices)

    def check_voice(self, spec: str) -> None:
        if spec not in VOICES:
            raise UnknownVoiceError(f"there is no voice {spec!r}")

    def heard(self) -> Heard:
        return self.position

    def keep_pace(self, frame: int, at_s: float) -> None:
        self.paces.append((frame, at_s))

    def vitals(self) -> Vitals:
        return VITALS

    def report(self) -> dict[str, Any]:
        rows = [
            {
                "cue_id": cue.cue_id,
                "text": cue.text,
                "outcome": cue.outcome,
                "started_s": cue.started_s,
            }
            for cue in self.all.values()
        ]
        return REPORT | {"cues": len(rows), "cue_list": rows}


class Client:
    """A client without a socket: what it says goes straight to a `Connection`, and it reads its
    events from the log, as the server's shell does."""

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self.hub = hub
        self.congested = False
        self.sent: list[dict[str, Any]] = []
        self.received: list[bytes] = []
        self.was_taken_over = False
        self._clock = clock
        self._ids = count(1)
        self._seen = 0
        self.connection = Connection(hub, Sink(self), clock())
        self.hello = json.loads(self.connection.hello())

    def identify(self, **fields: Any) -> dict[str, Any] | Close:
        """Answer `hello`; what is received is `identified`, or why not."""
        frame = json.dumps({"type": "identify", "protocol": 1, "client": "test"} | fields)
        match self.connection.receive(frame, self._clock()):
            case Welcome(reply, _, last_seq):
                self._seen = last_seq
                return json.loads(reply)
            case Close() as close:
                return close
            case other:
                raise AssertionError(other)

    def prove(self, password: str) -> str:
        return answer(password, Challenge(**self.hello["auth"]))

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a request; returns the reply."""
        return self.send(json.dumps({"type": kind, "id": str(next(self._ids))} | fields))

    def send(self, frame: str | bytes) -> dict[str, Any]:
        reply = self.connection.receive(frame, self._clock())
        assert isinstance(reply, str), reply
        self.connection.replied(self._clock())
        return json.loads(reply)

    def events(self) -> list[dict[str, Any]]:
        """The events that have come since the last time."""
        assert self.connection.session is not None
        log, found = self.connection.session.log, []
        while (frame := log.after(self._seen)) is not None:
            self._seen += 1
            found.append(json.loads(frame))
        return found

    def lose(self) -> None:
        """The connection is lost."""
        self.connection.close(self._clock())


class Sink:
    """Where a client's session speaks to."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def congested(self) -> bool:
        return self._client.congested

    def events_wait(self, *, at_once: bool = False) -> None:
        pass

    def send(self, frame: str) -> None:
        self._client.sent.append(json.loads(frame))

    def send_bytes(self, frame: bytes) -> None:
        self._client.received.append(frame)

    def taken_over(self) -> None:
        self._client.was_taken_over = True
        self._client.lose()


class Stage:
    """A hub with a fake narrator, on a virtual clock."""

    def __init__(self, password: str = "", **limits: Any) -> None:
        self.clock = Clock()
        self.speaker = FakeSpeaker(self.clock)
        self._random = count(1)
        self.hub = Hub(self.speaker, self._bytes, password=password, limits=Limits(**limits))

    def _bytes(self, size: int) -> bytes:
        return next(self._random).to_bytes(size, "big")

    def client(self) -> Client:
        return Client(self.hub, self.clock)

    def identified(self, **fields: Any) -> Client:
        client = self.client()
        assert isinstance(client.identify(**fields), dict)
        return client

    def tell(self) -> None:
        """Let the hub take what the narrator told."""
        told, self.speaker.told = self.speaker.told, []
        for event in told:
            self.hub.take(event, self.clock())


# samples of messages


def samples(kind: type[Message]) -> Iterator[dict[str, Any]]:
    """Valid messages of a class as JSON objects: with all fields, and with the needed ones."""
    info = mi.type_info(kind)
    assert isinstance(info, mi.StructType)
    tag = {"type": kind.__struct_config__.tag}
    yield tag | {field.encode_name: value_of(field.type) for field in info.fields}
    yield tag | {f.encode_name: value_of(f.type) for f in info.fields if f.required}


def value_of(kind: mi.Type) -> Any:
    """A valid value of a type."""
    match kind:
        case mi.Metadata(type=inner):
            return value_of(inner)
        case mi.UnionType(types=types):
            return value_of(next(t for t in types if not isinstance(t, mi.NoneType)))
        case mi.StrType():
            return "a" * max(kind.min_length or 0, 1)
        case mi.IntType() | mi.FloatType():
            return kind.ge or 1
        case mi.BoolType():
            return True
        case mi.EnumType(cls=cls):
            return next(iter(cls)).value
        case mi.ListType(item_type=item):
            return [value_of(item)]
        case mi.DictType(key_type=key, value_type=value):
            return {value_of(key): value_of(value)}
        case mi.StructType(fields=fields):
            return {field.encode_name: value_of(field.type) for field in fields}
        case mi.AnyType():
            return "anything"
        case _:
            raise AssertionError(kind)


def wrong_values(kind: mi.Type) -> Iterator[Any]:
    """Values of another type."""
    bare = kind.type if isinstance(kind, mi.Metadata) else kind
    if isinstance(bare, mi.AnyType):
        return
    kinds = bare.types if isinstance(bare, mi.UnionType) else (bare,)
    plain = [k.type if isinstance(k, mi.Metadata) else k for k in kinds]
    text = any(isinstance(k, mi.StrType | mi.EnumType) for k in plain)
    number = any(isinstance(k, mi.IntType | mi.FloatType) for k in plain)
    if not text:
        yield "text"
    if not number:
        yield 7
    if not any(isinstance(k, mi.BoolType) for k in plain):
        yield True
    if not any(isinstance(k, mi.ListType) for k in plain):
        yield []
    if not any(isinstance(k, mi.DictType | mi.StructType) for k in plain):
        yield {}
    if not any(isinstance(k, mi.NoneType) for k in plain):
        yield None


def too_large_values(kind: mi.Type) -> Iterator[Any]:
    """Values just past what is allowed."""
    match kind:
        case mi.Metadata(type=inner):
            yield from too_large_values(inner)
        case mi.UnionType(types=types):
            for inner in types:
                yield from too_large_values(inner)
        case mi.StrType():
            if kind.max_length is not None:
                yield "a" * (kind.max_length + 1)
            if kind.min_length:
                yield ""
        case mi.IntType() | mi.FloatType():
            if kind.le is not None:
                yield kind.le * 2
            if kind.ge is not None:
                yield kind.ge - 1
            if isinstance(kind, mi.FloatType) and kind.multiple_of == 1:
                yield 1.5
        case mi.EnumType():
            yield "no-such-choice"
        case mi.ListType() if kind.max_length is not None:
            yield [value_of(kind.item_type)] * (kind.max_length + 1)
        case mi.DictType() if kind.max_length is not None:
            yield {f"c{n}": value_of(kind.value_type) for n in range(kind.max_length + 1)}
        case _:
            pass


def decoded(message: dict[str, Any]) -> Any:
    return decode_client(json.dumps(message))
