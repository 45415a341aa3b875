# Tuike. `make` lists the commands; every one sets up what it needs first.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
PYTEST := $(PY) -m pytest -q -n auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo run test test-all bench lint format doctor lock clean

help: ## List these commands
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/run.stamp: requirements/run.txt
	@echo "Setting up $(VENV) from requirements/run.txt"
	@test -x $(PY) || python3 -m venv $(VENV)
	@.ci/install requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt
	@echo "Setting up $(VENV) from requirements/dev.txt"
	@test -x $(PY) || python3 -m venv $(VENV)
	@.ci/install requirements/dev.txt
	@touch $@ $(VENV)/run.stamp

demo: $(VENV)/run.stamp ## Run the product without a token: chat page, demo shop, seeded data
	$(PY) -m bot demo

run: $(VENV)/run.stamp ## Run the product with the settings in the environment or .env
	$(PY) -m bot run

doctor: $(VENV)/run.stamp ## Check this installation and name each fix
	$(PY) -m bot doctor

test: $(VENV)/dev.stamp ## Every test on SQLite (under ten minutes)
	$(PYTEST) -m "not postgres and not full and not crash and not browser"

test-all: $(VENV)/dev.stamp ## test, and: PostgreSQL, the full replay, crashes, the browser
	@.ci/chromium
	$(PYTEST)

bench: $(VENV)/dev.stamp ## Measure speed and memory against bare references
	$(PY) -m tests.bench

lint: $(VENV)/dev.stamp ## ruff, mypy strict and the architecture
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest -q tests/architecture.py

format: $(VENV)/dev.stamp ## Put the code into its form
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

lock: ## Pin the dependencies anew (hashes, no index addresses)
	@.ci/lock

clean: ## Remove the virtual environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
