"""`python -m ntro_mcp`."""

from ntro_mcp.main import main

main()
