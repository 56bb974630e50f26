"""The list edited as a text, and put back."""

from typing import TYPE_CHECKING

from ...core.cue_list import paragraphs
from ...core.errors import SkaldcastError
from .list_editing import as_written

if TYPE_CHECKING:
    from .cue_work import CueWork
    from .screens.script import Edited


def edit_script(app: "CueWork", text: str | None = None, said: str = "") -> None:
    """Open the editor, with the list's text or with one that was edited already."""
    from .screens.script import ScriptScreen

    before = "\n\n".join(as_written(line) for line in app.cues)
    name = "a new one" if app.script is None else app.script.name

    def taken(edited: "Edited | None") -> None:
        if edited is not None:
            _take(app, before, edited)

    app.push_screen(
        ScriptScreen(
            f"Script: {name}",
            before if text is None else text,
            app.link.cast,
            before=before,
            said=said,
        ),
        taken,
    )


def _take(app: "CueWork", before: str, edited: "Edited") -> None:
    """Put the text into the list; where that cannot be done now, nothing of it is lost."""
    if edited.text != before:
        try:
            app.editing.rewrite(paragraphs(edited.text))
        except SkaldcastError as error:
            app.notice(str(error), is_trouble=True)
            edit_script(app, edited.text, f"Trouble: {error}")
            return
        app.list_changed()
    if edited.save:
        app.action_save()
