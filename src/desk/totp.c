#include "desk/passkey.h"

#include <qrencode.h>

/* The second step of signing in: the secret as a QR code and as text, then the first code, then the recovery codes. */

#define QUIET_ZONE 4 /* modules, as ISO/IEC 18004 asks */

static struct str otpauth(struct desk_page *p, struct str secret)
{
	struct buf out = { 0 };
	struct str site = setting_text(p->store, "name", p->lang, p->arena);
	buf_adds(&out, "otpauth://totp/");
	buf_add_uri(&out, site, STR(""));
	buf_addc(&out, ':');
	buf_add_uri(&out, p->who.login, STR(""));
	buf_adds(&out, "?secret=");
	buf_add(&out, secret);
	buf_adds(&out, "&issuer=");
	buf_add_uri(&out, site, STR(""));
	return buf_take(&out, p->arena);
}

/* The dark modules as one path: a run of them in a row is a rectangle. */
static void qr_path(const QRcode *code, struct buf *out)
{
	for (int y = 0; y < code->width; y++) {
		for (int x = 0; x < code->width;) {
			int run = 0;
			while (x + run < code->width && (code->data[y * code->width + x + run] & 1))
				run++;
			if (run)
				buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET_ZONE, y + QUIET_ZONE, run, run);
			x += run ? run : 1;
		}
	}
}

/* A name too long for a code leaves the secret as text. */
static bool show_secret(struct desk_page *p, struct str secret)
{
	struct buf path = { 0 };
	struct str uri = otpauth(p, secret);
	char *text = uri.p ? arena_cstr(p->arena, uri) : NULL;
	if (!text)
		return error_memory(p->err);
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (code) {
		qr_path(code, &path);
		view_set_int(p->root, "qr_size", code->width + 2 * QUIET_ZONE);
		view_set_str(p->root, "qr_path", buf_take(&path, p->arena));
		QRcode_free(code);
	}
	view_set_str(p->root, "uri", uri);
	view_set_str(p->root, "secret", secret);
	return desk_render(p, N_("Second step of signing in"), "desk/totp");
}

bool totp_form(struct desk_page *p)
{
	struct str secret = totp_new_secret(p->arena);
	if (!secret.p)
		return error_memory(p->err);
	return p->who.has_totp ? desk_go(p, "/desk/account") : show_secret(p, secret);
}

static bool turn_on(struct desk_page *p, struct str secret, int64_t step)
{
	struct str *codes = NULL;
	size_t n = 0;
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok = tx && person_set_totp(tx, p->who.id, secret, step, &codes, &n, p->arena, p->err) &&
	          session_end_others(tx, p->who.id, p->session.id, p->err) &&
	          audit_add(tx, &p->who, STR("totp.on"), p->who.login, p->err);
	if (!desk_commit(p, tx, ok))
		return false;
	return recovery_show(p, codes, n, false);
}

bool recovery_show(struct desk_page *p, const struct str *codes, size_t n, bool of_passkey)
{
	struct view_value *list = view_set_list(p->root, "codes");
	for (size_t i = 0; i < n; i++)
		view_push_str(list,
		    arena_printf(p->arena, "%.4s-%.4s-%.4s-%.4s", codes[i].p, codes[i].p + 4, codes[i].p + 8, codes[i].p + 12));
	view_set_bool(p->root, "of_passkey", of_passkey);
	return desk_render(p, N_("Recovery codes"), "desk/recovery");
}

/* All that changes what guards an account asks for the password: a browser left open must not be enough. */
bool desk_password_fits(struct desk_page *p, bool *fits)
{
	struct error why = { 0 };
	*fits = person_verify(p->store, &p->who, web_field_get(p->req, "password"), p->now, p->arena, &why);
	if (*fits)
		return true;
	if (why.code == ERR_DENIED) {
		desk_problem(p, 403, N_("The present password is not right."));
	} else if (why.code == ERR_CONFLICT) {
		desk_problem(p, 429, N_("Too many tries. Please wait some minutes and try again."));
	} else {
		*p->err = why;
		return false;
	}
	return true;
}

bool totp_send(struct desk_page *p)
{
	struct str secret = web_field_get(p->req, "secret"), code = str_trim(web_field_get(p->req, "code"));
	char valid[7];
	int64_t step;
	bool fits;
	if (p->who.has_totp)
		return desk_go(p, "/desk/account");
	if (!totp_code(secret, 0, valid))
		return error_set(p->err, ERR_USAGE, "the form lacks its secret");
	if (!desk_password_fits(p, &fits))
		return false;
	if (!fits)
		return show_secret(p, secret);
	if (totp_check(secret, code, p->now, &step))
		return turn_on(p, secret, step);
	desk_problem(p, 422, N_("The code is not right. Is the clock of the phone?"));
	return show_secret(p, secret);
}

bool totp_off(struct desk_page *p)
{
	bool fits;
	if (!desk_password_fits(p, &fits))
		return false;
	if (!fits)
		return account_show(p);
	struct store_tx *tx = store_begin(p->store, p->err);
	bool ok =
	    tx && person_clear_totp(tx, p->who.id, p->err) && audit_add(tx, &p->who, STR("totp.off"), p->who.login, p->err);
	return desk_commit(p, tx, ok) && desk_go(p, "/desk/account?saved=1");
}
