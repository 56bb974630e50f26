"""hibari is the same on every machine."""

import subprocess
import sys

PROGRAM = """
import sys
from concurrent.futures import ThreadPoolExecutor
from skaldcast.core.synthesis.hibari_package import hibari_module
with ThreadPoolExecutor(2) as pool:
    dsp, _ = pool.map(hibari_module, ("hibari.dsp", "hibari.g2p"))
assert dsp.FFT_BACKEND == "numpy", dsp.FFT_BACKEND
assert not [name for name in sys.modules if name.split(".")[0] == "scipy"]
import scipy.fft
"""


def test_hibari_takes_no_scipy_and_leaves_it_to_others():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
