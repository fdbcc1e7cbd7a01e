"""Tools and resources are methods of groups; a mark on a method says how it is offered."""

import inspect
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any, Self, TypeVar, cast

from mcp.server import MCPServer
from mcp.server.mcpserver.context import Context
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, ValidationError

from ntro.types.validation import in_words
from ntro.workspace.errors import NotFoundError, NtroError
from ntro_mcp.caller import Caller, Callers
from ntro_mcp.errors import ToolUsageError, in_text, refusal

_TOOL = "__ntro_tool__"
_RESOURCE = "__ntro_resource__"
JSON = "application/json"

MethodT = TypeVar("MethodT", bound=Callable[..., Coroutine[Any, Any, Any]])


@dataclass(frozen=True, slots=True)
class ToolMark:
    """How a method is offered as a tool. What it does is its docstring."""

    name: str
    title: str
    hints: ToolAnnotations


@dataclass(frozen=True, slots=True)
class ResourceMark:
    """How a method is offered as a resource; braces in the address are its arguments."""

    uri: str
    title: str
    mime_type: str = JSON


class Group:
    """Tools or resources about one thing."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    async def caller(self) -> Caller:
        """Who calls now."""
        return await self._callers.current()


def tool(name: str, *, title: str, hints: ToolAnnotations) -> Callable[[MethodT], MethodT]:
    """Marks a method of a group as a tool."""
    return _marker(_TOOL, ToolMark(name, title, hints))


def resource(uri: str, *, title: str, mime_type: str = JSON) -> Callable[[MethodT], MethodT]:
    """Marks a method of a group as a resource."""
    return _marker(_RESOURCE, ResourceMark(uri, title, mime_type))


def tools_of(group: Group) -> list[Tool]:
    """The tools of a group, in the order of its class."""
    return [_tool(getattr(group, name), mark) for name, mark in _marks(group, _TOOL)]


def add_resources(server: MCPServer, group: Group) -> None:
    """Offers the resources of a group, in the order of its class."""
    for name, mark in _marks(group, _RESOURCE):
        method = getattr(group, name)
        offer = server.resource(
            mark.uri, name=name, title=mark.title, description=inspect.getdoc(method), mime_type=mark.mime_type
        )
        offer(_told(method))


def as_json(value: object) -> str:
    """Indented JSON of a model, or of a list or object of models."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False)


class StrictTool(Tool):
    """A tool that refuses arguments it does not know, and whose errors say what to do next."""

    @classmethod
    def from_function(cls, *given: Any, **options: Any) -> Self:
        made = cast("Self", super().from_function(*given, **options))
        arguments = made.fn_metadata.arg_model
        arguments.model_config["extra"] = "forbid"
        arguments.model_rebuild(force=True)
        made.parameters = arguments.model_json_schema(by_alias=True)
        return made

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            told = self._refusal(error.__cause__)
            if told is None:
                raise
            return told

    def _refusal(self, cause: BaseException | None) -> CallToolResult | None:
        if isinstance(cause, NtroError):
            return refusal(cause)
        if isinstance(cause, ValidationError):
            said = ToolUsageError(f"The arguments of {self.name} do not fit: {in_words(cause)}.", code="invalid")
            return refusal(said)
        return None


def _tool(method: Callable[..., Any], mark: ToolMark) -> Tool:
    return StrictTool.from_function(
        method, name=mark.name, title=mark.title, description=inspect.getdoc(method), annotations=mark.hints
    )


def _marker(attribute: str, mark: object) -> Callable[[MethodT], MethodT]:
    def put(method: MethodT) -> MethodT:
        setattr(method, attribute, mark)
        return method

    return put


def _marks(group: Group, attribute: str) -> list[tuple[str, Any]]:
    members = vars(type(group)).items()
    return [(name, mark) for name, member in members if (mark := getattr(member, attribute, None)) is not None]


def _told(method: Callable[..., Coroutine[Any, Any, str]]) -> Callable[..., Coroutine[Any, Any, str]]:
    @wraps(method)
    async def read(*given: Any, **named: Any) -> str:
        try:
            return await method(*given, **named)
        except NotFoundError as error:
            raise ResourceNotFoundError(in_text(error)) from error
        except NtroError as error:
            raise ResourceError(in_text(error)) from error

    return read


def _plain(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
