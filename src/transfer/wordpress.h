/*
 * Private to transfer: what the files of the WordPress import share.
 *
 * The export is read twice. The first time (survey) gathers what articles refer to wherever it stands in the file: the
 * site's address, authors, categories, attachments, reusable blocks. The second time brings each item in as it passes.
 * Last, articles whose links lead to later ones are rendered anew. What is kept over the whole import is the survey, and
 * eight bytes for each article that is rendered anew.
 */
#ifndef KAIRAN_WORDPRESS_H
#define KAIRAN_WORDPRESS_H

#include "transfer/inner.h"
#include "transfer/wxr.h"

enum wp_taxonomy { WP_CATEGORY, WP_TAG, WP_LANGUAGE, WP_TRANSLATIONS, WP_AUTHOR, WP_IGNORED, WP_UNKNOWN };

struct wp_name {
	struct str lang, name, description;
};

struct wp_term {
	struct str taxonomy, slug, name, parent, description, id;
	int order;
	bool declared; /* by the channel, not only by items */
	bool busy;     /* its parents are being made */
	int64_t category;
	struct str here; /* the slug of that category */
	size_t leader;   /* of its translations: the place of the one whose category it shares; itself: none */
	size_t next;     /* the next of them, a place plus one */
	struct str lang;
};

struct wp_attachment {
	int64_t id, parent;
	struct str url, path, alt, caption, title, link; /* path: below the uploads, decoded */
};

/* A document of weDocs. */
struct wp_doc {
	int64_t id, parent, category;
	struct str title;
	int order;
	bool section, busy; /* others stand below it; its parents are being made */
};

struct wp_block {
	int64_t id;
	struct str content;
};

/* What was left out, by kind and name, for the summary. */
struct wp_tally {
	const char *what; /* "shortcode", … */
	struct str name;
	struct str first; /* the title of the first article */
	size_t count;
};

struct wordpress {
	struct import im;
	bool survey;             /* the first reading */
	struct str base;         /* "https://example.org/blog" */
	struct str host, folder; /* "example.org", "/blog" */
	int time_offset;         /* of the old site, as its own dates tell it, else the setting's */
	struct {
		struct str login, name;
	} * authors;
	size_t n_authors, cap_authors;
	struct wp_term *terms;
	size_t n_terms, cap_terms;
	size_t *term_slots, n_term_slots;  /* open addressing by taxonomy and slug; a place plus one */
	struct wp_attachment *attachments; /* sorted by id after the survey */
	size_t n_attachments, cap_attachments;
	struct wp_doc *docs; /* sorted by id after the survey */
	size_t n_docs, cap_docs;
	struct wp_block *blocks;
	size_t n_blocks, cap_blocks, block_bytes;
	struct {
		uint64_t group;
		int64_t article;
	} * groups; /* of translations: a hash of its name, its first article */
	size_t n_groups, cap_groups;
	int64_t *again; /* articles with links to addresses that were not known yet */
	size_t n_again, cap_again;
	struct wp_tally *tallies;
	size_t n_tallies, cap_tallies;
	/* of the item at hand: */
	const struct wxr_item *item;
	struct str title, label; /* label: what the summary calls it, the title or the address */
	bool forward;            /* it links to what is not known yet */
	size_t items;
};

/* Doubles an array of im.kept when it is full; NULL when memory is out (the old one stays). */
void *wp_grow(struct wordpress *, void *items, size_t n, size_t *cap, size_t size);
void wp_count(struct wordpress *, const char *what, struct str name);
struct str wp_keep(struct wordpress *, struct str s, size_t max); /* copied to im.kept, cut at max bytes */

/* wordpress_terms.c */
enum wp_taxonomy wp_taxonomy_of(struct str domain);
bool wp_term_add(struct wordpress *, const struct wxr_term *);
bool wp_term_add_mark(struct wordpress *, const struct wxr_mark *);
bool wp_terms_save(struct wordpress *);     /* makes the categories */
bool wp_terms_redirect(struct wordpress *); /* /category/a/b, /tag/x */
bool wp_terms_of_item(struct wordpress *, struct article *);
/* "a:2:{s:2:"en";i:12;…}": the next language and number; false at the end. For Polylang's groups. */
bool wp_serialized_next(struct str *s, struct str *lang, struct str *id);

/* wordpress_docs.c */
bool wp_doc_add(struct wordpress *, const struct wxr_item *);
void wp_docs_sort(struct wordpress *);
bool wp_doc_category(struct wordpress *, int64_t *category); /* of the item at hand; 0: none */

/* wordpress_body.c: the text of an item as HTML: blocks' comments gone, paragraphs made, shortcodes replaced. */
struct str wp_body(struct wordpress *, struct str content);
/* wordpress_credits.c */
struct wp_credits {
	struct str preface, original_url, original_title; /* HTML; empty where nothing is told for sure */
};
struct str wp_credits(struct wp_credits *, struct str content, struct arena *); /* the content without them */

/* wordpress_shortcodes.c */
struct str wp_shortcodes(struct wordpress *, struct str text);

/* wordpress_links.c */
void wp_site(struct wordpress *, struct str url);
bool wp_is_here(const struct wordpress *, struct str url, struct str *rest);
struct str wp_link(void *wordpress, struct str url, struct arena *);
bool wp_redirect(struct wordpress *, struct str url, int64_t article); /* from an address of the old site */
bool wp_redirects_of_item(struct wordpress *, int64_t article);
bool wp_links_finish(struct wordpress *);

/* wordpress_media.c */
bool wp_attachment_add(struct wordpress *, const struct wxr_item *);
void wp_attachments_sort(struct wordpress *);
const struct wp_attachment *wp_attachment_find(const struct wordpress *, int64_t id);
bool wp_is_image(struct str path);
struct str wp_upload_path(struct str url, struct arena *); /* below wp-content/uploads, decoded; or empty */
struct str wp_image(void *wordpress, struct str url, int *width, int *height, struct arena *);
struct str wp_upload(struct wordpress *, struct str path); /* its address here, or empty */
void wp_figure(struct wordpress *, struct buf *out, const struct wp_attachment *);
struct str wp_featured(struct wordpress *, struct str body); /* with the featured image before it */
bool wp_attachments_redirect(struct wordpress *);

/* wordpress_item.c */
/* A title or a name as readers saw it: entities decoded, tags that only format gone, other brackets left. */
struct str wp_plain(struct str s, struct arena *);
bool wp_item(struct wordpress *);
bool wp_holds_articles(const struct wordpress *, struct str type);
bool wp_dates(const struct wxr_item *, int default_offset, int *offset, int64_t *date);

#endif
