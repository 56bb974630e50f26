"""One narration from the command line: set up, told about, reported, whatever ends it."""

from argparse import Namespace
from pathlib import Path

from ..core.config import COMMAND_LINE, LoadedSettings
from ..core.errors import ConfigError, OutputError
from ..core.events import OutputLost, OutputOpened
from ..core.narrator import Narrator
from ..core.playout.outputs import parse_output
from ..core.report import write_report
from ..core.types import Outcome
from .exit_status import DONE, FAILED
from .options import UsageError, narrator_options, settings_of
from .streams import tell


def make_narrator(arguments: Namespace) -> Narrator:
    """A narrator as settings and options want it; raises `ConfigError` or `UsageError`."""
    loaded = settings_of(arguments)
    check_output(loaded)
    return Narrator(narrator_options(loaded.settings))


def check_output(loaded: LoadedSettings) -> None:
    """Refuse a wrong output with the place where it was set."""
    try:
        parse_output(loaded.settings.output)
    except ConfigError as error:
        origin = loaded.origins["output"]
        if origin == COMMAND_LINE:
            raise UsageError(f"argument --output: {error}") from error
        raise ConfigError(f"{origin}: output: {error}") from error


def describe(narrator: Narrator) -> str:
    """One line of progress."""
    if not narrator.started:
        return "getting ready ..."
    cues = narrator.all_cues
    done = sum(cue.outcome is not None for cue in cues)
    spoken_s = sum(cue.audio_s for cue in cues)
    ready = f", {narrator.buffered_s:.1f} s ready" if narrator.buffered_s else ""
    return f"cue {min(done + 1, len(cues))} of {len(cues)}, {_clock(spoken_s)} of speech{ready}"


async def tell_troubles(narrator: Narrator) -> None:
    """Say when the output is lost and when it is back: silence should not be a riddle."""
    lost = False
    async for event in narrator.events():
        if isinstance(event, OutputLost):
            if not lost:
                tell(f"the output is gone ({event.reason}); waiting for it to come back")
            lost = True
        elif isinstance(event, OutputOpened) and lost:
            lost = False
            tell("the output is back; going on where it stopped")


def conclude(arguments: Namespace, narrator: Narrator) -> int:
    """Tell what was not spoken and write the report; returns the exit status."""
    status = DONE
    failed = [cue for cue in narrator.all_cues if cue.outcome is Outcome.FAILED]
    if failed:
        status = FAILED
        more = f" (and {len(failed) - 1} more cues: see --report)" if len(failed) > 1 else ""
        tell(f"{failed[0].error}{more}")
    try:
        write_asked_report(arguments, narrator)
    except OutputError as error:
        status = FAILED
        tell(str(error))
    return status


def write_asked_report(arguments: Namespace, narrator: Narrator) -> None:
    """Write the report, if one was asked for and there was a narration; raises `OutputError`."""
    path: Path | None = getattr(arguments, "report", None)
    if path is not None and narrator.started:
        write_report(narrator.report(), path)


def _clock(duration_s: float) -> str:
    minutes, seconds = divmod(int(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
