"""What comes out when the source goes silent, on a clock that the tests move."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.text.chunker import Chunker
from skaldcast.core.text.pace import Pace
from skaldcast.core.types import Boundary, Chunk

from .stories import SENTENCES, STORY


def texts(chunks: list[Chunk]) -> list[str]:
    return [chunk.text for chunk in chunks]


def told(text: str, now: float = 100.0, **settings: object) -> Chunker:
    """A chunker that was pushed `text` at `now`; nothing was settled by it."""
    chunker = Chunker(**settings)  # type: ignore[arg-type]
    assert chunker.push(text, now) == []
    return chunker


@pytest.mark.parametrize(
    "text",
    [
        "Stop.", "Stop!", "Who goes there?", 'He said "no."', "“Run!”", "He said no.", "止まれ。",
        "He waited...", "Gone. ", "Gone.\n", "(It is over.)", "He was 1066.", "Yes. No. Perhaps.",
    ],
)  # fmt: skip
def test_a_finished_sentence_goes_after_a_fifth_of_a_second(text: str) -> None:
    chunker = told(text)
    assert chunker.deadline() == pytest.approx(100.2)
    assert chunker.release(100.19) == []
    chunks = chunker.release(100.2)
    assert texts(chunks) == [text]
    assert chunks[0].boundary is Boundary.SENTENCE
    assert chunker.deadline() is None


@pytest.mark.parametrize(
    "text", ["We met Dr.", "It is J.", "He paid 3.", "in the U.S.", "and etc."]
)
def test_what_may_be_an_abbreviation_waits_longer_but_not_for_ever(text: str) -> None:
    chunker = told(text)
    assert chunker.release(100.9) == []
    assert chunker.deadline() == pytest.approx(101.0)
    assert texts(chunker.release(101.0)) == [text]


def test_capitals_after_a_number_are_no_title_to_wait_for() -> None:
    assert told("It is 1372 DR.").deadline() == pytest.approx(100.2)
    assert told("We met DR.").deadline() == pytest.approx(101.0)


def test_a_finished_paragraph_goes_though_it_has_no_full_stop() -> None:
    chunks = told("The Lamp at Caer Morwyn\n\n").release(100.2)
    assert texts(chunks) == ["The Lamp at Caer Morwyn\n\n"]
    assert chunks[0].boundary is Boundary.PARAGRAPH


def test_a_finished_sentence_is_let_go_in_chunks_within_the_limits() -> None:
    chunker = Chunker()
    chunks = chunker.push(SENTENCES[-2] + " " + SENTENCES[-2], 1.0) + chunker.release(1.2)
    assert "".join(texts(chunks)) == SENTENCES[-2] + " " + SENTENCES[-2]
    assert all(2.4 <= chunk.estimated_s <= 8.0 for chunk in chunks)


def test_a_sentence_that_something_followed_is_not_finished() -> None:
    assert told("Stop. And the").release(100.3) == []


def test_white_space_is_nothing_that_followed() -> None:
    chunker = told("Stop.")
    chunker.push(" ", 100.15)
    assert texts(chunker.release(100.2)) == ["Stop. "]


def test_a_release_gives_all_of_a_wide_gap_and_what_comes_of_it_later_goes_with_the_next() -> None:
    chunker = told("Stop." + " " * 5000)
    assert texts(chunker.release(100.2)) == ["Stop." + " " * 5000]
    chunker.push(" " * 3000 + "\n\n", 101.0)
    chunker.push("Go.", 102.0)
    assert texts(chunker.release(103.0)) == [" " * 3000 + "\n\nGo."]


def test_a_paragraph_that_ends_behind_a_wide_gap_is_finished() -> None:
    chunks = told("The Lamp at Caer Morwyn" + " " * 5000 + "\n\n").release(100.2)
    assert [chunk.boundary for chunk in chunks] == [Boundary.PARAGRAPH]


def test_new_text_starts_the_wait_again() -> None:
    chunker = told("Stop")
    chunker.push(".", 100.15)
    assert chunker.release(100.3) == []
    assert texts(chunker.release(100.36)) == ["Stop."]


def test_a_clause_goes_after_half_a_second_when_nothing_is_buffered() -> None:
    chunker = told("He looked up, and the")
    assert chunker.deadline() == pytest.approx(100.5)
    assert chunker.release(100.4) == []
    chunks = chunker.release(100.5)
    assert texts(chunks) == ["He looked up, "]
    assert chunks[0].boundary is Boundary.COMMA


def test_a_full_sentence_goes_at_once_when_the_next_one_breaks_off() -> None:
    text = "The lamps went out along the harbour wall. And th"
    chunker = told(text)
    assert texts(chunker.release(100.2)) == [text[:-6]]
    assert chunker.release(100.6) == []


def test_after_a_stall_the_next_chunk_is_as_quick_as_the_first() -> None:
    chunker = told("Stop.")
    chunker.release(101.0, buffered_s=0.0)
    text = (
        "The lamps went out along the old dike just after dusk, and the watchmen looked up from "
        "their dice. Nobody spoke. Far out beyond the bar a bell had begun to ring."
    )
    first, *_ = chunker.push(text, 104.0)
    assert first.text == "The lamps went out along the old dike just after dusk, "


def test_the_latest_clause_boundary_is_taken() -> None:
    chunker = told("He looked, he laughed; he ran, and he")
    assert texts(chunker.release(101.0)) == ["He looked, he laughed; he ran, "]


def test_a_comma_that_has_just_come_is_a_clause_boundary() -> None:
    assert texts(told("He looked up,").release(101.0)) == ["He looked up,"]


def test_a_comma_inside_a_number_is_none() -> None:
    assert told("He paid 1,").release(101.0) == []


def test_words_after_the_last_clause_boundary_stay_held() -> None:
    chunker = told("He looked up, and the")
    chunker.release(101.0)
    assert chunker.release(200.0) == []
    assert chunker.deadline() is None
    assert chunker.push(" door", 201.0) == []
    assert texts(chunker.finish()) == ["and the door"]


def test_after_the_last_clause_boundary_a_conjunction_is_not_enough() -> None:
    chunker = told("He looked up, he saw the door and then the")
    assert texts(chunker.release(101.0)) == ["He looked up, "]
    assert chunker.deadline() is None


def test_words_of_a_sentence_that_has_begun_to_be_spoken_stay_held() -> None:
    chunker = Chunker()
    text = "The lamps went out along the harbour wall, "
    rest = "one lamp by one lamp by one lamp by one lamp in the cold grey light of dawn"
    chunks = chunker.push(text + rest, 100.0)
    assert texts(chunks) == [text]
    assert chunker.release(200.0) == []


def test_without_a_clause_boundary_the_conjunction_must_do() -> None:
    assert texts(told("He looked up and then he went").release(101.0)) == ["He looked up "]


def test_words_without_a_clause_boundary_go_after_two_seconds_of_nothing() -> None:
    chunker = told("the old king of the no")
    assert chunker.deadline() == pytest.approx(102.0)
    assert chunker.release(101.9) == []
    chunks = chunker.release(102.0)
    assert texts(chunks) == ["the old king of the "]
    assert chunks[0].boundary is Boundary.WORD


@pytest.mark.parametrize(
    "line", ["I am fine\n", "fine\n", "Look out, my friend, behind you\n", "I said (no) to him \n"]
)
def test_a_whole_line_goes_with_its_last_word_though_it_has_no_full_stop(line: str) -> None:
    chunker = told(line)
    assert chunker.deadline() == pytest.approx(100.5)
    assert texts(chunker.release(100.5)) == [line]


def test_a_line_end_that_comes_late_lets_the_rest_of_its_line_go() -> None:
    chunker = told("Look out, my friend")
    assert texts(chunker.release(101.0)) == ["Look out, "]
    assert chunker.release(110.0) == []
    chunker.push("\n", 111.0)
    assert texts(chunker.release(111.0)) == ["my friend\n"]
    assert chunker.deadline() is None


def test_line_after_line_goes() -> None:
    chunker = told("I am fine\n")
    chunker.release(101.0)
    chunker.push("Look out behind you\n", 110.0)
    assert texts(chunker.release(110.5)) == ["Look out behind you\n"]


def test_a_line_end_inside_a_sentence_is_no_clause_boundary_while_the_source_talks() -> None:
    text = "The captain looked at the grey sea for a long while, only looked, and\nthe"
    chunker = told(text[:-3])
    assert texts(chunker.release(100.05, buffered_s=0.3)) == [text[:-7]]


def test_a_single_broken_word_is_never_let_go() -> None:
    chunker = told("unfini")
    assert chunker.deadline() is None
    assert chunker.release(200.0) == []
    assert texts(chunker.finish()) == ["unfini"]


def test_a_clause_is_held_while_enough_is_buffered() -> None:
    pace = Pace(latency_s=0.1, real_time_factor=0.5, jitter_s=0.05)
    chunker = told("He looked up, and the", pace=pace)
    needed = 0.1 + 0.5 * pace.duration_s(13) + 0.05 + 0.15  # the rule's margin
    assert chunker.release(101.0, buffered_s=3.0) == []
    assert chunker.deadline() == pytest.approx(101.0 + 3.0 - needed)
    assert chunker.release(104.0 - needed - 0.01, buffered_s=needed + 0.01) == []
    assert texts(chunker.release(104.0 - needed, buffered_s=needed)) == ["He looked up, "]


def test_a_paused_playout_moves_the_deadline_on() -> None:
    chunker = told("He looked up, and the")
    chunker.release(101.0, buffered_s=3.0)
    chunker.release(150.0, buffered_s=3.0)
    deadline = chunker.deadline()
    assert deadline is not None
    assert 152.0 < deadline < 153.0


def test_a_source_that_still_talks_is_not_cut_below_the_least() -> None:
    chunker = told("He looked up, and the")
    assert chunker.release(100.1, buffered_s=0.1) == []


def test_a_clause_of_full_length_goes_before_the_buffer_runs_dry_though_the_source_talks() -> None:
    text = "The captain looked at the grey sea for a long while, only looked, and the"
    chunker = told(text)
    assert chunker.release(100.05, buffered_s=5.0) == []
    assert texts(chunker.release(100.05, buffered_s=0.3)) == [text[:-7]]


def test_words_wait_until_the_buffer_has_been_empty_for_two_seconds() -> None:
    chunker = told("the old king of the no")
    assert chunker.release(104.0, buffered_s=1.0) == []
    assert chunker.deadline() == pytest.approx(107.0)
    assert chunker.release(106.0, buffered_s=0.0) == []
    assert texts(chunker.release(107.0, buffered_s=0.0)) == ["the old king of the "]


def test_time_starts_at_the_first_release_when_push_does_not_tell_it() -> None:
    chunker = Chunker(clock=lambda: 1e9)
    assert chunker.push("Stop.") == []
    assert chunker.release(7.0) == []
    assert texts(chunker.release(7.2)) == ["Stop."]


def test_the_shared_clock_counts_when_push_does_not_tell_the_time() -> None:
    chunker = Chunker(clock=lambda: 50.0)
    chunker.push("Stop.")
    assert chunker.deadline() == pytest.approx(50.2)
    assert chunker.release(50.1) == []
    assert texts(chunker.release(50.25)) == ["Stop."]


def test_nothing_is_due_where_nothing_is_held() -> None:
    chunker = Chunker()
    assert chunker.deadline() is None
    assert chunker.release(1.0) == []
    chunker.push("  \n", 1.0)
    assert chunker.deadline() is None
    assert chunker.release(9.0) == []


def test_a_token_stream_that_stalls_after_a_full_stop_is_heard_to_its_end() -> None:
    chunker = Chunker()
    text = "The lamps went out along the harbour wall. Nobody spoke."
    chunks: list[Chunk] = []
    now = 0.0
    for word in text.split(" "):
        now += 1 / 12
        chunks += chunker.push(word if word == "spoke." else word + " ", now)
        chunks += chunker.release(now, buffered_s=0.0)
    deadline = chunker.deadline()
    assert deadline == pytest.approx(now + 0.2)
    assert "".join(texts(chunks + chunker.release(deadline, buffered_s=0.0))) == text


@pytest.mark.parametrize("seed", range(10))
def test_asking_for_the_deadline_changes_nothing(seed: int) -> None:
    words = ["we", "crew", "sea,", "a,", "cold,", "night,", "and", "but", "defg"]
    text = " ".join(random.Random(seed).choices(words, k=60))
    asked, unasked = Chunker(), Chunker()
    for character in text:
        assert asked.push(character, 1.0) == unasked.push(character, 1.0)
        asked.deadline()
    assert asked.finish() == unasked.finish()


@given(st.data())
def test_releases_at_any_time_lose_and_repeat_nothing(data: st.DataObject) -> None:
    chunker = Chunker(language=data.draw(st.sampled_from(["en", "fr", "ja"])))
    text = STORY[data.draw(st.integers(0, 9000)) :][:250]
    now, position, chunks = 0.0, 0, list[Chunk]()
    while position < len(text):
        step = data.draw(st.integers(20, 120))
        chunks += chunker.push(text[position : position + step], now)
        position += step
        now += data.draw(st.sampled_from([0.0, 0.1, 0.3, 0.7, 3.0]))
        buffered_s = data.draw(st.sampled_from([None, 0.0, 0.5, 5.0]))
        chunks += chunker.release(now, buffered_s=buffered_s)
        deadline = chunker.deadline()
        assert deadline is None or deadline > now
    chunks += chunker.finish()
    assert "".join(texts(chunks)) == text
    assert all(chunk.estimated_s <= 8.0 for chunk in chunks)


@given(st.data())
def test_a_release_at_the_deadline_lets_something_go_and_none_before_it(
    data: st.DataObject,
) -> None:
    text = STORY[data.draw(st.integers(0, 9000)) :][: data.draw(st.integers(1, 200))]
    chunker = Chunker()
    chunker.push(text, 10.0)
    chunker.release(10.0)
    deadline = chunker.deadline()
    if deadline is None:
        assert chunker.release(1000.0) == []
    else:
        assert chunker.release(deadline - 0.001) == []
        assert chunker.release(deadline) != []


def flowing(text: str, chunker: Chunker, **heard: float) -> list[tuple[float, str]]:
    """Push a word every 80 ms; what came out, and when after the first one."""
    out: list[tuple[float, str]] = []
    for count, word in enumerate(text.split(" ")):
        now = 100.0 + count * 0.08
        chunks = chunker.push(f"{word} ", now)
        chunks += chunker.release(now + 0.079, **heard)
        out += [(count * 0.08, chunk.text) for chunk in chunks]
    return out


STREAM = (
    "As I go down the old stairs again tonight, a faint scent of lavender comes from the cellar"
)


def test_the_speech_starts_with_the_first_whole_clause_though_more_flows_in() -> None:
    (start, *_) = flowing(STREAM, Chunker())
    assert start[1] == "As I go down the old stairs again tonight, "
    assert start[0] == pytest.approx(8 * 0.08 + 0.3, abs=0.08)


def test_a_clause_too_short_for_a_chunk_starts_nothing() -> None:
    assert not flowing("At night, a faint scent of lavender", Chunker())


def test_while_something_is_heard_the_first_clause_has_time() -> None:
    assert not flowing(STREAM[:56], Chunker(), buffered_s=5.0)


def test_only_the_start_is_hurried() -> None:
    chunker = Chunker()
    flowing(STREAM[:56], chunker)
    later = flowing("and then there is nothing but the long dark hall, where a lamp", chunker)
    assert not [text for _, text in later if text.rstrip().endswith("hall,")]


NEEDY = {"least_characters": 20}
"""A voice that speaks a word or two badly."""


@pytest.mark.parametrize("text", ["No.", "No.\n\n", "“Run!”", "No, and", "Fine\n"])
def test_what_is_too_short_alone_waits_a_second_for_its_neighbour(text: str) -> None:
    chunker = told(text, **NEEDY)
    assert chunker.deadline() == pytest.approx(101.0)
    assert chunker.release(100.99) == []
    assert len(chunker.release(101.0)) == 1


def test_what_is_too_short_alone_goes_with_what_comes_meanwhile() -> None:
    chunker = told("No.", **NEEDY)
    assert chunker.release(100.5) == []
    chunker.push(" He would not go.", 100.6)
    assert texts(chunker.release(100.8)) == ["No. He would not go."]


def test_what_is_long_enough_alone_waits_no_longer_for_any_voice() -> None:
    assert told("He would not go there.", **NEEDY).deadline() == pytest.approx(100.2)
    assert told("He would not go there, and", **NEEDY).deadline() == pytest.approx(100.5)


def test_what_is_too_short_alone_goes_before_the_buffer_runs_dry() -> None:
    pace = Pace(latency_s=0.1, real_time_factor=0.5, jitter_s=0.05)
    chunker = told("No.", pace=pace, **NEEDY)
    needed = 0.1 + 0.5 * pace.duration_s(3) + 0.05 + 0.15  # the rule's margin
    assert chunker.release(100.5, buffered_s=5.0) == []
    assert chunker.deadline() == pytest.approx(105.5 - needed)
    assert texts(chunker.release(105.5 - needed, buffered_s=needed)) == ["No."]


def test_a_clause_too_short_alone_takes_the_whole_words_behind_it() -> None:
    chunker = told("No, he walked across the frozen court", **NEEDY)
    assert chunker.deadline() == pytest.approx(101.0)
    chunks = chunker.release(101.0)
    assert texts(chunks) == ["No, he walked across the frozen "]
    assert chunks[0].boundary is Boundary.WORD


@given(st.data())
def test_a_silent_source_gets_no_short_chunk_spoken_where_more_words_are_there(
    data: st.DataObject,
) -> None:
    text = " ".join(data.draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4)))
    text = text[: data.draw(st.integers(1, len(text)))]
    chunker = Chunker(least_characters=20)
    chunks = chunker.push(text, 10.0)
    while (deadline := chunker.deadline()) is not None:
        held = text[sum(map(len, texts(chunks))) :]
        released = chunker.release(deadline)
        for chunk in released:
            if len(chunk.text.strip()) < 20:
                assert len(held.strip().rpartition(" ")[0]) < 20
        chunks += released
