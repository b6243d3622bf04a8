#include "../unit.h"

#include "search/inner.h"

#include <stdio.h>
#include <unistd.h>

/* The index against what it must equal: a fresh rebuild, the titles it holds, the words that were asked for. */

#define ARTICLES 40
#define ROUNDS 60

struct site {
	char dir[64], store_path[80], index_path[80];
	struct store *store;
	struct search *search;
	struct arena *arena;
	unsigned seed;
};

static void open_site(struct site *s)
{
	struct error err = { 0 };
	*s = (struct site){ .dir = "/tmp/kairan-search-XXXXXX", .seed = 20261124 };
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->store_path, sizeof s->store_path, "%s/kairan.db", s->dir);
	snprintf(s->index_path, sizeof s->index_path, "%s/index.db", s->dir);
	s->arena = arena_new();
	s->store = store_open(s->store_path, true, &err);
	s->search = s->store ? search_open(s->index_path, s->store, &err) : NULL;
	assert_non_null(s->search);
	assert_true(search_follow(s->search, NULL, &err));
}

static void close_site(struct site *s)
{
	char command[128];
	search_close(s->search);
	store_close(s->store);
	arena_free(s->arena);
	snprintf(command, sizeof command, "rm -rf '%s'", s->dir);
	assert_int_equal(system(command), 0);
}

static unsigned next_random(struct site *s, unsigned below)
{
	s->seed = s->seed * 1103515245u + 12345u;
	return (s->seed >> 8) % below;
}

