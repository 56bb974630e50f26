"""A language model's server that says what it is told to, with the faults that real ones have.

Real HTTP on a real socket: what is tested is the whole way from the bytes to the words.
"""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

Step = bytes | float | None
"""Bytes to send, seconds to wait, or None: hang until the client goes away."""
STREAM = "text/event-stream"


def event(text: str | None = None, finish: str | None = None, **delta: Any) -> bytes:
    """One event of a stream."""
    if text is not None:
        delta["content"] = text
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    data = {"object": "chat.completion.chunk", "choices": [choice]}
    return f"data: {json.dumps(data)}\n\n".encode()


DONE = b"data: [DONE]\n\n"


@dataclass
class Reply:
    """One answer to one request."""

    steps: Iterable[Step] | AsyncIterable[Step] = ()
    status: int = 200
    content_type: str = STREAM
    headers: dict[str, str] = field(default_factory=dict[str, str])
    cut: bool = False
    """Whether the connection ends without the end of the body."""


def words(*pieces: str, finish: str | None = "stop", pause_s: float = 0.0) -> Reply:
    """A sound answer in these pieces."""
    steps: list[Step] = [event(role="assistant", content="")]
    for piece in pieces:
        steps += [pause_s, event(piece)] if pause_s else [event(piece)]
    return Reply([*steps, event(finish=finish), DONE])


def cut(*pieces: str) -> Reply:
    """An answer whose connection breaks after these pieces."""
    return Reply([event(piece) for piece in pieces], cut=True)


def hanging(*pieces: str) -> Reply:
    """An answer that goes silent after these pieces, and stays there."""
    return Reply([*(event(piece) for piece in pieces), None])


def refused(status: int, body: Any, **headers: str) -> Reply:
    """An HTTP error."""
    html = isinstance(body, str)
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply([data], status, "text/html" if html else "application/json", headers)


class ChatServer:
    """Gives `replies` in their order, the last one again and again."""

    def __init__(self, *replies: Reply, models: Iterable[str] = ("tale",)) -> None:
        self.replies = list(replies)
        self.models = list(models)
        self.endpoint = ""
        self.requests: list[dict[str, Any]] = []
        """The bodies, with the headers under ``headers``."""
        self.gone = 0
        """How many clients went away before their answer was complete."""
        self.sent = 0
        """Bytes of bodies that the connection took."""
        self.log: deque[tuple[float, bytes]] = deque(maxlen=10_000)
        """When each piece was sent, on `time.monotonic`, and what it was."""
        self.blocked = False
        """Whether it waits for a client to read."""
        self.send_buffer: int | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def messages(self, index: int = -1) -> list[tuple[str, str]]:
        """What was asked."""
        return [(m["role"], m["content"]) for m in self.requests[index]["messages"]]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.endpoint = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client left, or the test has ended
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if first.startswith("GET"):
            listed = {"object": "list", "data": [{"id": name} for name in self.models]}
            reply = Reply([json.dumps(listed).encode()], content_type="application/json")
        else:
            self.requests.append({**json.loads(body), "headers": headers})
            reply = self.next_reply()
        answering = asyncio.ensure_future(self._send(writer, reply))
        leaving = asyncio.ensure_future(reader.read(1))
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            self.gone += 1
        for work in (answering, leaving):
            work.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)

    def next_reply(self) -> Reply:
        """What to answer to the last of `requests`."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    async def _send(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        if self.send_buffer is not None:
            import socket

            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.send_buffer)
        head = [f"HTTP/1.1 {reply.status} Status", f"Content-Type: {reply.content_type}"]
        head += ["Transfer-Encoding: chunked", "Connection: close"]
        head += [f"{name}: {value}" for name, value in reply.headers.items()]
        writer.write("\r\n".join([*head, "", ""]).encode())
        async for step in _each(reply.steps):
            if step is None:
                await asyncio.Event().wait()
            elif isinstance(step, float):
                await asyncio.sleep(step)
            else:
                self.log.append((time.monotonic(), step))
                writer.write(b"%x\r\n%s\r\n" % (len(step), step))
                self.blocked = True
                await writer.drain()
                self.blocked = False
                self.sent += len(step)
        if not reply.cut:
            writer.write(b"0\r\n\r\n")
        await writer.drain()


async def _each(steps: Iterable[Step] | AsyncIterable[Step]) -> AsyncIterator[Step]:
    if isinstance(steps, AsyncIterable):
        async for step in steps:
            yield step
    else:
        for step in steps:
            yield step


@contextmanager
def serving(*replies: Reply, models: Iterable[str] = ("tale",)) -> Generator[ChatServer]:
    """A server in a thread of its own, for the programs that a test starts."""
    server = ChatServer(*replies, models=models)
    begun, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with server:
            begun.set()
            await ended.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    begun.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()
