"""How cues are spoken: from a cut chunk to what the synthesizer is asked for. Plain."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .cue import Cue
from .languages import Languages
from .plan import is_voiced
from .spoken.speaker import SpeakableText
from .spoken.spoken_text import SpokenText
from .staging import Staging
from .synthesis.synthesizer import TARGET_LUFS, SynthesisRequest
from .text.chunker import Chunker
from .text.pace import Pace
from .utterances import UtteranceChunk
from .voice_in_use import Part, VoiceInUse

SPEEDS = (0.5, 2.0)
"""Beyond them voices break, whatever narrator, character and script ask for together."""

Recalls = Callable[[VoiceInUse, SynthesisRequest], bool]
"""Whether a voice's speech was made before and is kept."""


def recalls_nothing(voice: VoiceInUse, request: SynthesisRequest) -> bool:
    """Where no speech is kept."""
    del voice, request
    return False


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How cues are spoken unless they say otherwise."""

    staging: Staging
    profile: str = "cinematic"
    speed: float = 1.0
    seed: int = 0
    loudness_lufs: float = TARGET_LUFS
    languages: Languages = field(default_factory=Languages)
    speakable: SpeakableText = field(default_factory=SpeakableText)

    def warm_up(self) -> None:
        """Make what scripts and the usual language need, on a thread, while the voice is being
        loaded."""
        self.staging.warm_up()
        self.speakable.warm_up(self.languages.main)

    def speed_of(self, cue: Cue, part: Part) -> float:
        """The speaking rate of a part of a cue."""
        slowest, fastest = SPEEDS
        return min(max(self.speed * cue.speed * part.speed, slowest), fastest)

    def language_of(self, language: str, voice: VoiceInUse) -> str:
        """What a cue in `language` is spoken in: the narrator's voice was asked when it came."""
        narrates = voice is self.staging.narrator
        return language if narrates else voice.language_for(language)

    def chunker(
        self, cue: Cue, part: Part, language: str, pace: Pace, lead_s: float = 0.0
    ) -> Chunker:
        """What cuts an utterance of a cue in `language`, its voice's `pace` being at the
        narrator's speed."""
        spoken_in = self.language_of(language, part.voice)
        return Chunker(
            self.profile,
            pace=pace.at_speed(self.speed_of(cue, part) / self.speed),
            lead_s=lead_s,
            language=language,
            most_characters=part.voice.most_characters(spoken_in),
            least_characters=part.voice.least_characters(spoken_in),
        )

    def request(
        self, cue: Cue, language: str, cut: UtteranceChunk, *, continues: bool, order: int = 0
    ) -> tuple[SynthesisRequest, SpokenText] | None:
        """What is asked of the synthesizer for a chunk, and what that says of its text; None where
        there is nothing to say."""
        part, voice = cut.part, cut.part.voice
        own = self.language_of(language, voice)
        spoken = self.say(cut.chunk.text, own, voice)
        if not is_voiced(spoken.text):
            return None
        request = SynthesisRequest(
            text=spoken.text,
            voice=voice.name,
            speed=self.speed_of(cue, part),
            seed=self.seed,
            language=own,
            loudness_lufs=self.loudness_lufs + part.gain_db,
            continues=continues,
            order=order,
        )
        return request, spoken

    def say(self, text: str, language: str, voice: VoiceInUse) -> SpokenText:
        """What `voice` is given for a chunk's text, in the form that it takes."""
        return self.speakable.speak(text, language, voice.spoken_form, voice.pronounce)

    def teaches(self, language: str, voice: VoiceInUse, request: SynthesisRequest) -> bool:
        """Whether a voice's pace can be learned from a chunk of a cue in `language`: a speed or a
        language of its own would teach a wrong speaking rate."""
        narrates = voice is self.staging.narrator
        usual = self.languages.main if narrates else voice.languages[0]
        return request.speed == self.speed and request.language == usual
