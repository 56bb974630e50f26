"""What the console keeps from one time to the next: the list as it stands, the theme, whether the
guide was shown. A crash costs what was changed in the last second."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast
from uuid import uuid4

from ...core.cue_list import CueList
from ...core.models.folder_lock import lock_file
from .scripts import write_whole

_MOST_CONSOLES = 20


def state_folder() -> Path:
    import platformdirs

    return platformdirs.user_state_path("skaldcast", appauthor=False) / "console"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered beside the list."""

    guide_shown: bool = False
    dark: bool = True


class Row(NamedTuple):
    """A cue of the list."""

    text: str
    character: str | None = None
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The list as it stood."""

    cues: list[Row]
    standby: int | None
    """Its place."""
    path: str | None
    """The script it came from."""
    saved: bool
    """Whether that file has all of it."""

    @classmethod
    def of(cls, cues: CueList, path: Path | None, *, saved: bool) -> "Draft":
        rows = [Row(line.text, line.character, line.voice) for line in cues]
        return cls(rows, place_of(cues), None if path is None else str(path), saved)

    def fill(self, cues: CueList) -> None:
        """Put it into an empty list."""
        for row in self.cues:
            cues.append(row.text, character=row.character, voice=row.voice)
        at = self.standby
        cues.stand_by(cues[at] if at is not None and 0 <= at < len(cues) else None)


def place_of(cues: CueList) -> int | None:
    """Where the cue is that stands by."""
    return None if cues.standby is None else cues.index(cues.standby)


class Keeper:
    """The files in `folder`. One that cannot be read is as if it were not there.

    Each of several consoles that are open at once has a list of its own: the first one ``draft``,
    the next one ``draft-2``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings = folder / "console.json"
        self.number = 1
        """Which of the consoles that are open this one is."""
        self._lock: BinaryIO | None = None
        self._edition = ""

    def claim(self) -> None:
        """Take the first list that no other console has, until `close` or this process ends."""
        while self.number < _MOST_CONSOLES:
            self._lock = _locked(self._folder, self.number)
            if self._lock is not None:
                return
            self.number += 1

    def close(self) -> None:
        """Another console may go on with this list."""
        if self._lock is not None:
            self._lock.close()

    @property
    def _draft(self) -> Path:
        return self._folder / f"draft{self._more}.json"

    @property
    def _place(self) -> Path:
        return self._folder / f"place{self._more}.json"

    @property
    def _more(self) -> str:
        return "" if self.number == 1 else f"-{self.number}"

    def kept(self) -> Kept:
        values = _read(self._settings)
        return Kept(bool(values.get("guide_shown")), bool(values.get("dark", True)))

    def keep(self, kept: Kept) -> None:
        """Raises `TextError`."""
        write_whole(self._settings, json.dumps(asdict(kept)))

    def draft(self) -> Draft | None:
        """The list of last time; None where there was none."""
        values, place = _read(self._draft), _read(self._place)
        rows = values.get("cues")
        if not isinstance(rows, list) or not rows:
            return None
        cues = [_row(row) for row in cast("Iterable[object]", rows)]
        of_this = "edition" in values and place.get("edition") == values["edition"]
        standby = (place if of_this else values).get("standby")
        path = values.get("path")
        return Draft(
            [row for row in cues if row.text],
            standby if isinstance(standby, int) else None,
            path if isinstance(path, str) else None,
            values.get("saved") is True,
        )

    def save_draft(self, draft: Draft) -> None:
        """Called in a thread; raises `TextError`."""
        self._edition = uuid4().hex
        # Row by row: one dump of 10,000 would hold the interpreter, and a key, for 20 ms.
        rows = ",\n".join(json.dumps(row._asdict(), ensure_ascii=False) for row in draft.cues)
        rest = {name: getattr(draft, name) for name in ("standby", "path", "saved")}
        head = json.dumps(rest | {"edition": self._edition}, ensure_ascii=False)
        write_whole(self._draft, f'{head[:-1]}, "cues": [{rows}]}}')

    def save_place(self, standby: int | None) -> None:
        """Another cue of the draft that was saved last stands by. Called in a thread; raises
        `TextError`."""
        write_whole(self._place, json.dumps({"edition": self._edition, "standby": standby}))


def _locked(folder: Path, number: int) -> BinaryIO | None:
    """The lock of a console's files, until it is closed or this process ends; None where another
    one has it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / f"console-{number}.lock").open("ab")
    except OSError:  # nothing will be kept here, which is told then
        return BytesIO()
    try:
        lock_file(file)
    except OSError:
        file.close()
        return None
    return file


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", values) if isinstance(values, dict) else {}


def _row(row: object) -> Row:
    values = cast("dict[str, object]", row) if isinstance(row, dict) else {}
    text, *rest = (v if isinstance(v := values.get(n), str) else None for n in Row._fields)
    return Row(text or "", *rest)
