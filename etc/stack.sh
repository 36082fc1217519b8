#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs a private stack in the foreground: PostgreSQL, memcached, the worker pool, its jobs and a
# web server, all for one folder, none of them visible to the rest of the machine but the web
# server's port. `make run` is this script; tests and the bench use it too.
#
# It has two halves. prepare() runs as whoever called: it chooses the folder and, for root, an
# unprivileged user, then becomes that user by exec (same process). supervise() starts the parts,
# watches them, and stops them in reverse order.

set -u

usage()
{
	cat <<'EOF'
usage: [NAME=value ...] etc/stack.sh
	VAR=var			folder of this stack; VAR/assay.env tells scripts URL and keys
	PORT=8080 BIND=127.0.0.1	where the web server listens
	SERVER=lighttpd		or nginx
	DEMO=1			load the demo data once; 0 = start empty
	RESET=0			1 = forget all data first
	QUIET=0			1 = print errors only
	KEEP=0			1 = go on when a part ends (fault tests)
	FORGET=0		1 = remove all data at the end
	ASSAY_BIN=build/release/assay	the program
	WRAP=			command put before `assay serve`, such as "faketime '+2 days'"
	PGEXTRA=		more settings for postgres, such as "-c max_wal_size=4GB"
Other ASSAY_* variables reach the program: ASSAY_WORKERS=2.
EOF
}

say()
{
	[ "$QUIET" = 1 ] || printf '%s\n' "$*"
}

die()
{
	printf 'stack: %s\n' "$*" >&2
	exit 1
}

misused()
{
	printf 'stack: %s\n' "$*" >&2
	usage >&2
	exit 2
}

# ---- First half: as the caller -------------------------------------------------------------

# on_or_off NAME VALUE
on_or_off()
{
	case $2 in
	0|1) ;;
	*) misused "$1 must be 0 or 1, not '$2'" ;;
	esac
}

check_settings()
{
	case $SERVER in
	lighttpd|nginx) ;;
	*) misused "SERVER must be lighttpd or nginx, not '$SERVER'" ;;
	esac
	case $PORT in
	''|*[!0-9]*|??????*) misused "PORT must be a number, not '$PORT'" ;;
	esac
	if [ "$PORT" -lt 1 ] || [ "$PORT" -gt 65535 ]; then
		misused "PORT must be in 1..65535, not $PORT"
	fi
	case $BIND in
	''|*[!0-9A-Fa-f.:]*) misused "BIND must be an address, not '$BIND'" ;;
	esac
	[ -n "$VAR" ] || misused "VAR must name a folder"
	on_or_off RESET "$RESET"
	on_or_off DEMO "$DEMO"
	on_or_off QUIET "$QUIET"
	on_or_off KEEP "$KEEP"
	on_or_off FORGET "$FORGET"
}

check_commands()
{
	for need in "$SERVER" memcached curl psql setpriv flock; do
		command -v "$need" >/dev/null ||
			die "$need is not installed: run etc/packages.sh run"
	done
	if [ ! -f "$bin" ] || [ ! -x "$bin" ]; then
		die "no program at $bin: run make first"
	fi
}

# Root lends its rights to nobody: everything runs as the first of these users that exists.
choose_user()
{
	user=$(id -un)
	[ "$(id -u)" = 0 ] || return 0
	for user in postgres nobody; do
		id "$user" >/dev/null 2>&1 && return 0
	done
	die "root needs a user postgres or nobody to run the stack as"
}

as_user()
{
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- "$@"
	else
		"$@"
	fi
}

# Configuration files, socket addresses and URLs are made of these paths without quoting.
plain()
{
	case $1 in
	*[!A-Za-z0-9/._-]*) return 1 ;;
	esac
}

# A unix socket's path may have 107 bytes; this is the longest.
fits()
{
	longest=$1/run/.s.PGSQL.5432
	[ "${#longest}" -le 107 ]
}

