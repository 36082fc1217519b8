#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whatever reads source without running it: shells, Python, cppcheck.

set -u
status=0
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

find etc tests .ci -name node_modules -prune -o -type f \( -name '*.sh' -o -path '.ci/*' \) -print |
	sort >"$work/scripts"
while read -r script; do
	if ! dash -n "$script" 2>"$work/said"; then
		sed -n "s|^[^:]*: \([0-9]*\): |$script:\1: |p" "$work/said"
		status=1
	fi
	if [ ! -x "$script" ] && head -n 1 "$script" | grep -q '^#!'; then
		printf '%s:1: begins with #! but cannot be run\n' "$script"
		status=1
	fi
done <"$work/scripts"

find etc tests -name node_modules -prune -o -name '*.py' -print | sort | xargs /usr/bin/python3 -c '
import sys
bad = 0
for name in sys.argv[1:]:
	try:
		compile(open(name, encoding="utf-8").read(), name, "exec")
	except SyntaxError as e:
		print(f"{name}:{e.lineno}: {e.msg}")
		bad = 1
sys.exit(bad)' || status=1

# Of the checks for style only what the page style does not see otherwise. It reads no system
# headers; what it says about a pointer compared twice in tmpl_parse.c is not so.
mkdir -p build/lint/cppcheck
cppcheck --std=c11 -q -j 2 --enable=warning,performance,portability,style --inline-suppr \
	--cppcheck-build-dir=build/lint/cppcheck \
	--suppress=missingInclude --suppress=missingIncludeSystem --suppress=unmatchedSuppression \
	--suppress=variableScope --suppress=shadowFunction --suppress=constParameter \
	--suppress=knownConditionTrueFalse:app/web/tmpl/tmpl_parse.c \
	-D_GNU_SOURCE -DASSAY_VERSION='"0"' -Iapp --template='{file}:{line}: {message} ({id})' \
	--template-location='' --error-exitcode=1 app 2>"$work/said" || status=1
grep -v '^$' "$work/said"

exit "$status"
