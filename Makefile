# make run    install, and serve collector, queries and a sample page at 127.0.0.1:8000
# make test   install, and run all tests
# make faults break a running footfall in many ways, and print what was acknowledged and counted
# make soak   the same with hundreds of kills
# make prove  put this installation's guarantees to the test, against a throw-away copy
# make mutations  break each guarantee of privacy, and see that its test fails
# make check  style, types and import rules
# make demo   make up a year of traffic, and serve it

PYTHON ?= python3
BIN := .venv/bin
RUN_READY := .venv/.ready-to-run
TEST_READY := .venv/.ready-to-test
# Most tests wait, so more run side by side than there are cores; the long ones come first.
PYTEST := $(BIN)/python -m pytest
SIDE_BY_SIDE := --numprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run test faults soak prove mutations check demo

run: $(RUN_READY)
	$(BIN)/footfall serve --listen 127.0.0.1:8000 --site example.com --key try-me

demo: $(RUN_READY)
	$(BIN)/footfall demo --listen 127.0.0.1:8000 --data ./data/demo --key try-me

test: $(TEST_READY)
	$(PYTEST) $(SIDE_BY_SIDE)

faults: $(TEST_READY)
	$(PYTEST) $(SIDE_BY_SIDE) tests/faults

soak: $(TEST_READY)
	FAULT_KILLS=700 $(PYTEST) tests/faults/test_kill.py

prove: $(RUN_READY)
	$(BIN)/footfall prove --site example.com

mutations: $(TEST_READY)
	$(BIN)/python tests/privacy/mutations.py

check: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/bin/python:
	$(PYTHON) -m venv .venv

$(RUN_READY): .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --editable .
	touch $@

$(TEST_READY): .venv/bin/python pyproject.toml tests/package.json
	$(BIN)/pip install --quiet --editable ".[dev]"
	if command -v npm > /dev/null; then npm install --prefix tests --no-audit --no-fund --silent; fi
	touch $@ $(RUN_READY)
