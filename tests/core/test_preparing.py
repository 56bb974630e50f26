"""Cues are made ahead, cut by their text alone, when nothing else wants the voice."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.cue import Cue
from skaldcast.core.plan import PlannedChunk
from skaldcast.core.preparing import Preparation, Preparer, SteadyCut, is_prepared
from skaldcast.core.speech_options import SpeechOptions
from skaldcast.core.staging import Staging
from skaldcast.core.synthesis.synthesizer import SynthesisRequest
from skaldcast.core.synthesis.voice_profile import Observation, VoiceProfile
from skaldcast.core.types import Priority
from skaldcast.core.voice_in_use import VoiceInUse
from tests.core.simulation import sentences

TEXT = sentences(range(12))


class Bench:
    """A preparer whose chunks are there once they have been made."""

    def __init__(self) -> None:
        self.voice = VoiceInUse("voice", VoiceProfile("voice"), model="model 1")
        self.options = SpeechOptions(Staging(self.voice))
        self.there: set[SynthesisRequest] = set()
        self.preparer = Preparer(self.options, self.has)

    def has(self, voice: VoiceInUse, request: SynthesisRequest) -> bool:
        assert voice is self.voice
        return plain(request) in self.there

    def prepare(self, text: str = TEXT) -> Preparation:
        preparation = Preparation(cue(text))
        self.preparer.add(preparation)
        return preparation

    def make(self, planned: PlannedChunk | None, reason: str | None = None) -> str:
        assert planned is not None
        if reason is None:
            self.there.add(plain(planned.request))
        self.preparer.finished(planned, reason)
        return planned.chunk.text

    def make_all(self) -> list[str]:
        texts: list[str] = []
        while (planned := self.preparer.next(0.0)) is not None:
            texts.append(self.make(planned))
        return texts

    def is_prepared(self, text: str = TEXT) -> bool:
        return is_prepared(cue(text), "en", self.options, self.has)


def cue(text: str) -> Cue:
    made = Cue("a")
    made.add_text(text)
    return made


def plain(request: SynthesisRequest) -> SynthesisRequest:
    return replace(request, order=0)


def test_all_of_a_cue_is_made_and_then_it_is_prepared():
    bench = Bench()
    preparation = bench.prepare()
    assert not bench.is_prepared()
    texts = bench.make_all()
    assert "".join(texts) == TEXT
    assert (preparation.done, preparation.made) == (True, len(texts))
    assert preparation.chunks == len(texts)
    assert bench.is_prepared()


def test_the_cut_does_not_depend_on_what_the_voice_has_been_learned_to_be_like():
    bench = Bench()
    bench.prepare()
    bench.make_all()
    for _ in range(20):  # a slow voice
        bench.voice.profile.observe(Observation(50, 9.0, 8.0, 8.0))
    assert bench.is_prepared()
    second = bench.prepare()
    assert bench.make_all() == []
    assert (second.done, second.made) == (True, second.chunks)


def test_another_text_is_not_prepared():
    bench = Bench()
    bench.prepare()
    bench.make_all()
    assert not bench.is_prepared("Something else. " + TEXT)
    assert not bench.is_prepared("")
    assert not bench.is_prepared("... !?")


def test_what_is_put_back_is_made_first():
    bench = Bench()
    preparation = bench.prepare()
    first = bench.preparer.next(0.0)
    assert first is not None
    assert (first.priority, first.for_later) == (Priority.PREFETCH, True)
    bench.preparer.put_back(first)
    assert bench.preparer.next(0.0) is first
    bench.make(first)
    bench.make_all()
    assert preparation.done


def test_a_preparation_is_done_only_when_its_last_chunk_is():
    bench = Bench()
    preparation = bench.prepare("One sentence.")
    planned = bench.preparer.next(0.0)
    assert bench.preparer.next(0.0) is None
    assert not preparation.done
    bench.make(planned)
    assert preparation.done


def test_a_chunk_that_fails_is_told_and_the_others_are_made():
    bench = Bench()
    preparation = bench.prepare()
    bench.make(bench.preparer.next(0.0), "it broke")
    texts = bench.make_all()
    assert (preparation.done, preparation.error) == (True, "it broke")
    assert (preparation.made, preparation.chunks) == (len(texts), len(texts) + 1)


def test_a_preparation_can_be_cancelled():
    bench = Bench()
    first, second = bench.prepare(), bench.prepare("Another one.")
    planned = bench.preparer.next(0.0)
    bench.preparer.cancel(first)
    assert first.done
    bench.make(planned)
    assert bench.make_all() == ["Another one."]
    assert second.done


@given(st.text("ab c.,—…!\n“”", max_size=300))
def test_a_cue_is_prepared_once_all_of_it_was_made_whatever_it_says(text: str):
    bench = Bench()
    preparation = bench.prepare(text)
    texts = bench.make_all()
    assert preparation.done
    assert bench.is_prepared(text) == bool(texts)
    steady = SteadyCut(cue(text), "en", bench.options)
    whole = "".join(found.cut.chunk.text for found in iter(steady.next_said, None))
    assert whole == text
