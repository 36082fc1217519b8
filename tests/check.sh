#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs the suites that are named, or all of them, and adds up what they counted. A suite that
# ends badly without counting a failure counts as one: silence is no success. The slowest tests
# are printed, and which suite took longer than its share: on two quiet cores the whole is to
# end within 20 minutes. Time never decides whether a suite has passed.
#
#	tests/check.sh [lint|tidy|clang|unit|api|browser|asan-unit|asan-api ...]

set -u
cd "$(dirname "$0")/.." || exit 1
logs=build/check
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0

# More processes than cores: many tests wait for a second to pass.
pytest()
{
	/usr/bin/python3 -B -m pytest -q -n 3 --dist loadfile "$@"
}

# The api tests that the sanitizer build runs: what reads or walks what others have sent.
sanitized='admin_definitions admin_forms admin_people admin_segmentations bad_input bounds
	cache_values conformance definition_changes definitions enrol goal groups http import
	import_csv import_members import_places joined_activity joined_writes live_audience lookup
	members pool_memory preview registration results_numbers results_shown rule_criteria
	rules_random segmentation tags telemetry two_writers upload upload_job'

suite()
{
	case $1 in
	lint) LINT_TIDY=0 tests/lint/run.sh ;; # all of clang-tidy is a suite of its own
	tidy) tests/lint/tidy.py --analyze ;;
	clang) make --no-print-directory -j2 clang && echo '1 passed' ;;
	unit) build/release/unit ;;
	api) pytest tests/api ;;
	browser) pytest tests/browser ;;
	asan-unit) CK_FORK=no build/asan/unit ;;
	asan-api)
		# A large quarantine would hide what a worker holds.
		# shellcheck disable=SC2046,SC2086
		ASAN_OPTIONS=quarantine_size_mb=16${ASAN_OPTIONS:+:$ASAN_OPTIONS} \
			ASSAY_BIN=$PWD/build/asan/assay SERVERS=lighttpd pytest \
			$(printf 'tests/api/test_%s.py ' $sanitized)
		;;
	*) echo "no suite $1" >&2; return 1 ;;
	esac
}

# count LOG WORD: the number before WORD in the closing lines
count()
{
	tail -n 5 "$1" | grep -o "[0-9][0-9]* $2" | tail -n 1 | cut -d ' ' -f 1
}

# Check says `100%: Checks: 4, Failures: 0, Errors: 0`; pytest and lint say `4 passed, 1 failed`.
add_up()
{
	log=$1
	number='\([0-9]*\)'
	checks=$(sed -n "s/.*Checks: $number, Failures: $number, Errors: $number.*/\1 \2 \3/p" \
		"$log" | tail -n 1)
	if [ -n "$checks" ]; then
		# shellcheck disable=SC2086
		set -- $checks
		bad=$(($2 + $3))
		good=$(($1 - bad))
	else
		good=$(count "$log" passed)
		bad=$(($(count "$log" failed || :) + $(count "$log" error || :) + 0))
	fi
	[ "$status" = 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
	[ -n "$good" ] || [ "${bad:-0}" -gt 0 ] || bad=1
	passed=$((passed + ${good:-0}))
	failed=$((failed + ${bad:-0}))
}

# share SUITE: how many seconds of the 1,200 it may take on two quiet cores
share()
{
	case $1 in
	lint) echo 60 ;;
	tidy) echo 270 ;;
	clang) echo 60 ;;
	unit) echo 30 ;;
	api) echo 500 ;;
	browser) echo 360 ;;
	asan-unit) echo 50 ;;
	asan-api) echo 200 ;;
	esac
}

# report SUITE SECONDS
report()
{
	printf '%-10s %4d passed %4d failed  %4d s\n' "$1" "${good:-0}" "${bad:-0}" "$2"
	[ "$2" -le "$(share "$1")" ] ||
		echo "$1 took longer than its share of $(share "$1") s on two quiet cores"
}

# The 20 slowest tests of all suites; pytest prints those of each.
slowest()
{
	grep -hE '^[0-9.]+s (call|setup|teardown) ' "$logs"/*.log 2>/dev/null |
		sort -rn | head -n 20
}

[ $# -gt 0 ] || set -- lint tidy clang unit api browser asan-unit asan-api
for name in "$@"; do
	began=$(date +%s)
	suite "$name" >"$logs/$name.log" 2>&1 </dev/null
	status=$?
	good='' bad=''
	add_up "$logs/$name.log"
	report "$name" "$(($(date +%s) - began))"
	[ "${bad:-0}" = 0 ] || tail -n 60 "$logs/$name.log"
done
slowest
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
