#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Proves that the checks can fail: breaks one rule at a time in a copy of the tree, and expects the
# check to say so about the broken file, in words that name the rule.

set -u
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 2
copy=$(mktemp -d) || exit 2
trap 'rm -rf "$copy"' EXIT
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
cases=0
failed=0

fresh()
{
	rm -rf "$copy/tree"
	mkdir "$copy/tree"
	(cd "$top" && tar -cf - --exclude=corpus --exclude=__pycache__ \
		app sql templates etc docs tests .ci .clang-tidy Makefile *.md 2>/dev/null) |
		tar -xf - -C "$copy/tree"
	cd "$copy/tree" || exit 2
}

# expect CHECK FILE WORDS: the check says a thing about the file that it did not say before
expect()
{
	cases=$((cases + 1))
	if ! (cd "$copy/tree" && "tests/lint/$1" 2>&1) | grep "^$2:" | grep -q "$3"; then
		printf 'tests/lint/selftest.sh:0: %s does not see, in %s: %s\n' "$1" "$2" "$3"
		failed=$((failed + 1))
	fi
	# back to what it was
	if [ -d "$top/$2" ]; then
		return
	elif [ -f "$top/$2" ]; then
		cp -p "$top/$2" "$copy/tree/$2"
	else
		rm -f "$copy/tree/$2"
	fi
}

# after N FILE TEXT: puts a line behind line N
after()
{
	sed -i "$1a\\
$3" "$2"
}

fresh

# ---- layers.sh
after 5 app/base/buf.c '#include "web/http/req.h"'
expect layers.sh app/base/buf.c 'base must not include web'
after 5 app/core/subject/tag.c '#include "store/db/db.h"'
expect layers.sh app/core/subject/tag.c 'on one floor'
after 5 app/view/chart.c '#include "store/db/db.h"'
expect layers.sh app/view/chart.c 'JSON goes in'
after 5 app/run/worker.c '#include "handler/routes.def"'
expect layers.sh app/run/worker.c 'table of routes'
after 5 app/handler/api/subject/user.c '#include <libpq-fe.h>'
expect layers.sh app/handler/api/subject/user.c 'in one place only'
after 5 app/base/buf.c '#include <curl/curl.h>'
expect layers.sh app/base/buf.c 'not used here'
after 5 app/core/subject/tag.c '#include <time.h>'
expect layers.sh app/core/subject/tag.c 'read no clock'
after 5 app/base/utf8.c '#include "base/json.h"'
expect layers.sh app 'circle.*base/utf8'
cp -p "$top/app/base/utf8.c" app/base/utf8.c

# ---- symbols.py, which builds what was changed
mkdir -p build
cp -a "$top/build/release" build/release

# plant FILE TEXT WORDS: with the text at its end the file is told, in these words
plant()
{
	printf '%s\n' "$2" >>"$1"
	expect symbols.py "$1" "$3"
	touch "$1"
}

plant app/core/subject/tag.c 'void *db_new(void *); void *wrong(void); void *wrong(void)
	{ return db_new(0); }' 'of a neighbour'
plant app/base/num.c 'const char *subject_id(const char *); const char *wrong(void);
	const char *wrong(void) { return subject_id(""); }' 'which is above it'
plant app/core/subject/tag.c 'size_t wrong(struct json_object *);
	size_t wrong(struct json_object *o) { return json_object_array_length(o); }' 'which asserts'
plant app/handler/api/subject/tag.c 'enum err wrong(struct ctx *); enum err wrong(struct ctx *c)
	{ return users_get(c); }' 'calls the handler'
plant app/handler/api/subject/tag.c 'void db_rollback(void *); void wrong(void *);
	void wrong(void *db) { db_rollback(db); }' 'belongs to service'
printf '%s\n' '#include "base/json.h"' 'enum err wrong(void); enum err wrong(void) {' \
	'struct json_object *o; struct json_fault f; return json_read(0, "", 0, &o, &f); }' \
	>>app/base/utf8.c
expect symbols.py app/base/json.c 'circle of calls'
cp "$top/app/base/utf8.c" app/base/utf8.c
for i in 1 2 3 4; do
	echo 'extern int nothing;' >"app/view/nothing_$i.c"
done
expect symbols.py app/view 'a folder has at most'
rm -f app/view/nothing_*.c

# ---- syntax.sh
printf 'if true; then\n' >>etc/packages.sh
expect syntax.sh etc/packages.sh 'Syntax error'
printf 'def f(:\n' >>tests/api/stack.py
expect syntax.sh tests/api/stack.py 'syntax'
printf 'int wrong(void)\n{\n\tint x;\n\treturn x;\n}\n' >>app/base/num.c
expect syntax.sh app/base/num.c 'uninitvar'

