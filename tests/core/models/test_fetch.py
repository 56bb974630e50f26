"""A model comes whole or not at all, over a real connection with the faults that those have."""

import hashlib
import os
import random
import shutil
from collections.abc import Generator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from skaldcast.core.errors import ModelError
from skaldcast.core.models.catalogue import CPML, Model, ModelFile
from skaldcast.core.models.fetch import ModelFetch, Progress
from skaldcast.core.models.sources import FolderSource, HttpSource, Source, parse_source
from tests.core.models.mirror import Mirror, serving

CONTENT = {
    "config.json": b'{"model": "small"}',
    "LICENSE.txt": b"be kind",
    "model.pth": random.Random(0).randbytes(5_000_000),
}


def file(name: str, **changes: Any) -> ModelFile:
    digest = hashlib.sha256(CONTENT[name]).hexdigest()
    return ModelFile(
        name, **({"size": len(CONTENT[name]), "sha256": digest, "optional": False} | changes)
    )


MODEL = Model(
    "small",
    "A small model",
    CPML,
    (file("config.json"), file("LICENSE.txt", optional=True), file("model.pth")),
    (),
)


@dataclass
class Fetching:
    """One fetch, and what it told and waited for."""

    folder: Path
    sources: list[Source]
    model: Model = MODEL
    told: list[Progress] = field(default_factory=list[Progress])
    waits: list[float] = field(default_factory=list[float])

    def run(self) -> Path:
        return self._fetch().run()

    def is_whole(self) -> bool:
        return self._fetch().is_whole()

    def _fetch(self) -> ModelFetch:
        return ModelFetch(
            self.model, self.folder, self.sources, self.told.append, self.waits.append
        )


@pytest.fixture
def mirror() -> Generator[Mirror]:
    with serving(dict(CONTENT)) as mirror:
        yield mirror


@pytest.fixture
def fetching(mirror: Mirror, tmp_path: Path) -> Fetching:
    return Fetching(tmp_path / "models", [HttpSource(mirror.address)])


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refused(fetching: Fetching) -> str:
    with pytest.raises(ModelError) as told:
        fetching.run()
    assert "\n" not in str(told.value)
    assert not (fetching.folder / "small").exists()
    return str(told.value)


def part_of(fetching: Fetching) -> Path:
    return fetching.folder / ".small.partial" / "model.pth.part"


def test_a_model_comes_whole_and_leaves_nothing_beside_it(fetching: Fetching):
    assert content(fetching.run()) == CONTENT
    assert {path.name for path in fetching.folder.iterdir()} == {"small", ".small.lock"}
    assert fetching.is_whole()


def test_progress_counts_the_bytes_of_the_model_and_never_goes_back(fetching: Fetching):
    fetching.run()
    fetched = [step.done for step in fetching.told if not step.checking]
    assert fetched == sorted(fetched)
    assert fetched[-1] == MODEL.size == fetching.told[-1].total + len(CONTENT["config.json"]) + 7
    assert fetching.told[-1] == Progress("model.pth", True, 5_000_000, 5_000_000)


def test_redirects_are_followed(fetching: Fetching, mirror: Mirror):
    mirror.redirects = True
    assert content(fetching.run()) == CONTENT


def test_a_server_that_packs_files_is_asked_not_to(fetching: Fetching, mirror: Mirror):
    mirror.packs = True
    assert content(fetching.run()) == CONTENT


def test_a_connection_that_breaks_is_taken_up_where_it_broke(fetching: Fetching, mirror: Mirror):
    mirror.cut_after = [2, 10**9, 10**9, 3_000_000, 1_000_000]
    assert content(fetching.run()) == CONTENT
    begins = [wanted for name, wanted in mirror.requests if name == "model.pth"]
    assert begins == [None, "bytes=3000000-", "bytes=4000000-"]
    assert fetching.waits == [0.5, 0.5, 0.5]


def test_a_source_that_brings_nothing_new_is_given_up_and_resumed_the_next_time(
    fetching: Fetching, mirror: Mirror
):
    mirror.cut_after = [10**9, 10**9, 4_000_000, 0, 0, 0, 0, 0]
    line = refused(fetching)
    assert "cannot be reached" in line
    assert fetching.waits == [0.5, 0.5, 2.0, 5.0, 10.0]
    assert part_of(fetching).stat().st_size == 4_000_000
    mirror.cut_after.clear()
    mirror.requests.clear()
    assert content(fetching.run()) == CONTENT
    assert mirror.requests == [("model.pth", "bytes=4000000-")]


