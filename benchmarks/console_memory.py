"""Memory of the console and its processes with the embedded voice, speaking.

    python benchmarks/console_memory.py

Prints the proportional set size of all processes together, the most of ten looks; at most 450 MB is
what we promise.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

LOOKS = 10


def main() -> None:
    import psutil

    from benchmarks.terminal import Terminal

    with tempfile.TemporaryDirectory() as name:
        script = Path(name) / "script.txt"
        script.write_text("\n\n".join(f"This is cue {k} of the script, spoken." for k in range(50)))
        arguments = ("--voice", "hibari:heart", "--output", "null", "--script", str(script))
        bridge = ("--set", "bridge.address=127.0.0.1:0")
        with Terminal(Path(name), *arguments, *bridge) as terminal:
            terminal.wait_for("0 clients", 120.0)  # the voice is there
            terminal.type("\x1b")
            terminal.read(0.5)
            terminal.type("\x1b[21~")  # F10
            terminal.wait_for("SPEAKING", 60.0)
            main_process = psutil.Process(terminal.process.pid)
            looks = [look(terminal, main_process) for _ in range(LOOKS)]
            terminal.type("\x11")
            terminal.wait_ended(60.0)
    most = max(looks, key=lambda sizes: sum(sizes.values()))
    parts = ", ".join(f"{name} {size / 1e6:.0f}" for name, size in most.items())
    print(f"memory of all processes: {sum(most.values()) / 1e6:.0f} MB at most ({parts})")


def look(terminal, main_process) -> dict[str, int]:
    """Bytes by process, after two more seconds."""
    import time

    import psutil

    end = time.monotonic() + 2.0
    while (left := end - time.monotonic()) > 0:
        terminal.read(left)
    sizes = {"console": main_process.memory_full_info().pss}
    for number, child in enumerate(main_process.children(recursive=True), start=1):
        try:
            sizes[f"child {number}"] = child.memory_full_info().pss
        except psutil.Error:
            continue
    return sizes


if __name__ == "__main__":
    main()
