#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The floors: a file includes its own folder of app/ and those of lower floors, folders of one floor
# never include each other, each foreign library has one place, and no includes go in a circle.
# What files really call is checked by symbols.py.

set -u
status=0
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# Every include as: file, line, " or <, name.
find app -name '*.[ch]' | sort | xargs awk '
	/^[ \t]*#[ \t]*include[ \t]*["<]/ {
		match($0, /["<][^">]+/)
		mark = substr($0, RSTART, 1)
		printf "%s\t%d\t%s\t%s\n", FILENAME, FNR, mark, substr($0, RSTART + 1, RLENGTH - 1)
	}' >"$work/includes"

# ---- Who may include whom ------------------------------------------------------------------
awk -F'\t' '
function folder(path, part) {
	sub(/^app\//, "", path)
	return split(path, part, "/") > 1 ? part[1] : "main"
}
function say(why) {
	printf "%s:%d: %s\n", $1, $2, why
	bad = 1
}
BEGIN {
	floor["base"] = 1; floor["store"] = floor["core"] = 2
	floor["view"] = floor["service"] = floor["web"] = 3
	floor["handler"] = 4; floor["run"] = 5; floor["cmd"] = floor["job"] = 6; floor["main"] = 7
}
$3 == "\"" && $4 !~ /\.inc$/ {
	from = folder($1)
	to = folder("app/" $4)
	if (!(from in floor) || !(to in floor))
		say("no floor for " from " or " to)
	else if (floor[to] > floor[from])
		say(from " must not include " to ", which is above it")
	else if (floor[to] == floor[from] && to != from)
		say(from " and " to " are on one floor: neither may include the other")
	else if (from == "view" && to == "store")
		say("view must not include store: JSON goes in, JSON comes out")
	else if ($4 == "handler/routes.def" && from != "handler")
		say("only handler/ includes the table of routes")
}
END { exit bad }
' "$work/includes" || status=1

# ---- One place for each foreign library ----------------------------------------------------
awk -F'\t' '
function allow(header, files) {
	places[header] = files
}
BEGIN {
	# a prefix of the header, and the files that may include it
	allow("fcgi", "^app/web/http/fcgi\\.c$")
	allow("libpq", "^app/store/db/db[a-z_]*\\.[ch]$")
	allow("postgres", "^$")
	allow("libmemcached", "^app/store/cache/cache\\.c$")
	allow("sodium", "^app/base/hash\\.c$")
	allow("gsl/", "^app/core/stats/[a-z_]*\\.c$")
	allow("json-c/", ".")
	allow("talloc", ".")
	# what pure rules must not use: input and output, the clock
	pure = "^(stdio|fcntl|poll|unistd|dirent|time|netdb|signal)\\.h$|^sys/"
	# what libc brings
	libc = "^(arpa|linux|net|netinet|sys)/[a-z_/]+\\.h$|^[a-z0-9]+\\.h$"
}
$3 == "<" {
	known = 0
	for (header in places)
		if (index($4, header) == 1) {
			known = 1
			if ($1 !~ places[header]) {
				printf "%s:%d: <%s> may be included in one place only\n", $1, $2, $4
				bad = 1
			}
		}
	if (!known && $4 !~ libc) {
		printf "%s:%d: <%s> is a library that is not used here\n", $1, $2, $4
		bad = 1
	}
	if ($1 ~ /^app\/(core|view)\// && $4 ~ pure) {
		printf "%s:%d: core and view do no I/O and read no clock: <%s>\n", $1, $2, $4
		bad = 1
	}
}
END { exit bad }
' "$work/includes" || status=1

# ---- No circles ----------------------------------------------------------------------------
# Twice: what headers need of headers (types), and what sources need of modules (behaviour). A
# header that embeds a type of the module whose source uses it, as ctx.h does, is no circle: the
# types come first, and calls go one way.
circles()
{
	if ! tsort "$2" >/dev/null 2>"$work/loop"; then
		loop=$(sed -n 's/^tsort: \([^:]*\)$/\1/p' "$work/loop" | tr '\n' ' ')
		printf 'app:0: %s include each other in a circle: %s\n' "$1" "$loop"
		status=1
	fi
}

awk -F'\t' '
	$3 == "\"" && $4 ~ /\.h$/ {
		from = $1; to = $4
		sub(/^app\//, "", from); sub(/\.[ch]$/, "", from); sub(/\.h$/, "", to)
		if (from != to)
			print from, to >($1 ~ /\.h$/ ? headers : sources)
	}' headers="$work/headers" sources="$work/sources" "$work/includes"
touch "$work/headers" "$work/sources"
circles headers "$work/headers"
circles sources "$work/sources"

exit "$status"
