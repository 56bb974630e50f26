"""Writes what is said about the bridge's protocol from its message classes.

    python tools/protocol_docs.py            # write
    python tools/protocol_docs.py --check    # fail where a file is not what would be written

docs/protocol.schema.json (JSON Schema 2020-12) and docs/protocol.asyncapi.json (AsyncAPI 3.0) are
written whole; in docs/protocol.md what stands between ``<!-- generated: NAME -->`` and
``<!-- end -->``.
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any, get_args

import msgspec

from skaldcast.bridge.protocol import codes, events, handshake, rendering, replies, requests
from skaldcast.bridge.protocol.message import MAX_MESSAGE_BYTES, PROTOCOL, SUBPROTOCOL, Message

DOCS = Path(__file__).resolve().parent.parent / "docs"
Kind = type[Message]
HANDSHAKE: Sequence[Kind] = (handshake.Hello, handshake.Identify, handshake.Identified)
REQUESTS: Sequence[Kind] = get_args(requests.ClientRequest)
REPLIES: Sequence[Kind] = get_args(replies.Reply)
EVENTS: Sequence[Kind] = get_args(events.Event)
FROM_CLIENT: Sequence[Kind] = (handshake.Identify, *REQUESTS)
FILES: Sequence[Kind] = (rendering.RenderWords, rendering.RenderFinished)
FROM_SERVER: Sequence[Kind] = (handshake.Hello, handshake.Identified, *REPLIES, *EVENTS, *FILES)
Schema = dict[str, Any]


def components(reference: str) -> dict[str, Schema]:
    """The schema of every message and of what they are made of, by class name."""
    kinds = [*FROM_CLIENT, *FROM_SERVER]
    _, found = msgspec.json.schema_components(kinds, ref_template=reference + "{name}")
    return {name: _plain(schema) for name, schema in sorted(found.items())}


def _plain(value: Any) -> Any:
    """Descriptions in one line."""
    if isinstance(value, dict):
        return {
            key: " ".join(v.split()) if key == "description" and isinstance(v, str) else _plain(v)
            for key, v in value.items()
        }
    return [_plain(v) for v in value] if isinstance(value, list) else value


def json_schema() -> str:
    """All messages; a client's match ``$defs/client``, a server's ``$defs/server``."""
    definitions = components("#/$defs/")

    def one_of(kinds: Sequence[Kind]) -> Schema:
        return {"anyOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds]}

    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Messages of {SUBPROTOCOL}",
        "$ref": "#/$defs/message",
        "$defs": {
            "message": {"anyOf": [{"$ref": "#/$defs/client"}, {"$ref": "#/$defs/server"}]},
            "client": one_of(FROM_CLIENT),
            "server": one_of(FROM_SERVER),
            **definitions,
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def asyncapi() -> str:
    """The protocol as AsyncAPI describes such: who sends what over which channel."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Skaldcast bridge",
            "version": str(PROTOCOL),
            "description": f"Websocket, subprotocol {SUBPROTOCOL}, JSON in text frames of at most "
            f"{MAX_MESSAGE_BYTES} bytes. docs/protocol.md tells the whole.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:7525", "protocol": "ws"}},
        "channels": {
            "bridge": {
                "address": "/",
                "messages": _by_name(lambda name, _: {"$ref": f"#/components/messages/{name}"}),
            }
        },
        "operations": {
            "fromClient": _operation("receive", FROM_CLIENT, "What a client sends."),
            "fromServer": _operation("send", FROM_SERVER, "What the server sends."),
        },
        "components": {
            "messages": _by_name(
                lambda name, kind: {
                    "name": tag_of(kind),
                    "summary": sentence(kind),
                    "payload": {"$ref": f"#/components/schemas/{name}"},
                }
            ),
            "schemas": components("#/components/schemas/"),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _by_name(about: Callable[[str, Kind], Schema]) -> Schema:
    """What is said about each message, under the name of its class."""
    return {kind.__name__: about(kind.__name__, kind) for kind in (*FROM_CLIENT, *FROM_SERVER)}


def _operation(action: str, kinds: Sequence[Kind], summary: str) -> Schema:
    messages = [{"$ref": f"#/channels/bridge/messages/{kind.__name__}"} for kind in kinds]
    channel = {"$ref": "#/channels/bridge"}
    return {"action": action, "channel": channel, "summary": summary, "messages": messages}


# protocol.md


def markdown(text: str) -> str:
    """`text` with its generated parts written anew."""
    parts: Mapping[str, Callable[[], str]] = {
        "handshake": lambda: messages(HANDSHAKE),
        "requests": lambda: messages(REQUESTS),
        "replies": lambda: messages(REPLIES),
        "events": lambda: messages(EVENTS),
        "files": lambda: messages(FILES),
        "errors": lambda: numbers(codes.ErrorCode),
        "closes": lambda: numbers(codes.CloseCode),
    }
    pattern = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
    found = [match[2] for match in pattern.finditer(text)]
    if sorted(found) != sorted(parts):
        sys.exit(f"protocol_docs: docs/protocol.md must have these parts once: {sorted(parts)}")
    return pattern.sub(lambda m: f"{m[1]}\n{parts[m[2]]()}\n{m[3]}", text)


def messages(kinds: Sequence[Kind]) -> str:
    """Each message with its fields."""
    schemas = components("#/")
    return "\n".join(_message(kind, schemas) for kind in kinds)


def _message(kind: Kind, schemas: Mapping[str, Schema]) -> str:
    schema = schemas[kind.__name__]
    title = f"`{tag_of(kind)}`"
    if tag_of(kind) == "ok" and kind is not replies.Ok:
        title += f" ({kind.__name__})"
    lines = [f"#### {title}", "", sentence(kind), ""]
    fields = {name: row for name, row in schema["properties"].items() if name != "type"}
    if fields:
        lines += ["| field | type | meaning |", "| --- | --- | --- |"]
        for name, row in fields.items():
            needed = "" if name in schema["required"] else "?"
            meaning = _description(row)
            lines.append(f"| `{name}{needed}` | {_type(row, schemas)} | {meaning} |")
        lines.append("")
    return "\n".join(lines)


def _description(row: Schema) -> str:
    if "description" in row:
        return row["description"]
    return next((d for d in map(_description, row.get("anyOf", ())) if d), "")


def _type(row: Schema, schemas: Mapping[str, Schema]) -> str:
    """A field's type and bounds, in words."""
    if "anyOf" in row:
        kinds = [_type(choice, schemas) for choice in row["anyOf"] if choice.get("type") != "null"]
        null = any(choice.get("type") == "null" for choice in row["anyOf"])
        return " or ".join(kinds) + (" or null" if null and "default" not in row else "")
    if "$ref" in row:
        return _type(schemas[row["$ref"].removeprefix("#/")], schemas)
    if "enum" in row:
        return ", ".join(f"`{choice}`" for choice in row["enum"])
    match row.get("type"):
        case "array":
            return f"list of {_type(row['items'], schemas)}"
        case "object" if "properties" in row:
            return "object {" + ", ".join(f"`{name}`" for name in row["properties"]) + "}"
        case "object":
            inner = row.get("additionalProperties")
            return f"object of {_type(inner, schemas)}" if isinstance(inner, dict) else "object"
        case "number" if row.get("multipleOf") == 1:
            return "whole number"
        case "number" | "integer" as kind:
            low, high = row.get("minimum"), row.get("maximum")
            name = "whole number" if kind == "integer" else "number"
            return f"{name} from {low:g} to {high:g}" if None not in (low, high) else name
        case "string" if "maxLength" in row:
            return f"text, up to {row['maxLength']} characters"
        case "string":
            return "text"
        case "boolean":
            return "true or false"
        case _:
            return "any"


def numbers(kind: type[IntEnum]) -> str:
    """A table of codes with what their docstrings say."""
    lines = ["| code | name | meaning |", "| --- | --- | --- |"]
    meanings = member_docs(kind)
    lines += [f"| {m.value} | `{m.name}` | {meanings[m.name]} |" for m in kind]
    return "\n".join(lines) + "\n"


def member_docs(kind: type[Enum]) -> dict[str, str]:
    """The string under each member, which Python itself throws away."""
    (body,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        match before, after:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=text)):
                found[name] = " ".join(str(text).split())
            case _:
                pass
    return found


def sentence(kind: Kind) -> str:
    """A message's docstring, in one line."""
    return " ".join((kind.__doc__ or "").split())


def tag_of(kind: Kind) -> str:
    """A message's `type`."""
    return str(kind.__struct_config__.tag)


def files() -> dict[Path, str]:
    """What each file must be."""
    reference = DOCS / "protocol.md"
    return {
        DOCS / "protocol.schema.json": json_schema(),
        DOCS / "protocol.asyncapi.json": asyncapi(),
        reference: markdown(reference.read_text("utf-8")),
    }


def stale() -> list[Path]:
    """Files that are not what would be written."""
    return [
        path
        for path, text in files().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    if "--check" not in arguments:
        for path, text in files().items():
            path.write_text(text, "utf-8")
        return 0
    for path in stale():
        print(f"{path.name} is not what the messages say: run python tools/protocol_docs.py")
    return 1 if stale() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
