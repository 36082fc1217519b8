# SPDX-License-Identifier: GPL-3.0-or-later
# make run    a private demo: PostgreSQL, memcached, the pool, a web server; Ctrl-C stops it
# make quick  build, lint, unit tests and a few api tests, for the work in between
# make check  everything that CI runs
# Others: all man asan clang coverage fuzz bench simulate-table hostile chaos lint unit api browser
#         install clean compile_commands.json

MODE ?= release
B := build/$(MODE)
CC := $(if $(filter clang,$(MODE)),clang,gcc)
PREFIX ?= /usr
PACKAGES := libpq json-c libmemcached talloc libsodium gsl

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wvla -Wwrite-strings -Wundef -Wcast-qual \
	-Wstrict-prototypes -Wmissing-prototypes -Wimplicit-fallthrough -Wtrampolines -Werror
HARD := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection=full -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks
MODE_release := -O2 $(HARD)
MODE_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
# A second compiler warns of other things; it makes no program. What clang 14 does not know:
GCC_ONLY := -Wtrampolines -ftrivial-auto-var-init=zero
MODE_clang := -O2 $(HARD)
MODE_coverage := -O0 --coverage
LINK_release := -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
VERSION := $(shell sed -n 's/^## \([0-9][^ ]*\).*/\1/p' CHANGELOG.md 2>/dev/null | head -1)

CFLAGS := -std=c11 -D_GNU_SOURCE -g -fPIE $(WARN) $(MODE_$(MODE)) -Iapp -I$(B)/sql \
	-DASSAY_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
# Macros of talloc are statement expressions.
CLANG_FLAGS := $(filter-out $(GCC_ONLY),$(CFLAGS)) -Wno-gnu-statement-expression
ifeq ($(MODE),clang)
CFLAGS := $(CLANG_FLAGS)
endif
LDFLAGS := -pie $(LINK_$(MODE)) $(filter -fsanitize% --coverage,$(MODE_$(MODE)))
LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lfcgi

