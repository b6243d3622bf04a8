/* Private to transfer: a Markdown text on its way from a folder into the site. What is kept stays Markdown. */
#ifndef KAIRAN_TRANSFER_SOURCE_H
#define KAIRAN_TRANSFER_SOURCE_H

#include "transfer/folder.h"

struct source {
	struct folder *f;
	struct str name; /* below the folder */
	struct arena *arena;
};

/* blocks.c: what Zenn, Qiita, Docusaurus and Jekyll write on lines of their own becomes plain Markdown. */
struct str source_blocks(struct source *, struct str body);
/* tags.c: shortcodes of Hugo, tags of Jekyll. Unknown ones go and are counted. */
struct str source_tags(struct source *, struct str body);
/* links.c: links between files and images beside them. */
struct str source_links(struct source *, struct str body);
/* For each byte of the body: is it in a code block or a code span? NULL when memory is out. */
bool *source_code(struct str body, struct arena *);
/* The imported file that an address means, as its path, or empty: "b.md", "../b", "/posts/b/", and with `anywhere` also the
 * file's bare name. A fragment is not looked at. */
struct str source_file(struct source *, struct str url, bool anywhere);
struct str source_address(struct source *, struct str file, struct str fragment); /* the old path, which redirects */

#endif
