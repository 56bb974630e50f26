"""The components, in a stand-in for Unity (stubs/): the real Unity could not be had."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.godot.running import Engine
from tests.engine.unity.building import Build
from tests.engine.unity.test_audio import seams, stretches

PER_CHARACTER_S = 0.065
RATE = 24_000
"""Of the mixer; the third line of the voices that take turns is heard at 44.1 kHz."""


def play(
    built: Build, runtime: str, engine: Engine, what: str, folder: Path
) -> tuple[list[tuple[str, str]], NDArray[np.float32]]:
    """What was told, and what was heard in each channel."""
    done = built.run(runtime, "Layer", what, engine.url, str(folder / "heard"))
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return [(name, text) for name, text in told], np.fromfile(folder / "heard", np.float32).reshape(
        -1, 2
    )


def of(told: list[tuple[str, str]], what: str) -> list[str]:
    return [text for name, text in told if name == what]


def test_the_sample_says_its_lines_with_subtitles_where_the_speaker_is(
    built: Build, runtime: str, engine: Engine, tmp_path: Path
):
    told, sound = play(built, runtime, engine, "sample", tmp_path)
    assert of(told, "log") == ["Who goes there? Finished", "Last. Finished"]
    growing = ["Who", "Who goes", "Who goes there?", "", "Last."]
    shown = of(told, "subtitle")
    assert [text for text in growing if text not in shown] == []
    assert shown[-1] == ""
    assert of(told, "warning") == of(told, "error") == []
    left, right = sound.T
    assert np.allclose(left, 2 * right, atol=1e-6)  # the gains of its place
    found = stretches(left, RATE)
    assert [len(part) / RATE for part in found] == pytest.approx(
        [PER_CHARACTER_S * len(text) for text in ("Who goes there?", "Last.")], abs=0.03
    )
    assert sum(seams(part, RATE, 1e-4) for part in found) == 0


@pytest.mark.parametrize("output", ["filter", "clip"])
def test_voices_take_turns_and_another_output_device_is_no_trouble(
    built: Build, runtime: str, engine: Engine, tmp_path: Path, output: str
):
    told, sound = play(built, runtime, engine, output, tmp_path)
    assert of(told, "connection") == ["True"]
    assert len(of(told, "started")) == 3
    assert of(told, "word") == ["First", "one", "Second", "one", "Third", "one"]
    assert of(told, "finished") == ["finished"] * 3
    assert of(told, "ended") == ["True False"]
    assert of(told, "code") == ["UnknownVoice"]
    assert "nobody" in of(told, "refused")[0]
    assert of(told, "warning") == of(told, "error") == []
    heard = stretches(sound[:, 0], RATE)
    lasting = [PER_CHARACTER_S * len(text) for text in ("First one.", "Second one.")]
    assert [len(part) / RATE for part in heard[:2]] == pytest.approx(lasting, abs=0.03)
    assert sum(len(part) for part in heard[2:]) / 44_100 == pytest.approx(0.65, abs=0.06)


def test_a_game_starts_an_engine_of_its_own_and_another(
    built: Build, runtime: str, program: Path, tmp_path: Path
):
    done = built.run(runtime, "Layer", "process", str(program), str(tmp_path / "heard"))
    assert done.returncode == 0, done.stdout + done.stderr
    told = [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in done.stdout.splitlines()]
    assert of(told, "finished") == ["Finished", "Finished"]
    first, second = of(told, "started")
    assert first != second
    assert of(told, "address") == [first]
    assert of(told, "stopped") == of(told, "refused") == of(told, "warning") == []
    (error,) = of(told, "error")
    assert error.startswith("Skaldcast has no engine: there is no engine at ")
    assert list((program.parent / "data").iterdir()) == []
