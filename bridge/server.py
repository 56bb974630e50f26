"""The websocket server: the thin shell around `Hub` and `Connection`.

Runs in main's event loop, beside the narrator; a `Peer` stands for each connection.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import NegotiationError
from websockets.typing import Origin, Subprotocol

from ..core.audio_feed import AudioFeed
from ..core.clock import monotonic_s
from ..core.errors import BridgeError, StateError
from ..core.events import Event
from ..core.subscription import Subscription
from .channel import Channel
from .hub import Hub
from .options import BridgeOptions
from .peer import Flushing, Peer
from .protocol import MAX_MESSAGE_BYTES, SUBPROTOCOL, CloseCode
from .speaker import Narration

_log = logging.getLogger(__name__)

_HARD_LIMIT = 4 * MAX_MESSAGE_BYTES
"""A frame that is not even read: it closes the connection (1009)."""
_CLOSE_S = 2.0
"""How long a client may take to say goodbye."""
_BEAT_S = 0.05
_TICK_S = 1.0
_EVENTS = 10_000
"""Events of the engine that may wait for the event loop."""


class BridgeServer:
    """Lets clients speak through `narrator`, from `start` to `close`.

    `bind` takes the address, as early as one likes; `start` lets clients in, once the narrator is
    there. Both raise `BridgeError` where the address is taken, and `bind` `ConfigError` where it
    is open to others without a password.
    """

    def __init__(
        self,
        narrator: Narration,
        options: BridgeOptions,
        *,
        server: str = "skaldcast",
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._narrator = narrator
        self._options = options
        self.hub = Hub(
            narrator,
            random_bytes,
            password=options.password,
            server=server,
            limits=options.limits,
        )
        self._server: Server | None = None
        self._peers: set[Peer] = set()
        self._flushing = Flushing()
        self._events = narrator.events(capacity=_EVENTS)
        self._channels: dict[Channel, Subscription] = {}
        self._telling_channels: set[asyncio.Task[None]] = set()
        self._telling: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._audio_due = False

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return self._options.url(self._server.sockets[0].getsockname()[1])

    @property
    def clients(self) -> int:
        """How many are connected and let in."""
        return sum(session.sink is not None for session in self.hub.sessions)

    async def bind(self) -> None:
        """Take the address; nobody is let in yet."""
        await self._options.check()
        tls = self._options.tls()
        quiet = logging.Logger(f"{__name__}.websockets")
        # What strangers send is no fault of ours; and its debug records cost more than sending.
        quiet.setLevel(logging.CRITICAL + 1)
        try:
            self._server = await serve(
                self._serve,
                self._options.host,
                self._options.port,
                origins=[None, *(Origin(origin) for origin in self._options.origins)],
                subprotocols=[Subprotocol(SUBPROTOCOL)],
                select_subprotocol=_select_subprotocol,
                compression=None,  # small messages gain nothing, and bombs need it
                server_header=None,
                max_size=_HARD_LIMIT,
                close_timeout=_CLOSE_S,
                ping_interval=self._options.limits.ping_s,
                ping_timeout=self._options.limits.ping_s,
                logger=quiet,
                ssl=tls,
                start_serving=False,
            )
        except OSError as error:
            raise self._not_listening(error) from error

    async def start(self) -> None:
        """Let clients in."""
        assert self._server is not None
        feed = AudioFeed(self._narrator.sample_rate, self._send_audio_soon)
        self._narrator.add_tap(feed)
        self.hub.offer_audio(feed)
        self.hub.offer_channels(self._open_channel)
        try:
            await self._server.start_serving()
        except OSError as error:
            raise self._not_listening(error) from error
        self._telling = asyncio.create_task(self._tell_events(self._events))
        self._tasks = [asyncio.create_task(w) for w in (self._tell_failure(), self._beat())]

    def refuse_cues(self) -> None:
        """The end is near: what is being spoken is still told, nothing new is taken."""
        self.hub.ending = True

    async def close(self) -> None:
        """Tell what is left to tell, say goodbye to all (1001) and give the address back.
        Idempotent."""
        self._events.end()
        self._audio_due = True  # no more of it is sent
        if self._telling is not None:
            await self._telling
        for channel in list(self._channels):
            channel.close()
        await asyncio.gather(*self._telling_channels)
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def _not_listening(self, error: OSError) -> BridgeError:
        where = f"{self._options.host}:{self._options.port}"
        return BridgeError(
            f"the bridge cannot listen on {where}: {_reason(error)}; end what uses the address, "
            "or choose another: --set bridge.address=127.0.0.1:PORT"
        )

    # channels of sessions

    def _open_channel(self) -> Channel:
        """One more voice, for one session; raises `SkaldcastError`."""
        voice = self._narrator.open_channel()
        feed = AudioFeed(voice.sample_rate, self._send_audio_soon)
        voice.add_tap(feed)

        def close() -> None:
            self._channels.pop(channel, None)
            voice.close()

        channel = Channel(voice, feed, is_own=True, gain=lambda: voice.volume, close=close)
        self._channels[channel] = voice.events
        task = asyncio.create_task(self._tell_events(voice.events, channel))
        self._telling_channels.add(task)
        task.add_done_callback(self._telling_channels.discard)
        return channel

    # what is told

    async def _tell_events(self, events: Subscription, channel: Channel | None = None) -> None:
        """To the sessions of a channel, until there are no more."""
        async for event in events:
            self._tell(event, channel)
            self._tell_what_happened()
            self._flushing.flush()  # before what else is due: planning takes milliseconds

    def _tell_what_happened(self) -> None:
        """What is there to tell, as what a request has caused: the event loop's next turn may have
        much else to do first."""
        while (event := self._events.take_nowait()) is not None:
            self._tell(event, None)
        for channel, events in list(self._channels.items()):
            while (event := events.take_nowait()) is not None:
                self._tell(event, channel)

    def _tell(self, event: Event, channel: Channel | None) -> None:
        try:
            self.hub.take(event, monotonic_s(), channel)
        except Exception:  # the next event may be told all the same
            _log.exception("the bridge could not tell %r", event)

    async def _tell_failure(self) -> None:
        try:
            await self._narrator.failed()
        except StateError:  # it was closed in good order
            return
        if self._narrator.failure is not None:
            self.hub.fail(self._narrator.failure)

    async def _beat(self) -> None:
        next_tick = monotonic_s() + _TICK_S
        for beat in count():
            await asyncio.sleep(_BEAT_S)
            now = monotonic_s()
            try:
                self.hub.follow_sound(now)
                if beat % 2:
                    self.hub.tell_level(now)
                if now >= next_tick:
                    next_tick = now + _TICK_S
                    self.hub.tick(now)
            except Exception:  # a fault of ours must not stop the clock for all
                _log.exception("the bridge could not look after its sessions")

    def _send_audio_soon(self) -> None:
        """Once for all that is pushed and let out in one go."""
        if not self._audio_due:
            self._audio_due = True
            asyncio.get_running_loop().call_soon(self._send_audio)

    def _send_audio(self) -> None:
        """One binary frame to each session that may have one, then others have their turn."""
        self._audio_due = False
        try:
            if self.hub.send_audio(monotonic_s()):
                self._send_audio_soon()
        except Exception:
            _log.exception("the bridge could not send the sound")

    # connections

    async def _serve(self, socket: ServerConnection) -> None:
        if len(self._peers) >= self._options.limits.sessions:
            await socket.close(
                CloseCode.TOO_MANY_SESSIONS, "the server has as many clients as it takes"
            )
            return
        peer = Peer(socket, self.hub, self._flushing, self._tell_what_happened)
        self._peers.add(peer)
        try:
            await peer.run()
        finally:
            self._peers.discard(peer)


def _select_subprotocol(_: Any, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """A client may offer none, but not others alone."""
    if SUBPROTOCOL in offered:
        return Subprotocol(SUBPROTOCOL)
    if offered:
        raise NegotiationError(f"this server speaks {SUBPROTOCOL}")
    return None


def _reason(error: OSError) -> str:
    # asyncio puts the address and the whole story into its message.
    return os.strerror(error.errno).lower() if error.errno else str(error)
