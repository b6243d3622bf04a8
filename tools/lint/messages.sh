#!/bin/sh
# Every interface text stands in every catalog, translated, and no catalog holds one that is no longer used. Texts are
# {{#_}}…{{/_}} and {{#_n}}key|one|many{{/_n}} in templates; N_("…") and page_message(…, STR("…")) in C; and the names of
# languages. A translation has the same {keys} as its text.
set -u
cd "$(dirname "$0")/../.."
used=$(mktemp) there=$(mktemp)
trap 'rm -f "$used" "$there"' EXIT
failed=0

templates() {
	cat themes/default/*.mustache themes/default/desk/*.mustache | grep -o '{{#_}}[^{]*\({[a-z_]*}[^{]*\)*{{/_}}' | sed 's/^{{#_}}//; s/{{\/_}}$//; s/"/\\"/g'
	cat themes/default/*.mustache themes/default/desk/*.mustache | grep -o '{{#_n}}[^{]*\({[a-z_]*}[^{]*\)*{{/_n}}' | sed 's/^{{#_n}}[a-z_]*|//; s/{{\/_n}}$//; s/|.*//; s/"/\\"/g'
}
code() {
	cat src/site/*.c src/desk/*.c | sed '/[(]$/{N; s/\n[[:space:]]*//; }' | grep -o 'N_("\([^"\\]\|\\.\)*")' | sed 's/^N_("//; s/")$//'
	cat src/site/*.c | grep -o 'page_message([^;]*' | grep -o 'STR("\([^"\\]\|\\.\)*")' | sed 's/^STR("//; s/")$//'
	grep -o '{ "[a-z]*", "[^"]*" }' src/view/lang.c | sed 's/^{ "[a-z]*", "//; s/" }$//'
}
# A line a message: msgid, a tab, msgstr (of several forms: the last).
catalog() {
	awk '
		/^msgid "/ { if (id != "") print id "\t" text; id = substr($0, 8, length($0) - 8); text = "" }
		/^msgstr(\[[0-9]\])? "/ { text = $0; sub(/^msgstr(\[[0-9]\])? "/, "", text); text = substr(text, 1, length(text) - 1) }
		END { if (id != "") print id "\t" text }' "$1"
}

{ templates; code; } | grep . | sort -u >"$used"
for po in locale/*.po; do
	catalog "$po" | sort >"$there"
	report=$(awk -F '\t' -v po="$po" '
		function keys(s,   out) { while (match(s, /\{[a-z_]+\}/)) { out = out substr(s, RSTART, RLENGTH); s = substr(s, RSTART + RLENGTH) } return out }
		FNR == NR { used[$1] = 1; next }
		seen[$1]++ { print po ": twice: " $1 }
		!($1 in used) { print po ": not used: " $1 }
		$2 == "" { print po ": not translated: " $1 }
		keys($1) != keys($2) && length(keys($1)) != length(keys($2)) { print po ": other keys: " $1 }
		END { for (id in used) if (!(id in seen)) print po ": missing: " id }' "$used" "$there")
	[ -z "$report" ] && continue
	echo "$report" | sort
	failed=1
done
exit $failed
