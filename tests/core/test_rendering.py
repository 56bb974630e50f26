"""Speech for others than the narration: fair, exact, and never in its way."""

import asyncio
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaldcast.core.cue import Cue
from skaldcast.core.errors import StateError, SynthesisError, UnknownVoiceError
from skaldcast.core.narrator import Narrator
from skaldcast.core.narrator_options import NarratorOptions
from skaldcast.core.plan import PlannedChunk, WrittenWord
from skaldcast.core.rendering import AHEAD_S, MOST, Renderer, Rendition
from skaldcast.core.speech_options import SpeechOptions
from skaldcast.core.staging import Staging
from skaldcast.core.synthesis.synthesizer import Samples
from skaldcast.core.synthesis.voice_profile import VoiceProfile
from skaldcast.core.synthesis.word_times import proportional_words
from skaldcast.core.voice_in_use import VoiceInUse
from tests.core.narrating import FAST, PATIENCE_S, run
from tests.core.simulation import sentences

RATE = 1_000
TEXTS = [sentences(range(n, n + 1 + n % 4)) for n in range(8)]


class Bench:
    """A renderer, and a worker that makes ten frames of each letter: the letter's number."""

    def __init__(self, *, tells_words: bool = True) -> None:
        self.tells_words = tells_words
        self.voice = VoiceInUse("voice", VoiceProfile("voice"))
        self.renderer = Renderer(SpeechOptions(Staging(self.voice)), pauses=True)

    def add(
        self,
        text: str,
        character: str | None = None,
        options: SpeechOptions | None = None,
        *,
        keeps_words: bool = True,
    ) -> Rendition:
        cue = Cue("a", character=character)
        cue.add_text(text)
        rendition = Rendition(cue, RATE, lambda: None, options=options, keeps_words=keeps_words)
        self.renderer.add(rendition)
        return rendition

    def next(self) -> PlannedChunk | None:
        return self.renderer.next(0.0)

    def make(self, planned: PlannedChunk, blocks: int | None = None) -> None:
        """All of a chunk, or so many of its blocks, each with the word that begins there."""
        text = planned.request.text
        made = [np.full(10, ord(letter), np.float32) for letter in text]
        words = proportional_words(text, 10 * len(text) / RATE) if self.tells_words else ()
        for n, block in enumerate(made[:blocks]):
            self.renderer.block(planned, block, [word for word in words if word.start == n])
        if blocks is None:
            self.renderer.finished(planned, None)

    def make_all(self) -> None:
        while (planned := self.next()) is not None:
            self.make(planned)


def read(rendition: Rendition) -> Samples:
    """All that waits to be read of one that has ended."""

    async def blocks() -> list[Samples]:
        return [block async for block in rendition]

    return np.concatenate([np.zeros(0, np.float32), *asyncio.run(blocks())])


def alone(text: str) -> Samples:
    bench = Bench()
    rendition = bench.add(text)
    bench.make_all()
    return read(rendition)


def test_each_of_many_gets_what_it_gets_alone():
    bench = Bench()
    renditions = [bench.add(text) for text in TEXTS]
    bench.make_all()
    for text, rendition in zip(TEXTS, renditions, strict=True):
        np.testing.assert_array_equal(read(rendition), alone(text))


def test_the_one_that_has_got_least_is_next():
    bench = Bench()
    long, short = bench.add(sentences(range(8))), bench.add(sentences(range(2)))
    for _ in range(3):
        planned = bench.next()
        assert planned is not None
        behind = min((r for r in (long, short) if not r.ended), key=lambda r: r.share)
        before = behind.share
        bench.make(planned)
        assert behind.share > before


def test_many_that_come_one_after_another_do_not_keep_a_long_one_waiting():
    bench = Bench()
    long = bench.add(sentences(range(30)))
    for _ in range(20):
        bench.add("Come in.")
        for _ in range(2):
            if (planned := bench.next()) is not None:
                bench.make(planned)
    assert long.share > 5 * RATE


