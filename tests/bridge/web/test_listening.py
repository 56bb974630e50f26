"""The listener page in a real browser, with the voice `tone`."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from skaldcast.bridge.web.options import WebOptions
from skaldcast.bridge.web.server import WebServer
from skaldcast.bridge.web.tokens import TokenStore
from skaldcast.core.narrator import Narrator, NarratorOptions
from tests.browser import browser_page
from tests.core.narrating import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPTIONS = NarratorOptions(voice="tone?rtf=0.01&latency=0", output="webrtc")
TEXT = "The gate stood open and nobody was there to say so. " * 20
PATIENCE_MS = 60_000

HEARD = """async () => {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(document.getElementById("audio").srcObject).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    let quiet = 0, highest = 0;
    for (let look = 0; look < 20; look++) {
        await new Promise(resolve => setTimeout(resolve, 100));
        analyser.getFloatFrequencyData(bins);
        highest = bins.indexOf(Math.max(...bins)) * context.sampleRate / analyser.fftSize;
        if (look > 5 && Math.max(...bins) < -50) quiet++;
    }
    return { quiet, highest };
}"""


@contextlib.asynccontextmanager
async def serving(
    folder: Path, host: str = "127.0.0.1"
) -> AsyncGenerator[tuple[str, Narrator, TokenStore]]:
    tokens = TokenStore(folder / "tokens.json")
    async with Narrator(OPTIONS) as narrator:
        server = WebServer(narrator, WebOptions(host=host, port=0), tokens)
        await server.start()
        try:
            yield server.url.replace("0.0.0.0", "127.0.0.1"), narrator, tokens
        finally:
            narrator.stop()
            await server.close()


async def press_listen(page: Page) -> None:
    await page.get_by_role("button", name="Listen").click()
    await expect(page.get_by_role("status")).to_contain_text("Listening", timeout=PATIENCE_MS)


def test_a_browser_hears_the_voice_and_shows_its_words(tmp_path: Path):
    async def work() -> dict[str, Any]:
        async with serving(tmp_path) as (url, narrator, _), browser_page() as page:
            narrator.play(TEXT, character="Strahd")
            await page.goto(url)
            await press_listen(page)
            heard = await page.evaluate(HEARD)
            await expect(page.locator("#who")).to_have_text("Strahd", timeout=PATIENCE_MS)
            await expect(page.locator("#words")).to_contain_text("The gate", timeout=PATIENCE_MS)
            await expect(page.locator("mark")).to_have_count(1, timeout=PATIENCE_MS)
            return heard

    heard = asyncio.run(work())
    assert heard["quiet"] < 5  # of 14 looks; gaps are counted by benchmarks/web.py
    assert abs(heard["highest"] - 440) < 30


def test_who_closes_the_page_is_gone(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (url, narrator, _), browser_page() as page:
            await page.goto(url)
            await press_listen(page)
            await page.get_by_role("button", name="Stop listening").click()
            await until(lambda: not narrator.broadcast.listeners)
            await press_listen(page)
            await page.close(run_before_unload=True)
            await until(lambda: not narrator.broadcast.listeners)

    asyncio.run(work())


def test_a_link_whose_token_was_revoked_says_so(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path, "0.0.0.0") as (url, narrator, tokens), browser_page() as page:
            token = tokens.add("table")
            answer = await page.goto(url)
            assert answer is not None
            assert answer.status == 401
            await page.goto(f"{url}/?token={token}")
            await press_listen(page)
            await page.get_by_role("button", name="Stop listening").click()
            tokens.revoke("table")
            await page.get_by_role("button", name="Listen").click()
            refused = "this token is not in force"
            await expect(page.get_by_role("status")).to_contain_text(refused, timeout=PATIENCE_MS)
            assert not narrator.broadcast.listeners

    asyncio.run(work())


def test_a_page_comes_back_by_itself_after_the_engine_broke_off(tmp_path: Path):
    async def work() -> None:
        async with serving(tmp_path) as (url, narrator, _), browser_page() as page:
            await page.goto(url)
            await press_listen(page)
            narrator.broadcast.disconnect(narrator.broadcast.listeners[0])
            await until(lambda: not narrator.broadcast.listeners)
            await until(lambda: len(narrator.broadcast.listeners) == 1)

    asyncio.run(work())
