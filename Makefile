# make demo    the city, running, on http://127.0.0.1:8000        make test    everything that must hold
# make check   lint, types and contracts only                     make bench   measurements
# make assets  translations, fonts                                make drill   kills and crawls: too long for make test
# make setup   .venv and what uv.lock lists                       ARGS="…"     options for tongban demo or pytest
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
RUN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
ARGS ?=
export TONGBAN_CHROMIUM ?=

.PHONY: help setup assets browser demo test check bench bench-identity drill

help:
	@sed -n 's/^# //p' Makefile

setup: $(STAMPS)/python

$(STAMPS)/python: pyproject.toml uv.lock
	@scripts/bootstrap python
	@mkdir -p $(STAMPS) && touch $@

assets: $(STAMPS)/fonts $(STAMPS)/messages

$(STAMPS)/fonts: frontend/package-lock.json scripts/fonts | $(STAMPS)/python
	@echo "下载证照字体 Fetching the font of licences"
	@scripts/fonts
	@touch $@

$(STAMPS)/messages: $(wildcard locale/*/*.po) | $(STAMPS)/python
	@$(RUN)/python -m tongban.assembly.messages
	@touch $@

$(STAMPS)/interop: tests/interop/package-lock.json | $(STAMPS)/python
	@echo "下载互通测试用的客户端 Fetching the clients of the interoperability tests"
	@scripts/npm-ci tests/interop
	@touch $@

browser:
	@scripts/bootstrap browser

demo: setup assets
	@exec $(RUN)/tongban demo $(ARGS)

check: setup
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports

test: setup assets $(STAMPS)/interop browser check
	$(RUN)/pytest -n 2 $(ARGS)

$(STAMPS)/peers: benchmarks/identity/package-lock.json | $(STAMPS)/python
	@echo "下载比较对象 Fetching the peers that benchmarks measure against"
	@scripts/npm-ci benchmarks/identity
	@touch $@

bench-identity: setup assets $(STAMPS)/peers
	@$(RUN)/python benchmarks/bench_identity.py $(ARGS)

bench: setup assets $(STAMPS)/peers
	@shopt -s nullglob; for file in benchmarks/bench_*.py; do echo "$$file"; $(RUN)/python "$$file"; done

drill: setup assets browser
	$(RUN)/pytest tests/drill -p no:randomly -x $(ARGS)
