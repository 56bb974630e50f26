"""Imports hibari's modules, the same ones on every machine."""

import importlib
import sys
from threading import Lock
from typing import Any

_ABSENT = ("scipy", "scipy.fft")
_lock = Lock()  # two threads import hibari at the same time; protects `sys.modules[_ABSENT]`


def hibari_module(name: str) -> Any:
    """The module `name` of hibari, without scipy.

    Where scipy is installed hibari takes its FFT: that adds 0.3 s to the import for a tenth of the
    rendering, and the samples are no longer those of a plain install.
    """
    with _lock:
        if "hibari.dsp" not in sys.modules:
            hidden = [part for part in _ABSENT if part not in sys.modules]
            sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
            try:
                importlib.import_module("hibari.dsp")
            finally:
                for part in hidden:
                    del sys.modules[part]
    return importlib.import_module(name)
