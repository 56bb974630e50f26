"""The timeline: an exact map from frames of the audio buffer to cue, chunk and word. Plain."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that happens when a frame is heard."""

    frame: int
    reached: Callable[[float], None]
    """Called with the time at which the frame was heard."""
    owner: object
    not_before_s: float
    """It cannot have been heard before this."""


class Timeline:
    """Milestones ahead, in order of their frames.

    Bounded by what is in the audio buffer: whoever pushes audio adds its milestones.
    """

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._ahead: deque[Milestone] = deque()

    def __len__(self) -> int:
        return len(self._ahead)

    @property
    def next_frame(self) -> int | None:
        """The frame of the next milestone."""
        return self._ahead[0].frame if self._ahead else None

    def add(
        self,
        frame: int,
        reached: Callable[[float], None],
        *,
        owner: object = None,
        not_before_s: float = -inf,
    ) -> None:
        """Call `reached` once `frame` has been heard, after all that was added before."""
        if self._ahead:
            frame = max(frame, self._ahead[-1].frame)
        self._ahead.append(Milestone(frame, reached, owner, not_before_s))

    def advance(self, heard: int, heard_at: float, *, paced: bool = True) -> None:
        """`heard` frames had been heard at `heard_at`: everything up to there happens, each with
        the time of its own frame, or all at `heard_at` where the output is not `paced`."""
        while self._ahead and self._ahead[0].frame <= heard:
            milestone = self._ahead.popleft()
            ago_s = (heard - milestone.frame) / self._rate if paced else 0.0
            milestone.reached(max(heard_at - ago_s, milestone.not_before_s))

    def drop(self, owner: object) -> None:
        """Forget the milestones of `owner`: their frames will not be heard."""
        self._ahead = deque(m for m in self._ahead if m.owner is not owner)

    def clear(self) -> None:
        """Forget all milestones."""
        self._ahead.clear()
