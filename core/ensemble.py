"""The voices in use: found by their names, loaded when they are asked for. Plain but for the
registry, which looks at what is installed."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from .cache.speech_key import speech_model
from .errors import SkaldcastError
from .narrator_options import use_voice
from .script.cast import Cast
from .synthesis.messages import VoiceFailed, VoiceLoaded
from .synthesis.registry import ResolvedVoice, VoiceRegistry
from .synthesis.voice_profile import VoiceProfile
from .synthesis.voice_profile_store import VoiceProfileStore
from .voice_in_use import VoiceInUse


class Ensemble:
    """Knows each voice that has been asked for. Those of the narrator's synthesizer are there from
    the start; each other synthesizer is loaded once, by `load`, with the first voice of it.

    `learned` gives what is known of a voice that has been loaded. A voice that cannot be loaded is
    spoken by the narrator's.
    """

    def __init__(
        self,
        registry: VoiceRegistry,
        narrator: ResolvedVoice,
        narrator_in_use: VoiceInUse,
        load: Callable[[str, ResolvedVoice], None],
        learned: Callable[[ResolvedVoice, VoiceLoaded], VoiceProfile],
        missing: Callable[[str, str], None],
    ) -> None:
        """`missing` is told, once for each, of voices of the cast that cannot be had, and why."""
        self._registry = registry
        self._narrator = narrator
        self._load = load
        self._learned = learned
        self._tell_missing = missing
        self._resolved: dict[VoiceInUse, ResolvedVoice] = {narrator_in_use: narrator}
        self._missing: set[str] = set()
        self._found: dict[str, VoiceInUse] = {narrator.spec: narrator_in_use}

    def __iter__(self) -> Iterator[VoiceInUse]:
        return iter(self._resolved)

    def known(self, synthesizer: str, name: str) -> VoiceInUse | None:
        """The voice that chunks know by these names."""
        return next((v for v in self if (v.synthesizer, v.name) == (synthesizer, name)), None)

    def check(self, spec: str) -> ResolvedVoice:
        """The voice that `spec` means; raises `UnknownVoiceError` and `SynthesizerError`."""
        ours = self._narrator.synthesizer
        try:
            return self._registry.resolve(f"{ours}:{spec}")
        except SkaldcastError:
            return self._registry.resolve(spec)

    def voice(self, spec: str) -> VoiceInUse:
        """The voice that `spec` means, loading or loaded. Raises what `check` does."""
        if spec in self._found:
            return self._found[spec]
        resolved = self.check(spec)
        synthesizer = self._name_of(resolved)
        known = (v for v, r in self._resolved.items() if _is_same(v, r, synthesizer, resolved))
        voice = next(known, None)
        if voice is None:
            voice = use_voice(resolved, synthesizer)
            voice.loaded = any(v.loaded for v in self if v.synthesizer == synthesizer)
            voice.model = speech_model(resolved, voice.name)
            self._resolved[voice] = resolved
            if synthesizer:
                self._load(synthesizer, resolved)
        self._found[spec] = voice
        return voice

    def find(self, spec: str) -> VoiceInUse | None:
        """The voice that `spec` means, None, which is told, where it cannot be had."""
        if spec in self._missing:
            return None
        try:
            return self.voice(spec)
        except SkaldcastError as error:
            self._missing.add(spec)
            self._tell_missing(spec, str(error))
            return None

    def load_cast(self, cast: Cast) -> None:
        """Load the voices of a cast now, so that nobody waits for one later."""
        for part in cast.parts:
            if part.voice is not None:
                self.find(part.voice)

    def look_again(self) -> None:
        """Voices that could not be had may be there now."""
        self._missing.clear()

    def loaded(self, message: VoiceLoaded) -> None:
        """A synthesizer is ready: its voices can speak."""
        for voice, resolved in self._resolved.items():
            if voice.synthesizer == message.loaded_as:
                if not voice.profile.observed:
                    voice.profile = self._learned(resolved, message)
                voice.model = speech_model(resolved, voice.name)
                voice.loaded = True

    def failed(self, message: VoiceFailed) -> list[str]:
        """A synthesizer cannot be loaded: the narrator's voice stands in for its voices, whose
        specs are returned."""
        gone = [v for v in self if v.synthesizer == message.loaded_as and not v.failed]
        for voice in gone:
            voice.failed = True
        return [self._resolved[voice].spec for voice in gone]

    def worker_died(self) -> None:
        """All have to be loaded anew; the narrator's are waited for in any case."""
        for voice in self:
            voice.loaded = not voice.synthesizer

    def save(self, store: VoiceProfileStore) -> None:
        """Keep what was learned of each voice."""
        for voice in self:
            if voice.profile.observed or not voice.synthesizer:
                store.save(voice.profile)

    def _name_of(self, voice: ResolvedVoice) -> str:
        """What chunks call its synthesizer; options make another one of it."""
        if voice.synthesizer == self._narrator.synthesizer:
            return ""  # one model of a kind is enough, and a large one would not fit twice
        return f"{voice.synthesizer}?{urlencode(sorted(voice.options.items()))}"


def _is_same(
    voice: VoiceInUse, resolved: ResolvedVoice, synthesizer: str, wanted: ResolvedVoice
) -> bool:
    return voice.synthesizer == synthesizer and resolved.voice.name == wanted.voice.name
