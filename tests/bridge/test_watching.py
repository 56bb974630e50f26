"""What the server's own user may see of the bridge, and what nobody may."""

import json

from skaldcast.bridge.watching import KEPT, Watcher, clients
from skaldcast.core.types import Outcome
from tests.bridge.talking import Stage


def watched(stage: Stage) -> Watcher:
    stage.hub.watcher = Watcher()
    return stage.hub.watcher


def texts(watcher: Watcher) -> list[str]:
    return [f"{said.client}: {said.text}" for said in watcher.said]


def test_clients_are_told_with_their_names_oldest_first():
    stage = Stage()
    first = stage.identified(client="godot 1.0", events=["cue_started", "cue_finished"])
    stage.clock.pass_time(60.0)
    stage.identified(client="unity 2.0")
    first.ask("say", text="Hello.")
    first.ask("get_state")
    one, two = clients(stage.hub.sessions, stage.clock())
    assert (one.name, one.since_s, one.events) == (
        "godot 1.0",
        60.0,
        ("cue_finished", "cue_started"),
    )
    assert (one.requests, one.cues, one.sound_s) == (2, 1, None)
    assert (two.name, two.since_s, two.requests) == ("unity 2.0", 0.0, 0)


def test_one_whose_connection_is_lost_waits_and_is_told_as_that():
    stage = Stage()
    stage.identified(client="godot").lose()
    (client,) = clients(stage.hub.sessions, stage.clock())
    assert not client.is_connected


def test_requests_are_told_without_secrets():
    stage = Stage(password="hush")
    watcher = watched(stage)
    client = stage.client()
    client.identify(client="godot", auth=client.prove("hush"))
    client.ask("say", text="The gate\nis open.", voice="bell")
    client.ask("set_cast", cast={"Strahd": "bell"})
    assert texts(watcher) == [
        "godot: identify: client godot, protocol 1",
        "godot: say: text The gate is open., voice bell",
        "godot: set_cast: cast 1",
    ]
    assert client.prove("hush") not in json.dumps(texts(watcher))


def test_a_session_is_not_told_when_it_is_resumed():
    stage = Stage()
    lost = stage.identified()
    session = next(iter(stage.hub.sessions)).session_id
    lost.lose()
    watcher = watched(stage)
    stage.identified(resume={"session": session, "last_seq": 0})
    assert session not in json.dumps(texts(watcher))


def test_refusals_say_why():
    stage = Stage(password="hush")
    watcher = watched(stage)
    stage.client().identify(client="stranger", auth="wrong")
    client = stage.client()
    client.identify(client="godot", auth=client.prove("hush"))
    client.send("{")
    client.ask("skip", cue_id="nobody-knows")
    assert [said.is_refused for said in watcher.said] == [True, False, True, True]
    assert "stranger: identify" in texts(watcher)[0]
    assert "the answer to the challenge is wrong" in texts(watcher)[0]
    assert "refused, unknown_cue: there is no cue 'nobody-knows'" in texts(watcher)[3]


def test_events_are_told_once_whoever_hears_them():
    stage = Stage()
    client = stage.identified()
    stage.identified()
    cue_id = client.ask("say", text="Hello.")["cue_id"]
    stage.tell()
    watcher = watched(stage)
    stage.speaker.end(stage.speaker.all[cue_id], Outcome.FINISHED)
    stage.tell()
    assert texts(watcher) == [f": cue_finished: cue_id {cue_id}, outcome finished"]


def test_only_the_last_messages_are_kept():
    stage = Stage()
    watcher = watched(stage)
    client = stage.identified()
    for number in range(KEPT + 10):
        stage.clock.pass_time(1.0)
        client.ask("set_volume", volume=number / 10_000)
    assert len(watcher.said) == KEPT
    assert watcher.count == KEPT + 11
    assert "0.1009" in watcher.said[-1].text


def test_nothing_is_kept_while_nobody_watches():
    stage = Stage()
    stage.identified().ask("say", text="Hello.")
    assert stage.hub.watcher is None
