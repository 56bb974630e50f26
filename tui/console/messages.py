"""What the engine's side tells the screens. Widgets get nothing else of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from ...core.cue_list import Line

if TYPE_CHECKING:
    from ...core.vitals import Vitals


class FromEngine(Message, bubble=False):
    """Something to show; all kinds have one handler, ``on_from_engine``."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.handler_name = "on_from_engine"


@dataclass
class VoiceStarting(FromEngine):
    """The voice is being loaded."""

    voice: str
    """Its name, where it is known yet."""


@dataclass
class VoiceReady(FromEngine):
    """It can speak."""

    voice: str
    model: str
    """The language model that is asked."""
    characters: tuple[str, ...]
    """Of the cast."""


@dataclass
class ModelNamed(FromEngine):
    """Another language model is asked from the next question on."""

    model: str


@dataclass
class VoiceFailed(FromEngine):
    """It cannot speak."""

    reason: str
    """What failed, why, and what to do, in one line."""


@dataclass
class Told(FromEngine):
    """A line for the user."""

    text: str
    is_trouble: bool = False


@dataclass
class CastTold(FromEngine):
    """The cast is another one."""

    characters: tuple[str, ...]


@dataclass
class CastSaved(FromEngine):
    """The cast file has what was changed."""


@dataclass
class DeskChanged(FromEngine):
    """Something that a screen shows was made, removed or chosen."""


@dataclass
class OutputTold(FromEngine):
    """The output came or went."""

    text: str
    """A name for people, or why it is gone."""
    is_there: bool = True


@dataclass
class LineChanged(FromEngine):
    """A line of the list has another state."""

    line: Line


@dataclass
class TransportChanged(FromEngine):
    """The transport went from one state to another."""

    state: str


@dataclass
class SpeechHeard(FromEngine):
    """A chunk, or a word of it, is being heard."""

    text: str
    """Of the cue, from the chunk on."""
    start: int = 0
    """Of the word, in `text`."""
    end: int = 0
    character: str = ""
    is_clients: bool = False
    """A client of the bridge gave it."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, SpeechHeard)


@dataclass
class SpeechEnded(FromEngine):
    """A cue has been heard to its end, was cut off or failed; nothing waits where `is_last`."""

    outcome: str
    is_last: bool


@dataclass
class Metered(FromEngine):
    """How it is doing, about ten times a second; only the newest counts."""

    vitals: "Vitals"
    peak: float = 0.0
    """Of what was heard since the last one, 1 being full scale."""
    rms: float = 0.0

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Metered)


@dataclass
class Marked(FromEngine):
    """Something for the meter's history: a hold or an underrun."""

    is_underrun: bool
    duration_s: float


@dataclass
class ClientsTold(FromEngine):
    """How many clients the bridge has; None where there is no bridge."""

    count: int | None


@dataclass
class ClientSaid(FromEngine):
    """A client of the bridge gave a cue, which waits for its turn."""

    text: str


@dataclass
class StoryTold(FromEngine):
    """Where the language model's answer stands."""

    state: str
    text: str


@dataclass
class Logged(Message):
    """A record of Python's logging."""

    text: str
    level: str
    is_trouble: bool = False
