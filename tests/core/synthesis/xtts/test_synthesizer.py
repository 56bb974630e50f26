"""XTTS behind the `Synthesizer` protocol, with a tiny checkpoint."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.spoken.speaker import SpeakableText
from skaldcast.core.synthesis.synthesizer import (
    Block,
    Cancellation,
    Counting,
    Joining,
    Limited,
    SynthesisRequest,
    Synthesizer,
)
from skaldcast.core.synthesis.xtts.conditioning import condition
from skaldcast.core.synthesis.xtts.languages import limit
from skaldcast.core.synthesis.xtts.library import torch
from skaldcast.core.synthesis.xtts.synthesizer import XttsSynthesizer
from skaldcast.core.synthesis.xtts.voice_files import VoiceFolder, XttsVoice
from skaldcast.core.types import SpokenForm
from tests.core.synthesis.xtts import tiny

VOICE = "Test Speaker"
TEXT = "The gate stood open, and nobody was there."


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """A folder with one voice of the user's, and one for a wider model."""
    folder = VoiceFolder(tmp_path_factory.mktemp("voices"))
    latent, embedding = condition(tiny.load(tiny_folder).model, [tiny.noise(3.0)])
    folder.add(XttsVoice("anna", "de", latent, embedding, gain_db=3.0))
    folder.add(XttsVoice("wide", "en", np.zeros((1, 32, 64), np.float32), embedding))
    return folder.path


def made(folder: Path, voices: Path, **options: object) -> XttsSynthesizer:
    texts = {"checkpoint": str(folder), "voices": str(voices), "device": "cpu", "slots": "2"}
    return XttsSynthesizer(texts | {key: str(value) for key, value in options.items()})


def loaded(folder: Path, voices: Path, **options: object) -> XttsSynthesizer:
    synthesizer = made(folder, voices, **options)
    with tiny.narrow():
        synthesizer.load(VOICE)
    return synthesizer


@pytest.fixture(scope="module", params=["batched", "upstream"])
def xtts(request: pytest.FixtureRequest, tiny_folder: Path, voices: Path) -> Iterator[Synthesizer]:
    synthesizer = loaded(tiny_folder, voices, decoder=request.param)
    yield synthesizer
    synthesizer.close()


@pytest.fixture(scope="module")
def batched(tiny_folder: Path, voices: Path) -> Iterator[XttsSynthesizer]:
    synthesizer = loaded(tiny_folder, voices)
    yield synthesizer
    synthesizer.close()


def blocks(synthesizer: Synthesizer, text: str = TEXT, **others: object) -> list[Block]:
    request = SynthesisRequest(**({"text": text, "voice": VOICE} | others))  # type: ignore[arg-type]
    return list(synthesizer.synthesize(request, Cancellation()))


def samples(found: list[Block]) -> np.ndarray:
    return np.concatenate([block.samples for block in found])


def test_it_is_a_synthesizer_that_limits_chunks_joins_short_ones_and_counts(
    batched: XttsSynthesizer,
) -> None:
    assert isinstance(batched, Synthesizer)
    assert isinstance(batched, Limited)
    assert isinstance(batched, Joining)
    assert isinstance(batched, Counting)


def test_a_chunk_is_spoken_in_float32_below_full_scale(xtts: Synthesizer) -> None:
    audio = samples(blocks(xtts))

    assert audio.dtype == np.float32
    assert audio.size > 10_000
    assert np.abs(audio).max() <= 1.0
    assert xtts.format.sample_rate == 24_000


def test_the_same_text_and_seed_give_the_same_speech(xtts: Synthesizer) -> None:
    one, same, other = (samples(blocks(xtts, seed=seed)) for seed in (1, 1, 2))

    np.testing.assert_array_equal(one, same)
    assert one.shape != other.shape or not np.array_equal(one, other)


