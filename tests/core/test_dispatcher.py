"""Which chunk is with the worker, and what becomes of it when the worker dies."""

from collections.abc import Sequence

import numpy as np
import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.dispatcher import HANG_S, Dispatcher
from skaldcast.core.plan import ChunkState, CuePlan, PlannedChunk
from skaldcast.core.synthesis.messages import CancelJob, SynthesizeChunk
from skaldcast.core.synthesis.synthesizer import Samples, SynthesisRequest
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.text.pace import Pace
from skaldcast.core.types import Boundary, Chunk, Priority, WordTime
from skaldcast.core.voice_in_use import VoiceInUse

NOW = 100.0
RATE = 24_000


class Bench:
    """A dispatcher with chunks of one cue, and what it sent."""

    def __init__(self, chunks: int = 5, capacity: int = 1) -> None:
        self.sent: list[object] = []
        self.dispatcher = Dispatcher(self.sent.append)
        self.chunks = [planned(number) for number in range(chunks)]
        for chunk in self.chunks:
            self.dispatcher.queue.push(Priority.DEMAND, chunk)
        if capacity:
            self.dispatcher.worker_ready(capacity)

    def dispatch(self, *, wanted: bool = True) -> list[int]:
        """The jobs that this sends."""
        already = len(self.sent)
        self.dispatcher.dispatch(NOW, lambda: wanted)
        return [m.job_id for m in self.sent[already:] if isinstance(m, SynthesizeChunk)]


