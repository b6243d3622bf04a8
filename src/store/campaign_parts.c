#include "store/campaign.h"

/* The parts of a campaign, read: a query each. */

#define EACH(rows) while ((rows) && db_next(rows))

static bool end(struct db_rows *rows, const void *items, size_t n, struct error *err)
{
	if (!rows || !db_done(rows))
		return false;
	return items || n == 0 ? true : error_memory(err);
}

bool campaign_read_texts(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *r = db_query(conn, err,
	    "SELECT lang, title, summary, body, demands, thanks, tips, organisation, questions FROM campaign_text"
	    " WHERE campaign = $1 ORDER BY position",
	    "i", c->id);
	EACH(r)
	{
		c->texts = grow_array(arena, c->texts, c->n_texts, &cap, sizeof *c->texts);
		if (!c->texts)
			break;
		c->texts[c->n_texts++] = (struct campaign_text){ .lang = db_dup(r, 0, arena),
			.title = db_dup(r, 1, arena),
			.summary = db_dup(r, 2, arena),
			.body = db_dup(r, 3, arena),
			.demands = db_dup(r, 4, arena),
			.thanks = db_dup(r, 5, arena),
			.tips = db_dup(r, 6, arena),
			.organisation = db_dup(r, 7, arena),
			.questions = db_dup(r, 8, arena) };
	}
	return end(r, c->texts, c->n_texts, err);
}

/* A row a language: a field begins where the position is another one. */
static bool read_fields(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	size_t cap = 0, cap_texts = 0;
	int64_t last = -1;
	struct db_rows *r = db_query(conn, err,
	    "SELECT position, name, kind, required, lang, label, help, choices FROM campaign_field WHERE campaign = $1"
	    " ORDER BY position, lang",
	    "i", c->id);
	EACH(r)
	{
		if (db_int(r, 0) != last) {
			last = db_int(r, 0);
			c->fields = grow_array(arena, c->fields, c->n_fields, &cap, sizeof *c->fields);
			if (!c->fields)
				break;
			cap_texts = 0;
			c->fields[c->n_fields++] = (struct campaign_field){ .name = db_dup(r, 1, arena),
				.kind = (enum campaign_field_kind)db_int(r, 2),
				.required = db_int(r, 3) != 0 };
		}
		struct campaign_field *f = &c->fields[c->n_fields - 1];
		f->texts = grow_array(arena, f->texts, f->n_texts, &cap_texts, sizeof *f->texts);
		if (!f->texts)
			break;
		f->texts[f->n_texts++] = (struct campaign_field_text){ db_dup(r, 4, arena), db_dup(r, 5, arena),
			db_dup(r, 6, arena), db_dup(r, 7, arena) };
	}
	return end(r, c->fields, c->n_fields, err);
}

static bool read_consents(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	size_t cap = 0, cap_texts = 0;
	int64_t last = -1;
	struct db_rows *r = db_query(conn, err,
	    "SELECT position, name, version, required, lang, text FROM campaign_consent WHERE campaign = $1"
	    " AND position >= 0 ORDER BY position, lang",
	    "i", c->id);
	EACH(r)
	{
		if (db_int(r, 0) != last) {
			last = db_int(r, 0);
			c->consents = grow_array(arena, c->consents, c->n_consents, &cap, sizeof *c->consents);
			if (!c->consents)
				break;
			cap_texts = 0;
			c->consents[c->n_consents++] = (struct campaign_consent){
				.name = db_dup(r, 1, arena), .version = db_int(r, 2), .required = db_int(r, 3) != 0
			};
		}
		struct campaign_consent *k = &c->consents[c->n_consents - 1];
		k->texts = grow_array(arena, k->texts, k->n_texts, &cap_texts, sizeof *k->texts);
		if (!k->texts)
			break;
		k->texts[k->n_texts++] = (struct campaign_consent_text){ db_dup(r, 4, arena), db_dup(r, 5, arena) };
	}
	return end(r, c->consents, c->n_consents, err);
}

