"""Cues cut into chunks when their turn is near."""

import pytest

from skaldcast.core.assembler import Assembler
from skaldcast.core.cue import Cue
from skaldcast.core.dispatcher import Dispatcher
from skaldcast.core.languages import AUTO, Languages
from skaldcast.core.plan import CuePlan, PlannedChunk
from skaldcast.core.planner import Planner
from skaldcast.core.playout.audio_buffer import AudioBuffer
from skaldcast.core.report import Tally
from skaldcast.core.speech_options import SpeechOptions
from skaldcast.core.spoken.lexicon import Entry, Lexicon
from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.staging import Staging
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.types import AudioFormat, Boundary, Priority, SpokenForm
from skaldcast.core.voice_in_use import VoiceInUse
from tests.core.simulation import sentences

OTHER = VoiceInUse("other", VoiceProfile("other"), languages=("en-GB",))


class Bench:
    def __init__(
        self,
        *,
        ready: bool = True,
        pauses: bool = True,
        speed: float = 1.0,
        most_characters: int | None = None,
        least_characters: int = 0,
        language: str = "en-GB",
        script: bool = False,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.dispatcher = Dispatcher(lambda _: None)
        self.tally = Tally()
        self.assembler = Assembler(
            AudioBuffer(AudioFormat(100), 10.0), lambda *_: None, lambda *_: None
        )
        narrator = VoiceInUse(
            "voice",
            VoiceProfile("voice"),
            most_characters=lambda _: most_characters,
            least_characters=lambda _: least_characters,
        )
        self.planner = Planner(
            SpeechOptions(
                Staging(narrator, script=script),
                speed=speed,
                seed=7,
                languages=Languages(language),
                speakable=SpeakableText(lexicon),
            ),
            self.assembler,
            self.dispatcher,
            self.tally,
            pauses=pauses,
        )
        self.plans: list[CuePlan] = []
        if ready:
            self.dispatcher.worker_ready(1)

    def add(self, text: str, cue: Cue | None = None, *, finished: bool = True) -> CuePlan:
        plan = CuePlan(cue or Cue(f"cue-{len(self.plans)}"), 0.0)
        plan.push(text, 0.0)
        plan.text_finished = finished
        self.plans.append(plan)
        return plan

    def plan(self, now: float = 0.0) -> list[PlannedChunk]:
        """The chunks that this plans."""
        already = len(self.assembler.chunks)
        self.planner.plan_ahead(self.plans, now, 0.0)
        return list(self.assembler.chunks)[already:]

    def plan_all(self) -> list[PlannedChunk]:
        chunks: list[PlannedChunk] = []
        while planned := self.plan():
            chunks += planned
            self.dispatcher.queue.drop(lambda _: True)
        return chunks


def test_three_chunks_wait_for_the_worker_and_the_rest_with_the_cue():
    bench = Bench()
    plan = bench.add(sentences(range(20)))
    assert len(bench.plan()) == 3
    assert bench.plan() == []
    bench.dispatcher.queue.pop()
    assert len(bench.plan()) == 1
    assert not plan.all_chunked


def test_nothing_is_cut_before_a_voice_is_loaded():
    bench = Bench(ready=False)
    plan = bench.add("Hello.")
    assert bench.plan() == []
    assert not plan.started
    assert bench.planner.deadline(bench.plans, 0.0) is None


def test_chunks_follow_in_the_order_of_the_cues_and_of_their_text():
    bench = Bench()
    texts = [sentences(range(n, n + 2)) for n in (0, 2, 4)]
    for text in texts:
        bench.add(text)
    chunks = bench.plan_all()
    assert "".join(planned.chunk.text for planned in chunks) == "".join(texts)
    assert bench.tally.chunks == len(chunks)
    assert [plan.unheard for plan in bench.plans] == [
        sum(planned.cue is plan for planned in chunks) for plan in bench.plans
    ]


def test_a_cue_without_an_end_keeps_the_ones_behind_it_back():
    bench = Bench()
    bench.add("Hello there. And", finished=False)
    bench.add("Not yet.")
    bench.plan_all()
    assert all(planned.cue is bench.plans[0] for planned in bench.assembler.chunks)
    assert bench.planner.deadline(bench.plans, 0.0) is not None


def test_a_request_says_all_that_the_synthesizer_needs():
    bench = Bench(speed=1.2)
    bench.add("  Hello,\nworld. ", Cue("a", "other", OTHER, speed=1.5, priority=Priority.INTERRUPT))
    (planned,) = bench.plan()
    request = planned.request
    assert (request.text, request.voice, request.speed) == (
        "Hello, world.",
        "other",
        pytest.approx(1.8),
    )
    assert (request.seed, request.language, request.continues) == (7, "en-GB", False)
    assert planned.priority is Priority.INTERRUPT


def test_requests_tell_their_place():
    bench = Bench()
    bench.add(sentences(range(20)))
    orders = [planned.request.order for planned in bench.plan_all()]
    assert orders == sorted(set(orders))
    assert len(orders) > 3


def test_no_voice_speaks_faster_than_it_can():
    bench = Bench(speed=1.5)
    bench.add("Hello.", Cue("a", speed=2.0))
    (planned,) = bench.plan()
    assert planned.request.speed == 2.0


def test_no_chunk_is_longer_than_the_voice_can_speak():
    bench = Bench(most_characters=60)
    bench.add(sentences(range(20)))
    assert max(len(planned.request.text) for planned in bench.plan_all()) <= 60


@pytest.mark.parametrize(("least", "short"), [(0, True), (30, False)])
def test_no_chunk_of_a_slow_cue_is_shorter_than_the_voice_speaks_well(least: int, short: bool):
    bench = Bench(least_characters=least)
    bench.add("The bell rang out twice. Nobody came to the door. " * 4, Cue("a", speed=0.5))
    assert (min(len(planned.request.text) for planned in bench.plan_all()) < 30) is short


def test_a_cue_of_its_own_speed_is_cut_by_its_own_pace():
    bench = Bench()
    bench.add(sentences(range(3)), Cue("a", speed=2.0))
    quick = bench.plan()[0].chunk
    assert quick.estimated_s < 0.04 * len(quick.text)


def test_the_first_chunk_has_no_pause_and_others_that_of_what_was_before_them():
    bench = Bench()
    bench.add(sentences(range(2)))
    bench.add("Another cue.")
    chunks = bench.plan_all()
    assert [planned.pause_s for planned in chunks] == [0.0, 0.35, 0.7]


SCENES = "Before it.\n\n# The gate\n\nOne. [pause 2] Two.\n\n---\n\n* * *\n\nThree."


@pytest.mark.parametrize(
    ("pauses", "expected"), [(True, [0.0, 1.5, 0.7, 2.0, 1.5]), (False, [0.0, 0.0, 0.0, 2.0, 0.0])]
)
def test_a_scene_has_a_longer_pause_and_a_pause_that_is_asked_for_its_own(
    pauses: bool, expected: list[float]
):
    bench = Bench(pauses=pauses, script=True)
    bench.add(SCENES)
    chunks = bench.plan_all()
    assert [planned.request.text for planned in chunks] == [
        "Before it.",
        "The gate",
        "One.",
        "Two.",
        "Three.",
    ]
    assert [planned.pause_s for planned in chunks] == expected


def test_pauses_are_shorter_where_all_is_faster():
    bench = Bench(speed=2.0)
    for text in ("One.", "Two."):
        bench.add(text)
    assert [planned.pause_s for planned in bench.plan()] == [0.0, 0.35]


def test_a_synthesizer_without_pauses_gets_none():
    bench = Bench(pauses=False)
    for text in ("One.", "Two."):
        bench.add(text)
    assert [planned.pause_s for planned in bench.plan()] == [0.0, 0.0]


def test_the_synthesizer_is_told_where_a_sentence_goes_on():
    bench = Bench()
    bench.add(" ".join(f"w{n}" for n in range(120)) + ".")
    bench.add("A new one.")
    chunks = bench.plan_all()
    assert len(chunks) > 3
    assert [planned.request.continues for planned in chunks] == (
        [False] + [True] * (len(chunks) - 2) + [False]
    )


def test_what_is_not_voiced_is_no_chunk_but_its_pause_is_kept():
    bench = Bench()
    bench.add("One of them.\n\n...\n\n")
    bench.add("Two.")
    chunks = bench.plan_all()
    assert [planned.request.text for planned in chunks][-1] == "Two."
    assert chunks[-1].pause_s == 0.7


def test_what_is_not_voiced_takes_no_pause_from_what_was_before_it_and_gives_none():
    bench = Bench()
    for text in ("...", "One.\n\n", "...", "Two."):
        bench.add(text)
    assert [planned.pause_s for planned in bench.plan_all()] == [0.0, 0.7]
    bench.planner.cut()
    bench.add("...")
    bench.add("Three.")
    assert [planned.pause_s for planned in bench.plan_all()] == [0.0]


def test_cues_with_nothing_to_say_are_over_at_once():
    bench = Bench()
    for text in ("", "...", "🎲"):
        bench.add(text)
    assert bench.plan() == []
    assert all(plan.all_chunked and plan.unheard == 0 for plan in bench.plans)


def test_after_a_cut_the_next_chunk_is_heard_at_once():
    bench = Bench()
    bench.add("One.")
    bench.plan()
    bench.planner.cut()
    bench.add("Two.")
    assert [planned.pause_s for planned in bench.plan()] == [0.0]


def test_after_the_last_cue_was_taken_out_the_next_one_follows_what_is_left():
    bench = Bench()
    bench.add("One.")
    gone = bench.add(" ".join(f"w{n}" for n in range(120)))
    bench.plan()
    assert bench.assembler.chunks[-1].chunk.boundary < Boundary.SENTENCE
    bench.assembler.drop(gone)
    bench.planner.forget(gone)
    bench.plans.remove(gone)
    bench.dispatcher.queue.drop(lambda _: True)
    bench.add("Three.")
    (planned,) = bench.plan()
    assert (planned.pause_s, planned.request.continues) == (0.7, False)


def test_after_the_only_cue_was_taken_out_the_next_one_is_heard_at_once():
    bench = Bench()
    gone = bench.add("One.")
    bench.plan()
    bench.assembler.drop(gone)
    bench.planner.forget(gone)
    bench.plans.remove(gone)
    bench.add("Two.")
    assert bench.plan()[0].pause_s == 0.0


def test_a_cue_that_was_not_planned_yet_is_taken_out_without_a_trace():
    bench = Bench()
    bench.add(sentences(range(9)))
    gone = bench.add("Two.")
    bench.plan()
    bench.planner.forget(gone)
    bench.dispatcher.queue.pop()
    assert bench.plan()[0].pause_s == 0.35


def test_a_cue_is_cut_and_spoken_in_its_own_language():
    bench = Bench()
    bench.add("Guten Tag.", Cue("a", language="de"))
    bench.add("Hello.")
    assert [planned.request.language for planned in bench.plan_all()] == ["de", "en-GB"]


def test_a_cue_waits_until_its_language_is_known():
    bench = Bench(language=AUTO)
    bench.add("Good ", finished=False)
    assert bench.plan(0.1) == []
    assert bench.planner.deadline(bench.plans, 0.1) == pytest.approx(0.5)
    bench.plans[0].push("evening. And then they left.", 0.2)
    (planned, *_) = bench.plan(0.5)
    assert planned.request.language == "en"


def test_what_a_voice_that_failed_should_have_said_is_said_in_the_narrators_form():
    bench = Bench(lexicon=Lexicon([Entry("Malachar", "MAL-a-kar", "mˈæləkɑɹ")]))
    other = VoiceInUse(
        "other",
        VoiceProfile("other"),
        "other?",
        spoken_form=SpokenForm.PHONEMES,
        pronounce=lambda word, ipa: f"[{word}](/{ipa}/)",
    )
    bench.add("Malachar came.", Cue("a", "other", other))
    (planned,) = bench.plan()
    assert planned.request.text == "[Malachar](/mˈæləkɑɹ/) came."
    other.failed = True
    bench.planner.recast()
    assert planned.request.voice == "voice"
    assert "(/" not in planned.request.text
