# `make run` starts everything on this machine, `make test` passes all tests. Nothing but Python 3.11+ is needed.

BIN := .venv/bin
PIN := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make requirements"
COMPILE := $(PIN) pyproject.toml
FUELSDK := tests/mce_sandbox/fuelsdk/requirements
# Settings for programs that import the project and run nothing.
EXAMPLE_ENV := set -a; . ./.env.example; set +a

.PHONY: help setup run stop clean test faults bench soak lint format types imports web console sandbox requirements secrets

help:  ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

setup:  ## make .venv with what requirements-dev.txt lists, if that has changed
	@sh stack/setup.sh

run: setup  ## start everything; Ctrl-C stops it
	@exec $(BIN)/python -m stack run

stop:  ## stop what `make run` started
	@if [ -e .venv/installed.txt ]; then exec $(BIN)/python -m stack stop; else echo "Nothing is set up here."; fi

clean:  ## stop it, and remove all that was made here: data, those of root in /var/tmp too, .venv, caches; not docker/secrets
	@if [ -d var ]; then sh stack/setup.sh && $(BIN)/python -m stack stop && $(BIN)/python -m stack remove; fi
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles console/web/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

test: setup lint types imports web  ## all checks and tests, with servers of their own; PYTEST="tests/leases -k claim" picks
	@exec $(BIN)/python -m stack servers -- $(BIN)/python -m pytest $(or $(PYTEST),-n 2 --dist loadfile)

faults: setup  ## break everything in turn with 240 runs in flight; FULL=1 takes outages at their word, ONLY="Redis" picks
	@exec $(BIN)/python -m tests.faults $(if $(FULL),--full) $(ONLY)

bench: setup  ## measure; ONLY="sandbox" picks
	@exec $(BIN)/python -m tests.bench $(ONLY)

soak: setup  ## 20 minutes of 5 runs a second with faults sprinkled in; MINUTES=2 is shorter
	@exec $(BIN)/python -m tests.soak $(if $(MINUTES),--minutes $(MINUTES))

lint: setup  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup  ## put the style right where that can be done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup  ## mypy --strict
	$(EXAMPLE_ENV); $(BIN)/mypy .

imports: setup  ## who may import whom
	$(EXAMPLE_ENV); PYTHONPATH=client $(BIN)/lint-imports

web: setup  ## get what the console is built with, where npm is
	@sh console/web/setup.sh

console: web  ## build the console again, after a change of console/web
	cd console/web && npm run --silent types && npm run --silent bundle

sandbox: setup  ## the Marketing Cloud to run against, alone, on port 9400
	@exec $(BIN)/python -m mce_sandbox --host 127.0.0.1 --port 9400

secrets: setup  ## make the secrets of docker/compose.yaml, those that are not there yet
	@$(BIN)/python -m stack.secret_files docker/secrets

requirements: setup  ## pin what is needed, with hashes
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --all-extras --output-file requirements-dev.txt
	$(COMPILE) --extra sandbox --constraint requirements-dev.txt --output-file requirements-sandbox.txt
	$(PIN) --no-deps $(FUELSDK).in --output-file $(FUELSDK).txt
