"""The listeners, each a WebRTC connection that gets the packets of one Opus stream. The one file
that uses aiortc."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)

from .opus import OpusPacket

_log = logging.getLogger(__name__)

_CONNECT_S = 20.0
"""Who has not connected by then will not: a closed page, a router in between."""
_MOST_CONNECTING = 32
"""Who are on their way at once; one more, and the oldest has to begin anew."""
_LONGEST_OFFER = 16 * 1024
"""Characters; a browser's for one audio section has 2 to 6 thousand."""
_MOST_CANDIDATES = 64
_MOST_SECTIONS = 4
_BEHIND = 25
"""Packets, half a second, that may wait for a listener's socket; then the oldest are dropped."""


class RefusalError(Exception):
    """An offer that cannot be answered; its text says why, and what to do."""

    def __init__(self, reason: str, *, is_full: bool = False) -> None:
        super().__init__(reason)
        self.is_full = is_full


class _Track(MediaStreamTrack):
    """Hands packets that were encoded once to one listener's sender, which adds RTP and SRTP."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._packets: asyncio.Queue[OpusPacket] = asyncio.Queue(_BEHIND)

    def put(self, packet: OpusPacket) -> None:
        """Nobody is waited for: a listener that is too slow misses the oldest."""
        if self._packets.full():
            self._packets.get_nowait()
        self._packets.put_nowait(packet)

    async def recv(self) -> Any:
        return (await self._packets.get()).for_sender()


class Listeners:
    """All who listen; `on_change` is told their ids whenever one came or went."""

    def __init__(
        self,
        ice_servers: Iterable[str],
        most: int,
        on_change: Callable[[tuple[str, ...]], None],
    ) -> None:
        servers = [RTCIceServer(urls=url) for url in ice_servers]
        self._configuration = RTCConfiguration(iceServers=servers)
        self._most = most
        self._on_change = on_change
        self._peers: dict[str, RTCPeerConnection] = {}
        self._tracks: dict[str, _Track] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, packet: OpusPacket) -> None:
        """Give all who are connected the next packet."""
        for track in self._tracks.values():
            track.put(packet)

    async def connect(self, listener: str, offer: str) -> str:
        """Answer an offer, both in SDP; raises `RefusalError`."""
        _check_size(offer)
        if len(self._tracks) >= self._most:
            raise RefusalError(
                f"{self._most} listen already: wait until one has gone, or raise web.listeners",
                is_full=True,
            )
        waiting = [one for one in self._peers if one not in self._tracks]
        if len(waiting) >= _MOST_CONNECTING:  # a page that was closed does not say so
            await self.disconnect(waiting[0])
        try:
            peer = RTCPeerConnection(self._configuration)
        except ValueError as error:
            raise RefusalError(f"web.ice_servers is not understood: {error}") from error
        self._peers[listener] = peer
        track = _Track()

        @peer.on("connectionstatechange")
        async def changed() -> None:  # pyright: ignore[reportUnusedFunction]
            if peer.connectionState == "connected":
                if len(self._tracks) >= self._most:  # others came first
                    await self.disconnect(listener)
                    return
                self._tracks[listener] = track
                self._tell()
            elif peer.connectionState in ("failed", "closed"):
                await self.disconnect(listener)

        try:
            answer = await _answer(peer, track, offer)
        except BaseException:
            await self.disconnect(listener)
            raise
        self._expect(listener)
        return answer

    async def disconnect(self, listener: str) -> None:
        """Let one go; one that is gone already is no error."""
        peer = self._peers.pop(listener, None)
        track = self._tracks.pop(listener, None)
        if track is not None:
            track.stop()
            self._tell()
        if peer is not None:
            await peer.close()

    async def close(self) -> None:
        """Let all go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(self.disconnect(listener) for listener in tuple(self._peers)))

    def _expect(self, listener: str) -> None:
        async def give_up() -> None:
            await asyncio.sleep(_CONNECT_S)
            if listener in self._peers and listener not in self._tracks:
                _log.info("a listener did not connect within %g s", _CONNECT_S)
                await self.disconnect(listener)

        task = asyncio.create_task(give_up())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell(self) -> None:
        self._on_change(tuple(self._tracks))


def _check_size(offer: str) -> None:
    """Refuse what would keep the parser, and with it the packets of all, for long: its time grows
    with the square of the candidates (900 took 0.4 s)."""
    lines = offer.splitlines()
    candidates = sum(line.startswith("a=candidate") for line in lines)
    sections = sum(line.startswith("m=") for line in lines)
    if len(offer) > _LONGEST_OFFER or candidates > _MOST_CANDIDATES or sections > _MOST_SECTIONS:
        raise RefusalError(
            f"the offer is too large: at most {_LONGEST_OFFER} characters, {_MOST_CANDIDATES} "
            f"candidates and {_MOST_SECTIONS} sections"
        )


async def _answer(peer: RTCPeerConnection, track: _Track, offer: str) -> str:
    sender = peer.addTransceiver(track, direction="sendonly")
    capabilities = RTCRtpSender.getCapabilities("audio")
    assert capabilities is not None
    sender.setCodecPreferences([c for c in capabilities.codecs if c.mimeType == "audio/opus"])
    try:
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        if sender.mid is None:
            raise RefusalError("the offer asks for no audio: offer one audio section, recvonly")
        if peer.sctp is not None:
            raise RefusalError("the offer asks for data: offer one audio section, recvonly")
        for other in peer.getTransceivers():
            if other is not sender:  # what is sent to us would be decoded, and kept for nobody
                other.direction = "inactive"
        await peer.setLocalDescription(await peer.createAnswer())
    except RefusalError:
        raise
    except Exception as error:  # aiortc raises whatever its parser ran into
        raise RefusalError(
            f"the offer is not understood here ({error!r}): send SDP with an audio section of Opus"
        ) from error
    if sender.currentDirection not in ("sendonly", "sendrecv"):
        raise RefusalError("the offer wants to hear nothing: make its audio section recvonly")
    return peer.localDescription.sdp
