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

# A folder in this tree is named from here, whatever the way to it is called.
override BUILD := $(subst $(CURDIR)/,,$(BUILD))
ifneq ($(words $(BUILD)),1)
$(error BUILD='$(BUILD)': a folder without spaces in its name is needed)
endif

CFLAGS ?= -O2 -g
# Nothing built by an older gcc is linked in: no notes on what it aligned otherwise.
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-psabi
SANITIZER := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
PKG_CONFIG ?= pkg-config

common := $(patsubst common/%.c,$(BUILD)/common/%.o,\
	$(filter-out common/net/local_server.c \
	common/virtual_lab/walk_program.c common/virtual_lab/page_program.c,\
	$(wildcard common/*/*.c)))
# The lock and the tasks once more, on threads of our own: unchanged, with other
# names for what they call, and a call before each access to memory.
twice := $(patsubst common/gil/%.c,$(BUILD)/common/virtual/gil_%.o,\
	$(wildcard common/gil/*.c)) $(BUILD)/common/virtual/run_tasks.o
VIRTUAL_FLAGS := -include common/virtual/names.h -fsanitize=thread -fno-lto
rooms := $(sort $(dir $(common)))
programs := $(patsubst labs/%.c,$(BUILD)/%,\
	$(wildcard labs/*.c labs/exercises/*.c)) $(BUILD)/local_server $(BUILD)/walk
harnesses := $(patsubst tests/exercises/harness/%.c,$(BUILD)/%,\
	$(wildcard tests/exercises/harness/[0-9]*.c \
	$(if $(SANITIZE),,tests/exercises/harness/walk/[0-9]*.c)))

# The graders have no lab: no puzzles, no Python, and under a sanitizer no orders.
ifeq ($(MAKECMDGOALS),harnesses)
common := $(filter-out $(BUILD)/common/python/% $(BUILD)/common/virtual_lab/% \
	$(if $(SANITIZE),$(BUILD)/common/virtual/%),$(common))
twice := $(if $(SANITIZE),,$(twice))
endif

# What needs more than a C compiler, make and jansson: programs, and modules of
# common/. All of common/net but the echo and what it stands on is for downloads.
needs_libcurl := $(filter-out net/echo net/loopback,$(patsubst common/%.c,%,\
	$(wildcard common/net/*.c))) local_server \
	01_io_serial 02_io_threads 11_io_events exercises/01_overlap_downloads
needs_libevent := $(needs_libcurl)
needs_python3-embed := python/embed python/interpreters 12_gil_real
packages := libcurl libevent python3-embed
debian_libcurl := libcurl4-openssl-dev
debian_libevent := libevent-dev
debian_python3-embed := python3-dev
debian_pkg-config := pkg-config

# Only what compiles asks for the libraries.
ifneq ($(filter-out help clean handouts slides doctor explore %/explore/program.js,\
	$(or $(MAKECMDGOALS),all)),)
# What it is linked with, after its name.
$(foreach p,jansson $(packages),$(eval libraries_$(p) := \
	$(shell libs=$$($(PKG_CONFIG) --libs $(p) 2>/dev/null) && echo $(p) $$libs)))
found := $(foreach p,jansson $(packages),$(firstword $(libraries_$(p))))
absent := $(filter-out $(found),$(packages))
flags = $(if $(1),$(shell $(PKG_CONFIG) --cflags $(1)))
LIBRARY_FLAGS := $(call flags,$(filter-out python3-embed,$(found)))
# CPython's headers are the system's: our warnings are for our own code.
PYTHON_FLAGS := $(patsubst -I%,-isystem %,\
	$(call flags,$(filter python3-embed,$(found))))
# A library outside the system's folders is to be found at run time, too.
$(foreach p,$(found),$(eval libraries_$(p) := $(filter-out $(p),\
	$(libraries_$(p)) $(patsubst -L%,-Wl$(comma)-rpath$(comma)%,\
	$(filter -L%,$(libraries_$(p)))))))

# Without pkg-config, or its word on it, jansson may be in the system's folders.
ifeq ($(filter jansson,$(found)),)
ifneq ($(shell $(CC) -E -include jansson.h -x c /dev/null >/dev/null 2>&1 && \
	echo found),found)
$(error jansson is missing (Debian: libjansson-dev) or $(CC) does not work: \
	run scripts/setup)
endif
libraries_jansson := -ljansson
endif

# What is left out, and why, in one line.
needing = $(sort $(foreach p,$(absent),$(needs_$(p))))
left_out := $(filter $(needing:%=$(BUILD)/%),$(programs))
common := $(filter-out $(needing:%=$(BUILD)/common/%.o),$(common))
programs := $(filter-out $(left_out),$(programs))
ifneq ($(left_out),)
reason := $(if $(shell $(PKG_CONFIG) --version 2>/dev/null),$(absent),pkg-config)
$(info not built: $(left_out:$(BUILD)/%=%); missing: $(reason) \
	(Debian: $(foreach p,$(reason),$(debian_$(p)))); run scripts/setup)
endif
endif

ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -pthread -I. $(WARNINGS) \
	$(SANITIZER) $(LIBRARY_FLAGS) -DGIL_LABS_VERSION='"$(VERSION)"' $(CFLAGS)

# Some machines' 64-bit atomics are in a library.
ATOMIC = $(eval ATOMIC := $(shell echo '_Atomic long long a;' \
	'int main(void) { return (int)a++; }' | \
	$(CC) $(CFLAGS) -x c -o /dev/null - >/dev/null 2>&1 || \
	echo -latomic))$(ATOMIC)

# needs NAME and links NAME: a program's packages, and what it is linked with.
needs = $(foreach p,$(packages),$(if $(filter $(1),$(needs_$(p))),$(p)))
links = $(foreach p,$(call needs,$(1)) jansson,$(libraries_$(p))) $(ATOMIC) \
	$(if $(filter 13_% 14_% walk,$(1)),-ldl)
python_flags = $(if $(filter $(1),$(needs_python3-embed)),$(PYTHON_FLAGS))

# A file is made under a name of its own and moved to its place when it is whole:
# another make in this tree may be reading, or making, the same.
new = $@.$$$$
in_place = && mv -f $(new) $@ || { rm -f $(new) $(new)d; exit 1; }
# The same for a compiler, which also writes down the headers: into file $(1).
compiled = -MMD -MP -MT $@ -MF $(new)d -o $(new)
compiled_in_place = && mv -f $(new)d $(1) $(in_place)

# quote TEXT: one word for the shell, whatever is in it.
quote = '$(subst ','\'',$(1))'

# say NAME: the command's name and what it makes, in place of the command; with
# -s neither.
silent = $(findstring s,$(filter-out --%,$(firstword $(MAKEFLAGS))))
say = $(if $(filter-out 0,$(V))$(silent),,@printf '  %-3s %s\n' $(1) $@;)

# What a script runs is what this make builds. Called like this, scripts need
# no exec bits, which a zip or a stick may have lost.
script = @BUILD=$(call quote,$(abspath $(BUILD))) bash scripts
python = @BUILD=$(call quote,$(abspath $(BUILD))) python3 scripts

.PHONY: all walk tour demo document compare sweep report bench handouts \
	slides explore test grade watch replay next progress grader harnesses \
	student-kit doctor check clean help
.DEFAULT_GOAL := all

all: $(programs) $(BUILD)/learner.jsonl ## build all labs into build/

demo: all ## labs 01-05 and one table: the blog post and this machine
	$(python)/demo

document: all ## the same at the blog post's own size, some minutes
	$(python)/demo --document

compare: all ## lab 05 and the real Pythons: PYTHONS="python2.7 python3.6"
	$(python)/compare

sweep: all ## more threads, other switch intervals: tables and pictures
	$(python)/sweep

report: all ## one HTML page of it all, to open offline, about 5 minutes
	$(python)/report

bench: all ## how fast the kit is, compared with curl and Python threads
	$(python)/bench

handouts: ## the handouts as HTML, and PDF with weasyprint: build/handouts/
	$(script)/handouts

slides: ## slides from the handouts, one HTML file: build/slides.html
	$(python)/slides

explore: ## the lock, moving, as a page: build/explore/index.html
	$(python)/explore --check
	@$(MAKE) -s BUILD=$(BUILD) $(page)/program.js
	$(python)/explore

walk: all ## every order of your program's steps: PROG=FILE.c, ARGS="..."
	$(script)/walk $(call quote,$(PROG)) $(ARGS)

tour: all ## all labs: a line before each, its finding after
	$(python)/tour

test: all ## all tests
	$(script)/test

grade: grader ## points for labs/exercises: EX=02_count_right, HINT=2 or 3
	$(python)/grade $(if $(HINT),--hints $(HINT)) $(addprefix --only ,$(EX))

next: all ## what comes next for you
	$(python)/progress --next

progress: all ## what you have run, predicted and solved so far
	$(python)/progress

watch: grader ## grade again at each save: EX= and HINT= as for grade
	$(script)/watch $(if $(HINT),--hints $(HINT)) $(addprefix --only ,$(EX))

replay: grader ## the order that lost a point, once more: EX=03_fair_lock
	$(script)/replay $(call quote,$(EX))

student-kit: ## a tarball for students: no solutions, no answer keys
	$(python)/export student-kit

grader: ## what grading needs, without grading
	@$(MAKE) -s BUILD=$(BUILD)/grader CFLAGS='-O2 -g -fPIC' harnesses
	@$(MAKE) -s BUILD=$(BUILD)/grader/thread SANITIZE=thread \
		CFLAGS='-O1 -g -fPIC' harnesses 2>/dev/null || \
		echo 'grader: no ThreadSanitizer here: races are not measured'

doctor: ## what is here and what it means, to paste into a question
	$(python)/doctor

check: ## format, linters, sanitizers
	@bash scripts/check

clean: ## remove build/, and in it what scripts/setup --explore got
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s%s\n", $$1, $$2 }' \
		Makefile

# What this folder was built with: another compiler or other flags build anew.
built_with := $(strip $(CC) $(ALL_CFLAGS) $(PYTHON_FLAGS) $(LDFLAGS) \
	$(foreach p,jansson $(packages),$(libraries_$(p))))
ifneq ($(shell cat $(BUILD)/flags 2>/dev/null),$(built_with))
.PHONY: $(BUILD)/flags
endif
$(BUILD)/flags:
	@mkdir -p $(@D)
	@printf '%s\n' $(call quote,$(built_with)) >$(new) $(in_place)

$(BUILD)/common/%.o: common/%.c $(BUILD)/flags | $(rooms)
	$(call say,CC) $(CC) $(ALL_CFLAGS) $(call python_flags,$*) \
		$(compiled) -c $< $(call compiled_in_place,$(@:.o=.d))

walked = $(CC) $(filter-out $(SANITIZER),$(ALL_CFLAGS)) $(VIRTUAL_FLAGS) \
	$(compiled) -c $< $(call compiled_in_place,$(@:.o=.d))

$(BUILD)/common/virtual/gil_%.o: common/gil/%.c $(BUILD)/flags | $(rooms)
	$(call say,CC) $(walked)

$(BUILD)/common/virtual/run_%.o: common/run/%.c $(BUILD)/flags | $(rooms)
	$(call say,CC) $(walked)

$(BUILD)/common/virtual/interpreter.o: common/virtual/interpreter.c \
	$(BUILD)/flags | $(rooms)
	$(call say,CC) $(walked)

$(BUILD)/libcommon.a: $(common) $(twice)
	$(call say,AR) ar rcs $(new) $^ $(in_place)

# This lab's own lock is walked: compiled as the kit's is, linked without the
# sanitizer's library.
$(BUILD)/common/14_gil_orders.o: labs/14_gil_orders.c $(BUILD)/flags | $(rooms)
	$(call say,CC) $(walked)

$(BUILD)/14_gil_orders: $(BUILD)/common/14_gil_orders.o $(BUILD)/libcommon.a
	$(call say,CC) $(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $(new) $^ \
		$(call links,$(@F)) $(in_place)

# What it loads calls its functions.
$(BUILD)/walk: common/virtual_lab/walk_program.c $(BUILD)/libcommon.a \
	$(BUILD)/flags
	$(call say,CC) $(CC) $(ALL_CFLAGS) $(LDFLAGS) -rdynamic \
		$(compiled) $< $(BUILD)/libcommon.a $(call links,walk) \
		$(call compiled_in_place,$(BUILD)/common/walk.d)

link = $(CC) $(ALL_CFLAGS) $(call python_flags,$*) $(LDFLAGS) $(compiled) $< \
	$(BUILD)/libcommon.a $(call links,$*) \
	$(call compiled_in_place,$(BUILD)/common/$(@F).d)

$(BUILD)/%: labs/%.c $(BUILD)/libcommon.a $(BUILD)/flags | $(BUILD)/exercises
	$(call say,CC) $(link)

$(BUILD)/%: common/net/%.c $(BUILD)/libcommon.a $(BUILD)/flags
	$(call say,CC) $(link)

# The graders' own programs; position-independent, for a student's shared object.
harnesses: $(harnesses) $(BUILD)/libstudent.names $(BUILD)/local_server \
	$(BUILD)/fail_call.so $(if $(SANITIZE),,$(BUILD)/headers.tar)

# All that a student's file may include, to be copied in one go.
headers := $(sort $(wildcard common/*/*.h))
ifneq ($(filter harnesses,$(MAKECMDGOALS)),)
ifneq ($(sort $(shell tar -tf $(call quote,$(BUILD)/headers.tar) 2>/dev/null)),\
	$(headers))
.PHONY: $(BUILD)/headers.tar
endif
endif
$(BUILD)/headers.tar: $(headers) | $(rooms)
	$(call say,TAR) tar -cf $(new) $^ $(in_place)

# What a student's file is linked with. virtual/ has functions called __tsan_*;
# here these are the harness's.
$(BUILD)/libstudent.a: $(filter-out $(BUILD)/common/virtual/%,$(common))
	$(call say,AR) ar rcs $(new) $^ $(in_place)

# The functions that it gets there.
$(BUILD)/libstudent.names: $(BUILD)/libstudent.a
	$(call say,NM) nm --defined-only $< | \
		awk 'NF == 3 { print $$3 }' >$(new) $(in_place)

shared := $(addprefix tests/exercises/harness/,\
	harness.c harness.h operations.c operations.h)
walked_shared := $(addprefix tests/exercises/harness/,\
	harness.c harness.h walk/walked.c walk/walked.h walk/exports.list)
walked_exports = $(if $(filter Darwin,$(shell uname)),-rdynamic,\
	-Wl,--dynamic-list=$(filter %.list,$(walked_shared)))
$(BUILD)/walk/%: tests/exercises/harness/walk/%.c $(walked_shared) \
	$(BUILD)/libcommon.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(ALL_CFLAGS) $(LDFLAGS) -fvisibility=hidden \
		$(walked_exports) -o $(new) $(filter %.c %.a,$^) $(ATOMIC) -ldl \
		$(in_place)

$(BUILD)/%: tests/exercises/harness/%.c $(shared) $(BUILD)/libcommon.a \
	$(BUILD)/flags
	$(call say,CC) $(CC) $(ALL_CFLAGS) $(LDFLAGS) -fvisibility=hidden \
		-rdynamic -o $(new) $(filter %.c %.a,$^) $(ATOMIC) -ldl $(in_place)

$(BUILD)/fail_call.so: tests/fail_call.c | $(rooms)
	$(call say,CC) $(CC) -O2 -fPIC -shared -pthread -o $(new) $< -ldl \
		$(in_place)

# Labs 13 and 14 once more, for a page: as WebAssembly, by emscripten. Its clang
# marks accesses to memory, though the sanitizer itself is not for WebAssembly.
# -O1 keeps the lines of what is walked apart. jansson is compiled, too: its
# source is where scripts/setup --explore puts it.
page := $(BUILD)/explore
JANSSON := build/jansson
page_flags := -std=c11 -D_POSIX_C_SOURCE=200809L -I. -I$(JANSSON)/src \
	-I$(JANSSON)/android $(WARNINGS) -DGIL_LABS_VERSION='"$(VERSION)"'
page_walked := -O1 -g $(subst -fsanitize,-Xclang -fsanitize,$(VIRTUAL_FLAGS)) \
	-mllvm -tsan-instrument-func-entry-exit=0
page_common := $(patsubst common/%.c,$(page)/%.o,$(filter-out \
	common/virtual/interpreter.c common/virtual_lab/walk_program.c,\
	$(wildcard $(patsubst %,common/%/*.c,base gil virtual run lab virtual_lab))))
page_twice := $(patsubst common/%.c,$(page)/walked/%.o,common/run/tasks.c \
	common/virtual/interpreter.c $(wildcard common/gil/*.c)) \
	$(page)/walked/14_gil_orders.o
page_jansson := $(patsubst $(JANSSON)/src/%.c,$(page)/jansson/%.o,\
	$(wildcard $(JANSSON)/src/*.c))
page_rooms := $(sort $(dir $(page_common) $(page_twice)) $(page)/jansson/)

$(page)/program.js: $(page_common) $(page_twice) $(page_jansson) \
	$(page)/13_gil_virtual.o
	$(call say,LD) mkdir -p $(new) && \
		NODE_PATH=$${NODE_PATH:-/usr/share/nodejs} emcc -O2 $^ \
		-sASYNCIFY -sMODULARIZE -sEXPORT_NAME=program -sENVIRONMENT=web \
		-sIMPORTED_MEMORY -sALLOW_MEMORY_GROWTH -sEXIT_RUNTIME \
		-sINITIAL_MEMORY=16MB -sTOTAL_STACK=256KB \
		-sEXPORTED_RUNTIME_METHODS=FS -o $(new)/$(@F) && \
		mv -f $(new)/* $(@D) && rmdir $(new) || { rm -rf $(new); exit 1; }

$(page)/%.o: common/%.c Makefile | $(page_rooms)
	$(call say,CC) emcc $(page_flags) -O2 $(compiled) -c $< \
		$(call compiled_in_place,$(@:.o=.d))

$(page)/13_gil_virtual.o: labs/13_gil_virtual.c Makefile | $(page_rooms)
	$(call say,CC) emcc $(page_flags) -O2 -Dmain=lab_13 $(compiled) -c $< \
		$(call compiled_in_place,$(@:.o=.d))

$(page)/walked/14_gil_orders.s: labs/14_gil_orders.c Makefile | $(page_rooms)
	$(call say,CC) emcc $(page_flags) $(page_walked) -Dmain=lab_14 \
		$(compiled) -S $< $(call compiled_in_place,$(@:.s=.d))

$(page)/walked/%.s: common/%.c Makefile | $(page_rooms)
	$(call say,CC) emcc $(page_flags) $(page_walked) $(compiled) -S $< \
		$(call compiled_in_place,$(@:.s=.d))

# Kept, or the next make would make them again, and all that comes of them.
.SECONDARY: $(page_twice:.o=.s)

$(page)/walked/%.o: $(page)/walked/%.s scripts/explore_places.py
	$(call say,AS) python3 scripts/explore_places.py <$< >$<.places.s && \
		emcc -c $<.places.s -o $(new) $(in_place)

$(page)/jansson/%.o: $(JANSSON)/src/%.c | $(page_rooms)
	@: >$(@D)/jansson_private_config.h
	$(call say,CC) emcc -O2 -w -DHAVE_STDINT_H -I$(@D) -I$(JANSSON)/android \
		-c $< -o $(new) $(in_place)

$(rooms) $(page_rooms) $(BUILD)/exercises:
	@mkdir -p $@

# Labs add to it what a student ran: common/lab/learner.h.
$(BUILD)/learner.jsonl:
	@mkdir -p $(@D)
	@: >>$@

-include $(wildcard $(BUILD)/common/*.d $(BUILD)/common/*/*.d \
	$(page)/*.d $(page)/*/*.d $(page)/*/*/*.d)
