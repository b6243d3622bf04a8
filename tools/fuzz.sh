#!/bin/sh
# Runs every fuzz target for some seconds, as many at once as there are processors; a finding is kept in
# tests/fuzz/findings/ and shown. What the fuzzer learns stays in build-fuzz/corpus, beside the corpus in the tree.
#
#   tools/fuzz.sh SECONDS [TARGET …]
set -u
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
log=build-fuzz/setup.log
mkdir -p build-fuzz
if [ ! -f build-fuzz/build.ninja ]; then
	CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false >"$log" 2>&1 || {
		cat "$log"
		exit 1
	}
fi
ninja -C build-fuzz >"$log" 2>&1 || { grep -v '^\[' "$log"; exit 1; }
targets=${*:-$(ls build-fuzz/tests/fuzz/ | sed -n 's/^fuzz_\([a-z_]*\)$/\1/p')}

fuzz_one() {
	name=$1
	learned=build-fuzz/corpus/$name
	mkdir -p "$learned" tests/fuzz/findings
	build-fuzz/tests/fuzz/fuzz_"$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix=tests/fuzz/findings/"$name"- "$learned" tests/fuzz/corpus/"$name" \
		>build-fuzz/"$name".log 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' build-fuzz/"$name".log)
	if [ $status -eq 0 ]; then
		echo "ok      fuzz $name (${seconds} s, ${runs:-?} runs)"
	else
		echo "FAILED  fuzz $name"
		tail -n 60 build-fuzz/"$name".log
	fi
	return $status
}

failed=0
at_once=$(nproc 2>/dev/null || echo 1)
running=
for name in $targets; do
	fuzz_one "$name" &
	running="$running $!"
	# shellcheck disable=SC2086
	set -- $running
	if [ $# -ge "$at_once" ]; then
		wait "$1" || failed=1
		shift
		running=$*
	fi
done
for pid in $running; do
	wait "$pid" || failed=1
done
exit $failed
