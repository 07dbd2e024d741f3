# The two to know: `make demo` sets up and checks the samples, `make test` runs everything a change must pass.

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV   := .venv
TOOLS  := .venv-tools
BIN    := $(VENV)/bin
UV     := $(TOOLS)/bin/uv
STAMP  := $(VENV)/.set-up
SAMPLES := corpora/samples

# The interpreter is the machine's own: none is ever downloaded.
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
# An office network may bring certificates of its own: trust what the system trusts.
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# uv does not read pip's settings; a package index named for pip in the environment serves uv too.
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif
# Without a home folder the download cache lives in the checkout.
ifeq ($(strip $(HOME)),)
export HOME := $(CURDIR)/.cache/home
export UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
endif

.PHONY: help setup demo test lint lock bench evaluate train clean

help:
	@echo 'make setup   install into $(VENV) what requirements.lock names'
	@echo 'make demo    set up, then check the documents in $(SAMPLES)'
	@echo 'make test    set up, then lint, types, import contracts and tests'
	@echo 'make bench   set up, then the measurements'
	@echo 'make evaluate  set up, then precision and recall of the content rules'
	@echo 'make train   set up, then train the likeness model anew (wants ../shared)'
	@echo 'make lock    write requirements.lock anew from pyproject.toml'
	@echo 'make clean   remove what the targets above made'

# --- set-up ----------------------------------------------------------------------------------------------------------

# Sets $$python to a CPython 3.11 that can make virtual environments, or says what is missing.
define FIND_PYTHON
find_python() { \
  for python in python3.11 python3 python; do \
    if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; then return 0; fi; \
  done; \
  return 1; \
}; \
if ! find_python; then \
  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    echo 'python3.11 or its venv module is missing: installing it with apt-get' >&2; \
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3.11 python3.11-venv; } >&2 || true; \
  fi; \
  find_python || { \
    echo 'normcheck needs Python 3.11 with its venv module, and found none.' >&2; \
    echo 'On Debian 12: sudo apt-get install python3.11 python3.11-venv; elsewhere install Python 3.11. Then run make again.' >&2; \
    exit 1; \
  }; \
fi
endef

setup: $(STAMP)

$(STAMP): pyproject.toml requirements.lock | $(UV)
	@$(FIND_PYTHON); \
	if ! $(BIN)/python -c '' 2>/dev/null; then "$$python" -m venv --clear --without-pip $(VENV); fi
	$(UV) pip sync --quiet --compile-bytecode --require-hashes --python $(BIN)/python requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@$(BIN)/python -m compileall -q checker cli
	@touch $@

# uv itself, in an environment of its own, with the version and hashes that requirements.lock gives.
$(UV):
	@$(FIND_PYTHON); \
	"$$python" -m venv --clear $(TOOLS)
	@sed -n '/^uv==/,/^    # via/p' requirements.lock > $(TOOLS)/uv.txt
	$(TOOLS)/bin/python -m pip install --quiet --require-hashes --only-binary uv --requirement $(TOOLS)/uv.txt

# Keeps the versions that are there as far as pyproject.toml allows; `make lock UPGRADE=1` takes the newest.
lock: | $(UV)
	@$(FIND_PYTHON); \
	$(UV) pip compile --quiet $(if $(UPGRADE),--upgrade) --generate-hashes --all-extras --python "$$python" --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	  pyproject.toml --output-file requirements.lock

# --- use -------------------------------------------------------------------------------------------------------------

# 1 says that a sample violates something, as some are written to; anything above is a fault.
demo: setup
	@status=0; $(BIN)/normcheck check $(SAMPLES) || status=$$?; \
	if [ $$status -gt 1 ]; then echo "demo: normcheck ended with $$status" >&2; exit $$status; fi

# --- checks ----------------------------------------------------------------------------------------------------------

test: setup lint
	$(BIN)/pytest

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# pytest ends with 5 when it finds no measurement.
bench: setup
	@status=0; $(BIN)/pytest -m bench --capture=no || status=$$?; \
	if [ $$status -eq 5 ]; then echo 'bench: there are no measurements' >&2; exit 0; fi; \
	exit $$status

evaluate: setup
	@$(BIN)/python -m tests.evaluation.content

# Writes corpora/norms/likeness.npz anew.
train: setup
	@$(BIN)/python corpora/norms/train_likeness.py

clean:
	rm -rf $(VENV) $(TOOLS) .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
