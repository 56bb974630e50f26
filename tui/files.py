"""Whether the files that a command names get into each other's way: told before any is touched."""

import os
import stat
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from ..core.playout.outputs import parse_output
from ..core.user_path import user_path
from .options import UsageError

_STANDARD = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


def check_files(arguments: Namespace, output: str) -> None:
    """Refuse an output, a report or a recording that is the text itself, or one of the others, or
    a recording that is there already; raises `UsageError`."""
    spec = parse_output(output)
    sound = user_path(spec.target) if spec.is_file else None
    if sound is not None and (str(sound) == "-" or str(sound).startswith(_STANDARD)):
        raise UsageError(
            f"argument --output: {sound} is not for sound, which another process writes; give the "
            "path of a file"
        )
    report: Path | None = getattr(arguments, "report", None)
    record: Path | None = getattr(arguments, "record", None)
    if record is not None and record.exists():
        raise UsageError(f"argument --record: {record} is there already; choose another path")
    named = [("--output", sound), ("--report", report)]
    for name, path in named:
        if path is not None and any(_same(path, text) for text in _texts(arguments)):
            raise UsageError(f"argument {name}: {path} is the text to be read; choose another path")
    if sound is not None and report is not None and _same_path(sound, report):
        raise UsageError(f"argument --report: {report} is the output too; choose another path")
    for name, path in named:
        if path is not None and record is not None and _same_path(path, record):
            raise UsageError(f"argument --record: {record} is {name} too; choose another path")


def _texts(arguments: Namespace) -> Iterator[os.stat_result]:
    """The files that are read, standard input among them."""
    file: str | None = getattr(arguments, "file", None)
    try:
        if file is not None and file != "-":
            yield user_path(file).stat()
        elif stat.S_ISREG((standard := os.fstat(0)).st_mode):
            yield standard
    except (OSError, ValueError):  # told where it is opened
        return


def _same(path: Path, text: os.stat_result) -> bool:
    try:
        return stat.S_ISREG(text.st_mode) and os.path.samestat(path.stat(), text)
    except OSError:
        return False  # not there


def _same_path(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
