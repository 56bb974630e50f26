"""`--no-tui`: lines on a piped standard input are cues."""

from pathlib import Path

from tests.tui.command import TO_NOWHERE, outcomes, read_report, run, texts

HEADLESS = ("--no-tui", "--no-bridge", *TO_NOWHERE)


def test_each_line_is_a_cue_and_the_end_of_input_ends_it_drained(tmp_path: Path):
    report = tmp_path / "r.json"
    lines = b"one\r\n\n  \ntwo \xff three\nfour"
    done = run(*HEADLESS, "--report", str(report), stdin=lines)
    assert (done.status, done.out) == (0, "")
    assert "not UTF-8: 1" in done.only_line
    assert texts(read_report(report)) == ["one", "two  three", "four"]
    assert set(outcomes(read_report(report))) == {"finished"}


def test_no_input_at_all_is_no_fault():
    done = run(*HEADLESS)
    assert (done.status, done.out, done.err) == (0, "", "")


def test_an_output_that_fails_ends_it(tmp_path: Path):
    wav = ("--output", f"wav:{tmp_path}")
    done = run("--no-tui", *TO_NOWHERE, *wav, stdin=b"one\n")
    assert done.status == 1
    assert f"cannot open {tmp_path}" in done.told[-1]