reachable()
{
	as_user test -x "$bin" && as_user test -x "$var" &&
		[ -z "$(as_user find "$root/etc" "$root/templates" "$root/sql" \
		    ! -readable -print -quit 2>&1)" ]
}

# A folder that stood there before must be ours: made by this script, for this user.
check_folder()
{
	if [ -h "$state" ] || [ ! -d "$state" ]; then
		die "$state is not a folder, or cannot be made"
	fi
	[ "$(stat -c %U "$state")" = "$user" ] ||
		die "$state belongs to $(stat -c %U "$state"), not to $user: choose another VAR"
	[ -f "$state/.stack" ] || die "$state was not made by this script: choose another VAR"
}

make_folder()
{
	if [ "$apart" = 1 ]; then
		as_user mkdir -m 0700 "$state" 2>/dev/null
	elif mkdir -m 0700 "$state" 2>/dev/null; then
		[ "$(id -u)" != 0 ] || chown "$user": "$state"
	else
		false
	fi && as_user touch "$state/.stack"
}

choose_folder()
{
	state=$var/state
	apart=0
	if ! plain "$root$bin$state" || ! fits "$state" || ! reachable; then
		sum=$(printf '%s\n%s\n' "$root" "$var" | sha256sum | cut -c 1-12)
		state=/var/tmp/assay-$(id -u "$user")-$sum
		apart=1
	fi
	make_folder || check_folder
	chmod 0700 "$state"
}

# What the user cannot reach is copied into the folder, by the user.
copy_tree()
{
	as_user rm -rf "$state/copy"
	as_user mkdir "$state/copy" || die "cannot write to $state"
	tar -C "$root" -cf - etc templates sql | as_user tar -C "$state/copy" -xf - ||
		die "cannot copy $root to $state"
	tar -C "$(dirname "$bin")" -cf - "$(basename "$bin")" |
		as_user tar -C "$state/copy" -xf - || die "cannot copy $bin to $state"
	bin=$state/copy/$(basename "$bin")
	root=$state/copy
}

# The second half may not write to VAR, so it hands assay.env over on descriptor 9: the lines, then
# an empty one. The file appears whole, when the stack answers, and goes away with the stack,
# however that ends: then the pipe closes. The lock (8) is held until the file is gone.
receive_env()
{
	rm -f "$var/assay.env" "$var/.env.new" "$var/.env.pipe"
	mkfifo -m 0600 "$var/.env.pipe" || die "cannot write to $var"
	keep_env <"$var/.env.pipe" >/dev/null 2>&1 &
	exec 9>"$var/.env.pipe"
	rm -f "$var/.env.pipe"
}

keep_env()
{
	trap '' INT TERM HUP
	umask 077
	while read -r line; do
		if [ -n "$line" ]; then
			printf '%s\n' "$line" >>"$var/.env.new"
		else
			mv "$var/.env.new" "$var/assay.env"
		fi
	done
	rm -f "$var/assay.env" "$var/.env.new"
}

