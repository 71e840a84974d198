# Two commands on a fresh machine: `make run` and `make test`. Each makes what it needs.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-localstripe
BEANCOUNT := .venv-beancount
LEDGERS := .venv-ledgers
MATCHERS := .venv-matchers
WORKERS ?= 2
PROOFS := $(addprefix tests/ledger/test_,book_machine.py crashes.py races.py tampering.py histories.py) \
	tests/activities/test_storm.py

.DEFAULT_GOAL := help
.PHONY: help run demo test check soak bench format lock ready ready-dev clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -e 's/:.*## /|/' | awk -F'|' '{ printf "  make %-8s %s\n", $$1, $$2 }'

run: ready ## start everything on this machine and print where to look
	@$(BIN)/afluente up

demo: ready ## play the story of one overdue loan and narrate it
	@$(BIN)/python -m runtime.demo

test: ready-dev $(PEERS)/.ready $(BEANCOUNT)/.ready ## run every test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(TESTS)

check: ready-dev ## format, lint, types, import contracts, catalogs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m connectors.wording.check

soak: ready-dev $(BEANCOUNT)/.ready ## prove the book at length: thousands of steps, storms, every crash, every guard gone once
	@SOAK=1 $(BIN)/python -m pytest -v -s -o faulthandler_timeout=0 $(PROOFS)
	@$(BIN)/python -m tests.ledger.mutants

bench: ready-dev $(LEDGERS)/.ready $(MATCHERS)/.ready ## measure what performance claims rest on (BENCH=full: the large sizes)
	@$(BIN)/python -m benchmarks $(BENCH)

format: ready-dev ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: ## resolve the dependencies anew (needs uv)
	@for name in dev runtime localstripe beancount peers matchers; do \
		uv pip compile -q --universal --python-version 3.11 --generate-hashes \
			--no-annotate --no-header $$(test $$name = runtime && echo -c requirements/dev.lock) \
			$$(test $$name = peers && echo --no-emit-package mysqlclient --no-emit-package psycopg2) \
			requirements/$$name.in -o requirements/$$name.lock; done

clean: ## remove the environments (data under .afluente stays)
	@rm -rf $(VENV) $(PEERS) $(BEANCOUNT) $(LEDGERS) $(MATCHERS)

ready: $(VENV)/.ready
ready-dev: $(VENV)/.ready-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Afluente needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 2; }
	@echo "Making the environment …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements/runtime.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the product runs on …"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/runtime.lock
	@$(BIN)/python -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation \
		--config-settings editable_mode=compat -e .
	@touch $@

$(VENV)/.ready-dev: requirements/dev.lock $(VENV)/.ready
	@echo "Installing what the tests and checks need …"
	@$(BIN)/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/dev.lock
	@touch $@

$(PEERS)/.ready: requirements/localstripe.lock
	@echo "Installing a Stripe server to test against (its own environment) …"
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/localstripe.lock
	@touch $@

$(BEANCOUNT)/.ready: requirements/beancount.lock
	@echo "Installing an accounting program that checks exported books (its own environment) …"
	@$(PYTHON) -m venv $(BEANCOUNT)
	@$(BEANCOUNT)/bin/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/beancount.lock
	@touch $@

$(LEDGERS)/.ready: requirements/peers.lock
	@echo "Installing other ledgers to measure beside the book (their own environment) …"
	@$(PYTHON) -m venv $(LEDGERS)
	@$(LEDGERS)/bin/python -m pip install --disable-pip-version-check -q --no-deps --require-hashes -r requirements/peers.lock
	@touch $@

$(MATCHERS)/.ready: requirements/matchers.lock
	@echo "Installing other matching programs to measure beside ours (their own environment) …"
	@$(PYTHON) -m venv $(MATCHERS)
	@$(MATCHERS)/bin/python -m pip install --disable-pip-version-check -q --require-hashes -r requirements/matchers.lock
	@touch $@
