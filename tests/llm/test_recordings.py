"""Streams of a real model, replayed with their stalls and their cut, a hundred times as fast."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from skaldcast.core.narrator import Narrator
from skaldcast.core.types import Outcome
from tests.chat_server import ChatServer, words
from tests.core.narrating import FAST, run
from tests.core.source.llm.asking import Table, read
from tests.llm.recording import PLANS, Recording

SCALE = 0.01


@pytest.mark.parametrize("name", [name for name, plan in PLANS.items() if plan.cut_after is None])
def test_what_the_model_wrote_is_spoken_word_for_word(name: str, tmp_path: Path):
    recording = Recording.load(name)

    async def work() -> None:
        async with (
            ChatServer(recording.reply(SCALE)) as server,
            Table(server) as table,
            Narrator(replace(FAST, output=f"wav:{tmp_path / 'a.wav'}")) as narrator,
        ):
            cue = table.storyteller.tell(narrator, recording.asked["prompt"])
            assert await cue.wait_finished() is Outcome.FINISHED
            assert cue.text == "".join(recording.words).lstrip()
            assert table.storyteller.conversation.answer == cue.text

    run(work)


@pytest.mark.parametrize("again", ["anew", "to the letter"])
def test_a_cut_stream_goes_on_without_a_word_said_twice(again: str):
    recording = Recording.load("cut")
    said = "".join(recording.words)
    rest = " were hunting. Then it was gone."
    pieces = recording.words if again == "anew" else []

    async def work() -> None:
        replies = (recording.reply(SCALE), words(*pieces, rest))
        async with ChatServer(*replies) as server, Table(server) as table:
            assert await read(table.storyteller.narrate("I follow.")) == (said + rest, "")
            assert len(server.requests) == 2

    run(work)


def test_the_recordings_have_the_faults_that_they_are_for():
    for name, plan in PLANS.items():
        recording = Recording.load(name)
        times = [at_s for at_s, _ in recording.pieces]
        waits = [b - a for a, b in pairwise(times)]
        assert [round(w) for w in waits if w > 1.5] == [round(s) for s in plan.stalls.values()]
        assert recording.cut == (plan.cut_after is not None)
        assert len(recording.words) > 30
