#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Fuzzes every target (tests/fuzz/NAME_fuzz.c) for some seconds, from the corpus in the tree:
#
#	tests/fuzz/run.sh [SECONDS [NAME...]]
#
# The program is built once with clang, AddressSanitizer and UBSan. What a run finds out stays in
# build/fuzz/corpus; a crash is kept in build/fuzz/crash and fails the run.

set -u
cd "$(dirname "$0")/../.." || exit 2
seconds=${1:-60}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- $(find tests/fuzz -name '*_fuzz.c' -exec basename {} _fuzz.c \; | sort)
out=build/fuzz
include=build/release/sql
check='-fsanitize=address,undefined -fno-sanitize-recover=all'
packages='libpq json-c libmemcached talloc libsodium gsl'
flags="-std=c11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer $check -Wall -Wextra -Iapp -I$include
	-DASSAY_VERSION=\"fuzz\" $(pkg-config --cflags $packages)"
libs="$(pkg-config --libs $packages) -lfcgi -lm"

say()
{
	printf 'fuzz: %s\n' "$*"
}

# Everything but main(), anew when a source is newer.
build_library()
{
	make -s "$include/query_enum.inc" "$include/query_table.inc" \
		"$include/migration_table.inc" "$include/schema_object_table.inc" || return 1
	[ -z "$(find app sql -newer "$out/assay.a" 2>&1 | head -n 1)" ] && return 0
	rm -rf "$out/app" "$out/assay.a"
	for file in $(find app -name '*.c' ! -path app/main.c); do
		mkdir -p "$out/${file%/*}"
		printf '%s -o %s\n' "$file" "$out/${file%.c}.o"
	done | xargs -n 3 -P 2 clang-14 $flags -fsanitize=fuzzer-no-link -c || return 1
	find "$out/app" -name '*.o' -exec ar rcs "$out/assay.a" {} +
}

build_target()
{
	clang-14 $flags -fsanitize=fuzzer "tests/fuzz/$1_fuzz.c" "$out/assay.a" $libs -o "$out/$1"
}

# fuzz NAME: one line, and the end of what the fuzzer said when it found something
fuzz()
{
	log=$out/$1.log
	mkdir -p "$out/corpus/$1" "$out/crash"
	cp -f "tests/fuzz/corpus/$1"/* "$out/corpus/$1/" || return 1
	words=tests/fuzz/$1.dict
	[ -f "$words" ] && words=-dict=$words || words=-seed=0
	if ! "$out/$1" "$words" -max_total_time="$seconds" -max_len=8192 -timeout=60 \
		-rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$out/crash/$1-" \
		"$out/corpus/$1" >"$log" 2>&1; then
		say "$1: FOUND something, see $log"
		tail -n 40 "$log"
		return 1
	fi
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	cover=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 edges, \2 features/p' "$log" |
		tail -n 1)
	say "$1: $runs runs in $seconds s, $cover, nothing found"
	[ "${runs:-0}" -gt 0 ]
}

mkdir -p "$out"
build_library || exit 1
passed=0
failed=0
for name in "$@"; do
	if build_target "$name" && fuzz "$name"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
say "$passed passed, $failed failed"
[ "$failed" = 0 ]
