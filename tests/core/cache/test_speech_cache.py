"""Speech on disk: what comes back, what goes, and what may happen to the files meanwhile."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaldcast.core.cache.speech_cache import SpeechCache
from skaldcast.core.cache.speech_file import CachedSpeech, decode, encode
from skaldcast.core.errors import StorageError
from skaldcast.core.types import WordTime

ROOMY = 1 << 30
SIZE = len(encode("0" * 64, CachedSpeech(np.zeros(1000, np.float32), 24_000)))


def key(number: int) -> str:
    return f"{number % 7:02x}{number:062x}"


def speech(number: int = 0, frames: int = 1000) -> CachedSpeech:
    rng = np.random.default_rng(number)
    return CachedSpeech(rng.uniform(-1, 1, frames).astype(np.float32), 24_000)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def opened(folder: Path, max_bytes: int = ROOMY) -> SpeechCache:
    cache = SpeechCache(folder, max_bytes=max_bytes)
    cache.open()
    return cache


@given(
    st.binary(max_size=400).map(lambda data: data[: len(data) // 4 * 4]),
    st.integers(1, 2**32 - 1),
    st.lists(
        st.builds(
            WordTime, *[st.integers(0, 2**32 - 1)] * 2, *[st.floats(0, 1e6, allow_nan=False)] * 2
        )
    ),
)
def test_what_is_decoded_is_what_was_encoded_bit_for_bit(
    data: bytes, sample_rate: int, words: list[WordTime]
):
    samples = np.frombuffer(data, np.float32)
    back = decode(key(1), encode(key(1), CachedSpeech(samples, sample_rate, tuple(words))))
    assert back.samples.tobytes() == data
    assert (back.samples.dtype, back.samples.ndim) == (np.float32, 1)
    assert (back.sample_rate, back.words) == (sample_rate, tuple(words))


@given(st.data())
def test_a_file_that_was_changed_anywhere_or_cut_is_noticed(data: st.DataObject):
    good = encode(key(1), speech(frames=20))
    if data.draw(st.booleans()):
        broken = good[: data.draw(st.integers(0, len(good) - 1))]
    else:
        at = data.draw(st.integers(0, len(good) - 1))
        broken = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    with pytest.raises(ValueError, match=r"it is|its length"):
        decode(key(1), broken)


def test_what_was_put_is_there_in_the_next_session(tmp_path: Path):
    words = (WordTime(0, 5, 0.1, 0.4),)
    kept = CachedSpeech(speech().samples, 22_050, words)
    opened(tmp_path).put(key(1), kept)
    cache = SpeechCache(tmp_path, max_bytes=ROOMY)
    assert key(1) not in cache  # nothing is known before it looks
    cache.open()
    assert key(1) in cache
    back = cache.get(key(1))
    assert back is not None
    assert back.samples.tobytes() == kept.samples.tobytes()
    assert (back.sample_rate, back.words) == (22_050, words)


def test_hits_and_misses_are_counted(tmp_path: Path):
    cache = opened(tmp_path)
    assert cache.get(key(1)) is None
    cache.put(key(1), speech())
    assert cache.get(key(1)) is not None
    statistics = cache.statistics()
    assert (statistics.entries, statistics.bytes) == (1, SIZE)
    assert (statistics.hits, statistics.misses, statistics.evictions) == (1, 1, 0)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-7]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("a letter to my aunt" * 100),
        lambda path: path.write_bytes(encode(key(2), speech(2))),
    ],
    ids=["cut off", "empty", "foreign", "under another name"],
)
def test_a_broken_file_is_a_miss_and_goes(spoil, tmp_path: Path):
    cache = opened(tmp_path)
    cache.put(key(1), speech())
    spoil(files(tmp_path)[0])
    assert cache.get(key(1)) is None
    assert key(1) not in cache
    assert files(tmp_path) == []


def test_the_least_recently_used_go_first(tmp_path: Path):
    cache = opened(tmp_path, 10 * SIZE)
    for number in range(10):
        cache.put(key(number), speech(number))
    cache.get(key(0))
    cache.put(key(10), speech(10))
    assert key(0) in cache
    assert key(10) in cache
    assert key(1) not in cache
    statistics = cache.statistics()
    assert statistics.bytes <= 10 * SIZE
    assert statistics.evictions == 11 - statistics.entries
    assert len(files(tmp_path)) == statistics.entries


def test_what_was_used_is_known_in_the_next_session(tmp_path: Path):
    cache = opened(tmp_path)
    for number in range(10):
        cache.put(key(number), speech(number))
    cache.get(key(0))
    smaller = opened(tmp_path, 3 * SIZE)
    assert key(0) in smaller
    assert key(1) not in smaller


def test_a_wall_clock_that_is_set_back_does_not_make_the_new_the_oldest(tmp_path: Path):
    times = iter(range(2 * 10**18, 0, -(10**17)))
    cache = SpeechCache(tmp_path, max_bytes=2 * SIZE, time_ns=lambda: next(times))
    for number in (1, 2, 3):
        cache.put(key(number), speech(number))
    assert key(3) in cache
    assert key(1) not in cache


def test_speech_larger_than_all_the_room_is_not_kept(tmp_path: Path):
    cache = opened(tmp_path, SIZE - 1)
    cache.put(key(1), speech())
    assert files(tmp_path) == []
    assert cache.statistics().entries == 0


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "A" * 64, "g" * 64, "0" * 63])
def test_what_is_no_key_names_no_file(name: str, tmp_path: Path):
    cache = opened(tmp_path)
    assert name not in cache
    for call in (cache.get, lambda key: cache.put(key, speech())):
        with pytest.raises(ValueError, match="no key"):
            call(name)
    assert files(tmp_path) == []


def test_what_a_crash_left_half_written_goes_and_what_is_being_written_stays(tmp_path: Path):
    (tmp_path / "ab").mkdir()
    old, fresh = tmp_path / "ab" / "x.tmp", tmp_path / "ab" / "y.tmp"
    old.write_bytes(b"half")
    os.utime(old, (0, 0))
    fresh.write_bytes(b"half")
    opened(tmp_path)
    assert files(tmp_path) == [fresh]


def test_files_of_others_are_neither_counted_nor_removed(tmp_path: Path):
    (tmp_path / "voices").mkdir()
    other = tmp_path / "voices" / f"{key(1)}.speech"
    other.write_bytes(b"mine")
    cache = opened(tmp_path)
    assert cache.statistics().entries == 0
    assert cache.clear() == 0
    assert other.exists()


def test_a_folder_that_cannot_be_written_is_told_once_and_costs_nothing_more(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    cache = opened(tmp_path / "file" / "cache")
    with pytest.raises(StorageError, match=r"speech cannot be kept in .*; it is made anew") as told:
        cache.put(key(1), speech())
    assert "\n" not in str(told.value)
    cache.put(key(2), speech())
    assert key(2) not in cache
    assert cache.get(key(2)) is None


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from skaldcast.core.cache.speech_cache import SpeechCache
from skaldcast.core.cache.speech_file import CachedSpeech
from skaldcast.core.errors import StorageError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
cache = SpeechCache(Path(sys.argv[1]), max_bytes=1 << 30)
told = []
for number in range(3):
    try:
        cache.put(f"{number:064x}", CachedSpeech(np.ones(4000, np.float32), 24000))
    except StorageError as error:
        told.append(error)
print(len(told), cache.statistics().entries)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
def test_a_full_disk_is_told_once_and_leaves_nothing_half_written(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1", "0"]
    assert files(tmp_path) == []


TWO_PROCESSES = """
import sys
from pathlib import Path
import numpy as np
from skaldcast.core.cache.speech_cache import SpeechCache
from skaldcast.core.cache.speech_file import CachedSpeech
start, size, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
cache = SpeechCache(folder, max_bytes=20 * size)
wrong = 0
for number in range(300):
    key = f"{(number * 7 + start) % 60:064x}"
    got = cache.get(key)
    wanted = np.full(1000, int(key, 16), np.float32)
    if got is None:
        cache.put(key, CachedSpeech(wanted, 24000))
    elif not np.array_equal(got.samples, wanted):
        wrong += 1
