#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# All rules that a program can check: a line a finding, then how many. `lint/selftest.sh` proves
# that each of them can fail.

set -u
cd "$(dirname "$0")/../.." || exit 2
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT
checks=0
broken=0
for check in layers.sh syntax.sh tables.py sql.py pages.py style.py; do
	before=$(wc -l <"$said")
	"tests/lint/$check" >>"$said" 2>&1 || {
		# a check that fails without a finding is itself broken
		[ "$(wc -l <"$said")" -gt "$before" ] || broken=$((broken + 1))
	}
	checks=$((checks + 1))
done
cat "$said"
findings=$(wc -l <"$said")
printf 'lint: %d checks, %d findings\n' "$checks" "$((findings + broken))"
[ "$findings" = 0 ] && [ "$broken" = 0 ]
