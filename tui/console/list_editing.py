"""Changes to the list that can be taken back. Plain: what is spoken is not its matter."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from ...core.cue_list import CueList, Line, paragraphs
from ...core.errors import StateError

_KEPT = 200
_MOST_COMPARED = 5_000
"""Cues of a list that is compared with its edited text; above that all of it is taken anew."""


class ListEditing:
    """Edits `cues`; raises what `CueList` does."""

    def __init__(self, cues: CueList) -> None:
        self._cues = cues
        self._deleted: list[list[tuple[int, Line]]] = []
        self.wanted = ""
        """What was searched for last."""

    def append(self, texts: Sequence[str]) -> None:
        """New lines at the end."""
        for text in texts:
            self._cues.append(text)

    def add(self, behind: Line | None, text: str) -> Line | None:
        """New lines behind one, one for each paragraph."""
        at = len(self._cues) if behind is None else self._cues.index(behind) + 1
        made = [self._cues.insert(at + k, text) for k, text in enumerate(paragraphs(text))]
        return made[0] if made else None

    def edit(self, line: Line, text: str) -> Line:
        """Change a line; further paragraphs are lines behind it. Without any text it is deleted,
        which can be undone."""
        first, *more = paragraphs(text) or [""]
        if not first:
            return self.delete(line) or line
        self._cues.edit(line, first)
        at = self._cues.index(line) + 1
        for k, paragraph in enumerate(more):
            self._cues.insert(at + k, paragraph, character=line.character, voice=line.voice)
        return line

    def duplicate(self, line: Line) -> Line:
        """Once more, behind it."""
        return self._cues.duplicate(line)

    def delete(self, line: Line) -> Line | None:
        """Take it out; the line that comes in its place."""
        at = self._cues.index(line)
        self._cues.remove(line)
        self._remember([(at, line)])
        return self._cues[min(at, len(self._cues) - 1)] if len(self._cues) else None

    def undo(self) -> Line:
        """Bring back what was deleted last."""
        if not self._deleted:
            raise StateError("nothing was deleted")
        back = [self._back(at, line) for at, line in self._deleted.pop()]
        return back[0]

    def _back(self, at: int, line: Line) -> Line:
        return self._cues.insert(
            min(at, len(self._cues)), line.text, character=line.character, voice=line.voice
        )

    def replace(self, texts: Sequence[str]) -> None:
        """Another script: all lines go but those being spoken; they can be brought back."""
        removed = [(at, line) for at, line in enumerate(self._cues) if not line.state.is_live]
        for _, line in reversed(removed):
            self._cues.remove(line)
        self._remember(removed)
        before = len(self._cues)
        self.append(texts)
        self._cues.stand_by(self._cues[before] if len(self._cues) > before else None)

    def rewrite(self, texts: Sequence[str]) -> None:
        """The list's text was edited as a whole: lines that are the same stay what they are.
        Raises `StateError` where one that is being spoken would go; nothing is changed then."""
        before = [as_written(line) for line in self._cues]
        if max(len(before), len(texts)) > _MOST_COMPARED:
            self.replace(texts)
            return
        changes = [
            change
            for change in SequenceMatcher(None, before, texts, autojunk=False).get_opcodes()
            if change[0] != "equal"
        ]
        for _, begin, end, _, _ in changes:
            for at in range(begin, end):
                if self._cues[at].state.is_live:
                    raise StateError(f"cue {at + 1} is being spoken: skip it, then edit")
        removed: list[tuple[int, Line]] = []
        for _, begin, end, start, stop in reversed(changes):
            lines = [self._cues[at] for at in range(begin, end)]
            for line in lines:
                self._cues.remove(line)
            removed += [(begin + k, line) for k, line in enumerate(lines)]
            for k, text in enumerate(texts[start:stop]):
                self._cues.insert(begin + k, text)
        self._remember(sorted(removed, key=lambda row: row[0]))

    def find(self, wanted: str, at: int) -> Line | None:
        """The next line behind the place `at` that has it."""
        again, self.wanted = wanted == self.wanted, wanted
        return self._cues.find(wanted, at + 1 if again else at)

    def _remember(self, removed: list[tuple[int, Line]]) -> None:
        if removed:
            self._deleted.append(removed)
            del self._deleted[:-_KEPT]


def as_written(line: Line) -> str:
    """A line as a paragraph of a script."""
    return f"[{line.character}] {line.text}" if line.character else line.text
