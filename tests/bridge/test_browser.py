"""The example page in a real browser (Debian's Chromium), with a real engine that speaks `tone`."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.tui.command import WAIT_S, start

EXAMPLE = Path(__file__).parents[2] / "examples" / "browser"
CHROMIUM = "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="there is no Chromium")
LINE = "The gate stood open, and beyond it the road ran down."
SILENT = "document.getElementById('level').value == 0"
WATCH = """
    window.shown = []; window.levels = [];
    const subtitle = document.getElementById("subtitle"), level = document.getElementById("level");
    new MutationObserver(() => {
        const text = subtitle.firstChild?.data;
        if (text && text != shown.at(-1)) shown.push(text);
    }).observe(subtitle, { childList: true });
    new MutationObserver(() => levels.push(level.value)).observe(level, { attributes: true });
"""


class Files(SimpleHTTPRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, format: str, *_: Any) -> None:  # noqa: A002
        del format


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    handler = functools.partial(Files, directory=str(EXAMPLE))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def bridge(site: str) -> Iterator[str]:
    """Where an engine listens that lets the site's pages in, with the password `open sesame`."""
    process = start(
        *("--no-tui", "--no-web", "--voice", "tone?rtf=0.1", "--output", "null"),
        *("--set", "bridge.address=127.0.0.1:0", "--set", f"bridge.origins={site}"),
        env={"SKALDCAST_BRIDGE_PASSWORD": "open sesame"},
    )
    assert process.stderr is not None
    told = process.stderr.readline().decode()
    yield told.rpartition(" ")[2].strip()
    process.terminate()
    process.communicate(timeout=WAIT_S)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(WAIT_S * 1e3)
    expect.set_options(timeout=WAIT_S * 1e3)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert faults == []


def connect(page: Page, site: str, bridge: str, password: str = "open sesame") -> None:
    page.goto(site)
    page.get_by_label("Address").fill(bridge)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Connect").click()


def test_a_line_is_heard_word_by_word_and_ends_when_the_page_has_played_it(
    page: Page, site: str, bridge: str
):
    connect(page, site, bridge)
    page.evaluate(WATCH)
    page.get_by_label("Line").fill(LINE)
    page.get_by_role("button", name="Say").click()
    expect(page.locator("#log")).to_contain_text("cue_finished finished")
    shown: list[str] = page.evaluate("shown")
    words = LINE.split()
    assert shown == [" ".join(words[: n + 1]).rstrip(",.") for n in range(len(words))]
    levels: list[float] = page.evaluate("levels")
    assert max(levels) == pytest.approx(0.25, abs=0.05)  # as loud as the tone is
    assert "error" not in page.locator("#log").inner_text()
    page.wait_for_function(SILENT)


def test_a_line_that_is_skipped_falls_silent(page: Page, site: str, bridge: str):
    connect(page, site, bridge)
    page.get_by_label("Line").fill(LINE * 10)
    page.get_by_role("button", name="Say").click()
    page.wait_for_function("document.getElementById('level').value > 0.2")
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("#log")).to_contain_text("cue_finished skipped")
    page.wait_for_function(SILENT)
    assert "error" not in page.locator("#log").inner_text()


def test_a_wrong_password_is_told(page: Page, site: str, bridge: str):
    connect(page, site, bridge, "open poppy")
    expect(page.get_by_role("status")).to_contain_text("4009")


def test_a_page_of_another_origin_is_refused(page: Page, site: str, bridge: str):
    connect(page, site.replace("127.0.0.1", "localhost"), bridge)
    expect(page.get_by_role("status")).to_contain_text("bridge.origins list http://localhost")
