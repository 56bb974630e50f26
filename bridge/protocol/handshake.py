"""The first three messages: `hello` (server), `identify` (client), `identified` (server)."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from .message import Message, Whole


class EventName(StrEnum):
    """What a client may subscribe to: the types of the events."""

    CUE_QUEUED = "cue_queued"
    CUE_PREDICTED = "cue_predicted"
    CUE_STARTED = "cue_started"
    CHUNK_STARTED = "chunk_started"
    WORD_STARTED = "word_started"
    CUE_FINISHED = "cue_finished"
    STATE_CHANGED = "state_changed"
    UNDERRUN = "underrun"
    HOLD = "hold"
    BUFFER_LEVEL = "buffer_level"
    AUDIO_LEVEL = "audio_level"
    AUDIO_CLEARED = "audio_cleared"
    AUDIO_LOST = "audio_lost"


HIGH_RATE = frozenset({EventName.BUFFER_LEVEL, EventName.AUDIO_LEVEL})
"""Sent only where asked for, and left out where a client reads too slowly."""
STREAM = frozenset({EventName.AUDIO_CLEARED, EventName.AUDIO_LOST})
"""Told of a session's own stream, whatever it subscribed to."""
ORDINARY = frozenset(EventName) - HIGH_RATE
"""What a client gets that asks for nothing else."""

EventNames = Annotated[
    list[EventName],
    Meta(
        max_length=64,
        description="The events wanted; without it all but `buffer_level` and `audio_level`.",
    ),
]


class Policy(StrEnum):
    """How a client's cues share the voice with those of others."""

    QUEUE = "queue"
    """One voice: each cue in its turn, whoever brought it."""
    SESSION = "session"
    """A channel of the session's own: its cues queue among themselves only, and it plays the sound
    itself."""


class Challenge(Struct, frozen=True, kw_only=True):
    """What a client must answer where there is a password. Both are new in each connection."""

    challenge: str
    salt: str


class Hello(Message, frozen=True, kw_only=True):
    """The server's first message."""

    protocol: Annotated[int, Meta(description="The newest version that the server speaks.")]
    server: Annotated[str, Meta(description="The program and its version.")]
    features: Annotated[list[str], Meta(description="What this server can do beyond the basics.")]
    auth: Challenge | None = None


class ResumePoint(Struct, frozen=True, kw_only=True):
    """The session to go on with after a lost connection."""

    session: Annotated[str, Meta(max_length=128, description="As `identified` named it.")]
    last_seq: Annotated[Whole, Meta(description="The `seq` of the last event received, 0 if none.")]


class Identify(Message, frozen=True, kw_only=True):
    """The client's first message; nothing else is accepted before it."""

    protocol: Annotated[Whole, Meta(description="The version that the client speaks.")]
    client: Annotated[str, Meta(max_length=200, description="The program and its version.")]
    auth: Annotated[
        str | None,
        Meta(
            description="base64(sha256(base64(sha256(password + salt)) + challenge)), "
            "where `hello` has `auth`."
        ),
    ] = None
    events: EventNames | None = None
    policy: Annotated[
        Policy,
        Meta(
            description="How the cues share the voice with those of other clients: `queue` speaks "
            "all in their turn; `session` gives the session a channel of its own, where `features` "
            "has `channels` (else 4002), or where none is left, 4025. A resumed session keeps what "
            "it has."
        ),
    ] = Policy.QUEUE
    resume: ResumePoint | None = None


class Identified(Message, frozen=True, kw_only=True):
    """The client is let in."""

    session: Annotated[str, Meta(description="Keep it, to resume with.")]
    resumed: Annotated[
        bool,
        Meta(
            description="The session goes on: the events missed follow. Else it is a new one, "
            "whose `seq` starts from 1."
        ),
    ]
