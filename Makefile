# Each verb sets up .venv by itself. Needed beforehand: Python 3.11 or newer, and make.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: setup run demo test check bench docs clean lint types contracts

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'KubeGenie needs Python 3.11 or newer, and "$(PYTHON)" is not. Name one: make PYTHON=python3.12 setup' >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
		echo 'Python could not make .venv. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Setting up .venv: about a minute, once.'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--build-constraint constraints.txt --editable '.[mcp,keyring,ssh]' --group dev
	@touch $@

run: $(READY)
	@$(BIN)/kubegenie

demo: $(READY)
	@$(BIN)/kubegenie demo

test: $(READY)
	$(BIN)/python -m pytest -n auto

check: lint types contracts test docs

lint: $(READY)
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

bench: $(READY)
	$(BIN)/python -m bench

docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:
	rm -rf .venv site build dist bench/results .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
