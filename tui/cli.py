"""The command line: the one place that puts core, bridge and console together."""

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence

from ..core.errors import SkaldcastError
from .options import common_options, settings_of

USAGE_ERROR = 2
INTERRUPTED = 130

_COMMANDS = {
    "say": "speaking:say",
    "read": "speaking:read",
    "voices": "voices:voices",
    "devices": "devices:devices",
    "doctor": "doctor:doctor",
    "bench": "bench:bench",
    "config": "config:config",
}
"""Where each command lives; imported when it is called, so that `--help` is quick."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    debug = getattr(arguments, "log_level", None) == "debug"
    try:
        logging.basicConfig(
            level=settings_of(arguments).settings.log.level.upper(),
            format="%(levelname)s %(name)s: %(message)s",
        )
        return _run(arguments)
    except SkaldcastError as error:
        if debug:
            raise
        print(f"skaldcast: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command is None:
        if not arguments.no_tui:
            raise SkaldcastError(
                "the console is not in this version; use `skaldcast say TEXT`, "
                "`skaldcast read FILE` or `skaldcast --no-tui --no-bridge`"
            )
        return _command("speaking:headless")(arguments)
    return _command(_COMMANDS[arguments.command])(arguments)


def _command(place: str):
    module, name = place.split(":")
    return getattr(importlib.import_module(f".commands.{module}", __package__), name)


def _parser() -> argparse.ArgumentParser:
    common = common_options()
    parser = argparse.ArgumentParser(
        prog="skaldcast", description="Text in, one unbroken voice out.", parents=[common]
    )
    parser.add_argument("--no-tui", action="store_true", help="run headless")
    parser.add_argument(
        "--no-bridge", action="store_true", help="headless without bridge: end with the input"
    )
    parser.add_argument(
        "--grace", metavar="S", type=float, default=5.0, help="seconds to drain when ended (5)"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    say = commands.add_parser("say", parents=[common], help="speak, return when it has been heard")
    say.add_argument("text", metavar="TEXT", nargs="+")
    read = commands.add_parser("read", parents=[common], help="speak a script")
    read.add_argument("file", metavar="FILE", help="a text file, or - for standard input")
    voices = commands.add_parser("voices", parents=[common], help="list voices, or try one")
    voices.add_argument("action", nargs="?", choices=("list", "try"), default="list")
    voices.add_argument("name", nargs="?", help="the voice to try")
    commands.add_parser("devices", parents=[common], help="output devices")
    commands.add_parser("doctor", parents=[common], help="what works, what does not, what to do")
    bench = commands.add_parser("bench", parents=[common], help="measure this machine")
    bench.add_argument("name", nargs="*", help="which measurements; all of them by default")
    config = commands.add_parser("config", parents=[common], help="the settings in force")
    config.add_argument("action", choices=("path", "show", "check"), nargs="?", default="show")
    return parser


if __name__ == "__main__":
    sys.exit(main())
