"""What our way of speaking with hibari costs, against calling hibari in a bare loop.

    python benchmarks/bare_loop.py

Prints ratios of times in one run, the two in turn, each sentence's best of several: below 1 means
faster than the bare loop. The first block is compared with the bare loop's whole sentence.
"""

import time

import numpy as np
from sentences import PLAIN

from skaldcast.core.synthesis.hibari import HibariSynthesizer
from skaldcast.core.synthesis.synthesizer import Cancellation, SynthesisRequest

ROUNDS = 12


def main() -> None:
    ours = HibariSynthesizer({})
    ours.load("heart")
    from hibari import Hibari  # after load(), which switches onnxruntime's telemetry off

    bare = Hibari(threads=1)
    bare("Warm up.")
    whole_s, first_s, bare_s = (np.full(len(PLAIN), np.inf) for _ in range(3))
    for _ in range(ROUNDS):
        for n, text in enumerate(PLAIN):
            started_s = time.perf_counter()
            blocks = ours.synthesize(SynthesisRequest(text, "heart"), Cancellation())
            next(blocks)
            first_s[n] = min(first_s[n], time.perf_counter() - started_s)
            for _block in blocks:
                pass
            whole_s[n] = min(whole_s[n], time.perf_counter() - started_s)
            started_s = time.perf_counter()
            bare(text, seed=0)
            bare_s[n] = min(bare_s[n], time.perf_counter() - started_s)
    print(f"all samples: {whole_s.sum() / bare_s.sum():.2f} of the bare loop's time")
    print(f"first block: {first_s.sum() / bare_s.sum():.2f} of the bare loop's whole sentence")
    print(f"bare loop: {bare_s.mean() * 1000:.1f} ms a sentence")


if __name__ == "__main__":
    main()
