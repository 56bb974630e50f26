"""How a narrator is set up, and what is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

from .ambience.checks import check_ambience, check_duck, check_level
from .broadcast_link import BroadcastOptions
from .errors import ConfigError
from .languages import Languages
from .playout.outputs import parse_output
from .playout.prebuffer import Prebuffer
from .script.cast import Cast
from .speech_options import SpeechOptions
from .spoken.lexicon import Lexicon
from .spoken.speaker import SpeakableText
from .staging import Staging
from .synthesis.messages import VoiceLoaded
from .synthesis.registry import ResolvedVoice
from .synthesis.synthesizer import TARGET_LUFS, Joining, Limited, Pronouncing
from .synthesis.voice_profile import VoiceProfile
from .synthesis.voice_profile_store import VoiceProfileStore
from .text.language_guess import LanguageGuess
from .text.pace import Pace
from .text.profiles import Profile
from .voice_in_use import VoiceInUse, any_length

SPEEDS = (0.5, 2.0)
"""The slowest and the fastest speaking rate; beyond them voices break."""

_RANGES = {"latency_s": (0.01, 10.0), "loudness_lufs": (-40.0, -10.0), "seed": (0, 2**32 - 1)}
"""As in `core.settings`, for those who make options by hand."""


@dataclass(frozen=True, slots=True)
class NarratorOptions:
    """How a narrator is set up; the meanings are those of the settings of the same names."""

    voice: str = "hibari:heart"
    output: str = "device"
    speed: float = 1.0
    latency_s: float = 1.0
    exclusive: bool = False
    """Windows: ask WASAPI for the device alone."""
    volume: float = 1.0
    profile: str = "cinematic"
    prebuffer: Literal["adaptive", "fixed"] = "adaptive"
    prebuffer_start_s: float = 2.0
    prebuffer_pause_s: float = 1.5
    loudness_lufs: float = TARGET_LUFS
    seed: int = 0
    language: str | None = None
    """What the text is written in: BCP 47, or ``auto``, which tells by the text of each cue; None
    is the voice's own language."""
    state_folder: Path | None = None
    """Where what is learned of each voice is kept; None keeps nothing."""
    speech_folder: Path | None = None
    """Where speech is kept that was made once; None keeps none."""
    cache_mb: int = 1024
    """How much of it, in MB."""
    ambience: Path | None = None
    """A sound file that is looped under the voice (docs/ambience.md)."""
    ambience_level_db: float = -20.0
    ambience_duck_db: float = 12.0
    script: bool = False
    """Read cues as scripts: who says what, pauses, what is not spoken (docs/script.md)."""
    cast: Cast | None = None
    """Which voice each character has; None gives all of them the narrator's."""
    lexicon: Lexicon | None = None
    """How invented names are said."""
    broadcast: BroadcastOptions = field(default_factory=BroadcastOptions)
    """How those are served who listen by WebRTC (docs/web.md)."""
    synthesizers: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, Mapping[str, str]]
    )
    """Settings of synthesizers, by their names: what `Settings.synthesizers` gives."""

    def check(self) -> None:
        """Raise the error that a wrong value would lead to later, before anything is started."""
        check_speed(self.speed)
        check_volume(self.volume)
        for name, (least, most) in _RANGES.items():
            value = getattr(self, name)
            if not isinstance(value, int | float) or not least <= value <= most:
                raise ConfigError(f"{name} {value!r} is not a number from {least} to {most}")
        for name in ("voice", "output"):
            if not isinstance(value := getattr(self, name), str) or not value.strip():
                raise ConfigError(f"{name} {value!r} is not a name")
        Profile.named(self.profile)
        parse_output(self.output)
        check_level(self.ambience_level_db)
        check_duck(self.ambience_duck_db)
        if self.ambience is not None:
            check_ambience(self.ambience, self.output, exclusive=self.exclusive)
        self.make_prebuffer(Pace())

    def make_prebuffer(self, pace: Pace) -> Prebuffer:
        """The prebuffer these options ask for; raises `ConfigError`."""
        return Prebuffer(
            self.prebuffer, pace, start_s=self.prebuffer_start_s, pause_s=self.prebuffer_pause_s
        )

    def speech(self, voice: ResolvedVoice) -> SpeechOptions:
        """How cues are spoken with `voice`. Raises `SynthesizerError` where it does not speak the
        language, and `ConfigError` where that is ``auto`` and py3langid is not installed."""
        own = voice.voice.languages[0]
        narrator = use_voice(voice)
        guess = LanguageGuess(voice.voice.languages)
        languages = Languages(self.language or own, own, narrator.most_characters, guess)
        languages.check(languages.usual)
        return SpeechOptions(
            staging=Staging(narrator, self.cast, script=self.script),
            speakable=SpeakableText(self.lexicon),
            profile=self.profile,
            speed=self.speed,
            seed=self.seed,
            loudness_lufs=self.loudness_lufs,
            languages=languages,
        )

    def load_profile(
        self, store: VoiceProfileStore | None, voice: ResolvedVoice, loaded: VoiceLoaded
    ) -> VoiceProfile:
        """What has been learned of `voice` at this speed."""
        hint, speed = loaded.speed_hint, self.speed
        if hint is not None and hint.seconds_per_character is not None:
            hint = replace(hint, seconds_per_character=hint.seconds_per_character / speed)
        name = voice.spec if speed == 1.0 else f"{voice.spec} at {speed}"
        return VoiceProfile(name, hint) if store is None else store.load(name, hint)


def use_voice(voice: ResolvedVoice, synthesizer: str = "") -> VoiceInUse:
    """A voice that nothing has been learned of yet."""
    made = voice.create()
    # What it says once, it says without I/O.
    limit = cache(made.most_characters) if isinstance(made, Limited) else any_length
    in_use = VoiceInUse(
        voice.voice.name, VoiceProfile(voice.spec), synthesizer, voice.voice.languages, limit
    )
    if isinstance(made, Joining):
        in_use.least_characters = cache(made.least_characters)
    if isinstance(made, Pronouncing):
        in_use.spoken_form, in_use.pronounce = made.spoken_form, made.pronounce
    return in_use


def check_text(text: object) -> None:
    """Raise `TypeError` for what is no text, before any of it is queued."""
    if not isinstance(text, str):
        raise TypeError(f"text is a str, not {type(text).__name__}: {text!r:.40}")


def check_speed(speed: float) -> None:
    """Raise `ConfigError` where nothing can be spoken so fast or slowly."""
    slowest, fastest = SPEEDS
    if not slowest <= speed <= fastest:
        raise ConfigError(f"the speed {speed} is not from {slowest} to {fastest}")


def check_volume(volume: float) -> None:
    """Raise `ConfigError` where it is no factor from 0 to 1."""
    if not 0.0 <= volume <= 1.0:
        raise ConfigError(f"the volume {volume} is not from 0 (mute) to 1")
