"""What goes wrong with a real server, each told in one line; and what was said stays said."""

import asyncio
from collections.abc import Callable

import pytest

from skaldcast.core.source.llm.status import StoryState
from tests.chat_server import DONE, ChatServer, Reply, cut, event, hanging, refused, words
from tests.core.narrating import run, until
from tests.core.source.llm.asking import Table, read


def failure(*replies: Reply, **settings: object) -> tuple[Table, ChatServer, str, str]:
    """Ask once; the text that came and the error that ended it."""
    found: list[tuple[Table, ChatServer, str, str]] = []

    async def work() -> None:
        async with ChatServer(*replies) as server, Table(server, **settings) as table:
            text, error = await read(table.storyteller.narrate("I look."))
            found.append((table, server, text, error))

    run(work)
    return found[0]


def test_an_endpoint_where_nobody_listens_is_told_at_once():
    async def work() -> None:
        server = ChatServer(words("x"))
        async with server:
            pass
        async with Table(server) as table:
            text, error = await read(table.storyteller.narrate("I look."))
            assert (text, table.waits) == ("", [])
            assert "cannot be reached" in error
            assert "skaldcast doctor" in error
            assert table.states[-1] is StoryState.FAILED

    run(work)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (refused(404, "<html>nginx</html>"), "is no language model's address (404 Status); mend"),
        (Reply([b"<html>hello</html>"], content_type="text/html"), "answers with text/html"),
        (refused(302, "", Location="http://x/v2"), "has moved to http://x/v2; set llm.endpoint"),
        (refused(404, {"error": {"message": "model 'tale' not found, try pulling it first"}}),
         "the server has no model 'tale'"),
        (refused(404, {"object": "error", "message": "The model `tale` does not exist."}),
         "fetch it (ollama pull tale), or choose another with llm.model"),
        (refused(401, {"error": {"message": "Incorrect API key provided"}}),
         "refuses the key (401 Status: Incorrect API key provided); set llm.api_key or SKALDCAST_"),
        (refused(403, ""), "refuses the key"),
        (refused(400, {"error": {"message": "maximum context length is 10 tokens"}}),
         "too long for the model"),
        (refused(422, {"detail": "no such field"}), "refuses the request (422 Status: no such"),
        (Reply([event(finish="stop"), DONE]), "answered nothing; ask again"),
        (Reply([event("<think>hm"), event(finish="length")]), "only thought, and said nothing"),
        (Reply([event(refusal="I can't"), event(refusal=" do that."), event(finish="stop")]),
         "refuses to go on (I can't do that.); ask in other words"),
        (refused(200, {"error": {"message": "out of memory"}}), "it reported: out of memory"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_one_line(reply: Reply, told: str):
    _, _, text, error = failure(reply, retries=0)
    assert text == ""
    assert told in error
    assert "\n" not in error


def test_a_key_that_cannot_be_one_is_refused_and_not_shown():
    error = failure(words("Yes."), api_key="geheim€")[3]
    assert error.endswith("mend llm.api_key")
    assert "geheim" not in error


def test_a_server_on_this_machine_is_asked_past_the_systems_proxy(monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert failure(words("Yes."))[2:] == ("Yes.", "")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_server_is_asked_again(status: int):
    table, server, text, error = failure(refused(status, {"error": "busy"}), words("Yes."))
    assert (text, error, table.waits) == ("Yes.", "", [1.0])
    assert "cannot answer now" in table.lines[0]
    assert len(server.requests) == 2


def test_a_server_is_waited_for_as_long_as_it_asks():
    table, _, text, _ = failure(refused(429, {}, Retry_After="7"), words("Yes."))
    assert (text, table.waits) == ("Yes.", [7.0])
    dates = {
        "Date": "Thu, 26 Nov 2026 10:00:00 GMT",
        "Retry_After": "Thu, 26 Nov 2026 10:00:09 GMT",
    }
    assert failure(refused(503, {}, **dates), words("Yes."))[0].waits == [9.0]


def test_a_server_that_asks_for_a_long_wait_is_given_up():
    table, _, _, error = failure(refused(429, {"error": "quota"}, Retry_After="3600"))
    assert table.waits == []
    assert error.endswith("ask again in 3600 s")


def test_it_is_asked_again_only_so_often():
    table, server, _, error = failure(refused(500, {}), retries=3)
    assert table.waits == [1.0, 2.0, 4.0]
    assert len(server.requests) == 4
    assert "asked 4 times" in error


def test_a_slow_first_word_is_given_up():
    table, _, _, error = failure(Reply([None]), first_token_s=0.3)
    assert "nothing came for 0.3 s" in error
    assert table.waits == []


def test_signs_of_life_that_hold_nothing_are_no_words():
    steps = [b": keep-alive\n\n", event(role="assistant", content="")]
    assert "nothing came" in failure(Reply([*steps, None]), first_token_s=0.1)[3]


def test_a_model_that_thinks_has_begun():
    thoughts = [event(reasoning="hm"), 0.2] * 6
    reply = Reply([*thoughts, event("Yes."), event(finish="stop")])
    assert failure(reply, first_token_s=1.0, stall_s=1.0)[2:] == ("Yes.", "")


BREAKS: dict[str, Callable[[str], Reply]] = {
    "cut": lambda said: cut(said),
    "ended": lambda said: Reply([event(said)]),
    "stalled": lambda said: hanging(said),
    "garbage": lambda said: Reply([event(said), b"data: }{\n\n"]),
    "wrong": lambda said: Reply([event(said), b'data: {"choices": 7}\n\n']),
    "error": lambda said: Reply([event(said), b'data: {"error": "out of memory"}\n\n']),
    "giant": lambda said: Reply([event(said), b"data: " + b"x" * 2_000_000 + b"\n\n"]),
    "endless": lambda said: Reply([event(said), *[b"x" * 100_000] * 50]),
}
AGAIN = {
    "to the letter": (words("od open. Nobody came."), "The old gate stood open. Nobody came."),
    "anew": (words("The old gate", " stood open. Nobody", " came."),
             "The old gate stood open. Nobody came."),
    "with the word": (words("stood open."), "The old gate stood open."),
}  # fmt: skip


@pytest.mark.parametrize("fault", BREAKS)
@pytest.mark.parametrize("way", AGAIN)
def test_an_answer_that_breaks_off_goes_on_without_a_word_said_twice(fault: str, way: str):
    again, whole = AGAIN[way]
    stall_s = 0.5 if fault == "stalled" else 600.0
    table, server, text, error = failure(BREAKS[fault]("The old gate sto"), again, stall_s=stall_s)
    assert (text, error) == (whole, "")
    assert table.storyteller.conversation.answer == whole
    assert server.messages(1)[-1] == ("assistant", "The old gate sto")
    (line,) = table.lines
    assert line.endswith("asking again")
    assert table.states[-1] is StoryState.DONE


def test_the_blank_space_that_an_answer_goes_on_with_is_kept():
    assert failure(cut("The gate"), words(" stood open."))[2] == "The gate stood open."
    again = words("<think>Where was I?</think>\n\n", "stood open.")
    assert failure(cut("The gate"), again)[2] == "The gate stood open."


def test_a_server_that_begins_something_else_is_told_to_go_on():
    said = "He came. The old gate stood open and"
    replies = (cut(said), words("You see a troll. It roars."), words("the wind rose."))
    table, server, text, error = failure(*replies)
    assert (text, error) == (f"{said} the wind rose.", "")
    role, asked = server.messages(2)[-1]
    assert role == "user"
    assert "“The old gate stood open and”" in asked
    assert table.waits == [0.0]


def test_a_connection_that_breaks_again_and_again_is_waited_for():
    table, *_ = failure(Reply([], cut=True), retries=4)
    assert table.waits == [0.0, 1.0, 2.0, 4.0]


def test_a_server_that_takes_no_answer_to_go_on_with_is_told_to():
    replies = (cut("He came."), refused(400, {"error": "the last message must be a user's"}),
               words("He left."))  # fmt: skip
    _, server, text, error = failure(*replies)
    assert (text, error) == ("He came. He left.", "")
    assert "after a full sentence" in server.messages(2)[-1][1]


def test_what_had_come_stays_where_asking_again_is_in_vain():
    table, _, text, error = failure(cut("The gate"), refused(500, {}), retries=1)
    assert text == "The gate"
    assert "what had come was spoken" in error
    assert table.storyteller.conversation.answer == "The gate"


def test_an_answer_that_is_too_long_is_spoken_and_that_is_told():
    table, _, text, error = failure(words("The gate", finish="length"))
    assert (text, error) == ("The gate", "")
    assert table.lines == [
        "the answer ends at 1000 tokens; ask to go on, or raise llm.answer_tokens"
    ]


def test_a_model_that_loops_for_ever_is_ended_though_its_server_does_not():
    table, _, text, error = failure(Reply([event("and so on ")] * 1000), answer_tokens=20)
    assert (len(text), error) == (330, "")
    assert table.lines[0].startswith("the answer ends at 20 tokens")


def test_an_answer_is_complete_once_the_server_says_so():
    """Though the connection is then cut, or kept open."""
    for last in (Reply([event("Yes."), event(finish="stop"), None]),
                 Reply([event("Yes."), event(finish="stop")], cut=True)):  # fmt: skip
        assert failure(last)[2:] == ("Yes.", "")


def test_a_server_that_does_not_stream_is_understood():
    answer = {"choices": [{"message": {"role": "assistant", "content": "Yes."},
                           "finish_reason": "stop"}]}  # fmt: skip
    assert failure(refused(200, answer))[2:] == ("Yes.", "")


def test_a_stall_is_told_and_ends_with_the_next_word(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("skaldcast.core.source.llm.answering._QUIET_S", 0.02)
    reply = Reply([event("The "), 0.1, event("gate."), event(finish="stop")])
    table, *_ = failure(reply)
    assert table.states == ["waiting", "writing", "stalled", "writing", "done"]


def test_a_long_wait_before_asking_again_can_be_stopped():
    async def work() -> None:
        async with ChatServer(refused(429, {}, Retry_After="20")) as server:
            table = Table(server)
            table.storyteller._sleep = asyncio.sleep  # the real one
            async with table:
                answer = table.storyteller.narrate("I look.")
                reading = asyncio.ensure_future(read(answer))
                await until(lambda: table.states[-1:] == [StoryState.RETRYING])
                table.storyteller.stop()
                assert await reading == ("", "")

    run(work)
