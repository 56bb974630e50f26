"""Which frames of the audio buffer were heard, and how many before each. Plain.

The audio buffer counts all frames; those that were cleared before they were heard are passed over.
Its reader tells how many these were, and only the writer knows up to where it cleared.
"""

from collections import deque

from .playout.buffer_statistics import Heard

_CUTS_KEPT = 256
"""Nobody asks for a frame that lies so many cuts back: the audio buffer holds 30 s."""


class HeardSpans:
    """Follows an audio buffer's position. The count of frames is exact; where two cuts come so soon
    that nothing of what lies between was told as heard, which of these frames were is a guess."""

    def __init__(self) -> None:
        self._heard = self._skipped = self._noticed = 0
        self._marks: deque[int] = deque()  # up to where was cleared, and nothing past it was heard
        self._cuts: deque[tuple[int, int]] = deque(maxlen=_CUTS_KEPT)  # frame, skipped before it

    def follow(self, at: Heard, cleared: int) -> list[tuple[int, int]]:
        """The position is `at`, and all before `cleared` was dropped where it had not been heard;
        returns the spans of frames that were heard since the last call."""
        self._note(cleared)
        self._noticed = at.cleared
        spans: list[tuple[int, int]] = []
        start, skipped = self._heard, at.skipped - self._skipped
        while self._marks and self._marks[0] <= at.frame:
            mark = self._marks.popleft()
            gap = min(skipped, mark - start)
            skipped -= gap
            self._skipped += gap
            self._cuts.append((mark, self._skipped))
            spans.append((start, mark - gap))
            start = mark
        spans.append((start, at.frame))
        self._heard = max(at.frame, self._heard)
        return [(begin, end) for begin, end in spans if begin < end]

    def heard_before(self, frame: int) -> int:
        """How many frames were heard before `frame`, which has been heard."""
        for mark, skipped in reversed(self._cuts):
            if mark <= frame:
                return frame - skipped
        return frame

    def _note(self, cleared: int) -> None:
        last = self._marks[-1] if self._marks else self._heard
        if cleared <= last:
            return
        if self._marks and self._noticed < last:
            self._marks.pop()  # the reader has not stopped there: it goes on at the later one
        self._marks.append(cleared)
