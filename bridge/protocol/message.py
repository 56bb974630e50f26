"""What all messages share, and the types of their fields with their bounds."""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

PROTOCOL = 1
"""The version of the protocol; it grows only where an old client would be misunderstood."""
SUBPROTOCOL = "skaldcast.v1"
MAX_MESSAGE_BYTES = 65_536
"""A client's frame; Godot's own default is one byte less."""
MAX_TEXT = 32_768
"""Characters in one message; longer cues go through `say_append`."""
MAX_CAST = 200
"""Characters in a cast."""


class Priority(StrEnum):
    """When a cue is spoken."""

    INTERRUPT = "interrupt"
    """At once: what is being spoken ends."""
    DEMAND = "demand"
    """When its turn comes."""
    PREFETCH = "prefetch"
    """When nothing else waits."""


def _tag(class_name: str) -> str:
    return re.sub("(?<!^)(?=[A-Z])", "_", class_name).lower()


class Message(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag=_tag):
    """A JSON object with a `type`; fields that are not known are passed over."""


RequestId = Annotated[
    str, Meta(max_length=128, description="Chosen by the client; the reply repeats it.")
]
CueId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        description="Names a cue among those of all clients; best with a prefix of the client's.",
    ),
]
Text = Annotated[str, Meta(max_length=MAX_TEXT, description="Text to be spoken, as written.")]
VoiceName = Annotated[str, Meta(max_length=200, description="A voice: NAME or SYNTHESIZER:NAME.")]
CharacterName = Annotated[
    str, Meta(min_length=1, max_length=200, description="Who speaks; the cast gives the voice.")
]
# Godot's JSON knows no integers: it sends 12.0 for 12.
Whole = Annotated[float, Meta(ge=0, le=2**53, multiple_of=1)]
"""A whole number; one written as 12.0 is one too."""
