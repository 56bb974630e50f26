"""Main's side of making speech: the voices in use, the worker that speaks with them, and what was
spoken before."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from .cache.speech_cache import SpeechCache
from .dispatcher import Dispatcher, InTurn
from .ensemble import Ensemble
from .events import Event
from .narrator_options import NarratorOptions
from .preparing import Preparer
from .recall import Made, Recall
from .rendering import Renderer
from .speech_options import SpeechOptions
from .synthesis.messages import SynthesizeChunk, VoiceFailed, VoiceLoaded
from .synthesis.registry import ResolvedVoice, VoiceRegistry
from .synthesis.synthesizer import SynthesisRequest
from .synthesis.voice_profile import VoiceProfile
from .synthesis.voice_profile_store import VoiceProfileStore
from .synthesis_link import SynthesisLink, SynthesisListener
from .types import AudioFormat
from .voice_channels.sharing import Channels
from .voice_in_use import VoiceInUse

if TYPE_CHECKING:
    from .voice_channels.line import ChannelLine

_MB = 1_000_000


class SpeechMaking:
    """Takes the dispatcher's orders; `listener` is told what comes of them, as by the link, and
    `replaced` (spec, reason) of each voice that cannot be had."""

    def __init__(
        self,
        options: NarratorOptions,
        narrator: ResolvedVoice,
        speech: SpeechOptions,
        registry: VoiceRegistry,
        listener: SynthesisListener,
        replaced: Callable[[str, str], None],
    ) -> None:
        """Starts the worker: called in the event loop."""
        self.preparer: Preparer | None = None
        """There where speech is kept, once the narrator's voice is."""
        self.renderer: Renderer | None = None
        """There once the narrator's voice is."""
        self.channels = Channels()
        """Those that share the worker."""
        self._options = options
        self._speech = speech
        self._loaded: VoiceLoaded | None = None
        self._listener = replace(listener, made=self._tell_made)
        self._tell = listener.made
        self._replaced = replaced
        self._profiles: VoiceProfileStore | None = None
        if options.state_folder is not None:
            self._profiles = VoiceProfileStore(options.state_folder)
        self._recall: Recall | None = None
        own = replace(
            listener, ready=self._on_ready, made=self._on_made, voice_failed=self._on_voice_failed
        )
        self.link = SynthesisLink(narrator, own)
        self.ensemble = Ensemble(
            registry,
            narrator,
            speech.staging.narrator,
            self.link.load_beside,
            self._learned,
            replaced,
        )

    async def wait_ready(self) -> VoiceLoaded:
        """Wait until the narrator's voice is loaded; raises `SynthesizerError` or
        `ProcessError`."""
        loaded = await self.link.wait_ready()
        if self._options.speech_folder is not None and self._options.cache_mb:
            self._recall = Recall(
                SpeechCache(self._options.speech_folder, max_bytes=self._options.cache_mb * _MB),
                loaded.sample_rate,
                self._voice_of,
                self.link.send,
                self._listener.made,
            )
            self.preparer = Preparer(self._speech, self._recall.has)
        self.renderer = Renderer(self._speech, pauses=loaded.pauses)
        self._loaded = loaded
        self._load_cast()
        return loaded

    def _load_cast(self) -> None:
        staging = self._speech.staging
        staging.find = self.ensemble.find
        self.ensemble.load_cast(staging.cast)

    def send(self, message: object) -> None:
        """An order of the dispatcher."""
        (self._recall or self.link).send(message)

    def dispatcher(self, loaded: VoiceLoaded) -> Dispatcher:
        """What gives the worker its orders, now that the narrator's voice is there."""
        dispatcher = Dispatcher(self.send)
        dispatcher.worker_ready(loaded.batch_capacity)
        parts = (self.channels, self.renderer, self.preparer)
        dispatcher.later = InTurn(*(part for part in parts if part is not None))
        self.channels.narration = dispatcher
        self.channels.worker_ready(loaded.batch_capacity)
        return dispatcher

    def open_line(
        self, emit: Callable[[Event], None], clock_0: float, wake: Callable[[], None]
    ) -> "ChannelLine":
        """A line beside the narration, once the narrator's voice is there; `wake` is called where
        the dispatcher has more to do."""
        from .voice_channels.line import ChannelLine  # few have one

        loaded, speech = self._loaded, self._speech
        assert loaded is not None
        return ChannelLine(
            AudioFormat(loaded.sample_rate),
            self.channels.open(wake),
            self._options.make_prebuffer(speech.staging.narrator.pace()),
            replace(speech, staging=speech.staging.beside()),
            emit,
            clock_0,
            pauses=loaded.pauses,
            recalls=self.has,
        )

    def end(self, failure: str | None) -> None:
        """Nothing can be made any more, by a failure or because the narrator is closed: who waits
        for speech beside the narration is told."""
        if self.renderer is not None:
            self.renderer.fail(failure or "the narrator was closed")
        self.channels.end(failure)

    def has(self, voice: VoiceInUse, request: SynthesisRequest) -> bool:
        """Whether the speech is there already."""
        return self._recall is not None and self._recall.has(voice, request)

    def worker_died(self) -> None:
        """What was under way is ordered anew, once the voices are loaded again."""
        self.ensemble.worker_died()
        self.channels.worker_died()
        if self._recall is not None:
            self._recall.worker_died()

    async def close(self) -> None:
        """Keep what was learned and made, and end the worker."""
        try:
            if self._profiles is not None:
                self.ensemble.save(self._profiles)
            if self._recall is not None:
                await self._recall.close()
        finally:
            await self.link.close()

    def _voice_of(self, order: SynthesizeChunk) -> VoiceInUse | None:
        return self.ensemble.known(order.synthesizer, order.request.voice)

    def _learned(self, voice: ResolvedVoice, loaded: VoiceLoaded) -> VoiceProfile:
        return self._options.load_profile(self._profiles, voice, loaded)

    def _on_ready(self, message: VoiceLoaded) -> None:
        self.ensemble.loaded(message)
        self._listener.ready(message)
        if message.loaded_as:
            self.channels.advance_soon()
        else:
            self.channels.worker_ready(message.batch_capacity)

    def _tell_made(self, message: Made) -> None:
        self.channels.made(message)
        self._tell(message)

    def _on_made(self, message: Made) -> None:
        if self._recall is not None:
            self._recall.made(message)
        else:
            self._listener.made(message)

    def _on_voice_failed(self, message: VoiceFailed) -> None:
        for spec in self.ensemble.failed(message):
            self._replaced(spec, message.reason)
        self.channels.recast()
