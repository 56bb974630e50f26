"""One connection from `hello` to its end: who is let in, and what is kept of it."""

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from skaldcast.bridge.connection import TRANSITIONS, Close, ConnectionState, Step
from skaldcast.bridge.protocol import HIGH_RATE, CloseCode, ErrorCode, EventName
from skaldcast.core.errors import StateError
from tests.bridge.talking import Client, Stage


def closed(answer: dict[str, Any] | Close) -> CloseCode:
    assert isinstance(answer, Close)
    return answer.code


# who is let in


def test_a_client_is_greeted_and_let_in():
    client = Stage().client()
    assert client.hello["type"] == "hello"
    assert client.hello["protocol"] == 1
    assert "auth" not in client.hello
    answer = client.identify()
    assert isinstance(answer, dict)
    assert answer["type"] == "identified"
    assert answer["resumed"] is False
    assert answer["session"]


@pytest.mark.parametrize(
    "frame",
    [
        '{"type":"say","id":"1","text":"Hi."}',
        '{"type":"pause","id":"1"}',
    ],
)
def test_nothing_is_taken_before_identify(frame: str):
    stage = Stage()
    answer = stage.client().connection.receive(frame, 0.0)
    assert isinstance(answer, Close)
    assert answer.code == CloseCode.NOT_IDENTIFIED
    assert not stage.speaker.all


@pytest.mark.parametrize(
    "frame", ["", "[]", b"\x00", '{"type":"identify"}', '{"type":"dance"}', "x" * 70_000]
)
def test_a_first_frame_that_is_not_understood_closes(frame: str | bytes):
    answer = Stage().client().connection.receive(frame, 0.0)
    assert isinstance(answer, Close)
    assert answer.code == CloseCode.NOT_UNDERSTOOD


def test_cues_share_one_voice_and_an_unknown_policy_is_refused():
    welcome = Stage().client().identify(policy="queue")
    assert isinstance(welcome, dict)
    answer = Stage().client().identify(policy="choir")
    assert isinstance(answer, Close)
    assert answer.code == CloseCode.NOT_UNDERSTOOD
    assert answer.reason == "Invalid enum value 'choir' at `policy`"


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version_of_the_protocol_is_refused_with_the_one_that_is_spoken(version: int):
    answer = Stage().client().identify(protocol=version)
    assert isinstance(answer, Close)
    assert answer.code == CloseCode.PROTOCOL_UNSUPPORTED
    assert "protocol 1" in answer.reason


def test_who_knows_the_password_is_let_in():
    client = Stage("hush").client()
    assert isinstance(client.identify(auth=client.prove("hush")), dict)


@pytest.mark.parametrize("password", ["", "Hush", "hush "])
def test_who_does_not_is_not(password: str):
    client = Stage("hush").client()
    assert closed(client.identify(auth=client.prove(password))) == CloseCode.AUTH_FAILED


def test_no_answer_is_a_wrong_one():
    assert closed(Stage("hush").client().identify()) == CloseCode.AUTH_FAILED


def test_an_answer_that_was_overheard_does_not_let_in():
    stage = Stage("hush")
    first, second = stage.client(), stage.client()
    overheard = first.prove("hush")
    assert isinstance(first.identify(auth=overheard), dict)
    assert closed(second.identify(auth=overheard)) == CloseCode.AUTH_FAILED


def test_an_answer_that_nobody_asked_for_is_passed_over():
    assert isinstance(Stage().client().identify(auth="x"), dict)


def test_identify_comes_once():
    client = Stage().identified()
    again = '{"type":"identify","protocol":1,"client":"test"}'
    assert client.send(again)["code"] == ErrorCode.ALREADY_IDENTIFIED
    assert client.ask("pause")["type"] == "ok"


def test_a_bad_message_later_is_told_and_the_connection_goes_on():
    client = Stage().identified()
    assert client.send("{")["code"] == ErrorCode.NOT_JSON
    assert client.send(b"\x00")["code"] == ErrorCode.BINARY_FRAME
    assert client.ask("say", text="x" * 40_000)["code"] == ErrorCode.WRONG_VALUE
    assert client.ask("pause")["type"] == "ok"


