/*
 * doc: turns what people write (Markdown) or bring (HTML) into a safe document: clean HTML, an outline,
 * citations tied both ways, plain text for the index, an excerpt.
 *
 * Markdown is CommonMark with GitHub's tables, footnotes, strike-through and task lists (cmark-gfm), ruby
 * `{漢字|かんじ}` and superscripts `^2^`; emphasis follows the CJK-friendly amendment to CommonMark, and a line
 * break between two CJK characters is no space. Both kinds go through one HTML5 parse (gumbo, or a quick reader of
 * what needs no mending, which makes the same tree) and one strict
 * allow-list: nothing that comes out can run a script, style the page or load from another host.
 *
 * Everything returned lives in the arena given. Safe from any thread. Input is hostile: time is near linear in
 * its size, depth is bounded by DOC_DEPTH_MAX (deeper elements are flattened, their text is kept).
 */
#ifndef KAIRAN_DOC_H
#define KAIRAN_DOC_H

#include "base/base.h"

enum doc_format { DOC_MARKDOWN, DOC_HTML };

struct doc_heading {
	int level;       /* 2 to 6: 1 is the title of the page */
	struct str id;   /* unique in the document, kept from the source where it has one */
	struct str text; /* plain */
};

/* A source at the end of an article. */
struct doc_citation {
	int number;           /* as the reader sees it, from 1 */
	struct str id;        /* "cite-3": id of the list item; its marks are "cite-3-ref-1", "-2" … */
	struct str label;     /* as written in the source: "1", "note-a" */
	struct str html;      /* the item's cleaned content without the links back */
	struct str text;      /* plain */
	struct str url;       /* first link in it, or empty */
	struct str outlet;    /* newspaper, site or publisher when it can be told, or empty */
	struct str published; /* ISO date as far as known ("2024", "2024-05", "2024-05-01"), or empty */
	struct str accessed;  /* likewise: day of access */
	int marks;            /* how often the text refers to it */
};

enum doc_warning_kind {
	DOC_WARN_MARK_WITHOUT_SOURCE, /* the mark stays in the text as it was */
	DOC_WARN_SOURCE_WITHOUT_MARK, /* the source stays in the list */
	DOC_WARN_REMOVED,             /* an element or attribute that may not stay; `text` names it */
	DOC_WARN_REMOTE_IMAGE,        /* an image of another host became a link; `text` is its URL */
	DOC_WARN_TOO_DEEP,
	DOC_WARN_IMAGE_WITHOUT_TEXT /* alternative text is missing, and the resolver does not say that none is needed */
};

struct doc_warning {
	enum doc_warning_kind kind;
	struct str text;
	size_t count; /* how often, for the same kind and text */
};

struct doc_image {
	struct str url; /* as in the output */
	struct str alt;
};

/* What is known of an image beside its address; texts may be empty. */
struct doc_picture {
	struct str alt;     /* serves where the body has none */
	struct str caption; /* serves where the body has none and the image stands alone */
	struct str credit;  /* whose it is, as it is to be printed */
	bool decorative;    /* it needs no alternative text */
	struct {
		struct str type, srcset; /* of <source>, the best first */
	} sources[4];
	size_t n_sources;
};

/* What a body refers to, asked while it is rendered, so that importers rewrite and the site resolves. Each
 * returns the address to write in the arena given, or the one it got. `url` is what the source says. NULL
 * callbacks keep every address. */
struct doc_resolver {
	struct str (*link)(void *user, struct str url, struct arena *);
	/* An empty answer makes the image a link to `url`. *width and *height may be set (0: unknown). Without
	 * this callback images are kept when their address is local ("/media/…"), else they become links. */
	struct str (*image)(void *user, struct str url, int *width, int *height, struct arena *);
	/* Of an image that stays, by the address that `image` gave. False: nothing is known. */
	bool (*picture)(void *user, struct str url, struct doc_picture *out, struct arena *);
	void *user;
};

struct doc_options {
	enum doc_format format;
	struct str lang;                     /* BCP 47 of the text: decides quotes of the excerpt, Sources heading */
	const struct doc_resolver *resolver; /* NULL: none */
	struct str id_prefix;                /* put before generated ids, for a second document on one page */
	bool no_citations;                   /* for prefaces and notes: leave marks and lists alone */
};

struct doc {
	/* Body without the list of sources. A paragraph that is {{campaign SLUG}} alone becomes <div data-campaign="SLUG"></div>, to be
	 * filled by who shows it; it is in no plain text. */
	struct str html;
	struct str text; /* plain: a block a line, no markup, ruby without its readings, marks of citations dropped */
	struct str headings_text; /* the headings alone, a line each, for the index */
	struct str excerpt;       /* about 160 characters (80 Japanese), cut at a sentence or a word */
	struct doc_heading *headings;
	size_t n_headings;
	struct doc_citation *citations;
	size_t n_citations;
	struct str citations_heading; /* what the source calls its list ("出典", "References"), or empty */
	struct doc_image *images;
	size_t n_images;
	struct str *links; /* every address linked to, in order, each once */
	size_t n_links;
	struct doc_warning *warnings;
	size_t n_warnings;
	struct str lead_image; /* address of the first image, or empty */
};

/* Renders. Fails with ERR_TOO_LARGE over ARTICLE_BODY_MAX, or ERR_MEMORY; no input is a syntax error.
 * Ill-formed UTF-8 is replaced. */
bool doc_render(struct doc *out, struct str body, const struct doc_options *, struct arena *, struct error *);

