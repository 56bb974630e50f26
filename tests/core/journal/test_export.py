"""Transcripts, as they must look to the letter."""

import json
import re
from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.journal.export import subtitles, to_json, to_markdown, to_srt, to_vtt
from skaldcast.core.journal.record import CueRecord, SessionRecord
from skaldcast.core.journal.rows import ChunkRow, CueRow, SessionRow, WordRow

SESSION = SessionRow(
    "5e55", "read", 1_700_000_000.0, 1_700_000_060.0, True, "/story.txt", "ab", "hibari:heart"
)


def cue(number: int, text: str, *chunks: tuple[int, str, float, float], **changes) -> CueRecord:
    row = CueRow("5e55", number, f"c{number}", None, None, None, 1.0, 0, len(text), 0.0, 0.0)
    changes = {"outcome": "finished"} | changes
    rows = tuple(ChunkRow("5e55", number, *chunk) for chunk in chunks)
    words = (WordRow("5e55", number, 0, text.split()[0], chunks[0][2], 0.2),) if chunks else ()
    return CueRecord(replace(row, **changes), text, rows, words)


STORY = SessionRecord(
    SESSION,
    (
        cue(
            0,
            "The gate stood open, and nobody was there to see it. Then --> it fell.",
            (0, "The gate stood open, and nobody was there to see it. ", 0.5, 3.25),
            (53, "Then --> it fell.", 4.0, 1.5),
        ),
        cue(
            1,
            "<b>Who</b> & what\nis there?",
            (0, "<b>Who</b> & what\nis there?", 5.0, 2.0),
            character="Strahd",
        ),
        cue(2, "1. No *one*.", (0, "1. No ", 3600.0, 0.4), outcome="skipped", heard=5),
        cue(3, "Never said.", outcome=None, heard=0),
    ),
)


def test_subrip():
    assert to_srt(STORY) == (
        "1\n"
        "00:00:00,500 --> 00:00:03,750\n"
        "The gate stood open, and nobody was there\n"
        "to see it.\n"
        "\n"
        "2\n"
        "00:00:04,000 --> 00:00:05,000\n"
        "Then → it fell.\n"
        "\n"
        "3\n"
        "00:00:05,000 --> 00:00:07,000\n"
        "<b>Who</b> & what is there?\n"
        "\n"
        "4\n"
        "01:00:00,000 --> 01:00:00,400\n"
        "1. No\n"
        "\n"
    )


def test_webvtt():
    assert to_vtt(STORY) == (
        "WEBVTT\n"
        "\n"
        "00:00:00.500 --> 00:00:03.750\n"
        "The gate stood open, and nobody was there\n"
        "to see it.\n"
        "\n"
        "00:00:04.000 --> 00:00:05.000\n"
        "Then --&gt; it fell.\n"
        "\n"
        "00:00:05.000 --> 00:00:07.000\n"
        "<v Strahd>&lt;b&gt;Who&lt;/b&gt; &amp; what is there?\n"
        "\n"
        "01:00:00.000 --> 01:00:00.400\n"
        "1. No\n"
    )


def test_markdown():
    assert to_markdown(STORY) == (
        "# Session of 2023-11-14 22:13 UTC\n"
        "\n"
        "voice hibari:heart; read from /story.txt\n"
        "\n"
        "The gate stood open, and nobody was there to see it. Then --\\> it fell.\n"
        "\n"
        "**Strahd:** \\<b\\>Who\\</b\\> & what  \n"
        "is there?\n"
        "\n"
        "1\\. No \\*one\\*. *(skipped; not heard: 1 word)*\n"
        "\n"
        "Never said. *(cut off; not heard: 2 words)*\n"
    )


def test_json_has_all_of_it():
    data = json.loads(to_json(STORY))
    assert data["source"] == "/story.txt"
    first = data["cues"][0]
    assert first["text"] == STORY.cues[0].text
    assert first["chunks"][1] == {
        "start": 53,
        "text": "Then --> it fell.",
        "audio_s": 4.0,
        "duration_s": 1.5,
    }
    assert first["words"] == [{"start": 0, "word": "The", "audio_s": 0.5, "duration_s": 0.2}]


@given(
    st.lists(
        st.tuples(st.text(), st.floats(0, 1e5, allow_nan=False), st.floats(0, 100)), max_size=6
    )
)
def test_whatever_is_said_a_transcript_has_one_cue_for_each_subtitle(
    chunks: list[tuple[str, float, float]],
):
    cues = tuple(
        replace(cue(n, "x"), chunks=(ChunkRow("5e55", n, 0, text, at_s, duration_s),))
        for n, (text, at_s, duration_s) in enumerate(chunks)
    )
    record = SessionRecord(SESSION, cues)
    shown = subtitles(record)
    assert all(one.end_s <= other.start_s for one, other in pairwise(shown))
    timing = re.compile(r"^\d\d+:\d\d:\d\d[,.]\d{3} --> \d\d+:\d\d:\d\d[,.]\d{3}$", re.MULTILINE)
    for text in (to_srt(record), to_vtt(record)):
        assert len(timing.findall(text)) == text.count("-->") == len(shown)
        assert text.count("\n\n") >= len(shown)
        assert "\n\n\n" not in text
    json.loads(to_json(record))
    to_markdown(record)