def test_more_messages_than_a_client_may_send_are_refused_and_not_acted_upon():
    stage = Stage(messages_per_s=10.0, burst=5.0)
    client = stage.identified()
    replies = [client.ask("say", text="Hi.") for _ in range(6)]
    assert [reply["type"] for reply in replies] == ["ok"] * 4 + ["error"] * 2
    assert replies[-1]["code"] == ErrorCode.TOO_MANY_MESSAGES
    assert replies[-1]["id"] == "6"
    assert len(stage.speaker.all) == 4
    stage.clock.pass_time(0.1)
    assert client.ask("say", text="Hi.")["type"] == "ok"


# subscriptions


def event_names(client: Client) -> list[str]:
    return [event["type"] for event in client.events()]


def test_without_a_word_about_events_a_client_gets_all_but_the_high_rate_ones():
    stage = Stage()
    client = stage.identified()
    assert client.connection.session is not None
    assert client.connection.session.events == frozenset(EventName) - HIGH_RATE
    stage.hub.tell_level(0.0)
    assert event_names(client) == []


def test_a_client_gets_what_it_asked_for():
    stage = Stage()
    client = stage.identified(events=["cue_queued", "buffer_level"])
    stage.speaker.play("Hi.", cue_id="a")
    stage.tell()
    stage.hub.tell_level(0.0)
    assert event_names(client) == ["cue_queued", "buffer_level"]
    assert client.ask("subscribe", events=[])["events"] == []
    stage.hub.tell_level(0.0)
    assert event_names(client) == []


def test_who_does_not_keep_up_gets_no_high_rate_events_and_no_hole_in_the_numbers():
    stage = Stage()
    client = stage.identified(events=["cue_queued", "buffer_level"])
    client.congested = True
    stage.hub.tell_level(0.0)
    stage.speaker.play("Hi.", cue_id="a")
    stage.tell()
    client.congested = False
    stage.hub.tell_level(0.0)
    events = client.events()
    assert [(e["type"], e["seq"]) for e in events] == [("cue_queued", 1), ("buffer_level", 2)]


# resuming


def test_a_lost_connection_costs_no_event():
    stage = Stage()
    client = stage.identified()
    client.ask("say", text="One.", cue_id="a")
    stage.tell()
    seen = client.events()
    session = client.connection.session
    assert session is not None
    client.lose()
    stage.speaker.end(stage.speaker.all["a"])
    stage.tell()
    again = stage.client()
    point = {"session": session.session_id, "last_seq": float(seen[-1]["seq"])}
    answer = again.identify(resume=point)
    assert isinstance(answer, dict)
    assert answer == {"type": "identified", "session": session.session_id, "resumed": True}
    events = seen + again.events()
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    assert events[-1]["type"] == "cue_finished"


def test_a_session_that_is_still_connected_is_taken_over():
    stage = Stage()
    first = stage.identified()
    assert first.connection.session is not None
    name = first.connection.session.session_id
    second = stage.client()
    second.identify(resume={"session": name, "last_seq": 0})
    assert first.was_taken_over
    with pytest.raises(StateError):
        first.ask("pause")
    first.lose()  # its socket ends later: the session is not the first one's any more
    stage.speaker.play("Hi.", cue_id="a")
    stage.tell()
    assert event_names(second) == ["cue_queued", "cue_predicted"]


@pytest.mark.parametrize("point", [{"session": "x", "last_seq": 0}, {"last_seq": 7}])
def test_a_session_or_a_number_that_never_was_begins_a_new_session(point: dict[str, Any]):
    stage = Stage()
    client = stage.identified()
    assert client.connection.session is not None
    name = client.connection.session.session_id
    client.lose()
    answer = stage.client().identify(resume={"session": name} | point)
    assert isinstance(answer, dict)
    assert answer["resumed"] is False
    assert answer["session"] != name


def test_a_session_of_which_an_event_is_gone_is_not_resumed():
    stage = Stage(kept_events=3)
    client = stage.identified()
    assert client.connection.session is not None
    name = client.connection.session.session_id
    client.lose()
    for n in range(2):
        stage.speaker.play("Hi.", cue_id=f"{n}")
    stage.tell()
    answer = stage.client().identify(resume={"session": name, "last_seq": 0})
    assert isinstance(answer, dict)
    assert answer["resumed"] is False


