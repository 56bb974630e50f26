"""Somebody who listens by WebRTC, for tests: aiortc's own client."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

import numpy as np
from aiortc import (
    MediaStreamError,
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

from skaldcast.core.playout.frame_ring import Samples
from tests.core.narrating import until

PATIENCE_S = 60.0
RATE = 48_000
Signal = Callable[[str], Awaitable[str]]
"""Takes an offer, gives the answer, both in SDP."""


class Listener:
    """One connection, and what came through it."""

    def __init__(self) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.times: list[int] = []
        """When each packet that was heard begins, in frames since the first one."""
        self._parts: list[Samples] = []
        self._reading: list[asyncio.Task[None]] = []
        self.peer.on("track", self._on_track)

    async def offer(self, direction: str = "recvonly", kind: str = "audio") -> str:
        """An offer of this client's."""
        self.peer.addTransceiver(kind, direction=direction)
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def connect(self, signal: Signal) -> None:
        """Offer, and take the answer."""
        answer = await signal(await self.offer())
        await self.peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    @property
    def sound(self) -> Samples:
        """What came so far, mono at 48 kHz, the silence before the first sound left out."""
        samples = np.concatenate(self._parts) if self._parts else np.zeros(0, np.float32)
        return samples[int(np.argmax(np.abs(samples) > 0.02)) :] if samples.any() else samples[:0]

    def last(self, seconds: float) -> Samples:
        """What came last; cheap, however much came before it."""
        frames = round(seconds * RATE)
        parts = self._parts[-(frames // 480 + 1) :]  # each of 10 ms or more
        return np.concatenate(parts)[-frames:]

    async def hears(self, seconds: float) -> Samples:
        """Wait until so much has come since the first sound, and the 0.1 s that an Opus decoder
        takes to find its way into a stream that runs."""
        begin, end = round(0.1 * RATE), round((0.1 + seconds) * RATE)
        async with asyncio.timeout(PATIENCE_S):
            await until(lambda: self.sound.size >= end)
        return self.sound[begin:end]

    async def close(self) -> None:
        await self.peer.close()
        for task in self._reading:  # a track of a peer that never connected does not end by itself
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._reading.append(asyncio.create_task(self._read(track)))

    async def _read(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                assert frame.pts is not None
                self.times.append(frame.pts)
                left = frame.to_ndarray().reshape(-1, 2)[:, 0]  # pyright: ignore[reportAttributeAccessIssue]
                self._parts.append(left.astype(np.float32) / 32_768)


@contextlib.asynccontextmanager
async def listener(signal: Signal) -> AsyncGenerator[Listener]:
    """One who is connected, and goes at the end."""
    one = Listener()
    try:
        await one.connect(signal)
        yield one
    finally:
        await one.close()


def quiet_share(samples: Samples) -> float:
    """The share of windows of 10 ms that are quieter than half of the usual."""
    windows = samples[: samples.size // 480 * 480].reshape(-1, 480)
    level = np.sqrt(np.mean(windows**2, axis=1))
    return float(np.mean(level < 0.5 * np.median(level)))
