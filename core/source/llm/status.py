"""What a storyteller is doing, for those who show it."""

from dataclasses import dataclass
from enum import StrEnum


class StoryState(StrEnum):
    """Where an answer stands."""

    IDLE = "idle"
    """Nothing has been asked."""
    WAITING = "waiting"
    """For the first word: the model is loaded, or thinks."""
    WRITING = "writing"
    STALLED = "stalled"
    """Nothing has come for a while in the middle."""
    RETRYING = "retrying"
    """The answer broke off and is asked for again."""
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StoryStatus:
    """One moment of an answer."""

    state: StoryState
    text: str = ""
    """What the user should be told, in one line; mostly nothing."""
