"""The chunker as a whole: what joins, what bounds, what depends on how text comes in."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaldcast.core.errors import ConfigError
from skaldcast.core.text.chunker import Chunker
from skaldcast.core.text.language import language
from skaldcast.core.text.pace import Pace
from skaldcast.core.text.profiles import LONGFORM, Limits, Profile
from skaldcast.core.types import Boundary, Chunk

from .stories import PIECES, SENTENCES, STORY, prose

SLOW = Pace(real_time_factor=0.7, latency_s=0.25)
PACES = (Pace(), SLOW, Pace(real_time_factor=1.2), Pace(seconds_per_character=0.2))


def chunks_of(text: str, *, cuts: list[int] | None = None, **settings: object) -> list[Chunk]:
    """Push `text` in pieces that end at `cuts`, then finish."""
    chunker = Chunker(**settings)  # type: ignore[arg-type]
    ends = [*sorted(cuts or []), len(text)]
    chunks = []
    for start, end in zip([0, *ends], ends, strict=False):
        chunks += chunker.push(text[start:end])
    return chunks + chunker.finish()


def length(chunk: Chunk) -> int:
    return len(chunk.text.strip())


wild = st.lists(st.sampled_from(PIECES), max_size=80).map("".join)
natural = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=12).map(" ".join)
texts = st.one_of(wild, natural, st.text(max_size=300))
languages = st.sampled_from(["en", "de", "fr", "es", "it", "pt", "ja", "xx"])


@given(texts, languages, st.sampled_from(["cinematic", "longform"]), st.sampled_from(PACES))
def test_joined_chunks_are_the_text_as_written(
    text: str, language: str, profile: str, pace: Pace
) -> None:
    chunks = chunks_of(text, language=language, profile=profile, pace=pace)
    assert "".join(chunk.text for chunk in chunks) == text
    assert [chunk.start for chunk in chunks] == [
        sum(len(before.text) for before in chunks[:index]) for index in range(len(chunks))
    ]
    assert all(chunk.text for chunk in chunks)


@settings(max_examples=200)
@given(st.data(), texts, languages, st.sampled_from(["cinematic", "longform"]))
def test_any_way_of_cutting_the_input_gives_the_same_chunks(
    data: st.DataObject, text: str, language: str, profile: str
) -> None:
    pace = data.draw(st.sampled_from(PACES))
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    whole = chunks_of(text, language=language, profile=profile, pace=pace)
    for ends in (cuts, list(range(len(text)))):
        pieces = chunks_of(text, cuts=ends, language=language, profile=profile, pace=pace)
        assert pieces == whole


@pytest.mark.parametrize("seed", range(40))
def test_a_long_wild_text_gives_the_same_chunks_however_it_is_cut(seed: int) -> None:
    dice = random.Random(seed)
    few = dice.sample(PIECES, dice.randint(3, len(PIECES)))
    text = "".join(dice.choices(few, k=400))
    language, pace = dice.choice(["en", "fr", "de"]), dice.choice(PACES)
    whole = chunks_of(text, language=language, pace=pace)
    cuts = dice.sample(range(len(text)), 40)
    for ends in (cuts, list(range(len(text)))):
        assert chunks_of(text, cuts=ends, language=language, pace=pace) == whole


@pytest.mark.parametrize("word", ["Xprax", "Iron", "Cold"])
def test_a_word_that_begins_like_a_roman_numeral_may_be_cut_anywhere(word: str) -> None:
    """ "no. I" is a number, "no. Iron" begins a sentence."""
    before = "It was late and the council had talked for hours when the old man stood up at last"
    after = "the wizard disagreed at once, and went away into the cold night without another word"
    text = f"{before} to speak. The answer was no. {word} {after} to them all."
    whole = chunks_of(text)
    assert all(chunks_of(text, cuts=[cut]) == whole for cut in range(1, len(text)))


@given(natural, st.sampled_from((Pace(), SLOW)))
def test_every_chunk_of_prose_keeps_the_hard_limits(text: str, pace: Pace) -> None:
    chunks = chunks_of(text, pace=pace)
    assert all(chunk.estimated_s <= 8.0 for chunk in chunks)
    if pace.duration_s(len(text.strip())) < 2.4:
        assert len(chunks) == 1
    else:
        assert all(chunk.estimated_s >= 2.4 for chunk in chunks)


@given(st.text(max_size=400).filter(lambda text: not re.search(r"\s{2}", text)))
def test_no_chunk_of_any_text_is_over_the_maximum(text: str) -> None:
    assert all(length(chunk) <= 123 for chunk in chunks_of(text))


@given(st.lists(st.sampled_from(SENTENCES), min_size=6, max_size=14).map(" ".join))
def test_longform_keeps_180_to_320_characters(text: str) -> None:
    chunks = chunks_of(text, profile="longform")
    assert all(length(chunk) <= 320 for chunk in chunks)
    if not 320 < len(text) < 384:  # has no two parts within the limits
        assert all(length(chunk) >= min(180, len(text)) for chunk in chunks)


def test_the_default_profile_is_cinematic() -> None:
    assert chunks_of(STORY) == chunks_of(STORY, profile="cinematic")


def test_a_story_is_cut_at_pauses_and_hardly_ever_between_words() -> None:
    chunks = chunks_of(STORY)
    kinds = [chunk.boundary for chunk in chunks]
    strong = sum(kind >= Boundary.COMMA for kind in kinds)
    assert strong / len(kinds) > 0.95
    assert kinds.count(Boundary.WORD) <= 1
    target = sum(3.0 <= chunk.estimated_s <= 7.0 for chunk in chunks)
    assert target / len(kinds) > 0.8


def test_a_short_utterance_is_one_chunk() -> None:
    assert [chunk.text for chunk in chunks_of("Stop! Who goes there?")] == ["Stop! Who goes there?"]


def test_a_text_shorter_than_the_least_of_longform_is_one_chunk() -> None:
    text = prose(170)
    assert [chunk.text for chunk in chunks_of(text, profile="longform")] == [text]


def test_the_estimate_counts_the_stripped_characters_at_the_voices_pace() -> None:
    (chunk,) = chunks_of("  Hello there. \n", pace=Pace(seconds_per_character=0.1))
    assert chunk.estimated_s == pytest.approx(1.2)


def test_a_paragraph_ends_a_chunk_and_a_single_newline_does_not() -> None:
    one = "The door of the old mill was shut,\nand nobody answered."
    two = "They went round to the back of the house and waited."
    chunks = chunks_of(f"{one}\n\n{two}")
    assert [chunk.text for chunk in chunks] == [f"{one}\n\n", two]
    assert [chunk.boundary for chunk in chunks] == [Boundary.PARAGRAPH] * 2


def test_a_short_paragraph_goes_with_the_next_rather_than_under_the_least() -> None:
    chunks = chunks_of("No.\n\nHe turned on his heel and walked out into the falling snow.")
    assert len(chunks) == 1


def test_the_first_chunk_is_short_and_the_later_ones_are_in_the_target() -> None:
    text = (
        "The lamps went out along the harbour wall, one after another, and the watchmen looked "
        "up from their dice. Nobody spoke. Far out beyond the bar a bell had begun to ring, "
        "slowly, as though a tired hand were pulling the rope. Then the first ship came in."
    )
    first, *later = chunks_of(text)
    assert first.text == "The lamps went out along the harbour wall, "
    assert all(3.0 <= chunk.estimated_s <= 7.0 for chunk in later[:-1])


def test_the_first_chunk_is_not_cut_short_where_much_is_buffered_already() -> None:
    text = "The lamps went out along the harbour wall, and the watchmen looked up. " * 3
    first, *_ = chunks_of(text, lead_s=20.0)
    assert first.boundary is Boundary.SENTENCE


def test_a_sentence_end_is_chosen_over_commas_nearby() -> None:
    text = (
        "He had walked for a day, and for a night, and he was tired. "
        "The road went on, and on, and it never came to an end at all, as far as he could see."
    )
    assert chunks_of(text)[0].text.endswith("tired. ")


def test_a_postscript_begins_with_its_sign() -> None:
    text = "Meet me under the bridge at 8. P.S. Bring the old sword. P.P.S. And the horse. " * 9
    for chunk in chunks_of(text):
        assert not chunk.text.rstrip().endswith("S.")


def test_without_marks_a_chunk_ends_between_words_and_not_after_an_article() -> None:
    text = "the road over the hill to the mill by the river under the wood " * 8
    chunks = chunks_of(text)
    assert "".join(chunk.text for chunk in chunks) == text
    for chunk in chunks[:-1]:
        assert chunk.text.endswith(" ")
        assert chunk.text.split()[-1] not in {"the", "to", "by", "under", "over"}


def test_a_word_longer_than_the_limit_is_cut() -> None:
    assert [length(chunk) for chunk in chunks_of("x" * 300)] == [123, 123, 54]


def test_a_cut_inside_a_word_keeps_composed_characters_whole() -> None:
    text = "e\u0301" * 200
    for chunk in chunks_of("y" + text):
        assert chunk.text[0] != "\u0301"


@pytest.mark.parametrize("text", ["", "   ", "\n\n\n", "...", "!?", "🙂🙂", "\x00\x07", "—", '"'])
def test_text_without_words_still_comes_out(text: str) -> None:
    assert "".join(chunk.text for chunk in chunks_of(text)) == text
    assert len(chunks_of(text)) <= 1


def test_white_space_goes_to_the_chunk_before_it_and_at_the_start_to_the_first() -> None:
    one = "The door of the old mill was shut and nobody answered."
    two = "They went round to the back of the house and waited."
    assert [chunk.text for chunk in chunks_of(f" \n {one} \t  {two}  ")] == [
        f" \n {one} \t  ",
        f"{two}  ",
    ]


def test_very_much_white_space_between_words_is_kept() -> None:
    text = "one" + " " * 5000 + "two" + " " * 5000
    assert chunks_of(text) == chunks_of(text, cuts=list(range(len(text))))
    assert [chunk.text for chunk in chunks_of(text)] == ["one" + " " * 5000, "two" + " " * 5000]


class CountingPattern:
    """A pattern that counts the characters it has before it."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.characters = 0

    def finditer(self, text: str, start: int) -> Iterator[re.Match[str]]:
        self.characters += len(text) - start
        return self.pattern.finditer(text, start)


