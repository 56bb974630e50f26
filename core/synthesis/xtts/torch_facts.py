"""What torch can do here, asked for in a process of its own: main must not import it."""

from dataclasses import dataclass

from ...errand import ask_child

_MODULE = f"{__package__}.torch_probe"


@dataclass(frozen=True, slots=True)
class TorchFacts:
    """What the worker process would find."""

    torch: str
    """Its version, with the build: ``2.13.0+cpu``."""
    coqui_tts: str
    transformers: str
    cuda: str
    """The CUDA version that torch was built for; empty where it was built without."""
    card: str = ""
    """The name of the card that torch uses; empty where there is none."""
    vram_total: int = 0
    """In bytes."""
    vram_free: int = 0
    """In bytes."""
    fault: str = ""
    """Why the card, or CUDA at all, is of no use; empty where it is."""


async def torch_facts(module: str = _MODULE) -> TorchFacts:
    """Import all that XTTS needs, in a process that then ends; raises `SynthesizerError` where
    that fails, and `ProcessError`."""
    return await ask_child("looking at torch", module, None)
