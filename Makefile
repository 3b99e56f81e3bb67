# Every target sets up what it needs; only Python 3.11 or newer and make have to be there.

PYTHON ?= python3
VENV ?= .venv
# Variables for dbt, as YAML: make build VARS='{input_dir: /data/cards}'. Recipes read what users write from the
# environment, where make puts what is on its command line: quotes and blanks stay what they are.
VARS ?= {}
export VARS
# Any further options for dbt: make build DBT_OPTIONS=--full-refresh
DBT_OPTIONS ?=
# make docs SERVE=no only writes the docs; PORT is where they are served.
SERVE ?= yes
PORT ?= 8080

BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
TESTING := $(VENV)/.testing-installed
AUDITING := $(VENV)-audit
BENCHING := $(VENV)-bench
SPARKING := $(VENV)-spark
SAILING := $(VENV)-sail
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
	--no-strip-extras --custom-compile-command 'make lock'
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
PREFLIGHT := $(BIN)/python -m card_segments.cli.preflight
FRESHNESS := $(BIN)/python -m card_segments.cli.freshness
INSTALL_LOG := $(VENV)/install.log
# pip's own account of what went wrong fills a screen; the sentence says what to do about it.
INSTALL_FAILED = { grep -m 1 '^ERROR' $(INSTALL_LOG) || tail -n 1 $(INSTALL_LOG); \
	echo 'Installing failed. Check that this machine reaches the Python package index (behind a proxy set HTTPS_PROXY)' \
		'and that the disk has room, then run the same command again; the whole account is in $(INSTALL_LOG).'; exit 1; } >&2

.DEFAULT_GOAL := help
.PHONY: help setup build rebuild report explore docs build-spark dashboards metrics metrics-interchange campaign workbook \
	publish-postgres check-inputs docs-inputs tours test test-all test-exhaustive test-faults test-sail test-spark test-cluster \
	mutants bench lint lint-events format sample picture test-duckdb2 test-superset audit sbom lock clean

##@ Begin

help: ## List the targets
	@awk -F ':.*## ' '/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Settings, written behind the target:'
	@echo "  VARS='{...}'        variables over those of dbt_project.yml, as YAML with a blank after each colon:"
	@echo "                      make build VARS='{input_dir: /data/cards, enabled_inputs: [customers, spends]}'"
	@echo '  DIR=/data/cards     the folder of your files, for check-inputs'
	@echo '  PYTHON=python3.12   the Python to set up with, 3.11 or newer'
	@echo '  DBT_OPTIONS=...     further options for dbt, for rebuild and build'
	@echo '  DBT_TARGET=prod     the target of profiles.yml, dev if it is not given; schedulers run prod (docs/operations.md)'
	@echo '  SERVE=no PORT=8080  whether and where make docs serves its pages'

setup: $(RUNTIME) ## Make the virtual environment and install what the build needs

build: $(RUNTIME) ## Build, test and publish, unless nothing changed since; VARS='{...}' for your own data
	@$(PREFLIGHT) build --vars "$$VARS"
	@if $(FRESHNESS) check --vars "$$VARS"; then \
		$(BIN)/dbt --quiet run-operation print_publication --vars "$$VARS"; \
	else \
		$(MAKE) --no-print-directory rebuild; \
	fi

rebuild: $(RUNTIME) ## The same, even if nothing changed
	@$(PREFLIGHT) build --vars "$$VARS"
	@echo 'Building: the bundled sample takes one to four minutes; what was published before stays until all tests have passed' >&2
	@# what is edited during the build is for the next one
	@before="$$($(FRESHNESS) fingerprint --vars "$$VARS")" || exit 1; \
	$(BIN)/dbt build --exclude-resource-type unit_test --vars "$$VARS" $(DBT_OPTIONS) \
		|| { code=$$?; $(PREFLIGHT) failed; exit $$code; }; \
	$(FRESHNESS) record --vars "$$VARS" --fingerprint "$$before"

