"""What is being heard: chunks and words become events when their frames leave the device. Plain."""

from collections.abc import Callable

from .audio_tap import AudioTap
from .events import ChunkStarted, CueStarted, Event, WordStarted
from .heard_spans import HeardSpans
from .plan import ChunkState, CuePlan, PlannedChunk
from .playout.audio_buffer import AudioBuffer
from .playout.timeline import Timeline
from .report import Tally
from .synthesis.word_times import proportional_words
from .types import WordTime

_POLL_S = 0.01
"""The position is told in steps of up to 20 ms: so often is looked for what should be heard."""


class Hearing:
    """Puts chunks and words on the timeline and tells of them as the position moves on.

    `on_heard` is called, with the cue and the time, when a chunk of it has wholly been heard.
    """

    def __init__(
        self,
        buffer: AudioBuffer,
        tally: Tally,
        on_heard: Callable[[CuePlan, float], None],
        emit: Callable[[Event], None],
        clock_0: float,
    ) -> None:
        self._buffer = buffer
        self._rate = buffer.sample_rate
        self._tally = tally
        self._on_heard = on_heard
        self._emit = emit
        self._clock_0 = clock_0
        self._timeline = Timeline(buffer.sample_rate)
        self._spans = HeardSpans()
        self.taps: list[AudioTap] = []
        self._position = buffer.position()
        self._passed = 0

    def follow(self, *, paced: bool) -> int:
        """Tell of all that has been heard by now; returns the frame up to which nothing is left
        to hear."""
        self._position = self._buffer.position()
        for begin, end in self._spans.follow(self._position, self._buffer.cleared):
            for tap in self.taps:
                tap.heard(begin, end)
        # What was cleared was not heard, and the reader does not tell that it is past it.
        self._passed = max(self._position.frame, self._buffer.cleared)
        self._timeline.advance(self._passed, self._position.at_s, paced=paced)
        return self._passed

    def next_at(self, now: float, *, playing: bool) -> float | None:
        """When `follow` will have something to tell, while sound is playing or at once."""
        frame = self._timeline.next_frame
        if frame is None:
            return None
        if frame <= self._passed:  # a chunk without sound is heard as soon as it is placed
            return now
        if not playing:
            return None
        heard_at_s = self._position.at_s + (frame - self._passed) / self._rate
        return max(heard_at_s, now + _POLL_S)

    def drop(self, plan: CuePlan) -> None:
        """What is left of a cue will not be heard."""
        self._timeline.drop(plan)

    def clear(self) -> None:
        """Nothing of what is on the timeline will be heard."""
        self._timeline.clear()

    def placed(self, planned: PlannedChunk, now: float) -> None:
        """More of a chunk has its place in the audio buffer."""
        assert planned.start_frame is not None
        if not planned.begun:
            planned.begun = True
            self._add(planned, planned.start_frame + 1, now, self._chunk_begun)
        self._place_words(planned, now, self._buffer.written)

    def complete(self, planned: PlannedChunk, now: float) -> None:
        """A chunk's last frame has its place in the audio buffer."""
        assert planned.end_frame is not None
        if planned.begun:  # of a chunk that failed half-way the other half is not spoken
            failed = planned.state is ChunkState.FAILED
            self._place_words(planned, now, planned.end_frame if failed else None)
        self._add(planned, planned.end_frame, now, self._chunk_heard)

    def take_words(self, planned: PlannedChunk, words: tuple[WordTime, ...]) -> None:
        """A block's word times, those told before a restart passed over; where the synthesizer
        cannot tell, they are put in proportion to the chunk's predicted duration."""
        if not words and not planned.words:
            words = proportional_words(planned.request.text, planned.chunk.estimated_s)
        planned.add_words(words)

    def _place_words(self, planned: PlannedChunk, now: float, end: int | None) -> None:
        """Put words on the timeline whose sound is there, or all that are left of a chunk that is
        complete: a synthesizer may be wrong about when they end."""
        assert planned.start_frame is not None
        while planned.words_placed < len(planned.words):
            word = planned.words[planned.words_placed]
            frame = planned.start_frame + round(max(word.start_s, 0.0) * self._rate) + 1
            if end is not None and frame > end:
                return
            if planned.end_frame is not None:
                frame = min(frame, planned.end_frame)
            index = planned.words_placed
            planned.words_placed += 1
            self._add(
                planned, frame, now, lambda p, at_s, index=index: self._word_begun(p, index, at_s)
            )

    def _add(
        self,
        planned: PlannedChunk,
        frame: int,
        now: float,
        reached: Callable[[PlannedChunk, float], None],
    ) -> None:
        self._timeline.add(
            frame, lambda at_s: reached(planned, at_s), owner=planned.cue, not_before_s=now
        )

    def _chunk_begun(self, planned: PlannedChunk, at_s: float) -> None:
        cue = planned.cue.cue
        if cue.started_s is None:
            cue.started_s = at_s - self._clock_0
            self._tally.first_audio(planned, at_s, self._clock_0)
            self._emit(CueStarted(cue.started_s, cue.cue_id))
            for tap in self.taps:
                tap.cue_begun(planned.chunk.text, self._heard_before(planned))
        duration_s = planned.chunk.estimated_s
        if planned.over:
            duration_s = planned.received / self._rate
        self._emit(
            ChunkStarted(
                at_s - self._clock_0,
                cue.cue_id,
                planned.chunk.text,
                planned.chunk.start,
                duration_s,
                self._audio_s(planned),
            )
        )

    def _word_begun(self, planned: PlannedChunk, index: int, at_s: float) -> None:
        """Tell of a written word, once, however many spoken ones stand for it."""
        if (word := planned.written_word(index)) is not None:
            self._emit(
                WordStarted(
                    at_s - self._clock_0,
                    planned.cue.cue.cue_id,
                    word.word,
                    word.start,
                    word.duration_s,
                    self._audio_s(planned) + word.start_s,
                )
            )

    def _audio_s(self, planned: PlannedChunk) -> float:
        return self._heard_before(planned) / self._rate

    def _heard_before(self, planned: PlannedChunk) -> int:
        return self._spans.heard_before(planned.start_frame or 0)

    def _chunk_heard(self, planned: PlannedChunk, at_s: float) -> None:
        planned.cue.unheard -= 1
        self._on_heard(planned.cue, at_s)