static bool read_targets(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *r = db_query(conn, err,
	    "SELECT id, name, office, address, lang, salutation, areas, part, queued, waiting, sent, failed"
	    " FROM campaign_target WHERE campaign = $1 ORDER BY position, id",
	    "i", c->id);
	EACH(r)
	{
		c->targets = grow_array(arena, c->targets, c->n_targets, &cap, sizeof *c->targets);
		if (!c->targets)
			break;
		c->targets[c->n_targets++] = (struct campaign_target){ .id = db_int(r, 0),
			.name = db_dup(r, 1, arena),
			.office = db_dup(r, 2, arena),
			.address = db_dup(r, 3, arena),
			.lang = db_dup(r, 4, arena),
			.salutation = db_dup(r, 5, arena),
			.areas = db_dup(r, 6, arena),
			.group = db_dup(r, 7, arena),
			.queued = db_int(r, 8),
			.waiting = db_int(r, 9),
			.sent = db_int(r, 10),
			.failed = db_int(r, 11) };
	}
	return end(r, c->targets, c->n_targets, err);
}

static bool read_letters(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *r = db_query(conn, err,
	    "SELECT id, part, lang, subject, body, sign_off FROM campaign_letter WHERE campaign = $1 ORDER BY position, id",
	    "i", c->id);
	EACH(r)
	{
		c->letters = grow_array(arena, c->letters, c->n_letters, &cap, sizeof *c->letters);
		if (!c->letters)
			break;
		c->letters[c->n_letters++] = (struct campaign_letter){ db_int(r, 0), db_dup(r, 1, arena), db_dup(r, 2, arena),
			db_dup(r, 3, arena), db_dup(r, 4, arena), db_dup(r, 5, arena) };
	}
	return end(r, c->letters, c->n_letters, err);
}

static bool read_updates(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	size_t cap = 0;
	struct db_rows *r = db_query(conn, err,
	    "SELECT id, at, lang, title, body FROM campaign_update WHERE campaign = $1 ORDER BY at DESC, id DESC", "i",
	    c->id);
	EACH(r)
	{
		c->updates = grow_array(arena, c->updates, c->n_updates, &cap, sizeof *c->updates);
		if (!c->updates)
			break;
		c->updates[c->n_updates++] = (struct campaign_update){ db_int(r, 0), db_int(r, 1), db_dup(r, 2, arena),
			db_dup(r, 3, arena), db_dup(r, 4, arena) };
	}
	return end(r, c->updates, c->n_updates, err);
}

static bool read_milestones(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	size_t cap = 0, cap_texts = 0;
	struct db_rows *r = db_query(conn, err,
	    "SELECT m.id, m.count, m.answered_at, t.lang, t.promise, t.answer FROM campaign_milestone m"
	    " LEFT JOIN campaign_milestone_text t ON t.milestone = m.id WHERE m.campaign = $1 ORDER BY m.count, m.id, t.lang",
	    "i", c->id);
	EACH(r)
	{
		if (c->n_milestones == 0 || c->milestones[c->n_milestones - 1].id != db_int(r, 0)) {
			c->milestones = grow_array(arena, c->milestones, c->n_milestones, &cap, sizeof *c->milestones);
			if (!c->milestones)
				break;
			cap_texts = 0;
			c->milestones[c->n_milestones++] =
			    (struct campaign_milestone){ .id = db_int(r, 0), .count = db_int(r, 1), .answered_at = db_int(r, 2) };
		}
		struct campaign_milestone *m = &c->milestones[c->n_milestones - 1];
		if (db_null(r, 3))
			continue;
		m->texts = grow_array(arena, m->texts, m->n_texts, &cap_texts, sizeof *m->texts);
		if (!m->texts)
			break;
		m->texts[m->n_texts++] =
		    (struct campaign_milestone_text){ db_dup(r, 3, arena), db_dup(r, 4, arena), db_dup(r, 5, arena) };
	}
	return end(r, c->milestones, c->n_milestones, err);
}

static bool read_articles(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	c->articles = arena_array(arena, CAMPAIGN_ARTICLES_MAX, sizeof *c->articles);
	if (!c->articles)
		return error_memory(err);
	struct db_rows *r =
	    db_query(conn, err, "SELECT article FROM campaign_article WHERE campaign = $1 ORDER BY position", "i", c->id);
	while (r && c->n_articles < CAMPAIGN_ARTICLES_MAX && db_next(r))
		c->articles[c->n_articles++] = db_int(r, 0);
	return r && db_done(r);
}

bool campaign_read_parts(struct db_conn *conn, struct campaign *c, struct arena *arena, struct error *err)
{
	return read_fields(conn, c, arena, err) && read_consents(conn, c, arena, err) &&
	       read_targets(conn, c, arena, err) && read_letters(conn, c, arena, err) &&
	       read_updates(conn, c, arena, err) && read_milestones(conn, c, arena, err) &&
	       read_articles(conn, c, arena, err);
}
