"""What main and the broadcast process say to each other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StartBroadcast:
    """Request, first and once: send what is heard of this audio buffer."""

    buffer_handle: str
    gain: float
    """The master volume, as a factor."""
    ice_servers: tuple[str, ...]
    """Addresses of STUN servers, ``stun:host:port``, for listeners behind other routers."""
    most_listeners: int


@dataclass(frozen=True, slots=True)
class SetBroadcastGain:
    """Request: the master volume from now on, ramped."""

    gain: float


@dataclass(frozen=True, slots=True)
class ConnectListener:
    """Request: somebody wants to listen."""

    listener: str
    """An id that nobody else has."""
    offer: str
    """In SDP."""


@dataclass(frozen=True, slots=True)
class DisconnectListener:
    """Request: this one goes."""

    listener: str


@dataclass(frozen=True, slots=True)
class EndBroadcast:
    """Request: send what was heard last, let all go and end."""


@dataclass(frozen=True, slots=True)
class BroadcastEnded:
    """All have gone."""


@dataclass(frozen=True, slots=True)
class ListenerAnswered:
    """What the listener is to be told; the sound follows once it has connected."""

    listener: str
    answer: str
    """In SDP, all candidates in it."""


@dataclass(frozen=True, slots=True)
class ListenerRefused:
    """This one cannot listen."""

    listener: str
    reason: str
    is_full: bool = False
    """There are as many listeners as may be: later it may go."""


@dataclass(frozen=True, slots=True)
class ListenersChanged:
    """Who is connected now."""

    listeners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BroadcastTicked:
    """Once a second: the process does not hang."""

    late_s: float
    """Seconds of sound that were left out, in all, because it had no processor."""
