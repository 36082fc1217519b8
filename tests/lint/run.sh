#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# All rules that a program can check: a line a finding, then how many. The self test comes last: it
# proves that each of the others can fail, and is run again only after one of them has changed;
# LINT_SELFTEST=0 leaves it out, LINT_TIDY=0 leaves out clang-tidy.

set -u
cd "$(dirname "$0")/../.." || exit 2
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT
passed=0
failed=0
checks=$(cat tests/lint/* 2>/dev/null | sha256sum | cut -c 1-64)
proved=build/lint/selftest
for check in layers.sh symbols.py syntax.sh tables.py sql.py statements.py pages.py docs.py \
	style.py tidy.py selftest.sh; do
	if [ "$check" = selftest.sh ] && { [ "${LINT_SELFTEST-1}" = 0 ] ||
		[ "$(cat "$proved" 2>/dev/null)" = "$checks" ]; }; then
		passed=$((passed + 1))
		continue
	fi
	[ "$check" != tidy.py ] || [ "${LINT_TIDY-1}" != 0 ] || continue
	before=$(wc -l <"$said")
	if "tests/lint/$check" >>"$said" 2>&1; then
		passed=$((passed + 1))
		[ "$check" != selftest.sh ] ||
			{ mkdir -p build/lint && echo "$checks" >"$proved"; }
	else
		failed=$((failed + 1))
		[ "$(wc -l <"$said")" -gt "$before" ] ||
			printf 'tests/lint/%s:0: fails and does not say why\n' "$check" >>"$said"
	fi
done
cat "$said"
[ "${LINT_TIDY-1}" = 0 ] || cat build/lint/tidy.txt
printf 'lint: %d findings; checks: %d passed, %d failed\n' "$(wc -l <"$said")" "$passed" "$failed"
[ "$failed" = 0 ]
