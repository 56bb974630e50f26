"""Opens ONNX models on the processor. The one file that imports onnxruntime."""

import importlib
import os
from typing import Any


def disable_telemetry() -> None:
    """Keep onnxruntime from writing a device id to the home folder; call before its import.

    Since 1.31 it does so on import on Linux; switching telemetry off afterwards is too late.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def open_session(model: bytes | str, threads: int) -> Any:
    """An `onnxruntime.InferenceSession` of a model file, or of its bytes."""
    disable_telemetry()
    ort: Any = importlib.import_module("onnxruntime")
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run_options() -> Any:
    """An `onnxruntime.RunOptions`: setting its `terminate` ends the run it was given to."""
    return importlib.import_module("onnxruntime").RunOptions()


def added_output(tensor: str) -> bytes:
    """What to append to a model's bytes to have an inner tensor of 64-bit integers among its
    outputs, without the `onnx` package.

    A protobuf parser merges what is appended: this is a `ModelProto` that holds only
    `graph { output { name, type } }`.
    """
    int64 = _field(1, b"\x08\x07")  # tensor_type { elem_type: INT64 }
    value_info = _field(1, tensor.encode()) + _field(2, int64)
    return _field(7, _field(12, value_info))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field."""
    length, size = len(content), bytearray()
    while length > 127:
        size.append(length & 127 | 128)
        length >>= 7
    size.append(length)
    return bytes([number << 3 | 2]) + bytes(size) + content
