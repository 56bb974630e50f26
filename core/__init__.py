"""Skaldcast's engine: text in, one unbroken voice out.

Names are imported when they are first asked for: the child processes use a few modules each, and
need neither the time nor the memory of the rest.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .cue import Cue
    from .errors import (
        AmbienceError,
        BridgeError,
        BroadcastError,
        ConfigError,
        LanguageModelError,
        ModelError,
        OutputError,
        PlayoutError,
        ProcessError,
        SkaldcastError,
        StateError,
        StorageError,
        SynthesisError,
        SynthesizerError,
        TextError,
        UnknownDeviceError,
        UnknownVoiceError,
    )
    from .events import (
        AmbienceFailed,
        CharacterMet,
        ChunkFailed,
        ChunkStarted,
        CueFinished,
        CueQueued,
        CueStarted,
        Event,
        HoldEnded,
        OutputLost,
        OutputOpened,
        ProcessRestarted,
        StateChanged,
        SynthesisMeasured,
        UnderrunOccurred,
        VoiceReplaced,
        WordStarted,
    )
    from .narrator import Narrator, NarratorOptions
    from .playout.audio_buffer import AudioBuffer, BufferStatistics
    from .playout.prebuffer import Prebuffer, PrebufferState
    from .synthesis.synthesizer import (
        Block,
        Cancellation,
        SpeedHint,
        SynthesisRequest,
        Synthesizer,
    )
    from .text.chunker import Chunker
    from .text.pace import Pace
    from .types import AudioFormat, Boundary, Chunk, Outcome, Priority, Voice, WordTime
    from .vitals import Vitals

_PLACES = {
    "cue": ("Cue",),
    "errors": (
        "AmbienceError",
        "BridgeError",
        "BroadcastError",
        "ConfigError",
        "LanguageModelError",
        "ModelError",
        "OutputError",
        "PlayoutError",
        "ProcessError",
        "SkaldcastError",
        "StateError",
        "StorageError",
        "SynthesisError",
        "SynthesizerError",
        "TextError",
        "UnknownDeviceError",
        "UnknownVoiceError",
    ),
    "events": (
        "AmbienceFailed",
        "CharacterMet",
        "ChunkFailed",
        "ChunkStarted",
        "CueFinished",
        "CueQueued",
        "CueStarted",
        "Event",
        "HoldEnded",
        "OutputLost",
        "OutputOpened",
        "ProcessRestarted",
        "StateChanged",
        "SynthesisMeasured",
        "UnderrunOccurred",
        "VoiceReplaced",
        "WordStarted",
    ),
    "narrator": ("Narrator", "NarratorOptions"),
    "playout.audio_buffer": ("AudioBuffer", "BufferStatistics"),
    "playout.prebuffer": ("Prebuffer", "PrebufferState"),
    "synthesis.synthesizer": (
        "Block",
        "Cancellation",
        "SpeedHint",
        "SynthesisRequest",
        "Synthesizer",
    ),
    "text.chunker": ("Chunker",),
    "text.pace": ("Pace",),
    "types": ("AudioFormat", "Boundary", "Chunk", "Outcome", "Priority", "Voice", "WordTime"),
    "vitals": ("Vitals",),
}
_MODULES = {name: module for module, names in _PLACES.items() for name in names}

__all__ = [
    "AmbienceError",
    "AmbienceFailed",
    "AudioBuffer",
    "AudioFormat",
    "Block",
    "Boundary",
    "BridgeError",
    "BroadcastError",
    "BufferStatistics",
    "Cancellation",
    "CharacterMet",
    "Chunk",
    "ChunkFailed",
    "ChunkStarted",
    "Chunker",
    "ConfigError",
    "Cue",
    "CueFinished",
    "CueQueued",
    "CueStarted",
    "Event",
    "HoldEnded",
    "LanguageModelError",
    "ModelError",
    "Narrator",
    "NarratorOptions",
    "Outcome",
    "OutputError",
    "OutputLost",
    "OutputOpened",
    "Pace",
    "PlayoutError",
    "Prebuffer",
    "PrebufferState",
    "Priority",
    "ProcessError",
    "ProcessRestarted",
    "SkaldcastError",
    "SpeedHint",
    "StateChanged",
    "StateError",
    "StorageError",
    "SynthesisError",
    "SynthesisMeasured",
    "SynthesisRequest",
    "Synthesizer",
    "SynthesizerError",
    "TextError",
    "UnderrunOccurred",
    "UnknownDeviceError",
    "UnknownVoiceError",
    "Vitals",
    "Voice",
    "VoiceReplaced",
    "WordStarted",
    "WordTime",
]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
