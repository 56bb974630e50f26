"""How text is read that is no script: all of it is spoken by one speaker, as it stands."""

from .pieces import ScriptPiece


class PlainText:
    """Reads as `ScriptParser` does, and finds no markup."""

    holds = False

    def __init__(self, speaker: str | None = None) -> None:
        self._speaker = speaker
        self._position = 0

    def push(self, text: str) -> list[ScriptPiece]:
        piece = ScriptPiece(text, self._position, self._speaker)
        self._position += len(text)
        return [piece]

    def release(self) -> list[ScriptPiece]:
        return []

    def finish(self) -> list[ScriptPiece]:
        return []
