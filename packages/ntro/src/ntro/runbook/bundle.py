"""Loads a runbook's code as an isolated package, so that two versions of it never meet."""

import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from ntro.runbook._names import ENGINE_NAME
from ntro.workflow._definitions import activity_name, workflow_definition
from ntro.workflow.registry import workflow_type_of

__all__ = ["BundleError", "LoadedBundle", "load_bundle", "workflow_type_of"]

_PREFIX = "_ntro_runbook_"
_SUBLEDGERS = "subledgers"


class BundleError(Exception):
    """A bundle cannot be loaded. `code` is one of the codes of runbook validation."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class LoadedBundle:
    """A runbook's code in this process.

    `passthrough` names the modules that the sandbox need not load again for each run: its models and activities.
    `sandboxed` is false for a class that was not loaded from a bundle, which the sandbox could not import by name.
    """

    slug: str
    workflow_class: type
    activities: tuple[Callable[..., Any], ...]
    passthrough: tuple[str, ...] = ()
    sandboxed: bool = True


class _WorkflowModuleLoader(SourceFileLoader):
    """Gives a workflow module the engine's `workflow`, which a published runbook uses without importing it."""

    def exec_module(self, module: ModuleType) -> None:
        vars(module)[ENGINE_NAME] = importlib.import_module("temporalio.workflow")
        super().exec_module(module)


class _BundleFinder(MetaPathFinder):
    """Finds the packages of loaded bundles; also inside the sandbox, which imports them again by name."""

    def __init__(self) -> None:
        self.folders: dict[str, Path] = {}

    def find_spec(self, fullname: str, _path: object = None, _target: ModuleType | None = None) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if name == "workflow" and package in self.folders:
            path = self.folders[package] / "workflow.py"
            return importlib.util.spec_from_file_location(
                fullname, path, loader=_WorkflowModuleLoader(fullname, str(path))
            )
        folder = self.folders.get(fullname)
        if folder is None:
            return None
        init = folder / "__init__.py"
        if init.is_file():
            return importlib.util.spec_from_file_location(fullname, init, submodule_search_locations=[str(folder)])
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec


_finder = _BundleFinder()


def load_bundle(
    folder: Path,
    *,
    slug: str,
    workflow_class: str | None = None,
    activity_modules: Sequence[str] = ("activities",),
) -> LoadedBundle:
    """Import the templates of the bundle at `folder`, and before them its subledger types.

    The modules of `subledgers/` register the bundle's own rows; templates import them from `.subledgers`.

    Args:
        folder: the bundle's root, with `templates/workflow.py` in it.
        slug: the runbook's slug.
        workflow_class: its class; `CamelCase(slug) + "Workflow"` when not given.
        activity_modules: modules of the templates that hold activities.

    Raises:
        BundleError: a file or the class is missing, or a module does not import; the message says which and why.
    """
    templates = folder.resolve() / "templates"
    if not (templates / "workflow.py").is_file():
        raise BundleError("WORKFLOW_PY_MISSING", f"the bundle of {slug} has no templates/workflow.py")
    package = _package_for(templates, slug)
    own_types = sorted(path.stem for path in (folder / _SUBLEDGERS).glob("*.py") if not path.stem.startswith("_"))
    passthrough = [_import(f"{package}.{_SUBLEDGERS}.{name}", "SUBLEDGERS_IMPORT_ERROR").__name__ for name in own_types]
    activities: dict[str, Callable[..., Any]] = {}
    if (templates / "models.py").is_file():
        passthrough.append(_import(f"{package}.models", "MODELS_PY_IMPORT_ERROR").__name__)
    for name in activity_modules:
        if not (templates / f"{name}.py").is_file():
            raise BundleError("ACTIVITIES_PY_MISSING", f"the bundle of {slug} has no templates/{name}.py")
        module = _import(f"{package}.{name}", "ACTIVITIES_PY_IMPORT_ERROR")
        passthrough.append(module.__name__)
        activities |= activities_of(module)
    module = _import(f"{package}.workflow", "WORKFLOW_PY_IMPORT_ERROR")
    activities |= activities_of(module)
    cls = _workflow_class(module, workflow_class or workflow_type_of(slug))
    bundle = LoadedBundle(
        slug=slug, workflow_class=cls, activities=tuple(activities.values()), passthrough=tuple(passthrough)
    )
    cls.__ntro_slug__ = slug  # type: ignore[attr-defined]  # read by tools that are given a class only
    cls.__ntro_bundle__ = bundle  # type: ignore[attr-defined]  # as above
    return bundle


def activities_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Decorated activities that `module` defines or imports from its own package, by activity name."""
    package = module.__name__.rpartition(".")[0] or module.__name__
    found: dict[str, Callable[..., Any]] = {}
    for _, member in inspect.getmembers(module, inspect.isfunction):
        name = activity_name(member)
        if name is not None and member.__module__.startswith(package):
            found[name] = member
    return found


def _package_for(templates: Path, slug: str) -> str:
    """A package name of its own for each place on disk; what was imported from there before is imported afresh."""
    mark = hashlib.sha256(str(templates).encode()).hexdigest()[:12]
    package = f"{_PREFIX}{slug.replace('-', '_')}_{mark}"
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    _finder.folders[package] = templates
    _finder.folders[f"{package}.{_SUBLEDGERS}"] = templates.parent / _SUBLEDGERS
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)  # Before the finder of files, which knows the folders of the packages too.
    return package


def _import(name: str, code: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        where = name.partition(".")[2].replace(".", "/")
        where = where if where.startswith(f"{_SUBLEDGERS}/") else f"templates/{where}"
        raise BundleError(code, f"{where}.py does not import: {type(error).__name__}: {error}") from error


def _workflow_class(module: ModuleType, name: str) -> type:
    cls = getattr(module, name, None)
    if not isinstance(cls, type):
        raise BundleError("WORKFLOW_CLASS_NOT_FOUND", f"templates/workflow.py defines no class {name}")
    if workflow_definition(cls) is None:
        raise BundleError("WORKFLOW_DEFN_MISSING", f"class {name} is no workflow: decorate it with runbook.defn")
    return cls