build-spark: $(SPARKING)/.installed ## Build on Apache Spark, in an environment of its own (docs/engines.md)
	@$(SPARKING)/bin/python -m card_segments.cli.spark --vars "$$VARS" -- $(DBT_OPTIONS)

report: $(RUNTIME) ## Write the report page again from the published file (a build writes it as well)
	@$(BIN)/python -m card_segments.cli.report --vars "$$VARS"

explore: $(RUNTIME) ## Open the published tables in a SQL shell, three questions answered first
	@database="$$($(PREFLIGHT) database --vars "$$VARS")" || exit 1; \
	if [ ! -f "$$database" ]; then \
		echo "Nothing is published in $$database yet, so this builds first"; \
		$(MAKE) --no-print-directory build || exit 1; \
	fi; \
	$(BIN)/duckdb -readonly -no-init -cmd '.read docs/explore.sql' "$$database"

docs: build ## Write the dbt docs with charts to target/docs and serve them; SERVE=no only writes
	@echo 'Writing the docs'
	@$(BIN)/dbt --quiet docs generate --vars "$$VARS"
	@$(BIN)/python -m card_segments.cli.docs --vars "$$VARS" --port $(PORT) $(if $(filter no,$(SERVE)),,--serve)

dashboards: ## Pack the starter dashboards for Superset as target/card_segments_superset.zip (docs/connect.md)
	@mkdir -p target
	@cd dashboards && $(PYTHON) -m zipfile -c ../target/card_segments_superset.zip superset
	@echo 'The dashboards are in target/card_segments_superset.zip'

# Without the proxy mf would ask the package index at each start whether there is a newer one.
metrics: $(TESTING) ## List the metrics, or answer QUERY='--metrics spend --group-by spend__category', after a build
	@HTTPS_PROXY=http://127.0.0.1:9 $(BIN)/mf $(if $(QUERY),query $(QUERY),list metrics)

metrics-interchange: $(TESTING) ## Write the metrics as target/card_segments.osi.json for other tools, after a build (docs/metrics.md)
	@$(BIN)/python -m card_segments.cli.interchange

# Further settings: CONTROL=0.1, DAYS=30, BORDER=0.05, OPTED_OUT and CONTACTED=column, SALT=text, CAMPAIGNS=folder.
campaign: $(RUNTIME) ## List the customers of SEGMENT for ACTION, with a control group; NOTE='why' (docs/campaigns.md)
	@$(BIN)/python -m card_segments.cli.campaign --vars "$$VARS" --segment "$$SEGMENT" --action "$$ACTION" --note "$$NOTE" \
		$(if $(CONTROL),--control "$$CONTROL") $(if $(DAYS),--days "$$DAYS") $(if $(BORDER),--border "$$BORDER") \
		$(if $(OPTED_OUT),--opted-out "$$OPTED_OUT") $(if $(CONTACTED),--contacted "$$CONTACTED") \
		$(if $(SALT),--salt "$$SALT") $(if $(CAMPAIGNS),--campaigns "$$CAMPAIGNS")

workbook: $(RUNTIME) ## Write the published aggregates as one Excel workbook; OUTPUT=/srv/card_segments.xlsx if wanted
	@$(BIN)/python -m card_segments.cli.workbook --vars "$$VARS" $(if $(OUTPUT),--output "$$OUTPUT")

# From the environment only: the list of processes shows everybody a command line, and the DSN may hold a password.
DSN_ON_COMMAND_LINE = { echo 'Everybody on this machine can read a command line, so a DSN there is not taken; change its' \
	'password if it holds one, and set the environment variable CARD_SEGMENTS_DSN instead (docs/connect.md).'; exit 1; } >&2