absolute()
{
	case $1 in
	/*) printf '%s\n' "$1" ;;
	*) printf '%s\n' "$PWD/$1" ;;
	esac
}

prepare()
{
	[ $# = 0 ] || misused "no arguments are known"
	check_settings
	root=$(CDPATH='' cd -P -- "$(dirname "$0")/.." && pwd) || exit 1
	bin=$(absolute "${ASSAY_BIN:-$root/build/release/assay}")
	check_commands
	mkdir -p -- "$VAR" || exit 1
	var=$(CDPATH='' cd -P -- "$VAR" && pwd) || exit 1
	cd / || exit 1
	exec 8>>"$var/.lock" || die "cannot write to $var"
	flock -w 2 8 || die "a stack is already running in $var"
	choose_user
	choose_folder
	[ "$apart" = 0 ] || copy_tree
	[ "$apart" = 0 ] || say "state is in $state: $var is out of reach or too long a name"
	receive_env
	export PORT BIND SERVER DEMO RESET QUIET KEEP FORGET WRAP PGEXTRA
	export STACK_ROOT="$root" STACK_BIN="$bin" STACK_STATE="$state" STACK_VAR="$var"
	if [ "$(id -u)" = 0 ]; then
		exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- \
			/bin/sh "$root/etc/stack.sh"
	fi
	exec /bin/sh "$root/etc/stack.sh"
}

# ---- Second half: as the unprivileged user -------------------------------------------------

# alive PID: a zombie is not
alive()
{
	{ read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
	case $line in
	*') Z '*|*') X '*) return 1 ;;
	esac
}

part_pid()
{
	pid=
	{ read -r pid <"$state/pids/$1.pid"; } 2>/dev/null
	[ -n "$pid" ]
}

running()
{
	part_pid "$1" && alive "$pid"
}

# ours PID: this folder is in its command line
ours()
{
	[ -n "$1" ] && alive "$1" &&
		tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -qF -- "$state/"
}

# gone PID SECONDS
gone()
{
	tries=$(($2 * 20))
	while alive "$1"; do
		[ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.05
	done
}

# stop_pid NAME PID: asks, waits, insists. INT is the fast shutdown of postgres.
stop_pid()
{
	case $1 in
	postgres) ask=INT insist=QUIT ;;
	*) ask=TERM insist=KILL ;;
	esac
	kill -s "$ask" "$2" 2>/dev/null
	gone "$2" 10 && return
	kill -s "$insist" "$2" 2>/dev/null
	gone "$2" 5 || kill -s KILL "$2" 2>/dev/null
}

stop_part()
{
	if part_pid "$1" && ours "$pid"; then
		stop_pid "$1" "$pid"
	fi
	rm -f "$state/pids/$1.pid"
}

stop_all()
{
	trap '' INT TERM HUP
	trap - EXIT
	[ -z "$sleeper" ] || kill "$sleeper" 2>/dev/null
	for part in web jobs serve memcached postgres; do
		stop_part "$part"
	done
	[ "$FORGET" = 0 ] || forget
}

# After kill -9 of this script its parts may live on, or their traces, or both.
clean_up()
{
	for part in web jobs serve memcached postgres; do
		stop_part "$part"
	done
	pid=
	{ read -r pid <"$state/pg/postmaster.pid"; } 2>/dev/null
	if ours "$pid"; then
		stop_pid postgres "$pid"
	fi
	rm -f "$state/pg/postmaster.pid"
	rm -rf "$state/run" "$state/tmp"
}

reset()
{
	find "$state" -mindepth 1 -maxdepth 1 ! -name .stack ! -name copy -exec rm -rf {} +
}

# The folder itself goes only where this user may remove it.
forget()
{
	cd /
	reset
	rm -rf "$state/copy"
	[ ! -w "$(dirname "$state")" ] || rm -rf "$state"
}

# launch NAME COMMAND...: in a session of its own, so that Ctrl-C reaches this script only; told
# to end when its parent does. The inner shell writes the pid, for $! may be a wrapper's.
launch()
{
	name=$1
	shift
	rm -f "$state/pids/$name.pid"
	setsid setpriv --pdeathsig TERM -- "$@" \
		</dev/null >"$state/log/$name.log" 2>&1 8>&- 9>&- &
	tries=200
	until [ -s "$state/pids/$name.pid" ]; do
		[ "$tries" -gt 0 ] || lost "$name"
		tries=$((tries - 1))
		sleep 0.02
	done
	parts="$parts $name"
}

# start_behind WRAPPER NAME COMMAND...: the wrapper may hold quotes
start_behind()
{
	wrapper=$1
	name=$2
	shift 2
	set -- /bin/sh -c "$note_pid" "$state/pids/$name.pid" "$@"
	eval "launch $name $wrapper \"\$@\""
}

start()
{
	start_behind '' "$@"
}

# lost NAME: a part ended by itself
lost()
{
	printf 'stack: %s ended; the end of %s:\n' "$1" "$state/log/$1.log" >&2
	tail -n 8 "$state/log/$1.log" >&2
	exit 1
}

check_parts()
{
	for part in $parts; do
		running "$part" || lost "$part"
	done
}

# await SECONDS WHAT COMMAND...: until the command succeeds
await()
{
	tries=$(($1 * 20))
	what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		check_parts
		[ "$tries" -gt 0 ] || die "$what does not answer; see $state/log"
		tries=$((tries - 1))
		sleep 0.05
	done
}

find_postgres()
{
	version=
	{ read -r version <"$state/pg/PG_VERSION"; } 2>/dev/null
	for pgbin in "/usr/lib/postgresql/${version:-15}/bin" \
	    "$(find /usr/lib/postgresql -path '*/bin/postgres' 2>/dev/null | sort -V |
	    tail -n 1 | xargs -r dirname)"; do
		[ -x "$pgbin/postgres" ] && break
	done
	[ -x "$pgbin/postgres" ] || die "postgres is not installed: run etc/packages.sh run"
	[ -z "$version" ] || case $("$pgbin/postgres" --version) in
	*") $version."*) ;;
	*) die "$state/pg needs PostgreSQL $version: install it, or use RESET=1" ;;
	esac
}

