"""The tenant's database as runbooks see it: rows are dicts, JSON columns are objects, decimals are exact."""

from ntro.data._identity import stable_id
from ntro.data._json import json_text
from ntro.data._plane import DataPlane, DataPlaneError, WrongTenantError
from ntro.data._pools import clear_cache, close_data_planes, get_data_plane

__all__ = [
    "DataPlane",
    "DataPlaneError",
    "WrongTenantError",
    "clear_cache",
    "close_data_planes",
    "get_data_plane",
    "json_text",
    "stable_id",
]
