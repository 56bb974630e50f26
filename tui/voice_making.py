"""Voices from recordings, or between other voices: what `voices add` and the console share.

Files are read in threads, and torch stays in a process of its own, so that an event loop can wait
for it, and give it up by cancelling.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from ..core.errors import SynthesizerError
from ..core.settings import Settings
from ..core.synthesis.xtts.blending import blend
from ..core.synthesis.xtts.checkpoint_folder import CheckpointFolder, open_folder
from ..core.synthesis.xtts.clips import Clip, read_clip, warnings
from ..core.synthesis.xtts.installed import INSTALL, missing_libraries
from ..core.synthesis.xtts.languages import supported
from ..core.synthesis.xtts.voice_files import VoiceFolder, XttsVoice
from ..core.synthesis.xtts.voice_maker import learn_voice, read_speakers

SYNTHESIZER = "xtts:"


async def add_learned(
    settings: Settings,
    name: str,
    paths: Sequence[str],
    language: str | None,
    warn: Callable[[str], None],
) -> str:
    """Learn a voice from clips, keep it, and return what selects it. `warn` is told what may make
    it worse than it could be. Raises `SynthesizerError` or `ProcessError`; nothing is kept then."""
    folder = VoiceFolder(settings.xtts.voices)

    def read() -> tuple[str, list[Clip], CheckpointFolder, str]:
        free = folder.check_free(name.removeprefix(SYNTHESIZER))
        clips = [read_clip(Path(path)) for path in paths]
        checkpoint = _checkpoint(settings)
        _check_studio(checkpoint, free)
        # A fine-tuned model may not speak English.
        default = "en" if "en" in checkpoint.languages else checkpoint.languages[0]
        spoken = supported(language, checkpoint.languages) if language else default
        return free, clips, checkpoint, spoken

    free, clips, checkpoint, spoken = await asyncio.to_thread(read)
    for warning in warnings(clips):
        warn(warning)
    latent, embedding = await learn_voice(checkpoint.path, [clip.samples for clip in clips])
    voice = XttsVoice(free, spoken, latent, embedding, settings=_origin(checkpoint, clips))
    await asyncio.to_thread(folder.add, voice)
    return f"{SYNTHESIZER}{free}"


async def add_blended(
    settings: Settings, name: str, parts: Sequence[tuple[str, float]], language: str | None
) -> str:
    """Make a voice between others, by weights, keep it, and return what selects it. Raises
    `SynthesizerError` or `ProcessError`; nothing is kept then."""
    folder = VoiceFolder(settings.xtts.voices)

    def read() -> tuple[str, str | None, set[str]]:
        free = folder.check_free(name.removeprefix(SYNTHESIZER))
        spoken = supported(language, _checkpoint(settings).languages) if language else None
        return free, spoken, set(folder.names())

    free, spoken, added = await asyncio.to_thread(read)
    names = [part.removeprefix(SYNTHESIZER) for part, _ in parts]
    studio = [part for part in names if part not in added]
    voices = {part: await asyncio.to_thread(folder.load, part) for part in names if part in added}
    if studio:
        checkpoint = await asyncio.to_thread(_checkpoint, settings)
        _check_there(studio, checkpoint, added)
        voices |= await read_speakers(checkpoint.path, studio)
    weights = [weight for _, weight in parts]
    made = blend([(voices[n], w) for n, w in zip(names, weights, strict=True)], free)
    await asyncio.to_thread(folder.add, replace(made, language=spoken or made.language))
    return f"{SYNTHESIZER}{free}"


def remove_voice(settings: Settings, name: str) -> None:
    """Delete a voice that was added; raises `SynthesizerError`."""
    VoiceFolder(settings.xtts.voices).remove(name.removeprefix(SYNTHESIZER))


def _origin(checkpoint: CheckpointFolder, clips: Sequence[Clip]) -> dict[str, str]:
    return {
        "clips": ", ".join(clip.name for clip in clips),
        "seconds": f"{sum(clip.duration_s for clip in clips):.1f}",
        "checkpoint": checkpoint.path.name,
        "made by": f"skaldcast {version('skaldcast')}",
    }


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


def _check_there(names: Sequence[str], checkpoint: CheckpointFolder, added: set[str]) -> None:
    there = checkpoint.speakers()
    for name in names:
        if name not in there:
            listed = ", ".join([*sorted(added), *there]) or "none"
            raise SynthesizerError(f"no XTTS voice {name!r} to blend; there are: {listed}")
