"""The synthesis worker, with a channel that leads into the test instead of to main."""

import queue
from collections.abc import Callable
from threading import Thread
from typing import Any

import numpy as np
import pytest

from skaldcast.core.synthesis.messages import (
    BlockMade,
    CancelJob,
    JobFinished,
    JobStarted,
    LoadVoice,
    SynthesizeChunk,
    SynthesizerCounted,
    VoiceFailed,
    VoiceLoaded,
)
from skaldcast.core.synthesis.synthesizer import SynthesisRequest
from skaldcast.core.synthesis.worker import Worker, most_audio_s
from tests.core.odd_voice import FRAMES_PER_CHARACTER, RATE, odd_registry

PATIENCE_S = 20.0


class Main:
    """Main's end of the channel."""

    def __init__(self) -> None:
        self.told: queue.Queue[Any] = queue.Queue()
        self.tell: Callable[[Any], None] = lambda _: None
        self._thread = Thread(target=Worker(self._open).run, daemon=True)
        self._thread.start()

    def _open(self, on_request: Callable[[Any], None]) -> "Main":
        self.tell = on_request
        return self

    def start(self) -> None:
        pass

    def send(self, message: object) -> None:
        self.told.put(message)

    def hear(self) -> Any:
        return self.told.get(timeout=PATIENCE_S)

    def ask(self, job_id: int, text: str) -> None:
        self.tell(SynthesizeChunk(job_id, SynthesisRequest(text, "one")))

    def hear_job(self, job_id: int) -> tuple[int, str | None]:
        """Frames that came for a job, and why it failed if it did."""
        frames = 0
        while True:
            message = self.hear()
            assert message.job_id == job_id
            match message:
                case BlockMade(samples=samples):
                    frames += samples.size
                case JobFinished(reason=reason):
                    return frames, reason
                case _:
                    assert isinstance(message, JobStarted)

    def wait_ended(self) -> bool:
        self._thread.join(PATIENCE_S)
        return not self._thread.is_alive()


def loaded(spec: str = "odd:one") -> Main:
    main = Main()
    main.tell(LoadVoice(odd_registry().resolve(spec)))
    message = main.hear()
    assert isinstance(message, VoiceLoaded)
    return main


def test_a_loaded_voice_tells_what_it_is_like():
    main = Main()
    main.tell(LoadVoice(odd_registry().resolve("odd:one")))
    told = main.hear()
    assert told == VoiceLoaded("odd", RATE, 2, None, pauses=False)


def test_a_chunk_comes_in_blocks_between_its_start_and_its_end():
    main = loaded()
    main.ask(1, "Hello.")
    kinds = [type(main.hear()) for _ in range(4)]
    assert kinds == [JobStarted, BlockMade, BlockMade, JobFinished]


def test_times_are_told_in_order():
    main = loaded()
    main.ask(1, "Hello.")
    times = [main.hear().at_s for _ in range(4)]
    assert times == sorted(times)


def test_samples_arrive_as_they_were_made():
    main = loaded()
    main.ask(1, "Hi.")
    main.hear()
    block = main.hear()
    assert block.samples.dtype == np.float32
    assert block.samples.shape == (FRAMES_PER_CHARACTER,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("fail", "odd does not like this"),
        ("raise", "the synthesizer failed: ValueError('odd')"),
        ("leave", "the synthesizer failed: SystemExit(3)"),
        ("atonce", "raised before the first block"),
        ("int16", "int16"),
        ("stereo", "(8, 2)"),
        ("nan", "not numbers"),
    ],
)
def test_a_chunk_that_fails_is_told_with_its_reason_and_the_next_one_is_made(
    text: str, reason: str
):
    main = loaded()
    main.ask(1, text)
    _, told = main.hear_job(1)
    assert told is not None
    assert reason in told
    main.ask(2, "Better.")
    assert main.hear_job(2) == (7 * FRAMES_PER_CHARACTER, None)


def test_a_chunk_without_end_is_told_and_given_up():
    main = loaded()
    main.ask(1, "endless")
    frames, told = main.hear_job(1)
    assert told == "the synthesizer makes no end of it"
    assert frames <= most_audio_s("endless") * RATE


def test_a_running_chunk_is_cancelled_long_before_its_minute_is_over():
    main = loaded()
    main.ask(1, "wait")
    assert isinstance(main.hear(), JobStarted)
    assert isinstance(main.hear(), BlockMade)
    main.tell(CancelJob(1))
    assert main.hear_job(1) == (0, None)


def test_a_waiting_chunk_that_is_cancelled_is_not_begun():
    main = loaded()
    for job in (1, 2, 3):
        main.ask(job, "wait")
    main.tell(CancelJob(3))
    main.tell(CancelJob(1))
    main.tell(CancelJob(2))
    started: list[int] = []
    finished: list[int] = []
    while len(finished) < 3:
        match main.hear():
            case JobStarted(job_id=job_id):
                started.append(job_id)
            case JobFinished(job_id=job_id):
                finished.append(job_id)
            case _:
                pass
    assert 3 not in started
    assert sorted(finished) == [1, 2, 3]


def test_as_many_chunks_are_made_at_once_as_the_synthesizer_can():
    main = loaded()
    for job in (1, 2):
        main.ask(job, "wait")
    started = [m.job_id for m in (main.hear() for _ in range(4)) if isinstance(m, JobStarted)]
    assert sorted(started) == [1, 2]
    for job in (1, 2):
        main.tell(CancelJob(job))


def test_a_cancel_for_a_job_that_is_over_and_an_unknown_request_change_nothing():
    main = loaded()
    main.tell(CancelJob(99))
    main.tell("what?")
    main.ask(1, "Fine.")
    assert main.hear_job(1)[1] is None


def test_a_voice_that_cannot_be_loaded_is_told_and_the_worker_ends():
    main = Main()
    main.tell(LoadVoice(odd_registry().resolve("odd:two")))
    told = main.hear()
    assert isinstance(told, VoiceFailed)
    assert "odd:two" in told.reason
    assert main.wait_ended()


def test_the_reason_of_a_synthesizer_is_told_as_it_is(tmp_path: Any):
    main = Main()
    loads = tmp_path / "loads"
    main.tell(LoadVoice(odd_registry().resolve(f"odd:one?loads={loads}&good=0")))
    assert main.hear() == VoiceFailed("odd is worn out")


def test_what_a_synthesizer_counts_is_told_once_before_the_chunk_ends():
    main = loaded()
    main.ask(1, "count")
    told = [main.hear() for _ in range(5)]
    assert told[3] == SynthesizerCounted({"odd": 3})
    assert isinstance(told[4], JobFinished)
    main.ask(2, "Nothing.")
    assert main.hear_job(2)[1] is None