def test_a_server_without_ranges_begins_anew(fetching: Fetching, mirror: Mirror):
    mirror.ranges = False
    mirror.cut_after = [10**9, 10**9, 3_000_000]
    assert content(fetching.run()) == CONTENT
    assert mirror.requests[-1] == ("model.pth", "bytes=3000000-")


def test_a_server_that_does_not_tell_sizes_will_do(fetching: Fetching, mirror: Mirror):
    mirror.chunked = True
    mirror.cut_after = [10**9, 10**9, 3_000_000]
    assert content(fetching.run()) == CONTENT
    assert mirror.requests[-1] == ("model.pth", "bytes=3000000-")


@pytest.mark.parametrize("status", [HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS])
def test_a_server_that_is_busy_is_asked_again(
    status: HTTPStatus, fetching: Fetching, mirror: Mirror
):
    mirror.status = [status, status]
    assert content(fetching.run()) == CONTENT
    assert fetching.waits == [0.5, 2.0]


@pytest.mark.parametrize("size", [4_999_999, 5_000_001])
def test_a_file_of_another_size_is_refused_before_it_comes(
    size: int, fetching: Fetching, mirror: Mirror
):
    mirror.files["model.pth"] = bytes(size)
    assert f"another model.pth: {size} bytes, not 5000000" in refused(fetching)
    assert not any(not step.checking and step.file == "model.pth" for step in fetching.told)


def test_a_file_that_goes_on_for_ever_is_cut_and_refused(fetching: Fetching, mirror: Mirror):
    mirror.chunked = True
    mirror.files["model.pth"] = bytes(50_000_000)
    assert "SHA-256" in refused(fetching)
    assert max(step.done for step in fetching.told) <= MODEL.size


def test_a_file_with_another_checksum_is_refused_and_not_kept(fetching: Fetching, mirror: Mirror):
    mirror.files["model.pth"] = bytes(5_000_000)
    line = refused(fetching)
    assert f"its SHA-256 is {hashlib.sha256(bytes(5_000_000)).hexdigest()}, not " in line
    assert not part_of(fetching).exists()


def test_a_part_of_something_else_is_dropped_and_fetched_anew(fetching: Fetching, mirror: Mirror):
    part_of(fetching).parent.mkdir(parents=True)
    part_of(fetching).write_bytes(bytes(1_000_000))
    assert content(fetching.run()) == CONTENT
    begins = [wanted for name, wanted in mirror.requests if name == "model.pth"]
    assert begins == ["bytes=1000000-", None]


@pytest.mark.parametrize("size", [5_000_000, 5_000_001])
def test_a_part_that_is_all_there_or_more_needs_no_luck(size: int, fetching: Fetching):
    part_of(fetching).parent.mkdir(parents=True)
    part_of(fetching).write_bytes((CONTENT["model.pth"] + b"x")[:size])
    assert content(fetching.run()) == CONTENT


def test_a_file_that_is_not_there_is_told_with_its_address(fetching: Fetching, mirror: Mirror):
    del mirror.files["model.pth"]
    assert f"{mirror.address}/model.pth is not there (404 Not Found)" in refused(fetching)
    assert fetching.waits == []


def test_a_mirror_may_lack_the_licence_but_not_hide_it(fetching: Fetching, mirror: Mirror):
    mirror.status = []
    del mirror.files["LICENSE.txt"]
    assert set(content(fetching.run())) == {"config.json", "model.pth"}
    assert fetching.is_whole()


def test_what_a_server_forbids_is_not_asked_for_again(fetching: Fetching, mirror: Mirror):
    mirror.status = [HTTPStatus.FORBIDDEN]
    assert "is refused (403 Forbidden); try another place" in refused(fetching)
    assert fetching.waits == []


def test_the_next_source_is_asked_where_one_fails(fetching: Fetching, mirror: Mirror):
    nowhere = HttpSource(mirror.address.replace("/models", "/no") + "/no")
    del mirror.files["config.json"]
    with serving(dict(CONTENT)) as second:
        fetching.sources = [nowhere, HttpSource(second.address)]
        assert content(fetching.run()) == CONTENT


def test_where_all_sources_fail_the_first_ones_reason_is_told(fetching: Fetching, mirror: Mirror):
    mirror.files["model.pth"] = b"short"
    with serving({}) as empty:
        fetching.sources.append(HttpSource(empty.address))
        assert "another model.pth: 5 bytes" in refused(fetching)