# The socket lies in a folder that only this user can enter, so no password is needed.
start_postgres()
{
	if [ ! -d "$state/pg" ]; then
		say "making a PostgreSQL cluster in $state/pg"
		rm -rf "$state/pg.new" "$state/keys" "$state/demo"
		"$pgbin/initdb" -D "$state/pg.new" -U postgres -A trust -E UTF8 \
			--locale=C.UTF-8 --data-checksums >"$state/log/initdb.log" 2>&1 ||
			{ cat "$state/log/initdb.log" >&2; die "initdb failed"; }
		mv "$state/pg.new" "$state/pg"
	fi
	eval "start postgres $pgbin/postgres -D $state/pg -c listen_addresses= \
		-c unix_socket_directories=$state/run -c unix_socket_permissions=0700 \
		-c max_connections=100 -c fsync=on -c synchronous_commit=on \
		-c timezone=UTC -c log_timezone=UTC $PGEXTRA"
}

start_memcached()
{
	start memcached memcached -s "$state/run/memcached.sock" -a 0700 -U 0 -m 64
}

query()
{
	psql -X -q -v ON_ERROR_STOP=1 -h "$state/run" "$@" </dev/null
}

make_database()
{
	query -U postgres -d postgres >"$state/log/database.log" 2>&1 \
		-c "do \$\$ begin
			create role assay_owner login;
			exception when duplicate_object then null; end \$\$" \
		-c "do \$\$ begin
			create role assay_app login;
			exception when duplicate_object then null; end \$\$" ||
		{ cat "$state/log/database.log" >&2; die "cannot make the roles"; }
	found=$(query -U postgres -d postgres -At \
		-c "select 1 from pg_database where datname = 'assay'")
	[ "$found" = 1 ] || query -U postgres -d postgres -c "create database assay owner assay_owner" \
		-c "revoke all on database assay from public" \
		-c "grant connect on database assay to assay_app" ||
		die "cannot make the database"
}

write_configuration()
{
	cat >"$state/assay.conf" <<EOF
# Made by stack.sh at each start.
listen = $state/run/assay.sock
database_url = $app_url
owner_database_url = $owner_url
memcached = $state/run/memcached.sock
templates = $root/templates
EOF
}

# tool NAME COMMAND...: a step that must succeed
tool()
{
	name=$1
	shift
	"$@" </dev/null >"$state/log/$name.log" 2>&1 8>&- 9>&- && return
	tail -n 8 "$state/log/$name.log" >&2
	die "$name failed"
}

# One clock for all: under faketime the partitions, the demo and the jobs live in the pool's time.
set_clock()
{
	clock=
	case $WRAP in
	faketime*) clock=$WRAP ;;
	esac
}

