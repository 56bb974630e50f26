"""Keeps what was learned of each voice, one JSON file a voice."""

import hashlib
import json
import logging
import os
import re
import tempfile
from pathlib import Path
from typing import cast

from .synthesizer import SpeedHint
from .voice_profile import VoiceProfile

_log = logging.getLogger(__name__)


class VoiceProfileStore:
    """A folder of voice profiles; what cannot be read or written is logged and done without.

    A file is replaced in one step, so two processes never see half of one: the last to save wins.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, voice: str) -> Path:
        """Where the profile of `voice` (a spec, ``SYNTHESIZER:NAME``) is kept."""
        # The digest tells apart what the readable part does not: "a:b" and "a-b", "A" and "a".
        readable = re.sub(r"[^A-Za-z0-9_]+", "-", voice).strip("-")[:48]
        digest = hashlib.sha256(voice.encode()).hexdigest()[:8]
        return self.folder / f"{readable}-{digest}.json"

    def load(self, voice: str, hint: SpeedHint | None = None) -> VoiceProfile:
        """What is known of `voice`; a fresh profile, seeded by `hint`, where that is nothing."""
        path = self.path(voice)
        try:
            data: object = json.loads(path.read_bytes())
            if not isinstance(data, dict):
                raise ValueError("not a JSON object")
            return VoiceProfile.from_dict(cast("dict[str, object]", data), voice, hint)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError) as error:
            _log.warning(
                "voice profile %s is not used and %s is learned anew: %s", path, voice, error
            )
        return VoiceProfile(voice, hint)

    def save(self, profile: VoiceProfile) -> bool:
        """Keep `profile`; false where that failed."""
        path = self.path(profile.voice)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=self.folder)
        except OSError as error:
            _log.warning("voice profile %s was not saved: %s", path, error)
            return False
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(profile.to_dict(), file)
            # On Windows this fails while another process has the file open; the next save is soon.
            Path(name).replace(path)
        except OSError as error:
            Path(name).unlink(missing_ok=True)
            _log.warning("voice profile %s was not saved: %s", path, error)
            return False
        return True
