# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Read by stack.sh and stack-run.sh: how to speak, and how a part of the stack is started, watched
# and stopped. A part is a process with a pid in $state/pids and a log in $state/log.

say()
{
	[ "$QUIET" = 1 ] || printf '%s\n' "$*"
}

die()
{
	printf 'stack: %s\n' "$*" >&2
	exit 1
}

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

# stop_pid NAME PID: asks, waits, insists. INT is the fast shutdown of postgres. memcached, which
# keeps nothing, would take a second to hear.
stop_pid()
{
	case $1 in
	postgres) ask=INT insist=QUIT ;;
	memcached) ask=KILL insist=KILL ;;
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
