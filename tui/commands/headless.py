"""`--no-tui`: without a console, until a signal ends it, or, without the bridge, the input."""

import asyncio
import contextlib
import os
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import SkaldcastError, TextError
from ...core.narrator import Narrator
from ...core.source.paragraphs import LineSplitter
from ...core.source.reader import TextReader
from ..event_lines import EventLines
from ..exit_status import DONE
from ..feeding import cues, feed_and_drain
from ..journaling import Begun, recorded
from ..logs import log_events
from ..narration import Recording, finish_report, make_narrator, tell_failed_cues
from ..options import UsageError, settings_of
from ..parent import ended_with
from ..signals import on_interrupt
from ..streams import tell

if TYPE_CHECKING:
    from ...core.journal.record import SessionRecord
    from ..bridging import Bridge
    from ..web_address import WebAddress


_EVENTS = 10_000
"""Events that may wait to be logged; the oldest are dropped."""


def headless(arguments: Namespace) -> int:
    """Speak the lines of standard input, each a cue, and what comes through the bridge."""
    if arguments.no_bridge and (arguments.port_file or arguments.parent is not None):
        raise UsageError("--port-file and --parent are for the bridge: leave out --no-bridge")
    return asyncio.run(_Headless(arguments).run())


class _Headless:
    """Drains what is being spoken at the first signal, ends at once at the second."""

    def __init__(self, arguments: Namespace) -> None:
        self._arguments = arguments
        self._until_end_of_input: bool = arguments.no_bridge
        self._grace_s: float = arguments.grace
        self._parent: int | None = arguments.parent
        self._asked = asyncio.Event()
        self._recording = Recording(arguments)
        self._narrator = make_narrator(arguments)
        self._begun = Begun("headless")
        self._cut_off: SessionRecord | None = None
        if arguments.resume:
            from ..resuming import resume_headless

            self._begun, self._cut_off = resume_headless(arguments, self._begun)
        self._bridge = None if self._until_end_of_input else self._make_bridge()
        self._web = self._make_web()

    def _make_bridge(self) -> "Bridge":
        from ..bridging import Bridge  # websockets is not needed without it
        from ..port_file import PortFile

        path: Path | None = self._arguments.port_file
        port_file = None if path is None else PortFile(path)
        return Bridge(settings_of(self._arguments), self._narrator, port_file)

    def _make_web(self) -> "WebAddress | None":
        if self._bridge is None or self._arguments.no_web:
            return None
        from ..web_address import WebAddress

        bridge = self._bridge
        return WebAddress(settings_of(self._arguments), self._narrator, lambda: bridge.clients or 0)

    async def run(self) -> int:
        running = asyncio.create_task(self._run())

        def on_signal() -> None:
            if self._asked.is_set():
                self._leave_at_once()
            self._asked.set()
            if not self._narrator.started:
                running.cancel()

        def on_orphaned() -> None:
            self._grace_s = 0.0  # nobody wants to hear the rest
            if not self._asked.is_set():
                on_signal()

        with (
            on_interrupt(on_signal, in_background=True),
            ended_with(self._parent, on_orphaned, or_else=self._leave_at_once),
        ):
            try:
                await running
            except asyncio.CancelledError:
                pass
            except SkaldcastError:
                finish_report(self._arguments, self._narrator)
                raise
        status = max(
            tell_failed_cues(self._narrator) if self._until_end_of_input else DONE,
            self._recording.status,
            finish_report(self._arguments, self._narrator),
        )
        return DONE if self._asked.is_set() else status

    async def _run(self) -> None:
        if self._bridge is None:
            await self._narrate()
            return
        await self._bridge.bind()
        try:
            if self._web is not None:
                await self._web.start()
            await self._narrate()
        finally:
            # After the narrator: how its last cues ended is told, too.
            await self._bridge.close()
            if self._web is not None:
                await self._web.close()

    async def _narrate(self) -> None:
        journal = recorded(self._arguments, self._narrator, self._begun)
        events = self._narrator.events(capacity=_EVENTS)
        lines = EventLines(failures_last=self._until_end_of_input)
        logging = asyncio.create_task(log_events(self._narrator, events, lines))
        try:
            async with journal, self._narrator as narrator:
                self._recording.begin(narrator)
                if self._bridge is not None:
                    await self._bridge.start()
                await self._speak(narrator)
        finally:
            events.end()
            await logging

    async def _speak(self, narrator: Narrator) -> None:
        working = asyncio.create_task(self._work(narrator))
        asked = asyncio.create_task(self._asked.wait())
        try:
            await asyncio.wait([working, asked], return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                await self._drain_speaking(narrator)
        finally:
            for task in (working, asked):
                task.cancel()
            await asyncio.gather(working, asked, return_exceptions=True)
        if not working.cancelled():
            await working

    async def _work(self, narrator: Narrator) -> None:
        if self._cut_off is not None:
            from ..resuming import queue_again

            await queue_again(narrator, self._cut_off)
        # A terminal is read only where nothing else could bring text: in the background that
        # would stop us. And what a game is told is not for us.
        if self._parent is None and (self._until_end_of_input or not os.isatty(0)):
            try:
                await feed_and_drain(narrator, cues(TextReader.standard_input(), LineSplitter()))
            except TextError as error:
                if self._until_end_of_input:
                    raise
                tell(str(error))
        if not self._until_end_of_input:
            await narrator.failed()
            await narrator.drain()  # raises why

    async def _drain_speaking(self, narrator: Narrator) -> None:
        if self._bridge is not None:
            self._bridge.refuse_cues()
        for cue in narrator.cues[1:]:
            narrator.cancel(cue)
        if not self._grace_s:
            narrator.stop()
        for cue in narrator.cues[:1]:
            narrator.finish(cue)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(narrator.drain(), self._grace_s)

    def _leave_at_once(self) -> None:
        with contextlib.suppress(SkaldcastError):
            self._narrator.stop()
        if self._bridge is not None:
            self._bridge.forget()
        finish_report(self._arguments, self._narrator)
        os._exit(DONE)
