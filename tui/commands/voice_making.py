"""`skaldcast voices add` and `remove`: voices from recordings, or between other voices."""

import asyncio
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from ...core.errors import SynthesizerError
from ...core.settings import Settings
from ...core.synthesis.xtts.blending import blend
from ...core.synthesis.xtts.checkpoint_folder import CheckpointFolder, open_folder
from ...core.synthesis.xtts.clips import Clip, read_clip, warnings
from ...core.synthesis.xtts.installed import INSTALL, missing_libraries
from ...core.synthesis.xtts.languages import supported
from ...core.synthesis.xtts.voice_files import VoiceFolder, XttsVoice
from ...core.synthesis.xtts.voice_maker import learn_voice, read_speakers
from ..options import UsageError, settings_of
from ..progress import progress
from ..streams import emit, tell

_SYNTHESIZER = "xtts:"


def add(arguments: Namespace) -> int:
    """Make a voice, keep it, and print what selects it."""
    name, clips, parts = arguments.name, arguments.clips, arguments.blend
    if not name or bool(clips) == bool(parts):
        raise UsageError(
            "voices add: give a name and clips of the voice, as in `voices add NAME a.wav b.wav`, "
            "or voices to blend, as in `voices add NAME --blend A=0.6 --blend B=0.4`"
        )
    settings = settings_of(arguments).settings
    folder = VoiceFolder(settings.xtts.voices)
    name = folder.check_free(name.removeprefix(_SYNTHESIZER))
    language = getattr(arguments, "language", None)
    voice = asyncio.run(
        _blended(settings, folder, name, parts, language)
        if parts
        else _learned(settings, name, clips, language)
    )
    folder.add(voice)
    emit(f"{_SYNTHESIZER}{name}")
    return 0


def remove(arguments: Namespace) -> int:
    """Delete a voice that was added."""
    if not arguments.name or arguments.clips:
        raise UsageError("voices remove: name the one voice; `skaldcast voices` lists them")
    folder = VoiceFolder(settings_of(arguments).settings.xtts.voices)
    folder.remove(arguments.name.removeprefix(_SYNTHESIZER))
    return 0


async def _learned(
    settings: Settings, name: str, paths: Sequence[str], language: str | None
) -> XttsVoice:
    clips = [read_clip(Path(path)) for path in paths]
    checkpoint = _checkpoint(settings)
    _check_studio(checkpoint, name)
    # A fine-tuned model may not speak English.
    default = "en" if "en" in checkpoint.languages else checkpoint.languages[0]
    spoken = supported(language, checkpoint.languages) if language else default
    for warning in warnings(clips):
        tell(f"warning: {warning}")
    with progress(lambda: "loading the model and learning the voice ..."):
        latent, embedding = await learn_voice(checkpoint.path, [clip.samples for clip in clips])
    return XttsVoice(name, spoken, latent, embedding, settings=_origin(checkpoint, clips))


def _origin(checkpoint: CheckpointFolder, clips: Sequence[Clip]) -> dict[str, str]:
    return {
        "clips": ", ".join(clip.name for clip in clips),
        "seconds": f"{sum(clip.duration_s for clip in clips):.1f}",
        "checkpoint": checkpoint.path.name,
        "made by": f"skaldcast {version('skaldcast')}",
    }


async def _blended(
    settings: Settings,
    folder: VoiceFolder,
    name: str,
    parts: Sequence[tuple[str, float]],
    language: str | None,
) -> XttsVoice:
    spoken = supported(language, _checkpoint(settings).languages) if language else None
    added = set(folder.names())
    names = [part.removeprefix(_SYNTHESIZER) for part, _ in parts]
    studio = [part for part in names if part not in added]
    voices = {part: folder.load(part) for part in names if part in added}
    if studio:
        checkpoint = _checkpoint(settings)
        there = checkpoint.speakers()
        for part in studio:
            if part not in there:
                listed = ", ".join([*sorted(added), *there]) or "none"
                raise SynthesizerError(f"no XTTS voice {part!r} to blend; there are: {listed}")
        with progress(lambda: "reading the speakers ..."):
            voices |= await read_speakers(checkpoint.path, studio)
    weights = [weight for _, weight in parts]
    made = blend([(voices[n], w) for n, w in zip(names, weights, strict=True)], name)
    return replace(made, language=spoken or made.language)


def _checkpoint(settings: Settings) -> CheckpointFolder:
    """The checkpoint, whole, and what loads it installed; raises `SynthesizerError`."""
    if missing := missing_libraries():
        raise SynthesizerError(
            f"XTTS is not installed ({', '.join(missing)} missing); install it with: {INSTALL} "
            "(docs/xtts.md says which torch)"
        )
    checkpoint = open_folder(settings.xtts_checkpoint)
    checkpoint.check()
    return checkpoint


def _check_studio(checkpoint: CheckpointFolder, name: str) -> None:
    for speaker in checkpoint.speakers():
        if speaker.casefold() == name.casefold():
            raise SynthesizerError(
                f"{speaker!r} is a studio speaker of the checkpoint; choose another name"
            )