load_demo()
{
	[ "$DEMO" = 1 ] && [ ! -f "$state/demo" ] || return 0
	now=$(eval "$clock date -u +%Y-%m-%dT%H:%M:%SZ")
	tool demo query -U assay_owner -d assay -v now="$now" -f "$root/sql/demo.sql"
	touch "$state/demo"
	say "loaded 14 days of page views of demo-001 .. demo-300"
}

# make_key CLASS [OPTION...]
make_key()
{
	class=$1
	shift
	"$bin" key create -c "$state/assay.conf" --class "$class" --name "stack $class" "$@" \
		</dev/null 2>>"$state/log/key.log" ||
		{ tail -n 3 "$state/log/key.log" >&2; die "cannot make a $class key"; }
}

# The database keeps only hashes of them, so they are kept here.
make_keys()
{
	if [ ! -s "$state/keys" ]; then
		server=$(make_key server) || exit 1
		client=$(make_key client --origin "$url") || exit 1
		admin=$(make_key admin) || exit 1
		printf 'ASSAY_SERVER_KEY=%s\nASSAY_CLIENT_KEY=%s\nASSAY_ADMIN_KEY=%s\n' \
			"$server" "$client" "$admin" >"$state/keys.new"
		mv "$state/keys.new" "$state/keys"
	fi
	# shellcheck source=/dev/null
	. "$state/keys"
}

start_lighttpd()
{
	printf 'include "%s/etc/lighttpd.conf"\n' "$root" >"$state/lighttpd.conf"
	start web env ASSAY_BIND="$BIND" ASSAY_PORT="$PORT" ASSAY_STATE="$state" \
		ASSAY_SOCKET="$state/run/assay.sock" ASSAY_ASSETS="$root/templates/assets" \
		ASSAY_ETC="$root/etc" lighttpd -D -f "$state/lighttpd.conf"
}

start_nginx()
{
	cat >"$state/nginx.conf" <<EOF
# Made by stack.sh at each start.
daemon off;
pid $state/run/nginx.pid;
error_log stderr error;
worker_processes auto;
events { worker_connections 2048; }
http {
	client_body_temp_path $state/tmp/body;
	fastcgi_temp_path $state/tmp/fastcgi;
	proxy_temp_path $state/tmp/proxy;
	uwsgi_temp_path $state/tmp/uwsgi;
	scgi_temp_path $state/tmp/scgi;
	map \$request_method \$assay_login { default ""; POST \$binary_remote_addr; }
	limit_req_zone \$assay_login zone=assay_login:1m rate=2r/s;
	upstream assay { server unix:$state/run/assay.sock max_fails=0; }
	server {
		listen $address;
		root $root/templates;
		include $root/etc/nginx-fcgi.conf;
	}
}
EOF
	start web nginx -e stderr -p "$state" -c "$state/nginx.conf"
}

# curl says 7 when nobody listens.
check_port()
{
	curl -s -o /dev/null --noproxy '*' --max-time 1 "$url/" 2>/dev/null
	[ $? = 7 ] || die "port $PORT is in use: choose another with PORT="
}

set_addresses()
{
	case $BIND in
	*:*) address=[$BIND]:$PORT ;;
	*) address=$BIND:$PORT ;;
	esac
	case $BIND in
	0.0.0.0) url=http://127.0.0.1:$PORT ;;
	::) url="http://[::1]:$PORT" ;;
	*) url=http://$address ;;
	esac
	app_url="postgresql://assay_app@/assay?host=$state/run"
	owner_url="postgresql://assay_owner@/assay?host=$state/run"
}

