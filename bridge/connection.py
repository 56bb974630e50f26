"""One connection, from `hello` to its end. Plain: frames in, frames out, the clock is an argument.

AWAITING_IDENTIFY --identify--> IDENTIFIED --request--> IDENTIFIED
       |                            |
       +----------close-------------+-----> CLOSED
"""

from dataclasses import dataclass
from enum import Enum, auto

from ..core.errors import StateError
from .channel import ChannelRefusedError
from .handler import handle
from .hub import Hub
from .limits import Meter
from .protocol import (
    PROTOCOL,
    CloseCode,
    Error,
    ErrorCode,
    Hello,
    Identified,
    Identify,
    Reply,
    decode_client,
    encode,
)
from .protocol.auth import is_right, make_challenge
from .protocol.requests import ClientRequest
from .session import Session, Sink

FEATURES = ("resume", "text_streaming", "predictions", "words", "queue", "render")
"""What `hello` tells: lost connections can be resumed; `say_start` and what belongs to it;
`cue_predicted`; `word_started`; the cues of all clients are spoken by one voice, in order; texts
are made into files; and, where there is sound to be had, `audio`, and where sessions may have
channels, `channels`."""


class ConnectionState(Enum):
    """How far a connection has come."""

    AWAITING_IDENTIFY = auto()
    """`hello` was sent; nothing but `identify` is taken."""
    IDENTIFIED = auto()
    """It has a session."""
    CLOSED = auto()
    """Nothing comes or goes any more."""


class Step(Enum):
    """What moves it on."""

    IDENTIFY = auto()
    REQUEST = auto()
    CLOSE = auto()


TRANSITIONS = {
    (ConnectionState.AWAITING_IDENTIFY, Step.IDENTIFY): ConnectionState.IDENTIFIED,
    (ConnectionState.AWAITING_IDENTIFY, Step.CLOSE): ConnectionState.CLOSED,
    (ConnectionState.IDENTIFIED, Step.REQUEST): ConnectionState.IDENTIFIED,
    (ConnectionState.IDENTIFIED, Step.CLOSE): ConnectionState.CLOSED,
    (ConnectionState.CLOSED, Step.CLOSE): ConnectionState.CLOSED,
}
"""All steps there are; any other raises `StateError` and changes nothing."""


@dataclass(frozen=True, slots=True)
class Close:
    """The connection cannot go on."""

    code: CloseCode
    reason: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """The client was let in: `frame` is to be sent, then the events after `last_seq`."""

    frame: str
    session: Session
    last_seq: int


class Connection:
    """What the server decides of one connection."""

    def __init__(self, hub: Hub, sink: Sink, now: float) -> None:
        self.state = ConnectionState.AWAITING_IDENTIFY
        self.session: Session | None = None
        self._hub = hub
        self._sink = sink
        self._challenge = make_challenge(hub.random_bytes) if hub.password else None
        self._meter = Meter(hub.limits.messages_per_s, hub.limits.burst, now)

    def hello(self) -> str:
        """The first frame."""
        return encode(
            Hello(
                protocol=PROTOCOL,
                server=self._hub.server,
                features=[*FEATURES, *self._hub.features()],
                auth=self._challenge,
            )
        )

    def receive(self, frame: str | bytes, now: float) -> str | Welcome | Close:
        """Take a client's frame; returns the reply. Raises `StateError` once it is closed."""
        if self.state is ConnectionState.CLOSED:
            raise StateError("the connection is closed: nothing is received")
        allowed = self._meter.take(now)
        message = decode_client(frame)
        if self.session is None:
            answer = self._identify(message, now)
            self._tell_watcher(message, answer if isinstance(answer, Close) else None, now)
            return answer
        self._step(Step.REQUEST)
        self.session.requests += 1
        reply = self._reply(self.session, message, now) if allowed else self._too_many(message)
        self._tell_watcher(message, reply, now)
        return encode(reply)

    def _reply(
        self, session: Session, message: Identify | ClientRequest | Error, now: float
    ) -> Reply:
        match message:
            case Error():
                return message
            case Identify():
                text = "this connection is identified: send requests"
                return Error(id="", code=ErrorCode.ALREADY_IDENTIFIED, text=text)
            case _:
                return handle(self._hub, session, message, now)

    def _tell_watcher(
        self,
        message: Identify | ClientRequest | Error,
        reply: Reply | Close | None,
        now: float,
    ) -> None:
        if self._hub.watcher is not None:
            client = "" if self.session is None else self.session.client
            self._hub.watcher.asked(client, message, reply, now)

    def replied(self, now: float) -> None:
        """The reply is sent: tell what may only follow it."""
        self._hub.tell_predictions(now)
        if self.session is not None:
            self._hub.open_audio(self.session)

    def close(self, now: float) -> None:
        """The connection is gone; its session waits to be resumed. Idempotent."""
        self._step(Step.CLOSE)
        session, self.session = self.session, None
        if session is not None and session.sink is self._sink:  # else another connection has it
            self._hub.sessions.detach(session, now)

    def _step(self, step: Step) -> None:
        following = TRANSITIONS.get((self.state, step))
        if following is None:
            raise StateError(f"a connection that is {self.state.name} cannot {step.name}")
        self.state = following

    def _too_many(self, message: Identify | ClientRequest | Error) -> Error:
        request_id = "" if isinstance(message, Identify) else message.id
        text = f"more than {self._hub.limits.messages_per_s:g} messages a second: send it later"
        return Error(id=request_id, code=ErrorCode.TOO_MANY_MESSAGES, text=text)

    def _identify(self, message: Identify | ClientRequest | Error, now: float) -> Welcome | Close:
        if isinstance(message, Error):
            return Close(CloseCode.NOT_UNDERSTOOD, message.text)
        if not isinstance(message, Identify):
            return Close(CloseCode.NOT_IDENTIFIED, "send identify first")
        if message.protocol != PROTOCOL:
            return Close(
                CloseCode.PROTOCOL_UNSUPPORTED, f"this server speaks protocol {PROTOCOL} only"
            )
        if self._challenge is not None:
            if message.auth is None:
                return Close(CloseCode.AUTH_FAILED, "a password is needed: answer the challenge")
            if not is_right(self._hub.password, self._challenge, message.auth):
                return Close(CloseCode.AUTH_FAILED, "the answer to the challenge is wrong")
        try:
            return self._welcome(message, now)
        except ChannelRefusedError as refusal:
            return Close(refusal.code, str(refusal))

    def _welcome(self, message: Identify, now: float) -> Welcome:
        """Raises `ChannelRefusedError`."""
        sessions, session, last_seq = self._hub.sessions, None, 0
        if message.resume is not None:
            last_seq = int(message.resume.last_seq)
            session = sessions.resume(message.resume.session, last_seq, now)
        resumed = session is not None
        if session is None:
            channel = self._hub.channel_for(message.policy, now)
            session, last_seq = sessions.open(message.events, channel), 0
            session.since_s = now
        elif message.events is not None:
            session.subscribe(message.events)
        self._step(Step.IDENTIFY)
        session.client = message.client
        session.sink = self._sink
        self.session = session
        frame = encode(Identified(session=session.session_id, resumed=resumed))
        return Welcome(frame, session, last_seq)
