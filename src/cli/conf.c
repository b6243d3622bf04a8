#include "cli/cli.h"
#include "fetch/fetch.h"
#include "mail/mail.h"
#include "web/web.h"

#include <stdio.h>
#include <string.h>

const char CONF_TEMPLATE[] =
    "# kairan.conf(5): how this machine serves the site. What the site says and shows (its name, greeting, languages,\n"
    "# colours) is kept in its database: `kairan setting list`.\n"
    "#\n"
    "# A line is a name, a space and a value. These are the defaults:\n"
    "\n"
    "#listen 127.0.0.1:8080          # or [::1]:8080, *:8080, unix:/run/kairan/kairan.sock\n"
    "#metrics 127.0.0.1:9464         # Prometheus text; keep it private; unset: none\n"
    "#key data/secret.key            # the key of what is sealed in the database; back it up apart from it\n"
    "#threads 0                      # that answer readers; 0: one a processor\n"
    "#workers 2                      # for what may block\n"
    "#connections 4096               # at once\n"
    "#connections_per_address 64     # at once, loopback excepted\n"
    "#timeout 15                     # seconds that an idle client, or a slow part of a request, is borne\n"
    "#cache 32                       # MiB of ready pages\n"
    "#forwarded_by X-Forwarded-For   # the header in which a proxy before it says who asks; unset: none is believed\n"
    "#fetch_allow 10.0.0.0/8         # private networks whose pages the desk may fetch; unset: none\n"
    "#fetch_proxy socks5h://127.0.0.1:9050 # through which pages of other hosts are fetched; unset: none\n"
    "#mail_from letters@example.org   # from which the site sends mail; unset: it sends none\n"
    "#mail_smtp smtp://user@mail.example.org:587 # by this server (smtps:// for port 465), or\n"
    "#mail_sendmail /usr/sbin/sendmail # by this command\n"
    "#mail_password /etc/kairan/mail.password # the file of user's password\n"
    "#mail_bounces bounces@example.org # where what comes back goes to; unset: mail_from\n"
    "#mail_rate 30                    # messages a minute to one domain\n"
    "#signatures_an_hour 2000         # of one campaign, that count at once; more wait until somebody has looked\n";

#define CONF_MAX (64 * KIB)
#define AN_ADDRESS "an address such as 127.0.0.1:8080"

struct number_key {
	const char *name;
	size_t offset;
	int64_t min, max;
};

static const struct number_key NUMBERS[] = {
	{ "threads", offsetof(struct conf, threads), 0, 256 },
	{ "workers", offsetof(struct conf, workers), 1, 64 },
	{ "connections", offsetof(struct conf, connections), 16, 1000000 },
	{ "connections_per_address", offsetof(struct conf, connections_per_address), 1, 1000000 },
	{ "timeout", offsetof(struct conf, timeout), 1, 3600 },
	{ "mail_rate", offsetof(struct conf, mail_rate), 1, 100000 },
	{ "signatures_an_hour", offsetof(struct conf, signatures_an_hour), 1, 100000000 },
	{ "cache", offsetof(struct conf, cache_mib), 1, 65536 },
};

static bool set_number(struct conf *conf, struct str name, struct str value, bool *known, struct error *err)
{
	for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
		const struct number_key *key = &NUMBERS[i];
		int64_t n;
		if (!str_eq(name, str_from(key->name)))
			continue;
		*known = true;
		if (!str_to_int(value, &n) || n < key->min || n > key->max)
			return error_set(err, ERR_INVALID, "%s must be a number from %lld to %lld, not \"%.*s\"", key->name,
			    (long long)key->min, (long long)key->max, (int)(value.n > 60 ? 60 : value.n), value.p);
		memcpy((char *)conf + key->offset, &n, sizeof n);
		return true;
	}
	return true;
}

static bool set_text(char *out, size_t size, struct str name, struct str value, const char *wants, struct error *err)
{
	if (value.n == 0 || value.n >= size)
		return error_set(err, ERR_INVALID, "%.*s wants %s", (int)name.n, name.p, wants);
	memcpy(out, value.p, value.n);
	out[value.n] = '\0';
	return true;
}

