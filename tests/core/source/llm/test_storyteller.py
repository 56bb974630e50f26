"""A conversation with a language model, through a real server."""

import asyncio
from pathlib import Path

import pytest

from skaldcast.core.cue import Cue
from skaldcast.core.errors import ConfigError, StateError, TextError
from skaldcast.core.events import WordStarted
from skaldcast.core.narrator import Narrator
from skaldcast.core.settings import LlmSettings
from skaldcast.core.source.llm.prompt import NARRATOR_PROMPT
from skaldcast.core.source.llm.status import StoryState
from skaldcast.core.source.llm.storyteller import Storyteller
from skaldcast.core.types import Outcome
from tests.chat_server import DONE, ChatServer, Reply, event, hanging, refused, words
from tests.core.narrating import FAST, run, until
from tests.core.source.llm.asking import Table, read


def test_an_answer_comes_in_pieces_and_is_remembered():
    async def work() -> None:
        async with (
            ChatServer(words("The gate", " is open."), words("Yes.")) as server,
            Table(server) as table,
        ):
            pieces = [piece async for piece in table.storyteller.narrate("I look.")]
            assert pieces == ["The gate", " is open."]
            assert await read(table.storyteller.narrate("Is it?")) == ("Yes.", "")
            assert table.states[:3] == ["waiting", "writing", "done"]
        assert server.messages(0) == [("system", NARRATOR_PROMPT), ("user", "I look.")]
        assert server.messages(1)[1:] == [
            ("user", "I look."),
            ("assistant", "The gate is open."),
            ("user", "Is it?"),
        ]

    run(work)


def test_settings_and_the_key_are_sent():
    async def work() -> None:
        async with ChatServer(words("Yes.")) as server:
            settings = {"temperature": 0.3, "answer_tokens": 77, "api_key": "secret"}
            async with Table(server, **settings) as table:
                await read(table.storyteller.narrate("Is it?"))
        (request,) = server.requests
        assert (request["model"], request["temperature"], request["max_tokens"]) == (
            "tale",
            0.3,
            77,
        )
        assert request["stream"] is True
        assert request["headers"]["authorization"] == "Bearer secret"

    run(work)


def test_thoughts_are_neither_spoken_nor_remembered():
    async def work() -> None:
        reply = Reply([event(reasoning_content="hm"), event("<thi"), event("nk>A gate."),
                       event("</think>\n\nThe gate."), event(finish="stop"), DONE])  # fmt: skip
        async with ChatServer(reply) as server, Table(server) as table:
            assert await read(table.storyteller.narrate("I look.")) == ("The gate.", "")
            assert table.storyteller.conversation.answer == "The gate."

    run(work)


def test_regenerating_drops_the_last_answer_and_asks_again():
    async def work() -> None:
        async with ChatServer(words("One."), words("Two.")) as server, Table(server) as table:
            await read(table.storyteller.narrate("Tell."))
            assert await read(table.storyteller.regenerate()) == ("Two.", "")
            assert server.messages(1) == server.messages(0)
            assert [turn.answer for turn in table.storyteller.conversation.turns] == ["Two."]

    run(work)


def test_only_what_was_heard_is_remembered():
    async def work() -> None:
        async with (
            ChatServer(words("The gate is open. A troll comes."), words("x")) as server,
            Table(server) as table,
        ):
            await read(table.storyteller.narrate("I look."))
            table.storyteller.heard(18)
            await read(table.storyteller.narrate("I run."))
        assert ("assistant", "The gate is open.") in server.messages(1)

    run(work)


def test_one_answer_is_written_at_a_time():
    async def work() -> None:
        async with ChatServer(hanging("The gate")) as server, Table(server) as table:
            answer = table.storyteller.narrate("I look.")
            assert await anext(answer) == "The gate"
            for call in (table.storyteller.regenerate, lambda: table.storyteller.narrate("And?")):
                with pytest.raises(StateError, match="stop it first"):
                    call()
            with pytest.raises(StateError):
                table.storyteller.heard(1)

    run(work)


def test_a_blank_prompt_is_refused():
    async def work() -> None:
        async with Table("http://127.0.0.1:9/v1") as table:
            with pytest.raises(TextError, match="empty"):
                table.storyteller.narrate(" \n")
            with pytest.raises(StateError, match="nothing has been asked"):
                table.storyteller.regenerate()

    run(work)


def test_stopping_ends_the_request_at_once_and_what_was_written_stays():
    async def work() -> None:
        async with ChatServer(hanging("The gate"), words("Yes.")) as server, Table(server) as table:
            answer = table.storyteller.narrate("I look.")
            assert await anext(answer) == "The gate"
            table.storyteller.stop()
            await until(lambda: server.gone == 1)
            assert await read(answer) == ("", "")
            assert table.states[-1] is StoryState.STOPPED
            assert table.storyteller.conversation.answer == "The gate"
            assert await read(table.storyteller.narrate("And?")) == ("Yes.", "")

    run(work)


@pytest.mark.parametrize("way", ["aclose", "cancel", "leave"])
def test_the_request_ends_with_whoever_reads_the_answer(way: str):
    async def work() -> None:
        async with ChatServer(hanging("The gate")) as server, Table(server) as table:
            answer = table.storyteller.narrate("I look.")
            await anext(answer)
            if way == "aclose":
                await answer.aclose()
            elif way == "cancel":
                reading = asyncio.ensure_future(anext(answer))
                await asyncio.sleep(0)
                reading.cancel()
            else:
                await table.storyteller.close()
            await until(lambda: server.gone == 1)

    run(work)


