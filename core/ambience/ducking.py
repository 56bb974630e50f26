"""When the ambience is ducked: as soon as the voice sounds, until it has rested a while. Plain."""

from .times import REST_S


class Ducking:
    """Follows the voice; `ducked` says what is wanted at a time on the caller's clock."""

    def __init__(self, *, voice_sounds: bool) -> None:
        self._sounds = voice_sounds
        self._rested_at = 0.0
        """When the voice will have rested long enough."""

    def voice(self, sounds: bool, now: float) -> None:
        """The voice began to sound, or ended; idempotent."""
        if self._sounds and not sounds:
            self._rested_at = now + REST_S
        self._sounds = sounds

    def ducked(self, now: float) -> bool:
        return self._sounds or now < self._rested_at
