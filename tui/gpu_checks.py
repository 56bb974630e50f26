"""What `skaldcast doctor` finds of graphics cards and of XTTS. None of it is needed to speak: the
worst verdict here is a warning."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator, Sequence

from ..core.errors import SkaldcastError
from ..core.gpu import Card, open_nvml
from ..core.models.catalogue import CPML
from ..core.settings import Settings
from ..core.synthesis.xtts.checkpoint_folder import open_folder
from ..core.synthesis.xtts.installed import INSTALL, missing_libraries
from ..core.synthesis.xtts.torch_facts import TorchFacts, torch_facts
from .checks import Check, Verdict

_GPU_ANSWER_S = 5.0
_IMPORT_S = 120.0
"""Importing torch from a cold disk takes a minute."""
_QUERY = "name,driver_version,memory.total,memory.used"
_CUDA_TORCH = "install a torch with CUDA and torchaudio from PyTorch's own index: docs/xtts.md"


def check_gpu() -> Check:
    """The graphics cards, which no voice of a plain install needs."""
    nvml = open_nvml()
    if nvml is not None:
        cards = nvml.cards()
        nvml.close()
        if cards:
            return Check("GPU", Verdict.OK, "; ".join(map(_card, cards)))
    program = shutil.which("nvidia-smi")
    if program is None:
        return Check("GPU", Verdict.OK, "none found, and none is needed")
    command = [program, f"--query-gpu={_QUERY}", "--format=csv,noheader"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=_GPU_ANSWER_S, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        to_do = "none is needed; for one that works, mend its driver"
        return Check("GPU", Verdict.WARN, f"nvidia-smi failed: {error}", to_do)
    lines = [line.strip() for line in answer.splitlines() if line.strip()]
    return Check("GPU", Verdict.OK, "; ".join(lines) or "none found, and none is needed")


def _card(card: Card) -> str:
    used = f"{card.vram_used / 1e9:.1f} of {card.vram_total / 1e9:.1f} GB used"
    return f"{card.name}, driver {card.driver}, {used}"


async def check_xtts(settings: Settings) -> Sequence[Check]:
    """The extra, its torch, the checkpoint and its licence."""
    checkpoint = _checkpoint_rows(settings)
    missing = missing_libraries()
    if missing:
        found = "not installed, not needed"
        if "TTS" not in missing:  # somebody wants it
            found = f"not installed completely: {', '.join(missing)} missing"
        return [Check("XTTS", Verdict.OK, found, f"to have it: {INSTALL}"), *checkpoint]
    try:
        facts = await asyncio.wait_for(torch_facts(), _IMPORT_S)
    except TimeoutError:
        row = Check("XTTS", Verdict.WARN, f"torch did not import within {_IMPORT_S:g} s")
        return [row, *checkpoint]
    except SkaldcastError as error:
        found, _, to_do = str(error).rpartition("; ")
        return [Check("XTTS", Verdict.WARN, found or to_do, to_do if found else ""), *checkpoint]
    return [*torch_rows(facts), *checkpoint]


def torch_rows(facts: TorchFacts) -> Iterator[Check]:
    """What the libraries are, and whether the card can be used."""
    yield Check(
        "XTTS",
        Verdict.OK,
        f"coqui-tts {facts.coqui_tts}, transformers {facts.transformers}, torch {facts.torch}",
    )
    slow = "XTTS runs on the processor, slower than speech"
    if not facts.cuda:
        found = f"torch is built without CUDA: {slow}"
        yield Check("CUDA", Verdict.WARN, found, f"with an NVIDIA card, {_CUDA_TORCH}")
    elif not facts.card:
        why = f" ({facts.fault})" if facts.fault else ""
        found = f"torch is built for CUDA {facts.cuda} and finds no card that works{why}: {slow}"
        yield Check(
            "CUDA", Verdict.WARN, found, "install or update the card's driver, if there is one"
        )
    elif facts.fault:
        found = f"{facts.card} cannot be used by this torch (CUDA {facts.cuda}): {facts.fault}"
        yield Check("CUDA", Verdict.WARN, found, f"update the driver, or {_CUDA_TORCH}")
    else:
        free = f"{facts.vram_free / 1e9:.1f} of {facts.vram_total / 1e9:.1f} GB free"
        yield Check("CUDA", Verdict.OK, f"{facts.card} works, {free}, CUDA {facts.cuda}")


def _checkpoint_rows(settings: Settings) -> Iterator[Check]:
    path = settings.xtts_checkpoint
    if settings.xtts.checkpoint is None and not path.is_dir():
        to_do = "to have it: skaldcast fetch xtts-v2"
        yield Check("XTTS checkpoint", Verdict.OK, f"none at {path}, not needed", to_do)
        return
    try:
        checkpoint = open_folder(path)
        checkpoint.check()
        speakers = checkpoint.speakers()
    except SkaldcastError as error:
        found, _, to_do = str(error).rpartition("; ")
        yield Check("XTTS checkpoint", Verdict.WARN, found or to_do, to_do if found else "")
        return
    count = f"{len(checkpoint.languages)} languages, {len(speakers)} studio speakers"
    yield Check("XTTS checkpoint", Verdict.OK, f"{path}: {count}")
    found = f"{CPML.name}: non-commercial use only, of the model and of its speech"
    yield Check("XTTS licence", Verdict.OK, found, f"read {CPML.url}")
