"""What tests of the sound beside the output share: an audio buffer's life, and a listener that
keeps account of what it got. Each frame's sample is the frame's number."""

import numpy as np
from hypothesis import strategies as st

from skaldcast.core.audio_feed import AudioFeed
from skaldcast.core.audio_stream import TakenBack
from skaldcast.core.playout.buffer_ledger import NO_GATE
from skaldcast.core.playout.frame_ring import Samples

RATE = 1_000
Step = tuple[str, int]
STEPS = st.tuples(
    st.sampled_from(["push", "let_out", "open", "take_back", "hear", "clear", "cut"]),
    st.integers(1, 400),
)
"""What can happen, and how much of it."""


class World:
    """Does to a feed what the assembler does, in any order that can be."""

    def __init__(self, rate: int = RATE, kept_s: float = 1_000.0) -> None:
        self.changes = 0
        self.feed = AudioFeed(rate, self._count, kept_s)
        self.written = self.gate = self.heard = 0
        self.dropped: set[int] = set()

    def _count(self) -> None:
        self.changes += 1

    @property
    def limit(self) -> int:
        return min(self.gate, self.written)

    @property
    def wanted(self) -> list[int]:
        """The frames that shall be heard, as things stand."""
        return [n for n in range(self.limit) if n not in self.dropped]

    def push(self, frames: int, samples: Samples | None = None) -> None:
        if samples is None:
            samples = np.arange(self.written, self.written + frames, dtype=np.float32)
        self.feed.pushed(self.written, samples)
        self.written += frames

    def let_out(self, gate: int) -> None:
        self.gate = gate
        self.feed.let_out(gate)

    def hear(self, frame: int) -> None:
        self.heard = max(self.heard, frame)
        self.feed.passed(self.heard)

    def clear(self, end: int) -> None:
        """As a skip or a stop does: what is to be heard next goes."""
        end = max(min(end, self.written), self.heard)
        self.dropped |= set(range(self.heard, end))
        self.feed.cleared(self.heard, end)
        self.heard = end
        self.let_out(max(self.gate, end))

    def do(self, step: Step) -> None:
        match step:
            case "push", frames:
                self.push(frames)
            case "let_out", frames:
                self.let_out(min(self.limit + frames, self.written))
            case "open", _:
                self.let_out(NO_GATE)
            case "take_back", frames:
                self.let_out(max(self.limit - frames, self.heard))
            case "hear", frames:
                self.hear(min(self.heard + frames, self.limit))
            case "clear", frames:
                self.clear(self.heard + frames)
            case _:
                self.clear(self.written)


class Listener:
    """Plays nothing, so all that is taken back can still be dropped."""

    def __init__(self) -> None:
        self.got: dict[int, float] = {}
        self.next = 0

    def take(self, position: int, samples: Samples) -> None:
        assert position == self.next, "positions have no holes"
        for offset, value in enumerate(samples):
            assert position + offset not in self.got, "no position is used twice"
            self.got[position + offset] = float(value)
        self.next = position + samples.size

    def drop(self, notice: TakenBack) -> None:
        assert notice.begin < notice.end == self.next
        for position in range(notice.begin, notice.end):
            self.got.pop(position, None)

    @property
    def kept(self) -> list[int]:
        return [round(self.got[position]) for position in sorted(self.got)]
