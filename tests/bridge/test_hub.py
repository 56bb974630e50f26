"""What the sessions are told, and when a line is predicted."""

from skaldcast.core import events as core
from skaldcast.core.types import Outcome
from tests.bridge.talking import Stage


def test_every_session_is_told_of_every_line():
    stage = Stage()
    clients = [stage.identified() for _ in range(3)]
    clients[0].ask("say", text="Hi.", cue_id="a")
    stage.tell()
    for client in clients:
        assert [(e["type"], e["cue_id"]) for e in client.events()] == [
            ("cue_queued", "a"),
            ("cue_predicted", "a"),
        ]


def test_the_engines_events_are_told_in_the_protocols_words():
    stage = Stage()
    client = stage.identified()
    stage.speaker.told = [
        core.ChunkStarted(1.0, "a", "Hi there.", 0, 0.5),
        core.WordStarted(1.1, "a", "there", 3, 0.3),
        core.StateChanged(1.2, "playing"),
        core.UnderrunOccurred(1.3, 0.1),
        core.HoldEnded(1.4, 0.2),
        core.OutputLost(1.5, "unplugged"),
    ]
    stage.tell()
    assert client.events() == [
        {"type": "chunk_started", "seq": 1, "time_s": 1.0, "cue_id": "a", "text": "Hi there."}
        | {"start": 0, "duration_s": 0.5},
        {"type": "word_started", "seq": 2, "time_s": 1.1, "cue_id": "a", "word": "there"}
        | {"start": 3, "duration_s": 0.3},
        {"type": "state_changed", "seq": 3, "time_s": 1.2, "state": "playing"},
        {"type": "underrun", "seq": 4, "time_s": 1.3, "duration_s": 0.1},
        {"type": "hold", "seq": 5, "time_s": 1.4, "duration_s": 0.2},
    ]


def test_a_failed_line_tells_why():
    stage = Stage()
    client = stage.identified(events=["cue_finished"])
    client.ask("say", text="Hi.", cue_id="a")
    cue = stage.speaker.all["a"]
    cue.error = "the voice broke"
    stage.speaker.end(cue, Outcome.FAILED)
    stage.tell()
    (event,) = client.events()
    assert (event["outcome"], event["error"]) == ("failed", "the voice broke")


def test_of_a_long_line_the_beginning_is_told_when_it_is_queued():
    stage = Stage()
    client = stage.identified(events=["cue_queued"])
    client.ask("say", text="x" * 30_000)
    stage.tell()
    assert client.events()[0]["text"] == "x" * 2_000


def test_a_line_in_pieces_is_predicted_once_its_text_is_complete():
    stage = Stage()
    client = stage.identified(events=["cue_predicted"])
    client.ask("say", text="1234567890", cue_id="a")
    client.ask("say_start", cue_id="b")
    stage.tell()
    assert [e["cue_id"] for e in client.events()] == ["a"]
    client.ask("say_append", cue_id="b", text="12345")
    client.ask("say_finish", cue_id="b")
    (event,) = client.events()
    assert (event["cue_id"], event["starts_in_s"], event["duration_s"]) == ("b", 1.0, 0.5)


def test_the_next_line_is_predicted_when_the_one_before_it_begins():
    stage = Stage()
    client = stage.identified(events=["cue_predicted"])
    for name in "abc":
        client.ask("say", text="Hi.", cue_id=name)
    stage.tell()
    client.events()
    first = stage.speaker.all["a"]
    first.started_s = 1.0
    stage.speaker.told = [core.CueStarted(1.0, "a")]
    stage.tell()
    assert [e["cue_id"] for e in client.events()] == ["b"]


def test_levels_are_told_only_where_somebody_wants_them():
    stage = Stage()
    client = stage.identified(events=["buffer_level"])
    stage.speaker.buffered_s = 2.5
    stage.hub.tell_level(stage.clock())
    assert client.events() == [{"type": "buffer_level", "seq": 1, "time_s": 0.0, "buffered_s": 2.5}]
