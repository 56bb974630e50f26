"""What main and the playout process say to each other, beside the shared audio buffer. Times are
on `core.clock`, positions are frames of the audio buffer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenOutput:
    """Request, first and once: play the audio buffer behind `buffer_handle` to `output`."""

    buffer_handle: str
    output: str
    """As `--output` takes it."""
    latency_s: float
    """How deep to write into the device's own buffer."""
    gain: float = 1.0
    paused: bool = False
    exclusive: bool = False
    """Ask WASAPI for the device alone."""
    sounded_on: bool = False
    """The last process hung: what it had given to a device that plays on was heard."""
    waits: bool = False
    """The output is a device that was open before: if it is not there now, wait for it."""


@dataclass(frozen=True, slots=True)
class PausePlayout:
    """Request: fade out and rest; what was not heard is kept."""


@dataclass(frozen=True, slots=True)
class ResumePlayout:
    """Request: go on from the frame that was heard last."""


@dataclass(frozen=True, slots=True)
class KeepPace:
    """Request: somebody else plays the sound and was at `frame` at `at_s`. An output without a
    device keeps pace with that, others take no notice."""

    frame: int
    at_s: float


@dataclass(frozen=True, slots=True)
class SetGain:
    """Request: the master volume as a factor; 0 mutes."""

    gain: float


@dataclass(frozen=True, slots=True)
class CloseOutput:
    """Request: finish the output and end."""


@dataclass(frozen=True, slots=True)
class OpeningOutput:
    """The process begins to open the output, which may take long, or for ever."""


@dataclass(frozen=True, slots=True)
class OutputReady:
    """The output is open, for the first time or again."""

    output: str
    """A name for people."""
    sample_rate: int
    paced: bool
    scheduling: str
    """One line: what scheduling the system granted."""


@dataclass(frozen=True, slots=True)
class OutputFailed:
    """The output cannot be opened or written, and waiting would not help."""

    reason: str


@dataclass(frozen=True, slots=True)
class OutputWentAway:
    """The device was lost; the process tries to open it again."""

    reason: str


@dataclass(frozen=True, slots=True)
class OutputClosed:
    """Everything is written and the output is given back."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """Sound began to leave the device: `frame` was heard at `at_s`."""

    frame: int
    at_s: float


@dataclass(frozen=True, slots=True)
class RunEnded:
    """All up to `frame` has been heard, at `at_s`, and the device rests: the gate, the end of the
    audio or a pause."""

    frame: int
    at_s: float


@dataclass(frozen=True, slots=True)
class RoomMade:
    """The reader moved on far enough for a writer that waits to go on."""


@dataclass(frozen=True, slots=True)
class UnderflowsReported:
    """What the device itself has counted since the last report: a hint, not proof."""

    count: int
