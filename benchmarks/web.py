"""Listening elsewhere: a browser over loopback, and many listeners at once.

    python benchmarks/web.py [SECONDS]
    python benchmarks/web.py lossy [SECONDS]

A headless Chromium listens for SECONDS (60) to cues of the voice `tone` while a thread keeps one
core of main busy. Told are its lost packets and concealed samples, and the time from a cue's first
frame at the output (the device clock) to its sound in the browser's AnalyserNode. Then 20 clients
of aiortc's listen for 10 s: told is the processor time of the broadcast process for a second.

`lossy` lets the browser listen through a relay that loses, doubles and reorders packets: told is
how much of the sound had to be concealed, beside how much was lost.
"""

import asyncio
import os
import re
import sys
import threading
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
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


async def _browser(seconds: float) -> None:
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
        stack.enter_context(_Busy())
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
    delays = [next(o - b for o in onsets if o > b) for b in began if onsets and onsets[-1] > b]
    counts = {name: report[name] - first[name] for name in COUNTS}
    print(
        f"browser, {seconds:.0f} s: {counts['packetsReceived']} packets, {counts['packetsLost']} "
        f"lost, {counts['concealedSamples']} samples concealed of {counts['totalSamplesReceived']}"
    )
    spread = quantiles(delays, n=20)
    print(
        f"device clock to analyser, {len(delays)} cues: median {1e3 * median(delays):.0f} ms, "
        f"5th to 95th percentile {1e3 * spread[0]:.0f} to {1e3 * spread[-1]:.0f}"
    )


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


class _Busy:
    """Keeps a core, and main's interpreter, busy."""

    def __enter__(self) -> "_Busy":
        self._go_on = True
        threading.Thread(target=self._spin, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on = False

    def _spin(self) -> None:
        while self._go_on:
            sum(range(10_000))


async def _many() -> None:
    async with AsyncExitStack() as stack:
        narrator = await stack.enter_async_context(Narrator(OPTIONS))
        narrator.play("The gate stood open and nobody was there to say so. " * 30)

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
        asyncio.run(_browser(seconds))
        asyncio.run(_many())
