"""The process that `torch_facts` asks once."""

import signal
from dataclasses import replace
from importlib.metadata import version

from ...errand import answer_once
from .torch_facts import TorchFacts


def _answer(_: None) -> TorchFacts:
    from .device import why_no_cuda
    from .library import torch

    facts = TorchFacts(
        torch=str(torch.__version__),
        coqui_tts=version("coqui-tts"),
        transformers=version("transformers"),
        cuda=torch.version.cuda or "",
    )
    if not facts.cuda:
        return facts
    if why := why_no_cuda():
        return replace(facts, fault=why)
    try:
        facts = replace(facts, card=torch.cuda.get_device_name(0))
        free, total = torch.cuda.mem_get_info(0)
        # A card newer than the build has no kernels in it: the first one that runs tells.
        torch.ones(8, device="cuda").sum().item()
    except Exception as error:  # CUDA's errors have no tree of their own
        return replace(facts, fault=" ".join(str(error).split())[:200])
    return replace(facts, vram_free=int(free), vram_total=int(total))


def main() -> None:
    # Ctrl-C reaches the whole process group; main decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer_once(_answer)


if __name__ == "__main__":
    main()
