"""The broadcast process: sends what the output sounds to all listeners.

It reads the audio buffer's shared memory, so what main is busy with does not reach the sound. Its
event loop makes a packet every 20 ms and answers listeners; a reader thread (`ChildChannel`) takes
requests.
"""

import asyncio
import contextlib
import gc
import logging
import os
import sys
from typing import Any

from ..channel import ChildChannel, prepare_child
from ..clock import monotonic_s
from ..playout.buffer_observer import BufferObserver
from ..playout.gain_ramp import GainRamp
from .heard_follower import DELAY_S, HeardFollower
from .messages import (
    BroadcastEnded,
    BroadcastTicked,
    ConnectListener,
    DisconnectListener,
    EndBroadcast,
    ListenerAnswered,
    ListenerRefused,
    ListenersChanged,
    SetBroadcastGain,
    StartBroadcast,
)
from .opus import PACKET_S, OpusEncoder
from .webrtc import Listeners, RefusalError

_log = logging.getLogger(__name__)

_RAMP_S = 0.02
_LATE_PACKETS = 10
"""Missed by more than these, the beat starts anew: packets in a burst help nobody."""
_NICE = -10
_LAST_PACKETS = 5
_TICKS = 50
"""Packets between two signs of life."""


class _Broadcast:
    """One buffer, one encoder, all listeners."""

    def __init__(self, start: StartBroadcast, channel: ChildChannel) -> None:
        self._observer = BufferObserver(start.buffer_handle)
        rate = self._observer.sample_rate
        self._follower = HeardFollower(rate, PACKET_S, self._observer.read)
        self._encoder = OpusEncoder(rate)
        self._rate = rate
        self._gain = GainRamp(start.gain)
        self._given = 0
        self._send = channel.send
        self._listeners = Listeners(
            start.ice_servers, start.most_listeners, lambda ids: self._send(ListenersChanged(ids))
        )
        self._tasks: set[asyncio.Task[None]] = set()

    def obey(self, request: object) -> None:
        """Do what main asked."""
        match request:
            case ConnectListener():
                self._begin(self._connect(request))
            case DisconnectListener(listener):
                self._begin(self._listeners.disconnect(listener))
            case EndBroadcast():
                self._begin(self._end())
            case SetBroadcastGain(gain):
                self._gain.move(self._given, gain, round(_RAMP_S * self._rate))
            case _:
                raise AssertionError(request)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, request: ConnectListener) -> None:
        try:
            answer = await self._listeners.connect(request.listener, request.offer)
        except RefusalError as refusal:
            self._send(ListenerRefused(request.listener, str(refusal), refusal.is_full))
        except Exception as error:  # a fault of ours, or of aiortc's: whoever asked is told
            _log.exception("a listener could not be connected")
            self._send(ListenerRefused(request.listener, f"it failed: {error!r}"))
        else:
            self._send(ListenerAnswered(request.listener, answer))

    async def _end(self) -> None:
        """What the output sounded last is on its way for another moment."""
        await asyncio.sleep(DELAY_S + _LAST_PACKETS * PACKET_S)
        await self._listeners.close()
        self._send(BroadcastEnded())

    async def run(self) -> None:
        """A packet for every 20 ms, for ever."""
        due_s, count = monotonic_s(), 0
        while True:
            now = monotonic_s()
            if now - due_s > _LATE_PACKETS * PACKET_S:
                due_s = now
            self._send_block(now)
            due_s += PACKET_S
            count += 1
            if count % _TICKS == 0:
                self._send(BroadcastTicked(self._follower.late_s))
            await asyncio.sleep(max(due_s - monotonic_s(), 0.0))

    def _send_block(self, now: float) -> None:
        block = self._follower.block(self._observer.look(), now)
        scaled = self._gain.apply(block, self._given)
        self._given += block.size
        for packet in self._encoder.encode(scaled):
            self._listeners.send(packet)


async def _run() -> None:
    loop = asyncio.get_running_loop()
    requests: asyncio.Queue[object] = asyncio.Queue()  # bounded by main, which waits for answers
    channel = ChildChannel(lambda r: loop.call_soon_threadsafe(requests.put_nowait, r) and None)
    channel.start()
    start = await requests.get()
    assert isinstance(start, StartBroadcast)
    broadcast = _Broadcast(start, channel)
    gc.collect()
    gc.freeze()

    async def obey() -> None:
        while True:
            broadcast.obey(await requests.get())

    async with asyncio.TaskGroup() as group:
        group.create_task(obey())
        group.create_task(broadcast.run())


def _hurry() -> None:
    """Go before what has time, where the system grants it. Not in real time, as the playout does:
    what strangers send is read here too."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.nice(_NICE)


def main() -> None:
    _hurry()
    prepare_child()
    try:
        asyncio.run(_run())
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
