"""Listening elsewhere: a browser over loopback, and many listeners at once.

    python benchmarks/web.py [SECONDS]
    python benchmarks/web.py lossy [SECONDS]

A headless Chromium listens for SECONDS (60) to cues of the voice `tone` while the model of the
embedded voice works without a pause on texts that are spoken beside them, and once more while a
thread keeps main's interpreter busy. Told are its lost packets and concealed samples, and the time
from a cue's first frame at the output (the device clock) to its sound in the browser's
AnalyserNode. Then 20 clients of aiortc's listen for 10 s: told is the processor time of the
broadcast process for a second.

`lossy` lets the browser listen through a relay that loses, doubles and reorders packets: told is
how much of the sound had to be concealed, beside how much was lost.
"""

import asyncio
import os
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import psutil
from playwright.async_api import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from skaldcast.bridge.web.options import WebOptions
from skaldcast.bridge.web.server import WebServer
from skaldcast.bridge.web.tokens import TokenStore
from skaldcast.core.clock import monotonic_s
from skaldcast.core.events import CueStarted
from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.browser import browser_page
from tests.core.listening import listener
from tests.core.lossy_path import Trouble, lossy_path

OPTIONS = NarratorOptions(voice="tone", output="webrtc")
WORD = "listen to that now"
MODEL = "hibari:heart"
TEXTS = 8
"""Spoken at once beside the cues, so that one always waits for the model."""
TEXT = "The gate stood open and nobody was there to say so. " * 30
LISTENERS = 20
TROUBLES = (
    Trouble(),
    Trouble(doubled=0.1, overtaken=0.2),
    Trouble(lost=0.05),
    Trouble(lost=0.1, doubled=0.1, overtaken=0.2),
)

COUNTS = ("packetsReceived", "packetsLost", "concealedSamples", "totalSamplesReceived")
WATCH = """() => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 256;
    context.createMediaStreamSource(document.getElementById("audio").srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    window.onsets = [];
    let loudUntil = 0;
    setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        const now = performance.timeOrigin + performance.now();
        if (samples.some(s => Math.abs(s) > 0.05)) {
            if (now > loudUntil) window.onsets.push(now / 1000);
            loudUntil = now + 300;
        }
    }, 4);
}"""
REPORT = """async () => [...(await peer.getStats()).values()].find(r => r.type === "inbound-rtp")"""


Working = Callable[[Narrator], AbstractAsyncContextManager[object]]


async def _browser(seconds: float, working: Working) -> None:
    async with AsyncExitStack() as stack:
        narrator = await stack.enter_async_context(Narrator(OPTIONS))
        server = WebServer(narrator, WebOptions(port=0), TokenStore(Path(os.devnull)))
        await server.start()
        stack.push_async_callback(server.close)
        page = await stack.enter_async_context(browser_page())
        await page.goto(server.url)
        await page.click("#play")
        await page.wait_for_function("() => peer && peer.connectionState === 'connected'")
        await page.evaluate(WATCH)
        await asyncio.sleep(3.0)  # what was concealed before the sound came is no loss
        first = await page.evaluate(REPORT)
        load = await stack.enter_async_context(working(narrator))
        began: list[float] = []
        events = narrator.events()

        async def note() -> None:
            async for event in events:
                at_s = event.time_s - narrator.time_s + time.time()
                began.extend([at_s] if isinstance(event, CueStarted) else [])

        noting = asyncio.create_task(note())
        end_s = monotonic_s() + seconds
        while monotonic_s() < end_s:
            await narrator.play(WORD).wait_finished()
            await asyncio.sleep(1.0)
        onsets = await page.evaluate("() => window.onsets")
        report = await page.evaluate(REPORT)
        noting.cancel()
        beside = str(load)
    delays = [next(o - b for o in onsets if o > b) for b in began if onsets and onsets[-1] > b]
    counts = {name: report[name] - first[name] for name in COUNTS}
    print(
        f"browser, {seconds:.0f} s beside {beside}: {counts['packetsReceived']} packets, "
        f"{counts['packetsLost']} lost, {counts['concealedSamples']} samples concealed of "
        f"{counts['totalSamplesReceived']}"
    )
    spread = quantiles(delays, n=20)
    print(
        f"device clock to analyser, {len(delays)} cues: median {1e3 * median(delays):.0f} ms, "
        f"5th to 95th percentile {1e3 * spread[0]:.0f} to {1e3 * spread[-1]:.0f}"
    )


@asynccontextmanager
async def _model(narrator: Narrator) -> AsyncIterator["_Model"]:
    """The model at full load: whatever the cues leave of it is taken by other texts."""
    model = _Model(narrator)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(model.speak()) for _ in range(TEXTS)]
        try:
            yield model
        finally:
            for task in tasks:
                task.cancel()


