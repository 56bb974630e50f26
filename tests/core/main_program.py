"""A main process for tests: owns a child process and prints its id, then does nothing."""

import asyncio

from skaldcast.core.child import ChildProcess


async def main() -> None:
    child = ChildProcess(
        "test",
        "tests.core.child_program",
        first_messages=list,
        on_message=lambda message: print(message[1], flush=True),
        on_death=lambda status: None,
        on_lost=print,
    )
    child.start()
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main())
