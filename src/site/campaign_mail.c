#include "site/campaign.h"

#include "mail/mail.h"
#include "text/text.h"

/* The mails to those who sign. The link is short, and stands on a line of its own. */

#define TITLE_SHOWN 60 /* count: characters in a subject */

/* A link must lead to this site. Without the setting, only the request says where that is, and whoever sends it could say
 * anything; so that counts on this machine alone. */
bool campaign_mail_base(struct page *p, struct str *base)
{
	struct str host = p->req->host, name = host;
	bool v6 = str_starts(host, STR("[::1]"));
	name = str_split(&name, ':');
	*base = url_base(p);
	bool here = v6 || str_eq(name, STR("localhost")) || str_eq(name, STR("127.0.0.1"));
	if (p->settings.base_url.n || here)
		return true;
	return error_set(p->err, ERR_UNAVAILABLE, "mails with links want the setting base_url");
}

static bool queue(struct campaign_view *v, struct str to, struct str subject, struct str text)
{
	struct page *p = &v->p;
	struct str site = text_truncate(setting_text(p->site->store, "name", p->lang, p->arena), TITLE_SHOWN);
	struct mail_message m = { .from = { site, p->site->mail_from },
		.to = { STR(""), to },
		.subject = subject,
		.text = text,
		.lang = p->lang,
		.at = clock_now() };
	struct store_tx *tx = store_begin(p->site->store, p->err);
	if (tx && mail_queue(p->site->store, tx, &m, STR(""), p->arena, p->err))
		return store_commit(tx, p->err);
	store_rollback(tx);
	return false;
}

struct words {
	struct campaign_view *v;
	struct str values[4];
	struct buf text;
};
static const char *const NAMES[] = { "title", "site", "days", "organiser" };

static void words_begin(struct words *w, struct campaign_view *v)
{
	struct page *p = &v->p;
	*w = (struct words){ .v = v };
	w->values[0] = v->text->title;
	w->values[1] = setting_text(p->site->store, "name", p->lang, p->arena);
	w->values[2] = arena_printf(p->arena, "%d", PENDING_SECONDS / 86400);
	w->values[3] = v->c.organiser;
}

static void say(struct words *w, const char *msgid)
{
	buf_add(&w->text, campaign_message(&w->v->p, str_from(msgid), NAMES, w->values, 4));
	buf_adds(&w->text, "\n\n");
}

static void link_line(struct words *w, struct str base, struct str path)
{
	buf_add(&w->text, base);
	buf_add(&w->text, path);
	buf_adds(&w->text, "\n\n");
}

static bool finish(struct words *w, struct str base, struct str to, const char *subject)
{
	struct page *p = &w->v->p;
	buf_adds(&w->text, "-- \n");
	buf_add(&w->text, w->values[1]);
	buf_addc(&w->text, '\n');
	buf_add(&w->text, base);
	buf_addc(&w->text, '\n');
	w->values[0] = text_truncate(w->v->text->title, TITLE_SHOWN);
	struct str line = campaign_message(p, str_from(subject), NAMES, w->values, 4), text = buf_take(&w->text, p->arena);
	if (!text.p || !line.p)
		return error_memory(p->err);
	return queue(w->v, to, line, text);
}

bool campaign_mail_confirm(struct campaign_view *v, struct str to, struct str token)
{
	struct page *p = &v->p;
	struct words w;
	struct str base, path = url_path(p, p->lang, "/c");
	bool letters = campaign_has_letters(&v->c);
	if (!campaign_mail_base(p, &base))
		return false;
	words_begin(&w, v);
	say(&w, letters ? N_("With this address somebody asked to take part in “{title}” on {site}.")
	                : N_("With this address somebody asked to sign “{title}” on {site}."));
	say(&w, letters ? N_("If it was you: open this link, look at your letter once more, and send it.")
	                : N_("If it was you: open this link, look at it once more, and sign."));
	link_line(&w, base,
	    arena_printf(p->arena, "%.*s/%lld/%.*s", (int)path.n, path.p, (long long)v->c.id, (int)token.n, token.p));
	say(&w,
	    N_("The link is good once, for {days} days. Until then nobody can read what you wrote without it, not even we."));
	say(&w, N_("If it was not you, do nothing: after {days} days all of it is gone."));
	return finish(&w, base, to, letters ? N_("Please confirm: {title}") : N_("Please confirm your signature: {title}"));
}

bool campaign_mail_yours(struct campaign_view *v, struct str to, struct str ticket)
{
	struct page *p = &v->p;
	struct words w;
	struct str base, path = url_campaign(p, p->lang, v->c.slug, "/yours/");
	if (!campaign_mail_base(p, &base))
		return false;
	words_begin(&w, v);
	w.values[2] = arena_printf(p->arena, "%d", WITHDRAW_SECONDS / 86400);
	say(&w, N_("This link shows what {site} holds of you for “{title}”. There you can withdraw your signature."));
	link_line(&w, base, arena_printf(p->arena, "%.*s%.*s", (int)path.n, path.p, (int)ticket.n, ticket.p));
	say(&w, N_("It is good for {days} days. Who has it can withdraw your signature; please pass it on to nobody."));
	say(&w, N_("If you did not ask for it, do nothing."));
	return finish(&w, base, to, N_("Your signature: {title}"));
}
