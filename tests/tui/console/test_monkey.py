"""Random keys, the same ones each time, while the real engine speaks with a voice of tones."""

import random
from pathlib import Path

import pytest

from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.tui.console.keys import GROUPS
from tests.tui.console.acting import FakeSetup, console, play

KEYS = 500
PATIENCE_S = 120.0
SEED = 20
LINES = tuple(f"This is cue {k}, and it is long enough to be heard for a while." for k in range(50))


class RealVoice(FakeSetup):
    """The real engine, into nowhere, in real time."""

    real: Narrator

    def make_narrator(self) -> Narrator:  # pyright: ignore
        self.real = Narrator(NarratorOptions(voice="tone", output="null", latency_s=0.3))
        return self.real


def test_no_key_ends_the_console_or_tears_the_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)  # what it saves, it saves there
    named = [name for _, keys in GROUPS for key in keys for name in key.keys.split(",") if name]
    left_out = {"ctrl+q", "ctrl+z"}
    keys = [name for name in named if name not in left_out] + list("abcßж?!+ ") + ["enter", "space"]
    chosen = random.Random(SEED).choices(keys, k=KEYS)

    async def work() -> None:
        async with console(tmp_path, cues=LINES, setup=RealVoice()) as stage:
            await stage.press("f10")
            for number, key in enumerate(chosen):
                stage.app.simulate_key(key)
                if number % 10 == 0:
                    await stage.pilot.pause()
            real = stage.app.link.narrator
            assert real is not None, stage.app.told
            assert real.report()["underruns"] == 0
            assert stage.app.is_running

    play(work, PATIENCE_S)
