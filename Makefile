# SPDX-License-Identifier: MIT
#
# make            build everything into build/
# make help       every target, one line each
#
# CC=clang and SANITIZE=thread (or address,undefined) build into folders of
# their own: build/clang, build/thread, build/clang-thread. V=1 shows the whole
# commands.

MAKEFLAGS += --no-builtin-rules
VERSION := 0.1.0

CC := $(if $(filter default undefined,$(origin CC)),gcc,$(CC))
SANITIZE ?=
comma := ,
empty :=
space := $(empty) $(empty)
variant := $(subst $(space),-,$(strip $(filter-out gcc cc,$(notdir $(CC))) \
	$(subst $(comma),-,$(SANITIZE))))
BUILD := build$(if $(variant),/$(variant))

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion
SANITIZER := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
PKG_CONFIG ?= pkg-config
packages := libcurl libevent jansson

common := $(patsubst common/%.c,$(BUILD)/common/%.o,\
	$(filter-out common/net/local_server.c,$(wildcard common/*/*.c)))
# The lock once more, on threads of our own: unchanged, with other names for
# what it calls, and a call before each access to memory.
twice := $(patsubst common/gil/%.c,$(BUILD)/common/virtual/gil_%.o,\
	$(wildcard common/gil/*.c))
VIRTUAL_FLAGS := -include common/virtual/names.h -fsanitize=thread
rooms := $(sort $(dir $(common)))
labs := $(patsubst labs/%.c,$(BUILD)/%,$(wildcard labs/*.c))
exercises := $(patsubst labs/%.c,$(BUILD)/%,$(wildcard labs/exercises/*.c))
harnesses := $(patsubst tests/exercises/harness/%.c,$(BUILD)/%,\
	$(wildcard tests/exercises/harness/[0-9]*.c))
# What embeds the real CPython: one lab and its modules.
embeds = $(filter 12_gil_real python/embed python/interpreters,$(1))

# Only what compiles asks for the libraries.
ifneq ($(filter-out help clean handouts,$(or $(MAKECMDGOALS),all)),)
debian = $(subst libcurl,libcurl4-openssl-dev,$(subst libevent,libevent-dev,\
	$(subst jansson,libjansson-dev,$(1))))
ifeq ($(shell command -v $(PKG_CONFIG)),)
$(error $(PKG_CONFIG) is missing: Debian package pkg-config, or run scripts/setup)
endif
missing := $(strip $(foreach p,$(packages),\
	$(shell $(PKG_CONFIG) --exists $(p) || echo $(p))))
ifneq ($(missing),)
$(error missing: $(missing) (Debian: $(call debian,$(missing))); run scripts/setup)
endif
LIBRARY_FLAGS := $(shell $(PKG_CONFIG) --cflags $(packages))
LIBRARIES := $(shell $(PKG_CONFIG) --libs $(packages)) -ldl

# CPython's headers are the system's: our warnings are for our own code.
ifeq ($(shell $(PKG_CONFIG) --exists python3-embed && echo found),found)
PYTHON_FLAGS := $(patsubst -I%,-isystem %,\
	$(shell $(PKG_CONFIG) --cflags python3-embed))
PYTHON_LIBRARIES := $(shell $(PKG_CONFIG) --libs python3-embed)
else
common := $(filter-out %/python/embed.o %/python/interpreters.o,$(common))
labs := $(filter-out %/12_gil_real,$(labs))
$(info 12_gil_real is not built: python3-embed is missing \
	(Debian: python3-dev); run scripts/setup)
endif
endif

ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -pthread -I. $(WARNINGS) \
	$(SANITIZER) $(LIBRARY_FLAGS) -DGIL_LABS_VERSION='"$(VERSION)"' $(CFLAGS)

# say NAME: the command's name and what it makes, in place of the command; with
# -s neither.
silent = $(findstring s,$(filter-out --%,$(firstword $(MAKEFLAGS))))
say = $(if $(filter-out 0,$(V))$(silent),,@printf '  %-3s %s\n' $(1) $@;)

# What a script runs is what this make builds. Called like this, scripts need
# no exec bits, which a zip or a stick may have lost.
script = @BUILD='$(abspath $(BUILD))' bash scripts
python = @BUILD='$(abspath $(BUILD))' python3 scripts

.PHONY: all tour demo document compare sweep report bench handouts test \
	grade watch grader harnesses student-kit check clean help
.DEFAULT_GOAL := all

all: $(labs) $(exercises) $(BUILD)/local_server ## build all labs into build/

demo: all ## labs 01-05 and one table, the document beside this machine
	$(python)/demo

document: all ## the same at the document's own size, some minutes
	$(python)/demo --document

compare: all ## lab 05 beside the real Pythons: PYTHONS="python2.7 python3.6"
	$(script)/compare

sweep: all ## more threads, other switch intervals: tables and pictures
	$(script)/sweep

report: all ## one HTML page of it all, to open offline, about 5 minutes
	$(script)/report

bench: all ## how fast the kit itself is, beside curl and Python threads
	$(script)/bench

handouts: ## the handouts as HTML, and PDF with weasyprint: build/handouts/
	$(script)/handouts

tour: all ## all labs: a line before each, its finding after
	$(python)/tour

test: all ## all tests
	$(script)/test

grade: grader ## points for labs/exercises: EX=02_count_right, HINT=2 or 3
	$(script)/grade $(if $(HINT),--hints $(HINT)) $(addprefix --only ,$(EX))

watch: grader ## grade again at each save: EX= and HINT= as for grade
	$(script)/watch $(if $(HINT),--hints $(HINT)) $(addprefix --only ,$(EX))

student-kit: ## a tarball for students: no solutions, no answer keys
	$(script)/export student-kit

grader: ## what grading needs, without grading
	@$(MAKE) -s BUILD=$(BUILD)/grader CFLAGS='-O2 -g -fPIC' harnesses
	@$(MAKE) -s BUILD=$(BUILD)/grader/thread SANITIZE=thread \
		CFLAGS='-O1 -g -fPIC' harnesses 2>/dev/null || \
		echo 'grader: no ThreadSanitizer here: races are not measured'

check: ## format, linters, sanitizers
	@bash scripts/check

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | \
		expand -t 18

$(BUILD)/common/%.o: common/%.c | $(rooms)
	$(call say,CC) $(CC) $(ALL_CFLAGS) \
		$(if $(call embeds,$*),$(PYTHON_FLAGS)) \
		-MMD -MP -c -o $@ $<

$(BUILD)/common/virtual/gil_%.o: common/gil/%.c | $(rooms)
	$(call say,CC) $(CC) $(filter-out $(SANITIZER),$(ALL_CFLAGS)) \
		$(VIRTUAL_FLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libcommon.a: $(common) $(twice)
	@rm -f $@
	$(call say,AR) ar rcs $@ $^

$(BUILD)/%: labs/%.c $(BUILD)/libcommon.a
	$(call say,CC) $(CC) $(ALL_CFLAGS) \
		$(if $(call embeds,$*),$(PYTHON_FLAGS)) $(LDFLAGS) \
		-MMD -MP -MF $(BUILD)/common/$(@F).d -o $@ $< $(BUILD)/libcommon.a \
		$(LIBRARIES) $(if $(call embeds,$*),$(PYTHON_LIBRARIES))

$(BUILD)/local_server: common/net/local_server.c $(BUILD)/libcommon.a
	$(call say,CC) $(CC) $(ALL_CFLAGS) $(LDFLAGS) \
		-MMD -MP -MF $(BUILD)/common/$(@F).d -o $@ $< $(BUILD)/libcommon.a $(LIBRARIES)

$(exercises): | $(BUILD)/exercises

# The graders' own programs; position-independent, for a student's shared object.
harnesses: $(harnesses) $(BUILD)/libcommon.a $(BUILD)/local_server \
	$(BUILD)/fail_call.so

shared := $(addprefix tests/exercises/harness/,\
	harness.c harness.h operations.c operations.h)
$(BUILD)/%: tests/exercises/harness/%.c $(shared) $(BUILD)/libcommon.a
	$(call say,CC) $(CC) $(ALL_CFLAGS) $(LDFLAGS) -rdynamic -o $@ \
		$(filter %.c %.a,$^) -ldl

$(BUILD)/fail_call.so: tests/fail_call.c | $(rooms)
	$(call say,CC) $(CC) -O2 -fPIC -shared -pthread -o $@ $< -ldl

$(rooms) $(BUILD)/exercises:
	@mkdir -p $@

-include $(wildcard $(BUILD)/common/*.d $(BUILD)/common/*/*.d)
