#!/bin/sh
# The layers: a module includes only its own headers and the one header NAME/NAME.h of modules below it.
set -u
cd "$(dirname "$0")/../.."
order="base db text doc image view store search fetch mail campaign web site desk api transfer cli"
grep -rn '^#include "' src --include='*.c' --include='*.h' | awk -v order="$order" '
	BEGIN { n = split(order, names, " "); for (i = 1; i <= n; i++) rank[names[i]] = i }
	{
		split($0, part, ":"); file = part[1]
		split(file, folder, "/"); module = folder[2]
		match($0, /"[^"]*"/); header = substr($0, RSTART + 1, RLENGTH - 2)
		split(header, at, "/"); other = at[1]
		if (other == module) next
		if (!(other in rank)) { print file ": includes " header ", which is of no module"; bad = 1; next }
		if (rank[other] >= rank[module]) { print file ": includes " header ", which is above it"; bad = 1 }
		if (header != other "/" other ".h" && header != "base/limits.h") { print file ": includes " header ", which is private to " other; bad = 1 }
	}
	END { exit bad }'
