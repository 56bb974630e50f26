"""Who wants the sound itself, beside the device."""

from typing import Protocol

from .synthesis.synthesizer import Samples


class AudioTap(Protocol):
    """Told of all sound on its way through the audio buffer, in the event loop: it must not wait.
    Frames are those of the audio buffer."""

    def pushed(self, frame: int, samples: Samples) -> None:
        """`samples` (float32, mono) were put at `frame`."""
        ...

    def cleared(self, upto: int) -> None:
        """What is before `upto` will not be heard, but for what the device has already."""
        ...

    def heard(self, begin: int, end: int) -> None:
        """These frames have been heard; what is before them and was not told never will be."""
        ...

    def cue_begun(self, text: str, heard_before: int) -> None:
        """A cue began, with the chunk `text`, behind so many frames that were heard."""
        ...
