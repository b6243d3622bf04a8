#include "store/campaign.h"

/* The parts of a campaign, written: those without an id anew, the others in their place. */

static bool write_texts(struct store_tx *tx, const struct campaign *c, struct error *err)
{
	bool ok = db_exec(tx->conn, err, "DELETE FROM campaign_text WHERE campaign = $1", "i", c->id);
	for (size_t i = 0; ok && i < c->n_texts; i++) {
		const struct campaign_text *t = &c->texts[i];
		ok = db_exec(tx->conn, err,
		    "INSERT INTO campaign_text (campaign, position, lang, title, summary, body, demands, thanks, tips,"
		    " organisation, questions) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		    "iisssssssss", c->id, (int64_t)i, t->lang, t->title, t->summary, t->body, t->demands, t->thanks, t->tips,
		    t->organisation, t->questions);
	}
	return ok;
}

static bool write_fields(struct store_tx *tx, const struct campaign *c, struct error *err)
{
	bool ok = db_exec(tx->conn, err, "DELETE FROM campaign_field WHERE campaign = $1", "i", c->id);
	for (size_t i = 0; ok && i < c->n_fields; i++) {
		const struct campaign_field *f = &c->fields[i];
		for (size_t j = 0; ok && j < f->n_texts; j++) {
			const struct campaign_field_text *t = &f->texts[j];
			ok = db_exec(tx->conn, err,
			    "INSERT INTO campaign_field (campaign, position, lang, name, kind, required, label, help, choices)"
			    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			    "iissitsss", c->id, (int64_t)i, t->lang, f->name, (int64_t)f->kind, f->required, t->label, t->help,
			    t->choices);
		}
	}
	return ok;
}

/* ---- consents: a text that somebody may have agreed to stays ---- */

static bool same_words(const struct campaign_consent *a, const struct campaign_consent *b)
{
	for (size_t i = 0; i < a->n_texts; i++) {
		bool found = false;
		for (size_t j = 0; j < b->n_texts && !found; j++)
			found = str_eq(a->texts[i].lang, b->texts[j].lang) && str_eq(a->texts[i].text, b->texts[j].text);
		if (!found)
			return false;
	}
	return a->n_texts == b->n_texts;
}

/* Which version this is: the last one where it says the same, or where nobody can have agreed to it yet; else the next. */
static bool set_version(struct store_tx *tx, const struct campaign *c, struct campaign_consent *k,
    const struct campaign *old, struct error *err)
{
	int64_t last = 0;
	if (!db_get_int(tx->conn, err, &last,
	        "SELECT COALESCE(MAX(version), 0) FROM campaign_consent WHERE campaign = $1 AND name = $2", "is", c->id,
	        k->name))
		return false;
	k->version = old->opened_at || last == 0 ? last + 1 : last;
	for (size_t i = 0; i < old->n_consents; i++) {
		if (str_eq(old->consents[i].name, k->name) && same_words(&old->consents[i], k))
			k->version = old->consents[i].version;
	}
	return db_exec(tx->conn, err, "DELETE FROM campaign_consent WHERE campaign = $1 AND name = $2 AND version = $3",
	    "isi", c->id, k->name, k->version);
}

static bool write_consents(struct store_tx *tx, struct campaign *c, const struct campaign *old, struct error *err)
{
	bool ok = db_exec(tx->conn, err, "UPDATE campaign_consent SET position = -1 WHERE campaign = $1", "i", c->id);
	for (size_t i = 0; ok && i < c->n_consents; i++) {
		struct campaign_consent *k = &c->consents[i];
		ok = set_version(tx, c, k, old, err);
		for (size_t j = 0; ok && j < k->n_texts; j++)
			ok = db_exec(tx->conn, err,
			    "INSERT INTO campaign_consent (campaign, name, version, lang, position, required, text)"
			    " VALUES ($1, $2, $3, $4, $5, $6, $7)",
			    "isisits", c->id, k->name, k->version, k->texts[j].lang, (int64_t)i, k->required, k->texts[j].text);
	}
	/* Nobody saw what was asked before the first opening. */
	if (ok && old->opened_at == 0)
		ok = db_exec(tx->conn, err, "DELETE FROM campaign_consent WHERE campaign = $1 AND position = -1", "i", c->id);
	return ok;
}

/* ---- parts with ids ---- */

