# Stratum: everything a newcomer needs is one of these words. Only Python 3.11 or later and make are assumed.

PYTHON ?= python3
PORT ?= 8501
RUN = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev app ask test test-fast test-exhaustive test-faults lint clean

help: ## say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 18

setup: ## set up .venv with what the program needs
	@$(PYTHON) tools/setup.py requirements.txt

setup-dev: ## the same, with what the tests need
	@$(PYTHON) tools/setup.py requirements.txt requirements-dev.txt

app: setup ## set up, index corpus/, open the app on 127.0.0.1:8501 (PORT=... for another)
	@$(RUN) -m ingest sync || [ $$? -eq 1 ]
	@echo "Stratum is starting; open http://127.0.0.1:$(PORT) (stop it with Ctrl+C)."
	@$(RUN) -m streamlit run app.py --server.port $(PORT)

ask: setup ## set up, index corpus/, answer once: make ask Q="does vitamin C help dark spots?"
	@$(RUN) -m ingest sync >&2 || [ $$? -eq 1 ]
	@$(RUN) -m index search "$$Q"

# As it is typed: a dollar sign in a question is no variable of make.
override export Q := $(value Q)

test: setup-dev ## set up, run what CI runs
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -m pytest -n 2 -m "not model and not browser"
	@$(RUN) -m pytest -m "model or browser"

test-fast: setup-dev ## the tests that need no model, browser, page or process of their own (seconds)
	@$(RUN) -m pytest -n 2 -m "not model and not browser and not pages and not processes and not faults"

test-exhaustive: setup-dev ## the same with 1,000 examples for every property (minutes)
	@STRATUM_TESTS=exhaustive $(RUN) -m pytest -n 2 -m "not model and not browser and not faults" --timeout 1800

test-faults: setup-dev ## every kill, crash, full disk and damage in full, with a table of figures (an hour)
	@$(RUN) -m tests.faults.report

lint: setup-dev ## lint, layout and types
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

clean: ## remove what was set up and indexed (uploads too)
	@rm -rf .venv var
