# `make run` chats, `make test` checks everything. Both set up what they need.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
SOURCES := actors benchmarks daemon desktop storage tests

.PHONY: run install install-desktop test bench bench-json format screenshots system-deps clean

# Where there is a display, the window and its web view come along.
ifneq ($(DISPLAY)$(WAYLAND_DISPLAY)$(filter Darwin Windows_NT,$(OS) $(shell uname -s)),)
run: install-desktop
else
run: install
endif
	@"$(BIN)/stagent"

install: $(VENV)/.installed

install-desktop: $(VENV)/.desktop

test: $(VENV)/.tested
	"$(BIN)/ruff" format --check $(SOURCES)
	"$(BIN)/ruff" check $(SOURCES)
	"$(BIN)/mypy"
	"$(BIN)/lint-imports"
	"$(BIN)/pytest" -n auto --dist worksteal

# Each promise about speed and memory against its baseline; see docs/performance.md.
bench: $(VENV)/.tested
	@"$(BIN)/python" -m benchmarks

bench-json: $(VENV)/.tested
	@"$(BIN)/python" -m benchmarks --json

format: $(VENV)/.tested
	"$(BIN)/ruff" format $(SOURCES)
	"$(BIN)/ruff" check --fix $(SOURCES)

# Pictures of the chat page for docs/screenshots.
screenshots: $(VENV)/.tested
	"$(BIN)/python" -m tests.desktop.screenshots

# The packages of the system that some tests need; the program itself needs none.
system-deps:
	bash .ci/system-deps

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/python $(VENV)/Scripts/python.exe:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "stagent needs Python 3.11 or newer: install it, or name it with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing: on Debian and Ubuntu, apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Compiled here once, since an import from source costs twice as much.
$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --compile --editable .
	"$(BIN)/python" -m compileall -q actors daemon desktop storage
	@touch $@

$(VENV)/.desktop: $(VENV)/.installed
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --compile --editable '.[desktop]'
	@touch $@

$(VENV)/.tested: $(VENV)/.installed tests/desktop/package.json
	"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --compile --editable '.[test]'
	@if command -v npm >/dev/null; then npm install --prefix tests/desktop --silent --no-audit --no-fund --no-package-lock; fi
	@touch $@
