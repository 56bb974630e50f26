"""The cues of a list, spoken as the game master says, with the real processes."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from skaldcast.core.cue_list import CueList, CueState, Line
from skaldcast.core.errors import StateError, UnknownVoiceError
from skaldcast.core.narrator import Narrator, NarratorOptions
from skaldcast.core.prompter import Prompter
from tests.core.narrating import FAST, run, until, worker_standing_still

LINES = ("The first of them.", "The second of them.", "And the last of them.")


@contextlib.asynccontextmanager
async def prompting(
    options: NarratorOptions = FAST,
) -> AsyncIterator[tuple[Prompter, Narrator, list[tuple[str, CueState]]]]:
    told: list[tuple[str, CueState]] = []

    def tell(line: Line) -> None:
        told.append((line.text, line.state))

    async with (
        Narrator(options) as narrator,
        Prompter(narrator, CueList(LINES), on_change=tell) as prompter,
    ):
        yield prompter, narrator, told


def states(prompter: Prompter) -> list[CueState]:
    return [line.state for line in prompter.cues]


def test_go_speaks_one_cue_and_the_next_stands_by():
    async def work() -> None:
        async with prompting() as (prompter, narrator, told):
            line = prompter.go()
            assert line is prompter.cues[0]
            assert prompter.cues.standby is prompter.cues[1]
            await narrator.drain()
            await until(lambda: line.state is CueState.SPOKEN)
            assert states(prompter)[1:] == [CueState.WAITING] * 2
            assert [state for text, state in told if text == LINES[0]] == [
                CueState.QUEUED,
                CueState.SPEAKING,
                CueState.SPOKEN,
            ]

    run(work)


def test_what_cannot_be_given_now_stands_by_again():
    async def work() -> None:
        async with Narrator(FAST) as narrator:
            prompter = Prompter(narrator, CueList(LINES))
        with pytest.raises(StateError):  # it is closed
            prompter.go()
        assert prompter.cues.standby is prompter.cues[0]
        assert states(prompter) == [CueState.WAITING] * 3

    run(work)


def test_a_cue_that_was_given_before_is_followed_to_its_end():
    async def work() -> None:
        async with prompting() as (prompter, narrator, told):
            line = prompter.cues[0]
            cue = narrator.play(line.text)
            prompter.adopt(line, cue)
            assert line.state is CueState.QUEUED
            await until(lambda: line.state is CueState.SPOKEN)
            prompter.adopt(line, cue)  # it has ended
            assert line.state is CueState.SPOKEN
            assert told[0] == (LINES[0], CueState.QUEUED)

    run(work)


def test_a_list_runs_to_its_end_without_a_gap_and_holds_there():
    async def work() -> None:
        async with prompting() as (prompter, narrator, _):
            prompter.run()
            await until(lambda: states(prompter) == [CueState.SPOKEN] * 3)
            assert not prompter.follows
            cues = narrator.all_cues
            assert [cue.text for cue in cues] == list(LINES)
            for before, after in pairwise(cues):
                assert before.finished_s == pytest.approx(after.started_s, abs=0.001)

    run(work)


def test_a_hold_lets_the_cue_end_and_nothing_follow():
    async def work() -> None:
        async with prompting() as (prompter, narrator, _):
            prompter.run()
            prompter.hold()
            await narrator.drain()
            await until(lambda: states(prompter)[0] is CueState.SPOKEN)
            assert prompter.cues.standby is prompter.cues[1]

    run(work)


def test_panic_ends_all_that_was_given():
    async def work() -> None:
        async with prompting() as (prompter, _, _):
            prompter.run()
            await until(lambda: states(prompter)[0] is CueState.SPEAKING)
            prompter.panic()
            await until(lambda: not any(state.is_live for state in states(prompter)))
            assert states(prompter)[0] is CueState.SKIPPED
            assert not prompter.follows

    run(work)


def test_a_replay_leaves_what_stands_by():
    async def work() -> None:
        async with prompting() as (prompter, narrator, _):
            prompter.cues.stand_by(prompter.cues[2])
            prompter.replay(prompter.cues[0])
            await narrator.drain()
            await until(lambda: states(prompter)[0] is CueState.SPOKEN)
            assert prompter.cues.standby is prompter.cues[2]

    run(work)


def test_a_cue_that_cannot_be_given_says_why():
    async def work() -> None:
        async with prompting() as (prompter, _, _):
            line = prompter.cues.insert(0, "Hello.", voice="nobody")
            prompter.cues.stand_by(line)
            with pytest.raises(UnknownVoiceError, match="nobody"):
                prompter.go()
            assert line.state is CueState.FAILED
            assert "nobody" in (line.error or "")

    run(work)


def test_the_cues_that_stand_by_next_are_prepared(tmp_path: Path):
    options = replace(FAST, voice="hibari:heart", speech_folder=tmp_path)

    async def work() -> None:
        async with prompting(options) as (prompter, narrator, _):
            prepared = [CueState.PREPARED] * 3
            await until(lambda: states(prompter) == prepared)
            prompter.cues.edit(prompter.cues[0], "Something else.")
            prompter.prepare_ahead()
            await until(lambda: states(prompter) == prepared)
            with worker_standing_still(narrator):
                prompter.go()
                await narrator.drain()

    run(work)