static bool is_kept(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* The ids of a part that stay; ERR_INVALID for one that is not the campaign's. */
#define IDS(items, n_items, old_items, n_old, ids)                                               \
	int64_t *ids = arena_array(arena, (n_items) + 1, sizeof *(ids));                             \
	int64_t *was = arena_array(arena, (n_old) + 1, sizeof *was);                                 \
	if (!(ids) || !was)                                                                          \
		return error_memory(err);                                                                \
	for (size_t i = 0; i < (n_old); i++)                                                         \
		was[i] = (old_items)[i].id;                                                              \
	for (size_t i = 0; i < (n_items); i++) {                                                     \
		(ids)[i] = (items)[i].id;                                                                \
		if ((ids)[i] && !is_kept(was, (n_old), (ids)[i]))                                        \
			return error_set(err, ERR_CONFLICT, "a part of the campaign is not there any more"); \
	}

static bool write_target(
    struct store_tx *tx, int64_t campaign, struct campaign_target *t, int64_t position, struct error *err)
{
	if (t->id)
		return db_exec(tx->conn, err,
		    "UPDATE campaign_target SET position = $2, name = $3, office = $4, address = $5, lang = $6, salutation = $7,"
		    " areas = $8, part = $9 WHERE id = $1",
		    "iisssssss", t->id, position, t->name, t->office, t->address, t->lang, t->salutation, t->areas, t->group);
	if (!db_exec(tx->conn, err,
	        "INSERT INTO campaign_target (campaign, position, name, office, address, lang, salutation, areas, part)"
	        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
	        "iisssssss", campaign, position, t->name, t->office, t->address, t->lang, t->salutation, t->areas,
	        t->group))
		return false;
	t->id = db_last_id(tx->conn);
	return true;
}

/* Letters to a target that is gone are not sent any more. */
static bool write_targets(
    struct store_tx *tx, struct campaign *c, const struct campaign *old, struct arena *arena, struct error *err)
{
	bool ok = true;
	IDS(c->targets, c->n_targets, old->targets, old->n_targets, ids)
	for (size_t i = 0; ok && i < old->n_targets; i++) {
		if (!is_kept(ids, c->n_targets, was[i]))
			ok = db_exec(tx->conn, err, "DELETE FROM outbox_parked WHERE target = $1", "i", was[i]) &&
			     db_exec(tx->conn, err, "DELETE FROM campaign_target WHERE id = $1", "i", was[i]);
	}
	for (size_t i = 0; ok && i < c->n_targets; i++)
		ok = write_target(tx, c->id, &c->targets[i], (int64_t)i, err);
	/* Another schedule counts for what waits, too. */
	if (ok &&
	    (c->days != old->days || c->hour_from != old->hour_from || c->hour_to != old->hour_to || c->rate != old->rate))
		ok = db_exec(tx->conn, err, "UPDATE campaign_target SET next_at = 0 WHERE campaign = $1", "i", c->id);
	return ok;
}

static bool write_letter(
    struct store_tx *tx, int64_t campaign, struct campaign_letter *l, int64_t position, struct error *err)
{
	if (l->id)
		return db_exec(tx->conn, err,
		    "UPDATE campaign_letter SET position = $2, part = $3, lang = $4, subject = $5, body = $6, sign_off = $7"
		    " WHERE id = $1",
		    "iisssss", l->id, position, l->group, l->lang, l->subject, l->body, l->sign_off);
	if (!db_exec(tx->conn, err,
	        "INSERT INTO campaign_letter (campaign, position, part, lang, subject, body, sign_off)"
	        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
	        "iisssss", campaign, position, l->group, l->lang, l->subject, l->body, l->sign_off))
		return false;
	l->id = db_last_id(tx->conn);
	return true;
}

static bool write_letters(
    struct store_tx *tx, struct campaign *c, const struct campaign *old, struct arena *arena, struct error *err)
{
	bool ok = true;
	IDS(c->letters, c->n_letters, old->letters, old->n_letters, ids)
	for (size_t i = 0; ok && i < old->n_letters; i++) {
		if (!is_kept(ids, c->n_letters, was[i]))
			ok = db_exec(tx->conn, err, "DELETE FROM campaign_letter WHERE id = $1", "i", was[i]);
	}
	for (size_t i = 0; ok && i < c->n_letters; i++)
		ok = write_letter(tx, c->id, &c->letters[i], (int64_t)i, err);
	return ok;
}

static bool write_update(struct store_tx *tx, int64_t campaign, struct campaign_update *u, struct error *err)
{
	if (u->at == 0)
		u->at = clock_now();
	if (u->id)
		return db_exec(tx->conn, err,
		    "UPDATE campaign_update SET at = $2, lang = $3, title = $4, body = $5 WHERE id = $1", "iisss", u->id, u->at,
		    u->lang, u->title, u->body);
	if (!db_exec(tx->conn, err,
	        "INSERT INTO campaign_update (campaign, at, lang, title, body) VALUES ($1, $2, $3, $4, $5)", "iisss",
	        campaign, u->at, u->lang, u->title, u->body))
		return false;
	u->id = db_last_id(tx->conn);
	return true;
}

static bool write_updates(
    struct store_tx *tx, struct campaign *c, const struct campaign *old, struct arena *arena, struct error *err)
{
	bool ok = true;
	IDS(c->updates, c->n_updates, old->updates, old->n_updates, ids)
	for (size_t i = 0; ok && i < old->n_updates; i++) {
		if (!is_kept(ids, c->n_updates, was[i]))
			ok = db_exec(tx->conn, err, "DELETE FROM campaign_update WHERE id = $1", "i", was[i]);
	}
	for (size_t i = 0; ok && i < c->n_updates; i++)
		ok = write_update(tx, c->id, &c->updates[i], err);
	return ok;
}

static bool write_milestone(struct store_tx *tx, int64_t campaign, struct campaign_milestone *m, struct error *err)
{
	bool ok = m->id ? db_exec(tx->conn, err, "UPDATE campaign_milestone SET count = $2, answered_at = $3 WHERE id = $1",
	                      "iii", m->id, m->count, m->answered_at)
	                : db_exec(tx->conn, err,
	                      "INSERT INTO campaign_milestone (campaign, count, answered_at) VALUES ($1, $2, $3)", "iii",
	                      campaign, m->count, m->answered_at);
	if (ok && m->id == 0)
		m->id = db_last_id(tx->conn);
	ok = ok && db_exec(tx->conn, err, "DELETE FROM campaign_milestone_text WHERE milestone = $1", "i", m->id);
	for (size_t i = 0; ok && i < m->n_texts; i++)
		ok = db_exec(tx->conn, err,
		    "INSERT INTO campaign_milestone_text (milestone, lang, promise, answer) VALUES ($1, $2, $3, $4)", "isss",
		    m->id, m->texts[i].lang, m->texts[i].promise, m->texts[i].answer);
	return ok;
}

static bool write_milestones(
    struct store_tx *tx, struct campaign *c, const struct campaign *old, struct arena *arena, struct error *err)
{
	bool ok = true;
	IDS(c->milestones, c->n_milestones, old->milestones, old->n_milestones, ids)
	for (size_t i = 0; ok && i < old->n_milestones; i++) {
		if (!is_kept(ids, c->n_milestones, was[i]))
			ok = db_exec(tx->conn, err, "DELETE FROM campaign_milestone WHERE id = $1", "i", was[i]);
	}
	for (size_t i = 0; ok && i < c->n_milestones; i++)
		ok = write_milestone(tx, c->id, &c->milestones[i], err);
	return ok;
}

static bool write_articles(struct store_tx *tx, const struct campaign *c, struct error *err)
{
	bool ok = db_exec(tx->conn, err, "DELETE FROM campaign_article WHERE campaign = $1", "i", c->id);
	/* One that was deleted meanwhile is left out. */
	for (size_t i = 0; ok && i < c->n_articles; i++)
		ok = db_exec(tx->conn, err,
		    "INSERT INTO campaign_article (campaign, article, position) SELECT $1, id, $3 FROM article WHERE id = $2"
		    " ON CONFLICT DO NOTHING",
		    "iii", c->id, c->articles[i], (int64_t)i);
	return ok;
}

bool campaign_write_parts(
    struct store_tx *tx, struct campaign *c, const struct campaign *old, struct arena *arena, struct error *err)
{
	return write_texts(tx, c, err) && write_fields(tx, c, err) && write_consents(tx, c, old, err) &&
	       write_targets(tx, c, old, arena, err) && write_letters(tx, c, old, arena, err) &&
	       write_updates(tx, c, old, arena, err) && write_milestones(tx, c, old, arena, err) &&
	       write_articles(tx, c, err);
}