static bool set_mail(struct conf *c, struct str name, struct str value, bool *known, struct error *err)
{
	const struct {
		const char *name;
		char *out;
		size_t size;
	} texts[] = { { "mail_from", c->mail_from, sizeof c->mail_from },
		{ "mail_bounces", c->mail_bounces, sizeof c->mail_bounces }, { "mail_smtp", c->mail_smtp, sizeof c->mail_smtp },
		{ "mail_sendmail", c->mail_sendmail, sizeof c->mail_sendmail },
		{ "mail_password", c->mail_password, sizeof c->mail_password } };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct mail_settings mail;
		if (!str_eq(name, str_from(texts[i].name)))
			continue;
		*known = true;
		if (!set_text(texts[i].out, texts[i].size, name, value, "a value; kairan.conf(5) tells more", err))
			return false;
		conf_mail(c, &mail);
		return mail_settings_check(&mail, err);
	}
	return true;
}

void conf_mail(const struct conf *c, struct mail_settings *out)
{
	*out = (struct mail_settings){ .from = c->mail_from,
		.bounces = c->mail_bounces,
		.smtp = c->mail_smtp,
		.sendmail = c->mail_sendmail,
		.password_file = c->mail_password,
		.rate = c->mail_rate };
}

static bool set_forwarded(struct conf *c, struct str name, struct str value, struct error *err)
{
	for (size_t i = 0; i < WEB_FORWARDED_BY; i++) {
		if (str_eq_ci(value, str_from(WEB_FORWARDED[i])))
			return set_text(c->forwarded_by, sizeof c->forwarded_by, name, value, "a header", err);
	}
	return error_set(err, ERR_INVALID, "forwarded_by wants X-Forwarded-For, X-Real-IP or Forwarded");
}

static bool set(struct conf *conf, struct str name, struct str value, struct error *err)
{
	bool known = false;
	if (str_eq(name, STR("forwarded_by")))
		return set_forwarded(conf, name, value, err);
	if (str_eq(name, STR("listen")))
		return set_text(conf->listen, sizeof conf->listen, name, value, AN_ADDRESS, err);
	if (str_eq(name, STR("metrics")))
		return set_text(conf->metrics, sizeof conf->metrics, name, value, AN_ADDRESS, err);
	if (str_eq(name, STR("key")))
		return set_text(conf->key, sizeof conf->key, name, value, "the path of a file", err);
	if (str_eq(name, STR("fetch_allow")))
		return set_text(conf->fetch_allow, sizeof conf->fetch_allow, name, value, "an address", err) &&
		       fetch_policy_check(&(struct fetch_policy){ .allow = conf->fetch_allow }, err);
	if (str_eq(name, STR("fetch_proxy")))
		return set_text(conf->fetch_proxy, sizeof conf->fetch_proxy, name, value, "an address", err);
	if (!set_number(conf, name, value, &known, err) || !set_mail(conf, name, value, &known, err))
		return false;
	if (!known)
		return error_set(err, ERR_INVALID, "there is no setting \"%.*s\"; kairan.conf(5) lists them",
		    (int)(name.n > 60 ? 60 : name.n), name.p);
	return true;
}

/* Up to the first space or tab; the rest is the value. */
static struct str first_word(struct str *line)
{
	size_t n = 0;
	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
		n++;
	struct str word = str_sub(*line, 0, n);
	*line = str_trim(str_skip(*line, n));
	return word;
}

/* A comment starts a line, or stands after white space. */
static struct str without_comment(struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '#' && (i == 0 || line.p[i - 1] == ' ' || line.p[i - 1] == '\t'))
			return str_trim(str_sub(line, 0, i));
	}
	return str_trim(line);
}

bool conf_read(const char *path, struct conf *out, struct error *err)
{
	struct buf text = { 0 };
	*out = (struct conf){ .listen = "127.0.0.1:8080",
		.workers = 2,
		.connections = 4096,
		.connections_per_address = 64,
		.timeout = 15,
		.signatures_an_hour = BURST_HOUR,
		.cache_mib = 32 };
	if (!file_read(path, CONF_MAX, &text, err)) {
		bool absent = err->code == ERR_NOT_FOUND;
		buf_free(&text);
		if (absent)
			*err = (struct error){ 0 };
		return absent;
	}
	struct str rest = buf_str(&text);
	bool ok = true;
	for (int number = 1; ok && rest.n; number++) {
		struct str line = without_comment(str_split(&rest, '\n'));
		struct str name = first_word(&line);
		ok = name.n == 0 || set(out, name, line, err);
		if (!ok)
			error_context(err, "%s, line %d", path, number);
	}
	buf_free(&text);
	return ok;
}
