"""What becomes of each request."""

from typing import Any

import pytest

from skaldcast.bridge.protocol import ErrorCode
from skaldcast.core.errors import ConfigError, ProcessError, StateError
from skaldcast.core.types import Priority
from tests.bridge.talking import Stage
from tests.core.feeding import World


def test_a_line_is_spoken_and_named():
    stage = Stage()
    reply = stage.identified().ask("say", text="Hi there.")
    cue = stage.speaker.all[reply["cue_id"]]
    assert reply == {"type": "ok", "id": "1", "cue_id": cue.cue_id, "received": 9}
    assert cue.text == "Hi there."


@pytest.mark.parametrize("name", ["interrupt", "demand", "prefetch"])
def test_a_line_has_what_it_asked_for(name: str):
    stage = Stage()
    client = stage.identified()
    client.ask("say", text="Hi.", cue_id="a", voice="bell", priority=name, speed=1.5)
    cue = stage.speaker.all["a"]
    assert (cue.voice, cue.priority, cue.speed) == ("bell", Priority[name.upper()], 1.5)


def test_a_line_that_is_known_is_not_spoken_twice_by_whomever():
    stage = Stage()
    first, second = stage.identified(), stage.identified()
    first.ask("say", text="Hi.", cue_id="a")
    for client in (first, second):
        assert client.ask("say", text="Hi.", cue_id="a")["known"] is True
    stage.speaker.end(stage.speaker.all["a"])
    stage.tell()
    assert first.ask("say", text="Hi.", cue_id="a")["known"] is True
    assert len(stage.speaker.all) == 1


def test_a_line_comes_in_pieces():
    stage = Stage()
    client = stage.identified()
    client.ask("say_start", cue_id="a", text="Once ")
    client.ask("say_append", cue_id="a", text="upon ")
    reply = client.ask("say_append", cue_id="a", text="a time.")
    assert reply["received"] == 17
    assert client.ask("say_finish", cue_id="a")["type"] == "ok"
    assert stage.speaker.all["a"].text == "Once upon a time."
    assert not stage.speaker.is_open("a")
    late = client.ask("say_append", cue_id="a", text="More.")
    assert late["code"] == ErrorCode.TEXT_COMPLETE
    assert client.ask("say_finish", cue_id="a")["type"] == "ok"


def test_a_piece_that_is_sent_again_is_not_spoken_twice():
    stage = Stage()
    client = stage.identified()
    assert "known" not in client.ask("say_start", cue_id="a")
    assert client.ask("say_start", cue_id="a")["known"] is True
    for _ in range(2):
        client.ask("say_append", cue_id="a", text="Hällo ", start=0)
    client.ask("say_append", cue_id="a", text="lo you", start=3)
    assert stage.speaker.all["a"].text == "Hällo you"
    hole = client.ask("say_append", cue_id="a", text="!", start=10)
    assert hole["code"] == ErrorCode.TEXT_MISSING
    assert "9 characters" in hole["text"]
    client.ask("say_finish", cue_id="a")
    assert client.ask("say_append", cue_id="a", text="you", start=6.0)["type"] == "ok"


def test_a_piece_of_a_line_that_has_ended_is_dropped():
    stage = Stage()
    client = stage.identified()
    client.ask("say_start", cue_id="a", text="Once ")
    client.ask("stop")
    stage.tell()
    assert client.ask("say_append", cue_id="a", text="more")["received"] == 5
    assert client.ask("say_finish", cue_id="a")["type"] == "ok"


@pytest.mark.parametrize("kind", ["say_append", "say_finish", "skip"])
def test_a_line_that_nobody_began_is_unknown(kind: str):
    reply = Stage().identified().ask(kind, cue_id="a", text="x")
    assert reply["code"] == ErrorCode.UNKNOWN_CUE
    assert "'a'" in reply["text"]


@pytest.mark.parametrize("kind", ["pause", "resume", "skip", "stop", "clear"])
def test_the_transport_is_steered(kind: str):
    stage = Stage()
    assert stage.identified().ask(kind) == {"type": "ok", "id": "1"}
    assert kind in stage.speaker.done


def test_one_line_can_be_skipped():
    stage = Stage()
    client = stage.identified()
    for name in ("a", "b"):
        client.ask("say", text="Hi.", cue_id=name)
    client.ask("skip", cue_id="b")
    assert [cue.cue_id for cue in stage.speaker.cues] == ["a"]


