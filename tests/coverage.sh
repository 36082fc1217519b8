#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints which share of the lines of each source file the unit tests walked.

set -eu
cd "$(dirname "$0")/.."
find build/coverage/app -name '*.gcda' | while read -r data; do
	gcov -n -o "$(dirname "$data")" "$data" 2>/dev/null
done | awk '
	/^File .app/ { file = $2; gsub(/\x27/, "", file) }
	/^Lines executed/ && file != "" {
		split($0, part, /[:% ]+/)
		printf "%6.1f %% of %4d  %s\n", part[3], part[5], file
		file = ""
	}' | sort -k 5 -u
