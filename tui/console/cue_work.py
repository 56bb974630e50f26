"""The console's list of cues: changed by key, opened from scripts and saved in them, kept from one
time to the next."""

from collections.abc import Callable
from pathlib import Path

from ...core.cue_list import CueList, Line, paragraphs
from ...core.user_path import user_path
from .autosave import Autosave
from .keeping import Keeper
from .list_editing import ListEditing, as_written
from .list_work import ListWork
from .prompting import dropped_path
from .screens.asking import AskLine, AskText
from .scripting import edit_script
from .scripts import read_script, write_script
from .widgets.cue_table import CueTable
from .widgets.prompt import Prompt


class CueWork(ListWork):
    """An application whose list `keeper` keeps, as it changes."""

    def __init__(self, keeper: Keeper, *, script: Path | None) -> None:
        super().__init__()
        self.cues = CueList()
        self.editing = ListEditing(self.cues)
        self._keeper = keeper
        self._autosave = Autosave(
            keeper, self.cues, lambda text: self.notice(text, is_trouble=True)
        )
        self._autosave.script = script

    @property
    def script(self) -> Path | None:
        """The file that the list was taken from, or saved in."""
        return self._autosave.script

    def open_at_start(self) -> None:
        """The script that was named, else the list of last time."""
        if self.script is not None:
            self.open_script(self.script)
            return
        draft = self._keeper.draft()
        if draft is not None:
            draft.fill(self.cues)
            self._autosave.script = None if draft.path is None else Path(draft.path)
            self._autosave.saved = draft.saved
            self.list_changed(edited=False)
            self.notice(f"the list of last time is back: {len(self.cues)} cues")
        elif self._keeper.number > 1:
            self.notice(
                f"console {self._keeper.number}: another one is open, so this one keeps a list of "
                "its own"
            )

    # the list

    def on_prompt_dropped(self, event: Prompt.Dropped) -> None:
        self.open_script(event.path)

    def on_prompt_pasted(self, event: Prompt.Pasted) -> None:
        found = paragraphs(event.text)
        self.attempt(lambda: self.editing.append(found))
        self.list_changed()
        self.notice(f"pasted into the list: {len(found)} cues")

    def on_cue_table_asked(self, event: CueTable.Asked) -> None:
        match event.what, event.line:
            case "add", line:
                self._edit_text("A new cue", "", lambda text: self.editing.add(line, text))
            case "undo", _:
                self._change(self.editing.undo)
            case "search", _:
                self.push_screen(AskLine("Search", self.editing.wanted, "words"), self._search)
            case "moved", _:
                self.list_changed()
            case _, None:
                pass
            case "stand_by", line:
                self._change(lambda: self.cues.stand_by(line))
            case "replay", line:
                self.attempt(lambda: self.link.replay(line))
            case "edit", line:
                self._edit_text("Edit", line.text, lambda text: self.editing.edit(line, text))
            case "duplicate", line:
                self._change(lambda: self.editing.duplicate(line))
            case "delete", line:
                self._change(lambda: self.editing.delete(line))
            case "next_match", line:
                self._search(self.editing.wanted)
            case what, _:
                raise AssertionError(what)

    def _edit_text(self, title: str, text: str, take: Callable[[str], Line | None]) -> None:
        def taken(changed: str | None) -> None:
            if changed is not None:
                self._change(lambda: take(changed))

        self.push_screen(AskText(title, text, "[Name] before the words says who speaks"), taken)

    def _change(self, change: Callable[[], Line | None]) -> None:
        """Change the list; the line that comes of it is chosen."""

        def act() -> None:
            line = change()
            self.list_changed()
            if line is not None:
                self.main.cue_table.choose(line)

        self.attempt(act)

    def _search(self, wanted: str | None) -> None:
        if not wanted:
            return
        line = self.editing.find(wanted, self.main.cue_table.cursor)
        if line is None:
            self.notice(f"no cue has {wanted!r} in it")
        else:
            self.main.cue_table.choose(line)
            self.main.cue_table.focus()

    def list_changed(self, *, edited: bool = True) -> None:
        """The list was changed, by the user where it was `edited`."""
        self._autosave.list_changed(edited=edited)
        self.main.list_changed()
        self._show_title()
        self.attempt(self.link.list_changed)

    def _show_title(self) -> None:
        name = self.script.name if self.script else "no script"
        self.main.titled(name if self._autosave.saved else f"{name} (not saved)")

    # scripts

    def action_open(self) -> None:
        def opened(path: str | None) -> None:
            if path is not None:
                self.open_script(dropped_path(path) or user_path(path))

        now = "" if self.script is None else str(self.script)
        self.push_screen(AskLine("Open a script", now, "path of a text file"), opened)

    def open_script(self, path: Path) -> None:
        """Take the cues of a file in the place of those that are there, which undo brings back;
        what is being spoken stays."""

        def act() -> None:
            self.editing.replace(read_script(path))
            self._saved_in(path)
            self.list_changed(edited=False)
            self.notice(f"{path.name}: {len(self.cues)} cues")

        self.attempt(act)

    def action_save(self) -> None:
        now = "" if self.script is None else str(self.script)
        if now:
            self._save(now)
        else:
            self.push_screen(AskLine("Save as", now, "path of a text file"), self._save)

    def _save(self, path: str | None) -> None:
        if path is None:
            return

        def act() -> None:
            place = user_path(path)
            write_script(place, [as_written(line) for line in self.cues])
            self._saved_in(place)
            self._autosave.list_changed(edited=False)
            self._show_title()
            self.notice(f"saved {len(self.cues)} cues in {place}")

        self.attempt(act)

    def _saved_in(self, path: Path) -> None:
        self._autosave.script, self._autosave.saved = path.absolute(), True

    def action_script(self) -> None:
        edit_script(self)
