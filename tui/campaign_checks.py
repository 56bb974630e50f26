"""What `skaldcast doctor` looks at of a campaign: its cast, its lexicon, and the session record."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import ConfigError, SkaldcastError, StorageError
from ..core.journal.database import open_existing
from ..core.script.cast import CharacterVoice
from ..core.script.cast_file import read_cast
from ..core.settings import Settings
from ..core.spoken.lexicon_file import read_lexicon
from ..core.synthesis.registry import VoiceRegistry
from .checks import Check, Verdict, failed

_CAST, _LEXICON, _JOURNAL = "cast file", "lexicon", "session record"


def check_campaign(settings: Settings) -> Iterator[Check]:
    """One row each; none of them raises."""
    yield check_cast(settings)
    yield check_lexicon(settings)
    yield check_journal(settings)


def check_cast(settings: Settings) -> Check:
    """The cast file, and whether its voices can be had: the narrator's would speak for them."""
    path = settings.cast.file
    if path is None:
        found = "none, not needed: the narrator, and voices for characters where there are more"
        return Check(_CAST, Verdict.OK, found, "to choose who speaks how: set cast.file")
    try:
        parts = read_cast(path)
    except ConfigError as error:
        return failed(_CAST, error, "mend it, or choose another with cast.file")
    found = f"{path}: {_count(len(parts), 'character')}"
    problems = list(_missing_voices(settings, parts))
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        to_do = "choose voices that `skaldcast voices` lists; the narrator's speaks instead"
        return Check(_CAST, Verdict.WARN, f"{found}; {problems[0]}{more}", to_do)
    return Check(_CAST, Verdict.OK, found)


def _missing_voices(settings: Settings, parts: list[CharacterVoice]) -> Iterator[str]:
    registry = VoiceRegistry(settings=settings.synthesizers)
    try:
        ours = registry.resolve(settings.voice).synthesizer
    except SkaldcastError:  # told in the narrator's row
        ours = ""
    for part in parts:
        if not part.voice:
            continue
        with contextlib.suppress(SkaldcastError):
            registry.resolve(f"{ours}:{part.voice}")
            continue
        try:
            registry.resolve(part.voice)
        except SkaldcastError as error:
            yield f"{part.character}: {error}"


def check_lexicon(settings: Settings) -> Check:
    """The lexicon's file; what is wrong in it costs only that."""
    path = settings.lexicon.file
    try:
        read = read_lexicon(path)
    except ConfigError as error:
        return failed(_LEXICON, error, "choose another with lexicon.file")
    count = _count(len(read.lexicon.entries), "entry", "entries")
    if read.problems:
        found = f"{path}: {count}, {len(read.problems)} not understood"
        return Check(_LEXICON, Verdict.WARN, found, read.problems[0])
    if not read.lexicon.entries:
        found = f"none at {path}, not needed"
        to_do = 'for invented names: skaldcast lexicon add Malachar "MAL-a-kar"'
        return Check(_LEXICON, Verdict.OK, found, to_do)
    return Check(_LEXICON, Verdict.OK, f"{path}: {count}")


def check_journal(settings: Settings) -> Check:
    """Whether the session record can be written: nothing is written for the check."""
    path = settings.journal.path
    if not settings.journal.enabled:
        found = "switched off: --resume and transcripts need it"
        return Check(_JOURNAL, Verdict.OK, found, "to have it: set journal.enabled")
    try:
        if not path.exists():
            _try_folder(path.parent)
            return Check(_JOURNAL, Verdict.OK, f"none at {path} yet; it can be made")
        connection = open_existing(path)
        try:
            (sessions,) = connection.execute("SELECT count(*) FROM sessions").fetchone()
        finally:
            connection.close()
        if not os.access(path, os.W_OK):
            raise StorageError(f"{path} cannot be written: it is read-only; give it rights")
        with tempfile.TemporaryFile(dir=path.parent):  # SQLite writes beside it
            pass
    except (OSError, StorageError) as error:
        reason = str(error)
        if isinstance(error, OSError):
            reason = f"{path} cannot be written: {error.strerror or error}; nothing is recorded"
        found = reason.partition("; ")[0]
        return Check(_JOURNAL, Verdict.WARN, found, "choose another with journal.path")
    return Check(_JOURNAL, Verdict.OK, f"{path}: {_count(sessions, 'session')}")


def _try_folder(folder: Path) -> None:
    """Raise `OSError` where nothing can be written in `folder`, which may not be there yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    with tempfile.TemporaryFile(dir=folder):
        pass


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or f'{one}s'}"
