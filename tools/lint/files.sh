#!/bin/sh
# Files stay small enough to be read, folders say what lives in them, and no mark of unfinished work stays.
set -u
cd "$(dirname "$0")/../.."
failed=0
for file in $(git ls-files 'src/*.c' 'src/*.h'); do
	[ -f "$file" ] || continue
	lines=$(wc -l <"$file")
	if [ "$lines" -gt 500 ]; then
		echo "$file has $lines lines: more than one concern?"
		failed=1
	fi
done
marks=$(git grep -nIwE 'TODO|FIXME|XXX|HACK' -- src themes tests bench tools ':!tools/lint/files.sh')
if [ -n "$marks" ]; then
	echo "marks of unfinished work:"
	echo "$marks"
	failed=1
fi
exit $failed