static int64_t save(struct site *s, struct article *a)
{
	struct error err = { 0 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_non_null(tx);
	assert_true(article_save(tx, a, NULL, s->arena, &err));
	assert_true(store_commit(tx, &err));
	return a->id;
}

static void follow(struct site *s)
{
	struct error err = { 0 };
	if (!search_follow(s->search, NULL, &err))
		fail_msg("%s", err.message);
}

static struct search_result ask(struct site *s, struct str query, size_t limit)
{
	struct error err = { 0 };
	struct search_result found;
	struct search_request r = { .query = query, .lang = STR("ja"), .limit = limit, .snippets = true };
	if (!search_query(s->search, &r, &found, s->arena, &err))
		fail_msg("%s", err.message);
	return found;
}

/* ---- the index equals a rebuild ---- */

static const char *const WORDS[] = { "監視カメラ", "サーバー", "暗号化", "の設定", "パスワード", "encryption", "を使う",
	"個人情報", "プライバシー", "人々", "ヴァイオリン", "VPN" };

static struct str some_text(struct site *s, unsigned words)
{
	struct buf out = { 0 };
	for (unsigned i = 0; i < words; i++) {
		buf_adds(&out, WORDS[next_random(s, sizeof WORDS / sizeof *WORDS)]);
		if (next_random(s, 3) == 0)
			buf_adds(&out, next_random(s, 2) ? "。\n\n" : " ");
		if (next_random(s, 12) == 0)
			buf_printf(&out, " [%s](/articles/a%u) ", WORDS[next_random(s, 5)], next_random(s, ARTICLES));
		if (next_random(s, 20) == 0)
			buf_printf(&out, "\n\n## 見出し%u\n\n", next_random(s, 9));
	}
	return buf_take(&out, s->arena);
}

static void one_edit(struct site *s, int64_t *ids)
{
	struct error err = { 0 };
	unsigned i = next_random(s, ARTICLES);
	struct str tags[] = { STR("電子メール"), STR("mail") };
	struct article a = { .id = ids[i],
		.lang = next_random(s, 4) ? STR("ja") : STR("en"),
		.title = some_text(s, 2),
		.slug = arena_printf(s->arena, "a%u", i),
		.body = some_text(s, 5 + next_random(s, 120)),
		.status = next_random(s, 5) ? ARTICLE_PUBLISHED : ARTICLE_DRAFT,
		.tags = tags,
		.n_tags = next_random(s, 3) };
	if (ids[i] && next_random(s, 6) == 0) {
		struct store_tx *tx = store_begin(s->store, &err);
		assert_true(article_delete(tx, ids[i], &err) && store_commit(tx, &err));
		ids[i] = 0;
		return;
	}
	a.title = str_trim(a.title);
	ids[i] = save(s, &a);
}

static void add_rows(struct buf *out, struct db_conn *conn, const char *sql, struct error *err)
{
	struct db_rows *rows = db_query(conn, err, sql, "");
	assert_non_null(rows);
	while (db_next(rows)) {
		buf_add(out, db_str(rows, 0));
		buf_addc(out, '\n');
	}
	assert_true(db_done(rows));
}

/* All that the index says, without how it is cut into rows. */
static struct str contents(struct site *s)
{
	struct error err = { 0 };
	struct buf out = { 0 };
	struct view v;
	assert_true(view_open(s->search, &v, &err));
	struct db_rows *rows = db_query(v.conn, &err, "SELECT term, first, data FROM posting ORDER BY term, first", "");
	assert_non_null(rows);
	while (db_next(rows)) {
		struct posting p;
		posting_start(&p, db_str(rows, 2), db_int(rows, 1));
		while (posting_next(&p)) {
			buf_add(&out, db_str(rows, 0));
			buf_printf(&out, " %lld", (long long)p.doc);
			for (size_t i = 0; i < p.segments.n; i++)
				buf_printf(&out, " %d", (unsigned char)p.segments.p[i]);
			buf_addc(&out, '\n');
		}
	}
	assert_true(db_done(rows));
	add_rows(&out, v.conn,
	    "SELECT article || ' ' || lang || ' ' || slug || ' ' || title || ' ' || hex(shape) || ' ' || hex(texts) FROM doc ORDER BY article",
	    &err);
	add_rows(&out, v.conn, "SELECT kind || ' ' || name || ' ' || article FROM name ORDER BY kind, name, article", &err);
	add_rows(&out, v.conn, "SELECT path || ' ' || source || ' ' || text FROM link ORDER BY path, source, text", &err);
	add_rows(&out, v.conn, "SELECT path || ' ' || article FROM address ORDER BY path, article", &err);
	buf_printf(&out, "%lld articles\n", (long long)v.docs->live);
	for (int64_t id = 0; id < v.docs->n; id++) {
		if (v.docs->hot[id].live)
			buf_printf(&out, "%lld %.*s %u\n", (long long)id, (int)v.docs->cold[id]->title.n, v.docs->cold[id]->title.p,
			    v.docs->hot[id].shape.end[FIELD_CITATIONS]);
	}
	view_close(&v);
	return buf_take(&out, s->arena);
}

static void edits_leave_what_a_rebuild_makes(void **state)
{
	struct site s;
	struct error err = { 0 };
	int64_t ids[ARTICLES] = { 0 };
	(void)state;
	open_site(&s);
	for (int round = 0; round < ROUNDS; round++) {
		for (unsigned n = next_random(&s, 5) + 1; n > 0; n--)
			one_edit(&s, ids);
		follow(&s);
		if (round % 6 == 5) {
			struct str edited = contents(&s);
			assert_true(search_rebuild(s.search, NULL, NULL, &err));
			struct str rebuilt = contents(&s);
			assert_int_equal(edited.n, rebuilt.n);
			assert_memory_equal(edited.p, rebuilt.p, edited.n);
			assert_true(search_verify(s.search, &err));
			arena_reset(s.arena);
		}
	}
	close_site(&s);
}

/* ---- titles, marks ---- */

static const char *const TITLES[] = { "監視カメラの前を歩く前に", "パスワードを使い回さない",
	"VPNでできること、できないこと", "メールの暗号化をはじめる", "LibreOfficeでPDFに署名する",
	"スマートフォンと抗議活動", "人々のプライバシーを守る", "顔認識とは何か", "ヴァイオリン奏者のためのTor入門",
	"サーバーを自分で立てる", "情報源を読む（新聞とサイト）", "位置情報はどこへ行くのか", "Signal と WhatsApp の違い",
	"How to encrypt a disk", "Wi-Fiは誰のものか", "ブラウザーの指紋", "検閲を測る：OONI", "マイナンバーと医療",
	"C++とUTF-8", "職場の監視に備える" };
#define N_TITLES (sizeof TITLES / sizeof *TITLES)

static void fill_titles(struct site *s, int64_t ids[N_TITLES])
{
	for (size_t i = 0; i < N_TITLES; i++) {
		/* Each body speaks of all the others, so that only the title tells. */
		struct buf body = { 0 };
		for (size_t k = 0; k < N_TITLES; k++)
			buf_printf(&body, "%s\n\n", TITLES[(i + k + 1) % N_TITLES]);
		struct article a = { .lang = STR("ja"),
			.title = str_from(TITLES[i]),
			.body = buf_take(&body, s->arena),
			.status = ARTICLE_PUBLISHED };
		ids[i] = save(s, &a);
	}
	follow(s);
}

static bool among(const struct search_result *found, int64_t id)
{
	for (size_t i = 0; i < found->n_hits && i < 10; i++) {
		if (found->hits[i].article == id)
			return true;
	}
	return false;
}

static bool has_word(struct str s)
{
	struct str folded = s;
	for (size_t at = 0; at < folded.n;) {
		uint32_t cp = utf8_next(folded, &at);
		if ((cp | 32) >= 'a' && (cp | 32) <= 'z')
			return true;
		if (cp_is_han(cp) || cp_is_kana(cp) || (cp >= '0' && cp <= '9'))
			return true;
	}
	return false;
}

static size_t titles_with(struct str part, struct arena *arena)
{
	size_t n = 0;
	for (size_t i = 0; i < N_TITLES; i++)
		n += str_find(text_fold(str_from(TITLES[i]), arena), text_fold(part, arena)) >= 0;
	return n;
}

static void any_part_of_a_title_finds_it(void **state)
{
	struct site s;
	int64_t ids[N_TITLES];
	size_t asked = 0;
	(void)state;
	open_site(&s);
	fill_titles(&s, ids);
	for (size_t i = 0; i < N_TITLES; i++) {
		struct str title = str_from(TITLES[i]);
		struct arena *arena = s.arena;
		for (size_t from = 0; from < title.n; from = text_grapheme_end(title, from)) {
			size_t to = text_grapheme_end(title, text_grapheme_end(title, from));
			for (; to <= title.n; to = to < title.n ? text_grapheme_end(title, to) : title.n + 1) {
				struct str part = str_sub(title, from, to);
				/* A minus at the start leaves out what follows. */
				if (part.p[0] == '-' || utf8_count(str_trim(part)) < 2 || !has_word(part) ||
				    titles_with(part, arena) > 10)
					continue;
				struct search_result found = ask(&s, part, 10);
				asked++;
				if (!among(&found, ids[i]))
					fail_msg("\"%.*s\" does not find \"%s\"", (int)part.n, part.p, TITLES[i]);
				if (asked % 50 == 0)
					arena_reset(arena);
			}
		}
	}
	assert_true(asked > 500);
	close_site(&s);
}

/* Every mark holds a term of the question, and without the marks the text is the text. */
static void check_marks(struct site *s, struct str html, struct str query)
{
	struct text_tokens wanted, got;
	struct error err = { 0 };
	assert_true(text_tokenize(&wanted, query, STR("ja"), s->arena, &err));
	for (ptrdiff_t at; (at = str_find(html, STR("<mark>"))) >= 0;) {
		html = str_skip(html, (size_t)at + 6);
		ptrdiff_t end = str_find(html, STR("</mark>"));
		assert_true(end > 0);
		struct str marked = str_sub(html, 0, (size_t)end);
		bool known = false;
		assert_true(text_tokenize(&got, marked, STR("ja"), s->arena, &err));
		for (size_t i = 0; i < got.n; i++) {
			for (size_t k = 0; k < wanted.n; k++)
				known = known || str_eq(got.v[i].term, wanted.v[k].term);
		}
		if (!known)
			fail_msg("\"%.*s\" is marked for \"%.*s\"", (int)marked.n, marked.p, (int)query.n, query.p);
	}
}

static void what_is_marked_is_what_matched(void **state)
{
	struct site s;
	int64_t ids[N_TITLES];
	static const char *const queries[] = { "サーバ", "バイオリン", "ＶＰＮ", "監視 カメラ", "暗號化", "人人",
		"encrypted disks", "utf", "位置情報" };
	(void)state;
	open_site(&s);
	fill_titles(&s, ids);
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		struct search_result found = ask(&s, str_from(queries[i]), 10);
		assert_true(found.n_hits > 0);
		assert_true(str_find(found.hits[0].title_html, STR("<mark>")) >= 0);
		for (size_t k = 0; k < found.n_hits; k++) {
			check_marks(&s, found.hits[k].title_html, str_from(queries[i]));
			check_marks(&s, found.hits[k].snippet_html, str_from(queries[i]));
		}
	}
	struct search_result found = ask(&s, STR("サーバ"), 1);
	check_str(found.hits[0].title_html, "<mark>サーバー</mark>を自分で立てる");
	found = ask(&s, STR("バイオリン"), 1);
	check_str(found.hits[0].title_html, "<mark>ヴァイオリン</mark>奏者のためのTor入門");
	close_site(&s);
}

