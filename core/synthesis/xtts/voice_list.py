"""The voices that XTTS has here: the checkpoint's studio speakers and the user's own. No torch."""

from pathlib import Path

from ...errors import SynthesizerError
from ...types import Voice
from .checkpoint_folder import SPEAKERS, open_folder
from .voice_files import VoiceFolder

LICENCE = "CPML (non-commercial)"
_FIRST_SPEAKER = "Claribel Dervla"
"""The released checkpoint's first; it stands for all of them until that has been fetched."""


def list_voices(checkpoint: Path, folder: Path) -> list[Voice]:
    """All voices, the default first, at least one; raises `SynthesizerError` where there is none,
    and for a bad checkpoint or folder."""
    own = VoiceFolder(folder)
    if not checkpoint.exists():
        languages, speakers = ("en",), [_FIRST_SPEAKER]
    else:
        opened = open_folder(checkpoint)
        languages, speakers = opened.languages, opened.speakers()
    names = own.names()
    listed = [
        _voice(name, "en", languages, "XTTS v2 studio speaker")
        for name in speakers
        if name not in names  # a voice of the user's goes before one of the same name
    ]
    for name in names:
        try:
            language = own.describe(name).language
        except SynthesizerError:
            continue  # one damaged file does not take the others; loading it tells what is wrong
        listed.append(_voice(name, language, languages, "a voice of your own"))
    if not listed:
        raise SynthesizerError(
            f"the XTTS checkpoint {checkpoint} has no {SPEAKERS}, and no voice was added: "
            "skaldcast voices add NAME clip.wav"
        )
    return listed


def _voice(name: str, language: str, languages: tuple[str, ...], description: str) -> Voice:
    others = (other for other in languages if other != language)
    return Voice(
        "xtts",
        name,
        languages=(language, *others),
        licence=LICENCE,
        source="XTTS v2",
        description=description,
    )