SOURCES := $(sort $(shell find app -name "*.c"))
OBJECTS := $(SOURCES:%.c=$(B)/%.o)
LIBRARY := $(filter-out $(B)/app/main.o,$(OBJECTS))
UNIT := $(patsubst %.c,$(B)/%.o,$(wildcard tests/unit/*.c))
QUERIES := $(sort $(wildcard sql/query/*.sql))
MIGRATIONS := $(sort $(wildcard sql/migration/*.sql))
SCHEMA_OBJECTS := $(sort $(wildcard sql/function/*.sql)) $(sort $(wildcard sql/view/*.sql))
EMBED := $(B)/sql/query_enum.inc $(B)/sql/query_table.inc $(B)/sql/migration_table.inc \
	$(B)/sql/schema_object_table.inc

export VAR ?= var

.DELETE_ON_ERROR:
.PHONY: FORCE all man run check quick lint unit api browser asan clang objects coverage fuzz \
	bench simulate-table hostile chaos install clean

all: $(B)/assay docs/configuration.md

$(B)/assay: $(OBJECTS)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/unit: $(UNIT) $(LIBRARY)
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LIBS) $(shell pkg-config --libs check)

$(B)/%.o: %.c | $(EMBED)
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/app/store/db/query.o: $(EMBED)

$(B)/sql/query_enum.inc: sql/embed.awk $(QUERIES)
	@mkdir -p $(@D)
	@awk -v part=enum -f sql/embed.awk $(QUERIES) > $@

$(B)/sql/query_table.inc: sql/embed.awk $(QUERIES)
	@mkdir -p $(@D)
	@awk -v part=query -f sql/embed.awk $(QUERIES) > $@

$(B)/sql/migration_table.inc: sql/embed.awk $(MIGRATIONS)
	@mkdir -p $(@D)
	@awk -v part=migration -f sql/embed.awk $(MIGRATIONS) > $@

$(B)/sql/schema_object_table.inc: sql/embed.awk $(SCHEMA_OBJECTS)
	@mkdir -p $(@D)
	@awk -v part=object -f sql/embed.awk $(SCHEMA_OBJECTS) > $@

# In the repository, so that it can be read there; lint tells when it is not current.
docs/configuration.md: etc/conf_doc.awk app/base/conf.def etc/assay.conf
	@awk -v part=markdown -f $^ > $@

# Man pages, by scdoc; that of the configuration is made of the same texts as the page above.
man: $(B)/assay.1 $(B)/assay.conf.5

$(B)/assay.1: etc/assay.1.scd
	@mkdir -p $(@D)
	@scdoc < $< > $@

$(B)/assay.conf.5: etc/assay.conf.5.scd etc/conf_doc.awk app/base/conf.def etc/assay.conf
	@mkdir -p $(@D)
	@{ cat $< && awk -v part=man -f $(wordlist 2,4,$^) && \
		printf '# SEE ALSO\n\n*assay*(1)\n'; } | scdoc > $@

# What is missing on the machine is installed first; the second make sees it.
run:
	@etc/packages.sh run
	@$(MAKE) --no-print-directory all
	@exec etc/stack.sh

check:
	@etc/packages.sh check
	@$(MAKE) --no-print-directory -j2 all build/release/unit build/asan/assay build/asan/unit
	@exec tests/check.sh

# The sanitizer build is the same makefile with another mode, in a folder of its own; one make for
# both programs, for two would write the objects that these share at the same time.
ifneq ($(MODE),asan)
build/asan/assay build/asan/unit &: FORCE
	@$(MAKE) --no-print-directory MODE=asan build/asan/assay build/asan/unit
endif
FORCE:

lint: all
	@tests/lint/run.sh

quick:
	@etc/packages.sh check
	@exec tests/quick.sh

ifeq ($(MODE),clang)
objects: $(OBJECTS) $(UNIT)
else
clang:
	@$(MAKE) --no-print-directory MODE=clang objects
endif

# For language servers and clang-tidy. `file` writes the text as it is, past the shell.
comma := ,
define compile_command
{"directory": "$(CURDIR)", "file": "$1",
 "command": "$(subst ",\",$(CC) $(CLANG_FLAGS) -c $1)"}
endef
FIRST := $(firstword $(SOURCES))

compile_commands.json: Makefile $(SOURCES) $(UNIT:$(B)/%.o=%.c) | $(EMBED)
	$(file >$@,[$(call compile_command,$(FIRST)))
	$(foreach f,$(filter-out $(FIRST),$(filter %.c,$^)),\
		$(file >>$@,$(comma)$(call compile_command,$f)))
	$(file >>$@,])
	@true

unit: $(B)/unit
	@$(B)/unit

api: all
	@exec tests/check.sh api

browser: all
	@exec tests/check.sh browser

asan:
	@etc/packages.sh check
	@$(MAKE) --no-print-directory -j2 MODE=asan build/asan/assay build/asan/unit
	@exec tests/check.sh asan-unit asan-api

coverage:
	@etc/packages.sh check
	@$(MAKE) --no-print-directory -j2 MODE=coverage build/coverage/unit
	@build/coverage/unit
	@tests/coverage.sh

fuzz:
	@etc/packages.sh fuzz
	@$(MAKE) --no-print-directory $(EMBED)
	@tests/fuzz/run.sh $(or $(SECONDS),60)

# Requests that nobody should send, to every route: COUNT of them, of a SEED that is printed, behind
# lighttpd or the SERVER that is named. MODE=asan has the sanitizers look, here and in the next.
hostile: all
	@ASSAY_BIN=$(or $(ASSAY_BIN),$(B)/assay) tests/hostile/hostile.py \
		--count $(or $(COUNT),50000) $(addprefix --first ,$(FROM)) \
		$(addprefix --seed ,$(SEED)) $(addprefix --server ,$(SERVER))

# A fault a second under load, behind each web server or the SERVER that is named, then every write
# is read back and results are recounted.
chaos: all
	@ASSAY_BIN=$(or $(ASSAY_BIN),$(B)/assay) tests/chaos/chaos.py \
		--seconds $(or $(SECONDS),120) \
		$(addprefix --seed ,$(SEED)) $(addprefix --server ,$(SERVER))

bench:
	@etc/packages.sh bench
	@$(MAKE) --no-print-directory all
	@tests/bench/run.sh

# How often results deceive: the table in docs/statistics.md. EXPERIMENTS=400 of each row.
simulate-table: all
	@ASSAY_BIN=$(abspath $(B)/assay) nice tests/bench/simulate_table.py

install: all man
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(B)/assay.1
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(B)/assay.conf.5
	install -D -m 0755 -t $(DESTDIR)$(PREFIX)/bin $(B)/assay
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/assay/templates templates/*.html
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/assay/templates/assets templates/assets/*
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/assay *.md LICENSE
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/assay/docs docs/*.md
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/assay/docs/img docs/img/*
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system etc/*.service
	test -e $(DESTDIR)/etc/assay/assay.conf || \
		install -D -m 0644 etc/assay.conf $(DESTDIR)/etc/assay/assay.conf
	install -D -m 0644 -t $(DESTDIR)/etc/assay etc/lighttpd.conf \
		etc/lighttpd.nft etc/nginx-fcgi.conf
	install -D -m 0644 -t $(DESTDIR)/etc/assay/problem etc/problem/*

clean:
	rm -rf build

-include $(OBJECTS:.o=.d) $(UNIT:.o=.d)
