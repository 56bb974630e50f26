"""The sound itself, as the mixer of a game gets it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.godot.proxy import Proxy
from tests.engine.godot.running import Engine
from tests.engine.unity.building import Build
from tests.engine.unity.running import Game

LINE = "One two three four five six seven eight nine ten"
SECONDS = 0.065 * len(LINE)
"""As the voice `tone` speaks it."""
FADE_S = 0.02
"""At both ends of a stretch."""


def stretches(sound: NDArray[np.float32], rate: int) -> list[NDArray[np.float32]]:
    """What is between silences of more than 5 ms."""
    loud = np.flatnonzero(np.abs(sound) > 1e-4)
    breaks = np.flatnonzero(np.diff(loud) > 0.005 * rate) + 1
    return [sound[part[0] : part[-1] + 1] for part in np.split(loud, breaks) if len(part)]


def seams(sound: NDArray[np.float32], rate: int, accuracy: float) -> int:
    """Where a tone of 440 Hz is not continuous in its phase."""
    inner = sound[int(FADE_S * rate) : -int(FADE_S * rate)].astype(np.float64)
    turn = 2 * np.cos(2 * np.pi * 440 / rate)
    return int(np.count_nonzero(np.abs(inner[2:] - turn * inner[1:-1] + inner[:-2]) > accuracy))


def heard(game: Game, folder: Path) -> NDArray[np.float32]:
    """All that the mixer has got so far."""
    game.do("write", str(folder / "heard"))
    return np.fromfile(folder / "heard", np.float32)


@pytest.mark.parametrize("rate", [24_000, 44_100])
def test_the_tone_comes_without_a_gap_at_the_rate_of_the_mixer(
    built: Build, runtime: str, engine: Engine, tmp_path: Path, rate: int
):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        game.do("audio", rate, 1.0)
        cues = [game.do("say", LINE), game.do("say", LINE)]
        for cue_id in cues:
            game.until("cue_finished", cue_id)
        sound = heard(game, tmp_path)
        found = stretches(sound, rate)
        total_s = sum(len(part) for part in found) / rate
        assert total_s == pytest.approx(2 * SECONDS, abs=0.02)
        assert len(found) in (1, 2)  # whether there is a pause between lines is the engine's
        accuracy = 1e-4 if rate == 24_000 else 5e-4
        assert sum(seams(part, rate, accuracy) for part in found) == 0


def test_what_is_told_follows_what_was_played(
    built: Build, runtime: str, engine: Engine, tmp_path: Path
):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        game.until("connected")
        cue_id = game.do("say", LINE)  # nobody plays it here: the engine tells by its own clock
        game.until("word_started", cue_id, "two")
        game.do("audio", 24_000, 1.0)
        game.until("word_started", cue_id, "nine")
        played_s = np.count_nonzero(heard(game, tmp_path)) / 24_000
        assert 0.5 * SECONDS < played_s < SECONDS
        game.until("cue_finished", cue_id)
        assert game.words(cue_id) == LINE.split()


def test_a_skip_takes_back_what_was_sent_ahead(
    built: Build, runtime: str, engine: Engine, tmp_path: Path
):
    with Game(built, runtime, engine.url) as game:
        game.do("connect")
        game.do("audio", 24_000, 5.0)  # all of it is there long before it is heard
        skipped = game.do("say", LINE)
        game.until("word_started", skipped, "two")
        game.do("skip")
        assert game.until("cue_finished", skipped)[1] == "skipped"
        cue_id = game.do("say", "Short.")
        game.until("cue_finished", cue_id)
        played_s = np.count_nonzero(heard(game, tmp_path)) / 24_000
        assert played_s < 0.065 * len("Short.") + 0.75 * SECONDS


def test_the_sound_goes_on_over_a_lost_connection_without_a_gap(
    built: Build, runtime: str, engine: Engine, tmp_path: Path
):
    with Proxy(engine.port) as proxy, Game(built, runtime, proxy.url) as game:
        game.do("connect")
        game.do("audio", 24_000, 2.0)  # so a third of it comes over the second connection
        cue_id = game.do("say", LINE)
        game.until("word_started", cue_id, "two")
        proxy.drop()
        game.until("disconnected")
        assert game.until("connected") == [True]
        game.until("cue_finished", cue_id)
        assert game.words(cue_id) == LINE.split()
        (sound,) = stretches(heard(game, tmp_path), 24_000)
        assert len(sound) / 24_000 == pytest.approx(SECONDS, abs=0.01)
        assert seams(sound, 24_000, 1e-4) == 0
