"""From what was typed into a form to a body of the API, checked by the same rules."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ntro_server.errors import Invalid

BodyT = TypeVar("BodyT", bound=BaseModel)


def body_of(model: type[BodyT], values: Mapping[str, object]) -> BodyT:
    """`values` as a body.

    Raises:
        Invalid: they do not fit; the message names the members and never what was typed.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, item['loc'])) or 'form'}: {item['msg']}" for item in error.errors()[:5])
        raise Invalid(f"This cannot be taken: {'; '.join(problems)}.") from error
