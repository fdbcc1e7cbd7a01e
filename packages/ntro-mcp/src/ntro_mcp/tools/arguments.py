"""Arguments that several tools have, as their schemas describe them."""

from typing import Annotated

from pydantic import Field

TenantId = Annotated[str | None, Field(description="Tenant: id or slug. Without it the connection's default tenant.")]
EntityId = Annotated[str, Field(description="Entity: id or slug.")]
TaskId = Annotated[
    str | None, Field(description="Task, or a child run such as TASK:step:slug. Without it the task of this session.")
]
WorkflowId = Annotated[str, Field(description="Workflow: id or name.")]
Slug = Annotated[str, Field(description="Slug: lower-case letters, digits and hyphens.")]
