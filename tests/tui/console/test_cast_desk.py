"""What is read of a cast file late does not take the place of what was changed meanwhile."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from skaldcast.core.cue_list import CueList
from skaldcast.core.script.cast import CharacterVoice
from skaldcast.core.script.cast_file import read_cast, write_cast
from skaldcast.tui.console import cast_desk
from skaldcast.tui.console.cast_desk import CastDesk
from tests.tui.console.acting import FakeSetup


class Late:
    """Reads at once and gives it late, once told to; writes when it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_late = False
        self.has_read, self.may_give = threading.Event(), threading.Event()
        self.writes, self.may_write = threading.Event(), threading.Event()
        monkeypatch.setattr(cast_desk, "read_cast", self._read)
        monkeypatch.setattr(cast_desk, "write_cast", self._write)

    def _write(self, path: Path, parts: Sequence[CharacterVoice]) -> None:
        self.writes.set()
        self.may_write.wait(20.0)
        write_cast(path, parts)

    def _read(self, path: Path) -> Sequence[CharacterVoice]:
        parts = read_cast(path)
        if self.is_late:
            self.is_late = False  # the next one, which writes, is not
            self.has_read.set()
            self.may_give.wait(20.0)
        return parts


@pytest.mark.parametrize("changed_first", [True, False])
def test_a_change_is_kept_though_the_file_is_being_read(
    changed_first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "cast.toml").write_text("[Strahd]\n")
    (tmp_path / "config.toml").write_text('[cast]\nfile = "cast.toml"\n')
    late, setup = Late(monkeypatch), FakeSetup()
    setup.settings_file = tmp_path / "config.toml"

    async def work() -> None:
        saved = asyncio.Event()
        told: list[str] = []
        desk = CastDesk(
            setup, CueList(), lambda _: None, lambda text, _: told.append(text), saved.set
        )
        await desk.open()
        if changed_first:
            desk.casting.add("Mira")
            desk.changed()
            await asyncio.to_thread(late.writes.wait, 20.0)
        late.is_late = True
        opening = asyncio.create_task(desk.open())
        await asyncio.to_thread(late.has_read.wait, 20.0)
        if not changed_first:
            desk.casting.add("Mira")
            desk.changed()
        late.may_write.set()
        await saved.wait()
        late.may_give.set()
        await opening
        names = [part.character for part in desk.casting.parts]
        assert (names, told) == (["Strahd", "Mira"], [])

    asyncio.run(asyncio.wait_for(work(), 60.0))
