"""Speech over HTTP beside the narration: what the way costs, and how many share it.

    python benchmarks/web_speech.py [VOICE]

With the embedded voice, warm: the time to the first byte of an answer of ten words (WAV) against
that to the worker's first block; and 32 requests at once against the sum of the times that their
syntheses take one after another. Nothing is kept from before.
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from statistics import median

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from skaldcast.bridge.web.options import WebOptions
from skaldcast.bridge.web.server import WebServer
from skaldcast.bridge.web.tokens import TokenStore
from skaldcast.core.narrator import Narrator, NarratorOptions

VOICE = sys.argv[1] if len(sys.argv) > 1 else "hibari:heart"
TEN_WORDS = "The gate stood open, and nobody was there to say."
RUNS = 15
AT_ONCE = 32
TEXTS = [
    f"Guest number {n + 1} came in late, and nobody asked the reason why." for n in range(AT_ONCE)
]


async def _render(narrator: Narrator, text: str) -> float:
    """Seconds to the first block; reads on to the end."""
    begin_s, first_s = time.monotonic(), 0.0
    async for _ in narrator.render(text):
        first_s = first_s or time.monotonic() - begin_s
    return first_s


async def _ask(http: aiohttp.ClientSession, url: str, text: str) -> tuple[float, float]:
    """Seconds to the first byte of sound, and to the end."""
    body = {"input": text, "response_format": "wav"}
    begin_s = time.monotonic()
    async with http.post(f"{url}/v1/audio/speech", json=body) as answer:
        answer.raise_for_status()
        await answer.content.readany()
        first_s = time.monotonic() - begin_s
        await answer.read()
    return first_s, time.monotonic() - begin_s


async def main() -> None:
    print(f"load {os.getloadavg()[0]:.1f}, voice {VOICE}")
    async with Narrator(NarratorOptions(voice=VOICE, output="null")) as narrator:
        server = WebServer(narrator, WebOptions(port=0), TokenStore(Path(os.devnull)))
        await server.start()
        async with aiohttp.ClientSession() as http:
            await _ask(http, server.url, TEN_WORDS)
            own, over = [], []
            for _ in range(RUNS):
                own.append(await _render(narrator, TEN_WORDS))
                over.append((await _ask(http, server.url, TEN_WORDS))[0])
            worker_ms, http_ms = 1e3 * median(own), 1e3 * median(over)
            print(
                f"first sound, ten words: {worker_ms:.0f} ms from the worker, "
                f"{http_ms:.0f} ms over HTTP: {http_ms - worker_ms:+.0f} ms"
            )
            begin_s = time.monotonic()
            for text in TEXTS:
                await _render(narrator, text)
            alone_s = time.monotonic() - begin_s
            begin_s = time.monotonic()
            times = await asyncio.gather(*(_ask(http, server.url, text) for text in TEXTS))
            together_s = time.monotonic() - begin_s
            ends = sorted(end for _, end in times)
            print(
                f"{AT_ONCE} at once: {together_s:.2f} s, {together_s / alone_s:.2f} of the "
                f"{alone_s:.2f} s one after another; ends from {ends[0]:.2f} to {ends[-1]:.2f} s"
            )
        await server.close()


if __name__ == "__main__":
    asyncio.run(main())