/* ---- operators ---- */

static int64_t add_category(struct site *s, const char *slug, const char *name, int64_t parent)
{
	struct error err = { 0 };
	struct category_name names = { STR("ja"), str_from(name), STR("") };
	struct category c = { .slug = str_from(slug), .parent = parent, .names = &names, .n_names = 1 };
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(category_save(tx, &c, NULL, s->arena, &err) && store_commit(tx, &err));
	return c.id;
}

static void operators_narrow(void **state)
{
	struct site s;
	static const struct {
		const char *query;
		size_t total;
	} cases[] = {
		{ "猫", 3 },
		{ "猫 -犬", 2 },
		{ "\"猫は庭\"", 1 },
		{ "猫 -\"猫は庭\"", 2 },
		{ "title:猫", 1 },
		{ "猫 lang:en", 0 },
		{ "猫 tag:動物", 1 },
		{ "猫 author:山田", 1 },
		{ "猫 after:2021", 1 },
		{ "猫 before:2021", 2 },
		{ "hous*", 1 },
		{ "犬 OR 鳥", 2 },
		{ "", 0 },
		{ "\"", 0 },
		{ "-", 0 },
		{ "OR", 0 },
		{ "title:", 0 },
		{ "猫 after:いつか", 3 },
		{ "未知の語", 0 },
		{ "tag:動物", 1 },
		{ "after:2021", 1 },
		{ "lang:ja", 3 },
		{ "猫 -lang:ja", 0 },
		{ "-lang:ja", 0 },
		{ "-lang:en", 3 },
		{ "猫 lang:ja lang:en", 3 },
		{ "猫 -tag:動物", 2 },
		{ "-tag:動物", 2 },
		{ "猫 －tag：動物", 2 },
		{ "猫 -author:山田", 2 },
		{ "猫 -author:\"山田 花子\"", 3 },
		{ "猫 author:山田 -tag:動物", 1 },
		{ "猫 -category:ない", 3 },
		{ "猫 category:ない", 0 },
		{ "猫 -after:2021", 2 },
		{ "猫 -before:2021", 1 },
		{ "猫 -title:猫", 2 },
		{ "猫 -title:\"猫の話\"", 2 },
		{ "猫 -nokey:犬", 3 },
		{ "猫 category:ペット", 2 },
		{ "猫 -category:ペット", 1 },
		{ "猫 category:ペット -category:犬の類", 1 },
		{ "-category:inu", 2 },
	};
	struct str tag = STR("動物");
	struct article all[] = {
		{ .title = STR("猫の話"),
		    .body = STR("猫は庭にいる。"),
		    .author = STR("山田花子"),
		    .published_at = 1577836800 },
		{ .title = STR("動物"), .body = STR("犬と猫。"), .tags = &tag, .n_tags = 1, .published_at = 1640995200 },
		{ .title = STR("鳥"), .body = STR("庭に猫が来た。A house."), .published_at = 1546300800 },
	};
	(void)state;
	open_site(&s);
	int64_t pets = add_category(&s, "pets", "ペット", 0), dogs = add_category(&s, "inu", "犬の類", pets);
	all[0].categories = &pets;
	all[1].categories = &dogs;
	all[0].n_categories = all[1].n_categories = 1;
	for (size_t i = 0; i < 3; i++) {
		all[i].lang = STR("ja");
		all[i].status = ARTICLE_PUBLISHED;
		save(&s, &all[i]);
	}
	follow(&s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct search_result found = ask(&s, str_from(cases[i].query), 10);
		if (found.total != cases[i].total)
			fail_msg("%s: %zu found, %zu wanted", cases[i].query, found.total, cases[i].total);
	}
	close_site(&s);
}

