"""What is compiled for the tests of the Unity package, and how it is run."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.tui.command import WAIT_S
from tools.install_dotnet import MONO_API, Dotnet

HERE = Path(__file__).parent
PACKAGE = HERE.parents[2] / "unity_package"
UNITY_CSHARP = "CSharp9"
"""As Unity 2022.3 and 6 compile it."""
RUNTIMES = ("net", "mono")


@dataclass(frozen=True)
class Assembly:
    """One that is compiled."""

    name: str
    files: Sequence[Path]
    uses: Sequence[str] = ()
    executable: bool = False
    documented: bool = False
    """Whether what is public must say what it is."""


def sources(folder: Path) -> list[Path]:
    """The files of a folder, without those of folders inside that are assemblies of their own."""
    inner = [path.parent for path in folder.rglob("*.asmdef") if path.parent != folder]
    found = sorted(folder.rglob("*.cs"))
    return [path for path in found if not any(other in path.parents for other in inner)]


ASSEMBLIES = (
    Assembly("Skaldcast.Core", sources(PACKAGE / "Runtime" / "Core"), documented=True),
    Assembly(
        "Skaldcast.Core.Tests",
        sources(HERE / "units"),
        uses=("Skaldcast.Core",),
        executable=True,
    ),
    Assembly("Game", sources(HERE / "game"), uses=("Skaldcast.Core",), executable=True),
    Assembly("UnityEngine", sources(HERE / "stubs")),
    Assembly("UnityEditor", sources(HERE / "stubs_editor"), uses=("UnityEngine",)),
    Assembly(
        "Skaldcast.Unity",
        sources(PACKAGE / "Runtime"),
        uses=("Skaldcast.Core", "UnityEngine"),
        documented=True,
    ),
    Assembly(
        "Skaldcast.Editor",
        sources(PACKAGE / "Editor"),
        uses=("Skaldcast.Core", "Skaldcast.Unity", "UnityEngine", "UnityEditor"),
        documented=True,
    ),
    Assembly(
        "Skaldcast.Samples.Dialogue",
        sources(PACKAGE / "Samples~" / "Dialogue"),
        uses=("Skaldcast.Core", "Skaldcast.Unity", "UnityEngine"),
        documented=True,
    ),
    Assembly(
        "Layer",
        sources(HERE / "layer"),
        uses=("Skaldcast.Core", "Skaldcast.Unity", "Skaldcast.Samples.Dialogue", "UnityEngine"),
        executable=True,
    ),
)


@dataclass
class Build:
    """What the compiler made."""

    folder: Path
    dotnet: Dotnet
    mono: Path
    told: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """What it said of an assembly, by runtime and name."""

    def command(self, runtime: str, name: str) -> list[str]:
        """How a program is started."""
        path = str(self.folder / runtime / f"{name}.dll")
        if runtime == "mono":
            return [str(self.mono), path]
        return [str(self.dotnet.program), "exec", path]

    def run(
        self, runtime: str, name: str, *arguments: str, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        return subprocess.run(
            [*self.command(runtime, name), *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=WAIT_S * 2,
            env=environment(),
        )


def environment() -> dict[str, str]:
    """With which .NET needs no ICU, and sends nothing anywhere."""
    told = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "DOTNET_CLI_TELEMETRY_OPTOUT": "1"}
    return os.environ | told


def build(dotnet: Dotnet, mono: Path, folder: Path, assemblies: Sequence[Assembly]) -> Build:
    """Compile assemblies for each runtime, each after those that it uses."""
    made = Build(folder, dotnet, mono)
    keys = [(runtime, assembly) for runtime in RUNTIMES for assembly in assemblies]
    for runtime in RUNTIMES:
        (folder / runtime).mkdir(parents=True, exist_ok=True)
    told = compile_all(dotnet, [_job(made, *key) for key in keys])
    for (runtime, assembly), lines in zip(keys, told, strict=True):
        made.told[runtime, assembly.name] = lines
    return made


def compile_all(dotnet: Dotnet, jobs: Sequence[dict[str, object]]) -> list[list[str]]:
    """Do the jobs in one process; returns what the compiler says of each."""
    done = subprocess.run(
        [dotnet.python, HERE / "compiler.py", dotnet.root, dotnet.roslyn],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=WAIT_S * 5,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def job(
    dotnet: Dotnet,
    runtime: str,
    out: Path,
    files: Sequence[Path],
    uses: Sequence[Path] = (),
    language: str = UNITY_CSHARP,
    executable: bool = False,
    documented: bool = False,
) -> dict[str, object]:
    """What compiler.py is to do."""
    return {
        "out": str(out),
        "files": [str(path) for path in files],
        "references": [str(path) for path in (*base_library(dotnet, runtime), *uses)],
        "language": language,
        "executable": executable,
        "documented": documented,
        "defines": ["UNITY_2022_3_OR_NEWER"],
    }


def base_library(dotnet: Dotnet, runtime: str) -> Iterator[Path]:
    """.NET 8, or .NET Framework 4.8, which lacks what is newer than Unity's."""
    if runtime == "mono":
        yield from sorted(MONO_API.glob("*.dll"))
        yield from sorted((MONO_API / "Facades").glob("*.dll"))
        return
    (framework,) = (dotnet.root / "shared" / "Microsoft.NETCore.App").iterdir()
    for path in sorted(framework.glob("*.dll")):
        managed = "Native" not in path.name
        if managed and path.name.startswith(("System.", "mscorlib", "netstandard")):
            yield path


def _job(made: Build, runtime: str, assembly: Assembly) -> dict[str, object]:
    folder = made.folder / runtime
    uses = [folder / f"{name}.dll" for name in assembly.uses]
    return job(
        made.dotnet,
        runtime,
        folder / f"{assembly.name}.dll",
        assembly.files,
        uses,
        executable=assembly.executable,
        documented=assembly.documented,
    )
