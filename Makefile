# Every target sets up what it needs in .venv, once: a stamp for what the daemon needs, another for tests and checks.
PYTHON ?= python3
BIN = .venv/bin
RUN = .venv/.run-$(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
DEV = .venv/.dev-$(shell cat requirements-dev.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
PIP = $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: install run test demo lint bench score generated lock clean

install: $(RUN)

run: $(RUN)
	$(BIN)/acuse run $(if $(CONFIG),--config $(CONFIG))

test: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

demo: $(RUN)
	$(BIN)/python -m bench.demo

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV)
	$(BIN)/python -m bench.intake
	$(BIN)/python -m bench.corpora

# How well mail is read; ACUSE_CASES and ACUSE_CORPORA name the folders to measure on.
score: $(DEV)
	$(BIN)/python -m bench.score $(ARGS)

# Manual pages and completion scripts, from the program itself.
generated: $(DEV)
	$(BIN)/python deploy/generate.py

# The locks hold hashes and name no download host.
LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url pyproject.toml
lock: $(DEV)
	$(LOCK) --group build -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "acuse needs Python 3.11 or newer; PYTHON=/path/to/python3 make names another"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get install -y -q python3-venv; \
	  else echo "Python's venv is not here; install it: apt install python3-venv"; exit 1; fi; }
	$(PYTHON) -m venv .venv

$(RUN): $(BIN)/python
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(BIN)/python
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
