"""The cast: who speaks with which voice, how fast and how loud; each change is heard and kept."""

from collections.abc import Callable
from functools import partial

from textual.app import ComposeResult

from ....core.user_path import user_path
from .. import messages as m
from ..cast_desk import CAST_NAME, CastDesk
from ..casting import GAIN_STEP_DB, SPEED_STEP, Casting, Role, as_written, find
from ..columns import Column
from ..keys import IN_CAST, bindings
from ..prompting import dropped_path
from ..voice_desk import check_installed
from ..voice_list import row_of, sample_in
from ..widgets.row_list import Row, RowList
from .asking import AskLine
from .desk_view import DeskView
from .voice_choosing import ChooseVoice

_COLUMNS = (
    Column("character", 10),
    Column("voice", 12),
    Column("how it came", 9),
    Column("speed", 5, right=True),
    Column("gain", 6, right=True),
    Column("language", 5),
    Column("also called", 6),
)


class CastView(DeskView):
    """A row each for the narrator, the characters of the cast file, and those in the list of cues
    whom it does not name."""

    HEADING = "Cast"
    KEYS = IN_CAST
    BINDINGS = bindings(IN_CAST)

    def __init__(self) -> None:
        super().__init__()
        self._roles: list[Role] = []
        self._wanted = ""

    def compose_desk(self) -> ComposeResult:
        yield RowList(
            columns=_COLUMNS, title="Characters", empty="nobody yet: a adds somebody", id="roles"
        )

    @property
    def _desk(self) -> CastDesk:
        return self.console.desks.cast

    @property
    def _table(self) -> RowList:
        return self.query_one(RowList)

    @property
    def _chosen(self) -> Role | None:
        at = self._table.cursor
        return self._roles[at] if at < len(self._roles) else None

    async def open(self) -> None:
        await self._desk.open()

    def take(self, message: m.FromEngine) -> None:
        super().take(message)
        if isinstance(message, m.CastSaved):
            self.show()

    def show(self) -> None:
        self._roles = self._desk.casting.roles()
        self._table.show([Row(role.name, self._cells(role)) for role in self._roles])
        path = self._desk.path
        place = "no cast file yet" if path is None else path.name
        saved = "" if path is None else "saved" if self._desk.is_saved else "NOT SAVED"
        self.titled("Cast", place, saved)

    def _cells(self, role: Role) -> tuple[str, ...]:
        row = row_of(self._desk.rows, role.voice)
        if row is None:
            language, note = "", " (not found)"
        else:
            language, note = row.voice.languages[0], " (not installed)" * bool(row.missing)
        if role.narrates:
            how = "a setting (3)"
        elif not role.is_cast:
            how = "met, not cast"
        else:
            how = "by itself" if role.is_given else "chosen"
        part = role.part
        gain = f"{part.gain_db:+g} dB" if part.gain_db else "0 dB"
        called = ", ".join(part.aliases)
        return role.name, role.voice + note, how, f"{part.speed:.2f}", gain, language, called

    # changes

    def _change(self, change: Callable[[Casting, Role | None], object], *, name: str = "") -> None:
        """Change the cast, once there is a file for it; the character `name` is chosen then."""
        if self._desk.path is None:
            self._ask_place(lambda: self._change(change, name=name))
            return

        def act() -> None:
            change(self._desk.casting, self._chosen)
            self._desk.changed()
            self.show()
            self._choose(name)

        self.attempt(act)

    def _ask_place(self, then: Callable[[], None]) -> None:
        def taken(path: str | None) -> None:
            if path is not None:
                self.do(self._keep_in(path, then))

        beside = self.console.setup.settings_file.with_name(CAST_NAME)
        sheet = AskLine("A file for the cast of this campaign", str(beside), "path of a TOML file")
        self.console.push_screen(sheet, taken)

    async def _keep_in(self, path: str, then: Callable[[], None]) -> str:
        place = dropped_path(path) or user_path(path).absolute()
        await self._desk.keep_in(place)
        if self.is_attached:
            self.show()
            then()
        return f"the cast is kept in {place}"

    def _choose(self, name: str) -> None:
        at = next((k for k, role in enumerate(self._roles) if role.name == name), None)
        if name and at is not None:
            self._table.move_to(at)

    def action_choose_voice(self) -> None:
        role = self._chosen
        if role is None:
            return
        if role.narrates:
            self.attempt(lambda: self._desk.casting.set_voice(role, None))  # says where it is
            return

        def taken(voice: str | None) -> None:
            if voice is not None:
                self._change(lambda casting, _: self._set_voice(casting, role, voice))

        sheet = ChooseVoice(f"A voice for {role.name}", self._desk.rows, role.voice, self._hear)
        self.console.push_screen(sheet, taken)

    def _set_voice(self, casting: Casting, role: Role, voice: str) -> None:
        if voice and (row := row_of(self._desk.rows, voice)) is not None:
            check_installed(row)
        casting.set_voice(role, voice or None)

    def on_row_list_taken(self) -> None:
        self.action_choose_voice()

    def action_speed(self, by: int) -> None:
        self._of_chosen(lambda casting, role: casting.nudge_speed(role, by * SPEED_STEP))

    def action_gain(self, by: int) -> None:
        self._of_chosen(lambda casting, role: casting.nudge_gain(role, by * GAIN_STEP_DB))

    def action_reset(self) -> None:
        self._of_chosen(lambda casting, role: casting.reset(role))

    def action_delete(self) -> None:
        self._of_chosen(lambda casting, role: casting.remove(role))

    def _of_chosen(self, change: Callable[[Casting, Role], object]) -> None:
        role = self._chosen
        if role is not None:
            name = role.name
            self._change(lambda casting, now: change(casting, now or role), name=name)

    def action_undo(self) -> None:
        self._change(lambda casting, _: casting.undo())

    def action_edit(self) -> None:
        if (role := self._chosen) is None:
            return
        self._ask_names("Its name, and other names", as_written(role), partial(_rename, role))

    def action_add(self) -> None:
        self._ask_names("Somebody new", "", lambda casting, written: casting.add(written))

    def _ask_names(self, title: str, now: str, change: Callable[[Casting, str], object]) -> None:
        def taken(written: str | None) -> None:
            if written is not None:
                name = " ".join(written.partition(",")[0].split())
                self._change(lambda casting, _: change(casting, written), name=name)

        self.console.push_screen(AskLine(title, now, "Strahd, the Count, Count Strahd"), taken)

    def action_write_over(self) -> None:
        if self._desk.path is None:
            self._ask_place(lambda: None)
        else:
            self.attempt(self._desk.write_over)

    # hearing and searching

    def action_audition(self) -> None:
        role = self._chosen
        if role is None:
            return
        row = row_of(self._desk.rows, role.voice)
        text = sample_in(row.voice.languages if row else ())
        character = None if role.narrates else role.name
        self.attempt(lambda: self.console.link.audition(text, character=character))

    def _hear(self, voice: str) -> None:
        row = row_of(self._desk.rows, voice)
        text = sample_in(row.voice.languages if row else ())
        self.attempt(lambda: self.console.link.audition(text, voice=voice))

    def action_search(self) -> None:
        def taken(wanted: str | None) -> None:
            if wanted:
                self._wanted = wanted
                self.action_next_match()

        self.console.push_screen(AskLine("Search", self._wanted, "words"), taken)

    def action_next_match(self) -> None:
        if not self._wanted:
            return
        at = find(self._roles, self._wanted, self._table.cursor)
        if at is None:
            self.console.notice(f"nobody has {self._wanted!r} in the names or the voice")
        else:
            self._table.move_to(at)


def _rename(role: Role, casting: Casting, written: str) -> None:
    casting.rename(role, written)
