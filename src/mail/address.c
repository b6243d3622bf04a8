#include "mail/mail.h"

/* The characters of an atom, RFC 5322 section 3.2.3. */
static bool is_atext(char c)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
	return letter || digit || (c && str_find(STR("!#$%&'*+-/=?^_`{|}~"), str_of(&c, 1)) >= 0);
}

static bool local_fits(struct str local)
{
	for (size_t i = 0; i < local.n; i++) {
		if (!is_atext(local.p[i]) && local.p[i] != '.')
			return false;
	}
	return local.n > 0 && local.n <= MAIL_LOCAL_MAX;
}

static bool label_fits(struct str label)
{
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
		if (!letter && !digit && !(c == '-' && i > 0 && i + 1 < label.n))
			return false;
	}
	return label.n > 0 && label.n <= 63;
}

static bool domain_fits(struct str domain)
{
	size_t labels = 0;
	struct str last = STR("");
	if (str_ends(domain, STR(".")))
		return false;
	for (struct str rest = domain; rest.n; labels++) {
		last = str_split(&rest, '.');
		if (!label_fits(last))
			return false;
	}
	bool number = last.n && last.p[last.n - 1] >= '0' && last.p[last.n - 1] <= '9'; /* an address without brackets */
	return domain.n <= 253 && !number && (labels > 1 || str_eq_ci(domain, STR("localhost")));
}

static void add_lower(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_addc(out, s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i]);
}

static bool wants_quotes(struct str local)
{
	return str_starts(local, STR(".")) || str_ends(local, STR(".")) || str_find(local, STR("..")) >= 0;
}

bool mail_address(struct str typed, struct str *out, struct arena *arena, struct error *err)
{
	struct buf text = { 0 };
	struct str domain = str_trim(typed), local = str_split(&domain, '@');
	if (local.n + 1 + domain.n > MAIL_ADDRESS_MAX)
		return error_set(err, ERR_INVALID, "a mail address has at most %d characters", MAIL_ADDRESS_MAX);
	if (domain.n == 0)
		return error_set(err, ERR_INVALID, "a mail address looks like name@example.org");
	if (!local_fits(local))
		return error_set(
		    err, ERR_INVALID, "what stands before the @ of a mail address is of letters, digits and signs");
	if (!domain_fits(domain))
		return error_set(err, ERR_INVALID, "what stands after the @ of a mail address is a name such as example.org");
	bool quotes = wants_quotes(local);
	if (quotes)
		buf_addc(&text, '"');
	buf_add(&text, local);
	buf_adds(&text, quotes ? "\"@" : "@");
	add_lower(&text, domain);
	*out = buf_take(&text, arena);
	return out->p ? true : error_memory(err);
}

struct str mail_domain(struct str address)
{
	for (size_t i = address.n; i > 0; i--) {
		if (address.p[i - 1] == '@')
			return str_skip(address, i);
	}
	return STR("");
}

struct str mail_same(struct str address, struct arena *arena)
{
	struct buf text = { 0 };
	for (size_t i = 0; i < address.n; i++) {
		if (address.p[i] != '"')
			add_lower(&text, str_sub(address, i, i + 1));
	}
	return buf_take(&text, arena);
}
