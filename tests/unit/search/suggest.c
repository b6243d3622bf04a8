#include "site.h"

#include "search/inner.h"

#include <unistd.h>

/* The texts suggested, a bar between. */
static struct str suggested(struct site *s, const char *typed, const char *lang)
{
	struct suggestion *found;
	struct buf out = { 0 };
	size_t n;
	assert_true(search_suggest(s->search, str_from(typed), str_from(lang), 8, &found, &n, s->arena, &s->err));
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(&out, '|');
		buf_add(&out, found[i].text);
	}
	struct str all = buf_take(&out, s->arena);
	return all.p ? all : STR("");
}

static bool finds(struct site *s, const char *typed, const char *text)
{
	return str_find(suggested(s, typed, "ja"), str_from(text)) >= 0;
}

static bool has_reader(void)
{
	struct text_reader *reader = text_reader_new();
	text_reader_free(reader);
	return reader != NULL;
}

static void fill(struct site *s)
{
	site_article(s, "ja", "監視カメラの設置", "本文");
	site_article(s, "ja", "サーバーとヴァイオリン", "## 暗号化の手順\n\n本文\n\n## 例:\n\n例");
	site_article(s, "ja", "市場開放とは", "本文");
	site_article(s, "en", "Secure E-Mail for everyone", "## Getting started\n\nText");
	site_article(s, "ja", "かんたんメール設定", "本文");
}

static void check_found(struct site *s, const char *const *typed, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (!finds(s, typed[i], text))
			fail_msg("%s does not find %s", typed[i], text);
	}
}

static void by_beginning_as_written(void **state)
{
	(void)state;
	struct site s;
	site_open(&s);
	fill(&s);
	static const char *const camera[] = { "監", "監視", "監視カ", "監視か", "監視ｶ", "監視カメラ", "カメラ", "かめ",
		"kame", "kamer", "監視kame", "監視カメラの設置", "カメラの設", "kamerano", "設置" };
	check_found(&s, camera, sizeof camera / sizeof *camera, "監視カメラの設置");
	static const char *const server[] = { "サーバ", "さーば", "sa", "saba", "バイオリン", "ヴァイオ", "ヴ", "va", "v",
		"ｳﾞｧｲ" };
	check_found(&s, server, sizeof server / sizeof *server, "サーバーとヴァイオリン");
	static const char *const mail[] = { "sec", "SECURE", "secure e", "e-mail", "ｍａｉｌ", "every",
		"secure e-mail for everyone" };
	check_found(&s, mail, sizeof mail / sizeof *mail, "Secure E-Mail for everyone");
	assert_false(finds(&s, "視カ", "監視カメラ"));
	assert_false(finds(&s, "ecure", "Secure"));
	assert_false(finds(&s, "for", "Secure"));
	assert_false(finds(&s, "secure e-mail for nobody", "Secure"));
	assert_false(finds(&s, "例", "例"));
	check_str(suggested(&s, "", "ja"), "");
	check_str(suggested(&s, "　\xff！", "ja"), "");
	site_close(&s);
}

static void by_reading(void **state)
{
	(void)state;
	struct site s;
	if (!has_reader()) {
		puts("skipped: MeCab with IPADIC is not installed");
		skip();
	}
	site_open(&s);
	fill(&s);
	static const char *const camera[] = { "かんし", "kanshi", "kansi", "カンシ", "ｶﾝｼ", "かんしか", "かんしk",
		"kanshik", "kanshikamera", "監し", "監shi", "監視カ", "せっち", "せっ", "sett", "setti", "かんしカメラのせっち",
		"KANSHI", "ｋａｎｓｈｉ", "かめらのせ" };
	check_found(&s, camera, sizeof camera / sizeof *camera, "監視カメラの設置");
	static const char *const market[] = { "しじょう", "市場かい", "市場kaih", "shijou", "shijō", "かいほう" };
	check_found(&s, market, sizeof market / sizeof *market, "市場開放とは");
	assert_true(finds(&s, "angouk", "暗号化の手順"));
	assert_true(finds(&s, "てじゅん", "暗号化の手順"));
	site_close(&s);
}