publish-postgres: $(RUNTIME) ## Copy what is published to PostgreSQL at $CARD_SEGMENTS_DSN; READERS, CUSTOMER_READERS if wanted
	@$(if $(findstring command,$(origin DSN) $(origin CARD_SEGMENTS_DSN)),$(DSN_ON_COMMAND_LINE),:)
	@database="$$($(PREFLIGHT) database --vars "$$VARS")" || exit 1; \
	$(BIN)/python -m card_segments.cli.postgres --published "$$database" \
		$(if $(SCHEMA),--schema "$$SCHEMA") $(if $(SHARED_SCHEMA),--shared-schema "$$SHARED_SCHEMA") \
		$(if $(READERS),--readers "$$READERS") $(if $(CUSTOMER_READERS),--customer-readers "$$CUSTOMER_READERS")

##@ Your own data

check-inputs: $(RUNTIME) ## Say what a build would make of the files in DIR (and VARS); builds nothing
	@variables="$$($(PREFLIGHT) variables --dir "$$DIR" --vars "$$VARS")" || exit 1; \
	CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/dbt --quiet run-operation check_inputs --vars "$$variables"

##@ Change the project

test: $(TESTING) lint ## Lint, then run the dbt tests, the unit tests and the fast part of pytest
	$(PYTEST) -m 'not slow and not exhaustive'

test-all: $(TESTING) lint lint-events ## The same with everything else: what CI runs
	$(PYTEST) -m 'not exhaustive'

test-exhaustive: $(TESTING) ## Run what test-all leaves out: every hostile file, and the long variants of other tests (an hour)
	$(PYTEST) -m exhaustive

test-faults: $(TESTING) ## Kill builds, fill disks, damage files, and write the table of docs/guarantees.md (half an hour, as root)
	PYTHONPATH=tests/python $(BIN)/python tests/faults --write

test-sail: $(SAILING)/.installed ## Run each model and data test of Spark on Sail, without a Java, and compare with DuckDB
	@rm -rf target/sail && mkdir -p target/sail
	@CARD_SEGMENTS_WAREHOUSE=target/sail/sample.duckdb $(SAILING)/bin/dbt --quiet build --exclude-resource-type test unit_test \
		--target-path target/sail/sample --vars '{published_dir: target/sail/published}'
	$(SAILING)/bin/python -m tools.compare_engines models/ python_models/ tests/data_tests --sail --known tests/spark/sail.toml \
		--warehouse target/sail/sample.duckdb --folder target/sail

test-spark: $(TESTING) $(SPARKING)/.installed ## Test the adapter that make build-spark runs with, and how inputs are read on Spark
	SPARK_ENVIRONMENT=$(SPARKING) $(BIN)/python -m pytest tests/spark/test_adapter.py tests/spark/test_inputs.py

test-cluster: $(TESTING) $(SPARKING)/.installed ## Build on a cluster and kill one of its two workers (half an hour)
	SPARK_ENVIRONMENT=$(SPARKING) $(BIN)/python -m pytest tests/spark/test_cluster.py

mutants: $(TESTING) ## Plant 30 small faults, one at a time in a copy, and say which the tests notice (half an hour)
	$(BIN)/python -m tools.plant_faults

# Settings: SIZES='4000 40000 400000 1000000', RUNS=3, CASES='build spends', LIKE=folder of files to draw customers from.
bench: $(RUNTIME) $(BENCHING)/.installed ## Measure beside what else could be used; write benchmarks/RESULTS.md and docs/scale.md; SIZES='4000 40000'
	$(BIN)/python -m benchmarks --other-python $(BENCHING)/bin/python $(if $(SIZES),--sizes $(SIZES)) $(if $(RUNS),--runs $(RUNS)) \
		$(if $(CASES),--cases $(CASES)) $(if $(LIKE),--like "$$LIKE") $(if $(CHECK),--check)

