"""A game that starts the engine hidden, says a line, hears that it is being spoken and has another
made into a file; then it tells so on standard output and lives on until it is killed.

    python -m tests.tui.game PORT_FILE ENGINE...
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from skaldcast.bridge.client import BridgeClient
from skaldcast.bridge.protocol.events import CueStarted

LINE = "The gate stood open, and beyond it the road ran down to the sea. " * 4
WAIT_S = 60.0
"""Only an engine that hangs takes so long."""


def main(port_file: Path, *engine: str) -> None:
    process = subprocess.Popen(
        [
            *(*engine, "--no-tui", "--voice", "tone?rtf=0&latency=0", "--output", "null"),
            *("--port-file", str(port_file), "--parent", str(os.getpid())),
        ],
        stdin=subprocess.DEVNULL,
    )
    end = time.monotonic() + WAIT_S
    while not port_file.exists():
        assert process.poll() is None, "the engine has ended"
        assert time.monotonic() < end, "the engine hangs"
        time.sleep(0.005)  # as a game looks once in each frame
    told = json.loads(port_file.read_text("utf-8"))
    asyncio.run(_say(told["url"], told["password"]))


async def _say(url: str, password: str) -> None:
    async with BridgeClient(url, password=password) as client:
        events = client.events()
        await client.say(LINE)
        while not isinstance(await anext(events), CueStarted):
            pass
        made = await client.render("Come in.")
        assert made.data.startswith(b"OggS"), "a line has no file"
        print("it speaks", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
