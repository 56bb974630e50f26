"""What the player's device is doing."""

from enum import Enum


class Phase(Enum):
    RESTING = "resting"
    """The device is stopped, everything written has been heard."""
    STARTING = "starting"
    """Frames were written, none is known to have been heard."""
    SOUNDING = "sounding"
