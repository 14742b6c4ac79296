# Weatherglass: install, try, check. It needs Python 3.11 or newer and make; everything else goes into .venv.

SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DONE := $(VENV)/.done

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test test-slow bench lint format docs lock browser screenshots

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: $(DONE)/project ## simulate a company, score it, and open its page
	$(BIN)/weatherglass demo

test: lint browser ## every check there is, but for the slow ones
	$(BIN)/python -m pytest -n 2 -rs

test-slow: $(DONE)/project browser ## the slow checks: the real histories, large companies
	WEATHERGLASS_SLOW=1 $(BIN)/python -m pytest -n 2 -rs -m slow

bench: $(DONE)/bench $(DONE)/project ## measure, as docs/performance.md tells: it takes long
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/backfill.py

screenshots: browser $(DONE)/project ## take the pictures of the pages in the docs again
	WEATHERGLASS_SCREENSHOTS=1 $(BIN)/python -m pytest -n 0 -q tests/pages/test_browser.py -k "used_by_everyone or dropping_files"

lint: $(DONE)/test $(DONE)/project ## style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DONE)/test ## write the code as the style wants it
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(DONE)/project ## write the reference pages and the outputs of the examples again
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/replay.py

COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-annotate --no-header
lock: $(DONE)/uv ## look for new versions and write requirements/*.txt again
	@$(COMPILE) --upgrade --group uv -o requirements/uv.txt
	@$(COMPILE) --upgrade pyproject.toml -o requirements/run.txt
	@$(COMPILE) --upgrade --group test pyproject.toml -c requirements/run.txt -o requirements/test.txt
	@$(COMPILE) --upgrade --group bench pyproject.toml -c requirements/test.txt -o requirements/bench.txt
	@$(COMPILE) --upgrade --group build -c requirements/test.txt -o requirements/build.txt

# Installing. The files in $(DONE) say what is in place, so that the next make need not look.

# Debian's packages can be had where we are root on a Debian.
APT = [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	&& DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends

# uv does not read pip's settings: a mirror and a certificate that pip was told about are handed on to it.
pip-setting = $$($(BIN)/pip config list | sed -n "s/^[^=]*\.$(1)='\(.*\)'$$/\1/p" | head -n 1)
UV = UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$(call pip-setting,index-url)}" \
	SSL_CERT_FILE="$${SSL_CERT_FILE:-$(call pip-setting,cert)}" $(BIN)/uv
INSTALL = $(UV) pip install --quiet --python $(BIN)/python

# A home that nobody may write to is no reason to stop.
ifeq ($(shell test -w "$$HOME" && echo yes),)
export UV_CACHE_DIR := $(CURDIR)/$(VENV)/.cache
endif

$(DONE)/uv: requirements/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed. Name one: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(APT) python3-venv; } || \
		{ echo 'This Python cannot make environments. As root: apt-get install python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@mkdir -p $(DONE) && touch $@

$(DONE)/build $(DONE)/run $(DONE)/test $(DONE)/bench: $(DONE)/%: requirements/%.txt $(DONE)/uv
	@echo "installing what $< names"
	@$(INSTALL) --require-hashes -r $<
	@touch $@

$(DONE)/project: pyproject.toml $(DONE)/build $(DONE)/run
	@echo "installing Weatherglass itself"
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# Playwright's driver needs libatomic1, which a bare Debian has not; --version tells whether it runs.
browser: $(DONE)/test
	@{ [ -n "$$WEATHERGLASS_BROWSER" ] || command -v chromium; } >/dev/null && $(BIN)/playwright --version >/dev/null 2>&1 \
		|| { $(APT) chromium libatomic1; } \
		|| echo 'No Chromium, so the tests of the pages are skipped. As root: apt-get install chromium libatomic1' >&2
