"""The parts of the core that have no I/O, each on both runtimes."""

import json
import re
import subprocess
from typing import Any, get_args

from skaldcast.bridge.protocol import Identify, decode_client, encode
from skaldcast.bridge.protocol.events import Event
from skaldcast.bridge.protocol.requests import ClientRequest
from skaldcast.core.types import Outcome
from tests.engine.unity.building import HERE, UNITY_CSHARP, Build, compile_all, job
from tests.tui.command import WAIT_S

ENDED = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)
NEWER = "namespace Later; public class Nothing { }"
"""C# 10."""
MISSING_IN_UNITY = "class Late { string Made => System.Convert.ToHexString(new byte[] { 1 }); }"
OUTSIDE_OF_NET_STANDARD = "class Far { System.Runtime.Remoting.ObjectHandle Made => null; }"
"""In .NET Framework and in .NET 8."""


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


def types_of(built: Build, name: str) -> dict[str, Any]:
    """What references.py tells of an assembly that was compiled against .NET Framework 4.8."""
    dotnet = built.dotnet
    (standard,) = dotnet.root.glob("shared/Microsoft.NETCore.App/*/netstandard.dll")
    script, assembly = HERE / "references.py", built.folder / "mono" / f"{name}.dll"
    done = subprocess.run(
        [dotnet.python, script, dotnet.root, dotnet.roslyn, standard, assembly],
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_core_uses_no_type_outside_of_net_standard(built: Build):
    told = types_of(built, "Skaldcast.Core")
    assert told["standard"] > 2500
    assert "System.Net.WebSockets.ClientWebSocket" in told["used"]
    assert told["missing"] == []


def test_a_type_outside_of_net_standard_is_found(built: Build):
    source = built.folder / "Outside.cs"
    source.write_text(OUTSIDE_OF_NET_STANDARD, "utf-8")
    out = built.folder / "mono" / "Outside.dll"
    assert compile_all(built.dotnet, [job(built.dotnet, "mono", out, [source])]) == [[]]
    assert types_of(built, "Outside")["missing"] == ["System.Runtime.Remoting.ObjectHandle"]


def test_all_unit_tests_pass(built: Build, runtime: str):
    done = built.run(runtime, "Skaldcast.Core.Tests")
    ended = ENDED.search(done.stdout)
    assert ended is not None, done.stdout + done.stderr
    assert int(ended[1]) > 60, done.stdout
    assert int(ended[2]) == 0, done.stdout
    assert done.returncode == 0


def test_every_request_reads_as_it_was_meant(built: Build, runtime: str):
    done = built.run(runtime, "Skaldcast.Core.Tests", "write")
    messages = [decode_client(line) for line in done.stdout.splitlines()]
    assert [type(message) for message in messages] == [Identify, *get_args(ClientRequest)]
    by_type = {type(message).__name__: message for message in messages}
    assert by_type["SayAppend"].text == "text 😀 \ufffd"
    assert by_type["AudioStart"].resume.frame == 2**50
    assert by_type["Identify"].resume.last_seq == 7


def test_every_event_of_a_server_is_known(built: Build, runtime: str):
    kinds = get_args(Event)
    values = {"seq": 5, "time_s": 1.0, "cue_id": "a", "text": "", "start": 0, "duration_s": 1.0}
    values |= {"starts_in_s": 1.0, "word": "", "outcome": Outcome.FAILED, "state": "idle"}
    values |= {"buffered_s": 1.0, "peak": 1.0, "rms": 1.0, "stream": 1, "frame": 1, "frames": 1}
    values |= {"from_frame": 1, "to_frame": 2}
    told = "".join(
        encode(kind(**{name: values[name] for name in kind.__struct_fields__ if name in values}))
        + "\n"
        for kind in kinds
    )
    done = built.run(runtime, "Skaldcast.Core.Tests", "read", stdin=told)
    assert done.stdout.splitlines() == [f"{kind.__name__} 5" for kind in kinds]
