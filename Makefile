# `make help` lists what there is. PORT and DATA_DIR (and every variable of .env.example) may be given: make run PORT=8100
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON_HERE := .venv/bin/python
PACKAGES := .venv/packages-installed
TEST_PACKAGES := .venv/test-packages-installed
ENGINES := node_modules/engines-installed
VERIFIERS := tests/independent/node_modules/verifiers-installed

.PHONY: help run dev test test-long bench lint format engines browser setup lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(PACKAGES) $(ENGINES) ## Install what is missing, start everything and print the addresses
	@exec $(PYTHON_HERE) -m defiso.launcher --end-with-parent Procfile

dev: $(TEST_PACKAGES) $(ENGINES) ## The same with DEBUG, reloading on change
	@exec env DEBUG=true $(PYTHON_HERE) -m defiso.launcher --end-with-parent Procfile.dev

test: $(TEST_PACKAGES) $(ENGINES) $(VERIFIERS) browser ## All tests, browser included; ARGS="-k name" for some
	@$(PYTHON_HERE) -m pytest -n 2 $(ARGS)

test-long: $(TEST_PACKAGES) $(ENGINES) ## Every crash point; and what leans on the store, with botocore as its only transport
	@$(PYTHON_HERE) -m pytest -n 2 -m long $(ARGS)
	@env DYNAMODB_TRANSPORT=botocore $(PYTHON_HERE) -m pytest -n 2 tests/store tests/certificates tests/outbox tests/anchoring tests/worker tests/crashes $(ARGS)

bench: $(TEST_PACKAGES) $(ENGINES) ## Measure against yardsticks and goals, in minutes; BENCH_LARGE=100000 in full
	@$(PYTHON_HERE) -m benchmarks $(ARGS)

lint: $(TEST_PACKAGES) ## Style, types and the direction of imports
	@$(PYTHON_HERE) -m ruff check .
	@$(PYTHON_HERE) -m ruff format --check .
	@$(PYTHON_HERE) -m mypy --strict defiso
	@PYTHONPATH=. $(PYTHON_HERE) -c 'from importlinter.cli import lint_imports_command as lint; lint()'

format: $(TEST_PACKAGES) ## Put the code into its usual form
	@$(PYTHON_HERE) -m ruff check --fix .
	@$(PYTHON_HERE) -m ruff format .

setup: $(TEST_PACKAGES) $(ENGINES) $(VERIFIERS) ## Only install: packages, engines and verifiers

engines: $(ENGINES)

browser:
	@bin/setup browser

lock: $(PACKAGES) ## Pin the newest packages that requirements*.in allow
	@bin/lock

clean: ## Remove what can be made again; the data in var/ stays
	rm -rf .venv node_modules tests/independent/node_modules staticfiles test-output .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PACKAGES): requirements.txt
	@bin/setup packages
	@touch $@

$(TEST_PACKAGES): requirements-dev.txt $(PACKAGES)
	@bin/setup test-packages
	@touch $@

$(ENGINES): package-lock.json requirements-node.txt | $(PACKAGES)
	@bin/setup engines
	@touch $@

$(VERIFIERS): tests/independent/package-lock.json requirements-node.txt | $(PACKAGES)
	@bin/setup verifiers
	@touch $@