print(wrong, cache.statistics().evictions)
"""


def test_two_processes_put_and_evict_at_once_and_neither_hears_anything_wrong(tmp_path: Path):
    command = [sys.executable, "-c", TWO_PROCESSES]
    both = [
        subprocess.Popen([*command, start, str(SIZE), str(tmp_path)], stdout=-1, text=True)
        for start in ("0", "31")
    ]
    for process in both:
        out, _ = process.communicate(timeout=60)
        wrong, evictions = map(int, out.split())
        assert process.returncode == 0
        assert wrong == 0
        assert evictions > 0
    left = files(tmp_path)
    assert not [path for path in left if path.suffix == ".tmp"]
    # Each process may be over by a sixteenth before it looks at what the other one put.
    assert sum(path.stat().st_size for path in left) <= 20 * SIZE * (1 + 2 / 16) + 2 * SIZE
    assert opened(tmp_path, 20 * SIZE).statistics().bytes <= 20 * SIZE


def test_an_entry_that_another_process_removed_is_a_miss(tmp_path: Path):
    cache = opened(tmp_path)
    cache.put(key(1), speech())
    opened(tmp_path).clear()
    assert key(1) in cache
    assert cache.get(key(1)) is None
    assert key(1) not in cache


def test_an_entry_that_another_process_put_is_found(tmp_path: Path):
    cache = opened(tmp_path)
    opened(tmp_path).put(key(1), speech())
    assert cache.get(key(1)) is not None
    assert key(1) in cache


def test_clearing_removes_all_speech_and_says_how_much(tmp_path: Path):
    cache = opened(tmp_path)
    for number in range(3):
        cache.put(key(number), speech(number))
    assert cache.clear() == 3
    assert files(tmp_path) == []
    assert cache.statistics().bytes == 0
