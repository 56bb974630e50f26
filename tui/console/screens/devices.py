"""The output devices: which there are, which one is in use, and how soon it is heard."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from .. import messages as m
from ..columns import Column
from ..device_desk import OutputRow
from ..keys import IN_DEVICES, bindings
from ..widgets.row_list import Row, RowList
from .confirming import AskYes
from .desk_view import DeskView

_COLUMNS = (
    Column("use", 8),
    Column("device", 14),
    Column("host API", 8),
    Column("rate", 8, right=True),
    Column("latency", 7, right=True),
    Column("measured", 8, right=True),
    Column("--output", 10),
)


class DevicesView(DeskView):
    """The system's default, then each device."""

    HEADING = "Devices"
    KEYS = IN_DEVICES
    BINDINGS = bindings(IN_DEVICES)

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[OutputRow] = ()

    def compose_desk(self) -> ComposeResult:
        yield Static(id="output", markup=False)
        yield RowList(columns=_COLUMNS, title="Output devices", id="outputs")

    @property
    def _table(self) -> RowList:
        return self.query_one(RowList)

    @property
    def _chosen(self) -> OutputRow | None:
        at = self._table.cursor
        return self._rows[at] if at < len(self._rows) else None

    async def open(self) -> None:
        await self.console.desks.devices.open()

    def show(self) -> None:
        desk = self.console.desks.devices
        self._rows = desk.rows
        self._table.empty = desk.problem
        self._table.show([_row(row) for row in self._rows])
        self.titled("Devices", f"{max(len(self._rows) - 1, 0)} devices", f"set: {desk.output}")
        self.query_one("#output", Static).update(self._told)

    @property
    def _told(self) -> str:
        """Where the voice goes at this moment, as far as it was told."""
        told = self.console.link.output
        if told is None:
            return "The voice has no output yet."
        if not told.is_there:
            return f"The output is gone: {told.text}; it is waited for."
        return f"The voice goes to: {told.text}"

    def take(self, message: m.FromEngine) -> None:
        super().take(message)
        if isinstance(message, m.OutputTold):
            self.query_one("#output", Static).update(self._told)

    # keys

    def on_row_list_taken(self) -> None:
        self.action_take()

    def action_take(self) -> None:
        if (row := self._chosen) is None:
            return
        name = "The system's default" if row.follows_default else row.device.name
        lines = [f"{name} becomes the output: it is saved in the settings.", ""]
        if self.console.link.narrates:
            lines += ["WHAT IS BEING SPOKEN BREAKS OFF for a second or two, and goes on there."]
        else:
            lines += ["Nothing is being spoken: nobody hears the change."]

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(self.console.desks.devices.choose(row))

        self.console.push_screen(AskYes("The output", *lines), answered)

    def action_audition(self) -> None:
        if (row := self._chosen) is not None:
            self.attempt(lambda: self.console.desks.devices.sound(row))


def _row(row: OutputRow) -> Row:
    device = row.device
    use = "» IN USE" if row.is_used else "» CHOSEN" if row.is_chosen else ""
    name = f"the system's default ({device.name})" if row.follows_default else device.name
    measured = "" if row.measured_s is None else f"{row.measured_s * 1000:.0f} ms"
    rate, latency = f"{device.sample_rate / 1000:g} kHz", f"{device.latency_s * 1000:.0f} ms"
    cells = (use, name, device.host_api, rate, latency, measured, row.spec)
    return Row(row.spec, cells, "marked" if use else "row")