def test_without_a_network_the_way_on_is_told(fetching: Fetching):
    fetching.sources = [HttpSource("http://127.0.0.1:9/models")]
    assert "cannot be reached (" in refused(fetching)
    assert len(fetching.waits) == 4


def test_a_server_that_says_nothing_is_given_up(fetching: Fetching, mirror: Mirror):
    mirror.hangs = True
    fetching.sources = [HttpSource(mirror.address, timeout_s=0.02)]
    assert "cannot be reached (" in refused(fetching)
    assert len(mirror.requests) == 5


def test_a_proxy_of_no_known_kind_is_told(fetching: Fetching, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "gopher://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert "the proxy that the environment names cannot be used" in refused(fetching)


def test_while_one_fetches_no_other_one_does(fetching: Fetching, mirror: Mirror):
    def meanwhile(_: float) -> None:
        other = Fetching(fetching.folder, fetching.sources)
        assert "another program is fetching" in refused(other)

    mirror.cut_after = [2]
    fetch = ModelFetch(MODEL, fetching.folder, fetching.sources, fetching.told.append, meanwhile)
    assert content(fetch.run()) == CONTENT


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "http://"])
def test_an_address_that_is_none_is_told(address: str, fetching: Fetching):
    fetching.sources = [parse_source(address)]
    refused(fetching)
    assert fetching.waits == []


def test_a_local_copy_is_taken_and_left_as_it_is(fetching: Fetching, tmp_path: Path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for name, data in CONTENT.items():
        (copy / name).write_bytes(data)
    fetching.sources = [parse_source(str(copy))]
    assert content(fetching.run()) == CONTENT == content(copy)


def test_a_local_copy_that_is_cut_short_is_told(fetching: Fetching, tmp_path: Path):
    (tmp_path / "config.json").write_bytes(b"{}")
    fetching.sources = [FolderSource(tmp_path)]
    assert "another config.json: 2 bytes, not 18" in refused(fetching)


def test_a_place_that_is_neither_folder_nor_address_is_told():
    with pytest.raises(ModelError, match="neither a folder nor an address"):
        parse_source("/nowhere/at/all")


def test_what_is_damaged_is_mended_and_the_rest_stays(fetching: Fetching, mirror: Mirror):
    folder = fetching.run()
    damaged = bytearray(CONTENT["model.pth"])
    damaged[4_000_000] ^= 1
    (folder / "model.pth").write_bytes(damaged)
    (folder / "mine.txt").write_text("a note")
    assert not fetching.is_whole()
    mirror.requests.clear()
    assert content(fetching.run()) == CONTENT | {"mine.txt": b"a note"}
    assert mirror.requests == [("model.pth", None)]
    assert {path.name for path in fetching.folder.iterdir()} == {"small", ".small.lock"}


def test_a_model_that_is_here_needs_no_network(fetching: Fetching):
    fetching.run()
    fetching.sources = []
    assert fetching.is_whole()
    assert content(fetching.run()) == CONTENT


def test_too_little_room_is_told_before_anything_comes(
    fetching: Fetching, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
):
    usage = shutil.disk_usage(fetching.folder.parent)._replace(free=4_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    line = refused(fetching)
    assert "needs 5 MB more" in line
    assert "has 4 MB; make room" in line
    assert mirror.requests == []


def test_a_disk_that_fills_up_keeps_what_has_come(
    fetching: Fetching, monkeypatch: pytest.MonkeyPatch
):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        line = refused(fetching)
    assert "No space left on device; what has come is kept" in line
    assert fetching.waits == []
    assert content(fetching.run()) == CONTENT


@pytest.mark.parametrize("name", ["small", ".small.partial", ""])
def test_a_file_in_the_way_is_told(name: str, fetching: Fetching):
    fetching.folder.mkdir()
    if not name:
        fetching.folder.rmdir()
    (fetching.folder / name).touch()
    with pytest.raises(ModelError, match=r"move it away|cannot be used|in the way"):
        fetching.run()


def test_how_much_is_here_counts_the_parts(fetching: Fetching, mirror: Mirror):
    fetch = ModelFetch(MODEL, fetching.folder, fetching.sources, lambda _: None, lambda _: None)
    assert fetch.bytes_here() == 0
    mirror.cut_after = [10**9, 10**9, 2_000_000] + [0] * 10
    refused(fetching)
    assert fetch.bytes_here() == MODEL.size - 3_000_000
    mirror.cut_after = []
    fetching.run()
    assert fetch.bytes_here() == MODEL.size