def test_the_last_chunk_ends_its_rendition_whatever_the_others_want():
    bench = Bench()
    short, _ = bench.add("Come in."), bench.add(sentences(range(9)))
    planned = bench.next()
    assert planned is not None
    bench.make(planned)
    assert short.ended


def test_a_text_without_a_word_is_looked_through_in_small_pieces():
    bench = Bench()
    wordless = bench.add("* " * 50_000)
    spoken = bench.add("Come in.")
    planned = bench.next()
    assert planned is not None
    assert not wordless.ended
    bench.make(planned)
    while not wordless.ended:
        assert bench.next() is None
    assert spoken.ended


def test_what_is_in_work_for_nobody_is_given_up():
    bench = Bench()
    rendition = bench.add(sentences(range(3)))
    planned = bench.next()
    rendition.cancel()
    assert bench.renderer.unwanted() == [planned]
    assert bench.renderer.unwanted() == []


def test_none_has_two_chunks_in_work():
    bench = Bench()
    bench.add(sentences(range(8)))
    assert bench.next() is not None
    assert bench.next() is None


@given(st.lists(st.integers(0, 40), max_size=4))
@settings(max_examples=30, deadline=None)
def test_a_chunk_that_gives_way_is_given_whole_and_once(breaks: list[int]):
    bench = Bench()
    rendition = bench.add(TEXTS[3])
    numbers: set[int] = set()
    for blocks in breaks:
        planned = bench.next()
        assert planned is not None
        assert planned.job_id not in numbers
        numbers.add(planned.job_id)
        bench.make(planned, blocks)
        bench.renderer.put_back(planned)
    bench.make_all()
    sound = read(rendition)
    np.testing.assert_array_equal(sound, alone(TEXTS[3]))
    check_words(rendition.take_words(), TEXTS[3], sound)


def check_words(words: list[WrittenWord], text: str, sound: Samples) -> None:
    """All words of the text, each told where its first letter is heard, and for how long."""
    assert [(word.word, word.start) for word in words] == [
        (match.group(), match.start()) for match in re.finditer(r"\w+", text)
    ]
    for word in words:
        begin = round(word.start_s * RATE)
        assert sound[begin] == ord(word.word[0])
        assert word.duration_s == pytest.approx(len(word.word) * 10 / RATE)


@pytest.mark.parametrize("tells_words", [True, False])
def test_the_times_of_the_words_are_those_of_the_sound_over_all_pauses(tells_words: bool):
    bench = Bench(tells_words=tells_words)
    text = f"{sentences(range(3))}\n\n{sentences(range(9))}"
    rendition = bench.add(text)
    bench.make_all()
    check_words(rendition.take_words(), text, read(rendition))
    assert rendition.take_words() == []


def test_a_number_is_one_word_as_it_is_written():
    bench = Bench()
    rendition = bench.add("Roll 2d6 now.")
    bench.make_all()
    words = rendition.take_words()
    assert [(word.word, word.start) for word in words] == [("Roll", 0), ("2d6", 5), ("now", 9)]
    assert words[2].start_s > words[1].start_s + 0.09
    assert words[1].duration_s == pytest.approx(words[2].start_s - words[1].start_s, abs=0.02)


def test_words_that_nobody_wants_are_not_kept():
    bench = Bench()
    rendition = bench.add(TEXTS[3], keeps_words=False)
    bench.make_all()
    assert rendition.take_words() == []


def test_a_character_has_the_voice_that_the_cast_of_its_rendition_gives():
    bench = Bench()
    bell = VoiceInUse("bell", VoiceProfile("bell"))
    staging = Staging(bench.voice)
    staging.find = {"bell": bell}.get
    staging.set_voices({"Mira": "bell"})
    bench.add("Come in.", "Mira", SpeechOptions(staging))
    bench.add("Come in.", "Mira")
    planned = [bench.next() for _ in range(2)]
    assert [p.voice for p in planned if p is not None] == [bell, bench.voice]


