# Every target sets up what it needs: `make quickstart` works on a fresh clone.
#
#   make quickstart               the whole recipe on real music
#   make quickstart ARGS=--resume go on where it stopped
#   make test                     laws, doctests, short faults
#   make setup PYTHON=python3.12  another interpreter, 3.11 or later

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.built
ARGS ?=

# pip's notices are noise beside our one line; its errors still come through.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --progress-bar off

.DEFAULT_GOAL := help
.PHONY: help setup quickstart test lint typecheck clean bench chaos browser

help:
	@echo 'make quickstart | test | lint | typecheck | browser | bench | chaos | setup | clean'

setup: $(STAMP)

# torch first and alone: resolved together with the rest, pip may take a build
# several GB larger than the one that this machine needs.
$(STAMP): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Etude needs Python 3.11 or later: make setup PYTHON=python3.11' >&2; exit 1; }
	@echo 'setting up $(VENV): torch, transformers, Ray and the rest (some minutes, once)'
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -c constraints.txt torch
	@$(PIP) -c constraints.txt -e '.[dev]'
	@touch $@

quickstart: $(STAMP)
	@$(BIN)/etude quickstart $(ARGS)

# Two processes, one thread each: a file stays in one process, so that what its
# fixtures built (a tiny model, a Ray session) is built once.
test: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(STAMP)
	$(BIN)/pyright --pythonpath $(BIN)/python

# What a reader's browser makes of report and viewer; without one, Debian's is installed.
browser: $(STAMP)
	@command -v chromium || command -v chromium-browser || command -v google-chrome || { \
	  sudo=$$([ "$$(id -u)" -eq 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -qq -y chromium >/dev/null; \
	}
	$(BIN)/python -m pytest -q tests/browser $(ARGS)

# The long form of the promises under faults.
chaos: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m chaos $(ARGS)

bench: $(STAMP)
	@for file in experiments/bench/[!_]*.py; do \
	  name=$$(basename $$file .py); echo "== $$name"; \
	  OMP_NUM_THREADS=1 $(BIN)/python -m experiments.bench.$$name $(ARGS) || exit 1; \
	done

# Keeps runs/ and data/: what was computed is never deleted on the way.
clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
