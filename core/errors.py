"""Everything Skaldcast raises on purpose, in one tree.

    SkaldcastError
    ├── ConfigError             a setting is wrong: file, line and key are in the message
    ├── TextError               text that cannot be read or spoken
    ├── SynthesisError
    │   ├── UnknownVoiceError   no such voice; names the nearest ones
    │   └── SynthesizerError    a synthesizer could not be loaded, or failed on a chunk
    ├── PlayoutError
    │   ├── UnknownDeviceError  no such output device; names those there are
    │   ├── OutputError         a device or file could not be opened or written
    │   └── AmbienceError       a sound file cannot be looped under the voice
    ├── ModelError              a model could not be fetched
    ├── StorageError            speech or the session record could not be kept or read
    ├── LanguageModelError      the language model could not be reached, refused or broke off
    ├── BridgeError             the bridge could not listen, be reached, or was refused
    ├── ProcessError            a child process could not be started or kept running
    └── StateError              the call does not fit the state of the object

A message says what failed, why, and what to do, in one line. Foreign exceptions are translated
where they enter, with the original as ``__cause__``.
"""


class SkaldcastError(Exception):
    """The root: catch this to catch everything Skaldcast raises on purpose."""


class ConfigError(SkaldcastError):
    """A setting is wrong; the message names the file, the line and the key."""


class TextError(SkaldcastError):
    """Text cannot be read or spoken."""


class SynthesisError(SkaldcastError):
    """No audio could be made."""


class UnknownVoiceError(SynthesisError):
    """No voice has this name; the message names the nearest ones."""


class SynthesizerError(SynthesisError):
    """A synthesizer could not be loaded, or failed on a chunk."""


class PlayoutError(SkaldcastError):
    """Audio could not be put out."""


class UnknownDeviceError(PlayoutError):
    """No output device has this name; the message names those there are."""


class OutputError(PlayoutError):
    """A device or file could not be opened or written."""


class AmbienceError(PlayoutError):
    """A sound file cannot be read, or not be looped; the voice is not touched by it."""


class BroadcastError(SkaldcastError):
    """Somebody cannot listen; `later` where it is not for the offer, and may go later."""

    def __init__(self, reason: str, *, later: bool = False) -> None:
        super().__init__(reason)
        self.later = later


class ModelError(SkaldcastError):
    """A model could not be fetched, or is not whole."""


class StorageError(SkaldcastError):
    """Speech or the session record could not be kept on disk, or not be read."""


class LanguageModelError(SkaldcastError):
    """The language model could not be reached, refused to answer, or broke off."""


class BridgeError(SkaldcastError):
    """The bridge could not listen, be reached, or refused what was asked."""


class ProcessError(SkaldcastError):
    """A child process could not be started or kept running."""


class StateError(SkaldcastError):
    """The call does not fit the state of the object; nothing was changed."""
