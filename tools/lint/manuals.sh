#!/bin/sh
# The manual pages are sound mdoc, and kairan(1) has every command that the program has. Whether other pages that they name
# are installed does not matter here.
set -u
cd "$(dirname "$0")/../.."
failed=0
command -v mandoc >/dev/null 2>&1 && {
	report=$(mandoc -Tlint docs/kairan.1 docs/kairan.conf.5 | grep -v 'referenced manual not found')
	[ -z "$report" ] || { echo "$report"; failed=1; }
}
for name in $(sed -n 's/^.*{ "\([a-z]*\)", .*command_.*$/\1/p' src/cli/main.c); do
	grep -q "^\.It Ic $name\b" docs/kairan.1 || { echo "docs/kairan.1: has no command $name"; failed=1; }
done
exit $failed