# Both clients come as source only. The adapter and the Python of the project are found through a file of paths, as
# packages are that are editable.
$(SPARKING)/.installed $(SAILING)/.installed: $(VENV)-%/.installed: requirements/runtime.lock requirements/%.lock
	@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
	@echo 'Installing what $(*F) needs: one to five minutes, once'
	@$(@D)/bin/python $(PIP_INSTALL) --no-binary pyspark,pyspark-client -r requirements/runtime.lock -r requirements/$*.lock
	@$(@D)/bin/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "card_segments.pth").write_text("\n".join(str(pathlib.Path(one).resolve()) for one in (".", "spark_adapter")))'
	@touch $@

$(BENCHING)/.installed: requirements/bench.lock
	@test -x $(BENCHING)/bin/python || $(PYTHON) -m venv $(BENCHING)
	@$(BENCHING)/bin/python $(PIP_INSTALL) -r requirements/bench.lock
	@touch $@

lint: $(TESTING) ## Check style: ruff, sqlfluff, and dbt's parser with warnings as errors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/dbt --quiet --warn-error-options '{"error": "all"}' parse --no-partial-parse
	CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/sqlfluff lint --processes 2 models tests/data_tests analyses

lint-events: $(TESTING) ## The same for the models that only a bank's events switch on
	CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/dbt --quiet --warn-error-options '{"error": "all"}' parse --no-partial-parse \
		--vars '{input_dir: events, enabled_inputs: [customers, card_accounts, card_transactions, card_statements, service_contacts]}'
	CARD_SEGMENTS_WAREHOUSE=:memory: $(BIN)/sqlfluff lint --config tests/events.sqlfluff \
		models/intermediate/events models/staging models/marts/quality tests/data_tests/spending

format: $(TESTING) ## Bring Python and SQL into the project's style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix models tests/data_tests analyses

##@ Write again what is made from the project

sample: $(RUNTIME) ## Write the bundled sample again, and the events of its customers
	$(BIN)/python -m tools.write_sample
	$(BIN)/python -m tools.write_bank_events

docs-inputs: $(RUNTIME) ## Write docs/inputs.md from the input contract
	$(BIN)/python -m tools.write_inputs_page

tours: $(RUNTIME) ## Write the results in docs/tours/ and docs/questions.md from the published tables of the bundled sample
	$(BIN)/python -m tools.write_tours

picture: $(TESTING) ## Draw the pictures of the README and of the dbt docs; needs Chromium, after make build and make docs
	$(BIN)/python -m tools.draw_segments
	$(BIN)/python -m tools.draw_data_flow
	$(BIN)/python -m tools.draw_lineage
	PYTHONPATH=tests/python $(BIN)/python -m tools.take_screenshots

##@ Upkeep

test-duckdb2: ## Build the sample on DuckDB 2.0, in an environment of its own; test-all then compares the figures
	@test -x $(VENV)-duckdb2/bin/python || $(PYTHON) -m venv $(VENV)-duckdb2
	@$(VENV)-duckdb2/bin/python $(PIP_INSTALL) -r requirements/runtime.lock
	@$(VENV)-duckdb2/bin/python $(PIP_INSTALL) --no-deps -r requirements/duckdb2.lock
	@rm -rf target/duckdb2 && mkdir -p target/duckdb2
	CARD_SEGMENTS_WAREHOUSE=target/duckdb2/build.duckdb $(VENV)-duckdb2/bin/dbt build \
		--target-path target/duckdb2 --vars '{published_dir: target/duckdb2/published}'

test-superset: dashboards ## Try docs/connect.md's recipe for Superset and the dashboards, in an environment of its own
	@test -x $(VENV)-superset/bin/python || $(PYTHON) -m venv $(VENV)-superset
	@# odfpy and wtforms-json come as source only
	@$(VENV)-superset/bin/python $(PIP_INSTALL) --no-binary odfpy,wtforms-json -r requirements/superset.lock
	$(VENV)-superset/bin/python tests/superset/check_superset.py "$${PUBLISHED:-published/cards.duckdb}" \
		target/card_segments_superset.zip