@pytest.mark.parametrize("white", [" ", "\u2009", " \n", "\n"])
def test_the_work_on_a_wide_gap_grows_with_the_looks_at_it_alone(
    monkeypatch: pytest.MonkeyPatch, white: str
) -> None:
    def characters_searched(repeats: int) -> int:
        tables = language("en")
        pattern = CountingPattern(tables.pattern)
        counting = replace(tables, pattern=cast("re.Pattern[str]", pattern))
        monkeypatch.setattr("skaldcast.core.text.chunker.language_tables", lambda _: counting)
        chunker = Chunker()
        text = "a" + white * 100 * repeats + "end."
        pieces = [text[start : start + 100] for start in range(0, len(text), 100)]
        chunks: list[Chunk] = []
        for now, piece in enumerate(pieces):
            chunks += chunker.push(piece, float(now))
            chunks += chunker.release(now + 0.1, buffered_s=1.0)
            chunker.deadline()
        assert "".join(chunk.text for chunk in chunks + chunker.finish()) == text
        return pattern.characters // len(pieces)

    assert characters_searched(200) < 1.1 * characters_searched(100)


def test_a_gap_wider_than_any_chunk_changes_nothing_but_its_own_width() -> None:
    text = f"{SENTENCES[5]}{{}}{SENTENCES[3]} {SENTENCES[10]}"
    for end in ("", "\n\n", "\u2029"):
        some, more = (chunks_of(text.format(" " * width + end)) for width in (1000, 9000))
        assert [chunk.text.split() for chunk in some] == [chunk.text.split() for chunk in more]
        assert [chunk.boundary for chunk in some] == [chunk.boundary for chunk in more]
        assert some[-1].start + 8000 == more[-1].start


