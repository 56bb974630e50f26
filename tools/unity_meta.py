"""Writes the .meta files of the Unity package.

python tools/unity_meta.py            # write those that are missing, remove those that stand alone
python tools/unity_meta.py --check    # fail where one is missing, wrong or alone

Unity knows an asset by the GUID in its .meta, and scenes of games refer to it: so a GUID must
never change. It is made from the path under which an asset was added; a file that is moved takes
its .meta along. Unity reads nothing in folders whose names end in ~.
"""

import re
import sys
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "unity_package"
NAMESPACE = uuid.UUID("a7a4d5a5-3f3c-5b0e-9c53-52b1c7b0f0ad")
GUID = re.compile(r"^guid: ([0-9a-f]{32})$", re.MULTILINE)
USER = "  externalObjects: {}\n  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
SCRIPT = (
    "MonoImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n"
    "  executionOrder: 0\n  icon: {instanceID: 0}\n"
    "  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
)
IMPORTERS = {
    ".cs": SCRIPT,
    ".asmdef": "AssemblyDefinitionImporter:\n" + USER,
    ".json": "PackageManifestImporter:\n" + USER,
    ".md": "TextScriptImporter:\n" + USER,
}


def assets(package: Path) -> Iterator[Path]:
    """All that Unity imports, folders too."""
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        hidden = any(part.endswith("~") or part.startswith(".") for part in parts)
        if not hidden and path.suffix != ".meta":
            yield path


def meta_of(path: Path) -> Path:
    """Where the .meta of an asset is."""
    return path.with_name(path.name + ".meta")


def meta(path: Path, package: Path) -> str:
    """The .meta of an asset that is new."""
    name = PurePosixPath(path.relative_to(package))
    guid = uuid.uuid5(NAMESPACE, str(name)).hex
    if path.is_dir():
        importer = "folderAsset: yes\nDefaultImporter:\n" + USER
    else:
        importer = IMPORTERS.get(path.suffix, "DefaultImporter:\n" + USER)
    return f"fileFormatVersion: 2\nguid: {guid}\n{importer}"


def faults(package: Path) -> list[str]:
    """What is wrong with the .meta files of a package."""
    found: list[str] = []
    known: dict[str, Path] = {}
    for path in assets(package):
        if not meta_of(path).is_file():
            found.append(f"{path.relative_to(package)} has no .meta")
            continue
        match = GUID.search(meta_of(path).read_text("utf-8"))
        if match is None:
            found.append(f"{path.relative_to(package)} has a .meta without a GUID")
        elif match[1] in known:
            other = known[match[1]].relative_to(package)
            found.append(f"{path.relative_to(package)} has the GUID of {other}")
        else:
            known[match[1]] = path
    alone = [path.relative_to(package) for path in lonely(package)]
    return [*found, *(f"{path} belongs to nothing" for path in alone)]


def lonely(package: Path) -> list[Path]:
    """.meta files without their assets."""
    wanted = {meta_of(path) for path in assets(package)}
    return sorted(set(package.rglob("*.meta")) - wanted)


def main(arguments: Sequence[str]) -> int:
    if "--check" not in arguments:
        for path in lonely(PACKAGE):
            path.unlink()
        for path in assets(PACKAGE):
            if not meta_of(path).exists():
                meta_of(path).write_text(meta(path, PACKAGE), "utf-8")
    found = faults(PACKAGE)
    for fault in found:
        print(f"unity_package: {fault}: run python tools/unity_meta.py")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
