"""The console on an engine elsewhere: a real bridge, whose narrator only keeps account."""

import asyncio
import contextlib
from argparse import Namespace
from collections.abc import AsyncGenerator
from pathlib import Path

from skaldcast.bridge.client_state import Backoff
from skaldcast.bridge.limits import Limits
from skaldcast.bridge.options import BridgeOptions
from skaldcast.bridge.server import BridgeServer
from skaldcast.core.cue import Cue
from skaldcast.core.events import ChunkStarted, CueStarted, StateChanged
from skaldcast.core.types import Outcome
from skaldcast.tui.console.remote_setup import RemoteSetup
from tests.bridge.serving import FakeNarrator, serving
from tests.tui.console.acting import SCRIPT, Stage, leave, play


@contextlib.asynccontextmanager
async def attached(
    folder: Path, url: str, cues: tuple[str, ...] = SCRIPT, password: str = ""
) -> AsyncGenerator[Stage]:
    (folder / "console.json").write_text('{"guide_shown": true, "dark": true}')
    stage = Stage(
        folder, setup=RemoteSetup(url, password, Namespace(config=folder / "config.toml"))
    )  # pyright: ignore
    async with stage.app.run_test(size=(100, 28)) as pilot:
        stage.pilot = pilot
        await stage.ready()
        if cues:
            stage.app.editing.append(cues)
            stage.app.list_changed(edited=False)
            await pilot.pause()
        try:
            yield stage
        finally:
            await leave(stage)


def only(narrator: FakeNarrator) -> Cue:
    (cue,) = narrator.all.values()
    return cue


def start(narrator: FakeNarrator, cue: Cue) -> None:
    cue.started_s = 0.5
    narrator.state = "playing"
    narrator.tell(
        StateChanged(0.5, "playing"),
        CueStarted(0.5, cue.cue_id),
        ChunkStarted(0.5, cue.cue_id, cue.text, 0, 1.0),
    )


def end(narrator: FakeNarrator, cue: Cue, outcome: Outcome = Outcome.FINISHED) -> None:
    narrator.end(cue, outcome)
    narrator.state = "idle"
    narrator.tell(StateChanged(1.0, "idle"))


def test_go_speaks_a_line_over_there_and_its_way_is_shown(tmp_path: Path):
    async def work() -> None:
        async with serving() as (server, narrator), attached(tmp_path, server.url) as stage:
            assert "voice tone:tone" in stage.text
            await stage.press("f5")
            await stage.until(lambda: narrator.all)
            cue = only(narrator)
            assert (cue.text, cue.cue_id[:8]) == (SCRIPT[0], "console-")
            start(narrator, cue)
            await stage.until(lambda: stage.states()[0] == "speaking")
            await stage.until(lambda: SCRIPT[0] in stage.text.partition("Now speaking")[2])
            end(narrator, cue)
            await stage.until(lambda: stage.states()[0] == "spoken")
            assert stage.states()[1:] == ["waiting"] * 3

    play(work)


def test_the_transport_and_the_prompt_reach_the_engine(tmp_path: Path):
    async def work() -> None:
        async with serving() as (server, narrator), attached(tmp_path, server.url) as stage:
            await stage.type("Look out!")
            await stage.until(lambda: narrator.all)
            start(narrator, only(narrator))
            await stage.until(lambda: "SPEAKING" in stage.text)
            await stage.press("f6")
            await stage.until(lambda: narrator.done == ["pause"])
            await stage.press("f6")
            await stage.until(lambda: narrator.done == ["pause", "resume"])
            await stage.press("f7")
            await stage.until(lambda: only(narrator).outcome is Outcome.SKIPPED)
            await stage.press("f8")
            await stage.until(lambda: "stop" in narrator.done)

    play(work)


def test_runs_on_from_cue_to_cue(tmp_path: Path):
    async def work() -> None:
        async with serving() as (server, narrator), attached(tmp_path, server.url) as stage:
            await stage.press("f10")
            await stage.until(lambda: len(narrator.all) == 1)
            start(narrator, only(narrator))
            await stage.until(lambda: len(narrator.all) == 2)
            assert [cue.text for cue in narrator.all.values()] == list(SCRIPT[:2])

    play(work)


