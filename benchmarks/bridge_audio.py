"""The sound itself over loopback: what a listener costs, and how soon it is sent.

    python benchmarks/bridge_audio.py

Told are the processor time of main's thread for each listener and second of sound (choosing,
converting and writing it; the clients are in a process of their own), and the time from the gate's
letting a frame out to its being written to the socket (of what is let out seconds ahead, the last
has to wait for the rest).
"""

import asyncio
import json
import multiprocessing
import os
import sys
import time
from bisect import bisect_left
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from skaldcast.bridge.client import BridgeClient
from skaldcast.bridge.client_audio import AudioBlock
from skaldcast.bridge.options import BridgeOptions
from skaldcast.bridge.protocol.audio import unpack
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.clock import monotonic_s
from skaldcast.core.narrator import Narrator, NarratorOptions

OPTIONS = NarratorOptions(voice="tone?rtf=0.5", output="null")
SPEECH = "The gate stood open, and beyond it the road ran down to the sea. " * 4
REPORT_S = 0.05


async def _listen(url: str, count: int, form: dict[str, Any], pipe: Pipe) -> None:
    """Take the sound, and tell 20 times a second how much would have been played by now."""
    from websockets.asyncio.client import connect

    sockets = [
        await connect(url, subprotocols=["skaldcast.v1"], compression=None, proxy=None)  # type: ignore[list-item]
        for _ in range(count)
    ]
    start = {"type": "audio_start", "id": "a", "format": form, "credit": 20 * form["sample_rate"]}
    frame_bytes = form["channels"] * (4 if form["encoding"] == "f32" else 2)
    ends, holes = [0] * count, [0]
    began: dict[int, float] = {}

    async def read(index: int) -> None:
        async for frame in sockets[index]:
            if isinstance(frame, bytes):
                found = unpack(frame)
                began.setdefault(index, time.monotonic() + 0.1)
                holes[0] += found.position != ends[index]
                ends[index] = found.position + len(found.data) // frame_bytes

    async def report(index: int) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            passed_s = time.monotonic() - began.get(index, time.monotonic())
            frame = min(max(round(passed_s * form["sample_rate"]), 0), ends[index])
            message = {"type": "audio_position", "id": "p", "stream": 1, "frame": frame}
            await sockets[index].send(json.dumps(message | {"credit": start["credit"]}))

    for socket in sockets:
        await socket.recv()
        await socket.send('{"type":"identify","protocol":1,"client":"benchmark","events":[]}')
        await socket.recv()
        await socket.send(json.dumps(start))
        await socket.recv()
    tasks = [asyncio.create_task(work(n)) for n in range(count) for work in (read, report)]
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    pipe.send((min(ends), holes[0]))


def _run(url: str, count: int, form: dict[str, Any], pipe: Pipe) -> None:
    asyncio.run(_listen(url, count, form, pipe))


class Watch:
    """Measures a server's work for the sound from outside."""

    def __init__(self, server: BridgeServer) -> None:
        self.used_s = 0.0
        self.lags_s: list[float] = []
        hub = server.hub
        feed = hub.shared.feed
        assert feed is not None
        limits: list[int] = [0]
        times: list[float] = [0.0]
        send, changed = hub.send_audio, feed._on_change

        def note() -> None:
            if feed.limit > limits[-1]:
                limits.append(feed.limit)
                times.append(monotonic_s())
            changed()

        def timed(now: float) -> bool:
            began = time.thread_time()
            before = [s.audio.sent if s.audio else 0 for s in hub.sessions]
            sent = send(now)
            self.used_s += time.thread_time() - began
            at = monotonic_s()
            for session, first in zip(hub.sessions, before, strict=True):
                audio = session.audio
                # The end of a stretch waits by design, at another rate than the voice's.
                if audio is not None and audio.sent > first and audio._stream._resampler:
                    frame = audio.sent * feed.sample_rate // int(audio.form.sample_rate)
                    self.lags_s.append(at - times[min(bisect_left(limits, frame), len(times) - 1)])
            return sent

        feed._on_change = note
        hub.send_audio = timed  # type: ignore[method-assign]


