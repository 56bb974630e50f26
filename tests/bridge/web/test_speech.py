"""OpenAI's forms of speech, asked for by OpenAI's own client of a server with a real narrator."""

import asyncio
import base64
import contextlib
import io
import json
import os
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import openai
import pytest
import soundfile

from skaldcast.bridge.web.options import WebLimits, WebOptions
from skaldcast.bridge.web.server import WebServer
from skaldcast.bridge.web.tokens import TokenStore
from skaldcast.core.narrator import Narrator
from skaldcast.core.narrator_options import NarratorOptions
from skaldcast.core.sound_encoding import FORMS
from tests.core.narrating import FAST, run, until
from tests.core.simulation import sentences
from tests.core.test_sound_encoding import decoded

TEXT = "The gate stood open, and nobody was there."
TEXT_S = len(TEXT) * 0.065


@contextlib.asynccontextmanager
async def serving(
    options: NarratorOptions = FAST, **web: Any
) -> AsyncGenerator[tuple[openai.AsyncOpenAI, Narrator]]:
    async with Narrator(options) as narrator:
        tokens = TokenStore(Path(os.devnull))
        server = WebServer(narrator, WebOptions(port=0, **web), tokens)
        await server.start()
        client = openai.AsyncOpenAI(
            base_url=f"{server.url}/v1", api_key="any", max_retries=0, timeout=60
        )
        try:
            yield client, narrator
        finally:
            await client.close()
            await server.close()


async def spoken(client: openai.AsyncOpenAI, text: str = TEXT, **rest: Any) -> bytes:
    asked = {"model": "tts-1", "voice": "alloy", "input": text, **rest}
    return (await client.audio.speech.create(**asked)).content


def length_s(data: bytes) -> float:
    samples, rate = decoded(data)
    return samples.size / rate


@pytest.mark.parametrize("form", [name for name in FORMS if name != "pcm"])
def test_each_form_is_the_whole_of_the_speech(form: str):
    async def work() -> None:
        async with serving() as (client, _):
            data = await spoken(client, response_format=form)
            assert length_s(data) == pytest.approx(TEXT_S, abs=0.15)

    run(work)


def test_it_is_streamed_while_it_is_being_made():
    async def work() -> None:
        async with serving(replace(FAST, voice="tone?rtf=0.2&latency=0")) as (client, narrator):
            stream = client.audio.speech.with_streaming_response.create(
                model="tts-1", voice="alloy", input=sentences(range(8)), response_format="pcm"
            )
            async with stream as response:
                assert response.headers["content-type"] == "audio/pcm"
                parts = response.iter_bytes(4_096)
                await anext(parts)
                (rendition,) = narrator._running.renderer._renditions  # pyright: ignore
                assert not rendition.ended
                assert not rendition.cut_whole

    run(work)


def test_many_at_once_do_not_mix():
    async def work() -> None:
        options = replace(FAST, voice="hibari:heart")
        texts = ["Come in.", "Nobody moved at all.", "The lamps went out."]
        async with serving(options) as (client, _):
            alone = [await spoken(client, text, response_format="pcm") for text in texts]
            asked = (spoken(client, text, response_format="pcm") for text in texts)
            assert await asyncio.gather(*asked) == alone

    run(work)


def test_who_goes_gets_no_more_and_nobody_waits_for_it():
    async def work() -> None:
        async with serving(replace(FAST, voice="tone?rtf=0.5&latency=0")) as (client, narrator):
            stream = client.audio.speech.with_streaming_response.create(
                model="tts-1", voice="alloy", input=sentences(range(40)), response_format="pcm"
            )
            renderer = narrator._running.renderer  # pyright: ignore
            async with stream as response:
                await anext(response.iter_bytes(4_096))
                (rendition,) = renderer._renditions  # pyright: ignore
                assert not rendition.ended
            await until(lambda: rendition.ended)
            assert length_s(await spoken(client)) == pytest.approx(TEXT_S, abs=0.15)
            assert rendition not in renderer._renditions  # pyright: ignore

    run(work)


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"voice": "nobody"}, "voice"),
        ({"response_format": "midi"}, "response_format"),
        ({"speed": 4.0}, "speed"),
    ],
)
def test_what_cannot_be_done_is_told_in_openais_form(wrong: dict[str, Any], param: str):
    async def work() -> None:
        async with serving() as (client, _):
            with pytest.raises(openai.BadRequestError) as refused:
                await spoken(client, **wrong)
            assert refused.value.param == param
            assert refused.value.code == "invalid_value"

    run(work)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"input": ""}', b'{"input": 5}', b"\xff", b"{" * 100_000]
)
def test_a_body_that_is_no_request_is_refused(body: bytes):
    async def work() -> None:
        async with serving() as (client, _):
            url = f"{client.base_url}audio/speech"
            async with aiohttp.request("POST", url, data=body) as answer:
                assert answer.status == 400
                assert (await answer.json())["error"]["type"] == "invalid_request_error"

    run(work)


def test_a_giant_body_is_refused():
    async def work() -> None:
        async with serving(limits=WebLimits(body_bytes=10_000)) as (client, _):
            with pytest.raises(openai.APIStatusError) as refused:
                await spoken(client, "x" * 20_000)
            assert refused.value.status_code == 413

    run(work)


def test_names_of_openais_mean_the_voices_of_the_settings():
    async def work() -> None:
        voices = {"nova": "tone", "shimmer": "nobody"}
        async with serving(voices=voices) as (client, _):
            assert await spoken(client, voice="nova")
            assert await spoken(client, voice="alloy")
            with pytest.raises(openai.BadRequestError):
                await spoken(client, voice="shimmer")

    run(work)


def test_models_and_voices_are_listed():
    async def work() -> None:
        async with serving() as (client, _):
            models = [model.id async for model in client.models.list()]
            assert {"tone", "hibari", "tts-1"} <= set(models)
            url = f"{client.base_url}audio/voices"
            async with aiohttp.request("GET", url) as answer:
                ids = {row["id"] for row in (await answer.json())["voices"]}
            assert {"tone:tone", "hibari:heart", "alloy"} <= ids

    run(work)


def test_speech_as_server_sent_events():
    async def work() -> None:
        async with serving() as (client, _):
            body = {"input": TEXT, "response_format": "wav", "stream_format": "sse"}
            url = f"{client.base_url}audio/speech"
            async with aiohttp.request("POST", url, json=body) as answer:
                events = [
                    json.loads(event.removeprefix("data: "))
                    for event in (await answer.text()).split("\n\n")
                    if event
                ]
            assert events[-1]["type"] == "speech.audio.done"
            data = b"".join(base64.b64decode(event["audio"]) for event in events[:-1])
            samples, rate = soundfile.read(io.BytesIO(data))
            assert samples.size / rate == pytest.approx(TEXT_S, abs=0.02)
            assert np.abs(samples).max() > 0.1

    run(work)


def test_a_voice_that_breaks_in_the_middle_breaks_the_answer_off():
    async def work() -> None:
        async with serving(replace(FAST, voice="tone?rtf=0.2&latency=0")) as (client, narrator):
            stream = client.audio.speech.with_streaming_response.create(
                model="tts-1", voice="alloy", input=sentences(range(20)), response_format="pcm"
            )
            async with stream as response:
                parts = response.iter_bytes(4_096)
                await anext(parts)
                await narrator.close()
                with pytest.raises(Exception, match="peer closed connection"):
                    async for _ in parts:
                        pass

    run(work)