def test_what_the_bridge_has_not_is_said_plainly(tmp_path: Path):
    async def work() -> None:
        async with serving() as (server, _), attached(tmp_path, server.url) as stage:
            await stage.type("?I open the door.")
            await stage.until(lambda: "an attached console cannot ask the model" in stage.text)

    play(work)


def test_another_console_finds_what_the_first_one_gave(tmp_path: Path):
    async def work() -> None:
        async with serving() as (server, narrator):
            async with attached(tmp_path, server.url) as stage:
                await stage.press("f5", "f5")
                await stage.until(lambda: len(narrator.all) == 2)
                first, second = narrator.all.values()
                start(narrator, first)
                await stage.until(lambda: stage.states()[0] == "speaking")
            assert narrator.done == []  # it was left, and the voice goes on
            async with attached(tmp_path, server.url, cues=()) as stage:
                await stage.until(lambda: stage.states()[:2] == ["speaking", "queued"])
                assert stage.app.cues.standby is stage.app.cues[2]
                assert SCRIPT[0] in stage.text.partition("Now speaking")[2]
                end(narrator, first)
                end(narrator, second)
                await stage.until(lambda: stage.states()[:2] == ["spoken", "spoken"])
            assert len(narrator.all) == 2  # nothing was spoken twice

    play(work)


def test_while_the_engine_is_gone_nothing_is_given_and_the_list_stays(tmp_path: Path):
    async def work() -> None:
        narrator = FakeNarrator()
        server = BridgeServer(narrator, BridgeOptions(port=0, limits=Limits()))
        await server.bind()
        await server.start()
        port = int(server.url.rpartition(":")[2])
        async with attached(tmp_path, server.url) as stage:
            remote = stage.app.link.narrator
            remote._client._backoff = Backoff(lambda: 0.0, first_s=0.01, most_s=0.02)  # pyright: ignore
            await stage.press("f5")
            await stage.until(lambda: narrator.all)
            await server.close()
            await stage.until(lambda: "no connection to the engine" in stage.text)
            await stage.press("f5")
            await stage.until(lambda: "Trouble: there is no connection" in stage.text)
            assert stage.app.cues.standby is stage.app.cues[1]
            assert stage.states() == ["queued", "waiting", "waiting", "waiting"]
            another = FakeNarrator()
            again = BridgeServer(another, BridgeOptions(port=port))
            await again.bind()
            await again.start()
            try:
                await stage.until(lambda: stage.states()[0] == "failed")
                assert "started anew" in (stage.app.cues[0].error or "")
                await stage.press("f5")
                await stage.until(lambda: another.all)
                assert only(another).text == SCRIPT[1]
            finally:
                await leave(stage)
                await again.close()

    play(work)


def test_a_line_longer_than_a_message_is_given_whole(tmp_path: Path):
    async def work() -> None:
        long = "The road went on. " * 3_000
        async with (
            serving() as (server, narrator),
            attached(tmp_path, server.url, cues=(long,)) as stage,
        ):
            await stage.press("f5")
            await stage.until(lambda: narrator.all and not narrator.is_open(only(narrator).cue_id))
            assert only(narrator).text == long

    play(work)


def test_what_the_engine_refuses_is_told_at_its_line(tmp_path: Path):
    async def work() -> None:
        async with serving() as (server, narrator), attached(tmp_path, server.url) as stage:
            stage.app.cues[0].voice = "nobody"
            await stage.press("f5")
            await stage.until(lambda: stage.states()[0] == "failed")
            await stage.until(lambda: "there is no voice 'nobody'" in stage.text)
            assert not narrator.all

    play(work)


def test_the_console_is_left_at_once_though_the_engine_answers_nothing(tmp_path: Path):
    async def work() -> None:
        async with serving() as (server, _), attached(tmp_path, server.url) as stage:
            await server.close()
            await stage.until(lambda: "no connection" in stage.text)
            await asyncio.wait_for(leave(stage), 10)

    play(work)
