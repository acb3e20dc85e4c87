# Two commands do all the set-up on a fresh machine: `make demo` runs the job, `make test` passes the tests.
SHELL := /bin/bash
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
  $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$python && break; done)
ENGINE ?= $(or $(LOWINCOME_ENGINE),duckdb)
LOWINCOME_ENGINE := $(ENGINE)
# Spark (docs/spark.md) has an environment of its own: whoever does without it does not carry its 478 MB.
SPARK := $(filter spark test-spark,$(ENGINE) $(MAKECMDGOALS))
VENV := $(CURDIR)/.venv$(if $(SPARK),-spark)
STAMP := $(VENV)/.installed
INSTALL := $(VENV)/bin/pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --no-compile --require-hashes

.PHONY: install demo up topology test test-spark lint audit drill bench lock screenshots clean
export DATA_DATE DAYS HOUSEHOLDS SEED SANDBOX LOWINCOME_HOME LOWINCOME_OUTPUT LOWINCOME_ENGINE

install: $(STAMP)

demo: $(STAMP)
	@$(VENV)/bin/python scripts/demo.py

up: $(STAMP)
	@$(VENV)/bin/python scripts/up.py

topology: $(STAMP)
	@$(VENV)/bin/python scripts/topology.py

test: lint
	scripts/in_memory.sh $(VENV)/bin/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# Every SQL case on Spark too, beside the differences of the dialects and a day on both engines (docs/spark.md).
TESTS ?= tests/engine tests/household tests/resolve/test_standards.py tests/resolve/test_scores.py tests/resolve/test_persons.py \
  tests/rules/test_answers.py tests/rules/test_cases.py tests/returns/test_error_return.py tests/web/test_statistics.py
test-spark: $(STAMP)
	LOWINCOME_ENGINE=spark SPARK_CONF_DIR=$(CURDIR)/tests/engine/spark $(VENV)/bin/python -m pytest $(TESTS)

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy plugins/lowincome

audit: $(STAMP)
	$(VENV)/bin/python scripts/scan_secrets.py
	$(VENV)/bin/python scripts/audit_dependencies.py

drill: $(STAMP)
	for drill in restore upgrade; do for register in sqlite postgresql; do \
	  PYTHONPATH=plugins:scripts $(VENV)/bin/python scripts/drill.py $$drill --register $$register || exit 1; done; done

# The pip that a Python brings may be years old and takes two and a half times as long as the locked one; bytecode is made
# by all cores, which pip does on one, and not of packages' own tests, some of which no Python 3 can read.
$(STAMP): requirements.txt $(if $(SPARK),requirements-spark.txt)
	$(if $(SPARK),@java -version >/dev/null 2>&1 || { echo "Spark needs Java 17 or newer on the PATH: docs/spark.md" >&2; exit 1; })
	@echo "building $(notdir $(VENV)) from the hashed lock (about two minutes the first time)"
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --requirement <(sed -n '/^pip==/,/[^\\]$$/p' requirements.txt)
	$(INSTALL) --requirement requirements.txt
	$(if $(SPARK),$(INSTALL) --requirement requirements-spark.txt)
	$(VENV)/bin/python -m compileall -qq -j 0 -x '/tests/' $(VENV)/lib || true
	@sha256sum $^ > $(STAMP)

bench: $(STAMP)
	PYTHONPATH=plugins:. $(VENV)/bin/python -m benchmarks.day --persons $(or $(SIZE),30000) --runs $(or $(RUNS),1)

screenshots: $(STAMP)
	PYTHONPATH=plugins:. $(VENV)/bin/python scripts/screenshots.py

lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-strip-extras --no-annotate \
	  --no-header requirements.in -o requirements.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-strip-extras --no-annotate \
	  --no-header --constraint requirements.txt requirements-spark.in -o requirements-spark.txt

clean:
	rm -rf .venv .venv-spark var .pytest_cache .mypy_cache .ruff_cache