static void order_and_duplicates(void **state)
{
	(void)state;
	struct site s;
	site_open(&s);
	struct category_name names[] = { { STR("ja"), STR("通信"), STR("") },
		{ STR("en"), STR("Communication"), STR("") } };
	struct category c = { .names = names, .n_names = 2 },
	                empty = { .names = &(struct category_name){ STR("ja"), STR("通信の空"), STR("") }, .n_names = 1 };
	struct store_tx *tx = store_begin(s.store, &s.err);
	assert_true(category_save(tx, &c, NULL, s.arena, &s.err) && category_save(tx, &empty, NULL, s.arena, &s.err));
	assert_true(store_commit(tx, &s.err));
	struct str tags[] = { STR("通信の自由") };
	int64_t ja = site_save(&s, (struct article){ .lang = STR("ja"),
	                               .title = STR("通信を守る"),
	                               .categories = &c.id,
	                               .n_categories = 1,
	                               .tags = tags,
	                               .n_tags = 1,
	                               .body = STR("## 通信の秘密\n\nx") });
	int64_t en = site_save(&s, (struct article){ .lang = STR("en"), .title = STR("通信 guard"), .body = STR("x") });
	site_save(&s, (struct article){ .lang = STR("ja"),
	                  .title = STR("安全な通信"),
	                  .published_at = 1000,
	                  .body = STR("## 通信の秘密とは何か\n\nx") });
	site_save(
	    &s, (struct article){ .lang = STR("ja"), .title = STR("確実な通信"), .published_at = 2000, .body = STR("x") });
	/* The category, the title's start, the tag, the newer of two titles with it within, its heading, other languages. */
	check_str(suggested(&s, "通信", "ja"), "通信|通信を守る|通信の自由|確実な通信|安全な通信|通信 guard");
	check_str(suggested(&s, "comm", "ja"), "Communication");
	tx = store_begin(s.store, &s.err);
	assert_true(article_join(tx, ja, en, &s.err) && store_commit(tx, &s.err) && search_follow(s.search, NULL, &s.err));
	check_str(suggested(&s, "通信", "ja"), "通信|通信を守る|通信の自由|確実な通信|安全な通信");
	check_str(suggested(&s, "通信", "en"), "通信 guard|通信|通信の自由|確実な通信|安全な通信");
	struct suggestion *found;
	size_t n;
	assert_true(search_suggest(s.search, STR("通信の秘密と"), STR("ja"), 8, &found, &n, s.arena, &s.err));
	assert_int_equal(n, 1);
	assert_int_equal(found[0].kind, SUGGEST_HEADING);
	check_str(found[0].context, "安全な通信");
	assert_true(found[0].fragment.n > 0);
	site_close(&s);
}

/* ---- the tables equal a fresh rebuild ---- */

/* All that is kept, told without the numbers that entries have, in order. */
static struct str dump(struct site *s, const char *path)
{
	struct db_options options = { .relaxed = true };
	struct db *db = db_open(path, &options, &s->err);
	struct db_conn *conn = db ? db_reader(db, &s->err) : NULL;
	struct buf out = { 0 };
	assert_non_null(conn);
	struct db_rows *rows = db_query(conn, &s->err,
	    "SELECT 'key ' || k.lang || ' ' || k.key || ' ' || k.rank || ' ' || e.kind || e.text FROM suggest_key k LEFT JOIN"
	    " suggest_entry e ON e.id = k.entry"
	    " UNION ALL SELECT 'hot ' || k.lang || ' ' || k.key || ' ' || k.rank || ' ' || e.kind || e.text FROM suggest_hot k LEFT"
	    " JOIN suggest_entry e ON e.id = k.entry"
	    " UNION ALL SELECT 'entry ' || kind || lang || text || ' ' || words FROM suggest_entry"
	    " UNION ALL SELECT 'place ' || p.article || p.anchor || ' ' || e.kind || e.text FROM suggest_place p LEFT JOIN"
	    " suggest_entry e ON e.id = p.entry"
	    " UNION ALL SELECT 'article ' || article || ' ' || group_id || ' ' || published_at || slug FROM suggest_article"
	    " UNION ALL SELECT 'word ' || word || ' ' || key || ' ' || articles FROM spell_word"
	    " UNION ALL SELECT 'state ' || name || value FROM suggest_state ORDER BY 1",
	    "");
	while (rows && db_next(rows)) {
		assert_false(db_null(rows, 0));
		buf_add(&out, db_str(rows, 0));
		buf_addc(&out, '\n');
	}
	assert_true(rows && db_done(rows));
	db_close(db);
	return buf_take(&out, s->arena);
}

static unsigned next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

#define ARTICLES 300
#define ROUNDS 30

/* Few words, so that many beginnings are common, cease to be, and become it again. */
static struct str random_text(struct site *s, unsigned *seed)
{
	static const char *const words[] = { "監視", "カメラ", "設定", "の", "Mail", "secure", "暗号", "とは", "サーバー",
		"感" };
	struct buf out = { 0 };
	for (unsigned n = next_random(seed) % 4 + 1; n > 0; n--)
		buf_adds(&out, words[next_random(seed) % 10]);
	buf_printf(&out, "%u", next_random(seed) % 40);
	return buf_take(&out, s->arena);
}

