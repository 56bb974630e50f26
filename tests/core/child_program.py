"""A child process for tests: does what it is asked. ``python -m tests.core.child_program``"""

import os
import subprocess
import sys
import time

from skaldcast.core.channel import ChildChannel

print("a library says hello while it is imported")


def obey(request: tuple[str, object]) -> None:
    match request:
        case ("say", word):
            channel.send(word)
        case ("print", text):
            print(text)
            os.write(1, str(text).encode())
            subprocess.run([sys.executable, "-c", f"print({text!r})"], check=True)
            channel.send("printed")
        case ("read", _):
            channel.send(sys.stdin.read())
        case ("exit", int(status)):
            os._exit(status)
        case ("flood", _):
            while True:
                channel.send(bytes(1_000_000))
        case ("hang", _):
            time.sleep(3600)
        case _:
            raise ValueError(request)


if __name__ == "__main__":
    channel = ChildChannel(obey)
    channel.start()
    channel.send(("ready", os.getpid()))
    time.sleep(3600)  # the reader ends the process
