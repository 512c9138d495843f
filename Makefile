# make run    open the app (first time: installs everything into .venv and builds the demo)
# make test   the whole test suite
# make check  lint, formatting, types, import contracts
# make bench  speed and memory on ten million generated charge lines
# make setup  only .venv;  make lock  resolve the dependencies again (needs uv)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check install

.PHONY: run test check bench setup lock
.DEFAULT_GOAL := run

run: setup
	@$(BIN)/workbench run $(if $(PORT),--port $(PORT))

# One process a core; tests of one file stay together because they share servers and snapshots.
test: setup
	@$(BIN)/python -m pytest -q --numprocesses 2 --dist loadfile $(ARGS)

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup
	@$(BIN)/python -m tests.bench $(ARGS)

setup: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "The workbench needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) --version 2>&1`." >&2; \
	  echo "Install it, or name another one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Installing into $(VENV), once (about a minute)" >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --output-file requirements.lock $(ARGS)
