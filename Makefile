# The two commands of the README are `make run` and `make test`.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

# Tests start many processes: compiled files are kept, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint types imports unit browser bench translations clean

run: .venv/site
	@$(BIN)/unionhall init --org 云麓省总工会
	@$(BIN)/unionhall demo
	@echo "http://127.0.0.1:$(PORT)/  http://127.0.0.1:$(PORT)/desk/"
	@PORT=$(PORT) UNIONHALL_DEMO=1 $(BIN)/unionhall serve

test: lint types imports unit

lint: .venv/dev
	$(BIN)/ruff check

types: .venv/dev
	$(BIN)/mypy

imports: .venv/dev
	$(BIN)/lint-imports

unit: .venv/dev
	$(BIN)/pytest -n $${TEST_PROCESSES:-3}

browser: .venv/dev
	$(BIN)/pytest tests/browser

bench: .venv/dev
	$(BIN)/python tests/bench/run.py

translations: .venv/dev
	$(BIN)/python -m unionhall.testing.catalogues

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and was not found."; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }

.venv/site: .venv/bin/python setup.cfg setup.py
	@$(PIP) install -e .
	@touch $@

.venv/dev: .venv/bin/python setup.cfg setup.py
	@$(PIP) install -e '.[dev]'
	@touch $@ .venv/site