/* ---- what editors teach, and what is meant ---- */

static void save_synonym(struct site *s, const char *line)
{
	struct error err = { 0 };
	struct synonym synonym = { 0 };
	bool found;
	struct store_tx *tx = store_begin(s->store, &err);
	assert_true(synonym_parse(str_from(line), &synonym, &found, s->arena, &err) && found);
	assert_true(synonym_save(tx, &synonym, NULL, s->arena, &err) && store_commit(tx, &err));
	follow(s);
}

static void synonyms_find_and_count_as_whole(void **state)
{
	struct site s;
	int64_t ids[N_TITLES];
	(void)state;
	open_site(&s);
	fill_titles(&s, ids);
	assert_int_equal(ask(&s, STR("仮想専用線"), 10).n_hits, 0);
	save_synonym(&s, "VPN, 仮想専用線");
	struct search_result found = ask(&s, STR("仮想専用線"), 10);
	assert_true(found.n_hits > 0 && found.hits[0].article == ids[2] && !found.hits[0].relaxed);
	/* One way: who asks for the first finds the second, not the other way round. */
	save_synonym(&s, "防犯装置 => 監視カメラ");
	found = ask(&s, STR("防犯装置"), 10);
	assert_true(found.n_hits > 0 && found.hits[0].article == ids[0]);
	/* Of Latin words only whole ones. */
	save_synonym(&s, "art, 監視カメラ");
	assert_int_equal(ask(&s, STR("smartx"), 10).n_hits, 0);
	close_site(&s);
}