# ---- tidy.py, which looks only at files that have changed since it last ran
if [ "${LINT_TIDY-1}" != 0 ]; then
	mkdir -p build/lint
	cp -a "$top/build/lint/tidy" build/lint/tidy
	printf 'int num_wrong(int n);\nint num_wrong(int n)\n{\n\tif (n > 0);\n\t\tn++;\n' \
		>>app/base/num.c
	printf '\treturn n;\n}\n' >>app/base/num.c
	expect tidy.py app/base/num.c 'bugprone-suspicious-semicolon'
fi

# ---- tables.py
printf '%s\n' 'ROUTE("PUT", "/nowhere/:id", KEY_NONE, QUIET, KIB, 2000, front, "no.html", "x")' \
	>>app/handler/routes.def
cp -p app/handler/routes.def "$copy/routes.def"
expect tables.py app/handler/routes.def 'no api test calls PUT /nowhere/:id'
cp -p "$copy/routes.def" app/handler/routes.def
expect tables.py app/handler/routes.def 'no templates/no.html'
echo 'extern int nothing;' >tests/fuzz/nothing_fuzz.c
expect tables.py tests/fuzz/nothing_fuzz.c 'has no corpus'
printf 'CONF_STR(secret_key, "")\n' >>app/base/conf.def
expect tables.py app/base/conf.def '`secret_key` is not explained'
sed -i 's/^#workers = 8/#workers = 9/' etc/assay.conf
expect tables.py etc/assay.conf 'the default of `workers` is 8'
sed -i 's/\*--once\*/*--twice*/' etc/assay.1.scd
expect tables.py etc/assay.1.scd 'does not describe --once'
echo 'Changed by hand.' >>docs/configuration.md
expect tables.py docs/configuration.md 'is not current'

# ---- sql.py
sed -i 1d sql/query/ping.sql
expect sql.py sql/query/ping.sql 'what the query is for'
sed -i '/reach:/d' sql/query/ping.sql
expect sql.py sql/query/ping.sql 'the head must say'
sed -i 's/subject_id = \$1/true/' sql/query/page_view_summary.sql
expect sql.py sql/query/page_view_summary.sql 'constrain subject_id'
printf 'do update set viewed_at = now()\n' >>sql/query/page_view_add.sql
expect sql.py sql/query/page_view_add.sql 'ON CONFLICT'
printf 'for update\n' >>sql/query/key_list.sql
expect sql.py sql/query/key_list.sql 'one subject'
cp sql/query/ping.sql sql/query/unused.sql
expect sql.py sql/query/unused.sql 'no code runs QUERY_unused'
sed -i 's/ and e.selfcheck is null//' sql/query/enrolment_list.sql
expect sql.py sql/query/enrolment_list.sql 'leave out self-checks'
printf 'create trigger t after insert on page_view execute function f();\n' \
	>>sql/migration/0001_schema.sql
expect sql.py sql/migration/0001_schema.sql 'no triggers'
printf 'create function f(a text) returns text as $$ select a $$ language sql;\n' \
	>>sql/migration/0001_schema.sql
expect sql.py sql/migration/0001_schema.sql 'LANGUAGE sql'
printf 'static const char text[] = "select name "\n\t"from page_view";\n' \
	>>app/handler/api/subject/user.c
expect sql.py app/handler/api/subject/user.c 'query text in C'

printf 'select pg_advisory_lock(4702111, 1);\n' >>sql/query/ping.sql
expect sql.py sql/query/ping.sql 'a bare advisory lock'
printf 'select 1 from pg_locks where classid = 5;\n' >>sql/query/ping.sql
expect sql.py sql/query/ping.sql 'a bare lock class'
printf "select lock_class('nothing');\n" >>sql/function/enrol.sql
expect sql.py sql/function/enrol.sql 'there is no lock class nothing'
printf 'enum { SUBJECTS = 4702114 };\n' >>app/base/num.c
expect sql.py app/base/num.c 'a bare lock class'
sed -i 's/LOCK_UPLOAD = 4702116/LOCK_UPLOAD = 4702199/' app/store/db/lock.h
expect sql.py app/store/db/lock.h 'the lock classes are not those'
sed -i '/^| upload | /d' sql/README.md
expect sql.py sql/README.md 'the lock classes are not those'
sed -i 's/^create or replace function/create function/' sql/function/enrol.sql
expect sql.py sql/function/enrol.sql 'must create or replace enrol'
sed -i '/^revoke /d' sql/function/enrol.sql
expect sql.py sql/function/enrol.sql 'must revoke the rights of public'
if [ -f sql/migration/frozen ]; then
	echo '-- changed' >>sql/migration/0001_schema.sql
	expect sql.py sql/migration/0001_schema.sql 'a frozen migration has been changed'
