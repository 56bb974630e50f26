"""The bridge over loopback: how soon a line is known, how many clients it bears, a flood.

    python benchmarks/bridge.py

Promised: with 50 clients, `say` received -> `cue_queued` sent in under 3 ms (99th percentile); 200
clients each with all ordinary events, none lost, none later than 50 ms, and the voice without
an underrun; `word_started` within 40 ms of what is heard; 5,000 small messages a second refused or
served without growth of memory. The clients are processes of their own, so that their work is not
the server's.

On a busy machine most of each time is waiting for a processor, which Linux counts for each thread
(/proc/thread-self/schedstat): each time is told as it was, without that ("unhindered"), and as
processor time; and the machine's load.
"""

import asyncio
import json
import multiprocessing
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from skaldcast.bridge.options import BridgeOptions
from skaldcast.bridge.peer import Flushing, Peer
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.clock import monotonic_s
from skaldcast.core.narrator import Narrator, NarratorOptions

OPTIONS = NarratorOptions(voice="tone", output="null")
LINES = 400
SAID = "The gate is open."
LINE_EVERY_S = 0.02
SPEECH = "The gate stood open, and beyond it the road ran down to the sea. " * 6
FLOOD_PER_S = 5_000
FLOOD_S = 20.0
TOO_MANY = 300


# the clients, in processes of their own


async def _connect(url: str) -> Any:
    from websockets.asyncio.client import connect

    socket = await connect(url, subprotocols=["skaldcast.v1"], compression=None, proxy=None)
    await socket.recv()
    await socket.send('{"type":"identify","protocol":1,"client":"benchmark"}')
    await socket.recv()
    return socket


async def _listen(url: str, count: int, pipe: Pipe) -> None:
    """Take events until the pipe says stop; tells when each came, by the client."""
    sockets = [await _connect(url) for _ in range(count)]
    came: list[list[tuple[float, str]]] = [[] for _ in sockets]

    async def read(index: int) -> None:
        async for frame in sockets[index]:
            came[index].append((time.monotonic(), frame))

    reading = [asyncio.create_task(read(index)) for index in range(count)]
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    await asyncio.sleep(0.5)
    for task in reading:
        task.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    pipe.send(
        [
            [(at, (m := json.loads(frame))["seq"], m["type"], m["time_s"]) for at, frame in each]
            for each in came
        ]
    )


async def _flood(url: str, pipe: Pipe) -> None:
    """Send small messages at an even rate, and count the replies."""
    socket = await _connect(url)
    replies: Counter[str] = Counter()

    async def read() -> None:
        async for frame in socket:
            message = json.loads(frame)
            replies["refused" if message.get("code") == TOO_MANY else "served"] += 1

    reading = asyncio.create_task(read())
    began, sent = time.monotonic(), 0
    while (passed_s := time.monotonic() - began) < FLOOD_S:
        while sent < passed_s * FLOOD_PER_S:
            kind = ("resume", "subscribe", "skip")[sent % 3]
            rest = {"resume": "", "subscribe": ',"events":[]', "skip": ',"cue_id":"none"'}[kind]
            await socket.send(f'{{"type":"{kind}","id":"{sent}"{rest}}}')
            sent += 1
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.5)
    reading.cancel()
    pipe.send((sent, replies))


