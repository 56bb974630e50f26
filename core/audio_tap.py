"""What those are told who follow the sound beside the output: the `AudioTap` protocol."""

from typing import Protocol

from .playout.frame_ring import Samples


class AudioTap(Protocol):
    """Is told what becomes of the audio buffer's frames, in their order.

    Called in main's event loop, where nothing may wait. Frames are counted from the buffer's start,
    and a number is never used for other sound.
    """

    def pushed(self, frame: int, samples: Samples) -> None:
        """`samples`, mono float32 of shape (n,), have their place, from `frame` on."""
        ...

    def let_out(self, gate: int) -> None:
        """Playout may go up to `gate`, or as far as there are frames; less far than before where
        something was taken back."""
        ...

    def cleared(self, begin: int, end: int) -> None:
        """The frames from `begin` to before `end`, where they were pushed, will not be heard."""
        ...

    def heard(self, frame: int) -> None:
        """All before `frame` has been heard or dropped."""
        ...