def test_a_chunk_sounds_the_same_whatever_is_made_beside_it(batched: XttsSynthesizer) -> None:
    texts = [TEXT, "Rain fell on the harbour.", "Nobody answered.", "A door shut."]
    alone = [samples(blocks(batched, text)) for text in texts]

    with ThreadPoolExecutor(4) as pool:
        together = list(
            pool.map(lambda n: samples(blocks(batched, texts[n], order=n)), range(len(texts)))
        )

    for one, other in zip(alone, together, strict=True):
        assert one.shape == other.shape
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_speed_changes_the_duration(batched: XttsSynthesizer) -> None:
    slow, fast = (samples(blocks(batched, speed=speed)).size for speed in (0.5, 2.0))

    assert slow / fast == pytest.approx(4.0, rel=0.1)


def test_a_cancelled_chunk_ends(endless_folder: Path, voices: Path) -> None:
    synthesizer = loaded(endless_folder, voices, retries=0)
    cancellation = Cancellation()
    running = synthesizer.synthesize(SynthesisRequest(TEXT * 4, VOICE), cancellation)
    next(running)

    cancellation.cancel()

    assert sum(block.samples.size for block in running) < 24_000 * 20
    synthesizer.close()


def test_a_voice_of_the_users_speaks_with_its_own_gain(batched: XttsSynthesizer) -> None:
    assert batched._model is not None
    assert batched._model.gain_db("anna") == 3.0
    assert samples(blocks(batched, voice="anna")).size > 10_000


def test_a_gain_is_measured_once_and_kept(tiny_folder: Path, voices: Path, tmp_path: Path) -> None:
    own = VoiceFolder(tmp_path / "voices")
    own.add(replace(VoiceFolder(voices).load("anna"), gain_db=None))
    gains = tmp_path / "state" / "gains.json"
    first = loaded(tiny_folder, own.path, gains=gains)
    assert first._model is not None
    known = {name: first._model.gain_db(name) for name in (VOICE, "anna")}
    first.close()
    assert own.load("anna").gain_db == known["anna"]

    again = loaded(tiny_folder, own.path, gains=gains)
    assert again._model is not None
    assert {name: again._model._voice(name).gain_db for name in known} == known
    again.close()


def test_a_voice_for_a_model_of_another_width_is_refused(batched: XttsSynthesizer) -> None:
    with pytest.raises(SynthesizerError, match="64 channels"):
        blocks(batched, voice="wide")


def test_a_voice_that_is_not_there_is_refused(batched: XttsSynthesizer) -> None:
    with pytest.raises(SynthesizerError, match="Nobody"):
        blocks(batched, voice="Nobody")


def test_studio_speakers_and_own_voices_are_listed(tiny_folder: Path, voices: Path) -> None:
    listed = made(tiny_folder, voices).voices()

    assert [voice.name for voice in listed] == [*tiny.SPEAKERS, "anna", "wide"]
    assert listed[0].languages == tuple(tiny.LANGUAGES)
    assert listed[2].languages[0] == "de"


def test_a_damaged_voice_file_takes_no_other_voice_with_it(
    tiny_folder: Path, voices: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(voices, tmp_path / "voices"))
    (folder / "anna.safetensors").write_bytes(b"not one")

    names = [voice.name for voice in made(tiny_folder, folder).voices()]

    assert names == [*tiny.SPEAKERS, "wide"]


def test_where_there_is_no_voice_at_all_it_is_told_how_to_get_one(
    tiny_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_folder, tmp_path / "tiny"))
    (folder / "speakers_xtts.pth").unlink()

    with pytest.raises(SynthesizerError, match="voices add"):
        made(folder, tmp_path / "none").voices()


def test_nothing_to_say_gives_no_block(xtts: Synthesizer) -> None:
    assert blocks(xtts, "…") == []


def parts(synthesizer: XttsSynthesizer, text: str, language: str = "en") -> list[str]:
    assert synthesizer._model is not None
    return [part for part, _ in synthesizer._model._fitting(text, language)]


def test_a_text_of_more_than_four_hundred_tokens_is_spoken_in_parts(
    batched: XttsSynthesizer,
) -> None:
    text = " ".join(["77777777"] * 20)  # short, but 70 letters each where it is read out
    assert len(text) < limit("en")

    assert " ".join(parts(batched, text)) == text
    assert len(parts(batched, text)) > 2
    assert samples(blocks(batched, text)).size > 24_000


