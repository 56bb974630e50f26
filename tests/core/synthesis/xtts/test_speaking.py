"""XTTS through the whole engine: the real worker process, the narrator and an output."""

import asyncio
import wave
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from skaldcast.core.errors import SynthesizerError
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.types import Outcome
from tests.core.narrating import ROOT, nothing_is_left_behind
from tests.core.synthesis.xtts import tiny
from tests.core.synthesis.xtts.tiny_voice import tiny_registry

STORY = (
    "The bell rang once more over the frozen harbour, and nobody answered it. Far out on the ice a "
    "single lantern moved, slowly, the way a tired man walks. She counted its steps until it was "
    "gone; then she shut the door, put the bar across it, and sat down to wait for the morning."
)
OPTIONS = NarratorOptions(voice="xtts", output="null", latency_s=0.2)
PATIENCE_S = 100.0  # each worker imports torch and coqui-tts
__all__ = ["nothing_is_left_behind"]
pytestmark = pytest.mark.slow


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await asyncio.wait_for(work(), PATIENCE_S)

    asyncio.run(main())


@pytest.fixture(autouse=True)
def worker_finds_the_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_a_sentence_is_spoken_without_an_underrun(endless_folder: Path) -> None:
    async def work() -> None:
        registry = tiny_registry(endless_folder, retries=0)
        async with Narrator(OPTIONS, registry=registry) as narrator:
            cue = narrator.play("Nobody answered the bell.")
            await cue.wait_finished()
            report = narrator.report()
        assert cue.outcome is Outcome.FINISHED
        assert report["underruns"] == 0
        assert report["synthesizer"] == "xtts"
        assert report["audio_s"] > 1.0

    run(work)


def test_what_the_guards_did_is_in_the_report(endless_folder: Path, tmp_path: Path) -> None:
    options = replace(OPTIONS, output=f"wav:{tmp_path / 'out.wav'}")

    async def work() -> None:
        registry = tiny_registry(endless_folder, retries=1)
        async with Narrator(options, registry=registry) as narrator:
            cue = narrator.play("The bell rang once more over the frozen harbour.")
            await cue.wait_finished()
            assert cue.outcome is Outcome.FINISHED
            report = narrator.report()
        assert report["synthesizer_counts"]["runaway"] >= 1
        figures = report["synthesizer_figures"]
        assert figures["chunks"] == report["chunks"]
        assert 0.0 < figures["busy_share"] <= 1.0
        assert 0.0 < figures["first_block_mean_s"] <= figures["first_block_p95_s"]

    run(work)


@pytest.mark.usefixtures("nothing_is_left_behind")
def test_a_worker_that_dies_in_the_middle_of_a_chunk_loses_nothing(
    tiny_folder: Path, tmp_path: Path
) -> None:
    lengths: list[int] = []

    async def work(name: str, **settings: object) -> None:
        options = replace(OPTIONS, output=f"wav:{tmp_path / name}")
        registry = tiny_registry(tiny_folder, **settings)
        async with Narrator(options, registry=registry) as narrator:
            cue = narrator.play(STORY)
            await cue.wait_finished()
            assert cue.outcome is Outcome.FINISHED
            restarts = narrator.report()["restarts"]["synthesis"]
            assert restarts == (1 if settings else 0)
        with wave.open(str(tmp_path / name)) as file:
            lengths.append(file.getnframes())

    run(lambda: work("whole.wav"))
    run(lambda: work("died.wav", die=tmp_path / "died"))

    assert lengths[0] == lengths[1]


def test_cues_of_two_voices_are_spoken(tiny_folder: Path) -> None:
    async def work() -> None:
        async with Narrator(OPTIONS, registry=tiny_registry(tiny_folder)) as narrator:
            cues = [narrator.play("Who is there?", voice=name) for name in tiny.SPEAKERS]
            await narrator.drain()
        assert [cue.outcome for cue in cues] == [Outcome.FINISHED] * 2

    run(work)


def test_a_bad_checkpoint_ends_the_start_with_its_reason(tmp_path: Path) -> None:
    with tiny.narrow():
        folder = tiny.build(tmp_path / "bad")
    (folder / "model.pth").write_bytes((folder / "model.pth").read_bytes()[:5000])

    async def work() -> None:
        with pytest.raises(SynthesizerError, match=r"model\.pth is truncated"):
            async with Narrator(OPTIONS, registry=tiny_registry(folder)):
                pass

    run(work)


def test_a_checkpoint_that_is_none_is_refused_before_a_process_is_started(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")

    async def work() -> None:
        with pytest.raises(SynthesizerError, match=r"has no vocab\.json"):
            async with Narrator(OPTIONS, registry=tiny_registry(tmp_path)):
                pass

    run(work)
