"""How many slots fit into the memory there is. Plain."""

from dataclasses import dataclass

from ...errors import SynthesizerError

GIB = 2**30


@dataclass(frozen=True, slots=True)
class Memory:
    """What was measured on the device, in bytes."""

    free: int
    """Free once the weights are loaded."""
    slot: int
    """What a slot takes for as long as it is there."""
    workspace: int
    """What a step and a window of the vocoder take meanwhile, at most."""


def slots_that_fit(memory: Memory, share: float, wanted: int) -> int:
    """How many slots, `wanted` at most, fit into `share` of the free memory; raises
    `SynthesizerError` where not one does."""
    room = int(memory.free * share) - memory.workspace
    fitting = min(wanted, room // memory.slot) if memory.slot else wanted
    if fitting < 1:
        needed = (memory.slot + memory.workspace) / GIB
        raise SynthesizerError(
            f"too little VRAM: {memory.free / GIB:.1f} GiB are free beside the model, of which "
            f"{share:.0%} may be used, and one slot needs {needed:.1f} GiB; close other programs, "
            "raise xtts.vram_share, or set xtts.device to cpu"
        )
    return fitting
