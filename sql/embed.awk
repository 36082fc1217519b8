# SPDX-License-Identifier: GPL-3.0-or-later
# Turns the files of sql/query, sql/migration, sql/function and sql/view into C, so that a misspelt
# query is a compile error and the program needs no file at run time.
#   awk -v part=enum|query|migration|object -f sql/embed.awk FILE...
# The head of a query file says what it is for, then `-- key: value` lines: reach (lint reads it),
# retry yes|no, and where needed time long, role owner, writes yes (said where the text does not
# show it: functions write).

function name_of(file) {
	sub(/.*\//, "", file)
	sub(/\.sql$/, "", file)
	return file
}

function quoted(line) {
	gsub(/\\/, "\\\\\\\\", line) # one becomes two: each level halves them
	gsub(/"/, "\\\"", line)
	return "\"" line "\\n\""
}

function finish() {
	if (part == "query")
		printf ",\n\t\t.params = %d, .retry = %s, .slow = %s,%s%s},\n", params, retry, slow,
		    " .owner = " owner, ", .writes = " writes
	else if (part != "enum")
		printf "},\n"
}

function begin() {
	params = 0
	retry = slow = owner = writes = "false"
	name = name_of(FILENAME)
	if (part == "enum")
		printf "\tQUERY_%s,\n", name
	else if (part == "query")
		printf "\t[QUERY_%s] = {.name = \"%s\", .sql =", name, name
	else if (part == "object")
		printf "\t{.name = \"%s\", .sql =", name
	else
		printf "\t{.version = %d, .name = \"%s\", .sql =", substr(name, 1, 4), name
}

function count_params(line) {
	while (match(line, /\$[0-9]+/)) {
		n = substr(line, RSTART + 1, RLENGTH - 1) + 0
		if (n > params)
			params = n
		line = substr(line, RSTART + RLENGTH)
	}
}

FNR == 1 {
	if (NR > 1)
		finish()
	begin()
}

part == "query" && /^-- retry: yes$/ { retry = "true" }
part == "query" && /^-- time: long$/ { slow = "true" }
part == "query" && /^-- role: owner$/ { owner = "true" }
part == "query" && /^-- writes: yes$/ { writes = "true" }
part == "query" && /^--/ { next }
part == "query" { count_params($0) }
part == "query" && /(^|[^a-z])(insert into|delete from|update) / { writes = "true" }
part != "enum" { printf "\n\t\t%s", quoted($0) }

END { finish() }
