"""One narration from the command line: set up, told about, reported, whatever ends it."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from ..core.config import COMMAND_LINE, LoadedSettings
from ..core.errors import ConfigError, OutputError
from ..core.events import AmbienceFailed, CharacterMet, OutputLost, OutputOpened, VoiceReplaced
from ..core.narrator import Narrator, NarratorOptions
from ..core.playout.outputs import parse_output
from ..core.report import write_report
from ..core.types import Outcome
from .campaign import read_campaign_cast, read_campaign_lexicon
from .exit_status import DONE, FAILED
from .files import check_files
from .options import UsageError, narrator_options, settings_of
from .streams import tell


def make_narrator(arguments: Namespace) -> Narrator:
    """A narrator as settings and options want it; raises `ConfigError` or `UsageError`."""
    loaded = settings_of(arguments)
    check_output(loaded)
    check_files(arguments, loaded.settings.output)
    options = _with_possible_ambience(narrator_options(loaded.settings), loaded)
    cast, lexicon = read_campaign_cast(loaded), read_campaign_lexicon(loaded)
    return Narrator(replace(options, script=True, cast=cast, lexicon=lexicon))


def _with_possible_ambience(options: NarratorOptions, loaded: LoadedSettings) -> NarratorOptions:
    """A file has no place for it: one that stands in the settings is left out, which is told, and
    one that was asked for with this command is wrong usage."""
    if options.ambience is None or not parse_output(options.output).is_file:
        return options
    if loaded.origins["ambience.file"] == COMMAND_LINE:
        raise UsageError(
            f"argument --ambience: it needs a device, and the output is {options.output}; leave it "
            "out, and mix it with the file later"
        )
    tell(f"the ambience {options.ambience} is left out of a file; it needs a device")
    return replace(options, ambience=None)


def check_output(loaded: LoadedSettings) -> None:
    """Refuse a wrong output with the place where it was set."""
    try:
        parse_output(loaded.settings.output)
    except ConfigError as error:
        origin = loaded.origins["output"]
        if origin == COMMAND_LINE:
            raise UsageError(f"argument --output: {error}") from error
        raise ConfigError(f"{origin}: output: {error}") from error


class Recording:
    """What `--record` asks for; without it nothing is recorded."""

    def __init__(self, arguments: Namespace) -> None:
        self._path: Path | None = getattr(arguments, "record", None)
        self.status = DONE
        """The exit status: it failed where what was asked for is not there."""

    def begin(self, narrator: Narrator) -> None:
        """Record from now on."""
        if self._path is not None:
            narrator.record(self._path, self._on_trouble)

    def _on_trouble(self, reason: str) -> None:
        self.status = FAILED
        tell(reason)


def describe(narrator: Narrator) -> str:
    """One line of progress."""
    if not narrator.started:
        return "getting ready ..."
    cues = narrator.all_cues
    done = sum(cue.outcome is not None for cue in cues)
    ready_s = narrator.buffered_s
    spoken_s = max(sum(cue.audio_s for cue in cues) - ready_s, 0.0)
    ready = f", {ready_s:.1f} s ready" if ready_s else ""
    return f"cue {min(done + 1, len(cues))} of {len(cues)}, {_clock(spoken_s)} spoken{ready}"


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
        elif isinstance(event, AmbienceFailed):
            tell(event.reason)
        elif isinstance(event, CharacterMet):
            tell(event.notice)
        elif isinstance(event, VoiceReplaced):
            tell(f"{event.reason}; the narrator's voice speaks for {event.voice}")


def tell_failed_cues(narrator: Narrator) -> int:
    """Tell in one line what was not spoken whole; returns the exit status."""
    failed = [cue for cue in narrator.all_cues if cue.outcome is Outcome.FAILED]
    if not failed:
        return DONE
    more = f" (and {len(failed) - 1} more cues: see --report)" if len(failed) > 1 else ""
    tell(f"{failed[0].error}{more}")
    return FAILED


def finish_report(arguments: Namespace, narrator: Narrator) -> int:
    """Write the report, if one was asked for and there was a narration, or tell why not; returns
    the exit status."""
    path: Path | None = getattr(arguments, "report", None)
    if path is None or not narrator.started:
        return DONE
    try:
        write_report(narrator.report(), path)
    except OutputError as error:
        tell(str(error))
        return FAILED
    return DONE


def _clock(duration_s: float) -> str:
    minutes, seconds = divmod(int(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
