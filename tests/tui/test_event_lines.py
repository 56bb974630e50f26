"""What the engine tells, as lines of a log."""

import logging

import pytest

from skaldcast.core import events as e
from skaldcast.core.cue import Cue
from skaldcast.core.types import Outcome
from skaldcast.tui.event_lines import EventLine, EventLines


def cue(text: str = "Come in.", character: str | None = None, error: str | None = None) -> Cue:
    made = Cue("a", character=character, error=error, audio_s=1.25)
    made.add_text(text)
    return made


def line(event: e.Event, about: Cue | None = None, **options: bool) -> EventLine:
    found = EventLines(**options).take(event, about)
    assert found is not None
    return found


def test_a_cue_is_told_with_who_speaks():
    started = line(e.CueStarted(1.5, "a"), cue(character="Strahd"))
    assert (started.event, started.label, started.text) == (
        "cue_started",
        "speaking",
        "[Strahd] Come in.",
    )
    assert started.fields == {
        "time_s": 1.5,
        "cue_id": "a",
        "text": "Come in.",
        "character": "Strahd",
        "voice": None,
    }


def test_an_end_is_told_with_how():
    ended = line(e.CueFinished(2.0, "a", Outcome.SKIPPED), cue())
    assert (ended.label, ended.level) == ("skipped", logging.INFO)
    assert ended.fields["outcome"] == "skipped"
    assert ended.fields["audio_s"] == 1.25


@pytest.mark.parametrize(("last", "level"), [(False, logging.WARNING), (True, logging.INFO)])
def test_a_failure_is_a_warning_unless_it_is_told_at_the_end(last: bool, level: int):
    event = e.CueFinished(2.0, "a", Outcome.FAILED)
    failed = line(event, cue(error="the word broke it"), failures_last=last)
    assert (failed.level, failed.text) == (level, "the word broke it")
    assert failed.fields["error"] == "the word broke it"


def test_an_output_that_is_gone_is_told_once_and_its_return_too():
    lines = EventLines()
    opened, lost = e.OutputOpened(0.0, "speakers", 48_000), e.OutputLost(1.0, "unplugged")
    told = [lines.take(event, None) for event in (opened, lost, lost, opened, opened)]
    assert [(row.level, row.text) if row else None for row in told] == [
        (logging.INFO, "speakers, 48 kHz"),
        (logging.WARNING, "the output is gone (unplugged); waiting for it to come back"),
        None,
        (logging.WARNING, "the output is back; going on where it stopped"),
        (logging.INFO, "speakers, 48 kHz"),
    ]


@pytest.mark.parametrize(
    ("event", "name", "level"),
    [
        (e.UnderrunOccurred(1.0, 0.25), "underrun", logging.WARNING),
        (e.HoldEnded(1.0, 0.25), "hold", logging.INFO),
        (e.ProcessRestarted(1.0, "playout"), "process_restarted", logging.WARNING),
        (e.VoiceReplaced(1.0, "xtts:x", "gone"), "voice_replaced", logging.WARNING),
        (e.ChunkFailed(1.0, "a", "text", "why"), "chunk_failed", logging.WARNING),
        (e.StateChanged(1.0, "paused"), "state_changed", logging.DEBUG),
    ],
)
def test_troubles_are_warnings_and_what_is_ordinary_is_not(event: e.Event, name: str, level: int):
    made = line(event)
    assert (made.event, made.level, made.fields["time_s"]) == (name, level, 1.0)


def test_a_long_text_is_cut_and_on_one_line():
    made = line(e.CueQueued(0.0, "a", ""), cue("word\n" * 1000))
    assert len(made.text) < 210
    assert "\n" not in made.text


def test_each_word_is_no_line():
    assert EventLines().take(e.WordStarted(0.0, "a", "word", 0, 0.1), cue()) is None
