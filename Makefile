# Two commands on a fresh machine: `make run` and `make test`. On Windows without make, the same
# words: `.\make run` and `.\make test` (make.cmd). What each one does is in tools/tasks.py.

PYTHON ?= python3
ARGS ?=

.PHONY: help run test test-gpu test-llm test-asr test-dist check dist format bench pictures clean
.DEFAULT_GOAL := help

help run test test-gpu test-llm test-asr test-dist check dist format bench pictures clean:
	@$(PYTHON) tools/tasks.py $@ $(ARGS)
