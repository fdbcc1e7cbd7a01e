"""What the server offers, as one JSON document: `python -m ntro_mcp.reference > docs/reference/mcp.json`."""

import asyncio
import json
import sys
from typing import Any

from ntro_mcp.caller import ConfiguredCaller
from ntro_mcp.server import create_server


async def reference() -> dict[str, Any]:
    """Names, titles, hints and arguments of all tools, resources and prompts, in the order in which they are listed."""
    server = create_server(ConfiguredCaller(), authoring=True)
    tools, prompts = await server.list_tools(), await server.list_prompts()
    resources, templates = await server.list_resources(), await server.list_resource_templates()
    return {
        "tools": [
            {
                "name": tool.name,
                "title": tool.title,
                "annotations": _plain(tool.annotations),
                "arguments": tool.input_schema,
                "returns": (tool.output_schema or {}).get("title"),
            }
            for tool in tools
        ],
        "resources": [{"uri": str(item.uri), "title": item.title, "mimeType": item.mime_type} for item in resources],
        "resourceTemplates": [
            {"uriTemplate": item.uri_template, "title": item.title, "mimeType": item.mime_type} for item in templates
        ],
        "prompts": [_plain(prompt) for prompt in prompts],
    }


def _plain(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(reference()), indent=2, ensure_ascii=False) + "\n")
