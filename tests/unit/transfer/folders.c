#include "../unit.h"

#include "transfer/transfer.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole imports of small folders, made for each test. */

static char dir[64];
static struct store *store;
static struct arena *arena;
static struct import_summary sum;

static const char PNG[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

static void write_bytes(const char *name, struct str data)
{
	struct error err = { 0 };
	struct str path = arena_printf(arena, "%s/in/%s", dir, name), folder = path;
	while (folder.n && folder.p[folder.n - 1] != '/')
		folder.n--;
	assert_true(dir_make(arena_cstr(arena, str_sub(folder, 0, folder.n - 1)), &err));
	assert_true(file_write(path.p, data, &err));
}

static void put(const char *name, const char *text)
{
	write_bytes(name, str_from(text));
}

static void bring(bool html)
{
	struct import_options options = { 0 };
	struct error err = { 0 };
	struct str in = arena_printf(arena, "%s/in", dir);
	bool ok = (html ? import_html : import_markdown)(store, in.p, &options, &sum, arena, &err);
	if (!ok)
		print_error("%s\n", err.message);
	assert_true(ok);
}

static struct article article(const char *key)
{
	struct article a;
	struct error err = { 0 };
	struct store_tx *tx = store_begin(store, &err);
	assert_non_null(tx);
	bool found = article_by_import_key(tx, str_from(key), &a, arena, &err);
	store_rollback(tx);
	if (!found)
		print_error("there is no %s\n", key);
	assert_true(found);
	return a;
}

static void check_body(const char *key, const char *want)
{
	check_str(str_trim(article(key).body), want);
}

static bool leads(const char *from, const char *key)
{
	struct redirect r;
	struct error err = { 0 };
	return redirect_find(store, str_from(from), &r, arena, &err) && r.article == article(key).id;
}

static const char *category_of(const char *key)
{
	struct category *c;
	size_t n;
	struct error err = { 0 };
	assert_true(category_of_article(store, article(key).id, &c, &n, arena, &err));
	return n ? category_name_in(&c[0], STR("ja"), STR("ja"))->name.p : "";
}

static void again_changes_nothing(bool html)
{
	size_t n = sum.new_articles;
	bring(html);
	assert_int_equal(sum.same_articles, n);
	assert_int_equal(sum.new_articles + sum.changed_articles + sum.categories + sum.redirects + sum.media, 0);
}

static void hugos_site_comes_in(void **state)
{
	(void)state;
	put("content/guides/_index.md", "+++\ntitle = '手引き'\ndescription = '説明'\n+++\n");
	put("content/guides/vpn.md",
	    "+++\ntitle = 'VPN'\naliases = ['/old/vpn/', 'older']\n+++\n"
	    "[束]({{< ref \"bundle\" >}}#b) [束]({{< relref \"/guides/bundle#a\" >}}) [束](bundle/index.md#c) [外](https://x.example/y.md)\n"
	    "{{< figure src=\"/img/a.png\" caption=\"図\" >}} {{% notice %}}中{{% /notice %}} {{</* raw */>}} `{{< code >}}`\n");
	put("content/guides/bundle/index.md",
	    "{\"title\": \"束\"}\n![絵](pic.png \"題\") [![絵](<pic.png>)](../vpn.md#x)\n\n<img src=\"pic.png\">\n\n[r]: ../vpn.md\n");
	put("content/guides/a.ja.md", "---\ntitle: 甲\n---\n本文");
	put("content/guides/a.en.md", "---\ntitle: A\n---\ntext");
	put("content/en/keys/k.md", "---\ntitle: Keys\n---\ntext");
	put("content/ja/keys/k.md", "---\ntitle: 鍵\n---\n本文");
	write_bytes("static/img/a.png", str_of(PNG, sizeof PNG - 1));
	write_bytes("content/guides/bundle/pic.png", str_of(PNG, sizeof PNG - 1));
	bring(false);
	assert_int_equal(sum.new_articles, 6);
	assert_int_equal(sum.n_problems, 0);
	assert_int_equal(sum.shortcodes_dropped, 1);
	struct article bundle = article("md:content/guides/bundle/index.md");
	check_str(bundle.slug, "bundle");
	ptrdiff_t media = str_find(bundle.body, STR("/media/"));
	assert_true(media > 0);
	struct str address = str_sub(bundle.body, (size_t)media, (size_t)media + 46);
	check_body("md:content/guides/vpn.md",
	    arena_printf(arena,
	        "[束](/content/guides/bundle/index.md#b) [束](/content/guides/bundle/index.md#a) "
	        "[束](/content/guides/bundle/index.md#c) [外](https://x.example/y.md)\n![図](%.*spic.png \"図\") 中 {{< raw >}} `{{< code >}}`",
	        (int)(address.n - 6), address.p)
	        .p);
	assert_true(str_find(bundle.body, STR("](/content/guides/vpn.md#x)")) > 0 &&
	            str_find(bundle.body, STR("[r]: /content/guides/vpn.md")) > 0);
	assert_true(str_find(bundle.body, STR("<img src=\"/media/")) > 0);
	assert_string_equal(category_of("md:content/guides/bundle/index.md"), "手引き");
	assert_string_equal(category_of("md:content/ja/keys/k.md"), "keys");
	assert_true(leads("/old/vpn", "md:content/guides/vpn.md") && leads("/guides/older", "md:content/guides/vpn.md"));
	assert_true(leads("/guides/vpn", "md:content/guides/vpn.md") &&
	            leads("/guides/bundle", "md:content/guides/bundle/index.md"));
	assert_int_equal(article("md:content/guides/a.ja.md").group_id, article("md:content/guides/a.en.md").group_id);
	assert_int_equal(article("md:content/ja/keys/k.md").group_id, article("md:content/en/keys/k.md").group_id);
	check_str(article("md:content/en/keys/k.md").lang, "en");
	again_changes_nothing(false);
}

static void jekylls_site_comes_in(void **state)
{
	(void)state;
	put("_posts/2023-01-02-hello.md",
	    "---\ntitle: Hello\npermalink: /hello/\nlang: en\n---\n[n]({% post_url 2023-01-03-next %}) [u]({{ site.baseurl }}/x) {{ page.title }}\n"
	    "{% highlight ruby linenos %}\nputs \"{% x %}\"\n{% endhighlight %}\n{% raw %}{{ keep }}{% endraw %}{% include a.html %}\n{: .note}\n");
	put("_posts/2023-01-03-next.md", "---\ntitle: Next\npublished: false\nlang: en\n---\nx");
	bring(false);
	check_body("md:_posts/2023-01-02-hello.md",
	    "[n](/_posts/2023-01-03-next.md) [u](/x) {{ page.title }}\n```ruby\nputs \"{% x %}\"\n```\n{{ keep }}");
	assert_true(leads("/2023/01/02/hello.html", "md:_posts/2023-01-02-hello.md") &&
	            leads("/hello", "md:_posts/2023-01-02-hello.md"));
	assert_int_equal(article("md:_posts/2023-01-03-next.md").status, ARTICLE_DRAFT);
	struct civil day = civil_from_unix(article("md:_posts/2023-01-02-hello.md").published_at + 9 * 3600);
	assert_true(day.year == 2023 && day.month == 1 && day.day == 2);
	check_str(article("md:_posts/2023-01-02-hello.md").slug, "hello");
	again_changes_nothing(false);
}

static void zenns_and_qiitas_articles_come_in(void **state)
{
	(void)state;
	put("articles/z.md",
	    "---\ntitle: Z\ntopics: [a]\npublished_at: 2024-02-03 10:00\n---\n:::message alert\n注意\n:::\n\n:::details 開く\n中\n:::\n\n"
	    "```js:app.js\n:::message\n```\n![](/images/a.png =250x)\n*図の説明*\n\n@[youtube](abc)\n");
	put("public/q.md", "---\ntitle: Q\nprivate: true\n---\n:::note warn\n警告\n:::\n:::unknown\n中\n:::\n");
	write_bytes("images/a.png", str_of(PNG, sizeof PNG - 1));
	bring(false);
	struct str body = article("md:articles/z.md").body;
	const char *parts[] = { "> 注意\n", "<details><summary>開く</summary>\n\n中\n\n</details>\n",
		"```js:app.js\n:::message\n```\n", "/a.png \"図の説明\")", "<https://www.youtube.com/watch?v=abc>" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (str_find(body, str_from(parts[i])) < 0)
			print_error("%s\n", body.p);
		assert_true(str_find(body, str_from(parts[i])) >= 0);
	}
	check_body("md:public/q.md", "> 警告\n\n\n中");
	assert_int_equal(article("md:public/q.md").status, ARTICLE_PRIVATE);
	assert_int_equal(sum.shortcodes_dropped, 1);
	again_changes_nothing(false);
}

static void faults_are_listed_and_the_rest_comes_in(void **state)
{
	(void)state;
	put("bad.md", "---\ntitle: [\n---\nx");
	put("good.md", "# 題\n\n日本語の本文です。![絵](none.png)\n");
	put("when.md", "---\ntitle: T\ndate: yesterday\nstatus: odd\n---\nx");
	put("later.md", "---\ntitle: L\ndate: 2999-01-01\n---\nx");
	bring(false);
	assert_int_equal(sum.new_articles, 3);
	const char *wanted[][2] = { { "bad.md", "front matter, line 3" }, { "good.md", "could not be read: none.png" },
		{ "when.md", "yesterday" }, { "when.md", "odd" } };
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		bool found = false;
		for (size_t k = 0; k < sum.n_problems; k++)
			found = found || (str_eq(sum.problems[k].where, str_from(wanted[i][0])) &&
			                     str_find(sum.problems[k].what, str_from(wanted[i][1])) >= 0);
		assert_true(found);
	}
	check_str(article("md:good.md").title, "題");
	assert_int_equal(article("md:later.md").status, ARTICLE_SCHEDULED);
}

