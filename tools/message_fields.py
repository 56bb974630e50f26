"""What msgspec knows of the fields of a message, without the wrapping.

Called by tools/csharp_protocol.py.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import inspect


def bare(kind: Any) -> Any:
    """A type without what is said about it, and without None."""
    match kind:
        case inspect.Metadata(type=inner):
            return bare(inner)
        case inspect.UnionType(types=types):
            (inner,) = (each for each in types if not isinstance(each, inspect.NoneType))
            return bare(inner)
        case _:
            return kind


def is_optional(kind: Any) -> bool:
    match kind:
        case inspect.Metadata(type=inner):
            return is_optional(inner)
        case inspect.UnionType(types=types):
            return any(isinstance(each, inspect.NoneType) for each in types)
        case _:
            return False


def meaning_of(kind: Any) -> str:
    match kind:
        case inspect.Metadata(type=inner, extra_json_schema=schema):
            return (schema or {}).get("description", "") or meaning_of(inner)
        case inspect.UnionType(types=types):
            return next((told for told in map(meaning_of, types) if told), "")
        case _:
            return ""


def fields_of(kind: type) -> list[Any]:
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    return list(found.fields)


def parts_of(kinds: Sequence[type]) -> list[type]:
    """The structs inside of messages."""
    found: dict[type, None] = {}
    for kind in kinds:
        for field in fields_of(kind):
            inner = bare(field.type)
            if isinstance(inner, inspect.ListType):
                inner = bare(inner.item_type)
            if isinstance(inner, inspect.StructType):
                found[inner.cls] = None
    return list(found)