def test_resuming_takes_the_password_too():
    stage = Stage("hush")
    client = stage.client()
    answer = client.identify(auth=client.prove("hush"))
    assert isinstance(answer, dict)
    point = {"session": answer["session"], "last_seq": 0}
    assert closed(stage.client().identify(resume=point)) == CloseCode.AUTH_FAILED


def test_a_resumed_session_keeps_its_subscription_unless_it_names_another():
    stage = Stage()
    client = stage.identified(events=["hold"])
    assert client.connection.session is not None
    point = {"session": client.connection.session.session_id, "last_seq": 0}
    for events, expected in ((None, {"hold"}), (["underrun"], {"underrun"})):
        client = stage.client()
        client.identify(resume=point, **({} if events is None else {"events": events}))
        assert client.connection.session is not None
        assert client.connection.session.events == expected


# the table


@pytest.mark.parametrize(("state", "step"), [*product(ConnectionState, Step)])
def test_a_step_that_is_not_in_the_table_changes_nothing(state: ConnectionState, step: Step):
    connection = Stage().client().connection
    connection.state = state
    if (state, step) in TRANSITIONS:
        connection._step(step)
        assert connection.state is TRANSITIONS[state, step]
        return
    with pytest.raises(StateError):
        connection._step(step)
    assert connection.state is state


class Connections(RuleBasedStateMachine):
    """Clients come, speak, get lost and resume, in any order: each sees every event of its session
    once, in order, and each line is spoken once."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(kept_events=10_000, kept_s=1e9)  # what is kept is tested elsewhere
        self.clients: list[Client] = [self.stage.identified()]
        self.seen: dict[str, list[int]] = {}
        self.said: set[str] = set()

    @precondition(lambda self: len(self.clients) < 5)
    @rule()
    def come(self) -> None:
        self.clients.append(self.stage.identified())

    @rule(data=st.data(), cue=st.integers(0, 20), kind=st.sampled_from(["say", "say_start"]))
    def say(self, data: st.DataObject, cue: int, kind: str) -> None:
        client = data.draw(st.sampled_from(self.clients))
        reply = client.ask(kind, text=f"Line {cue}.", cue_id=f"cue-{cue}")
        assert reply["type"] == "ok"
        assert reply.get("known", False) == (f"cue-{cue}" in self.said)
        self.said.add(f"cue-{cue}")

    @rule(cue=st.integers(0, 20))
    def end(self, cue: int) -> None:
        found = self.stage.speaker.cue(f"cue-{cue}")
        if found is not None and found.outcome is None:
            self.stage.speaker.end(found)

    @rule(data=st.data(), seconds=st.floats(0, 100), back=st.integers(0, 3))
    def lose_and_resume(self, data: st.DataObject, seconds: float, back: int) -> None:
        """What was received just before the loss may not have been noticed as such."""
        index = data.draw(st.integers(0, len(self.clients) - 1))
        client = self.clients[index]
        self.read(client)
        assert client.connection.session is not None
        name = client.connection.session.session_id
        client.lose()
        client.lose()
        self.stage.clock.pass_time(seconds)
        self.stage.tell()
        seen = self.seen.setdefault(name, [])
        self.seen[name] = seen = seen[: max(len(seen) - back, 0)]
        self.clients[index] = again = self.stage.client()
        answer = again.identify(resume={"session": name, "last_seq": len(seen)})
        assert isinstance(answer, dict)
        assert answer["resumed"]

    @rule(frame=st.one_of(st.text(), st.binary(), st.just('{"type":"identify"}')))
    def say_nonsense(self, frame: str | bytes) -> None:
        assert self.clients[0].send(frame)["type"] == "error"

    @invariant()
    def everybody_sees_every_event_once(self) -> None:
        self.stage.tell()
        for client in self.clients:
            self.read(client)

    def read(self, client: Client) -> None:
        assert client.connection.session is not None
        seen = self.seen.setdefault(client.connection.session.session_id, [])
        seen += [event["seq"] for event in client.events()]
        assert seen == list(range(1, len(seen) + 1))
        assert len(seen) == client.connection.session.log.last_seq


Connections.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestConnections = Connections.TestCase


def test_the_frames_are_json():
    client = Stage().client()
    assert json.loads(client.connection.hello()) == client.hello
