"""What a game's mixer made of the tone voice, and where in it there is none."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.engine.godot.running import Game

_QUIET = 1e-3
_EDGE = 100
"""Samples at both ends: the tone begins and ends anywhere in its wave."""
TONE_HZ = 440.0
CHARACTER_S = 0.065
"""So long the tone voice speaks for a character."""


class Heard:
    """A recording of a game's bus."""

    def __init__(self, samples: NDArray[np.float32], rate: float) -> None:
        self._rate = rate
        loud = np.flatnonzero(np.abs(samples) > _QUIET)
        self._speech = samples[loud[0] : loud[-1] + 1] if loud.size else samples[:0]

    def __repr__(self) -> str:
        slowest, fastest = self.tone_hz
        silence_ms = 1000 * self.silence_s
        return (
            f"<{self.speech_s:.3f} s, {silence_ms:.1f} ms silent, {slowest:.1f}-{fastest:.1f} Hz>"
        )

    @property
    def speech_s(self) -> float:
        """From the first sound to the last."""
        return len(self._speech) / self._rate

    @property
    def silence_s(self) -> float:
        """The longest silence inside: a tone is quiet for less than a millisecond at a time."""
        loud = np.flatnonzero(np.abs(self._speech) > _QUIET)
        return float(np.diff(loud).max(initial=0)) / self._rate

    @property
    def tone_hz(self) -> tuple[float, float]:
        """The longest and the shortest wave, as frequencies: a click or a gap makes one longer or
        shorter, where the phase of the tone goes on."""
        inside = self._speech[_EDGE:-_EDGE]
        signs = np.signbit(inside)
        rises = np.flatnonzero(signs[:-1] & ~signs[1:])
        before, after = inside[rises], inside[rises + 1]
        waves = np.diff(rises - before / (after - before)) / self._rate
        return 1 / float(waves.max()), 1 / float(waves.min())


def read_sound(path: Path, rate: float = 44_100.0) -> Heard:
    """What an ear (ear.gd) wrote."""
    return Heard(np.fromfile(path, "<f4")[::2], rate)


def take_sound(game: Game, path: Path) -> Heard:
    """What the game's player (driver.gd) has played so far."""
    return read_sound(path, game.do(f"get_node('/root/Driver/Ear').save('{path.as_posix()}')"))
