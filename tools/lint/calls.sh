#!/bin/sh
# Calls that have a safer twin, SQL outside the modules that may hold it, and text put into SQL or HTML by a format.
set -u
cd "$(dirname "$0")/../.."
failed=0
forbid() { # forbid WHY PATTERN PATHS…
	why=$1 pattern=$2
	shift 2
	found=$(grep -rnE --include='*.c' --include='*.h' "$pattern" "$@")
	[ -z "$found" ] && return
	echo "$why:"
	echo "$found" | sed 's/^/  /'
	failed=1
}
forbid "unbounded or locale-bound calls" '\b(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|atof|strtok|rand|srand|tmpnam|system|popen)\(' src
forbid "SQL outside db, store and search" '"(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|WITH) ' \
	src/base src/text src/doc src/view src/web src/site src/desk src/api src/transfer src/cli
forbid "a format near SQL" '(printf|PRINTF)\([^"]*"(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP)[^"]*%' src
forbid "a format that writes HTML around data" 'printf\([^"]*"[^"]*<[a-z/][^"]*%[.*]*s' src/doc src/site src/desk src/api src/view src/web src/search
forbid "errors kept a thread" '\b(_Thread_local|__thread)\b.*struct error' src
exit $failed
