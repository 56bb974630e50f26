"""Cues in languages of their own, through the whole engine."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint

import pytest

from skaldcast.core import Narrator, NarratorOptions
from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis.registry import GROUP, VoiceRegistry
from skaldcast.core.synthesis.tone import ToneSynthesizer
from skaldcast.core.types import Outcome
from tests.core.narrating import run

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


class Bilingual(ToneSynthesizer):
    """A tone that speaks two languages."""

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__({"rtf": "0", "latency": "0"} | dict(options))

    def most_characters(self, language: str) -> int:
        if language not in ("en", "de"):
            raise SynthesizerError(f"does not speak {language!r}; its languages are en, de")
        return 100


REGISTRY = VoiceRegistry([EntryPoint("two", f"{__name__}:Bilingual", GROUP)])


def test_a_cue_is_heard_in_a_language_of_its_own():
    async def work() -> None:
        async with Narrator(
            NarratorOptions(voice="two", output="null"), registry=REGISTRY
        ) as narrator:
            cue = narrator.play("Guten Tag.", language="de")
            assert cue.language == "de"
            assert await cue.wait_finished() is Outcome.FINISHED

    run(work)


def test_a_language_that_the_voice_does_not_speak_is_told_by_play():
    async def work() -> None:
        async with Narrator(
            NarratorOptions(voice="two", output="null"), registry=REGISTRY
        ) as narrator:
            with pytest.raises(SynthesizerError, match="its languages are en, de"):
                narrator.play("Goddag.", language="da")
            assert narrator.cues == []

    run(work)


def test_a_channel_beside_the_narration_takes_a_language_as_the_narrator_does():
    async def work() -> None:
        async with Narrator(
            NarratorOptions(voice="two", output="null"), registry=REGISTRY
        ) as narrator:
            channel = narrator.open_channel()
            cue = channel.play("Guten Abend. Guten Tag.", language="de", begin=13)
            assert (cue.language, cue.begin) == ("de", 13)
            with pytest.raises(SynthesizerError, match="its languages are en, de"):
                channel.open(language="da")
            assert channel.cues == [cue]
            channel.close()

    run(work)


def test_a_narrators_language_is_checked_before_anything_is_started():
    async def work() -> None:
        options = NarratorOptions(voice="two", output="null", language="da")
        narrator = Narrator(options, registry=REGISTRY)
        with pytest.raises(SynthesizerError, match="does not speak 'da'"):
            await narrator.__aenter__()
        assert narrator.process_ids == {}

    run(work)


def test_an_automatic_language_delays_no_cue():
    async def work() -> None:
        options = NarratorOptions(voice="two", output="null", language="auto")
        async with Narrator(options, registry=REGISTRY) as narrator:
            whole = narrator.play("The gate stood open.")
            slow = narrator.open()
            narrator.push(slow, "And the ")
            assert await whole.wait_finished() is Outcome.FINISHED
            narrator.push(slow, "road ran down to the sea.")
            narrator.finish(slow)
            assert await slow.wait_finished() is Outcome.FINISHED

    run(work)
