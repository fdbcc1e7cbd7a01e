# The verbs of this repository. Each needs Python 3.11 or newer, pip and make; `setup` brings the rest.
PYTHON ?= python3
BIN := .venv/bin
UV := VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/uv --quiet --system-certs
PACKAGES := ntro ntro-server ntro-workspace ntro-tenant ntro-cli ntro-mcp
export NTRO_HOME ?= $(HOME)/.ntro

.PHONY: setup demo test lint format up down bench docs lock

setup: .venv/.ready ## makes .venv with everything in it

.venv/.ready: requirements.lock pyproject.toml $(PACKAGES:%=packages/%/pyproject.toml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ntro needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { echo "This Python lacks venv; install it (on Debian: python3-venv)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check $$(sed -n 's/^\(uv==[0-9.]*\).*/\1/p' requirements.lock)
	$(UV) pip sync --require-hashes --compile-bytecode requirements.lock
	$(UV) pip install --no-deps --no-build-isolation $(PACKAGES:%=-e packages/%)
	$(BIN)/python -m compileall -q $(PACKAGES:%=packages/%/src)
	touch $@

demo: setup ## closes a month for one entity and leaves the stack running
	$(BIN)/ntro demo

test: setup ## runs every test
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: setup ## style, types and import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

up: setup ## starts the embedded stack of $NTRO_HOME
	$(BIN)/ntro up

down: setup ## stops it
	$(BIN)/ntro down

bench: setup ## prints the figures of the hot paths
	for bench in benchmarks/bench_*.py; do $(BIN)/python $$bench || exit 1; done

docs: setup ## writes the generated references
	$(BIN)/python -m ntro_workspace openapi > docs/reference/openapi-workspace.json
	$(BIN)/python -m ntro_tenant openapi > docs/reference/openapi-cell.json
	$(BIN)/python -m ntro_mcp.reference > docs/reference/mcp.json
	$(BIN)/python -m ntro_cli reference > docs/reference/cli.md
	$(BIN)/python -m ntro_cli schema > docs/reference/cli-output.json

lock: setup ## resolves the dependencies again: names, versions and hashes
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url \
	  $(PACKAGES:%=--no-emit-package %) --all-extras --group dev pyproject.toml $(PACKAGES:%=packages/%/pyproject.toml) -o requirements.lock
