"""The MCP server of ntro."""