class _Model:
    """What the worker does for others than the cues."""

    def __init__(self, narrator: Narrator) -> None:
        number = narrator.process_ids["synthesis"]
        assert number is not None
        self.made_s = 0.0
        self._narrator = narrator
        self._process = psutil.Process(number)
        self._before_s, self._began_s = self._used_s(), monotonic_s()

    def __str__(self) -> str:
        share = (self._used_s() - self._before_s) / (monotonic_s() - self._began_s)
        return f"the model, {share:.2f} of a core, {self.made_s:.0f} s of other speech"

    async def speak(self) -> None:
        """Have text after text spoken beside the narration."""
        while True:
            rendition = self._narrator.render(TEXT, voice=MODEL)
            async for samples in rendition:
                self.made_s += samples.size / rendition.sample_rate

    def _used_s(self) -> float:
        used = self._process.cpu_times()
        return used.user + used.system


async def _lossy(trouble: Trouble, seconds: float) -> None:
    async with AsyncExitStack() as stack:
        narrator = await stack.enter_async_context(Narrator(OPTIONS))
        server = WebServer(narrator, WebOptions(port=0), TokenStore(Path(os.devnull)))
        await server.start()
        stack.push_async_callback(server.close)
        signal = narrator.broadcast.connect
        path, by_path = await stack.enter_async_context(
            lossy_path(lambda offer: _answer_of(signal(offer)), trouble)
        )
        page = await stack.enter_async_context(browser_page())

        async def relay(route: Route) -> None:
            if route.request.method != "POST":
                await route.fulfill(status=200)
                return
            answer = await by_path(route.request.post_data or "")
            headers = {"Content-Type": "application/sdp", "Location": "/whep/relayed"}
            await route.fulfill(status=201, headers=headers, body=answer)

        await page.route(re.compile("/whep"), relay)
        narrator.play("The gate stood open and nobody was there to say so. " * 60)
        await page.goto(server.url)
        await page.click("#play")
        await page.wait_for_function("() => peer && peer.connectionState === 'connected'")
        await asyncio.sleep(3.0)
        first, sent, lost = await page.evaluate(REPORT), len(path.sent), len(path.lost)
        await asyncio.sleep(seconds)
        report, sent, lost = (
            await page.evaluate(REPORT),
            len(path.sent) - sent,
            len(path.lost) - lost,
        )
        narrator.stop()
    counts = {name: report[name] - first[name] for name in COUNTS}
    print(
        f"{trouble}: {lost} of {sent} packets lost on the way; the browser missed "
        f"{counts['packetsLost']} and concealed "
        f"{100 * counts['concealedSamples'] / counts['totalSamplesReceived']:.1f} % of the samples"
    )


async def _answer_of(connected: Awaitable[tuple[str, str]]) -> str:
    return (await connected)[1]


@asynccontextmanager
async def _busy(_: Narrator) -> AsyncIterator[str]:
    """Keeps a core, and main's interpreter, busy."""
    ended = threading.Event()

    def spin() -> None:
        while not ended.is_set():
            sum(range(10_000))

    threading.Thread(target=spin, daemon=True).start()
    try:
        yield "a busy main"
    finally:
        ended.set()


async def _many() -> None:
    async with AsyncExitStack() as stack:
        narrator = await stack.enter_async_context(Narrator(OPTIONS))
        narrator.play(TEXT)

        async def signal(offer: str) -> str:
            return (await narrator.broadcast.connect(offer))[1]

        for _ in range(LISTENERS):
            await stack.enter_async_context(listener(signal))
        await asyncio.sleep(2.0)
        number = narrator.process_ids["broadcast"]
        assert number is not None
        process = psutil.Process(number)
        before, begin_s = process.cpu_times(), monotonic_s()
        await asyncio.sleep(10.0)
        after, passed_s = process.cpu_times(), monotonic_s() - begin_s
        share = (after.user + after.system - before.user - before.system) / passed_s
        there = len(narrator.broadcast.listeners)
        print(
            f"{there} listeners: {share:.2f} of a core, {process.memory_info().rss / 1e6:.0f} MB, "
            f"{narrator.vitals().underruns} underruns"
        )
        narrator.stop()


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}")
    arguments = sys.argv[1:]
    lossy = arguments[:1] == ["lossy"]
    seconds = float(arguments[lossy]) if len(arguments) > lossy else 60.0
    if lossy:
        for trouble in TROUBLES:
            asyncio.run(_lossy(trouble, seconds))
    else:
        for working in (_model, _busy):
            asyncio.run(_browser(seconds, working))
        asyncio.run(_many())
