"""The narrator: the pipeline from text to the device, and the one object most users need.

Runs in main's event loop. It owns the two child processes and the sequencer, and is the thin
shell that brings messages and timers to it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .broadcast_link import BroadcastLink
from .cue import Cue
from .engine import Engine
from .errors import StateError
from .narration_facts import NarrationFacts
from .narrator_options import NarratorOptions, check_text, check_volume
from .preparing import Preparation
from .reading import TextReading, Texts
from .rendering import Rendition
from .script.cast import Cast
from .sequencer import Sequencer
from .speaks_cues import SpeaksCues
from .synthesis.registry import VoiceRegistry
from .types import Priority

if TYPE_CHECKING:
    from .journal.session_recorder import SessionRecorder
    from .voice_channels.voice_channel import VoiceChannel

__all__ = ["Narrator", "NarratorOptions"]

_MANY_CUES = 5_000
"""Past that `room` waits; 10,000 are refused."""
_MAX_UNSPOKEN = 64_000
"""Characters that are read ahead of the chunker; past that the reader waits."""


class Narrator(SpeaksCues, NarrationFacts):
    """Speaks cues in their order, as one unbroken voice.

        async with Narrator(NarratorOptions(output="wav:scene.wav")) as narrator:
            cue = narrator.play("The gate stood open.")
            await cue.wait_finished()

    All methods are called in the event loop that started it. `play` and the transport return at
    once. Entering raises `SynthesisError`, `PlayoutError` or `ProcessError` where the voice or the
    output cannot be had; a failure later ends the cues as failed and is raised by `drain`.
    """

    def __init__(
        self, options: NarratorOptions | None = None, *, registry: VoiceRegistry | None = None
    ) -> None:
        options = options or NarratorOptions()
        super().__init__(options, registry or VoiceRegistry(settings=options.synthesizers))
        self._reading = TextReading(self.room, self.push, self._finish_text)
        self._recorder: SessionRecorder | None = None

    # life

    async def __aenter__(self) -> Self:
        if self._engine is not None:
            raise StateError("a narrator is entered once: make another one")
        self.options.check()
        self.voice = self._registry.resolve(self.options.voice)
        self._engine = Engine(
            self.options, self.voice, self._registry, self._clock_0, self._subscriptions
        )
        try:
            if (file := self.options.ambience) is not None:  # it loads while the voice does
                self._engine.output.ambience.play(file, self.options.ambience_level_db)
            await self._engine.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the cues that are left, finish the output and end the processes. Idempotent."""
        self._reading.close()
        if self._engine is not None:
            await self._engine.close()
        if self._recorder is not None:
            await asyncio.to_thread(self._recorder.close)

    # speaking

    def push(self, cue: Cue, text: str) -> None:
        """More text of a cue; raises `StateError` after `finish`. A cue that has ended takes no
        more: it is dropped."""
        check_text(text)
        self._running.act(lambda sequencer, now: sequencer.push_text(cue, text, now))

    def finish(self, cue: Cue) -> None:
        """The text of a cue is complete."""
        self._finish_text(cue, None)

    def stream(
        self,
        texts: Texts,
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        character: str | None = None,
        language: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
    ) -> Cue:
        """Speak text while it is still being written; it is read no faster than needed, and no
        further once the cue has ended. Where reading it raises, what had come is spoken and the
        cue ends as failed. Otherwise like `play`."""
        if (known := self._known(cue_id)) is not None:
            return known
        cue = self._make_cue(cue_id, voice, character, language, priority, speed)
        self._queue(cue)
        self._reading.start(cue, texts)
        return cue

    def prepare(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        language: str | None = None,
        speed: float = 1.0,
    ) -> Preparation:
        """Make the speech of a cue now, when nothing else wants the voice, and keep it: a `play`
        with the same arguments, in this session or another, is heard at once. Raises what `play`
        does, and `StateError` where nothing is kept."""
        check_text(text)
        if self._running.preparer is None:
            raise StateError("nothing can be prepared: no speech is kept; set cache.size_mb")
        cue = self._make_cue(None, voice, character, language, Priority.PREFETCH, speed)
        cue.add_text(text)
        preparation = Preparation(cue)
        self._running.preparer.add(preparation)
        self._running.advance_soon()
        return preparation

    def cancel_preparation(self, preparation: Preparation) -> None:
        """Make no more of it; what was made stays."""
        if self._running.preparer is not None:
            self._running.preparer.cancel(preparation)

    def render(
        self,
        text: str,
        *,
        voice: str | None = None,
        character: str | None = None,
        language: str | None = None,
        speed: float = 1.0,
        keeps_words: bool = False,
    ) -> Rendition:
        """Speak `text` into samples, beside the narration, which goes first; with `keeps_words` the
        times of its words are told. Raises what `play` does, and `StateError` where 64 are being
        spoken already."""
        check_text(text)
        cue = self._make_cue(None, voice, character, language, Priority.PREFETCH, speed)
        cue.add_text(text)
        wake = self._running.advance_soon
        rendition = Rendition(cue, self.sample_rate, wake, keeps_words=keeps_words)
        self._running.renderer.add(rendition)
        self._running.advance_soon()
        return rendition

    def set_cast(self, voices: Mapping[str, str]) -> None:
        """Give characters these voices, beside what the cast says of them; what was set before is
        forgotten. Raises what `check_voice` does, and changes nothing then."""
        for voice in voices.values():
            self.check_voice(voice)
        self._running.speech.staging.set_voices(voices)

    def recast(self, cast: Cast) -> None:
        """Another cast, for the cues that begin from now on; what `set_cast` gave stays."""
        self._running.speech.staging.set_cast(cast)
        self._running.ensemble.load_cast(cast)
        self._running.channels.set_cast(cast)
        self.options = replace(self.options, cast=cast)

    def set_output(self, output: str) -> None:
        """Go on, where it is, on another device, as `NarratorOptions.output` names it; one that is
        not there is waited for. Raises `ConfigError` for what is no output, and where the old or
        the new one is a file, which is written from its beginning to its end."""
        self._running.output.move_to(output)
        self.options = replace(self.options, output=output)

    def look_for_voices(self) -> None:
        """Voices were added or removed: look at what is installed again."""
        self._registry.look_again()
        self._running.ensemble.look_again()

    def check_voice(self, spec: str) -> None:
        """Raise `UnknownVoiceError` or `SynthesizerError` where no cue can have this voice."""
        self._running.ensemble.check(spec)

    def _finish_text(self, cue: Cue, broken: str | None) -> None:
        self._running.act(lambda sequencer, _: sequencer.finish_text(cue, broken))

    async def room(self) -> None:
        """Wait until more text is welcome: little waits to be chunked, and few cues do."""
        while (
            self._running.started.waiting > _MANY_CUES
            or self._running.started.unspoken_characters() > _MAX_UNSPOKEN
        ):
            await self._running.change()

    async def drain(self) -> None:
        """Wait until all cues have ended; raises what made the narration impossible."""
        while self._running.started.waiting:
            await self._running.change()

    async def failed(self) -> None:
        """Wait until the narration has become impossible; `drain` raises why. Raises `StateError`
        when the narrator is closed."""
        while self._engine is None or self._engine.failure is None:
            await self._running.change()

    # transport

    def pause(self) -> None:
        """Fade out within 50 ms and keep the place."""
        self._running.pause()

    def resume(self) -> None:
        """Go on, faded in, where `pause` left off."""
        self._running.resume()

    def skip(self) -> None:
        """End the first cue; the next follows at once."""
        self._running.act(lambda sequencer, now: sequencer.skip(now))

    def stop(self) -> None:
        """Fade out within 50 ms and end all cues; a pause ends with them."""
        self._running.act(lambda sequencer, now: sequencer.stop(now))
        self._running.resume()

    def cancel(self, cue: Cue) -> None:
        """Take back one cue, whether it is being heard or waits."""
        self._running.act(lambda sequencer, now: sequencer.cancel(cue, now))

    def clear(self) -> None:
        """Take back all cues of which nothing has been heard; what is being heard goes on."""
        self._running.act(lambda sequencer, now: sequencer.clear(now))

    def set_volume(self, volume: float) -> None:
        """Set the master volume, a factor from 0 (mute) to 1, ramped; raises `ConfigError`."""
        check_volume(volume)
        self._running.output.set_gain(volume)

    def record(self, path: Path, on_trouble: Callable[[str], None]) -> None:
        """Record what is heard from now on, as FLAC with a chapter for each cue, until `close`;
        once. `on_trouble` is called, perhaps on another thread, where it cannot be written."""
        from .journal.session_recorder import SessionRecorder  # few record

        sequencer = self._running.started
        self._recorder = SessionRecorder(path, sequencer.buffer.sample_rate, on_trouble)
        sequencer.add_tap(self._recorder)

    @property
    def _running_engine(self) -> Engine:
        return self._running

    @property
    def _running_sequencer(self) -> Sequencer:
        return self._running.started

    def _act_first(self, action: Callable[[Sequencer, float], None]) -> None:
        self._running.act_first(action)

    # voices beside this one

    def open_channel(self) -> "VoiceChannel":
        """A further voice with cues and a place of its own, for whoever plays its sound: speech is
        made for it when the narration has no need of the worker. Close it. It holds 3 MB
        of sound."""
        from .voice_channels.voice_channel import VoiceChannel  # few have one

        return VoiceChannel(self._running, self, self._clock_0)

    # listeners elsewhere

    @property
    def broadcast(self) -> BroadcastLink:
        """Where listeners connect by WebRTC; its process is there from the first one on."""
        return self._running.output.broadcast

    # ambience

    def set_ambience(self, path: Path | None, *, level_db: float = -20.0) -> None:
        """Loop a sound file under the voice, faded in, or over from the one before; None fades it
        out. Raises `ConfigError` where the file is not there or the output has no place for it;
        what is wrong with its content is told as `AmbienceFailed`."""
        self._running.output.ambience.play(path, level_db)

    def set_ambience_level(self, level_db: float) -> None:
        """How loud the ambience is, in dB, 0 as in its file; raises `ConfigError`."""
        self._running.output.ambience.set_level(level_db)