/* What the importer of static sites needs of a whole HTML page. */
struct doc_page {
	struct str title;       /* h1 of the main content, else <title> without the site's name, else og:title */
	struct str other_title; /* what <title> says, where that is something else; or empty */
	struct str lang;        /* <html lang>, or empty */
	struct str description; /* meta description, or empty */
	struct str canonical;   /* <link rel=canonical>, or empty */
	struct str base;        /* <base href>, or empty */
	struct str author;      /* meta author, or empty */
	struct str site;        /* og:site_name, or the journal of a paper; or empty */
	struct str published;   /* article:published_time, meta date, <time>, or empty, as written */
	struct str updated;     /* article:modified_time, or empty, as written */
	struct str *keywords;   /* meta keywords, one each */
	size_t n_keywords;
	const void *main, *title_node; /* of the parsed page: for doc_render_page */
};
/* The page must be UTF-8; the arena must live as long as *out. */
bool doc_read_page(struct doc_page *out, struct str html, struct arena *, struct error *);
/* Renders main, article, [role=main], or the densest part, without the heading that is the title and without what is
 * navigation around it. */
bool doc_render_page(
    struct doc *out, const struct doc_page *, const struct doc_options *, struct arena *, struct error *);

/* What a page says of itself for who cites or translates it: citation_*, Dublin Core, Open Graph, JSON-LD, rel=license. Each on
 * one line of at most CREDIT_MAX bytes, empty where nothing is said. */
struct doc_about {
	struct str title, author, publisher;
	struct str published; /* "2024-05-01", or as written */
	struct str licence;   /* a name, or an address */
	struct str lang;
};
bool doc_read_about(struct doc_about *out, struct str html, struct arena *, struct error *); /* the page is UTF-8 */

/* ---- a document paragraph by paragraph, for translating ---- */

enum doc_block_kind {
	DOC_PARAGRAPH,
	DOC_HEADING,
	DOC_ITEM,  /* the first paragraph of a list's item */
	DOC_QUOTE, /* a paragraph of a quote */
	DOC_TABLE,
	DOC_FIGURE, /* an image, with its caption */
	DOC_CODE,
	DOC_RULE,
	DOC_SOURCE, /* of the list of sources: a footnote of Markdown */
	DOC_TITLE   /* never made by doc: for who keeps the title among the blocks */
};

struct doc_block {
	enum doc_block_kind kind;
	int level; /* of a heading */
	struct str before, lead,
	    rest;            /* between it and the block before, at the start of its first line and of its others */
	struct str markdown; /* its text, without the three above */
	struct str html;     /* clean, without ids and links within the page; of a paragraph or heading the inside */
	struct str text;     /* plain */
};
/* The blocks of a body: joined again they are the same document, as Markdown. Errors as doc_render. */
bool doc_blocks(
    struct doc_block **out, size_t *n, struct str body, const struct doc_options *, struct arena *, struct error *);
/* The same of a page's main part; the title is not among them. */
bool doc_blocks_page(struct doc_block **out, size_t *n, const struct doc_page *, const struct doc_options *,
    struct arena *, struct error *);
/* One Markdown text with texts[i] in the place of each block; a block whose text is empty is left out. */
struct str doc_blocks_join(const struct doc_block *, const struct str *texts, size_t n, struct arena *);

/* The outermost elements of doc.html, as slices of it; the last of `max` has all the rest. */
bool doc_passages(struct str html, size_t max, struct str **out, size_t *n, struct arena *, struct error *);

/* HTML as people paste it (web pages, Word, Google Docs, LibreOffice) to the Markdown that renders as the same text.
 * Reads the options' lang, resolver and no_citations; marks and their sources become footnotes. What Markdown cannot say
 * (tables with joined cells, ruby with marks in it) stays HTML. Errors as doc_render. */
bool doc_to_markdown(struct str html, const struct doc_options *, struct str *out, struct arena *, struct error *);

/* HTML to plain text by the same rules as doc.text; for titles and excerpts of imports. */
struct str doc_plain(struct str html, struct arena *);

/* WordPress's classic editor: double line breaks become paragraphs, single ones <br>, block elements, pre,
 * script and comments left alone (what its wpautop does; own implementation from its documented behaviour). */
struct str doc_autop(struct str text, struct arena *);

/* An article name for the address: NFKC, lower case, letters, digits and kana/kanji kept, the rest "-"; never
 * empty ("article"), never over SLUG_MAX, never cut inside a character. Percent-encoded input is decoded. */
struct str doc_slug(struct str title, struct arena *);
/* The same of a name that somebody chose, such as the old site's: kept as it is where it can stand in an address
 * ("政府・国際機関"), else as doc_slug makes it. */
struct str doc_slug_chosen(struct str slug, struct arena *);

/* ---- a site's own style sheet (css.c) ---- */

enum doc_css_problem {
	DOC_CSS_FINE,
	DOC_CSS_TOO_LONG, /* over CSS_MAX */
	DOC_CSS_UNCLOSED,
	DOC_CSS_RULE,
	DOC_CSS_ADDRESS,
	DOC_CSS_FUNCTION,
	DOC_CSS_PROPERTY,
	DOC_CSS_CHARACTER
};
/* Can a style sheet do nothing but set how this site looks? What could load from another host, or run something, is refused;
 * *line says where. Read by the tokens of CSS Syntax Level 3. */
enum doc_css_problem doc_css_check(struct str css, size_t *line);
const char *doc_css_problem_text(enum doc_css_problem); /* in English, for the shell */

#endif
