#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The check for the work in between, to end within 60 s on two quiet cores: the build, lint without
# its self test, the unit tests, and the api tests that are marked `smoke`, behind one web server.
# Prints how long each took.

set -u
cd "$(dirname "$0")/.." || exit 1

began=$(date +%s)

# step NAME COMMAND...: ends the script with the output of a command that fails
step()
{
	name=$1
	shift
	from=$(date +%s)
	mkdir -p build/quick
	if ! "$@" >"build/quick/$name.log" 2>&1 </dev/null; then
		tail -n 60 "build/quick/$name.log"
		echo "quick: $name failed"
		exit 1
	fi
	printf '%-6s %3d s  %s\n' "$name" "$(($(date +%s) - from))" \
		"$(tail -n 1 "build/quick/$name.log")"
}

step build make --no-print-directory -j2 all build/release/unit
step lint env LINT_SELFTEST=0 tests/lint/run.sh
step unit build/release/unit
SERVERS=lighttpd step api /usr/bin/python3 -B -m pytest -q -m smoke tests/api
echo "quick: passed in $(($(date +%s) - began)) s"
