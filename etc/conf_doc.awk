# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the reference of the configuration from the typed table and the comments of the annotated
# file, so that both stay the only places where a key is described:
#   awk -v part=markdown|man -f etc/conf_doc.awk app/base/conf.def etc/assay.conf
# markdown is docs/configuration.md; man is assay.conf(5) in scdoc's format.

# The kind, default and range of a key, in words.
function kind_of(key) {
	if (!number[key])
		return "text"
	if (highest[key] - lowest[key] == 1)
		return lowest[key] " or " highest[key]
	return "whole number, " lowest[key] " to " highest[key]
}

function in_man(text) {
	gsub(/[*_]/, "\\\\&", text)
	gsub(/`[^`]*`/, "*&*", text)
	gsub(/`/, "", text)
	return text
}

function row_of(key) {
	return "| [`" key "`](#" key ") | " (value[key] == "" ? "" : "`" value[key] "`") " | " \
	    kind_of(key) " |"
}

function entry(key) {
	if (part == "man")
		entries = entries "*" key "* (" kind_of(key) "; default: " \
		    (value[key] == "" ? "empty" : in_man(value[key])) ")\n\t" in_man(text) "\n\n"
	else
		entries = entries "### " key "\n\nDefault: " \
		    (value[key] == "" ? "empty" : "`" value[key] "`") "; " kind_of(key) ".\n\n" \
		    folded(text) "\n\n"
	seen[key] = 1
	rows = rows row_of(key) "\n"
}

# Lines of at most 100 columns.
function folded(text,    n, i, word, line, all) {
	n = split(text, word, " ")
	line = word[1]
	for (i = 2; i <= n; i++) {
		if (length(line) + 1 + length(word[i]) > 100) {
			all = all line "\n"
			line = word[i]
		} else
			line = line " " word[i]
	}
	return all line
}

function fail(where, why) {
	print where ": " why >"/dev/stderr"
	failed = 1
	exit 1
}

# ---- The table: CONF_STR(key, "default") and CONF_INT(key, default, min, max)
FNR == NR && /^CONF_/ {
	line = $0
	sub(/^CONF_(STR|INT)\(/, "", line)
	sub(/\)$/, "", line)
	n = split(line, cell, /, */)
	key = cell[1]
	sub(/^[^,]*, */, "", line)
	number[key] = /^CONF_INT/
	value[key] = number[key] ? cell[2] : substr(line, 2, length(line) - 2)
	lowest[key] = cell[3]
	highest[key] = cell[4]
	place[key] = FILENAME ":" FNR
	next
}
FNR == NR { next }

# ---- The annotated file: `# ---- Section ---`, comments, `#key = default`
/^# ---- / {
	section = $0
	gsub(/^# -+ | -+$/, "", section)
	entries = entries (part == "man" ? "# " toupper(section) : "## " section) "\n\n"
	next
}
/^# / {
	text = text (text == "" ? "" : " ") substr($0, 3)
	next
}
/^#[a-z_]+ =/ {
	key = substr($1, 2)
	written = $0
	sub(/^#[a-z_]+ = ?/, "", written)
	if (!(key in value))
		fail(FILENAME ":" FNR, "`" key "` is not in the table")
	if (written != value[key])
		fail(FILENAME ":" FNR, "the default of `" key "` is " value[key])
	if (text == "")
		fail(FILENAME ":" FNR, "`" key "` is not explained")
	entry(key)
	text = ""
	next
}
/^$/ { text = "" }

END {
	if (failed)
		exit 1
	for (key in value)
		if (!(key in seen))
			fail(place[key], "`" key "` is not explained in " FILENAME)
	if (part == "man") {
		printf "%s", entries
		exit
	}
	print "# Configuration\n"
	print "<!-- Written by etc/conf_doc.awk: change app/base/conf.def and etc/assay.conf. -->\n"
	print folded("assay reads a file of `key = value` lines (`-c FILE`, otherwise " \
	    "`/etc/assay/assay.conf` if it exists). An environment variable `ASSAY_<KEY>`, for " \
	    "example `ASSAY_WORKERS=16`, overrides the file. A line that begins with `#` is a " \
	    "comment. An unknown key or a value out of range stops the program with the line " \
	    "number. `assay check` verifies a file before a restart; `systemctl reload assay` " \
	    "(SIGHUP) makes the running pool read it again. The annotated example is " \
	    "[etc/assay.conf](../etc/assay.conf).") "\n"
	print "| key | default | value |"
	print "|---|---|---|"
	print rows
	sub(/\n\n$/, "\n", entries)
	printf "%s", entries
}
