"""`say` and `read`: what is spoken, written and told."""

import wave
from pathlib import Path

import pytest

from tests.tui.command import (
    QUICK,
    TO_NOWHERE,
    outcomes,
    read_report,
    run,
    start,
    texts,
    wait_until,
)

SECONDS_PER_CHARACTER = 0.065


def duration_s(path: Path) -> float:
    with wave.open(str(path)) as sound:
        return sound.getnframes() / sound.getframerate()


def test_say_speaks_its_words_and_tells_nothing(tmp_path: Path):
    sound, report = tmp_path / "a.wav", tmp_path / "r.json"
    done = run(
        "say", "Hello", "there.", *QUICK, "--output", f"wav:{sound}", "--report", str(report)
    )
    assert (done.status, done.out, done.err) == (0, "", "")
    assert duration_s(sound) == pytest.approx(len("Hello there.") * SECONDS_PER_CHARACTER)
    assert texts(read_report(report)) == ["Hello there."]
    assert read_report(report)["report_version"] == 1


def test_read_speaks_each_paragraph_of_a_file_as_a_cue(tmp_path: Path):
    script, report = tmp_path / "s.txt", tmp_path / "r.json"
    script.write_bytes("\ufeffone\r\ntwo\r\n\r\nthree — 四".encode())
    assert run("read", str(script), *TO_NOWHERE, "--report", str(report)).status == 0
    assert texts(read_report(report)) == ["one\ntwo", "three — 四"]
    assert outcomes(read_report(report)) == ["finished", "finished"]


def test_a_file_in_utf_16_is_read_by_its_mark(tmp_path: Path):
    script, report = tmp_path / "s.txt", tmp_path / "r.json"
    script.write_bytes("Grüß Gott.".encode("utf-16"))
    done = run("read", str(script), *TO_NOWHERE, "--report", str(report))
    assert (done.status, done.err) == (0, "")
    assert texts(read_report(report)) == ["Grüß Gott."]


def test_standard_input_is_spoken_while_it_is_still_open(tmp_path: Path):
    """The second part is written only after the first has been spoken."""
    sound, report = tmp_path / "a.wav", tmp_path / "r.json"
    wav = ("--output", f"wav:{sound}", "--report", str(report))
    process = start("read", "-", *QUICK, *wav, stdin=-1)
    assert process.stdin is not None
    process.stdin.write(b"Hello there, this is the first part.\n\n")
    process.stdin.flush()
    wait_until(lambda: sound.exists() and sound.stat().st_size > 50_000, process)
    process.communicate(b"And this is the second.", timeout=60)
    assert process.returncode == 0
    assert texts(read_report(report)) == [
        "Hello there, this is the first part.",
        "And this is the second.",
    ]


@pytest.mark.parametrize(
    ("words", "spoken"),
    [
        (b"one \xff\xfe two", "one  two"),
        (b"one\x00two\x01\x1b[31m three", "one\x00two\x01\x1b[31m three"),
    ],
)
def test_what_is_no_text_does_not_cost_the_rest(words: bytes, spoken: str, tmp_path: Path):
    report = tmp_path / "r.json"
    done = run("read", "-", *TO_NOWHERE, "--report", str(report), stdin=words)
    assert done.status == 0
    assert texts(read_report(report)) == [spoken]
    assert outcomes(read_report(report)) == ["finished"]
    if b"\xff" in words:
        assert done.only_line.startswith("characters left out because they are not UTF-8: 2")


def test_words_that_are_no_utf_8_do_not_cost_the_rest(tmp_path: Path):
    report = tmp_path / "r.json"
    done = run("say", "one \udcff two", *TO_NOWHERE, "--report", str(report))
    assert done.status == 0
    assert "not UTF-8: 1" in done.only_line
    assert texts(read_report(report)) == ["one  two"]


@pytest.mark.parametrize("text", ["", " ...!? 😀"])
def test_where_there_is_nothing_to_say_that_is_said(text: str):
    done = run("say", text, *TO_NOWHERE)
    assert done.status == 0
    assert done.only_line == "there was nothing to speak: no letter or digit in the text"


def test_a_long_line_without_any_mark_or_end_is_spoken_whole(tmp_path: Path):
    report = tmp_path / "r.json"
    line = b"word " * 4_000
    wav = ("--output", f"wav:{tmp_path / 'a.wav'}", "--report", str(report))
    assert run("read", "-", *QUICK, *wav, stdin=line).status == 0
    assert duration_s(tmp_path / "a.wav") > 0.8 * len(line) * SECONDS_PER_CHARACTER
    assert outcomes(read_report(report)) == ["finished"]


def test_the_report_is_written_whatever_it_was_named_before(tmp_path: Path):
    report = tmp_path / "r.json"
    report.write_text("an older one, and longer than that" * 1000)
    assert run("say", "hi", *TO_NOWHERE, "--report", str(report)).status == 0
    assert texts(read_report(report)) == ["hi"]
    assert list(tmp_path.iterdir()) == [report]


def test_a_report_that_cannot_be_written_costs_no_speech(tmp_path: Path):
    sound, report = tmp_path / "a.wav", tmp_path / "nowhere" / "r.json"
    done = run("say", "Hello.", *QUICK, "--output", f"wav:{sound}", "--report", str(report))
    assert done.status == 1
    assert done.only_line.startswith(f"the report cannot be written to {report}")
    assert duration_s(sound) == pytest.approx(len("Hello.") * SECONDS_PER_CHARACTER)


def test_voices_try_lets_one_be_heard(tmp_path: Path):
    sound = tmp_path / "a.wav"
    assert run("voices", "try", QUICK[1], "--output", f"wav:{sound}").status == 0
    assert duration_s(sound) > 3


def test_ambience_of_the_settings_is_left_out_of_a_file_and_told(tmp_path: Path):
    settings, sound = tmp_path / "c.toml", tmp_path / "a.wav"
    settings.write_text("[ambience]\nfile = 'tavern.ogg'\n")
    done = run("say", "Hello", *QUICK, "--config", str(settings), "--output", f"wav:{sound}")
    assert done.status == 0
    assert done.only_line == (
        f"the ambience {tmp_path / 'tavern.ogg'} is left out of a file; it needs a device"
    )
    assert sound.exists()


def test_ambience_that_is_no_sound_is_told_and_the_words_are_spoken(tmp_path: Path):
    text = tmp_path / "tavern.ogg"
    text.write_text("Hello")
    done = run("say", "Hello there, all of you.", *TO_NOWHERE, "--ambience", str(text))
    assert done.status == 0
    assert done.only_line.startswith(f"cannot read {text} as sound")