def test_a_cue_has_the_character_and_the_voice_that_its_client_says():
    stage = Stage()
    client = stage.identified()
    client.ask("set_cast", cast={"Mira": "bell"})
    client.ask("say", text="Hi.", cue_id="a", character="Mira")
    client.ask("say", text="Hi.", cue_id="b", character="Mira", voice="tone")
    stage.identified().ask("say_start", text="Hi.", cue_id="c", character="Nobody")
    assert stage.speaker.cast == {"Mira": "bell"}
    cues = [stage.speaker.all[name] for name in "abc"]
    assert [(cue.character, cue.voice) for cue in cues] == [
        ("Mira", None),
        ("Mira", "tone"),
        ("Nobody", None),
    ]


def test_a_cast_with_an_unknown_voice_changes_nothing():
    stage = Stage()
    client = stage.identified()
    client.ask("set_cast", cast={"Mira": "bell"})
    reply = client.ask("set_cast", cast={"Mira": "tone", "Odo": "nobody"})
    assert reply["code"] == ErrorCode.UNKNOWN_VOICE
    assert stage.speaker.cast == {"Mira": "bell"}


def test_an_unknown_voice_is_told_and_nothing_is_spoken():
    stage = Stage()
    reply = stage.identified().ask("say", text="Hi.", voice="nobody")
    assert (reply["type"], reply["code"]) == ("error", ErrorCode.UNKNOWN_VOICE)
    assert "nobody" in reply["text"]
    assert not stage.speaker.all


def test_the_volume_is_set():
    stage = Stage()
    stage.identified().ask("set_volume", volume=0.25)
    assert stage.speaker.volume == 0.25


def test_the_voices_are_listed_with_those_that_can_speak_here():
    voices = Stage().identified().ask("list_voices")["voices"]
    assert [(v["voice"], v["available"]) for v in voices] == [
        ("tone:tone", True),
        ("tone:bell", True),
        ("other:far", False),
    ]


def test_the_state_is_the_report_and_fits_into_a_message():
    stage = Stage()
    client = stage.identified()
    for n in range(60):
        client.ask("say", text="x" * 1000, cue_id=f"{n}")
    state = client.ask("get_state")
    assert state["report_version"] == 1
    assert (state["waiting"], state["cues"], state["cues_left_out"]) == (60, 60, 10)
    assert [row["cue_id"] for row in state["cue_list"]] == [f"{n}" for n in range(10, 60)]
    assert {len(row["text"]) for row in state["cue_list"]} == {200}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("audio_start", {"format": {"encoding": "s16", "channels": 1}}),
        ("audio_stop", {}),
        ("audio_position", {"stream": 1, "frame": 0, "credit": 1}),
    ],
)
def test_where_there_is_no_sound_to_be_had_it_says_so(kind: str, fields: dict[str, Any]):
    client = Stage().identified()
    assert "audio" not in client.hello["features"]
    assert client.ask(kind, **fields)["code"] == ErrorCode.NOT_AVAILABLE


# files


def test_a_file_is_made_of_what_was_asked_for_and_has_a_number():
    stage = Stage()
    client = stage.identified()
    assert "render" in client.hello["features"]
    fields = {"text": "Hi.", "voice": "bell", "character": "Mira", "speed": 1.5}
    reply = client.ask("render", **fields)
    assert reply == {"type": "ok", "id": "1", "stream": 1}
    (rendition,) = stage.speaker.renditions
    cue = rendition.cue
    made = (cue.text, cue.voice, cue.character, cue.speed)
    assert made == ("Hi.", "bell", "Mira", 1.5)
    assert rendition.keeps_words
    assert not stage.speaker.all


def test_a_stream_and_a_file_never_have_one_number():
    stage = Stage()
    stage.hub.offer_audio(World(24_000).feed)
    client = stage.identified()
    asked = (("audio_start", {"format": {}}), ("render", {"text": "Hi."})) * 2
    assert [client.ask(kind, **fields)["stream"] for kind, fields in asked] == [1, 2, 3, 4]


def test_a_clients_files_are_bounded_and_others_are_not_touched():
    stage = Stage(renders=2)
    client, other = stage.identified(), stage.identified()
    first, _ = (client.ask("render", text="Hi.")["stream"] for _ in range(2))
    assert client.ask("render", text="Hi.")["code"] == ErrorCode.TOO_MANY_RENDERS
    assert other.ask("render", text="Hi.")["type"] == "ok"
    assert client.ask("render_cancel", stream=first)["type"] == "ok"
    assert client.ask("render", text="Hi.")["type"] == "ok"


