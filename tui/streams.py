"""The standard streams, which may be closed, broken or full: data out, talk to the user.

Standard output carries data only; what is said to people goes to standard error.
"""

import errno
import logging
import os
import shutil
import sys
from typing import TextIO

from ..core.errors import OutputError

_MISSING = (os.O_WRONLY, os.O_RDONLY, os.O_WRONLY)
"""How the null device stands in for a closed input, output and error stream. The first two the
wrong way round: using them goes on to fail, as data would be lost; what is said needs no one."""


def prepare_streams() -> None:
    """Give closed standard descriptors to the null device, so that no file opened later takes
    their place, and replace characters that a stream's encoding lacks: a device's odd name must
    not end a command. What goes to no console is UTF-8 on Windows too (its own choice, the old code
    page, is neither what other programs write nor what they read), unless PYTHONIOENCODING says
    otherwise."""
    for descriptor, flags in enumerate(_MISSING):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            stream = open(descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
        elif hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="backslashreplace", encoding=_encoding(stream))


def _encoding(stream: TextIO) -> str | None:
    """What to write there with; None: what it has already."""
    legacy = sys.platform == "win32" and "PYTHONIOENCODING" not in os.environ
    return "utf-8" if legacy and not stream.isatty() else None


TALK = "skaldcast.talk"
"""The logger of what is told to the user, where lines have another look than the plain one."""


def tell(text: str) -> None:
    """Say one line to the user; nobody listening is no error."""
    line = " ".join(text.splitlines())
    if (talk := logging.getLogger(TALK)).handlers:
        talk.info("%s", line, extra={"event": "told", "label": "skaldcast"})
    else:
        write_talk(f"skaldcast: {line}")


def write_talk(text: str) -> None:
    """Write lines to standard error, over a line of progress where there is one."""
    if sys.stderr.isatty():
        first, *rest = text.split("\n")
        width = shutil.get_terminal_size().columns - 1
        text = "\n".join((f"\r{first.ljust(width)}", *rest))
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        give_up(2)


def emit(text: str, end: str = "\n") -> None:
    """Write lines of data to standard output.

    A reader that has gone (`| head -1`) had enough. Raises `OutputError` for any other failure.
    """
    try:
        sys.stdout.write(text + end)
        sys.stdout.flush()
    except OSError as error:
        give_up(1)
        if _reader_has_gone(error):
            return
        raise OutputError(
            f"cannot write to standard output: {error.strerror}; give it room, or another place"
        ) from error


def _reader_has_gone(error: OSError) -> bool:
    # Windows has no EPIPE for pipes: the C library makes "invalid argument" of a closed one.
    return isinstance(error, BrokenPipeError) or (
        sys.platform == "win32" and error.errno == errno.EINVAL
    )


def give_up(descriptor: int) -> None:
    """Send what is still written there, by the interpreter's last flush too, to nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)
