"""`/health`: whether it can speak."""

import pytest

from skaldcast.bridge.web.health import health
from skaldcast.bridge.web.status import EngineStatus
from skaldcast.core.errors import ProcessError
from skaldcast.core.events import OutputLost, OutputOpened
from tests.bridge.web.watching import FakeNarrator


def test_one_that_can_speak_says_with_what():
    assert health(EngineStatus(FakeNarrator())) == (
        200,
        {
            "status": "ok",
            "reason": None,
            "state": "playing",
            "voice": "tone:tone",
            "output": "null",
            "uptime_s": 12.0,
            "restarts": {"synthesis": 2, "playout": 0},
            "listeners": 5,
        },
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"started": False}, "the voice is being loaded"),
        ({"closing": True}, "it ends"),
        ({"failure": ProcessError("it is gone; start it again")}, "it is gone; start it again"),
    ],
)
def test_one_that_cannot_says_why(change: dict[str, object], reason: str):
    narrator = FakeNarrator()
    vars(narrator).update(change)
    status, body = health(EngineStatus(narrator))
    assert (status, body["status"], body["reason"]) == (503, "unavailable", reason)


def test_before_the_voice_is_there_nobody_looks_at_what_is_not():
    narrator = FakeNarrator()
    narrator.started = False
    _, body = health(EngineStatus(narrator))
    told = [body[name] for name in ("voice", "state", "restarts", "listeners")]
    assert (narrator.looked, told) == (0, ["tone", None, {}, 0])


def test_an_output_that_is_gone_is_told_until_it_is_back():
    status = EngineStatus(FakeNarrator())
    status.take(OutputLost(1.0, "unplugged"))
    assert health(status)[0] == 503
    assert health(status)[1]["reason"] == "the output is gone (unplugged); it is waited for"
    status.take(OutputOpened(2.0, "speakers", 48_000))
    assert health(status)[0] == 200