static void what_is_pinned_stands_first(void **state)
{
	struct site s;
	struct error err = { 0 };
	int64_t ids[N_TITLES];
	(void)state;
	open_site(&s);
	fill_titles(&s, ids);
	int64_t pinned[] = { ids[5], ids[9] };
	struct pin pin = { .query = STR("監視カメラ"), .articles = pinned, .n_articles = 2 };
	struct store_tx *tx = store_begin(s.store, &err);
	assert_true(pin_save(tx, &pin, s.arena, &err) && store_commit(tx, &err));
	struct search_result found = ask(&s, STR("監視カメラ"), 10);
	assert_true(found.n_hits > 2 && found.hits[0].article == ids[5] && found.hits[1].article == ids[9]);
	assert_true(found.hits[0].pinned && found.hits[1].pinned && !found.hits[2].pinned);
	for (size_t i = 2; i < found.n_hits; i++)
		assert_true(found.hits[i].article != ids[5] && found.hits[i].article != ids[9]);
	/* A question that finds nothing by itself. */
	pin.id = 0;
	pin.query = STR("qqqq");
	tx = store_begin(s.store, &err);
	assert_true(pin_save(tx, &pin, s.arena, &err) && store_commit(tx, &err));
	found = ask(&s, STR("qqqq"), 10);
	assert_true(found.n_hits == 2 && found.total == 2);
	close_site(&s);
}

static void a_mistake_gets_another_spelling(void **state)
{
	struct site s;
	int64_t ids[N_TITLES];
	(void)state;
	open_site(&s);
	fill_titles(&s, ids);
	struct search_result found = ask(&s, STR("encrpyt"), 10);
	check_str(found.did_you_mean, "encrypt");
	found = ask(&s, STR("encrypt"), 10);
	assert_int_equal(found.did_you_mean.n, 0);
	close_site(&s);
}

