# Two commands on a fresh machine with Python 3.11+, pip and make:  make demo  ·  make test
# Both build .venv and use it again while pyproject.toml and the pins are unchanged.
PYTHON ?= python3
ARGS   ?=
V      := .venv
STAMP   = $(V)/.$(1)-$(shell cat pyproject.toml requirements/$(1).txt | sha256sum | cut -c1-16)
APP    := $(call STAMP,app)
TEST   := $(call STAMP,test)
INSTALL = $(V)/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test endurance attack mutate format chromium clean
.DELETE_ON_ERROR:

help:
	@echo "make demo       build a small sample country and serve it on http://127.0.0.1:8000  (ARGS='--port 8001' …)"
	@echo "make test       every check and test, on SQLite and PostgreSQL, with a real browser"
	@echo "make endurance  the same tests with their full numbers"
	@echo "make attack     attacks on the open data, each proven able on tables without noise"
	@echo "make mutate     how many changes of engine, ladder and callback door the tests notice (a quarter of an hour of two idle cores)"
	@echo "make format     bring the code into its form"
	@echo "make clean      remove what make built"

demo: $(APP)
	@$(V)/bin/casestatus demo $(ARGS)

# The gates first, quick ones before slow ones; pytest last, so that its closing line is the last line.
# A file's tests run in one process, which builds what they share once; tests/conftest.py puts the longest files first.
test: $(TEST) chromium
	$(V)/bin/ruff format --check --quiet .
	$(V)/bin/ruff check --quiet .
	$(V)/bin/lint-imports --no-cache
	$(V)/bin/mypy -n 2
	$(V)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

endurance: $(TEST)
	$(V)/bin/python -m tests.endurance

attack: $(TEST)
	@$(V)/bin/python -m tests.attack.run

mutate: $(TEST)
	@$(V)/bin/python -m tests.mutation $(ARGS)

format: $(TEST)
	$(V)/bin/ruff format .
	$(V)/bin/ruff check --fix .

$(V)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: no '$(PYTHON)' found. Install Python 3.11 or newer, or run: make PYTHON=/path/to/python3.11 demo" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." >&2; exit 1; }
	@$(PYTHON) -m venv $(V) || { rm -rf $(V); echo "make: '$(PYTHON) -m venv' failed. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# pip compiles on one core, compileall on all; it fails at files that some packages hold and no Python reads.
# The stamp's name holds a hash of what was installed, so a checkout's file times don't matter.
$(V)/.app-% $(V)/.test-%: | $(V)/bin/python
	@echo "make: installing requirements/$(SET).txt into $(V) (a minute or two, once)" >&2
	$(INSTALL) --no-compile --require-hashes -r requirements/$(SET).txt
	@$(V)/bin/python -m compileall -qq -j 0 $(V)/lib || true
	$(INSTALL) --no-deps -e .
	@rm -f $(V)/.$(SET)-* && touch $@
$(APP): SET := app
$(TEST): SET := test

chromium:
	@for b in "$$CHROMIUM" chromium chromium-browser google-chrome; do [ -n "$$b" ] && command -v "$$b" >/dev/null && exit 0; done; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else echo "make: the browser tests need Chromium. Install it (apt-get install chromium) or set CHROMIUM=/path/to/it, then run make test again." >&2; exit 1; fi

clean:
	rm -rf $(V) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache mutants
