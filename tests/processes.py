"""What a test may have left running."""

import psutil


def left_behind() -> list[psutil.Process]:
    """Our child processes, but for the sound server that the whole session shares."""
    return [child for child in psutil.Process().children() if child.name() != "pulseaudio"]
