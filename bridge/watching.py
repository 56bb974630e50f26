"""What the server's own user may see of the bridge: who is connected, and what is said. Plain.

The facts are counted anyway; messages are kept only while somebody watches.
"""

from collections import deque
from collections.abc import Iterable, Sized
from dataclasses import dataclass
from typing import Final, cast

from msgspec.structs import FieldInfo, fields

from .connection import Close
from .protocol import Error, ErrorCode, Identify, Message
from .protocol.events import AudioLevel, BridgeEvent, BufferLevel, WordStarted
from .protocol.requests import AudioPosition
from .session import Session

KEPT: Final = 1_000
_LONGEST: Final = 200
_SECRET: Final = frozenset({"id", "auth", "resume", "seq", "time_s"})
"""Fields that are not told: what lets one in, and what every message has."""
_MANY: Final = (AudioPosition, AudioLevel, BufferLevel, WordStarted)
"""Come many times a second, and would push all others out."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One client at this moment."""

    key: str
    """The same as long as its session lasts. It lets its holder resume: never show it."""
    name: str
    """As it called itself."""
    since_s: float
    """Seconds since its session began."""
    is_connected: bool
    """Else its session waits for it to come back."""
    events: tuple[str, ...]
    """What it subscribed to."""
    requests: int
    cues: int
    """Its cues that have not ended."""
    sound_s: float | None
    """Seconds of sound that its stream was sent; None where it has none."""


def clients(sessions: Iterable[Session], now: float) -> list[ClientFacts]:
    """All sessions, the oldest first."""
    facts = [_facts(session, now) for session in sessions]
    return sorted(facts, key=lambda client: -client.since_s)


def _facts(session: Session, now: float) -> ClientFacts:
    audio = session.audio
    return ClientFacts(
        session.session_id,
        session.client or "(no name)",
        now - session.since_s,
        session.sink is not None,
        tuple(sorted(session.events)),
        session.requests,
        len(session.cues),
        None if audio is None else audio.sent / audio.form.sample_rate,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """One message, in a line, without secrets."""

    at_s: float
    """On the bridge's clock."""
    client: str
    """Who sent it; empty where the bridge told all."""
    text: str
    is_refused: bool = False


class Watcher:
    """Keeps the last 1,000 messages; of more the oldest go. What comes many times a second (words,
    levels, positions) is left out."""

    def __init__(self) -> None:
        self.said: deque[Said] = deque(maxlen=KEPT)
        self.count = 0
        """All that were said; it tells whether there is something new."""

    def asked(
        self, client: str, message: Message, reply: Message | Close | None, now: float
    ) -> None:
        """A client sent something, and this is what it gets for it; None where it is let in."""
        if isinstance(message, Identify):
            client = message.client
        match reply:
            case Close(code, reason):
                self._keep(Said(now, client, f"{_told(message)}: closed {code}, {reason}", True))
            case Error(code=kind, text=text):
                what = "" if isinstance(message, Error) else f"{_told(message)}: "
                self._keep(Said(now, client, f"{what}refused, {_code(kind)}: {text}", True))
            case _ if not isinstance(message, _MANY):
                self._keep(Said(now, client, _told(message)))
            case _:
                pass

    def told(self, event: BridgeEvent, now: float) -> None:
        """Something happened that clients are told."""
        if not isinstance(event, _MANY):
            self._keep(Said(now, "", _told(event)))

    def _keep(self, said: Said) -> None:
        self.said.append(said)
        self.count += 1


def _told(message: Message) -> str:
    """Its type and what stands in it."""
    values = (
        (field.name, getattr(message, field.name), field.default) for field in _fields(message)
    )
    parts = [f"{name} {_short(value)}" for name, value, default in values if value != default]
    kind = str(message.__struct_config__.tag)
    return _cut(" ".join((f"{kind}:", ", ".join(parts))) if parts else kind)


def _code(code: int) -> str:
    return ErrorCode(code).name.lower()


def _fields(message: Message) -> list[FieldInfo]:
    """Those that may be told, the text first."""
    told = (field for field in fields(message) if field.name not in _SECRET)
    return sorted(told, key=lambda field: (field.name != "text", field.name))


def _short(value: object) -> str:
    match value:
        case float():
            return f"{value:g}"
        case dict() | list():
            return str(len(cast("Sized", value)))
        case Message():
            return _told(value)
        case _:
            return " ".join(str(value).split())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
