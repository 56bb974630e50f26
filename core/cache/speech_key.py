"""The name of a chunk's speech: a digest of everything that changes its sound. Plain."""

import hashlib
import json
import re
from dataclasses import fields
from importlib.metadata import version

from ..synthesis.registry import ResolvedVoice
from ..synthesis.synthesizer import SynthesisRequest, Versioned

_FORMAT = 1
"""Raised when the same key would mean other sound: every entry is then made anew."""
_UNHEARD = frozenset({"order"})
"""Fields of a request that do not change the sound; a field that is added later counts as one
that does."""
_KEY = re.compile(r"[0-9a-f]{64}\Z")


def speech_key(request: SynthesisRequest, model: str, sample_rate: int) -> str:
    """The SHA-256 (64 hexadecimal digits) of what `request` sounds like at `sample_rate`, spoken
    by `model`: what `speech_model` gives."""
    heard = {
        entry.name: getattr(request, entry.name)
        for entry in fields(request)
        if entry.name not in _UNHEARD
    }
    text = json.dumps([_FORMAT, model, sample_rate, heard], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def is_speech_key(text: str) -> bool:
    """Whether `text` is a key: nothing else may become the name of a file."""
    return _KEY.match(text) is not None


def speech_model(resolved: ResolvedVoice, voice: str) -> str | None:
    """What speaks when `voice` (a name of the synthesizer of `resolved`) does: synthesizer, its
    options, the version of its model, and ours, as what we do to the sound changes too. None where
    the synthesizer does not tell its version: then nothing may be kept, for it could not be told
    from what another model spoke. Loads no model; reads a few file times at most."""
    synthesizer = resolved.create()
    told = synthesizer.version(voice) if isinstance(synthesizer, Versioned) else None
    if told is None:
        return None
    options = sorted(resolved.options.items())
    return json.dumps([resolved.synthesizer, options, told, version("skaldcast")])
