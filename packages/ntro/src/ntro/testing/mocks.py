"""Activities that answer by their return annotation."""

import typing
from collections.abc import Callable
from typing import Any

from temporalio import activity

from ntro.testing.auto_mock import generate_fake
from ntro.workflow._definitions import activity_name


def mock_activity(fn: Callable[..., Any]) -> Callable[..., Any]:
    """An activity of the same name that does nothing and returns an example of what `fn` promises.

    Raises:
        MockUnavailable: no example of the return annotation can be made; name the activity and give your own.
    """
    hints = typing.get_type_hints(fn, include_extras=True)
    value = generate_fake(hints.get("return", Any))

    @activity.defn(name=activity_name(fn))
    async def mocked(*_args: Any) -> Any:
        return value

    return mocked