static void edit(struct site *s, struct store_tx *tx, int64_t *articles, const int64_t *categories, unsigned *seed)
{
	size_t i = next_random(seed) % ARTICLES;
	int64_t category = categories[next_random(seed) % 3];
	struct str tag = random_text(s, seed);
	struct article a = { .id = articles[i],
		.lang = next_random(seed) % 8 ? STR("ja") : STR("en"),
		.title = random_text(s, seed),
		.status = next_random(seed) % 5 ? ARTICLE_PUBLISHED : ARTICLE_DRAFT,
		.tags = &tag,
		.n_tags = next_random(seed) % 2,
		.categories = &category,
		.n_categories = next_random(seed) % 2,
		.body = arena_printf(s->arena, "## %s\n\nx\n\n## %s\n\ny\n", random_text(s, seed).p, random_text(s, seed).p) };
	if (articles[i] && next_random(seed) % 3 == 0) {
		assert_true(article_delete(tx, articles[i], &s->err));
		articles[i] = 0;
	} else if (article_save(tx, &a, NULL, s->arena, &s->err)) {
		articles[i] = a.id;
	}
}

static void tables_equal_a_rebuild(void **state)
{
	(void)state;
	struct site s;
	int64_t articles[ARTICLES] = { 0 }, categories[3];
	unsigned seed = 20261124;
	site_open(&s);
	struct store_tx *tx = store_begin(s.store, &s.err);
	for (size_t i = 0; i < 3; i++) {
		struct category_name name = { STR("ja"), arena_printf(s.arena, "設定%zu", i), STR("") };
		struct category c = { .names = &name, .n_names = 1 };
		assert_true(category_save(tx, &c, NULL, s.arena, &s.err));
		categories[i] = c.id;
	}
	assert_true(store_commit(tx, &s.err));
	for (int round = 0; round < ROUNDS; round++) {
		tx = store_begin(s.store, &s.err);
		/* Towards the end more goes than comes. */
		for (int n = round < 8 ? 60 : 20; n > 0; n--)
			edit(&s, tx, articles, categories, &seed);
		for (size_t i = 0; round > ROUNDS - 8 && i < ARTICLES; i += 4) {
			size_t at = next_random(&seed) % ARTICLES;
			assert_true(articles[at] == 0 || article_delete(tx, articles[at], &s.err));
			articles[at] = 0;
		}
		assert_true(store_commit(tx, &s.err));
		assert_true(search_follow(s.search, NULL, &s.err));
		struct str edited = dump(&s, s.index_path);
		assert_true(round < 3 || str_find(edited, STR("hot ")) >= 0 || round > ROUNDS - 8);
		assert_true(search_rebuild(s.search, NULL, NULL, &s.err));
		struct str rebuilt = dump(&s, s.index_path);
		if (!str_eq(edited, rebuilt))
			fail_msg("round %d: the tables differ from a rebuild", round);
		arena_reset(s.arena);
	}
	site_close(&s);
}

/* Whatever is typed, the answer is short, well-formed and quick. */
static void hostile_typing(void **state)
{
	(void)state;
	static const char *const parts[] = { "か", "kan", "監視", "n", "ー", "\xff", "ﾞ", "ヴ", "|-@", "e " };
	struct site s;
	unsigned seed = 7;
	site_open(&s);
	fill(&s);
	for (int round = 0; round < 400; round++) {
		struct buf typed = { 0 };
		struct suggestion *found;
		size_t n;
		for (unsigned k = next_random(&seed) % (round % 10 ? 8 : 400); k > 0; k--)
			buf_adds(&typed, parts[next_random(&seed) % 10]);
		assert_true(search_suggest(s.search, buf_str(&typed), STR("ja"), 8, &found, &n, s.arena, &s.err));
		assert_true(n <= 8);
		for (size_t i = 0; i < n; i++)
			assert_true(utf8_valid(found[i].text) && found[i].text.n > 0);
		buf_free(&typed);
	}
	site_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_beginning_as_written),
		cmocka_unit_test(by_reading),
		cmocka_unit_test(order_and_duplicates),
		cmocka_unit_test(hostile_typing),
		cmocka_unit_test(tables_equal_a_rebuild),
	};
	return cmocka_run_group_tests_name("search/suggest", tests, NULL, NULL);
}
