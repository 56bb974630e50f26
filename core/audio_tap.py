"""What those are told who want the sound itself, beside the output."""

from .synthesis.synthesizer import Samples


class AudioTap:
    """Is told what becomes of the audio buffer's frames, in their order; a subclass listens to what
    it needs.

    Called in main's event loop, where nothing may wait. Frames are counted from the buffer's start,
    and a number is never used for other sound.
    """

    def pushed(self, frame: int, samples: Samples) -> None:
        """`samples`, mono float32 of shape (n,), have their place, from `frame` on."""

    def let_out(self, gate: int) -> None:
        """Playout may go up to `gate`, or as far as there are frames; less far than before where
        something was taken back."""

    def cleared(self, begin: int, end: int) -> None:
        """The frames from `begin` to before `end`, where they were pushed, will not be heard, but
        for what the device has already."""

    def passed(self, frame: int) -> None:
        """All before `frame` has been heard or dropped."""

    def heard(self, begin: int, end: int) -> None:
        """These frames have been heard; what is before them and was not told never will be."""

    def cue_begun(self, text: str, heard_before: int) -> None:
        """A cue began, with the chunk `text`, behind so many frames that were heard."""