static void a_static_site_comes_in(void **state)
{
	(void)state;
	put("index.html", "<title>表紙</title><body><p>表紙の文です。</p><a href=\"sub/\">下</a>");
	put("sub/index.html",
	    "<html lang=ja><title>下 | サイト</title><meta property=og:site_name content=サイト><meta name=author content=甲><meta name=description content=要約>"
	    "<meta name=keywords content=\"a, b、c\"><meta name=date content=2024-05-01><nav>案内</nav><article><h1>下の題</h1><header>見出し文</header>"
	    "<p>本文<a href=\"page.htm#x\">頁</a><a href=\"../index.html\">上</a><a href=https://x.example/>外</a></p><img src=a.png alt=絵><footer>足</footer></article>");
	put("sub/page.htm",
	    "<html lang=ja><base href=\"../\"><title>頁</title><body><div class=navbar>案内 案内</div><div id=c><h2 id=x>頁</h2><p>とても長い本文がここにあります。</p><p>まだ続く本文です。</p>"
	    "<a href=\"sub/index.html\">下</a><img src=\"sub/a.png\"></div><div><a href=x>リンク</a></div>");
	write_bytes("sub/old.html",
	    STR("<html><meta charset=Shift_JIS><title>\x8C\xC3\x82\xA2</title><body><p>\x8C\xC3\x82\xA2\x95\xB6\x8F\xCD\x82\xC5\x82\xB7\xFF</p>"));
	write_bytes("sub/a.png", str_of(PNG, sizeof PNG - 1));
	bring(true);
	assert_int_equal(sum.new_articles, 4);
	assert_int_equal(sum.media, 1); /* two pages show it */
	struct article sub = article("html:sub/index.html"), page = article("html:sub/page.htm"),
	               old = article("html:sub/old.html");
	check_str(sub.title, "下の題");
	check_str(sub.author, "甲");
	check_str(sub.summary, "要約");
	assert_int_equal(sub.n_tags, 3);
	assert_int_equal(civil_from_unix(sub.published_at + 9 * 3600).month, 5);
	assert_true(str_find(sub.body, STR("見出し文")) >= 0 && str_find(sub.body, STR("足")) < 0 &&
	            str_find(sub.body, STR("下の題")) < 0);
	assert_true(
	    str_find(sub.body, STR("href=\"/sub/page.htm#x\"")) > 0 && str_find(sub.body, STR("href=\"/index.html\"")) > 0);
	assert_true(str_find(sub.body, STR("<img src=\"/media/")) > 0);
	check_str(page.title, "頁");
	assert_true(str_find(page.body, STR("案内")) < 0 && str_find(page.body, STR("リンク")) < 0);
	assert_true(
	    str_find(page.body, STR("href=\"/sub/index.html\"")) > 0 && str_find(page.body, STR("src=\"/media/")) > 0);
	check_str(old.title, "古い");
	assert_true(str_find(old.body, STR("古い文章です�")) > 0);
	assert_int_equal(sum.n_problems, 1);
	check_str(sum.problems[0].where, "sub/old.html");
	assert_true(leads("/sub", "html:sub/index.html") && leads("/sub/page.htm", "html:sub/page.htm"));
	assert_string_equal(category_of("html:sub/page.htm"), "sub");
	assert_string_equal(category_of("html:index.html"), "");
	again_changes_nothing(true);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *ftw)
{
	(void)info;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int set_up(void **state)
{
	(void)state;
	struct error err = { 0 };
	snprintf(dir, sizeof dir, "/tmp/kairan-folders-XXXXXX");
	arena = arena_new();
	if (!arena || !mkdtemp(dir))
		return 1;
	store = store_open(arena_printf(arena, "%s/site.db", dir).p, true, &err);
	return store ? 0 : 1;
}

static int tear_down(void **state)
{
	(void)state;
	store_close(store);
	arena_free(arena);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hugos_site_comes_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(jekylls_site_comes_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(zenns_and_qiitas_articles_come_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(faults_are_listed_and_the_rest_comes_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_static_site_comes_in, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("transfer/folders", tests, NULL, NULL);
}
