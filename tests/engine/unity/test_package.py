"""The package's files as Unity's package manager and importer see them. Needs no runtime."""

import json
import shutil
import tomllib
from pathlib import Path

from tests.engine.unity.building import PACKAGE
from tools import unity_meta

ROOT = PACKAGE.parent


def read(path: Path) -> dict[str, object]:
    return json.loads(path.read_text("utf-8"))


def test_the_manifest_says_what_the_project_says():
    manifest = read(PACKAGE / "package.json")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert manifest["version"] == project["version"]
    assert manifest["license"] == project["license"]
    assert manifest["unity"] == "2022.3"
    assert (PACKAGE / "LICENSE.md").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")


def test_every_sample_is_there_and_listed():
    listed = [sample["path"] for sample in read(PACKAGE / "package.json")["samples"]]
    assert listed == [f"Samples~/{path.name}" for path in (PACKAGE / "Samples~").iterdir()]


def test_assemblies_refer_to_each_other_and_the_core_to_none():
    found = {path.stem: read(path) for path in PACKAGE.rglob("*.asmdef")}
    for name, definition in found.items():
        assert definition["name"] == name
        assert set(definition["references"]) <= set(found)
    assert found["Skaldcast.Core"]["references"] == []
    assert found["Skaldcast.Core"]["noEngineReferences"] is True
    assert found["Skaldcast.Editor"]["includePlatforms"] == ["Editor"]


def test_the_core_uses_neither_unity_nor_what_cannot_be_compiled_ahead_of_time():
    for path in (PACKAGE / "Runtime" / "Core").glob("*.cs"):
        text = path.read_text("utf-8")
        for word in (
            "UnityEngine",
            "System.Reflection",
            "dynamic ",
            "Activator",
            "System.Text.Json",
        ):
            assert word not in text, path.name


def test_every_asset_has_a_meta_with_a_guid_of_its_own():
    assert unity_meta.faults(PACKAGE) == []


def test_a_meta_that_is_missing_alone_or_a_copy_is_found(tmp_path: Path):
    package = shutil.copytree(PACKAGE, tmp_path / "package")
    scripts = sorted((package / "Runtime").glob("*.cs"))
    unity_meta.meta_of(scripts[0]).unlink()
    shutil.copy(unity_meta.meta_of(scripts[1]), unity_meta.meta_of(scripts[2]))
    (package / "gone.cs.meta").write_text("guid: 0", "utf-8")
    told = unity_meta.faults(package)
    assert len(told) == 3
    assert all(path.name in told[at] for at, path in ((0, scripts[0]), (1, scripts[2])))
    assert "gone.cs.meta" in told[2]


def test_a_guid_is_the_same_wherever_it_is_made(tmp_path: Path):
    made = tmp_path / "Runtime"
    made.mkdir()
    found = unity_meta.GUID.search(unity_meta.meta(made, tmp_path))
    kept = unity_meta.GUID.search((PACKAGE / "Runtime.meta").read_text("utf-8"))
    assert found is not None
    assert kept is not None
    assert found[1] == kept[1]
