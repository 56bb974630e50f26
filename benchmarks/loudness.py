"""What a voice's loudness is, and the gain that brings it to the target.

    python benchmarks/loudness.py [VOICE ...]

Speaks ten plain sentences and prints the integrated loudness (ITU-R BS.1770, pauses between the
sentences not counted in), the highest true peak, and what to add to the voice's gain constant.
"""

import sys

import numpy as np
from sentences import PLAIN

from skaldcast.core.synthesis.loudness import integrated_loudness, true_peak_db
from skaldcast.core.synthesis.registry import resolve
from skaldcast.core.synthesis.synthesizer import TARGET_LUFS, Cancellation, SynthesisRequest


def measure(spec: str) -> None:
    resolved = resolve(spec)
    synthesizer = resolved.create()
    synthesizer.load(resolved.voice.name)
    spoken: list[np.ndarray] = []
    characters = 0
    for text in PLAIN:
        request = SynthesisRequest(text, resolved.voice.name)
        blocks = synthesizer.synthesize(request, Cancellation())
        spoken.append(np.concatenate([block.samples for block in blocks]))
        characters += len(text)
    rate = synthesizer.format.sample_rate
    everything = np.concatenate(spoken)
    loudness = integrated_loudness(everything, rate)
    each = sorted(integrated_loudness(sentence, rate) for sentence in spoken)
    print(
        f"{resolved.spec}: {loudness:.2f} LUFS (sentences {each[0]:.1f} to {each[-1]:.1f}), "
        f"true peak {max(map(true_peak_db, spoken)):.2f} dBTP, "
        f"gain {TARGET_LUFS - loudness:+.2f} dB to {TARGET_LUFS} LUFS, "
        f"{everything.size / rate / characters:.4f} s a character"
    )


if __name__ == "__main__":
    for voice in sys.argv[1:] or ["hibari:heart"]:
        measure(voice)