def _run(work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
    asyncio.run(work(*arguments))


class Clients:
    """A process of clients."""

    def __init__(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(work, *arguments, theirs))
        self._process.start()

    async def receive(self) -> Any:
        return await asyncio.to_thread(self.pipe.recv)

    async def end(self) -> None:
        await asyncio.to_thread(self._process.join)


# what is measured


@dataclass(frozen=True)
class Instant:
    """A moment of this thread."""

    clock_s: float
    waited_s: float
    """How long it has waited for a processor, all in all; 0 where nobody counts."""
    used_s: float

    @staticmethod
    def now() -> "Instant":
        waited_ns = _SCHEDSTAT.read_text().split()[1] if _SCHEDSTAT.exists() else 0
        return Instant(monotonic_s(), int(waited_ns) / 1e9, time.thread_time())

    def since(self, before: "Instant") -> "Times":
        clock_s = self.clock_s - before.clock_s
        waited_s = min(self.waited_s - before.waited_s, clock_s)
        return Times(clock_s, clock_s - waited_s, self.used_s - before.used_s)


class Times(NamedTuple):
    """How long something took, in seconds."""

    clock: float
    unhindered: float
    used: float


_SCHEDSTAT = Path("/proc/thread-self/schedstat")


def told(times: list[Times]) -> str:
    """The three kinds of time."""
    columns = zip(Times._fields, zip(*times, strict=True), strict=True)
    ordered = {name: sorted(column) for name, column in columns}
    parts = (
        f"{name} {_ms(column, 0.5)}, p99 {_ms(column, 0.99)}, worst {_ms(column, 1.0)}"
        for name, column in ordered.items()
    )
    return "; ".join(parts)


class Stopwatch:
    """How long it took from receiving a `say` to writing the `cue_queued` of it to the client that
    asked."""

    def __init__(self) -> None:
        self.received: dict[str, Instant] = {}
        self.asker: dict[str, Times] = {}
        self._originals = (Peer._answer, Peer._write)
        answer, write = self._originals
        askers: set[Any] = set()

        async def timed_answer(itself: Any, frame: str | bytes) -> None:
            if (match := _CUE.search(str(frame))) and '"say"' in str(frame):
                self.received[match[1]] = Instant.now()
                askers.add(itself)
            await answer(itself, frame)

        def timed_write(itself: Any, payloads: list[bytes]) -> None:
            write(itself, payloads)
            for payload in payloads:
                if itself not in askers or b'"cue_queued"' not in payload:
                    continue
                if match := _CUE.search(payload.decode()):
                    self.asker[match[1]] = Instant.now().since(self.received[match[1]])

        Peer._answer, Peer._write = timed_answer, timed_write  # type: ignore[method-assign]

    def close(self) -> None:
        Peer._answer, Peer._write = self._originals  # type: ignore[method-assign]


_CUE = re.compile('"cue_id": ?"([^"]+)"')


async def _time_of_say(clients: int) -> None:
    async with Narrator(OPTIONS) as narrator:
        server = BridgeServer(narrator, BridgeOptions(port=0))
        await server.bind()
        await server.start()
        watch = Stopwatch()
        others = Clients(_listen, server.url, clients - 1)
        await others.receive()
        socket = await _connect(server.url)
        for number in range(LINES):
            await socket.send(
                json.dumps({"type": "say", "id": "s", "text": SAID, "cue_id": f"line-{number}"})
            )
            await asyncio.sleep(LINE_EVERY_S)
            if number % 20 == 19:
                await socket.send('{"type":"clear","id":"c"}')
                await asyncio.sleep(LINE_EVERY_S)
        others.pipe.send("stop")
        await others.receive()
        await others.end()
        watch.close()
        await socket.close()
        await server.close()
    took = list(watch.asker.values())
    print(
        f"say received -> cue_queued written, {clients} clients: {told(took)}; "
        f"{len(took)} lines {_load()}",
        flush=True,
    )


async def _many_listeners(clients: int) -> None:
    async with Narrator(OPTIONS) as narrator:
        server = BridgeServer(narrator, BridgeOptions(port=0))
        await server.bind()
        await server.start()
        happened: list[Instant] = []
        written: list[Times] = []
        publish, flush = server.hub._publish, Flushing.flush

        def record(*arguments: Any) -> None:
            happened.append(Instant.now())
            publish(*arguments)

        def timed_flush(itself: Flushing) -> None:
            flush(itself)
            done = Instant.now()
            written.extend(done.since(at) for at in happened[len(written) :])

        server.hub._publish = record  # type: ignore[method-assign]
        Flushing.flush = timed_flush  # type: ignore[method-assign]
        others = Clients(_listen, server.url, clients)
        await others.receive()
        for _ in range(4):
            narrator.play(SPEECH)
        await narrator.drain()
        report = narrator.report()
        others.pipe.send("stop")
        came: list[list[tuple[float, int, str, float]]] = await others.receive()
        await others.end()
        await server.close()
    Flushing.flush = flush  # type: ignore[method-assign]
    count = len(happened)
    lost = sum(count - len(each) for each in came)
    holes = sum([row[1] for row in each] != list(range(1, len(each) + 1)) for each in came)
    late = sorted(row[0] - happened[row[1] - 1].clock_s for each in came for row in each)
    print(
        f"{clients} clients, {count} events each: {lost} lost, {holes} sessions with holes; "
        f"told -> written to all: {told(written)}; "
        f"told -> received by a client that waits for processors too: p99 {_ms(late, 0.99)}, "
        f"worst {_ms(late, 1.0)}; underruns {report['underruns']} in {report['audio_s']:.0f} s of "
        f"speech {_load()}",
        flush=True,
    )


async def _words(clients: int) -> None:
    """How far the events of words are from what the output's clock says is heard."""
    async with Narrator(OPTIONS) as narrator:
        server = BridgeServer(narrator, BridgeOptions(port=0))
        await server.bind()
        await server.start()
        others = Clients(_listen, server.url, clients)
        await others.receive()
        cue = narrator.play(SPEECH)
        zero_s = monotonic_s() - cue.queued_s  # of the narrator's clock
        await cue.wait_finished()
        others.pipe.send("stop")
        came: list[list[tuple[float, int, str, float]]] = await others.receive()
        await others.end()
        await server.close()
    late = sorted(
        at - of - zero_s for each in came for at, _, kind, of in each if kind == "word_started"
    )
    print(
        f"word heard -> word_started received, {clients} clients, {len(late)} events: median "
        f"{_ms(late, 0.5)}, p99 {_ms(late, 0.99)}, {_ms(late, 0)} to {_ms(late, 1)} {_load()}",
        flush=True,
    )


async def _flood_it() -> None:
    async with Narrator(OPTIONS) as narrator:
        server = BridgeServer(narrator, BridgeOptions(port=0))
        await server.bind()
        await server.start()
        itself = psutil.Process()
        socket = await _connect(server.url)
        flood = Clients(_flood, server.url)
        narrator.play(SPEECH * 2)
        sizes: list[int] = []
        waits: list[float] = []
        done = asyncio.ensure_future(flood.receive())
        used_0, began = itself.cpu_times(), Instant.now()
        while not done.done():
            asked = time.monotonic()
            await socket.send('{"type":"set_volume","id":"v","volume":1}')
            while json.loads(await socket.recv()).get("id") != "v":
                pass
            waits.append(time.monotonic() - asked)
            sizes.append(itself.memory_info().rss)
            await asyncio.sleep(0.1)
        used, passed = itself.cpu_times(), Instant.now().since(began)
        sent, replies = done.result()
        await flood.end()
        report = narrator.report()
        await socket.close()
        await server.close()
    quarter = len(sizes) // 4
    grown = (max(sizes[-quarter:]) - max(sizes[quarter : 2 * quarter])) / 2**20
    busy = (used.user + used.system - used_0.user - used_0.system) / passed.clock
    print(
        f"{sent / FLOOD_S:.0f} messages a second for {FLOOD_S:.0f} s: {replies['served']} served, "
        f"{replies['refused']} refused; memory {grown:+.1f} MiB from the second to the last "
        f"quarter, {busy:.0%} of a core; another client waited {1e3 * max(waits):.0f} ms at most, "
        f"the server {passed.clock - passed.unhindered:.1f} s for a processor; "
        f"underruns {report['underruns']} {_load()}",
        flush=True,
    )


def _ms(ordered: list[float], part: float) -> str:
    return f"{1e3 * ordered[min(int(len(ordered) * part), len(ordered) - 1)]:.2f} ms"


def _load() -> str:
    return f"(load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)"


def main() -> None:
    asyncio.run(_time_of_say(50))
    asyncio.run(_words(10))
    asyncio.run(_many_listeners(200))
    asyncio.run(_flood_it())


if __name__ == "__main__":
    main()