def test_pauses_of_the_text_are_silence():
    sound = alone(f"{sentences(range(2))}\n\n{sentences(range(2))}")
    edges = np.flatnonzero(np.diff(np.concatenate(([False], sound == 0.0, [False]))))
    assert round(0.7 * RATE) in edges[1::2] - edges[::2]


def test_no_more_is_made_than_is_read():
    bench = Bench()
    rendition = bench.add(sentences(range(60)))
    bench.make_all()
    assert not rendition.ended
    assert rendition.share < (AHEAD_S + 5.0) * RATE

    async def read_some() -> None:
        async for _ in rendition:
            if not rendition.is_full:
                return

    asyncio.run(read_some())
    assert bench.next() is not None


def test_what_is_cancelled_is_made_no_further():
    bench = Bench()
    rendition = bench.add(sentences(range(9)))
    planned = bench.next()
    assert planned is not None
    rendition.cancel()
    assert bench.next() is None
    assert read(rendition).size == 0


def test_a_chunk_that_cannot_be_made_ends_its_rendition_alone():
    bench = Bench()
    broken, other = bench.add(TEXTS[2]), bench.add(TEXTS[1])
    planned = bench.next()
    assert planned is not None
    bench.renderer.finished(planned, "the synthesizer failed")
    bench.make_all()
    with pytest.raises(SynthesisError, match="the synthesizer failed"):
        read(broken)
    np.testing.assert_array_equal(read(other), alone(TEXTS[1]))


def test_a_voice_that_is_being_loaded_keeps_nobody_else_waiting():
    bench = Bench()
    bench.voice.loaded = False
    first = bench.add(TEXTS[1])
    assert bench.next() is None
    bench.voice.loaded = True
    bench.make_all()
    assert read(first).size


def test_nothing_to_say_ends_at_once():
    assert alone(" ... ").size == 0


def test_more_than_may_be_are_refused():
    bench = Bench()
    for _ in range(MOST):
        bench.add("Come in.")
    with pytest.raises(StateError, match="try again soon"):
        bench.add("Come in.")
    bench.make_all()
    bench.add("Come in.")


# with the real engine

SLOW = replace(FAST, voice="tone?rtf=0.2&latency=0.05")


async def rendered(narrator: Narrator, text: str) -> Samples:
    return np.concatenate([block async for block in narrator.render(text)])


def test_many_at_once_through_the_real_worker_are_what_each_is_alone():
    async def work() -> None:
        async with Narrator(replace(FAST, voice="hibari:heart")) as narrator:
            texts = ["Come in.", "Nobody moved. The lamps went out.", "Come in."]
            single = [await rendered(narrator, text) for text in texts]
            together = await asyncio.gather(*(rendered(narrator, text) for text in texts))
            for one, other in zip(single, together, strict=True):
                np.testing.assert_array_equal(one, other)

    run(work)


def test_the_narration_goes_first():
    async def narrate(options: NarratorOptions, beside: int) -> tuple[int, list[Samples]]:
        async with Narrator(options) as narrator:
            asked = [
                asyncio.create_task(rendered(narrator, sentences(range(3)))) for _ in range(beside)
            ]
            await narrator.play(sentences(range(4))).wait_finished()
            underruns = narrator.vitals().underruns
            return underruns, [await task for task in asked]

    underruns, made = asyncio.run(asyncio.wait_for(narrate(SLOW, 4), PATIENCE_S))
    assert underruns == 0
    assert len({samples.size for samples in made}) == 1


def test_an_unknown_voice_is_refused_at_once():
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            with pytest.raises(UnknownVoiceError):
                narrator.render("Come in.", voice="nobody")

    run(work)


def test_who_reads_when_the_narrator_is_closed_is_told():
    async def work() -> None:
        async with Narrator(SLOW) as narrator:
            rendition = narrator.render(sentences(range(40)))
        with pytest.raises(SynthesisError, match="closed"):
            async for _ in rendition:
                pass

    run(work)
