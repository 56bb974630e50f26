"""How fast a voice speaks and how fast it is made: a snapshot of what has been learned."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Pace:
    """Predicts durations for the chunker and the prebuffer. A voice's own values are learned by
    `core.synthesis.voice_profile`; the defaults hold for a voice never heard before."""

    seconds_per_character: float = 0.065
    """Duration of speech; a narrator's 13-17 characters a second."""
    latency_s: float = 0.05
    """What each chunk costs before its audio."""
    real_time_factor: float = 0.1
    """Seconds of work for a second of audio."""
    jitter_s: float = 0.02
    """What a chunk may come later than predicted, once in a thousand times."""
    block_s: float = 0.0
    """Seconds of audio in a block; 0 where the whole chunk comes at once."""
    spread_s: float = 0.01
    """Standard deviation of when a chunk's first block comes."""
    block_jitter_s: float = 0.15
    """What a block may come later than an even stream, once in a thousand chunks."""
    rate_spread: float = 0.15
    """Standard deviation of a chunk's own real-time factor, its blocks having begun to come."""

    def at_speed(self, speed: float) -> Self:
        """The same voice, speaking so many times as fast."""
        if speed == 1.0:
            return self
        return replace(self, seconds_per_character=self.seconds_per_character / speed)

    def shared(self, sharers: int) -> Self:
        """The same voice, made for so many at the same time, each in its turn."""
        if sharers <= 1:
            return self
        return replace(
            self,
            latency_s=self.latency_s * sharers,
            real_time_factor=self.real_time_factor * sharers,
        )

    def duration_s(self, characters: int) -> float:
        """Predicted seconds of speech for so many characters, outer whitespace not counted."""
        return characters * self.seconds_per_character

    def synthesis_s(self, audio_s: float) -> float:
        """Predicted seconds until all of a chunk of `audio_s` seconds has been made."""
        return self.latency_s + self.real_time_factor * audio_s

    def first_block_s(self, audio_s: float) -> float:
        """Predicted seconds until the first block of a chunk of `audio_s` seconds is there."""
        return self.synthesis_s(min(audio_s, self.block_s) if self.block_s else audio_s)
