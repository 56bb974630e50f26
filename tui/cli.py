"""The command line: the one place that puts core, bridge and console together.

Nothing heavy is imported before the command is known, so that `--help` is quick and an interrupt
at any moment finds `main`.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from .exit_status import DONE, FAILED, INTERRUPTED, USAGE
from .streams import prepare_streams, tell

_COMMANDS = {
    "": "console:console",
    "--no-tui": "headless:headless",
    "say": "speaking:say",
    "read": "speaking:read",
    "ask": "asking:ask",
    "voices": "voices:voices",
    "devices": "devices:devices",
    "fetch": "fetch:fetch",
    "lexicon": "lexicon:lexicon",
    "doctor": "doctor:doctor",
    "bench": "bench:bench",
    "attach": "attach:attach",
    "bridge": "bridge:bridge",
    "listen": "listen:listen",
    "tokens": "tokens:tokens",
    "config": "config:config",
    "journal": "journal:journal",
    "cache": "cache:cache",
}
"""Where each command lives; imported when it is called."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    try:
        prepare_streams()
        from .signals import raise_interrupts

        raise_interrupts()
        return _run(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(argv: Sequence[str]) -> int:
    from ..core.errors import SkaldcastError
    from .options import UsageError
    from .parser import make_parser

    arguments = argparse.Namespace()
    debug = False
    try:
        make_parser().parse_args(argv, arguments)
        debug = getattr(arguments, "log_level", None) == "debug"
        debug = _begin(arguments) or debug
        return _command(arguments)(arguments)
    except UsageError as error:
        tell(f"{error} (skaldcast --help)")
        return USAGE
    except SkaldcastError as error:
        _trace(debug)
        tell(str(error))
        return FAILED
    except KeyboardInterrupt:
        # Headless is meant to be ended that way.
        return INTERRUPTED if getattr(arguments, "command", "unknown") else DONE
    except Exception as error:  # a defect of ours: still one line, and how to tell us of it
        _trace(debug)
        tell(
            f"an internal error, {type(error).__name__}: {error}; "
            "run it again with --log-level debug and report what that prints"
        )
        return FAILED


def _begin(arguments: argparse.Namespace) -> bool:
    """Start logging and tell what is odd about the settings; true where debugging is asked for."""
    console = not arguments.command and not arguments.no_tui
    if console or arguments.command == "doctor" or getattr(arguments, "action", "") == "path":
        return False  # they are for when the settings are broken, or tell that themselves
    from .logs import start_headless_logging, start_logging
    from .options import settings_of

    loaded = settings_of(arguments)
    level = loaded.settings.log.level
    if arguments.command:
        start_logging(level, "json" if loaded.settings.log.format == "json" else "plain")
    else:
        start_headless_logging(loaded)
    for warning in loaded.warnings:
        tell(f"warning: {warning}")
    return level == "debug"


def _command(arguments: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    import importlib

    command = arguments.command or ("--no-tui" if arguments.no_tui else "")
    module, _, name = _COMMANDS[command].partition(":")
    return getattr(importlib.import_module(f".commands.{module}", __package__), name)


def _trace(debug: bool) -> None:
    if debug:
        import traceback

        traceback.print_exc()


if __name__ == "__main__":
    sys.exit(main())
