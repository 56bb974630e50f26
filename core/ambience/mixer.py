"""The sound of the ambience: looped files that fade into each other, at one level, ducked. Plain.

Everything is a function of the frame, so the mixer can go `back` over what the device has not
played, and a change is heard soon however deep the device's buffer is.
"""

import numpy as np
from numpy.typing import NDArray

from ..errors import AmbienceError
from ..playout.device import Frames
from .checks import MUTE_DB
from .deck import Deck
from .loop import Source
from .ramp import Ramp
from .times import DUCK_S, LEVEL_S, RISE_S, SCENE_S

MAX_DECKS = 4
"""Files that sound at once, all but one of them fading out: further changes wait."""


class Mixer:
    """Mixes at `sample_rate`; can go back over the last `kept` frames."""

    def __init__(
        self, sample_rate: int, kept: int, level_db: float, duck_db: float, *, ducked: bool
    ) -> None:
        self.position = 0
        """The next frame."""
        self.fault: AmbienceError | None = None
        """Why the file that was begun last could not be read on."""
        self._rate = sample_rate
        self._kept = kept
        self._duck_db = duck_db
        self._level = Ramp(max(level_db, MUTE_DB))
        self._duck = Ramp(-duck_db if ducked else 0.0)
        self._decks: list[Deck] = []

    @property
    def full(self) -> bool:
        """Whether no other file can be begun just now."""
        return len(self._decks) >= MAX_DECKS

    def prepare(self, source: Source) -> Deck:
        """A deck that can be begun without waiting; raises `AmbienceError`, and closes `source`."""
        deck = Deck(source, self._rate, self._kept)
        try:
            deck.make(self._kept)
        except AmbienceError:
            deck.close()
            raise
        return deck

    def begin(self, deck: Deck) -> None:
        """Fade it in, and all others out."""
        self.fade_out()
        deck.fade.move(self.position, 1.0, round(SCENE_S * self._rate))
        self._decks.append(deck)

    def fade_out(self, seconds: float = SCENE_S) -> None:
        frames = round(seconds * self._rate)
        for deck in self._decks:
            # One that fades out already is not kept up by each further change.
            if deck.fade.goal or not deck.fade.settled(self.position + frames):
                deck.fade.move(self.position, 0.0, frames)

    def set_level(self, level_db: float) -> None:
        self._level.move(self.position, max(level_db, MUTE_DB), round(LEVEL_S * self._rate))

    def duck(self, ducked: bool) -> None:
        seconds = DUCK_S if ducked else RISE_S
        target = -self._duck_db if ducked else 0.0
        self._duck.move(self.position, target, round(seconds * self._rate))

    def render(self, frames: int) -> Frames:
        """The next frames, float32 of shape (frames, 2), in -1..1. A file that cannot be read on
        is dropped: see `fault`."""
        mixed = np.zeros((frames, 2), np.float32)
        for deck in list(self._decks):
            try:
                sound = deck.read(frames)
            except AmbienceError as error:
                if deck.fade.goal:
                    self.fault = error
                self._drop(deck)
                continue
            fade = np.sin(deck.fade.values(self.position, frames) * (np.pi / 2))
            mixed += sound * fade.astype(np.float32)[:, None]
        mixed *= self._gains(frames).astype(np.float32)[:, None]
        self.position += frames
        self._drop_faded()
        return np.clip(mixed, -1.0, 1.0)

    def back(self, frames: int) -> None:
        """Go back by so many frames, at most those that are kept."""
        self.position -= frames
        for deck in self._decks:
            deck.back(frames)

    def silent_at(self, frame: int) -> bool:
        """Whether nothing is to be heard from `frame` on."""
        return all(self._faded(deck, frame) for deck in self._decks)

    def close(self) -> None:
        for deck in list(self._decks):
            self._drop(deck)

    def _gains(self, frames: int) -> NDArray[np.float64]:
        level_db = self._level.values(self.position, frames)
        gains = 10 ** ((level_db + self._duck.values(self.position, frames)) / 20)
        return np.where(level_db <= MUTE_DB, 0.0, gains)

    def _faded(self, deck: Deck, frame: int) -> bool:
        return deck.fade.settled(frame) and deck.fade.value(frame) == 0.0

    def _drop_faded(self) -> None:
        for deck in list(self._decks):
            if self._faded(deck, self.position - self._kept):  # later ones may be played again
                self._drop(deck)

    def _drop(self, deck: Deck) -> None:
        deck.close()
        self._decks.remove(deck)
