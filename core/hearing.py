"""What is being heard: chunks and words become events when their frames leave the device. Plain."""

from collections.abc import Callable

from .events import ChunkStarted, CueStarted, Event, WordStarted
from .plan import CuePlan, PlannedChunk
from .playout.audio_buffer import AudioBuffer
from .playout.timeline import Timeline
from .report import Tally
from .synthesis.word_times import proportional_words
from .types import WordTime


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

    def follow(self, *, paced: bool) -> int:
        """Tell of all that has been heard by now; returns the position in frames."""
        position = self._buffer.position()
        self._timeline.advance(position.frame, position.at_s, paced=paced)
        return position.frame

    def next_at(self) -> float | None:
        """When the next thing will be heard, while sound is playing."""
        frame = self._timeline.next_frame
        if frame is None:
            return None
        position = self._buffer.position()
        return position.at_s + (frame - position.frame) / self._rate

    def clear(self, upto: int | None = None) -> None:
        """What lies before frame `upto`, or all, will not be heard."""
        self._timeline.clear(upto)

    def placed(self, planned: PlannedChunk) -> None:
        """A chunk's first frame has its place in the audio buffer."""
        assert planned.start_frame is not None
        if planned.cue.first_frame is None:
            planned.cue.first_frame = planned.start_frame
        self._timeline.add(planned.start_frame + 1, lambda at_s: self._chunk_begun(planned, at_s))
        for word in planned.words:
            self._place_word(planned, word)

    def complete(self, planned: PlannedChunk) -> None:
        """A chunk's last frame has its place in the audio buffer."""
        assert planned.end_frame is not None

        def heard(at_s: float) -> None:
            planned.cue.unheard -= 1
            self._on_heard(planned.cue, at_s)

        self._timeline.add(planned.end_frame, heard)

    def take_words(self, planned: PlannedChunk, words: tuple[WordTime, ...]) -> None:
        """A block's word times; where the synthesizer cannot tell, they are put in proportion to
        the chunk's predicted duration."""
        if not words and not planned.words:
            words = proportional_words(planned.request.text, planned.chunk.estimated_s)
        planned.words.extend(words)
        if planned.start_frame is not None:
            for word in words:
                self._place_word(planned, word)

    def _place_word(self, planned: PlannedChunk, word: WordTime) -> None:
        assert planned.start_frame is not None
        frame = planned.start_frame + round(word.start_s * self._rate) + 1
        self._timeline.add(frame, lambda at_s: self._word_begun(planned, word, at_s))

    def _word_begun(self, planned: PlannedChunk, word: WordTime, at_s: float) -> None:
        written = planned.chunk.text
        lead = len(written) - len(written.lstrip())
        self._emit(
            WordStarted(
                at_s - self._clock_0,
                planned.cue.cue.cue_id,
                planned.request.text[word.start : word.end],
                planned.chunk.start + lead + word.start,
                word.end_s - word.start_s,
            )
        )

    def _chunk_begun(self, planned: PlannedChunk, at_s: float) -> None:
        cue = planned.cue.cue
        if cue.started_s is None:
            cue.started_s = at_s - self._clock_0
            self._tally.first_audio(planned, at_s, self._clock_0)
            self._emit(CueStarted(cue.started_s, cue.cue_id))
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
            )
        )
