"""The addon in a web export, in a real browser, as the demo does with it."""

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.engine.godot.heard import CHARACTER_S, Heard
from tests.engine.godot.running import Engine, choose, give_ear, run_godot
from tests.engine.godot.site import Browser, Site, lay_out, page_of
from tests.engine.godot.test_demo import CHARACTERS, HEARD
from tools.install_godot_web import find_browser

HERE = Path(__file__).parent
LEAST_S = 0.95 * CHARACTERS * CHARACTER_S / 2
"""Of sound: all characters of the demo, twice as fast; a busy browser's mixer leaves some out."""


@pytest.fixture(scope="module")
def site(
    godot: Path, runtime: Path, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The demo exported for the web, with an ear."""
    folder = tmp_path_factory.mktemp("web")
    game = shutil.copytree(project, folder / "project")
    shutil.copy(HERE / "export_presets.cfg", game)
    choose(game, "connection/connect_at_start=false")
    give_ear(game)
    run_godot(godot, game, "--export-pack", "Web", str(folder / "game.pck"))
    lay_out(folder, runtime, HERE / "page.html")
    with Site(folder) as serving:
        yield serving


@pytest.fixture
def browser() -> Iterator[Browser]:
    program = find_browser()
    assert program is not None
    with Browser(program) as running:
        yield running


def test_the_demo_is_heard_in_the_browser_to_its_end(site: Site, browser: Browser):
    with Engine("--speed", "2", "--set", f"bridge.origins={site.origin}") as engine:
        browser.page.goto(page_of(site, f"--url={engine.url}", "--quit"))
        browser.page.wait_for_function("window.ear")
    assert [row for row in browser.told if row.startswith("demo:")] == HEARD
    assert browser.errors == []
    sound = np.frombuffer(base64.b64decode(browser.page.evaluate("window.ear")), "<f4")[::2]
    rate = browser.page.evaluate("new AudioContext().sampleRate")
    assert Heard(sound, rate).speech_s > LEAST_S


def test_a_page_that_is_not_listed_is_refused(site: Site, browser: Browser, engine: Engine):
    browser.page.goto(f"{site.origin}/index.js")
    opened = """url => new Promise(told => {
        const socket = new WebSocket(url, "skaldcast.v1");
        socket.onopen = () => told(true);
        socket.onerror = () => told(false);
    })"""
    assert browser.page.evaluate(opened, engine.url) is False