def audio(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def planned(number: int) -> PlannedChunk:
    return PlannedChunk(
        cue=CuePlan(Cue("a"), 0.0),
        chunk=Chunk("Hello.", Boundary.SENTENCE, estimated_s=2.0),
        job_id=number,
        request=SynthesisRequest("Hello.", "voice"),
        priority=Priority.DEMAND,
        pause_s=0.0,
        chunked_at_s=0.0,
    )


def test_nothing_is_sent_before_a_voice_is_loaded():
    bench = Bench(capacity=0)
    assert not bench.dispatcher.ready
    assert bench.dispatch() == []


@pytest.mark.parametrize("capacity", [1, 3])
def test_the_worker_has_as_many_chunks_as_it_can_make_and_one_that_waits(capacity: int):
    bench = Bench(capacity=capacity)
    assert bench.dispatch() == list(range(capacity + 1))
    assert bench.dispatch() == []
    bench.dispatcher.finished(0, NOW, None)
    assert bench.dispatch() == [capacity + 1]


def test_nothing_is_sent_that_is_not_wanted():
    assert Bench().dispatch(wanted=False) == []


def test_what_a_job_took_is_told_with_what_can_be_learned_from_it():
    bench = Bench()
    bench.dispatch()
    bench.dispatcher.started(0, 10.0)
    assert bench.dispatcher.block(0, 10.4, audio(1.0), RATE) is bench.chunks[0]
    assert bench.dispatcher.block(0, 10.6, audio(1.0), RATE) is bench.chunks[0]
    delivery = bench.dispatcher.finished(0, 10.7, None)
    assert delivery is not None
    assert delivery.planned.state is ChunkState.MADE
    assert delivery.synthesis_s == pytest.approx(0.7)
    assert delivery.observation is not None
    assert delivery.observation.audio_s == 2.0
    assert (delivery.planned.first_block_at_s, delivery.planned.last_block_at_s) == (10.4, 10.6)


def test_a_job_that_failed_teaches_nothing():
    bench = Bench()
    bench.dispatch()
    bench.dispatcher.started(0, 10.0)
    bench.dispatcher.block(0, 10.4, audio(1.0), RATE)
    delivery = bench.dispatcher.finished(0, 10.7, "broken")
    assert delivery is not None
    assert (delivery.planned.state, delivery.observation) == (ChunkState.FAILED, None)


def test_what_nobody_wants_is_cancelled_and_not_listened_to_any_more():
    bench = Bench()
    bench.dispatch()
    bench.dispatcher.forget(bench.chunks[0])
    bench.dispatcher.forget(bench.chunks[4])
    assert bench.sent[-1] == CancelJob(0)
    assert sum(isinstance(message, CancelJob) for message in bench.sent) == 1
    bench.dispatcher.started(0, NOW)
    assert bench.dispatcher.block(0, NOW, audio(1.0), RATE) is None
    assert bench.dispatcher.finished(0, NOW, None) is None


def test_what_a_dead_worker_had_is_made_again_in_order_and_first():
    bench = Bench(capacity=2)
    bench.dispatch()
    bench.dispatcher.started(0, NOW)
    bench.chunks[0].received = 70
    assert bench.dispatcher.worker_died() == []
    assert not bench.dispatcher.ready
    assert [chunk.job_id for chunk in bench.dispatcher.queue] == [0, 1, 2, 3, 4]
    assert bench.chunks[0].redone == 70
    assert [chunk.attempts for chunk in bench.chunks[:3]] == [1, 0, 0]
    bench.dispatcher.worker_ready(2)
    assert bench.dispatch() == [0]


def test_a_chunk_that_was_begun_twice_teaches_nothing():
    bench = Bench()
    for _ in range(2):
        bench.dispatch()
        bench.dispatcher.started(0, 10.0)
        bench.dispatcher.block(0, 10.4, audio(1.0), RATE)
        if not bench.chunks[0].attempts:
            bench.dispatcher.worker_died()
            assert bench.chunks[0].first_block_at_s is None
            bench.dispatcher.worker_ready(1)
    delivery = bench.dispatcher.finished(0, 10.7, None)
    assert delivery is not None
    assert delivery.observation is None


def test_what_was_in_work_when_it_died_is_tried_alone():
    bench = Bench(capacity=2)
    bench.dispatch()
    for job in (0, 1):
        bench.dispatcher.started(job, NOW)
    bench.dispatcher.worker_died()
    bench.dispatcher.worker_ready(2)
    assert bench.dispatch() == [0]
    bench.dispatcher.finished(0, NOW, None)
    assert bench.dispatch() == [1]
    bench.dispatcher.started(1, NOW)
    assert bench.dispatcher.worker_died() == [bench.chunks[1]]
    assert bench.chunks[1].state is ChunkState.FAILED
    bench.dispatcher.worker_ready(2)
    assert bench.dispatch() == [2, 3, 4]


def test_a_chunk_that_only_waited_in_the_worker_is_not_blamed():
    bench = Bench()
    for _ in range(4):
        bench.dispatch()
        assert bench.dispatcher.worker_died() == []
        bench.dispatcher.worker_ready(1)


def test_a_worker_that_is_silent_for_long_hangs():
    bench = Bench()
    assert bench.dispatcher.hangs_at() is None
    bench.dispatch()
    assert bench.dispatcher.hangs_at() == NOW + HANG_S
    bench.dispatcher.started(0, NOW + 5)
    assert bench.dispatcher.hangs_at() == NOW + 5 + HANG_S
    bench.dispatcher.hang_noticed(NOW + 40)
    assert bench.dispatcher.hangs_at() == NOW + 40 + HANG_S


def test_a_voice_that_is_known_to_be_slow_is_given_its_time():
    bench = Bench()
    bench.dispatcher.pace = Pace(latency_s=20.0, real_time_factor=10.0)
    bench.dispatch()
    assert bench.dispatcher.hangs_at() == NOW + 4 * 40.0


def test_a_chunk_made_beside_one_that_is_heard_earlier_tells_nothing_of_speed():
    bench = Bench(capacity=2)
    bench.dispatch()
    for job in (0, 1):
        bench.dispatcher.started(job, NOW)
        bench.dispatcher.block(job, NOW + 1.0, audio(2.0), RATE)
    first = bench.dispatcher.finished(0, NOW + 1.0, None)
    second = bench.dispatcher.finished(1, NOW + 1.5, None)

    assert first is not None
    assert first.observation is not None
    assert second is not None
    assert second.observation is None


def test_the_time_of_chunks_made_side_by_side_counts_once():
    bench = Bench(capacity=2)
    bench.dispatch()
    bench.dispatcher.started(0, NOW)
    bench.dispatcher.started(1, NOW + 0.2)
    first = bench.dispatcher.finished(0, NOW + 1.0, None)
    second = bench.dispatcher.finished(1, NOW + 1.5, None)

    assert first is not None
    assert second is not None
    assert (first.synthesis_s, second.synthesis_s) == (1.0, 0.5)


class ForLater:
    """Chunks that are made when nothing else is."""

    def __init__(self, chunks: int = 3) -> None:
        self.waiting = [planned(100 + number) for number in range(chunks)]
        for chunk in self.waiting:
            chunk.for_later = True
        self.blocks: list[tuple[int, int]] = []
        self.ended: list[tuple[int, str | None]] = []

    def next(self, now: float) -> PlannedChunk | None:
        del now
        return self.waiting.pop(0) if self.waiting else None

    def unwanted(self) -> list[PlannedChunk]:
        return []

    def put_back(self, planned: PlannedChunk) -> None:
        self.waiting.insert(0, planned)

    def block(
        self, planned: PlannedChunk, samples: Samples, words: Sequence[WordTime] = ()
    ) -> None:
        self.blocks.append((planned.job_id, samples.size))

    def finished(self, planned: PlannedChunk, reason: str | None) -> None:
        self.ended.append((planned.job_id, reason))


def test_what_is_for_later_is_made_one_by_one_when_nothing_else_is():
    bench = Bench(chunks=1)
    bench.dispatcher.later = later = ForLater()
    assert bench.dispatch() == [0]
    bench.dispatcher.finished(0, NOW, None)
    assert bench.dispatch() == [100]
    bench.dispatcher.started(100, NOW)
    assert bench.dispatcher.block(100, NOW, audio(1.0), RATE) is None
    assert later.blocks == [(100, RATE)]
    assert bench.dispatcher.finished(100, NOW, None) is None
    assert later.ended == [(100, None)]
    assert bench.dispatch() == [101]


def test_what_is_for_later_gives_way_at_once_and_is_made_afterwards():
    bench = Bench(chunks=0)
    bench.dispatcher.later = later = ForLater(1)
    assert bench.dispatch() == [100]
    bench.dispatcher.queue.push(Priority.DEMAND, planned(1))
    assert bench.dispatch(wanted=False) == []
    assert bench.dispatch() == [1]
    assert CancelJob(100) in bench.sent
    assert later.ended == []
    bench.dispatcher.finished(1, NOW, None)
    assert bench.dispatch() == [100]


def test_what_is_for_later_outlives_the_worker_and_is_given_up_the_second_time():
    bench = Bench(chunks=0)
    bench.dispatcher.later = later = ForLater(2)
    for ended in ([], [(100, "the synthesis process died on it twice")]):
        bench.dispatcher.worker_ready(1)
        assert bench.dispatch() == [100]
        bench.dispatcher.started(100, NOW)
        assert bench.dispatcher.worker_died() == []
        assert later.ended == ended
    bench.dispatcher.worker_ready(1)
    assert bench.dispatch() == [101]


def test_what_killed_the_worker_for_later_holds_up_nothing_that_is_heard():
    bench = Bench(chunks=0)
    bench.dispatcher.later = ForLater(1)
    bench.dispatch()
    bench.dispatcher.started(100, NOW)
    bench.dispatcher.worker_died()
    bench.dispatcher.worker_ready(1)
    assert bench.dispatch() == [100]
    bench.dispatcher.queue.push(Priority.DEMAND, planned(1))
    assert bench.dispatch() == [1]


def test_a_chunk_waits_for_its_voice_unless_it_is_recalled():
    bench = Bench(chunks=1)
    voice = VoiceInUse("other", VoiceProfile("other"), "other?", loaded=False)
    bench.chunks[0].voice = voice
    assert bench.dispatch() == []
    bench.chunks[0].recalled = True
    assert bench.dispatch() == [0]
    assert bench.sent[-1] == SynthesizeChunk(0, bench.chunks[0].request, "other?")


def test_what_was_recalled_teaches_nothing():
    bench = Bench()
    bench.dispatch()
    bench.dispatcher.started(0, NOW, recalled=True)
    bench.dispatcher.block(0, NOW, audio(1.0), RATE)
    delivery = bench.dispatcher.finished(0, NOW, None)
    assert delivery is not None
    assert delivery.observation is None
    assert bench.chunks[0].recalled


def beside(capacity: int) -> tuple[Bench, ForLater]:
    """A narrated chunk, 0, beside one for later, 100, and another that waits, 101."""
    bench = Bench(chunks=0, capacity=capacity)
    bench.dispatcher.later = later = ForLater(1)
    assert bench.dispatch() == [100]
    bench.dispatcher.queue.push(Priority.DEMAND, planned(0))
    bench.dispatcher.started(100, NOW)
    assert bench.dispatch() == [0]
    later.waiting.append(planned(101))
    later.waiting[-1].for_later = True
    return bench, later


def test_nothing_for_later_goes_beside_what_is_tried_alone():
    bench, _ = beside(capacity=3)
    bench.dispatcher.started(0, NOW)
    bench.dispatcher.worker_died()
    bench.dispatcher.worker_ready(3)
    assert bench.dispatch() == [0]
    bench.dispatcher.finished(0, NOW, None)
    assert bench.dispatch() == [100]
    bench.dispatcher.finished(100, NOW, None)
    assert bench.dispatch() == [101]


def test_what_gave_way_is_blamed_as_long_as_the_worker_is_at_it():
    bench, later = beside(capacity=1)
    bench.dispatcher.worker_died()
    bench.dispatcher.worker_ready(1)
    assert bench.dispatch() == [0]
    bench.dispatcher.finished(0, NOW, None)
    assert bench.dispatch() == [100]
    bench.dispatcher.started(100, NOW)
    bench.dispatcher.queue.push(Priority.DEMAND, planned(1))
    assert bench.dispatch() == [1]
    bench.dispatcher.worker_died()
    bench.dispatcher.worker_ready(1)
    assert bench.dispatch() == [1]
    bench.dispatcher.finished(1, NOW, None)
    assert bench.dispatch() == [101]
    assert later.ended == [(100, "the synthesis process died on it twice")]


def test_what_is_tried_alone_waits_until_the_worker_has_let_go_of_what_was_cancelled():
    bench = Bench(chunks=2, capacity=2)
    bench.dispatch()
    for job in (0, 1):
        bench.dispatcher.started(job, NOW)
    bench.dispatcher.worker_died()
    bench.dispatcher.worker_ready(2)
    bench.dispatch()
    bench.dispatcher.started(0, NOW)
    bench.dispatcher.forget(bench.chunks[0])
    assert bench.dispatch() == []
    bench.dispatcher.finished(0, NOW, None)
    assert bench.dispatch() == [1]


def test_a_worker_that_hangs_on_what_was_cancelled_is_noticed():
    bench = Bench(chunks=1)
    bench.dispatch()
    bench.dispatcher.started(0, NOW)
    bench.dispatcher.forget(bench.chunks[0])
    bench.dispatcher.queue.push(Priority.DEMAND, planned(1))
    bench.dispatcher.dispatch(NOW + 20, lambda: True)
    assert bench.dispatcher.hangs_at() == NOW + HANG_S
    bench.dispatcher.forget(bench.chunks[0])
    bench.dispatcher.finished(1, NOW, None)
    bench.dispatcher.finished(0, NOW, None)
    assert bench.dispatcher.hangs_at() is None


def test_what_began_just_before_it_was_cancelled_is_waited_for_too():
    bench = Bench(chunks=1)
    bench.dispatch()
    bench.dispatcher.forget(bench.chunks[0])
    bench.dispatcher.started(0, NOW)
    assert bench.dispatcher.hangs_at() == NOW + HANG_S
    assert bench.dispatcher.worker_died() == []
    assert bench.dispatcher.hangs_at() is None


def test_what_was_recalled_is_not_waited_for():
    bench = Bench(chunks=1)
    bench.dispatch()
    bench.dispatcher.started(0, NOW, recalled=True)
    bench.dispatcher.forget(bench.chunks[0])
    assert bench.dispatcher.hangs_at() is None
