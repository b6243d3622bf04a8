/* The owner's pages: settings, looks, menus, pages that stand apart, and the overview. Private to this module. */
#ifndef KAIRAN_DESK_SETTINGS_H
#define KAIRAN_DESK_SETTINGS_H

#include "desk/page.h"

/* A setting that a form would change. */
struct setting_change {
	struct str name, value;
};
struct setting_changes {
	struct setting_change items[PARAMS_MAX];
	size_t n;
	size_t failed; /* the one that was refused */
};

/* Notes a change, where the value is another than what is kept. */
void setting_want(struct desk_page *, struct setting_changes *, struct str name, struct str value);
/* Was the form made from what the settings say now? Otherwise says so above the form, which then has the new state. */
bool settings_unchanged(struct desk_page *, bool *same);
/* Writes all or none, with one entry in the audit log. ERR_INVALID and ERR_TOO_LARGE: changes->failed says which. */
bool settings_write(struct desk_page *, struct setting_changes *, struct store_tx *, struct error *);
bool settings_render(struct desk_page *, const char *title_msgid, const char *template);

bool settings_page(struct desk_page *); /* settings.c */
bool settings_send(struct desk_page *); /* settings.c */
bool look_page(struct desk_page *);     /* look.c */
bool look_send(struct desk_page *);     /* look.c */
bool look_css(struct desk_page *);      /* look.c: what the preview of the colours is painted with */
bool menus_page(struct desk_page *);    /* menus.c */
bool menus_send(struct desk_page *);    /* menus.c */
bool pages_page(struct desk_page *);    /* pages.c */
bool pages_send(struct desk_page *);    /* pages.c */
bool overview_page(struct desk_page *); /* overview.c */

/* ---- plot.c: small plots as SVG ---- */

struct plot_bar {
	struct str label, value_text;
	int64_t value;
};
/* Upright bars under `key`, each with its value above and its label below; and the same as rows of a table. */
void plot_columns(struct desk_page *, const char *key, const struct plot_bar *, size_t n);
/* Lying bars, a line each. */
void plot_rows(struct desk_page *, const char *key, const struct plot_bar *, size_t n);

#endif
