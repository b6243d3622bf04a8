#!/bin/sh
# Every header compiles alone, so that none leans on what another happened to include before it.
set -u
cd "$(dirname "$0")/../.."
flags=$(pkg-config --cflags libxml-2.0 gumbo 2>/dev/null)
failed=0
for header in src/*/*.h; do
	# shellcheck disable=SC2086
	printf '#include "%s"\n' "${header#src/}" |
		${CC:-cc} -x c -std=gnu17 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc $flags -fsyntax-only - || failed=1
done
exit $failed
