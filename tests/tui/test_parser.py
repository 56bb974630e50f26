"""What may stand on the command line."""

import subprocess
import sys

import pytest

from skaldcast.tui.options import overrides_of
from skaldcast.tui.parser import make_parser


def overrides(*arguments: str) -> dict[str, object]:
    return overrides_of(make_parser().parse_args(arguments))


def words(*arguments: str) -> list[str]:
    return make_parser().parse_args(arguments).text


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which arguments are refused."""
    with pytest.raises(SystemExit) as ended:
        make_parser().parse_args(arguments)
    assert ended.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    return line


def test_options_may_stand_before_the_command_behind_it_and_between_its_words():
    expected = {"voice": "tone", "speed": "1.5"}
    assert overrides("--voice", "tone", "--speed", "1.5", "say", "hi") == expected
    assert overrides("say", "hi", "--voice", "tone", "--speed", "1.5") == expected
    assert overrides("--voice", "tone", "say", "hi", "--speed", "1.5") == expected
    assert words("say", "a", "--voice", "tone", "b") == ["a", "b"]


def test_the_option_behind_the_command_wins():
    assert overrides("--voice", "a", "say", "--voice", "b", "hi") == {"voice": "b"}


def test_settings_before_and_behind_the_command_are_put_together():
    pairs = overrides("--set", "seed=1", "--set", "speed=2", "say", "--set", "seed=3", "hi")
    assert pairs == {"seed": "3", "speed": "2"}


def test_an_option_of_its_own_wins_over_set():
    assert overrides("say", "--speed", "1.5", "--set", "speed=2", "hi") == {"speed": "1.5"}


def test_words_that_begin_with_a_dash_are_words():
    assert words("say", "-5") == ["-5"]
    assert words("say", "- she said") == ["- she said"]
    assert words("say", "--", "--voice", "--") == ["--voice", "--"]


def test_an_action_takes_options_before_its_name():
    arguments = make_parser().parse_args(["voices", "try", "--output", "null", "tone"])
    assert (arguments.action, arguments.name, arguments.output) == ("try", "tone", "null")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["say", "--speed", "0", "hi"], "--speed: speed must be a number from 0.5 to 2"),
        (["say", "--speed", "fast", "hi"], "--speed: speed must be a number from 0.5 to 2"),
        (["say", "--latency", "-1", "hi"], "--latency: playout.latency_s must be a number from"),
        (["say", "--seed", "1.5", "hi"], "--seed: seed must be a whole number"),
        (["say", "--profile", "epic", "hi"], '"cinematic" or "longform"'),
        (["say", "--log-level", "DEBUG", "hi"], '"debug" or "info"'),
        (["say", "--voice", "", "hi"], "voice must not be empty"),
        (["say", "--set", "speed", "hi"], "write it as KEY=VALUE"),
        (["say", "--set", "plyout.volume=1", "hi"], "did you mean playout.volume?"),
        (["--set", "speed=9", "say", "hi"], "--set: speed must be a number from 0.5 to 2"),
        (["say", "--report", "", "hi"], "--report: must be a path"),
        (["--no-tui", "--grace", "-1"], "--grace: must be a number of seconds"),
        (["--no-tui", "--grace", "inf"], "--grace: must be a number of seconds"),
        (["say", "--voice"], "--voice: expected one argument"),
        (["say"], "TEXT"),
        (["read"], "FILE"),
        (["sing", "hi"], "invalid choice: 'sing'"),
        (["say", "--loud", "hi"], "--loud; words that begin with a dash go behind --"),
        (["say", "--spee", "1", "hi"], "--spee"),
        (["devices", "a", "b"], "not understood: a b"),
        (["config", "mend"], "invalid choice: 'mend'"),
    ],
)
def test_wrong_usage_is_refused_in_one_line(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
):
    line = refusal(capsys, *arguments)
    assert reason in line
    assert line.endswith("--help)")


def test_the_hint_names_the_command_whose_help_helps(capsys: pytest.CaptureFixture[str]):
    assert refusal(capsys, "say").endswith("(skaldcast say --help)")


def test_nothing_heavy_is_imported_to_read_the_command_line():
    names = "{'numpy', 'asyncio', 'rich', 'soundfile', 'sounddevice', 'importlib.metadata'}"
    program = (
        "import sys; import skaldcast.tui.cli; from skaldcast.tui.parser import make_parser; "
        "make_parser().parse_args(['say', 'hi', '--speed', '1']); "
        f"print({names} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n"
