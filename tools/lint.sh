#!/bin/sh
# Static analysis: the checks under tools/lint, clang-tidy (.clang-tidy) and cppcheck over all of src.
set -u
cd "$(dirname "$0")/.."
failed=0
for script in tools/lint/*.sh; do
	"$script" || failed=1
done
[ -f build-test/build.ninja ] || meson setup build-test -Dtests=true -Db_sanitize=address,undefined -Dwerror=true >/dev/null
ninja -C build-test >/dev/null || failed=1
git ls-files 'src/*.c' | xargs -P "$(nproc)" -n 8 clang-tidy -p build-test --quiet --warnings-as-errors='*' 2>/dev/null || failed=1
cppcheck --quiet --enable=warning,portability,performance --inline-suppr --suppress=missingIncludeSystem \
	--suppress=normalCheckLevelMaxBranches --suppress=preprocessorErrorDirective --error-exitcode=1 --std=c11 -j "$(nproc)" -D_GNU_SOURCE -DKAIRAN_VERSION='"x"' \
	-Djson_object_foreach\(o,k,v\)=for\(\;\;\) -Djson_array_foreach\(a,i,v\)=for\(\;\;\) -I src src || failed=1
exit $failed
