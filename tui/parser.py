"""What may stand on the command line, and the help."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, NoReturn

from .exit_status import USAGE
from .options import common_options, path, seconds, weight
from .streams import emit, tell

_EPILOG = """\
examples:
  skaldcast                                the console
  skaldcast say "The gate is open."
  skaldcast read story.txt --output wav:story.wav
  some-program | skaldcast read -          spoken as it arrives
  skaldcast ask "I open the door."         a language model narrates
  skaldcast doctor                         what works here, and what to do about the rest

exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted
"""

_OPTION = re.compile(r"--?[A-Za-z][^\s]*\Z|--\S+\Z")
"""What looks like an option; "-5" and "- she said" are words."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line: the whole usage would bury it."""

    def error(self, message: str) -> NoReturn:
        tell(f"{message} ({self.prog} --help)")
        sys.exit(USAGE)

    def _print_message(self, message: str, file: object = None) -> None:
        del file
        emit(message.rstrip("\n"))


class _CommandParser(_Parser):
    """Takes options between its words too: `voices try --output null NAME`."""

    def parse_known_args(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, args: Any = None, namespace: Any = None
    ) -> Any:
        parsed, unknown = super().parse_known_args(self._options_first(args), namespace)
        unknown = [word for word in unknown if word != "--"]  # ours, of _options_first
        if unknown:
            hint = "; words that begin with a dash go behind --" if "-" in unknown[0][:1] else ""
            self.error(f"not understood: {' '.join(unknown)}{hint}")
        return parsed, unknown

    def _options_first(self, args: Sequence[str]) -> list[str]:
        """Argparse takes all words of a command in one go, so options go before them."""
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                words.extend(rest)
            elif not _OPTION.match(arg):
                words.append(arg)
            else:
                options.append(arg)
                action = self._option_string_actions.get(arg)
                if action is not None and action.nargs != 0:
                    options.extend(islice(rest, 1))
        return [*options, "--", *words] if words else options


_Option = Callable[..., argparse.Action]
"""Takes what `add_argument` does."""
_Add = Callable[[str, str], argparse.ArgumentParser]
"""Makes the parser of a command, with its name and what it is for."""


