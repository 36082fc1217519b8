#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Installs the Debian 12 packages that are missing for a purpose, and does nothing when none is:
#
#	etc/packages.sh run|check|bench|fuzz
#
# run: build and run. check: all that `make check` needs. bench: with the load tools (pgbench is
# in postgresql-15). fuzz: run, with clang. As root or with sudo; else it prints what to do.

set -u

run='gcc make pkg-config libc6-dev libfcgi-dev libpq-dev libjson-c-dev libmemcached-dev
	libtalloc-dev libsodium-dev libgsl-dev postgresql-15 postgresql-client-15 memcached
	lighttpd lighttpd-mod-deflate nginx-light curl ca-certificates spawn-fcgi procps util-linux
	scdoc'
check="$run check python3 python3-pytest python3-pytest-xdist python3-requests python3-psycopg2
	python3-selenium chromium chromium-driver faketime clang clang-format clang-tidy
	cppcheck nftables"
# axe-core for the browser tests comes by npm, which another package may have brought.
command -v npm >/dev/null || check="$check npm"
bench="$check wrk linux-perf"
fuzz="$run clang-14 libclang-rt-14-dev llvm-14"

installed()
{
	dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

missing_of()
{
	for package in "$@"; do
		installed "$package" || printf '%s ' "$package"
	done
}

# How to become root without asking, or with asking when somebody is there to answer.
as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then
		sudo "$@"
	else
		return 1
	fi
}

# The stack runs servers of its own: SYSTEMD_OFFLINE keeps the packaged ones from starting now,
# where they would take port 80.
apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 apt-get -q "$@"
}

case ${1-} in
run) wanted=$run ;;
check) wanted=$check ;;
bench) wanted=$bench ;;
fuzz) wanted=$fuzz ;;
*)
	echo "usage: etc/packages.sh run|check|bench|fuzz" >&2
	exit 2
	;;
esac

# shellcheck disable=SC2086
missing=$(missing_of $wanted)
[ -n "$missing" ] || exit 0

echo "installing: $missing"
# shellcheck disable=SC2086
if ! { apt update && apt install -y --no-install-recommends $missing; }; then
	echo "not installed; as root: apt-get install -y --no-install-recommends $missing" >&2
	exit 1
fi
