#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct asked {
	const char *lang, *status, *category;
	bool json;
	struct arena *arena;
	struct store *store;
};

static json_t *text(struct str s)
{
	return s.n ? json_stringn(s.p, s.n) : json_string("");
}

static bool read_filter(const struct asked *asked, struct article_filter *filter, struct error *err)
{
	enum article_status status;
	*filter = (struct article_filter){ .only_lang = str_from(asked->lang), .status = -1 };
	if (asked->status) {
		if (!article_status_parse(str_from(asked->status), &status))
			return error_set(err, ERR_USAGE,
			    "there is no status \"%s\": draft, review, scheduled, published, private, archived", asked->status);
		filter->status = (int)status;
	}
	if (asked->category) {
		struct category c;
		if (!category_by_slug(asked->store, str_from(asked->category), &c, asked->arena, err))
			return error_context(err, "category %s", asked->category);
		filter->category = c.id;
	}
	return true;
}

static json_t *item_json(const struct asked *asked, const struct article_item *a)
{
	return json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:o}", "id", (json_int_t)a->id, "lang", text(a->lang), "slug",
	    text(a->slug), "title", text(a->title), "status", text(article_status_name(a->status)), "source",
	    text(a->source), "published",
	    a->published_at ? text(time_rfc3339(asked->arena, a->published_at)) : json_null());
}

static int list(const struct asked *asked)
{
	struct error err = { 0 };
	struct article_filter filter;
	struct article_item *items;
	size_t n;
	if (!read_filter(asked, &filter, &err) ||
	    !article_list(asked->store, &filter, &items, &n, NULL, asked->arena, &err))
		return fail(&err, "listing the articles");
	json_t *all = asked->json ? json_array() : NULL;
	for (size_t i = 0; i < n; i++) {
		struct str status = article_status_name(items[i].status);
		if (asked->json)
			json_array_append_new(all, item_json(asked, &items[i]));
		else
			printf("%6lld  %-9.*s  %-5.*s  %.*s  (%.*s)\n", (long long)items[i].id, (int)status.n, status.p,
			    (int)items[i].lang.n, items[i].lang.p, (int)items[i].title.n, items[i].title.p, (int)items[i].slug.n,
			    items[i].slug.p);
	}
	return !asked->json || print_json(all) ? EXIT_DONE : EXIT_FAILED;
}

static const char *warning_text(enum doc_warning_kind kind)
{
	switch (kind) {
	case DOC_WARN_MARK_WITHOUT_SOURCE:
		return "a citation mark without a source";
	case DOC_WARN_SOURCE_WITHOUT_MARK:
		return "a source that the text does not mark";
	case DOC_WARN_REMOVED:
		return "removed, since it may not stand in an article";
	case DOC_WARN_REMOTE_IMAGE:
		return "an image of another host became a link";
	case DOC_WARN_TOO_DEEP:
		return "elements too deep inside each other were flattened";
	case DOC_WARN_IMAGE_WITHOUT_TEXT:
		return "an image without alternative text";
	}
	return "?";
}

static int show(const struct asked *asked, int64_t id)
{
	struct error err = { 0 };
	struct article a;
	struct rendered r;
	if (!article_by_id(asked->store, id, &a, asked->arena, &err) ||
	    !article_rendered(asked->store, id, &r, asked->arena, &err))
		return fail(&err, "showing the article");
	struct str status = article_status_name(a.status);
	printf("%.*s\n%.*s, %.*s, slug %.*s\n\n%.*s\n", (int)a.title.n, a.title.p, (int)status.n, status.p, (int)a.lang.n,
	    a.lang.p, (int)a.slug.n, a.slug.p, (int)r.text.n, r.text.p);
	for (size_t i = 0; i < r.n_citations; i++)
		printf(
		    "%s[%d] %.*s\n", i ? "" : "\n", r.citations[i].number, (int)r.citations[i].text.n, r.citations[i].text.p);
	for (size_t i = 0; i < r.n_warnings; i++)
		fprintf(stderr, "warning: %s: %.*s (%zu)\n", warning_text(r.warnings[i].kind), (int)r.warnings[i].text.n,
		    r.warnings[i].text.p, r.warnings[i].count);
	return EXIT_DONE;
}

static int change(const struct asked *asked, const char *action, int64_t id)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(asked->store, &err);
	bool ok = tx != NULL;
	if (ok && strcmp(action, "delete") == 0)
		ok = article_delete(tx, id, &err);
	else if (ok && strcmp(action, "publish") == 0)
		ok = article_set_status(tx, id, ARTICLE_PUBLISHED, &err);
	else if (ok && strcmp(action, "archive") == 0)
		ok = article_set_status(tx, id, ARTICLE_ARCHIVED, &err);
	else if (ok && strcmp(action, "trash") == 0)
		ok = article_trash(tx, id, NULL, clock_now(), asked->arena, &err);
	else if (ok && strcmp(action, "restore") == 0)
		ok = article_restore(tx, id, NULL, clock_now(), asked->arena, &err);
	else if (ok)
		ok = article_set_status(tx, id, ARTICLE_DRAFT, &err);
	if (!ok) {
		store_rollback(tx);
		return fail(&err, action);
	}
	return store_commit(tx, &err) ? EXIT_DONE : fail(&err, action);
}

static int run(const struct asked *asked, const struct cli *cli, size_t left)
{
	static const char *const actions[] = { "show", "publish", "draft", "archive", "trash", "restore", "delete" };
	const char *action = cli->argv[1];
	int64_t id;
	if (strcmp(action, "list") == 0 && left == 1)
		return list(asked);
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (strcmp(action, actions[i]) != 0)
			continue;
		if (left != 2 || !str_to_int(str_from(cli->argv[2]), &id)) {
			fprintf(stderr, "kairan: article %s wants the number of an article (`kairan article list` shows them)\n",
			    action);
			return EXIT_USAGE;
		}
		return i == 0 ? show(asked, id) : change(asked, action, id);
	}
	fputs(
	    "usage: kairan [-C DIR] article list | show ID | publish ID | draft ID | archive ID | trash ID | restore ID | delete ID\n",
	    stderr);
	return EXIT_USAGE;
}

int command_article(struct cli *cli)
{
	struct error err = { 0 };
	struct place place;
	struct asked asked = { 0 };
	size_t left;
	int status;
	const struct option_spec specs[] = {
		{ "--lang L", &asked.lang, NULL, "list: only this language" },
		{ "--status S", &asked.status, NULL, "list: only this status" },
		{ "--category SLUG", &asked.category, NULL, "list: only this category and those below it" },
		{ "--json", NULL, &asked.json, "list: one array of objects" },
	};
	if (!options_read(cli, specs, 4,
	        "list | show ID | publish ID | draft ID | archive ID | trash ID | restore ID | delete ID",
	        "Lists articles of any status, shows one as plain text with its warnings, changes its status, deletes it.",
	        1, 2, &left, &status))
		return status;
	asked.arena = arena_new();
	asked.store = asked.arena && place_of(cli->dir, &place, &err) ? place_store(&place, &err) : NULL;
	status = asked.store ? run(&asked, cli, left) : fail(&err, NULL);
	store_close(asked.store);
	arena_free(asked.arena);
	return status;
}