class _Version(argparse.Action):
    """Looks the version up only when asked for it: that takes longer than all the rest."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import version

        emit(f"skaldcast {version('skaldcast')}")
        parser.exit(0)


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = _Parser(
        prog="skaldcast",
        usage="skaldcast [OPTIONS] [--script FILE]\n       skaldcast [OPTIONS] COMMAND ...\n"
        "       skaldcast [OPTIONS] --no-tui [--no-bridge]",
        description="Text in, one unbroken voice out.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common_options(before_command=True)],
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version",
        nargs=0,
        action=_Version,
        dest=argparse.SUPPRESS,
        default=argparse.SUPPRESS,
        help="show the version and exit",
    )
    option = parser.add_argument_group("without a command").add_argument
    _add_console_options(option)
    _add_options_for_programs(option)
    _add_commands(parser)
    return parser


def _add_console_options(option: _Option) -> None:
    """Of the console, and of headless."""
    option("--script", metavar="FILE", type=path, help="open this script in the console")
    option(
        "--no-tui",
        action="store_true",
        help="run headless: games speak through the bridge; each line on a piped standard input "
        "is a cue",
    )
    option(
        "--no-bridge", action="store_true", help="without the bridge: end, drained, with the input"
    )
    option(
        "--no-web", action="store_true", help="without the web address, which --no-bridge implies"
    )
    option(
        "--grace",
        metavar="S",
        type=seconds,
        default=5.0,
        help="seconds for what is being spoken when asked to end (5)",
    )
    option(
        "--resume",
        action="store_true",
        help="go on with the session that was cut off: its unfinished cues are queued again",
    )


def _add_options_for_programs(option: _Option) -> None:
    """Of those that start this one."""
    option(
        "--port-file",
        metavar="FILE",
        type=path,
        help="for whoever starts this program: once the bridge listens, its address (a free port, "
        "unless bridge.address is set) and password are written there, as JSON",
    )
    option(
        "--parent",
        metavar="PID",
        type=int,
        help="end with this process, however it ends; standard input is left alone",
    )


def _add_commands(parser: argparse.ArgumentParser) -> None:
    common = common_options()
    commands = parser.add_subparsers(
        dest="command",
        metavar="COMMAND",
        title="commands",
        prog="skaldcast",
        parser_class=_CommandParser,
    )

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            parents=[common],  # pyright: ignore[reportArgumentType]
            help=text,
            description=text[0].upper() + text[1:] + ".",
            usage=f"skaldcast {name} {_ARGUMENTS.get(name, '')}[OPTIONS]",
            allow_abbrev=False,
        )

    _add_speaking_commands(add)
    _add_machine_commands(add)
    _add_engine_commands(add)
    _add_kept_commands(add)


def _add_speaking_commands(add: _Add) -> None:
    """Those that speak."""
    say = add("say", "speak, return when it has been heard")
    say.add_argument("text", metavar="TEXT", nargs="+")
    read = add("read", "speak a text file, or standard input as it arrives; a paragraph is a cue")
    read.add_argument("file", metavar="FILE", help="a text file, or - for standard input")
    read.add_argument(
        "--resume",
        action="store_true",
        default=argparse.SUPPRESS,  # it may stand before the command too
        help="go on after the last word that was heard of it",
    )
    ask = add("ask", "a language model narrates, spoken while it is still writing")
    ask.add_argument("prompt", metavar="PROMPT", nargs="+", help="what to ask; - reads it")
    ask.add_argument(
        "--system", metavar="FILE", type=path, help="a text that tells the model how to narrate"
    )


def _add_machine_commands(add: _Add) -> None:
    """Voices, names and models, and what works on this machine."""
    _voices_arguments(add("voices", "list the voices, try one, add one (XTTS), or remove it again"))
    _lexicon_arguments(add("lexicon", "how invented names are said: try a text, list, add, remove"))
    add("devices", "list the output devices and what selects each")
    _fetch_arguments(add("fetch", "fetch a model, or list those there are"))
    add("doctor", "check what works here, and what to do about the rest")
    bench = add("bench", "measure this machine")
    bench.add_argument(
        "name", nargs="*", help="which measurements; by default all but xtts, which takes minutes"
    )
    bench.add_argument(
        "--tune",
        action="store_true",
        help="with xtts: search the best slots and step sizes, and write them to the settings file",
    )


def _add_engine_commands(add: _Add) -> None:
    """Those about an engine that runs, and who may connect to it."""
    attach = add("attach", "the console on an engine that runs already, as with --no-tui")
    attach.add_argument(
        "address",
        metavar="ADDRESS",
        nargs="?",
        help="its bridge, as HOST:PORT or ws://HOST:PORT; bridge.address by default",
    )
    bridge = add("bridge", "show the password that games must know, or make one")
    bridge.add_argument("action", metavar="password", choices=("password",))
    bridge.add_argument("--new", action="store_true", help="make another; the old one is gone")
    listen = add("listen", "show the link for those who listen elsewhere, and its QR code")
    listen.add_argument("name", metavar="NAME", nargs="?", help="what its token is called")
    tokens = add("tokens", "who may use the web address from other machines: list, add, revoke")
    tokens.add_argument(
        "action",
        metavar="list|add|revoke",
        nargs="?",
        choices=("list", "add", "revoke"),
        default="list",
    )
    tokens.add_argument("name", metavar="NAME", nargs="?", help="what the token is called")


def _add_kept_commands(add: _Add) -> None:
    """What is kept between one time and the next."""
    _journal_arguments(add("journal", "list the recorded sessions, export or remove them"))
    cache = add("cache", "show how much prepared speech is kept, or remove it")
    cache.add_argument(
        "action", metavar="show|clear", nargs="?", choices=("show", "clear"), default="show"
    )
    config = add("config", "show where the settings are, what they are, or check them")
    config.add_argument(
        "action",
        metavar="path|show|check",
        nargs="?",
        choices=("path", "show", "check"),
        default="show",
    )


def _voices_arguments(voices: argparse.ArgumentParser) -> None:
    voices.add_argument(
        "action",
        metavar="list|try|add|remove",
        nargs="?",
        choices=("list", "try", "add", "remove"),
        default="list",
    )
    voices.add_argument("name", metavar="NAME", nargs="?", help="the voice")
    voices.add_argument("clips", metavar="CLIP", nargs="*", help="recordings of the voice to add")
    voices.add_argument(
        "--blend",
        metavar="NAME=WEIGHT",
        action="append",
        type=weight,
        help="instead of clips, and more than once: a voice between others",
    )


def _lexicon_arguments(lexicon: argparse.ArgumentParser) -> None:
    lexicon.add_argument(
        "action",
        metavar="list|try|add|remove",
        nargs="?",
        choices=("list", "try", "add", "remove"),
        default="list",
    )
    lexicon.add_argument("words", metavar="WORD", nargs="*", help="a text to try, or the entry")
    lexicon.add_argument("--ipa", metavar="IPA", help="with add: how it is said, in IPA")
    lexicon.add_argument("--case", action="store_true", help="with add: capitals matter")
    lexicon.add_argument("--quiet", action="store_true", help="with try: print it, speak nothing")


def _journal_arguments(journal: argparse.ArgumentParser) -> None:
    journal.add_argument(
        "action",
        metavar="list|export|prune",
        nargs="?",
        choices=("list", "export", "prune"),
        default="list",
    )
    journal.add_argument(
        "session", metavar="SESSION", nargs="?", help="its id, the beginning of that, or last"
    )
    journal.add_argument(
        "--format", choices=("md", "srt", "vtt", "json"), default="md", help="of the transcript"
    )
    journal.add_argument("--out", metavar="FILE", help="where to; standard output by default")
    journal.add_argument(
        "--days",
        metavar="N",
        type=int,
        help="with prune: sessions older than so many days; journal.keep_days by default",
    )


def _fetch_arguments(fetch: argparse.ArgumentParser) -> None:
    fetch.add_argument("model", metavar="MODEL", nargs="?")
    fetch.add_argument(
        "--from",
        metavar="DIR|URL",
        dest="source",
        help="a local copy, or the address of a mirror's folder",
    )
    fetch.add_argument(
        "--accept-licence", action="store_true", help="do not ask: the licence is read and agreed"
    )


_ARGUMENTS = {
    "say": "TEXT... ",
    "read": "FILE ",
    "ask": "PROMPT... [--system FILE] ",
    "voices": "[list | try NAME | add NAME CLIP... | remove NAME] ",
    "fetch": "[MODEL] ",
    "lexicon": "[list | try TEXT... | add WORD SAY | add WORD --ipa IPA | remove WORD] ",
    "bench": "[NAME...] ",
    "attach": "[ADDRESS] ",
    "bridge": "password [--new] ",
    "listen": "[NAME] ",
    "tokens": "[list | add NAME | revoke NAME] ",
    "journal": "[list | export SESSION | prune] ",
    "cache": "[show | clear] ",
    "config": "[path | show | check] ",
}
"""The positional arguments of each command, for its usage line."""