def test_a_cue_speaks_an_answer_and_its_end_ends_the_request():
    async def work() -> None:
        reply = hanging("The gate is open. ", "A troll comes. ")
        async with ChatServer(reply) as server, Table(server) as table, Narrator(FAST) as narrator:
            cue = table.storyteller.tell(narrator, "I look.", cue_id="one")
            await until(lambda: cue.audio_s > 0)
            narrator.skip()
            assert await cue.wait_finished() is Outcome.SKIPPED
            await until(lambda: server.gone == 1)
            assert cue.text == "The gate is open. A troll comes. "

    run(work)


def test_a_cue_that_ends_while_nobody_reads_its_answer_ends_the_request_too():
    class Busy(Narrator):
        """One that has no room for more text."""

        def stream(self, texts: object, **_: object) -> Cue:
            return Cue("one")

    async def work() -> None:
        async with ChatServer(hanging("The gate")) as server, Table(server) as table:
            cue = table.storyteller.tell(Busy(), "I look.")
            await until(lambda: table.states[-1:] == [StoryState.WRITING])
            cue.end(Outcome.SKIPPED, 0.0)
            await until(lambda: server.gone == 1)

    run(work)


def test_of_an_answer_that_is_stopped_the_model_is_told_as_much_as_was_heard():
    async def work() -> None:
        reply = words("The gate is open. ", *("And the road goes on. " for _ in range(40)))
        async with ChatServer(reply) as server, Table(server) as table, Narrator(FAST) as narrator:
            cue = table.storyteller.tell(narrator, "I look.")
            events = narrator.events()
            heard = 0
            async for event in events:
                if isinstance(event, WordStarted):
                    heard += 1
                if heard == 4:
                    break
            narrator.stop()
            assert await cue.wait_finished() is Outcome.INTERRUPTED
            conversation = table.storyteller.conversation
            await until(lambda: len(conversation.answer) < 40)
            assert conversation.answer == "The gate is"

    run(work)


def test_a_cue_whose_answer_fails_speaks_what_had_come_and_says_why():
    async def work() -> None:
        reply = Reply([event("The gate is open."), event(finish="content_filter")])
        async with ChatServer(reply) as server, Table(server) as table, Narrator(FAST) as narrator:
            cue = table.storyteller.tell(narrator, "I look.")
            assert await cue.wait_finished() is Outcome.FAILED
            assert cue.audio_s > 0
            assert (cue.error or "").startswith("the language model refuses to go on")

    run(work)


def test_a_server_that_writes_for_ever_waits_for_the_reader():
    async def work() -> None:
        def forever():
            while True:
                yield event("and so on " * 100)

        async with (
            ChatServer(Reply(forever())) as server,
            Table(server, answer_tokens=100_000) as table,
        ):
            server.send_buffer = 4096
            answer = table.storyteller.narrate("Tell.")
            await anext(answer)
            # Loopback's own buffers take a few MB before the server waits.
            for _ in range(20):
                await until(lambda: server.blocked)
                await asyncio.sleep(0)
            assert server.sent < 16_000_000
            assert len(table.storyteller.conversation.answer) < 70 * 1000

    run(work)


def test_old_turns_are_summed_up_when_they_pass_the_budget():
    async def work() -> None:
        long = "The road goes on. " * 30
        replies = [words(long), words(long), words("They walked."), words("Yes.")]
        async with ChatServer(*replies) as server, Table(server, history_tokens=300) as table:
            table.storyteller.conversation.system = ""
            await read(table.storyteller.narrate("One."))
            await read(table.storyteller.narrate("Two."))
            await read(table.storyteller.narrate("Three."))
        asked = server.messages(2)
        assert len(asked) == 1
        assert "Player: One.\nNarrator: The road goes on." in asked[0][1]
        assert server.messages(3)[0] == ("system", "The story so far: They walked.")
        assert [text for _, text in server.messages(3)[1:]][::2] == ["Two.", "Three."]

    run(work)


def test_where_summing_up_fails_the_oldest_turns_are_dropped_and_that_is_told():
    async def work() -> None:
        long = "The road goes on. " * 30
        replies = [words(long), words(long), refused(500, "no"), words("Yes.")]
        async with ChatServer(*replies) as server, Table(server, history_tokens=300) as table:
            table.storyteller.conversation.system = ""
            for prompt in ("One.", "Two.", "Three."):
                await read(table.storyteller.narrate(prompt))
        (line,) = table.lines
        assert line.startswith("the language model forgets the oldest 1 turns: it could not sum")
        assert [text for _, text in server.messages(3)][::2] == ["Two.", "Three."]

    run(work)


def test_the_prompt_of_a_file_takes_the_place_of_the_narrators(tmp_path: Path):
    path = tmp_path / "prompt.txt"
    path.write_text("You are a dragon.\n", "utf-8")
    storyteller = Storyteller(LlmSettings(prompt_file=path))
    assert storyteller.conversation.system == "You are a dragon."
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="it is not UTF-8; mend"):
        Storyteller(LlmSettings(prompt_file=path))
    with pytest.raises(ConfigError, match="No such file"):
        Storyteller(LlmSettings(prompt_file=tmp_path / "none"))
    path.write_bytes(b"x" * 100_001)
    with pytest.raises(ConfigError, match="is no prompt"):
        Storyteller(LlmSettings(prompt_file=path))
