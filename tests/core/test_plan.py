"""A cue's text on its way through the chunker, and what of it can be spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.cue import Cue
from skaldcast.core.errors import StateError
from skaldcast.core.plan import CuePlan, is_voiced
from skaldcast.core.script.plain import PlainText
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.text.chunker import Chunker
from skaldcast.core.utterances import Utterances
from skaldcast.core.voice_in_use import Part, VoiceInUse


def chunks_of(plan: CuePlan, now: float = 0.0) -> list[str]:
    return [cut.chunk.text for cut in iter(lambda: plan.next_chunk(now, lambda: 0.0), None)]


def plain() -> Utterances:
    part = Part(VoiceInUse("voice", VoiceProfile("voice")))
    return Utterances(PlainText(), lambda _: part, lambda _: Chunker())


def begun(*texts: str, finished: bool = True) -> CuePlan:
    plan = CuePlan(Cue("a"), 0.0)
    for text in texts:
        plan.push(text, 0.0)
    plan.text_finished = finished
    plan.begin(plain(), "en")
    return plan


@pytest.mark.parametrize("text", ["a", "7", "字", "½", "👍 ok", "…but"])
def test_letters_and_digits_of_any_script_are_voiced(text: str):
    assert is_voiced(text)


@pytest.mark.parametrize("text", ["", " ", "...", "—", "👍", "“!?”", "%"])
def test_marks_and_pictures_are_not(text: str):
    assert not is_voiced(text)


@given(st.lists(st.text("abc ,.\n", max_size=60), max_size=60))
def test_all_text_is_given_out_in_order_whatever_pieces_it_came_in(pieces: list[str]):
    plan = begun(*pieces)
    assert "".join(chunks_of(plan)) == "".join(pieces) == plan.cue.text
    assert plan.all_chunked
    assert plan.pending_characters == 0


def test_a_long_piece_is_fed_a_little_at_a_time():
    plan = begun("One more of them. " * 10_000)
    assert plan.next_chunk(0.0, lambda: 0.0) is not None
    assert 170_000 < plan.pending_characters < 180_000
    assert not plan.all_chunked


def test_a_stalled_source_is_asked_about_with_what_is_still_to_be_heard():
    plan = begun("A sentence that stands alone.", finished=False)
    assert not plan.waits_for_text
    assert chunks_of(plan, now=0.1) == []
    assert plan.waits_for_text
    assert plan.deadline() == pytest.approx(0.2)
    assert chunks_of(plan, now=0.3) == ["A sentence that stands alone."]
    assert not plan.all_chunked


def test_text_is_taken_to_have_come_when_it_did_and_not_when_its_turn_was():
    plan = CuePlan(Cue("a"), 5.0)
    assert plan.text_came_at == 5.0
    plan.push("A sentence that stands alone.", 10.0)
    plan.push("", 11.0)
    assert plan.text_came_at == 10.0
    assert plan.deadline() is None
    plan.begin(plain(), "en")
    assert chunks_of(plan, now=10.3) == ["A sentence that stands alone."]


def test_a_cue_that_is_begun_anew_gives_out_all_of_its_text_again():
    plan = begun("A first sentence. ", "And a second one. " * 9, finished=False)
    first = chunks_of(plan)
    plan.unheard, plan.first_frame, plan.cue.audio_s = len(first), 7, 3.0
    plan.push("And a third.", 1.0)
    plan.restart()
    assert (plan.started, plan.unheard, plan.first_frame, plan.cue.audio_s) == (False, 0, None, 0)
    assert plan.pending_characters == len(plan.cue.text)
    plan.begin(plain(), "en")
    plan.text_finished = True
    assert "".join(chunks_of(plan)) == plan.cue.text


def test_a_long_cue_can_be_begun_anew_in_the_middle():
    text = "One more of them. " * 1000
    plan = begun(text)
    for _ in range(3):
        plan.next_chunk(0.0, lambda: 0.0)
    plan.restart()
    plan.begin(plain(), "en")
    assert "".join(chunks_of(plan)) == text


def test_a_cue_without_text_can_be_begun_anew():
    plan = CuePlan(Cue("a"), 0.0)
    plan.restart()
    plan.begin(plain(), "en")
    assert plan.waits_for_text
    assert chunks_of(plan) == []


def test_complete_text_takes_no_more():
    plan = begun("Done.")
    with pytest.raises(StateError, match="cue a is complete"):
        plan.push("More.", 1.0)
