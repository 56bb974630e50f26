"""How much one client may ask of the server, and the meter for messages. Plain."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds; tests set smaller ones."""

    messages_per_s: float = 500.0
    """A game that streams tokens of ten cues sends 200."""
    burst: float = 1_000.0
    """Messages that may come at once."""
    queued_characters: int = 200_000
    """Text of a session's cues that have not ended: 3 hours of speech."""
    queued_cues: int = 1_000
    """A session's cues that have not ended."""
    renders: int = 4
    """Files that are being made for a session at a time."""
    sessions: int = 256
    """Connections at a time, and as many sessions that wait to be resumed."""
    channels: int = 4
    """Sessions at a time that have a channel of their own; 0: none may."""
    kept_events: int = 1_000
    kept_s: float = 600.0
    """How long a session, and an event of it, is kept to be resumed."""
    identify_s: float = 10.0
    """How long a client may take to identify."""
    ping_s: float = 20.0
    """A connection is pinged so often, and lost where no pong comes for as long."""
    kept_audio_s: float = 10.0
    """How long a stream waits for its lost connection to come back."""
    open_cue_s: float = 60.0
    """A cue whose text stalls for so long is taken as complete: others wait behind it."""
    abandoned_cue_s: float = 10.0
    """The same where its client's connection is lost."""


class Meter:
    """A bucket of `burst` messages that fills at `rate` a second."""

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at_s = now

    def take(self, now: float) -> bool:
        """Whether one more may pass."""
        self._left = min(self._burst, self._left + (now - self._at_s) * self._rate)
        self._at_s = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
