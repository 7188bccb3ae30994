# Everything a newcomer needs: `make demo` and `make test`. Both work on a bare clone with Python 3.11.
# Debian's own is built to be fast, which one that pyenv compiled here is not: an eighth less CPU for all that runs in it.
FAST := /usr/bin/python3.11
PYTHON ?= $(shell $(FAST) -c 'import ensurepip, venv' 2>/dev/null && echo $(FAST) || echo python3)
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
ONCE ?=
KILL_WORKER ?=
MINUTES ?=
SEED ?=
TENANTS ?=
RATE ?=
EVERY ?=
CLUSTER ?=
CONSOLE ?=
ROWS ?=
ONLY ?=
KEEP ?=
DOCUMENTS ?=
EXAMPLES ?=
INPUTS ?=
WORKERS ?=
FORMER ?=
VERSION ?=
# The suite, the demo and the chaos run start programs by the dozen: each would compile its modules again.
export PYTHONDONTWRITEBYTECODE :=
# openpyxl reads and writes with lxml where it is installed: here it is, for MechanicalSoup, and in production it is not.
export OPENPYXL_LXML := False

.PHONY: alerts axe jobs weight icons pictures try-deploy try-upgrade restore-drill demo chaos pressing fuzz bench test test-unit check format lock translations bench-simulator upgrade-test release clean help

help:
	@echo "make demo          weeks of French shops' closings, from the tills into Exact Online's books, then the console"
	@echo "make demo ONCE=1   the same, and exits when it has shown the result"
	@echo "make pictures      the handbook's pictures (docs/fr/pictures), taken anew from the demo by a browser"
	@echo "make axe           every page of the demo by axe's rules, wide and narrow, light and dark; fails if one is broken"
	@echo "make jobs          a morning's jobs walked in a browser at the demo: presses and seconds of each"
	@echo "make weight        what the five main pages of the demo weigh and how long they take in a browser"
	@echo "make icons         the font of icons, of those that a page could show; after a new one, or a new release of unfold"
	@echo "make chaos         everything fails at random while tills push; the books must be right (MINUTES=5 SEED=…)"
	@echo "make chaos CLUSTER=1   the same with machines: three of PostgreSQL, two of web, two of workers; needs root"
	@echo "make pressing      answers of Exact get lost in every way, and a person presses all the same (DOCUMENTS=100)"
	@echo "make fuzz          100,000 broken calls and files; what must hold of every answer is looked at (INPUTS=… SEED=…), then schemathesis (EXAMPLES=…)"
	@echo "make bench         how fast it is, beside what the machine could do at all"
	@echo "make test          the whole suite, on real PostgreSQL, Valkey and Chromium (WORKERS=3)"
	@echo "make bench-simulator   how fast the simulated Exact Online is, with 100,000 entries in its books"
	@echo "make test-unit     its part that needs no database, no program and no network: twenty seconds, while you write"
	@echo "make upgrade-test  the code of the last release at work on today's schema (FORMER=commit)"
	@echo "make alerts        whether each alert fires when it must, by Prometheus' own tools (promtool, amtool)"
	@echo "make try-deploy    installs a bare clone with Docker, twice, and kills each container in turn (needs an engine, root)"
	@echo "make restore-drill restores the newest backup beside the running service, and compares (needs what install made)"
	@echo "make try-upgrade   upgrades a clone with Docker while tills push, and goes back (needs an engine)"
	@echo "make release   version, changelog, signed tag, image, bill of materials and licences (VERSION=1.2.3)"
	@echo "make check         ruff, mypy, import rules, migrations, translations, linters of the till API, manifests"

demo: $(VENV)/.installed
	@ONCE=$(ONCE) KILL_WORKER=$(KILL_WORKER) $(BIN)/python -m tools.demo

# A browser goes through the demo; the pictures are docs/fr/pictures.
icons: $(VENV)/.installed
	@LOG_LEVEL=ERROR $(BIN)/python -m tools.icons

pictures: $(VENV)/.installed
	@$(BIN)/python -m tools.stack browser
	@$(BIN)/python -m tools.pictures

# As each kind of person; CONSOLE=http://127.0.0.1:8000 looks at a demo that runs already. Some ten minutes.
axe: $(VENV)/.installed
	@$(BIN)/python -m tools.stack browser
	@CONSOLE=$(CONSOLE) LOG_LEVEL=ERROR DJANGO_SETTINGS_MODULE=integration.settings $(BIN)/python -m tools.stack exec $(BIN)/python -m tools.accessible

