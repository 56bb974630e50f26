"""What a client remembers across connections, and how long it waits between them. Plain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..core.errors import BridgeError
from .protocol import (
    PROTOCOL,
    CloseCode,
    EventName,
    Hello,
    Identified,
    Identify,
    Policy,
    ResumePoint,
)
from .protocol.auth import answer
from .protocol.events import BridgeEvent
from .protocol.requests import RenderCancel, Request, Say, SayAppend, SayStart, Skip

FINAL = frozenset(
    {
        CloseCode.NOT_UNDERSTOOD,
        CloseCode.NOT_IDENTIFIED,
        CloseCode.AUTH_FAILED,
        CloseCode.PROTOCOL_UNSUPPORTED,
        CloseCode.SESSION_TAKEN,
    }
)
"""After these another try would end the same way, or take the session from another."""


class FinalError(BridgeError):
    """It is no use to come back."""


class PasswordWantedError(FinalError):
    """The server asks for a password, and there is none."""


class Backoff:
    """How long to wait before the next try: doubled each time, a random part of it taken off, so
    that many clients do not come back at once."""

    def __init__(
        self, random: Callable[[], float], *, first_s: float = 0.1, most_s: float = 5.0
    ) -> None:
        self._random = random
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def next_s(self) -> float:
        """Seconds to wait now: half to all of 0.1, 0.2, 0.4 ... 5."""
        wait_s = self._next_s
        self._next_s = min(2 * wait_s, self._most_s)
        return wait_s * (0.5 + 0.5 * self._random())

    def connected(self) -> None:
        """It worked: begin anew the next time."""
        self._next_s = self._first_s


def may_repeat(request: Request) -> bool:
    """Whether a request may be sent again where its reply was lost. Cues are known by their ids
    and pieces by their places; of the rest only a `skip` that names no cue does more twice, and a
    `render_cancel`, as a new session counts its files anew."""
    match request:
        case Skip(cue_id=None) | SayAppend(start=None) | RenderCancel():
            return False
        case Say(cue_id=cue_id) | SayStart(cue_id=cue_id):
            return cue_id is not None
        case _:
            return True


@dataclass
class ClientState:
    """The session, and which events were received."""

    client: str
    password: str = field(repr=False)
    events: Sequence[EventName] | None = None
    policy: Policy = Policy.QUEUE
    session: str | None = None
    last_seq: int = 0

    def identify(self, hello: Hello) -> Identify:
        """The answer to `hello`; raises `FinalError` where the two do not fit."""
        if hello.protocol < PROTOCOL:
            raise FinalError(
                f"{hello.server} speaks protocol {hello.protocol}, this client {PROTOCOL}: "
                "update the server"
            )
        if hello.auth is not None and not self.password:
            raise PasswordWantedError(
                f"{hello.server} asks for a password: `skaldcast bridge password` shows it"
            )
        resume = None
        if self.session is not None:
            resume = ResumePoint(session=self.session, last_seq=self.last_seq)
        return Identify(
            protocol=PROTOCOL,
            client=self.client,
            auth=answer(self.password, hello.auth) if hello.auth else None,
            events=None if self.events is None else list(self.events),
            policy=self.policy,
            resume=resume,
        )

    def identified(self, message: Identified) -> bool:
        """The server let us in; false where a session that we had is gone, and its events."""
        lost = self.session is not None and not message.resumed
        self.session = message.session
        if not message.resumed:
            self.last_seq = 0
        return not lost

    def receive(self, event: BridgeEvent) -> bool:
        """Whether an event is new. Raises `BridgeError` where one before it is missing."""
        if event.seq <= self.last_seq:
            return False
        if event.seq != self.last_seq + 1:
            raise BridgeError(f"event {event.seq} came after {self.last_seq}: events are missing")
        self.last_seq = event.seq
        return True
