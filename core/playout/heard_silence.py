"""How long the silences inside speech were, as heard. No I/O, the time is an argument."""

from collections import deque

_SETTLE_S = 0.1
"""So much speech is heard before its beginning is believed: a device that was dry tells where it
is to 15 ms only until it has renewed its timing twice."""


class HeardSilence:
    """Measures each silence from the last frame of speech heard to the first that follows.

    The frames padded do not tell: a device that takes a block at a time fills up what it finds
    missing with silence of its own (PulseAudio: 0.59 of what was silent had been padded).
    """

    def __init__(self, device_rate: int, buffer_rate: int) -> None:
        self._device_rate = device_rate
        self._buffer_rate = buffer_rate
        self._marks: deque[int] = deque()
        """Device frames not heard yet at which silence, then speech, and so on in turn, begins."""
        self._writing = False  # what is written now is silence
        self._since_s: float | None = None  # when the silence that is heard now began
        self._counted = 0  # frames of it
        self._events = self._frames = 0  # not told of yet

    def begin(self, device_frame: int) -> None:
        """From here on silence is written, or nothing though speech should follow."""
        if not self._writing:
            self._writing = True
            self._marks.append(device_frame)

    def end(self, device_frame: int) -> None:
        """From here on speech is written."""
        if self._writing:
            self._writing = False
            self._marks.append(device_frame)

    def cut(self, device_frame: int) -> None:
        """What was written after this frame was taken back."""
        while self._marks and self._marks[-1] > device_frame:
            self._marks.pop()
            self._writing = not self._writing

    def follow(self, heard: int, at_s: float, now: float, *, last: bool = False) -> None:
        """`heard` device frames had been played at `at_s`, and nothing since, up to `now`. The
        `last` look takes what there is for settled."""
        settle = 0 if last else round(_SETTLE_S * self._device_rate)
        while self._marks or self._since_s is not None:
            if self._since_s is None:
                if self._marks[0] > heard:
                    return
                self._since_s = at_s - (heard - self._marks.popleft()) / self._device_rate
                self._counted = 0
                self._events += 1
            if not self._marks or self._marks[0] >= heard:
                self._count(self._since_s, now)
                return
            ahead = heard - self._marks[0]
            if ahead < settle and not (len(self._marks) > 1 and self._marks[1] <= heard):
                return
            self._marks.popleft()
            self._count(self._since_s, at_s - ahead / self._device_rate)
            self._since_s = None

    def take(self) -> tuple[int, int]:
        """How many silences have begun since the last call, and how long silence was heard, in
        frames of the audio buffer."""
        told, self._events, self._frames = (self._events, self._frames), 0, 0
        return told

    def _count(self, since_s: float, until_s: float) -> None:
        more = round((until_s - since_s) * self._buffer_rate) - self._counted
        if more > 0:
            self._counted += more
            self._frames += more
