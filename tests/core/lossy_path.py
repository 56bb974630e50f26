"""A way between two who speak WebRTC on which packets of sound are lost, doubled and overtaken."""

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from tests.core.listening import Signal

_CANDIDATE = re.compile(r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host")
Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Trouble:
    """How likely it befalls a packet of sound, 0 to 1."""

    lost: float = 0.0
    doubled: float = 0.0
    overtaken: float = 0.0
    """By the next one."""


class _End(asyncio.DatagramProtocol):
    """The socket that one of the two takes for the other."""

    def __init__(self, path: "LossyPath") -> None:
        self._path = path
        self.transport: asyncio.DatagramTransport | None = None
        self.there: Address | None = None
        """Whom it speaks with."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.there = addr
        self._path.take(self, data)

    def send(self, data: bytes) -> None:
        if self.transport is not None and self.there is not None:
            self.transport.sendto(data, self.there)


class LossyPath:
    """Two sockets, which offer and answer name in place of their own; what befalls the packets is
    the same in each run. Once it `is_cut`, nothing comes through."""

    def __init__(self, trouble: Trouble) -> None:
        self.is_cut = False
        self.sent: list[int] = []
        """The RTP times of all packets of sound."""
        self.lost: set[int] = set()
        """Those of the ones that did not come through."""
        self._trouble = trouble
        self._random = random.Random(7)
        self._held: bytes | None = None
        self._client, self._server = _End(self), _End(self)

    async def open(self, host: str) -> None:
        loop = asyncio.get_running_loop()
        for end in (self._client, self._server):
            await loop.create_datagram_endpoint(lambda end=end: end, local_addr=(host, 0))

    def close(self) -> None:
        for end in (self._client, self._server):
            if end.transport is not None:
                end.transport.close()

    async def signal(self, signal: Signal, offer: str) -> str:
        """Hand an offer over, and its answer back, so that both take this path."""
        self._client.there = _address(offer)
        # A browser hides its addresses (mDNS): where it is, is seen once it sends.
        await self.open(self._client.there[0] if self._client.there else "127.0.0.1")
        answer = await signal(_instead(offer, self._server))
        self._server.there = _address(answer)
        return _instead(answer, self._client)

    def take(self, end: _End, data: bytes) -> None:
        """A packet came to one end."""
        if self.is_cut:
            return
        if end is self._client:
            self._server.send(data)
        elif not _is_sound(data):
            self._client.send(data)
        else:
            self._take_sound(data)

    def _take_sound(self, data: bytes) -> None:
        time = int.from_bytes(data[4:8], "big")
        self.sent.append(time)
        trouble, chance = self._trouble, self._random.random
        if chance() < trouble.lost:
            self.lost.add(time)
            return
        held, self._held = self._held, None
        if held is None and chance() < trouble.overtaken:
            self._held = data
            return
        self._client.send(data)
        if chance() < trouble.doubled:
            self._client.send(data)
        if held is not None:
            self._client.send(held)


def _address(sdp: str) -> Address | None:
    match = _CANDIDATE.search(sdp)
    return None if match is None else (match[1], int(match[2]))


def _instead(sdp: str, end: _End) -> str:
    """The description with this one candidate alone."""
    assert end.transport is not None
    host, port = end.transport.get_extra_info("sockname")
    ours = f"a=candidate:1 1 udp 2130706431 {host} {port} typ host"
    lines = [line for line in sdp.splitlines() if not line.startswith("a=candidate:")]
    media = next(index for index, line in enumerate(lines) if line.startswith("m="))
    lines.insert(media + 2, ours)  # behind the line c=
    return "\r\n".join(lines) + "\r\n"


def _is_sound(data: bytes) -> bool:
    """Whether it is RTP, and no RTCP, DTLS or STUN (RFC 5761, RFC 7983)."""
    return 128 <= data[0] < 192 and not 64 <= data[1] & 0x7F < 96


@contextlib.asynccontextmanager
async def lossy_path(signal: Signal, trouble: Trouble) -> AsyncGenerator[tuple[LossyPath, Signal]]:
    """A path, and how to signal to take it."""
    path = LossyPath(trouble)
    try:
        yield path, lambda offer: path.signal(signal, offer)
    finally:
        path.close()
