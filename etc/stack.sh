#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs a private stack in the foreground: PostgreSQL, memcached, the worker pool, its jobs and a
# web server, all for one folder, none of them visible to the rest of the machine but the web
# server's port. `make run` is this script; tests and the bench use it too.
#
# This half runs as whoever called: it chooses the folder and, for root, an unprivileged user, then
# becomes that user by exec (same process). stack-run.sh starts the parts, watches them, and
# stops them in reverse order; how a part is started and stopped stands in stack-parts.sh.

set -u

# shellcheck source=etc/stack-parts.sh
. "$(dirname "$0")/stack-parts.sh"

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

misused()
{
	printf 'stack: %s\n' "$*" >&2
	usage >&2
	exit 2
}

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
			/bin/sh "$root/etc/stack-run.sh"
	fi
	exec /bin/sh "$root/etc/stack-run.sh"
}

PATH=$PATH:/usr/sbin:/sbin
case ${1-} in
-h|--help) usage; exit 0 ;;
esac
: "${VAR=var}" "${PORT=8080}" "${BIND=127.0.0.1}" "${SERVER=lighttpd}" "${DEMO=1}"
: "${RESET=0}" "${QUIET=0}" "${KEEP=0}" "${FORGET=0}" "${WRAP=}" "${PGEXTRA=}"
prepare "$@"