gaps = st.builds(
    str.__mul__, st.sampled_from([" ", "\n", " \n", "\t \u2029"]), st.integers(90, 700)
)


@given(st.data(), st.lists(st.one_of(st.sampled_from(PIECES), gaps), max_size=30).map("".join))
def test_wide_gaps_give_the_same_chunks_however_they_are_cut(
    data: st.DataObject, text: str
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12))
    whole = chunks_of(text)
    assert "".join(chunk.text for chunk in whole) == text
    assert chunks_of(text, cuts=cuts) == whole


def test_a_settled_chunk_comes_out_before_the_rest_is_there() -> None:
    chunker = Chunker()
    text = "The lamps went out along the harbour wall. The watchmen looked up from their dice, "
    assert [chunk.text for chunk in chunker.push(text)] == [text[:43]]


def test_a_wide_gap_does_not_keep_a_chunk_back() -> None:
    chunker = Chunker()
    assert chunker.push("One." + " " * 200 + "t") == []
    assert chunker.push("wo three" + " four" * 40) != []


def test_finish_makes_the_chunker_as_new() -> None:
    chunker = Chunker()
    first = chunker.push(STORY) + chunker.finish()
    assert chunker.finish() == []
    assert chunker.push(STORY) + chunker.finish() == first


def test_an_unknown_profile_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="longform"):
        Chunker("longfrom")


def test_a_profile_out_of_order_is_refused() -> None:
    with pytest.raises(ConfigError, match="minimum"):
        Profile("odd", "seconds", 5.0, 3.0, 7.0, 8.0)


