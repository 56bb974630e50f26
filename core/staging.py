"""How cues are read, and who speaks them. Plain."""

from collections.abc import Callable, Mapping

from .cue import Cue
from .script.cast import Cast
from .script.pieces import ScriptPiece
from .script.plain import PlainText
from .utterances import Parser
from .voice_in_use import Part, VoiceInUse


class Staging:
    """Gives each piece of a cue to the narrator or to a character of the cast.

    A cue's own voice is that of who speaks it, be it the narrator or a character. `script`: cues
    are read by the script grammar; without it each is one speaker's, as it stands.
    """

    def __init__(
        self, narrator: VoiceInUse, cast: Cast | None = None, *, script: bool = False
    ) -> None:
        self.narrator = narrator
        self.cast = self._given_cast = cast or Cast()
        self.find: Callable[[str], VoiceInUse | None] = lambda _: None
        """The voice of a name, None where there is no such voice; the engine sets it."""
        self._set_voices: dict[str, str] = {}
        self._script = script

    def beside(self) -> "Staging":
        """Another one of the same voices and cast, whose cast may be set for itself."""
        other = Staging(self.narrator, self._given_cast, script=self._script)
        other.find = self.find
        return other

    def set_cast(self, cast: Cast) -> None:
        """Another cast; voices that were set beside the one before stay."""
        cast.follow(self._given_cast)
        self._given_cast = cast
        self.set_voices(self._set_voices)

    def set_voices(self, voices: Mapping[str, str]) -> None:
        """Give characters these voices, beside what the cast says of them, and no others."""
        self._set_voices = dict(voices)
        self.cast = self._given_cast.with_voices(voices) if voices else self._given_cast

    def warm_up(self) -> None:
        """Load the grammar, whose expressions take a while to compile."""
        if self._script:
            self.parser(Cue(""))

    def parser(self, cue: Cue) -> Parser:
        """What reads the text of a cue, from its start."""
        if not self._script:
            return PlainText(cue.character)
        from .script.parser import ScriptParser

        return ScriptParser(
            characters=self.cast.canonical,
            quotes=self.cast.needs_voices,
            speaker=cue.character,
        )

    def director(self, cue: Cue) -> Callable[[ScriptPiece], Part]:
        """What says who speaks each piece of a cue, by the cast as it is now: a cue is spoken to
        its end by the one with which it began."""
        cast = self.cast
        return lambda piece: self._part(cast, cue, piece)

    def part(self, cue: Cue, piece: ScriptPiece) -> Part:
        """Who speaks a piece of a cue, and how."""
        return self._part(self.cast, cue, piece)

    def _part(self, cast: Cast, cue: Cue, piece: ScriptPiece) -> Part:
        role = cast.part(piece.character)
        voice = cue.spoken_by if piece.character in (cue.character, None) else None
        if voice is None and role.voice:
            voice = self.find(role.voice)
        if voice is None or voice.failed:
            voice = self.narrator
        return Part(voice, piece.character, role.speed * piece.speed, role.gain_db)
