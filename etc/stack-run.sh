#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The second half of stack.sh, which executes it as the unprivileged user with STACK_ROOT,
# STACK_BIN, STACK_STATE and STACK_VAR set: starts the parts, watches them, stops them.

set -u

# shellcheck source=etc/stack-parts.sh
. "$STACK_ROOT/etc/stack-parts.sh"
# shellcheck source=etc/stack-demo.sh
. "$STACK_ROOT/etc/stack-demo.sh"

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
		rm -rf "$state/pg.new" "$state/keys" "$state/demo" "$state/demo-experiments"
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
	[ "$found" = 1 ] || query -U postgres -d postgres \
		-c "create database assay owner assay_owner" \
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

# A way into the pages, good once: whoever is there first sets a password.
make_link()
{
	user="$clock \"\$bin\" user -c \"\$state/assay.conf\""
	link=$(eval "$user add admin --role admin" </dev/null 2>/dev/null ||
		eval "$user link admin" </dev/null 2>>"$state/log/user.log")
	case $link in
	/*) link=$url$link ;;
	esac
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
	map \$remote_addr \$assay_local { default 0; "~^(127\.|::1\$|::ffff:127\.)" 1; }
	map \$assay_local\$binary_remote_addr \$assay_client {
		default \$binary_remote_addr; "~^1" ""; "~(?s)^0(.{8}).{8}\$" \$1;
	}
	limit_conn_zone \$assay_client zone=assay_client:10m;
	map \$request_method \$assay_login { default ""; POST \$assay_client; }
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
ASSAY_SIGN_IN=$link
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
	as_client="-H 'Authorization: Bearer $ASSAY_CLIENT_KEY' -H 'Content-Type: application/json'"
	as_server="-H 'Authorization: Bearer $ASSAY_SERVER_KEY'"
	view="{\"user_id\":\"demo-001\",\"name\":\"Pricing Page\",\"timestamp\":\"$now\"}"
	app="{\"request\":{\"producer\":\"demo.app\"}}"
	say "
assay is at $url ($SERVER), for scripts see $STACK_VAR/assay.env
	server key	$ASSAY_SERVER_KEY
	client key	$ASSAY_CLIENT_KEY

Look at it in a browser; this signs you in as admin, once:
	${link:-the account admin is disabled: assay user reset admin}

Post a page view, read a user's profile, erase a user, ask which experiments a device is in:

curl -X POST $url/v1/page $as_client -d '$view'
curl $url/v1/user/demo-001 $as_server
curl -X DELETE $url/v1/user/demo-002 $as_server
curl -X POST $url/v1/device/register/demo-device-001 $as_client -d '$app'

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
	make_link
	await 10 memcached test -S "$state/run/memcached.sock"
	start_behind "$WRAP" serve "$bin" serve -c "$state/assay.conf"
	start_behind "$clock" jobs "$bin" jobs -c "$state/assay.conf"
	await 20 "the pool" test -S "$state/run/assay.sock"
	"start_$SERVER"
	await 20 "$url/readyz" curl -sf --noproxy '*' --max-time 5 "$url/readyz"
	define_demo
	hand_out_env
	tell
	watch_parts
}

supervise
