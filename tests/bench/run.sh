#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make bench: speed and memory as ratios, in one table, on the screen and in build/bench/table.txt.
#
#	BENCH_SECONDS=4	length of one measurement
#	BENCH_ROUNDS=3	how often each is taken, in turn with its reference; the middle one counts
#	BENCH_SIZES=1	millions of participants whose results are read, such as "1 5"
#	BENCH_PARTS="lighttpd nginx joined workers size memory lookup enrol flags results import
#		mapping groups pages"	what is measured
#	BENCH_WORKERS="8 4 2"	numbers of workers for the part joined

set -eu

cd "$(dirname "$0")/../.."
etc/packages.sh bench
mkdir -p build/bench
# A copy, so that work on the tree does not change what is being measured.
cp "${ASSAY_BIN:-build/release/assay}" build/bench/assay.new
mv build/bench/assay.new build/bench/assay
exec /usr/bin/python3 tests/bench/bench.py
