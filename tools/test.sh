#!/bin/sh
# Builds with AddressSanitizer and UndefinedBehaviorSanitizer, runs every test, and closes with "N passed, N failed".
# With CI set it also makes release builds with gcc and clang that must warn of nothing, and fuzzes each parser for
# FUZZ_SECONDS (60).
#
#   tools/test.sh [unit|http|browser|lint …]   only these groups
set -u
cd "$(dirname "$0")/.."
root=$(pwd)
groups=${*:-unit replay lint http browser}
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS=suppressions=$root/tools/lsan.supp:print_suppressions=0
export KAIRAN_SHARED=${KAIRAN_SHARED:-$root/../shared}
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

count() { # count PASSED FAILED SKIPPED
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# One test that is a command: its name, then the command. Its output is shown when it fails.
check() {
	name=$1
	shift
	if "$@" >"$log" 2>&1; then
		count 1 0 0
		echo "ok      $name"
	else
		count 0 1 0
		echo "FAILED  $name"
		cat "$log"
	fi
}

build() { # build DIR OPTIONS…
	dir=$1
	shift
	[ -f "$dir/build.ninja" ] || meson setup "$dir" "$@" >"$log" 2>&1 || { cat "$log"; return 1; }
	ninja -C "$dir" >"$log" 2>&1 || { grep -v '^\[' "$log"; return 1; }
}

sum() { # the sum of the numbers that a pattern finds in the log
	sed -n "$1" "$log" | awk '{ n += $1 } END { print n + 0 }'
}

unit() {
	for test in build-test/tests/unit/*/test_*; do
		[ -f "$test" ] && [ -x "$test" ] || continue
		CMOCKA_MESSAGE_OUTPUT=STDOUT "$test" >"$log" 2>&1
		status=$?
		good=$(sum 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p')
		bad=$(sum 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p')
		left=$(sum 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p')
		# A crash, a leak or a sanitizer's finding is a failure even where every case passed.
		[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
		count "$good" "$bad" "$left"
		if [ "$bad" -gt 0 ]; then
			echo "FAILED  ${test##*/} ($bad)"
			cat "$log"
		else
			echo "ok      ${test##*/} ($good)"
			grep -h '^skipped: ' "$log"
		fi
	done
}

replay() {
	for target in build-test/tests/fuzz/fuzz_*; do
		[ -f "$target" ] && [ -x "$target" ] || continue
		name=${target##*/fuzz_}
		[ -d "tests/fuzz/corpus/$name" ] && check "fuzz corpus $name" "$target" "tests/fuzz/corpus/$name"
	done
}

lint() {
	for script in tools/lint/*.sh; do
		check "lint $(basename "$script" .sh)" "$script"
	done
}

node_tests() { # node_tests FOLDER
	files=$(ls tests/"$1"/*.test.mjs 2>/dev/null) || return 0
	# shellcheck disable=SC2086
	KAIRAN=$root/build-test/src/cli/kairan node --test --test-concurrency=1 --test-reporter=tap $files >"$log" 2>&1
	status=$?
	good=$(sum 's/^# pass \([0-9]*\)$/\1/p')
	bad=$(sum 's/^# fail \([0-9]*\)$/\1/p')
	left=$(sum 's/^# skipped \([0-9]*\)$/\1/p')
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	count "$good" "$bad" "$left"
	grep -E '^ *(not ok|# Subtest|.*# SKIP)' "$log" | grep -E 'not ok|SKIP' | sed 's/^ */  /'
	if [ "$bad" -gt 0 ]; then
		echo "FAILED  $1 tests ($bad)"
		cat "$log"
	else
		echo "ok      $1 tests ($good)"
	fi
}

CC=${CC:-gcc} build build-test -Dtests=true -Db_sanitize=address,undefined -Dwerror=true || {
	echo "the build failed"
	echo "0 passed, 1 failed"
	exit 1
}
for group in $groups; do
	case $group in
	unit | replay | lint) $group ;;
	http | browser) node_tests "$group" ;;
	esac
done
if [ -n "${CI:-}" ]; then
	check "release build with clang, no warning" env CC=clang sh -c '
		[ -f build-clang/build.ninja ] || meson setup build-clang --buildtype=release -Dwerror=true -Dtests=true || exit 1
		ninja -C build-clang'
	check "release build with gcc, no warning" env CC=gcc sh -c '
		[ -f build-gcc/build.ninja ] || meson setup build-gcc --buildtype=release -Dwerror=true || exit 1
		ninja -C build-gcc'
	check "what is typed is not in a plain build's memory" env KAIRAN=build-gcc/src/cli/kairan \
		node --test tests/http/campaign_memory.test.mjs
	check "static analysis" tools/lint.sh
	tools/fuzz.sh "${FUZZ_SECONDS:-60}" >"$log" 2>&1
	status=$?
	good=$(grep -c '^ok ' "$log")
	bad=$(grep -c '^FAILED ' "$log")
	[ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
	count "$good" "$bad" 0
	grep -E '^(ok|FAILED) ' "$log"
	[ "$bad" -eq 0 ] || cat "$log"
fi
echo
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