audit: $(AUDITING)/.installed ## Look up the locked libraries in the list of known vulnerabilities; needs the network
	@mkdir -p target
	@if $(AUDITING)/bin/pip-audit --disable-pip --require-hashes --strict --progress-spinner off \
		-r requirements/runtime.lock >target/audit.txt 2>&1; then cat target/audit.txt; \
	elif grep -q '^Found ' target/audit.txt; then cat target/audit.txt; exit 1; \
	else echo 'Nothing is known of the libraries, because the service that lists vulnerabilities (pypi.org) does not answer' \
		'for all of them: run make audit where it can be reached; the whole account is in target/audit.txt.' >&2; exit 1; fi

sbom: $(AUDITING)/.installed ## Write the bill of materials, target/sbom.json (CycloneDX), from the lock file of what a build needs
	@mkdir -p target
	@PYTHONWARNINGS=ignore $(AUDITING)/bin/cyclonedx-py requirements requirements/runtime.lock --pyproject pyproject.toml \
		--output-reproducible --output-file target/sbom.json
	@echo 'The bill of materials is in target/sbom.json'

$(AUDITING)/.installed: requirements/audit.lock
	@test -x $(AUDITING)/bin/python || $(PYTHON) -m venv $(AUDITING)
	@$(AUDITING)/bin/python $(PIP_INSTALL) -r requirements/audit.lock
	@touch $@

lock: | $(BIN)/python ## Renew the lock files from pyproject.toml and requirements/*.in
	$(BIN)/python -m pip install --quiet uv
	$(UV_COMPILE) pyproject.toml --extra test -o requirements/test.lock
	$(UV_COMPILE) pyproject.toml --constraint requirements/test.lock -o requirements/runtime.lock
	$(UV_COMPILE) requirements/duckdb2.in --no-deps -o requirements/duckdb2.lock
	$(UV_COMPILE) requirements/duckdb1.in --no-deps -o requirements/duckdb1.lock
	$(UV_COMPILE) requirements/clients.in -o requirements/clients.lock
	$(UV_COMPILE) requirements/superset.in -o requirements/superset.lock
	$(UV_COMPILE) requirements/audit.in -o requirements/audit.lock
	$(UV_COMPILE) requirements/bench.in --constraint requirements/runtime.lock -o requirements/bench.lock
	$(UV_COMPILE) requirements/spark.in --constraint requirements/runtime.lock -o requirements/spark.lock
	$(UV_COMPILE) requirements/sail.in --constraint requirements/runtime.lock -o requirements/sail.lock

# The warehouse holds the history of members, the one thing that no build can make again.
clean: ## Remove what was installed and written; the warehouse and what was published stay
	rm -rf $(VENV) $(VENV)-duckdb2 $(VENV)-superset $(AUDITING) $(BENCHING) $(SPARKING) $(SAILING) target logs

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'Python 3.11 or newer is needed, and $(PYTHON) is not: install one and name it, as in make build PYTHON=python3.12' >&2; exit 1; }
	@echo 'Making the virtual environment $(VENV)'
	@# Half an environment would be taken for a whole one by the next make.
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo 'The virtual environment $(VENV) could not be made (see above). Where venv or ensurepip is missing, install it' \
			'(Debian: apt-get install python3-venv); otherwise check that this folder is writable and the disk has room.' >&2; exit 1; }

$(RUNTIME): requirements/runtime.lock | $(BIN)/python
	@echo 'Installing what the build needs: one to three minutes, once (about 700 MB)'
	@$(BIN)/python $(PIP_INSTALL) -r requirements/runtime.lock >$(INSTALL_LOG) 2>&1 || $(INSTALL_FAILED)
	@touch $@

$(TESTING): requirements/test.lock $(RUNTIME)
	@echo 'Installing what the tests need: one to three minutes, once'
	@# halo, which the command line of MetricFlow needs, comes as source only
	@$(BIN)/python $(PIP_INSTALL) --no-binary halo -r requirements/test.lock >$(INSTALL_LOG) 2>&1 || $(INSTALL_FAILED)
	@touch $@