def test_a_file_that_is_not_wanted_any_more_is_not_made():
    stage = Stage()
    client = stage.identified()
    stream = client.ask("render", text="Hi.")["stream"]
    assert stage.identified().ask("render_cancel", stream=stream)["code"] == 204
    assert not stage.speaker.renditions[0].ended
    client.ask("render_cancel", stream=stream)
    assert stage.speaker.renditions[0].ended
    assert client.ask("render_cancel", stream=stream)["code"] == ErrorCode.UNKNOWN_STREAM


@pytest.mark.parametrize("comes_back", [True, False])
def test_files_end_with_their_connection(comes_back: bool):
    stage = Stage()
    client = stage.client()
    identified = client.identify()
    assert isinstance(identified, dict)
    client.ask("render", text="Hi.")
    if comes_back:  # while the old connection still stands
        resume = {"session": identified["session"], "last_seq": 0}
        stage.identified(resume=resume)
        assert client.was_taken_over
    else:
        client.lose()
    assert stage.speaker.renditions[0].ended
    assert not any(session.renders for session in stage.hub.sessions)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StateError("x"), ErrorCode.TOO_MANY_RENDERS),
        (ConfigError("x"), ErrorCode.WRONG_VALUE),
        (ProcessError("x"), ErrorCode.ENGINE_FAILED),
    ],
)
def test_why_no_file_can_be_made_is_told(error: Any, code: ErrorCode):
    stage = Stage()
    stage.speaker.raises = error
    assert stage.identified().ask("render", text="Hi.")["code"] == code
    assert stage.identified().ask("render", text="Hi.", voice="nobody")["type"] == "error"


# bounds


def test_a_clients_cues_are_bounded_and_others_are_not_touched():
    stage = Stage(queued_cues=2)
    client, other = stage.identified(), stage.identified()
    for kind in ("say", "say_start"):
        assert client.ask(kind, text="Hi.")["type"] == "ok"
    assert client.ask("say", text="Hi.")["code"] == ErrorCode.TOO_MANY_CUES
    assert client.ask("say_start")["code"] == ErrorCode.TOO_MANY_CUES
    assert other.ask("say", text="Hi.")["type"] == "ok"
    stage.speaker.end(stage.speaker.cues[0])
    stage.tell()
    assert client.ask("say", text="Hi.")["type"] == "ok"


def test_a_clients_text_is_bounded():
    stage = Stage(queued_characters=10)
    client = stage.identified()
    client.ask("say_start", cue_id="a", text="12345")
    assert client.ask("say_append", cue_id="a", text="1234567")["code"] == ErrorCode.TOO_MUCH_TEXT
    assert client.ask("say_append", cue_id="a", text="12345")["type"] == "ok"
    assert client.ask("say", text="1")["code"] == ErrorCode.TOO_MUCH_TEXT
    assert stage.speaker.all["a"].text == "1234512345"
    client.ask("stop")
    stage.tell()
    assert client.ask("say", text="1234567890")["type"] == "ok"


# the engine


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), ErrorCode.WRONG_VALUE),
        (StateError("x"), ErrorCode.TOO_MANY_CUES),
        (ProcessError("x"), ErrorCode.ENGINE_FAILED),
    ],
)
def test_what_the_engine_raises_is_told(error: Any, code: ErrorCode):
    stage = Stage()
    stage.speaker.raises = error
    reply = stage.identified().ask("say", text="Hi.")
    assert (reply["code"], reply["text"]) == (code, "x")


def test_a_server_that_ends_takes_no_more_lines():
    stage = Stage()
    client = stage.identified()
    stage.hub.ending = True
    for kind in ("say", "render"):
        assert client.ask(kind, text="Hi.")["code"] == ErrorCode.ENDING
    assert client.ask("stop")["type"] == "ok"


def test_a_failed_engine_is_told_to_all_and_to_those_who_ask_later():
    stage = Stage()
    clients = [stage.identified() for _ in range(2)]
    gone = stage.identified()
    gone.lose()
    stage.hub.fail(ProcessError("the voice is gone"))
    told = {"type": "error", "id": "", "code": 501, "text": "the voice is gone"}
    assert [client.sent for client in clients] == [[told]] * 2
    assert gone.sent == []
    assert clients[0].ask("say", text="Hi.")["code"] == ErrorCode.ENGINE_FAILED
    assert clients[0].ask("get_state")["type"] == "ok"
