# Every target sets up what it needs; only Python 3.11 or newer and make have to be there.

PYTHON ?= python3
VENV ?= .venv
# Variables for dbt, as YAML: make build VARS='{input_dir: /data/cards}'
VARS ?= {}
# Any further options for dbt: make build DBT_OPTIONS=--full-refresh
DBT_OPTIONS ?=

comma := ,
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
TESTING := $(VENV)/.testing-installed
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.DEFAULT_GOAL := help
.PHONY: help setup build rebuild check-inputs docs-inputs test lint format sample picture test-duckdb2 lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUNTIME) ## Make the virtual environment and install what the build needs

build: $(RUNTIME) ## Build and publish, unless nothing changed since; VARS='{...}' for own data
	@if $(BIN)/python -m publishing.freshness check --vars '$(VARS)'; then \
		$(BIN)/dbt --quiet run-operation print_publication --vars '$(VARS)'; \
	else \
		$(MAKE) --no-print-directory rebuild; \
	fi

rebuild: $(RUNTIME) ## Build and publish, even if nothing changed
	@$(BIN)/dbt build --vars '$(VARS)' $(DBT_OPTIONS)
	@$(BIN)/python -m publishing.freshness record --vars '$(VARS)'

check-inputs: $(RUNTIME) ## Say what a build would make of the files in DIR (and VARS); builds nothing
	@CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/dbt --quiet run-operation check_inputs --vars \
		"$$(echo '$(VARS)' | sed '$(if $(DIR),s|{|{input_dir: "$(DIR)"$(comma) |)')"

test: $(TESTING) lint ## Lint, then run the dbt tests, the unit tests and pytest
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: $(TESTING) ## Check style: ruff, sqlfluff, and dbt's parser with warnings as errors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@# with the variable of .sqlfluff, so that sqlfluff goes on from what was parsed
	CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/dbt --quiet --warn-error-options '{"error": "all"}' parse --no-partial-parse \
		--vars '{is_linting: true}'
	CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/sqlfluff lint --processes 2 models tests/data_tests analyses

format: $(TESTING) ## Bring Python and SQL into the project's style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix models tests/data_tests analyses

sample: $(RUNTIME) ## Write the bundled sample again
	$(BIN)/python seeds/generate_inputs.py

docs-inputs: $(RUNTIME) ## Write docs/inputs.md from the input contract
	$(BIN)/python docs/write_inputs.py

picture: $(RUNTIME) ## Draw the picture of the README from the published file
	$(BIN)/python docs/draw_result.py

test-duckdb2: ## Build the sample on DuckDB 2.0, in a virtual environment of its own
	@test -x $(VENV)-duckdb2/bin/python || $(PYTHON) -m venv $(VENV)-duckdb2
	@$(VENV)-duckdb2/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
		-r requirements.lock
	@$(VENV)-duckdb2/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
		-r requirements-duckdb2.lock
	@rm -rf target/duckdb2 && mkdir -p target/duckdb2
	CARD_SEGMENTS_WAREHOUSE=target/duckdb2/build.duckdb $(VENV)-duckdb2/bin/dbt build \
		--target-path target/duckdb2 --vars '{published_dir: target/duckdb2/published}'

lock: | $(BIN)/python ## Renew the lock files from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra test --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-strip-extras --custom-compile-command 'make lock' -q -o requirements-test.lock
	$(BIN)/uv pip compile pyproject.toml --constraint requirements-test.lock --universal --python-version 3.11 --upgrade \
		--generate-hashes --no-emit-index-url --no-strip-extras --custom-compile-command 'make lock' -q -o requirements.lock
	echo 'duckdb==2.0.*' | $(BIN)/uv pip compile - --universal --python-version 3.11 --no-deps --upgrade \
		--generate-hashes --no-emit-index-url --custom-compile-command 'make lock' -q -o requirements-duckdb2.lock

clean: ## Remove everything that was built, but not what was published
	rm -rf $(VENV) $(VENV)-duckdb2 target logs warehouse/*.duckdb*

$(BIN)/python:
	@echo 'Making the virtual environment $(VENV)'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed; name one with make PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock | $(BIN)/python
	@echo 'Installing what the build needs'
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(TESTING): requirements-test.lock $(RUNTIME)
	@echo 'Installing what the tests need'
	@# halo, which the command line of MetricFlow needs, comes as source only
	@$(PIP_INSTALL) --no-binary halo -r requirements-test.lock
	@touch $@
