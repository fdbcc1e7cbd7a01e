"""Which differences between two OpenAPI documents break clients of the older one. Additions do not."""

from collections.abc import Iterator
from typing import Any

_METHODS = ("get", "put", "post", "patch", "delete")
_MAX_DEPTH = 8


def breaking_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Each change that breaks, in a sentence, ordered by address."""
    return sorted(_Comparison(before, after).changes())


class _Comparison:
    def __init__(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        self._before = before
        self._after = after

    def changes(self) -> Iterator[str]:
        for path, operations in self._before["paths"].items():
            for method in _METHODS:
                if method in operations:
                    yield from self._operation(path, method, operations[method])

    def _operation(self, path: str, method: str, old: dict[str, Any]) -> Iterator[str]:
        where = f"{method.upper()} {path}"
        new = self._after["paths"].get(path, {}).get(method)
        if new is None:
            yield f"{where} is gone"
            return
        yield from self._parameters(where, old, new)
        yield from self._body(where, old, new)
        for status, answer in old["responses"].items():
            if status.startswith("2"):
                yield from self._answer(where, status, answer, new["responses"])

    def _parameters(self, where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
        known = {(item["in"], item["name"]): item for item in old.get("parameters", [])}
        now = {(item["in"], item["name"]): item for item in new.get("parameters", [])}
        for place, item in now.items():
            if item.get("required") and not known.get(place, {}).get("required"):
                yield f"{where} needs the parameter {place[1]}"
        for place in known.keys() - now.keys():
            yield f"{where} no longer takes the parameter {place[1]}"

    def _body(self, where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
        given, wanted = _schema(old.get("requestBody")), _schema(new.get("requestBody"))
        if wanted is None:
            if given is not None:
                yield f"{where} no longer takes a body"
        elif given is None:
            if new["requestBody"].get("required"):
                yield f"{where} needs a body"
        else:
            yield from self._request(f"{where} body", given, wanted, 0)

    def _answer(self, where: str, status: str, old: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
        if status not in now:
            yield f"{where} no longer answers {status}"
            return
        before, after = _schema(old), _schema(now[status])
        if before is not None and after is not None:
            yield from self._response(f"{where} answer", before, after, 0)

    def _request(self, where: str, old: dict[str, Any], new: dict[str, Any], depth: int) -> Iterator[str]:
        """What was accepted must be accepted."""
        old, new = self._open(self._before, old), self._open(self._after, new)
        if depth > _MAX_DEPTH:
            return
        for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
            yield f"{where} needs {name}"
        for value in sorted(_values(old) - _values(new)) if _values(new) else []:
            yield f"{where} no longer takes {value}"
        now = new.get("properties", {})
        for name, item in old.get("properties", {}).items():
            if name in now:
                yield from self._request(f"{where}.{name}", item, now[name], depth + 1)
            elif new.get("additionalProperties") is False:
                yield f"{where} no longer takes {name}"
        lost = _types(old) - _types(new)
        if lost and _types(new):
            yield f"{where} no longer takes {', '.join(sorted(lost))}"

    def _response(self, where: str, old: dict[str, Any], new: dict[str, Any], depth: int) -> Iterator[str]:
        """What was answered must be answered; new members and values are additions."""
        old, new = self._open(self._before, old), self._open(self._after, new)
        if depth > _MAX_DEPTH:
            return
        now = new.get("properties", {})
        for name, item in old.get("properties", {}).items():
            if name in now:
                yield from self._response(f"{where}.{name}", item, now[name], depth + 1)
            elif now:
                yield f"{where} lost {name}"
        if "items" in old and "items" in new:
            yield from self._response(f"{where} item", old["items"], new["items"], depth + 1)
        gained = _types(new) - _types(old)
        if gained and _types(old):
            yield f"{where} may be {', '.join(sorted(gained))} now"

    def _open(self, document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema


def _schema(content: dict[str, Any] | None) -> dict[str, Any] | None:
    if content is None:
        return None
    found: dict[str, Any] | None = content.get("content", {}).get("application/json", {}).get("schema")
    return found


def _types(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type")
    if kind is not None:
        return set(kind) if isinstance(kind, list) else {kind}
    return {found for option in schema.get("anyOf", []) for found in _types(option)}


def _values(schema: dict[str, Any]) -> set[str]:
    return {str(value) for value in schema.get("enum", [])}