async def _measure(count: int, form: dict[str, Any]) -> None:
    async with Narrator(OPTIONS) as narrator:
        server = BridgeServer(narrator, BridgeOptions(port=0))
        await server.bind()
        await server.start()
        context = multiprocessing.get_context("spawn")
        pipe, theirs = context.Pipe()
        process = context.Process(target=_run, args=(server.url, count, form, theirs))
        process.start()
        await asyncio.to_thread(pipe.recv)
        watch = Watch(server)
        began = time.thread_time()
        narrator.play(SPEECH)
        await narrator.drain()
        used_s = time.thread_time() - began
        await asyncio.sleep(0.3)
        pipe.send("stop")
        end, holes = await asyncio.to_thread(pipe.recv)
        await asyncio.to_thread(process.join)
        report = narrator.report()
        await server.close()
    audio_s = report["audio_s"]
    lags = sorted(watch.lags_s)
    print(
        f"{count} listeners, {form['encoding']} {form['sample_rate']} Hz x {form['channels']}: "
        f"{1e3 * watch.used_s / audio_s / count:.3f} ms of processor time for each second and "
        f"listener to send, {1e3 * used_s / audio_s / count:.2f} ms with all of main's work and 20 "
        f"reports; let out -> written: median {1e3 * lags[len(lags) // 2]:.2f} ms, "
        f"p99 {1e3 * lags[int(len(lags) * 0.99)]:.2f} ms; "
        f"{holes} holes, {end / form['sample_rate']:.2f} of {audio_s:.2f} s came; "
        f"underruns {report['underruns']} "
        f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)",
        flush=True,
    )


async def _follow(lag_s: float, speed: float) -> None:
    """How far the null output is from a client that plays late, or too slowly or fast."""
    async with Narrator(OPTIONS) as narrator:
        server = BridgeServer(narrator, BridgeOptions(port=0))
        await server.bind()
        await server.start()
        off_ms: list[float] = []
        async with BridgeClient(server.url) as client, client.audio(ahead_s=2.0) as audio:
            came, begun = 0, asyncio.Event()

            async def take() -> None:
                nonlocal came
                async for piece in audio:
                    if isinstance(piece, AudioBlock):
                        came = piece.end
                        begun.set()

            taking = asyncio.create_task(take())
            cue = await client.say(SPEECH)
            await begun.wait()
            began = monotonic_s() + lag_s
            ended = asyncio.create_task(client.finished(cue.cue_id))
            while not ended.done():
                frame = min(max(round((monotonic_s() - began) * speed * 24_000), 0), came)
                await audio.played(frame)
                if frame:
                    off_ms.append((narrator.heard().frame - frame) / 24.0)
                await asyncio.sleep(REPORT_S)
            taking.cancel()
        underruns = narrator.report()["underruns"]
        await server.close()
    off_ms = sorted(off_ms[5:])  # those after it has been told that the client began late
    print(
        f"a client {lag_s:g} s late, at {speed:g} of the speed: the null output was told to be "
        f"{off_ms[0]:.0f} to {off_ms[-1]:.0f} ms ahead of it, median "
        f"{off_ms[len(off_ms) // 2]:.0f} ms; underruns {underruns}",
        flush=True,
    )


async def main() -> None:
    for lag_s, speed in ((0.3, 1.0), (0.3, 0.9), (0.0, 1.04)):
        await _follow(lag_s, speed)
    for count in (1, 20):
        await _measure(count, {"encoding": "s16", "sample_rate": 24_000, "channels": 1})
        await _measure(count, {"encoding": "f32", "sample_rate": 48_000, "channels": 2})


if __name__ == "__main__":
    asyncio.run(main())