def test_a_chunk_whose_words_are_longer_than_what_was_written_is_cut_behind_sentences(
    batched: XttsSynthesizer,
) -> None:
    written = (
        "In 1984 they paid $1,250,000 for 365 acres. By 03/04/1999 it was 72.5% sold. "
        "He rolled 2d6+3 and 4d8-1. At 10:45 on 12/12/2012 the 3rd of 17 trains left at 88 km/h. "
        "It cost 1,999,999 crowns, and 275 men came."
    )
    assert len(written) <= limit("en")
    spoken = SpeakableText().speak(written, "en", SpokenForm.WORDS).text
    assert len(spoken) > limit("en")

    found = parts(batched, spoken)

    assert " ".join(found) == spoken
    assert all(len(part) <= limit("en") for part in found)
    assert all(part[-1] in ".,!?" for part in found)
    assert samples(blocks(batched, spoken)).size > 24_000


def test_a_language_that_is_not_spoken_is_refused(xtts: Synthesizer) -> None:
    with pytest.raises(SynthesizerError, match="does not speak 'sv'"):
        blocks(xtts, language="sv")


@pytest.mark.parametrize("language", ["en", "de", "ru", "hi", "cs", "pt-BR"])
def test_languages_are_spoken(xtts: Synthesizer, language: str) -> None:
    assert samples(blocks(xtts, "2 und 3.", language=language)).size > 1000


def test_a_language_whose_reader_is_not_installed_says_what_to_install(
    batched: XttsSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert batched._model is not None

    def encode(*_: object, **__: object) -> list[int]:
        raise ImportError("Chinese requires: pypinyin")

    monkeypatch.setattr(batched._model.model.tokenizer, "encode", encode)
    with pytest.raises(SynthesizerError, match=r'pip install "coqui-tts\[zh\]"'):
        blocks(batched, "你好", language="zh")


def test_the_speed_that_is_hinted_was_measured(
    batched: XttsSynthesizer, tiny_folder: Path, voices: Path
) -> None:
    guessed, hint = made(tiny_folder, voices).speed_hint, batched.speed_hint

    assert guessed is not None
    assert hint is not None
    assert hint.latency_s not in (0.0, guessed.latency_s)
    assert hint.real_time_factor not in (0.0, guessed.real_time_factor)
    assert hint.block_s > 0.0
    assert batched.batch_capacity == 2


def test_before_it_is_loaded_it_says_so(tiny_folder: Path, voices: Path) -> None:
    with pytest.raises(SynthesizerError, match=r"load\(\)"):
        blocks(made(tiny_folder, voices))


def test_closing_gives_the_precision_flags_back(tiny_folder: Path, voices: Path) -> None:
    torch.backends.cudnn.allow_tf32 = True
    synthesizer = loaded(tiny_folder, voices)
    assert not torch.backends.cudnn.allow_tf32

    synthesizer.close()
    synthesizer.close()

    assert torch.backends.cudnn.allow_tf32


def test_a_load_that_fails_gives_them_back_too(tiny_folder: Path, voices: Path) -> None:
    torch.backends.cudnn.allow_tf32 = True
    with pytest.raises(SynthesizerError), tiny.narrow():
        made(tiny_folder, voices).load("Nobody")

    assert torch.backends.cudnn.allow_tf32


def test_a_transformer_of_another_kind_falls_back_to_upstream_with_a_reason(
    tiny_folder: Path,
    voices: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from skaldcast.core.synthesis.xtts import decoder

    def refuse(_: object) -> None:
        raise SynthesizerError("the transformer is of another kind")

    monkeypatch.setattr(decoder, "Transformer", refuse)
    synthesizer = loaded(tiny_folder, voices)

    assert samples(blocks(synthesizer)).size > 10_000
    assert "of another kind" in caplog.text
    synthesizer.close()