def test_a_profile_of_ones_own_is_kept() -> None:
    profile = Profile("short", "characters", 20, 25, 40, 60)
    assert all(20 <= length(chunk) <= 60 for chunk in chunks_of(STORY, profile=profile))


def test_chunks_fit_a_profile_whatever_the_voices_pace() -> None:
    quick = Pace(seconds_per_character=0.05)
    assert all(2.4 <= chunk.estimated_s <= 8.0 for chunk in chunks_of(STORY, pace=quick))


def gap_s(chunks: list[Chunk], pace: Pace) -> float:
    """Silence between chunks when the first is heard as soon as it is there."""
    made = heard = silence = 0.0
    for index, chunk in enumerate(chunks):
        first = made + pace.first_block_s(chunk.estimated_s)
        made += pace.synthesis_s(chunk.estimated_s)
        silence += max(0.0, first - heard) if index else 0.0
        heard = max(heard, first) + chunk.estimated_s
    return silence


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_a_slow_voice_plays_one_and_thirty_word_sentences_without_a_gap(seed: int) -> None:
    text = "".join(f"Run. {prose(30 * 6, seed + turn)}. " for turn in range(20))
    chunks = chunks_of(text, pace=SLOW)
    assert gap_s(chunks, SLOW) == 0.0
    assert SLOW.first_block_s(chunks[0].estimated_s) < 2.5


def test_with_a_slow_voice_a_poor_pause_in_time_beats_a_better_one_that_is_late() -> None:
    text = "Run. Hills watchtower courtyard bell across frozen walls of stone " + prose(150)
    assert length(chunks_of(text, pace=SLOW)[0]) <= 43


def test_with_a_slow_voice_chunks_grow_from_the_shortest() -> None:
    lengths = [chunk.estimated_s for chunk in chunks_of(STORY, pace=SLOW)]
    assert lengths[0] < 2.9
    assert max(lengths[:3]) < 4.0 < max(lengths[3:8])


def test_the_longform_profile_holds_for_a_slow_voice_too() -> None:
    chunks = chunks_of(STORY, profile=LONGFORM, pace=SLOW)
    assert all(180 <= length(chunk) <= 320 for chunk in chunks)


@pytest.mark.parametrize("profile", ["cinematic", "longform"])
@pytest.mark.parametrize("cap", [71, 82, 250])
def test_no_chunk_is_longer_than_the_voice_can_speak(profile: str, cap: int) -> None:
    chunks = chunks_of(STORY, profile=profile, most_characters=cap)

    assert "".join(chunk.text for chunk in chunks) == STORY
    assert max(length(chunk) for chunk in chunks) <= cap
    assert max(length(chunk) for chunk in chunks) > cap // 3


def test_a_cap_above_the_profile_changes_nothing() -> None:
    assert chunks_of(STORY, most_characters=1000) == chunks_of(STORY)


FEWEST = st.sampled_from([6, 7, 20, 22])


@settings(max_examples=200)
@given(texts, st.sampled_from(["cinematic", "longform"]), FEWEST, st.sampled_from([None, 71, 250]))
@pytest.mark.parametrize("seconds_per_character", [0.065, 0.13, 0.3])
def test_no_chunk_is_too_short_for_the_voice_where_a_neighbour_could_take_it(
    seconds_per_character: float, text: str, profile: str, fewest: int, most: int | None
) -> None:
    pace = Pace(seconds_per_character=seconds_per_character)
    limits = Limits.of(Profile.named(profile), pace, most, fewest)
    chunks = chunks_of(
        text, profile=profile, pace=pace, most_characters=most, least_characters=fewest
    )
    for before, after in pairwise(chunks):
        if min(length(before), length(after)) < min(fewest, limits.most // 2):
            assert len((before.text + after.text).strip()) > limits.most


@pytest.mark.parametrize("profile", ["cinematic", "longform"])
def test_what_is_no_longer_than_the_least_anyway_changes_nothing(profile: str) -> None:
    assert chunks_of(STORY, profile=profile, least_characters=37) == chunks_of(
        STORY, profile=profile
    )


def test_at_half_speed_a_voice_that_speaks_few_words_badly_gets_more_of_them() -> None:
    pace = Pace(seconds_per_character=0.2)
    shortest = min(length(chunk) for chunk in chunks_of(STORY, pace=pace))
    chunks = chunks_of(STORY, pace=pace, least_characters=20)
    assert shortest < 15
    assert min(length(chunk) for chunk in chunks) >= 20
    assert max(length(chunk) for chunk in chunks) <= 40


def test_a_lone_short_utterance_stays_a_chunk() -> None:
    assert [chunk.text for chunk in chunks_of("No.", least_characters=20)] == ["No."]
