"""Other settings are heeded from the next question on, and the story goes on."""

from dataclasses import replace

from skaldcast.core.source.llm.conversation import Conversation
from tests.chat_server import ChatServer, words
from tests.core.narrating import run
from tests.core.source.llm.asking import Table, read


def test_another_server_model_and_prompt_hold_from_the_next_question_on():
    async def work() -> None:
        async with ChatServer(words("One.")) as one, ChatServer(words("Two.")) as two:
            async with Table(one) as table:
                teller = table.storyteller
                assert await read(teller.narrate("First?")) == ("One.", "")
                settings = replace(teller._settings, endpoint=two.endpoint, model="saga")
                teller.use(settings, "Tell it in verse.")
                assert await read(teller.narrate("Second?")) == ("Two.", "")
            assert two.requests[0]["model"] == "saga"
            assert two.messages()[0] == ("system", "Tell it in verse.")
            assert ("assistant", "One.") in two.messages()

    run(work)


def test_an_answer_that_is_being_written_ends_as_it_began():
    async def work() -> None:
        async with ChatServer(words("One", " two.", pause_s=0.05)) as one, ChatServer() as two:
            async with Table(one) as table:
                teller = table.storyteller
                answer = teller.narrate("First?")
                text = await anext(answer)
                teller.use(replace(teller._settings, endpoint=two.endpoint), "")
                assert (text + (await read(answer))[0]) == "One two."
            assert not two.requests

    run(work)


def test_a_conversation_goes_on_in_another_one():
    before, after = Conversation("", 2500), Conversation("In verse.", 2500)
    before.ask("I knock.")
    before.write("Nobody answers.")
    before.summary = "They came from the south."
    after.go_on(before)
    after.ask("I knock again.")
    assert len(before.turns) == 1
    assert [m.content for m in after.messages] == [
        "In verse.\n\nThe story so far: They came from the south.",
        "I knock.",
        "Nobody answers.",
        "I knock again.",
    ]
