# Everything a person types. Each target does its own set-up; a second run re-uses it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help app test check bench bench-quality audit bench-load chaos format browser database clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1|/' | column -t -s '|'

app: $(VENV)/.app ## Install what is needed and serve the app with its sample project
	@exec $(BIN)/votek app

test: $(VENV)/.dev browser database ## Install what tests need, browser and database included, and run all tests
	HF_HUB_OFFLINE=1 tests/run.sh $(BIN)/python $(TESTS)

check: $(VENV)/.dev ## Style, types and architecture: ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## Measure ours beside the peers, as ratios in one run (SIZES="1k 3k 10k 100k")
	HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks $(if $(SIZES),--sizes $(SIZES))

bench-quality: $(VENV)/.dev ## Compare all selection methods on labelled data (needs VOTEK_TEST_DATA; a few minutes)
	HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks.quality $(ARGS)

bench-load: $(VENV)/.dev ## Label as a team of twenty while the worker embeds: errors, losses, times (4 minutes)
	HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks.chaos load $(ARGS)

chaos: $(VENV)/.dev browser database ## Kill, fill and cut, and look whether labels are lost (20 minutes; ARGS="web --rounds 5")
	HF_HUB_OFFLINE=1 $(BIN)/python -m benchmarks.chaos $(ARGS)

audit: $(VENV)/.dev ## Look for known vulnerabilities in what is installed (needs a network; says so without)
	@$(BIN)/python tests/audit.py

format: $(VENV)/.dev ## Sort imports and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

browser: $(VENV)/.dev
	@tests/install_browser.sh $(BIN)/python

database: $(VENV)/.dev
	@tests/install_database.sh

clean: ## Remove the environment and caches; projects and labels stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "votek needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Could not create a virtual environment with $(PYTHON). On Debian and Ubuntu: apt install python3-venv"; exit 1; }

$(VENV)/.app: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned requirements (once, a few minutes) ..."
	@$(PIP) install --quiet -r requirements.txt
	@$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements-postgres.txt $(VENV)/.app
	@echo "Installing what tests and checks need ..."
	@$(PIP) install --quiet -r requirements-dev.txt
	@touch $@
