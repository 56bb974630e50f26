"""The timeline: an exact map from frames of the audio buffer to cue, chunk and word. Plain."""

from bisect import insort
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Milestone:
    """Something that happens when a frame is heard."""

    frame: int
    order: int
    """Milestones on the same frame keep the order in which they were added."""
    reached: Callable[[float], None] = field(compare=False)
    """Called with the time at which the frame was heard."""


class Timeline:
    """Milestones ahead, in order of their frames.

    Bounded by what is in the audio buffer: whoever pushes audio adds its milestones.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._ahead: list[Milestone] = []
        self._order = 0

    def __len__(self) -> int:
        return len(self._ahead)

    @property
    def next_frame(self) -> int | None:
        """The frame of the next milestone."""
        return self._ahead[0].frame if self._ahead else None

    def add(self, frame: int, reached: Callable[[float], None]) -> None:
        """Call `reached` once `frame` has been heard."""
        self._order += 1
        insort(self._ahead, Milestone(frame, self._order, reached))

    def advance(self, heard: int, heard_at: float, *, paced: bool = True) -> None:
        """`heard` frames had been heard at `heard_at`: everything up to there happens, each with
        the time of its own frame, or all at `heard_at` where the output is not `paced`."""
        count = 0
        while count < len(self._ahead) and self._ahead[count].frame <= heard:
            count += 1
        due, self._ahead = self._ahead[:count], self._ahead[count:]
        for milestone in due:
            ago_s = (heard - milestone.frame) / self._rate if paced else 0.0
            milestone.reached(heard_at - ago_s)

    def clear(self, upto: int | None = None) -> None:
        """Forget the milestones before frame `upto`, or all."""
        self._ahead = [] if upto is None else [m for m in self._ahead if m.frame >= upto]
