"""100,000 mutated frames through the protocol and a session: each gets an answer, nothing breaks,
and another client's session goes on."""

import json
import os
import random
from typing import get_args

from skaldcast.bridge.connection import Close, ConnectionState, Welcome
from skaldcast.bridge.protocol import Identify
from skaldcast.bridge.protocol.requests import ClientRequest
from tests.bridge.talking import Client, Stage, samples
from tests.core.feeding import World

FRAMES = 100_000
SPLICES = ['"', "{", "}", "[", "]", ",", ":", "\\u0000", "\\ud800", "null", "1e999", "-0", "🐉"]
CUE_IDS = ["a", "b", "c"]


def seeds(source: random.Random) -> list[str]:
    kinds = [Identify, *get_args(ClientRequest)]
    found = [sample for kind in kinds for sample in samples(kind)]
    for sample in found:
        if "cue_id" in sample:
            sample["cue_id"] = source.choice(CUE_IDS)
    return [json.dumps(sample) for sample in found]


def mutated(source: random.Random, frame: str) -> str | bytes:
    """A frame with a few faults, or none."""
    for _ in range(source.choice((0, 1, 1, 2, 4))):
        at = source.randrange(len(frame) + 1)
        to = min(len(frame), at + source.choice((0, 1, 1, 3, 20)))
        match source.randrange(5):
            case 0:
                frame = frame[:at] + frame[to:]
            case 1:
                frame = frame[:at] + source.choice(SPLICES) + frame[to:]
            case 2:
                frame = frame[:at] + chr(source.randrange(0x300)) + frame[at:]
            case 3:
                frame = frame[:at] + frame[at:to] * source.choice((2, 3, 200)) + frame[to:]
            case _:
                frame = frame[:to] + frame[at:]
    return frame.encode("utf-8", "replace") if source.random() < 0.01 else frame


def test_no_frame_breaks_anything():
    seed = 1 if "CI" in os.environ else random.randrange(2**32)
    print(f"seed {seed}")
    source, stage = random.Random(seed), Stage(burst=1e9, sessions=4)
    world = World(24_000)
    stage.hub.offer_audio(world.feed)
    bystander = stage.identified()
    frames, client = seeds(source), stage.client()
    seqs: list[int] = []
    answered = {"ok": 0, "error": 0, "closed": 0}
    for number in range(FRAMES):
        frame = mutated(source, source.choice(frames))
        match client.connection.receive(frame, stage.clock()):
            case Welcome():
                assert client.connection.state is ConnectionState.IDENTIFIED
            case Close():
                answered["closed"] += 1
                client.lose()
                client = again(stage, source)
            case reply:
                client.connection.replied(stage.clock())
                answered[json.loads(reply)["type"]] += 1
        if number % 50 == 0:
            stage.clock.pass_time(0.5)
            move_on(stage, source)
            world.do((source.choice(("push", "open", "hear", "take_back", "clear")), 50))
            stage.hub.send_audio(stage.clock())
            seqs += [event["seq"] for event in bystander.events()]
        if number % 40 == 0:
            client.lose()
            client = again(stage, source)
        if number % 997 == 0:
            assert bystander.ask("say", text="Still here.")["type"] == "ok"
    assert min(answered.values()) > 500, answered
    assert len(seqs) > 1000
    assert seqs == list(range(1, len(seqs) + 1))


def again(stage: Stage, source: random.Random) -> Client:
    """Another client; most are let in."""
    client = stage.client()
    if source.random() < 0.5:
        client.identify()
    return client


def move_on(stage: Stage, source: random.Random) -> None:
    """Let the narrator come to an end with some cues, and forget those that have ended."""
    for cue in stage.speaker.cues:
        if source.random() < 0.7:
            stage.speaker.end(cue)
    stage.tell()
    stage.hub.tick(stage.clock())
    for cue in list(stage.speaker.all.values()):
        if cue.outcome is not None:
            del stage.speaker.all[cue.cue_id]
    stage.speaker.done.clear()