fi

# ---- statements.py: a query, and a function, that break a rule
while IFS='|' read -r text why; do
	printf '%s\n' "$text" >>sql/query/ping.sql
	expect statements.py sql/query/ping.sql "$why"
done <<'EOT'
union select 1 from x where y in (select z from conversion); delete from conversion|result_delta
update exposure as x set manual = true where x.subject_id = $1|without result_delta
where exists (select from key)|empty select list
, (select lock_class('subject') from profile where subject_id = $1)|calls lock_class()
from profile as p join experiment as e on true|(profile) and one of .* (experiment)
from profile as p where exists (select 1 from goal as g)|(profile) and one of .* (goal)
with x as (insert into goal (nr) values (1)) select 1 from profile|(profile) and one of .* (goal)
cross join lateral (select 1 from profile as p) as l|lateral over
from profile where ctid = $1|ctid means nothing
union insert into tag (subject_id) select u.s from unnest($1) as u (s)|insert .. select into
update enrolment as n set last_seen_at = n.enrolled_at + interval '1 hour'|a column and an interval
EOT
while IFS='|' read -r text why; do
	sed -i "s/^begin\$/&\n$text/" sql/function/visit_record.sql
	expect statements.py sql/function/visit_record.sql "$why"
done <<'EOT'
perform 1 from profile where attributes is null;|profile without
perform 1 from tag where subject_id = any (array[subject]) for update;|tag without
insert into tag select s from x on conflict do nothing; get diagnostics n = row_count;|row_count is
execute format('delete from conversion where false');|without result_delta
EOT
sed -i 's/select from/select 1 from/' sql/function/visit_record.sql
expect statements.py sql/function/visit_record.sql 'lower the 1 of STILL'
sed -i '/insert into result_delta/,$s/result_delta/job_counter/' sql/function/exposure_add.sql
expect statements.py sql/function/exposure_add.sql 'without result_delta'
sed -i 's/pg_dist_partition/pg_class/' sql/query/connection_settings.sql
expect statements.py sql/query/connection_settings.sql 'ask for pg_dist_partition'

# ---- pages.py
while IFS='|' read -r text why; do
	printf '%s\n' "$text" >>templates/index.html
	expect pages.py templates/index.html "$why"
done <<'EOT'
<script>alert(1)</script>|inline script
<style>p { color: red }</style>|inline style sheet
<p style="color: red">|style attribute
<p onclick="go()">|event handler
<p>{{{raw}}}</p>|unescaped
<p>{{& raw}}</p>|unescaped
<a href={{url}}>x</a>|without quotes
<img src="https://example.org/x.png">|another host
<link rel="stylesheet" href="//example.org/x.css">|another host
{{> nothing.html}}|no templates/nothing.html
EOT

# ---- docs.py
echo 'See [nothing](docs/nothing.md).' >>README.md
expect docs.py README.md 'leads nowhere'
echo 'See [nothing](docs/http.md#nothing).' >>README.md
expect docs.py README.md 'no heading'
echo 'See `app/base/nothing.c`.' >>README.md
expect docs.py README.md 'a file that there is not'
yes 'A line.' | head -n 250 >>README.md
expect docs.py README.md 'at most 250'

# ---- style.py
yes '/* more */' | head -n 501 >>app/base/num.c
expect style.py app/base/num.c 'a file has at most 500'
{ printf 'int\nlong_one(void)\n{\n'; yes '	n++;' | head -n 60; printf '}\n'; } >>app/base/num.c
expect style.py app/base/num.c 'long_one has'
printf '%0101d\n' 0 >>app/base/num.c
expect style.py app/base/num.c '101 columns'
sed -i 1d app/base/num.c
expect style.py app/base/num.c 'no SPDX'
sed -i 's/^#endif/int num_new(void);\n\n#endif/' app/base/num.h
expect style.py app/base/num.h 'without a comment'
printf '/* TO%s: later */\n' DO >>app/base/num.c
expect style.py app/base/num.c 'left for later'
printf 'pytest.sk%s("x")\n' ip >>tests/conftest.py
expect style.py tests/conftest.py 'proves nothing'

[ "$cases" -gt 35 ] && [ "$failed" = 0 ]
