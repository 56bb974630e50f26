"""docs/protocol.*: generated from the classes, and its examples are messages."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from skaldcast.bridge.protocol import Error, decode_client, decode_server
from skaldcast.bridge.protocol.auth import answer
from skaldcast.bridge.protocol.handshake import Challenge

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "protocol.md"


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("protocol_docs", ROOT / "tools/protocol_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def examples() -> list[tuple[str, str]]:
    return re.findall(r"^([CS]) (\{.*\})$", REFERENCE.read_text("utf-8"), re.MULTILINE)


def test_the_files_are_what_the_classes_say():
    assert tool().stale() == []


def test_a_file_that_is_not_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    module = tool()
    (tmp_path / "protocol.md").write_text(REFERENCE.read_text("utf-8").replace("a line", "a lime"))
    monkeypatch.setattr(module, "DOCS", tmp_path)
    assert module.main([]) == 0
    assert module.stale() == []
    schema = tmp_path / "protocol.schema.json"
    schema.write_text(schema.read_text("utf-8").replace("200", "201"))
    assert module.main(["--check"]) == 1


def test_the_examples_are_messages():
    assert len(examples()) > 20
    for side, frame in examples():
        message = decode_client(frame) if side == "C" else decode_server(frame)
        assert side == "S" or not isinstance(message, Error), frame


def test_the_example_with_a_password_is_right():
    hello = next(json.loads(frame) for _, frame in examples() if '"auth": {' in frame)
    given = next(json.loads(frame) for _, frame in examples() if '"auth": "' in frame)
    assert given["auth"] == answer("open sesame", Challenge(**hello["auth"]))


def test_every_reference_in_the_schemas_leads_somewhere():
    for name, base in (("protocol.schema.json", "$defs"), ("protocol.asyncapi.json", None)):
        document = json.loads((ROOT / "docs" / name).read_text("utf-8"))
        references = re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))
        assert references
        assert base is None or base in document
        for reference in references:
            place = document
            for part in reference.split("/"):
                place = place[part]
