"""The bridge: where games connect, who is there, the password, and what is said."""

import asyncio
import time
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from ....core.clock import monotonic_s
from ....core.config import DEFAULT
from ....core.errors import SkaldcastError
from ..keys import IN_BRIDGE, IN_VIEW, Key, bindings
from ..widgets.filter_line import FilterLine
from ..widgets.row_list import RowList
from .closing import while_open
from .confirming import AskYes
from .restarting import Restarting

if TYPE_CHECKING:
    from ....bridge.hub import Hub

_EVERY_S = 0.5
"""Between two looks at the clients and the messages."""
_HIDDEN = "p shows the password, n makes a new one"


class BridgeView(Restarting):
    """Looks at the bridge twice a second; it keeps messages only while this screen is open."""

    BINDINGS = bindings((*IN_VIEW, *IN_BRIDGE))
    KEYS: ClassVar[tuple[Key, ...]] = IN_BRIDGE
    HEADING = "Bridge | p password  n new  / filter  a troubles  y copy  R restart voice"

    def __init__(self) -> None:
        super().__init__()
        self._hub: Hub | None = None
        self._seen = -1  # messages that are shown
        self._refused_only = False
        self._shows_password = False

    def compose_body(self) -> ComposeResult:
        from ..bridge_rows import client_widths, said_widths

        yield Static(id="listens", markup=False)
        yield Static(_HIDDEN, id="password", markup=False)
        clients = RowList(client_widths, empty="nobody is connected", id="clients")
        clients.border_title = "Clients"
        with Vertical(id="lists"):
            yield clients
            said = RowList(
                said_widths, empty="nothing said since this was opened", follows=True, id="said"
            )
            said.border_title = "Messages since this was opened"
            yield said
        yield Static(id="detail", markup=False)
        yield FilterLine(placeholder="/ show the messages with ...", id="filter")

    def on_mount(self) -> None:
        self.query_one("#clients", RowList).focus()
        self.set_interval(_EVERY_S, self._look)
        self.look()

    def on_unmount(self) -> None:
        if self._hub is not None:
            self._hub.watcher = None

    def _look(self) -> None:
        with while_open:
            self.look()

    def look(self) -> None:
        """Show what is true now."""
        setup = self.host.setup
        server = None if setup.bridge is None else setup.bridge.server
        listens = server is not None and not setup.bridge_trouble
        self._watch(server.hub if server is not None and listens else None)
        where = f"Listens on {server.url}" if server is not None and listens else ""
        why = f"Trouble: it does not listen: {setup.bridge_trouble}"
        self.query_one("#listens", Static).update(where or why)
        self._show_clients()
        self._show_said()

    def _watch(self, hub: "Hub | None") -> None:
        """Another voice has another bridge."""
        if hub is self._hub:
            return
        if self._hub is not None:
            self._hub.watcher = None
        self._hub, self._seen = hub, -1
        if hub is not None:
            from ....bridge.watching import Watcher

            hub.watcher = Watcher()

    def _show_clients(self) -> None:
        from ....bridge.watching import clients
        from ..bridge_rows import client_rows

        there = [] if self._hub is None else clients(self._hub.sessions, monotonic_s())
        rows = self.query_one("#clients", RowList)
        rows.border_title = f"Clients: {sum(client.is_connected for client in there)}"
        rows.show(client_rows(there))

    def _show_said(self, *, anew: bool = False) -> None:
        from ..bridge_rows import said_rows

        watcher = None if self._hub is None else self._hub.watcher
        if watcher is None or (watcher.count == self._seen and not anew):
            return
        self._seen = watcher.count
        wanted = self.query_one("#filter", Input).value
        rows = said_rows(
            watcher.said,
            watcher.count - len(watcher.said),
            wanted,
            refused_only=self._refused_only,
            now=monotonic_s(),
            clock_s=time.time(),
        )
        self.query_one("#said", RowList).show(rows)

    def on_row_list_moved(self, event: RowList.Moved) -> None:
        """The chosen message stands whole below."""
        event.stop()
        if event.rows.id == "said":
            text = "" if event.row is None else "  ".join(event.row.cells[1:])
            with while_open:
                self.query_one("#detail", Static).update(text)

    # what keys do

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        with while_open:
            self._show_said(anew=True)

    def action_filter(self) -> None:
        self.query_one("#filter", Input).focus()

    def action_level(self) -> None:
        self._refused_only = not self._refused_only
        said = self.query_one("#said", RowList)
        said.border_subtitle = "refusals only" if self._refused_only else ""
        self._show_said(anew=True)

    def action_copy(self) -> None:
        row = self.query_one("#said", RowList).chosen
        if row is None:
            self.host.notice("no message is chosen")
        else:
            self.host.copy_to_clipboard("  ".join(row.cells))
            self.host.notice("copied, where the terminal allows it")

    def action_password(self) -> None:
        self._shows_password = not self._shows_password
        if self._shows_password:
            self.run_worker(self._show_password(), group="password", exclusive=True)
        else:
            self.query_one("#password", Static).update(_HIDDEN)

    async def _show_password(self) -> None:
        try:
            password, place = await asyncio.to_thread(self._password)
        except SkaldcastError as error:
            self.host.notice(str(error), is_trouble=True)
            return
        if not self._shows_password:
            return
        told = f"Password: {password}  ({place}; p hides it)" if password else place
        with while_open:
            self.query_one("#password", Static).update(told)

    def _password(self) -> tuple[str, str]:
        """The password that the next start asks for, and where it is kept; reads files."""
        from ....bridge.password_store import password_path, read_password

        loaded = self.host.setup.settings.load()
        if password := loaded.settings.bridge.password:
            return password, f"bridge.password, from {loaded.origins['bridge.password']}"
        if (kept := read_password(password_path())) is not None:
            return kept.password, f"kept in {kept.place}"
        return "", "There is no password: only this machine can connect. n makes one, p hides this."

    def action_new_password(self) -> None:
        def taken(sure: bool | None) -> None:
            if sure:
                self.run_worker(self._new_password(), group="password", exclusive=True)

        text = "Make a new password? Games that know the old one must be told the new one."
        self.host.push_screen(AskYes("New password", text), taken)

    async def _new_password(self) -> None:
        try:
            place, set_by = await asyncio.to_thread(self._make_password)
        except SkaldcastError as error:
            self.host.notice(str(error), is_trouble=True)
            return
        told = f"a new password is kept in {place}; R starts the bridge with it"
        if set_by != DEFAULT:
            told = f"kept in {place}, but bridge.password is set ({set_by}): that one is asked for"
        self.host.notice(told)
        if self._shows_password:
            await self._show_password()

    def _make_password(self) -> tuple[str, str]:
        from ....bridge.password_store import make_password, password_path

        place = make_password(password_path()).place
        return place, self.host.setup.settings.load().origins["bridge.password"]
