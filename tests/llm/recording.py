"""Streams of a real model with their timing: recorded through a proxy, replayed by a server.

    python tests/llm/recording.py ENDPOINT MODEL    # writes tests/data/llm/*.jsonl anew

The first line of a recording says what was asked; each other line is `[at_s, bytes]`, seconds since
the request and what came then; the last one `[at_s, "end"]` or `[at_s, "cut"]`.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.chat_server import ChatServer, Reply, Step

FOLDER = Path(__file__).parents[1] / "data" / "llm"
TOKENS_PER_S = 12.0


@dataclass(frozen=True)
class Plan:
    """What the proxy makes of a stream of the real server: 12 events a second, and this."""

    prompt: str
    stalls: Mapping[int, float]
    """Seconds to wait before these events."""
    cut_after: int | None = None
    """Break the connection after so many events."""


PLANS = {
    "plain": Plan("I push the old gate open and step into the courtyard.", {}),
    "early-stall": Plan("I light a lamp and go down the stairs.", {14: 4.0}),
    "two-stalls": Plan("I ask the ferryman to take me across the river.", {9: 3.0, 28: 6.0}),
    "cut": Plan("I follow the wolf tracks into the forest.", {}, 40),
}


@dataclass(frozen=True)
class Recording:
    """One stream."""

    asked: dict[str, Any]
    pieces: list[tuple[float, bytes]]
    cut: bool

    @classmethod
    def load(cls, name: str) -> "Recording":
        lines = (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
        asked, *rows = (json.loads(line) for line in lines)
        pieces = [(at_s, data.encode()) for at_s, data in rows[:-1]]
        return cls(asked, pieces, rows[-1][1] == "cut")

    def save(self, name: str) -> None:
        end_s = self.pieces[-1][0] if self.pieces else 0.0
        rows = [self.asked, *([round(at_s, 3), data.decode()] for at_s, data in self.pieces)]
        rows.append([round(end_s, 3), "cut" if self.cut else "end"])
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (FOLDER / f"{name}.jsonl").write_text(lines, "utf-8")

    @property
    def words(self) -> list[str]:
        """What the model wrote, piece by piece."""
        return [text for _, data in self.pieces for text in words_in(data)]

    def reply(self, scale: float = 1.0) -> Reply:
        """The stream again, in `scale` times its time."""
        steps: list[Step] = []
        last_s = 0.0
        for at_s, data in self.pieces:
            steps += [(at_s - last_s) * scale, data]
            last_s = at_s
        return Reply(steps, cut=self.cut)


def words_in(data: bytes) -> Iterator[str]:
    """The text in a run of events."""
    for line in data.decode().splitlines():
        if line.startswith("data: {"):
            for choice in json.loads(line.removeprefix("data: "))["choices"]:
                if text := choice["delta"].get("content"):
                    yield text


async def paced(events: AsyncIterator[bytes], plan: Plan) -> AsyncIterator[Step]:
    """The proxy: the real server's events, at the pace of a table's machine."""
    count = 0
    async for data in events:
        count += 1
        yield 1 / TOKENS_PER_S + plan.stalls.get(count, 0.0)
        yield data
        if count == plan.cut_after:
            return


async def upstream(endpoint: str, body: dict[str, Any]) -> AsyncIterator[bytes]:
    """The events of the real server, as they come."""
    url = f"{endpoint}/chat/completions"
    async with (
        httpx.AsyncClient(timeout=None, trust_env=False) as client,
        client.stream("POST", url, json=body) as response,
    ):
        rest = b""
        async for block in response.aiter_raw():
            *events, rest = (rest + block.replace(b"\r\n", b"\n")).split(b"\n\n")
            for event in events:
                yield event + b"\n\n"


async def record(endpoint: str, model: str, plan: Plan) -> Recording:
    """Ask the real server through the proxy, and write down what comes and when."""
    system = "You are a narrator. Tell what happens next in a few sentences of plain prose."
    body = {
        "model": model,
        "messages": [
            {"role": "system", "content": system},
            {"role": "user", "content": plan.prompt},
        ],
        "stream": True,
        "temperature": 0.7,
        "seed": 7,
        "max_tokens": 120,
    }
    events = paced(upstream(endpoint, body), plan)
    async with ChatServer(Reply(events, cut=plan.cut_after is not None)) as proxy:
        begun_s = time.monotonic()
        pieces: list[tuple[float, bytes]] = []
        try:
            async for data in upstream(proxy.endpoint, body):
                pieces += ((time.monotonic() - begun_s, data),)
        except httpx.RemoteProtocolError:
            assert plan.cut_after is not None
    asked = {"model": "SmolLM2-135M-Instruct.Q4_1", "prompt": plan.prompt}
    return Recording(asked, pieces, plan.cut_after is not None)


async def main(endpoint: str, model: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, plan in PLANS.items():
        recording = await record(endpoint, model, plan)
        recording.save(name)
        print(name, len(recording.pieces), f"{recording.pieces[-1][0]:.1f} s", recording.words)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
