# SPDX-License-Identifier: GPL-3.0-or-later
# make run    a private demo: PostgreSQL, memcached, the pool, a web server; Ctrl-C stops it
# make check  everything that CI runs
# Others: all asan coverage fuzz bench hostile chaos lint unit api browser install clean

MODE ?= release
B := build/$(MODE)
CC := gcc
PREFIX ?= /usr
PACKAGES := libpq json-c libmemcached talloc libsodium gsl

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wformat=2 -Wvla -Wwrite-strings -Wundef -Wcast-qual \
	-Wstrict-prototypes -Wmissing-prototypes -Wimplicit-fallthrough -Wtrampolines -Werror
HARD := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
	-fcf-protection=full -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks
MODE_release := -O2 $(HARD)
MODE_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
MODE_coverage := -O0 --coverage
LINK_release := -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code
VERSION := $(shell sed -n 's/^## \([0-9][^ ]*\).*/\1/p' CHANGELOG.md 2>/dev/null | head -1)

CFLAGS := -std=c11 -D_GNU_SOURCE -g -fPIE $(WARN) $(MODE_$(MODE)) -Iapp -I$(B)/sql \
	-DASSAY_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
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
.PHONY: FORCE all run check lint unit api browser asan coverage fuzz bench hostile chaos \
	install clean

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

lint:
	@tests/lint/run.sh

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

# Requests that nobody should send, to every route: COUNT of them, of a SEED that is printed.
# ASSAY_BIN=build/asan/assay has the sanitizers look, here and in the next.
hostile: all
	@tests/hostile/hostile.py --count $(or $(COUNT),50000) $(addprefix --seed ,$(SEED))

# A fault a second under load, behind each web server, then every write read back.
chaos: all
	@tests/chaos/chaos.py --seconds $(or $(SECONDS),120) $(addprefix --seed ,$(SEED))

bench:
	@etc/packages.sh bench
	@$(MAKE) --no-print-directory all
	@tests/bench/run.sh

install: all
	install -D -m 0755 -t $(DESTDIR)$(PREFIX)/bin $(B)/assay
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/assay/templates templates/*.html
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/assay/templates/assets templates/assets/*
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/assay *.md LICENSE
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/assay/docs docs/*.md
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/assay/docs/img docs/img/*
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/lib/systemd/system etc/*.service
	test -e $(DESTDIR)/etc/assay/assay.conf || \
		install -D -m 0644 etc/assay.conf $(DESTDIR)/etc/assay/assay.conf
	install -D -m 0644 -t $(DESTDIR)/etc/assay etc/lighttpd.conf etc/nginx-fcgi.conf
	install -D -m 0644 -t $(DESTDIR)/etc/assay/problem etc/problem/*

clean:
	rm -rf build

-include $(OBJECTS:.o=.d) $(UNIT:.o=.d)
