"""What is logged while the console is open."""

import io
import json
import logging
from argparse import Namespace
from pathlib import Path
from threading import Thread

import pytest

from skaldcast.core.settings import LogSettings
from skaldcast.tui.console.log_keeping import logged
from skaldcast.tui.console.own_settings import OwnSettings
from tests.tui.console.acting import console, play

LOGGER = logging.getLogger("skaldcast.core.test")


def written(settings: LogSettings) -> list[str]:
    file = io.StringIO()
    with logged(settings, file):
        LOGGER.debug("what only a developer wants")
        LOGGER.info("what is good to know")
        LOGGER.warning("what went wrong")
        LOGGER.error("what broke")
    LOGGER.error("said afterwards")
    return file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("level", "count"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)]
)
def test_the_file_has_records_from_the_level_of_the_settings_on(level: str, count: int):
    lines = written(LogSettings(level=level))  # pyright: ignore
    assert len(lines) == count
    assert lines[-1].endswith("ERROR skaldcast.core.test: what broke")


def test_the_file_is_json_where_that_is_set():
    lines = written(LogSettings(level="error", format="json"))
    assert json.loads(lines[0])["message"] == "what broke"


def test_the_level_is_that_of_the_settings_and_of_the_command_line(tmp_path: Path):
    path = tmp_path / "config.toml"
    path.write_text('[log]\nlevel = "info"\n')
    assert OwnSettings(Namespace(config=path)).log().level == "info"
    assert OwnSettings(Namespace(config=path, log_level="debug")).log().level == "debug"
    path.write_text("[log\n")
    assert OwnSettings(Namespace(config=path)).log().level == "warning"


def test_records_stand_among_the_messages_and_troubles_are_told(tmp_path: Path):
    async def work() -> None:
        with logged(LogSettings(level="info"), io.StringIO()):
            async with console(tmp_path) as stage:
                LOGGER.debug("what only a developer wants")
                LOGGER.info("what is good to know")
                await stage.until(lambda: "info: what is good to know" in stage.app.told[-1])
                thread = Thread(target=LOGGER.warning, args=("what went wrong",))
                thread.start()
                await stage.until(lambda: "Trouble: what went wrong" in stage.notice)
                thread.join()
                assert not any("developer" in line for line in stage.app.told)

    play(work)