jobs: $(VENV)/.installed
	@$(BIN)/python -m tools.stack browser
	@$(BIN)/python -m tools.jobs

weight: $(VENV)/.installed
	@$(BIN)/python -m tools.stack browser
	@CONSOLE=$(CONSOLE) $(BIN)/python -m tools.accessible.weight

chaos: $(VENV)/.installed
	@MINUTES=$(MINUTES) SEED=$(SEED) TENANTS=$(TENANTS) RATE=$(RATE) EVERY=$(EVERY) $(BIN)/python -m $(if $(CLUSTER),tools.cluster,tools.chaos)

pressing: $(VENV)/.installed
	@DOCUMENTS=$(DOCUMENTS) ONLY="$(ONLY)" $(BIN)/python -m tools.pressing

fuzz: $(VENV)/.installed
	@$(BIN)/python -m tools.translations compile
	@INPUTS=$(INPUTS) SEED=$(SEED) $(BIN)/python -m tools.fuzz
	@SCHEMATHESIS_EXAMPLES=$(or $(EXAMPLES),400) $(BIN)/python -m pytest -q tests/clyo_ingest/test_schemathesis.py

bench: $(VENV)/.installed
	@ROWS=$(ROWS) ONLY=$(ONLY) KEEP=$(KEEP) $(BIN)/python -m tools.bench

# Three on two cores: each waits half its time, for PostgreSQL, a browser or programs that start (docs/decisions/0059).
test: $(VENV)/.installed
	@$(BIN)/python -m tools.stack browser
	@$(BIN)/python -m tools.translations compile
	$(BIN)/python -m pytest -n $(or $(WORKERS),3) --dist loadfile --no-loadscope-reorder

test-unit: $(VENV)/.installed
	@$(BIN)/python -m tools.translations compile
	$(BIN)/python -m pytest -m unit -q -n $(or $(WORKERS),2) --dist loadfile --durations=0 --durations-min=1

# Prometheus' own tools, of Debian's packages prometheus and prometheus-alertmanager.
alerts:
	promtool check config deploy/prometheus/prometheus.yml
	promtool test rules deploy/prometheus/alerts_test.yml
	amtool check-config deploy/prometheus/alertmanager.yml

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint $$(git ls-files '*Dockerfile')
	$(BIN)/shellcheck -x $$(git grep -lIE '^#!/(usr/bin/env bash|bin/bash|bin/sh)' -- . ':!linters')
	$(BIN)/python -m tools.translations check
	$(BIN)/python -m tools.stack exec $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tools.stack exec $(BIN)/mypy
	$(BIN)/python -m tools.stack exec $(BIN)/python -m tools.api_lint
	$(BIN)/python -m tools.kubernetes
	$(BIN)/python -m tools.stack exec $(BIN)/python -m tools.release.migrations

# The code of the last release on the schema of today's migrations.
upgrade-test: $(VENV)/.installed
	@FORMER=$(FORMER) $(BIN)/python -m tools.release.former

try-deploy:
	@./deploy/try-deploy

try-upgrade: $(VENV)/.installed
	@./deploy/try-upgrade

restore-drill:
	@./deploy/restore-drill

# VERSION=1.2.3; BUILD_OPTIONS are for a machine whose builds need some of their own (--network=host).
release: $(VENV)/.installed
	@VERSION=$(VERSION) BUILD_OPTIONS="$(BUILD_OPTIONS)" $(BIN)/python -m tools.release

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv writes the locks; hashes are checked at every installation.
lock: $(VENV)/.installed
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --upgrade -o requirements/dev.txt
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --upgrade -o requirements/production.txt
	$(BIN)/uv pip compile --group simulators -c requirements/dev.txt --universal --python-version 3.11 --generate-hashes --no-header --upgrade -o requirements/simulators.txt
	$(BIN)/uv pip compile --group build -c requirements/dev.txt --universal --python-version 3.11 --generate-hashes --no-header --upgrade -o requirements/build.txt
	$(BIN)/uv pip compile --group cluster --universal --python-version 3.11 --generate-hashes --no-header --upgrade -o requirements/cluster.txt
	$(BIN)/uv pip compile --group release --universal --python-version 3.11 --generate-hashes --no-header --upgrade -o requirements/release.txt

# With a caller of its own on the same machine; some four minutes on two cores.
bench-simulator: $(VENV)/.installed
	@$(BIN)/python -m simulators.exact_online.bench --entries 100000

translations: $(VENV)/.installed
	$(BIN)/python -m tools.translations update

$(VENV)/.installed: requirements/dev.txt
	$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) .local linters/node_modules
