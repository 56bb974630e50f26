"""What the console keeps from one time to the next: the list as it stands, the theme, whether the
guide was shown. A crash costs what was changed in the last second."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from ...core.cue_list import CueList
from .scripts import write_whole


def state_folder() -> Path:
    import platformdirs

    return platformdirs.user_state_path("skaldcast", appauthor=False) / "console"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered beside the list."""

    guide_shown: bool = False
    dark: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """The list as it stood."""

    cues: list[dict[str, str | None]]
    standby: int | None
    """Its place."""
    path: str | None
    """The script it came from."""
    saved: bool
    """Whether that file has all of it."""

    @classmethod
    def of(cls, cues: CueList, path: Path | None, *, saved: bool) -> "Draft":
        rows = [{"text": c.text, "character": c.character, "voice": c.voice} for c in cues]
        standby = None if cues.standby is None else cues.index(cues.standby)
        return cls(rows, standby, None if path is None else str(path), saved)

    def fill(self, cues: CueList) -> None:
        """Put it into an empty list."""
        for row in self.cues:
            cues.append(row["text"] or "", character=row.get("character"), voice=row.get("voice"))
        at = self.standby
        cues.stand_by(cues[at] if at is not None and 0 <= at < len(cues) else None)


class Keeper:
    """The files in `folder`. One that cannot be read is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        self._settings, self._draft = folder / "console.json", folder / "draft.json"

    def kept(self) -> Kept:
        values = _read(self._settings)
        return Kept(bool(values.get("guide_shown")), bool(values.get("dark", True)))

    def keep(self, kept: Kept) -> None:
        """Raises `TextError`."""
        write_whole(self._settings, json.dumps(asdict(kept)))

    def draft(self) -> Draft | None:
        """The list of last time; None where there was none."""
        values = _read(self._draft)
        rows = values.get("cues")
        if not isinstance(rows, list) or not rows:
            return None
        cues = [_row(row) for row in cast("Iterable[object]", rows)]
        standby, path = values.get("standby"), values.get("path")
        return Draft(
            [row for row in cues if row["text"]],
            standby if isinstance(standby, int) else None,
            path if isinstance(path, str) else None,
            values.get("saved") is True,
        )

    def save_draft(self, draft: Draft) -> None:
        """Raises `TextError`."""
        write_whole(self._draft, json.dumps(asdict(draft), ensure_ascii=False))


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", values) if isinstance(values, dict) else {}


def _row(row: object) -> dict[str, str | None]:
    values = cast("dict[str, object]", row) if isinstance(row, dict) else {}
    names = ("text", "character", "voice")
    return {n: v if isinstance(v := values.get(n), str) else None for n in names}
