"""The parts of the core that have no I/O, each on both runtimes."""

import re

from tests.engine.unity.building import UNITY_CSHARP, Build, compile_all, job

ENDED = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)
NEWER = "namespace Later; public class Nothing { }"
"""C# 10."""
MISSING_IN_UNITY = "class Late { string Made => System.Convert.ToHexString(new byte[] { 1 }); }"


def test_every_assembly_compiles_as_unity_compiles_it_without_a_warning(built: Build):
    assert {key: lines for key, lines in built.told.items() if lines} == {}


def test_what_is_newer_than_unity_does_not_compile(built: Build):
    later, missing = built.folder / "Later.cs", built.folder / "Missing.cs"
    later.write_text(NEWER, "utf-8")
    missing.write_text(MISSING_IN_UNITY, "utf-8")
    out = built.folder / "None.dll"
    jobs = [
        job(built.dotnet, "mono", out, [later], language=UNITY_CSHARP),
        job(built.dotnet, "mono", out, [later], language="CSharp10"),
        job(built.dotnet, "mono", out, [missing]),
        job(built.dotnet, "net", out, [missing]),
    ]
    in_9, in_10, on_mono, on_net = compile_all(built.dotnet, jobs)
    assert "CS8773" in in_9[0]
    assert not in_10
    assert "ToHexString" in on_mono[0]
    assert not on_net


def test_all_unit_tests_pass(built: Build, runtime: str):
    done = built.run(runtime, "Skaldcast.Core.Tests")
    ended = ENDED.search(done.stdout)
    assert ended is not None, done.stdout + done.stderr
    assert int(ended[1]) > 60, done.stdout
    assert int(ended[2]) == 0, done.stdout
    assert done.returncode == 0