hand_out_env()
{
	cat >&9 <<EOF
ASSAY_URL=$url
ASSAY_SERVER_KEY=$ASSAY_SERVER_KEY
ASSAY_CLIENT_KEY=$ASSAY_CLIENT_KEY
ASSAY_ADMIN_KEY=$ASSAY_ADMIN_KEY
ASSAY_DATABASE_URL=$app_url
ASSAY_OWNER_DATABASE_URL=$owner_url
ASSAY_MEMCACHED=$state/run/memcached.sock
ASSAY_STATE=$state

EOF
	tries=100
	until [ -e "$STACK_VAR/assay.env" ] || [ ! -x "$STACK_VAR" ] || [ "$tries" = 0 ]; do
		tries=$((tries - 1))
		sleep 0.02
	done
}

tell()
{
	now=$(eval "$clock date -u +%Y-%m-%dT%H:%M:%S.000Z")
	say "
assay is at $url ($SERVER), for scripts see $STACK_VAR/assay.env
	server key	$ASSAY_SERVER_KEY
	client key	$ASSAY_CLIENT_KEY

Post a page view, read a user's profile, erase a user:

curl -X POST $url/v1/page -H 'Authorization: Bearer $ASSAY_CLIENT_KEY' -H 'Content-Type: application/json' -d '{\"user_id\":\"demo-001\",\"name\":\"Pricing Page\",\"timestamp\":\"$now\"}'
curl $url/v1/user/demo-001 -H 'Authorization: Bearer $ASSAY_SERVER_KEY'
curl -X DELETE $url/v1/user/demo-002 -H 'Authorization: Bearer $ASSAY_SERVER_KEY'

Ctrl-C stops everything."
}

watch_parts()
{
	while :; do
		[ "$KEEP" = 1 ] || check_parts
		sleep 1 >/dev/null 2>&1 8>&- 9>&- &
		sleeper=$!
		wait "$sleeper"
	done
}

supervise()
{
	root=$STACK_ROOT bin=$STACK_BIN state=$STACK_STATE parts='' sleeper=''
	unset STACK_STATE ASSAY_BIN ASSAY_LISTEN ASSAY_DATABASE_URL ASSAY_OWNER_DATABASE_URL
	unset PGHOST PGPORT PGUSER PGDATABASE PGPASSWORD PGOPTIONS PGSERVICE PGDATA
	# shellcheck disable=SC2016
	note_pid='echo $$ >"$0.new" && mv "$0.new" "$0" && exec setpriv --pdeathsig TERM -- "$@"'
	export HOME="$state" LC_ALL=C.UTF-8
	umask 077
	cd "$state" || exit 1
	set_addresses
	set_clock
	trap stop_all EXIT
	trap 'exit 0' INT TERM HUP
	clean_up
	check_port
	[ "$RESET" = 0 ] || reset
	mkdir -p run log pids tmp || exit 1
	find_postgres
	start_postgres
	start_memcached
	write_configuration
	await 60 postgres "$pgbin/pg_isready" -q -h "$state/run"
	make_database
	eval "tool migrate $clock \"\$bin\" migrate -c \"\$state/assay.conf\""
	load_demo
	make_keys
	await 10 memcached test -S "$state/run/memcached.sock"
	start_behind "$WRAP" serve "$bin" serve -c "$state/assay.conf"
	start_behind "$clock" jobs "$bin" jobs -c "$state/assay.conf"
	await 20 "the pool" test -S "$state/run/assay.sock"
	"start_$SERVER"
	await 20 "$url/readyz" curl -sf --noproxy '*' --max-time 5 "$url/readyz"
	hand_out_env
	tell
	watch_parts
}

PATH=$PATH:/usr/sbin:/sbin
if [ -n "${STACK_STATE-}" ]; then
	supervise
else
	case ${1-} in
	-h|--help) usage; exit 0 ;;
	esac
	: "${VAR=var}" "${PORT=8080}" "${BIND=127.0.0.1}" "${SERVER=lighttpd}" "${DEMO=1}"
	: "${RESET=0}" "${QUIET=0}" "${KEEP=0}" "${FORGET=0}" "${WRAP=}" "${PGEXTRA=}"
	prepare "$@"
fi
