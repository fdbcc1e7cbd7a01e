"""Which workflow class runs which runbook slug in this process. The last registration of a slug wins."""

_registry: dict[str, type] = {}


def register_workflow(slug: str, cls: type) -> None:
    """Let `cls` run the runbook `slug`."""
    _registry[slug] = cls


def get_registered(slug: str) -> type | None:
    """The class that runs `slug`, none when this process has none."""
    return _registry.get(slug)


def list_registered_slugs() -> list[str]:
    """Every registered slug, in the order of registration."""
    return list(_registry)


def slug_of(cls: type) -> str:
    """The slug that `cls` is registered under, else its class name in kebab case without `Workflow`.

    The sandbox loads a class again for each run, so classes are compared by module and name.
    """
    for slug, registered in _registry.items():
        if (registered.__module__, registered.__qualname__) == (cls.__module__, cls.__qualname__):
            return slug
    return kebab(cls.__name__.removesuffix("Workflow") or cls.__name__)


def kebab(name: str) -> str:
    """`NavMonthly` as `nav-monthly`."""
    parts = [f"-{letter.lower()}" if letter.isupper() else letter for letter in name]
    return "".join(parts).lstrip("-")


def workflow_type_of(slug: str) -> str:
    """The workflow type of a runbook: `nav-monthly` as `NavMonthlyWorkflow`."""
    return "".join(part.capitalize() for part in slug.split("-")) + "Workflow"