static void names_and_links_are_found_too(void **state)
{
	struct site s;
	(void)state;
	open_site(&s);
	struct article a = { .lang = STR("ja"),
		.slug = STR("tor"),
		.title = STR("匿名化の仕組み"),
		.other_title = STR("玉葱網入門"),
		.body = STR("本文"),
		.status = ARTICLE_PUBLISHED };
	int64_t id = save(&s, &a);
	follow(&s);
	assert_int_equal(ask(&s, STR("玉葱網"), 10).hits[0].article, id);
	assert_int_equal(ask(&s, STR("秘密通信"), 10).n_hits, 0);
	struct article b = { .lang = STR("ja"),
		.slug = STR("b"),
		.title = STR("別の記事"),
		.body = STR("詳しくは[秘密通信のしくみ](/articles/tor)へ。"),
		.status = ARTICLE_PUBLISHED };
	save(&s, &b);
	follow(&s);
	struct search_result found = ask(&s, STR("秘密通信のしくみ"), 10);
	assert_true(among(&found, id));
	/* The link goes: so does what it said. */
	b.body = STR("何も。");
	save(&s, &b);
	follow(&s);
	assert_int_equal(ask(&s, STR("秘密通信のしくみ"), 10).n_hits, 0);
	close_site(&s);
}

/* ---- care ---- */

static void damage_is_noticed_and_mended(void **state)
{
	struct site s;
	int64_t ids[N_TITLES];
	struct error err = { 0 };
	char path[160];
	(void)state;
	open_site(&s);
	fill_titles(&s, ids);
	search_close(s.search);
	/* Rubbish over a page in the middle. */
	snprintf(path, sizeof path, "%s/index-1.db", s.dir);
	FILE *f = fopen(path, "r+");
	assert_non_null(f);
	for (long at = 4096; at < 65536; at += 4096) {
		fseek(f, at, SEEK_SET);
		for (int i = 0; i < 4096; i++)
			fputc(0xA5, f);
	}
	fclose(f);
	s.search = search_open(s.index_path, s.store, &err);
	assert_non_null(s.search);
	search_verify(s.search, &err);
	follow(&s);
	assert_true(search_verify(s.search, &err));
	assert_true(ask(&s, STR("監視カメラ"), 10).n_hits > 0);
	/* Gone altogether, under a running search. */
	unlink(s.index_path);
	follow(&s);
	assert_true(ask(&s, STR("監視カメラ"), 10).n_hits > 0);
	close_site(&s);
}

static void another_process_may_swap(void **state)
{
	struct site s;
	int64_t ids[N_TITLES];
	struct error err = { 0 };
	(void)state;
	open_site(&s);
	fill_titles(&s, ids);
	struct search *other = search_open(s.index_path, s.store, &err);
	assert_non_null(other);
	assert_true(search_rebuild(other, NULL, NULL, &err));
	follow(&s);
	assert_true(ask(&s, STR("監視カメラ"), 10).n_hits > 0);
	struct article a = { .lang = STR("ja"), .title = STR("珍獣図鑑"), .body = STR("x"), .status = ARTICLE_PUBLISHED };
	save(&s, &a);
	assert_true(search_follow(other, NULL, &err));
	follow(&s);
	struct search_result found = ask(&s, STR("珍獣"), 10);
	assert_true(found.n_hits == 1 && found.hits[0].article == a.id);
	search_close(other);
	close_site(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_leave_what_a_rebuild_makes),
		cmocka_unit_test(any_part_of_a_title_finds_it),
		cmocka_unit_test(what_is_marked_is_what_matched),
		cmocka_unit_test(operators_narrow),
		cmocka_unit_test(synonyms_find_and_count_as_whole),
		cmocka_unit_test(what_is_pinned_stands_first),
		cmocka_unit_test(a_mistake_gets_another_spelling),
		cmocka_unit_test(names_and_links_are_found_too),
		cmocka_unit_test(damage_is_noticed_and_mended),
		cmocka_unit_test(another_process_may_swap),
	};
	return cmocka_run_group_tests_name("search/index", tests, NULL, NULL);
}
