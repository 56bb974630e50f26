"""Cues made of text and options: what a narrator and a channel beside it have in common. Runs in
main's event loop."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from uuid import uuid4

from .cue import Cue
from .engine import Engine
from .errors import StateError
from .languages import AUTO
from .narrator_options import check_speed, check_text
from .sequencer import Sequencer
from .types import Priority

_MAX_CUES = 10_000


class SpeaksCues(ABC):
    """Makes cues and queues them; both return at once."""

    def play(
        self,
        text: str = "",
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        character: str | None = None,
        language: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
        begin: int = 0,
    ) -> Cue:
        """Speak `text` when its turn comes. A `cue_id` that is known already (of those that ended:
        among the last 20,000) is not spoken twice: its cue is returned. `character` speaks it, by
        the cast, unless its script says otherwise. `language` is what it is written in, as BCP 47
        or ``auto``; None is the narrator's, or the own one of `voice`. What stands before the
        character `begin` was heard before: it is read for its markup and not spoken.

        Raises `ConfigError` for a speed that is not from 0.5 to 2, `UnknownVoiceError`,
        `SynthesizerError` for a language that the voice does not speak, and `StateError` where
        10,000 cues wait already."""
        check_text(text)
        if (known := self._known(cue_id)) is not None:
            return known
        cue = self._make_cue(cue_id, voice, character, language, priority, speed)
        return self._queue(cue, text, begin)

    def open(
        self,
        *,
        cue_id: str | None = None,
        voice: str | None = None,
        character: str | None = None,
        language: str | None = None,
        priority: Priority = Priority.DEMAND,
        speed: float = 1.0,
        begin: int = 0,
    ) -> Cue:
        """Begin a cue whose text comes with `push`, until `finish`. Raises what `play` does, and
        `StateError` where `cue_id` is known already."""
        if self._known(cue_id) is not None:
            raise StateError(f"there is a cue {cue_id!r} already: choose another id")
        cue = self._make_cue(cue_id, voice, character, language, priority, speed)
        return self._queue(cue, begin=begin)

    @property
    @abstractmethod
    def _running_engine(self) -> Engine:
        """What knows the voices; raises what keeps this from being used."""

    @property
    @abstractmethod
    def _running_sequencer(self) -> Sequencer:
        """What takes the cues; raises what keeps this from being used."""

    @abstractmethod
    def _act_first(self, action: Callable[[Sequencer, float], None]) -> None:
        """As `Engine.act_first`."""

    def _known(self, cue_id: str | None) -> Cue | None:
        cues = self._running_sequencer.tally.cues
        return None if cue_id is None else cues.get(cue_id)

    def _make_cue(
        self,
        cue_id: str | None,
        voice: str | None,
        character: str | None,
        language: str | None,
        priority: Priority,
        speed: float,
    ) -> Cue:
        check_speed(speed)
        engine = self._running_engine
        own = None if voice is None else engine.ensemble.voice(voice)
        if own is not None and not engine.options.language:
            language = language or own.languages[0]
        if language is not None and (own is None or not own.synthesizer or language == AUTO):
            engine.speech.languages.check(language)
        return Cue(
            cue_id or uuid4().hex[:12],
            voice=None if own is None else own.name,
            spoken_by=own,
            character=character,
            language=language,
            priority=priority,
            speed=speed,
        )

    def _queue(self, cue: Cue, text: str | None = None, begin: int = 0) -> Cue:
        """Queue a cue; its `text`, where there is one, is all of it."""
        cue.begin = max(begin, 0)
        if self._running_sequencer.waiting >= _MAX_CUES:
            raise StateError(f"{_MAX_CUES} cues are waiting; let some end before the next one")

        def add(sequencer: Sequencer, now: float) -> None:
            sequencer.add(cue, now, text or "")
            if text is not None:
                sequencer.finish_text(cue)

        self._act_first(add)
        return cue
