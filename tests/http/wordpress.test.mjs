/* The import of WordPress exports through the real program: what comes in, what it becomes, and what a second run does. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { site, start, shared } from "../lib/kairan.mjs";
import { base, category, tag, term, wxr } from "../lib/wxr.mjs";

function withSite(run) {
  return async () => {
    const s = site();
    s.import = (xml, ...options) => {
      const file = join(s.dir, "export.xml");
      if (xml !== undefined) writeFileSync(file, xml);
      return JSON.parse(s.run("import", "wordpress", "--json", ...options, file));
    };
    s.articles = () => JSON.parse(s.run("article", "list", "--json"));
    s.categories = () => JSON.parse(s.run("category", "list", "--json"));
    s.serve = async (use) => {
      const running = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
      try {
        await use({
          page: async (path) => (await fetch(running.url + path)).text(),
          leads: async (path) => {
            const r = await fetch(running.url + path, { redirect: "manual" });
            return r.status === 301 ? decodeURI(r.headers.get("location")) : r.status;
          },
        });
      } finally {
        await running.stop();
      }
    };
    try {
      await run(s);
    } finally {
      s.remove();
    }
  };
}

/* 1 × 1 pixel. */
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

for (const [file, count] of [["special.xml", 128], ["small.xml", 131]]) {
  const exported = join(shared, "wordpress", file);
  test(`every item of a real export arrives as an independent reader sees it: ${file}`, { skip: !existsSync(exported) && "no export to be had" }, withSite(async (s) => {
    const first = JSON.parse(s.run("import", "wordpress", "--json", exported));
    assert.equal(first.articles.new, count);
    const again = JSON.parse(s.run("import", "wordpress", "--json", exported));
    assert.deepEqual(again.articles, { new: 0, changed: 0, same: count });
    assert.equal(again.redirects + again.categories, 0);
    assert.match(s.run("check"), /sound/);
    const out = execFileSync("python3", ["tests/http/wordpress_compare.py", exported], {
      encoding: "utf8", input: JSON.stringify({ articles: s.articles(), categories: s.categories(),
        inside: Object.fromEntries(s.categories().map((c) => [c.slug, JSON.parse(s.run("article", "list", "--json", "--category", c.slug)).map((a) => a.source)])) }) });
    assert.match(out, /^same: [1-9]/);
  }));
}

test("the difficult posts of a real export", { skip: !existsSync(join(shared, "wordpress", "special.xml")) && "no export to be had" }, withSite(async (s) => {
  const sum = JSON.parse(s.run("import", "wordpress", "--json", join(shared, "wordpress", "special.xml")));
  assert.equal(sum.comments_left_out, 3);
  const status = (title) => s.articles().find((a) => a.title.startsWith(title)).status;
  assert.equal(status("パスワード保護"), "private");
  assert.equal(status("下書き一"), "draft");
  assert.equal(status("予約投稿一"), "scheduled");
  assert.ok(s.articles().some((a) => a.title === "CDATA終端 ]]> を含む題名と本文 & <タグ>"));
  assert.ok(s.articles().some((a) => a.title === "題名のない記事"));
  assert.ok(sum.problems.some((p) => p.where === "ゴミ箱の記事"));
  const found = JSON.parse(s.run("search", "--json", "ひみつ"));
  assert.ok(!found.hits.some((h) => /下書き|非公開|予約/.test(h.title)));
  await s.serve(async ({ leads }) => assert.match(await leads("/?p=3377"), /^\/articles\//));
}));

test("categories: descriptions, parents that come later, plug-ins' taxonomies, terms that stand on items alone", withSite(async (s) => {
  const channel = category(2, "kid", "Kid", "mum") + category(1, "mum", "Mum &amp; co", "", "About <b>mum</b>") +
    term(3, "doc_category", "inner", "Inner", "outer") + term(4, "doc_category", "outer", "Outer") + term(5, "location", "x", "X") + tag(6, "t", "Tag &amp; tag");
  const sum = s.import(wxr([
    { id: 1, terms: [["category", "kid", "Kid"], ["post_tag", "t", "Tag &amp; tag"], ["location", "x"]] },
    { id: 2, type: "docs", terms: [["doc_category", "inner", "Inner"]] },
    { id: 3, type: "epkb_post_type_1", terms: [["epkb_post_type_1_category", "%e6%97%a5", "日"]] },
    { id: 4, type: "ht_kb", terms: [["ht_kb_category", "h", "H"]] },
    { id: 5, type: "knowledgebase", terms: [["knowledgebase_cat", "k", "K"]] },
    { id: 6, type: "faq" }, { id: 7, type: "faq" },
  ], channel));
  const list = s.categories().map((c) => [c.name, c.slug, c.parent, c.articles]);
  assert.deepEqual(list.sort(), [["H", "h", null, 1], ["Inner", "inner", "outer", 1], ["K", "k", null, 1], ["Kid", "kid", "mum", 1],
    ["Mum & co", "mum", null, 1], ["Outer", "outer", null, 1], ["日", "日", null, 1]].sort());
  assert.ok(sum.problems.some((p) => p.where === "location"));
  assert.match(sum.problems.find((p) => p.where === "faq").what, /--type.*2 times/);
  assert.equal(s.import(undefined, "--type", "faq").articles.new, 2);
  await s.serve(async ({ leads, page }) => {
    assert.equal(await leads("/category/mum/kid/"), "/categories/kid");
    assert.equal(await leads("/category/kid"), "/categories/kid");
    assert.equal(await leads("/?cat=2"), "/categories/kid");
    assert.equal(await leads("/doc_category/outer/inner/"), "/categories/inner");
    assert.equal(await leads("/category/kid/feed/"), "/categories/kid/feed.atom");
    assert.equal(await leads("/feed/"), "/feed.atom");
    assert.equal(await leads("/tag/t/"), "/tags/Tag %26 tag");
    assert.match(await page("/categories/mum"), /About mum/);
  });
}));

test("the documents of weDocs, which stand below each other, become categories", withSite(async (s) => {
  const items = [{ id: 3, type: "docs", parent: 2, title: "Page" }, { id: 2, type: "docs", parent: 1, title: "Section" }, { id: 1, type: "docs", title: "Manual" },
    { id: 4, type: "docs", parent: 1, title: "Tagged", terms: [["doc_category", "own", "Own"]] }, { id: 5, type: "docs", parent: 99, title: "Lost" },
    { id: 6, type: "docs", title: "Second" }, { id: 7, type: "docs", parent: 6, title: "Section" }, { id: 8, type: "docs", parent: 7, title: "Its page" }];
  s.import(wxr(items));
  assert.deepEqual(s.categories().map((c) => [c.name, c.parent, c.articles]).sort(), [["Manual", null, 3], ["Own", null, 1], ["Second", null, 3], ["Section", "manual", 2], ["Section", "second", 2]]);
  const again = s.import();
  assert.deepEqual([again.articles.same, again.categories], [8, 0]);
}));

test("the earliest exports: terms written twice, parents by name, no addresses of the site", withSite(async (s) => {
  s.import(`<rss version="2.0"><channel><link>http://old.example</link>
<wp:category><wp:category_nicename>b</wp:category_nicename><wp:category_parent>A name</wp:category_parent><wp:cat_name>B</wp:cat_name></wp:category>
<wp:category><wp:category_nicename>a</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name>A name</wp:cat_name></wp:category>
<item><title>T</title><link>http://old.example/2008/01/t/</link><dc:creator>admin</dc:creator><category>B</category><category domain="category" nicename="b">B</category>
<category domain="tag">x</category><category domain="tag" nicename="x">x</category><category>Alone</category><content:encoded>a</content:encoded>
<wp:post_id>3</wp:post_id><wp:post_date>2008-01-01 00:00:00</wp:post_date><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>`);
  assert.deepEqual(s.categories().map((c) => [c.name, c.parent, c.articles]).sort(), [["A name", null, 1], ["Alone", null, 1], ["B", "a", 1]]);
  assert.equal(s.import().articles.same, 1);
}));

test("links between articles, also to later ones, lead to today's addresses; old addresses redirect for good", withSite(async (s) => {
  const link = (to) => `<p><a href="${to}">x</a></p>`;
  const sum = s.import(wxr([
    { id: 1, content: [`${base}/slug-2/`, "http://www.old.example/?p=2#part", "/slug-2/?utm=1", `${base}/category/c/`, `${base}/?page_id=3`, `${base}/?attachment_id=9`, `${base}/gone/`,
      `${base}/wp-content/uploads/a.pdf`, "https://other.example/slug-2/", `${base}//slug-3/`, `${base}/`].map(link).join("\n"), terms: [["category", "c", "C"]], name: "%e6%97%a5%e6%9c%ac" },
    { id: 2, meta: { _wp_old_slug: "older" } }, { id: 3, type: "page", name: "seite", link: `${base}/eltern/seite/` },
    { id: 9, type: "attachment", status: "inherit", parent: 2, attachment: `${base}/wp-content/uploads/x.png`, name: "x", link: `${base}/slug-2/x/` },
  ]));
  const gone = sum.problems.filter((p) => /leads nowhere/.test(p.what));
  assert.deepEqual(gone.map((p) => p.what), ["a link to the old site leads nowhere: /gone/", "a link to the old site leads nowhere: /slug-3/"]);
  assert.ok(sum.problems.some((p) => /a linked file stays.*a\.pdf/.test(p.what)));
  assert.equal(sum.attachments, 1);
  const two = s.articles().find((a) => a.title === "Title 2");
  await s.serve(async ({ page, leads }) => {
    const html = await page("/articles/" + encodeURI("日本"));
    const here = [...html.matchAll(/<a href="([^"]*)"[^>]*>x<\/a>/g)].map((m) => m[1]);
    assert.deepEqual(here, ["/articles/slug-2", "/articles/slug-2#part", "/articles/slug-2", "/categories/c", "/articles/seite", "/articles/slug-2", "/gone/",
      `${base}/wp-content/uploads/a.pdf`, "https://other.example/slug-2/", "/slug-3/", "/"]);
    for (const old of ["/slug-2/", "/slug-2", "/?p=2", "/?p=2&preview=true", "/older/", "/slug-2/x/", "/?attachment_id=9", "/slug-2/?replytocom=4"])
      assert.equal(await leads(old), "/articles/slug-2", old);
    assert.equal(await leads("/eltern/seite/"), "/articles/seite");
    assert.equal(await leads("/?page_id=3"), "/articles/seite");
    assert.equal(await leads("/%e6%97%a5%e6%9c%ac/"), "/articles/日本");
  });
  /* The old form still leads there after the slug has changed. */
  s.import(wxr([{ id: 2, name: "renamed" }]));
  assert.equal(s.articles().find((a) => a.id === two.id).slug, "renamed");
  await s.serve(async ({ leads }) => {
    assert.equal(await leads("/slug-2/"), "/articles/renamed");
    assert.equal(await leads("/articles/slug-2"), "/articles/renamed");
  });
}));

test("a second run leaves no change in the feed, an edited export changes only what differs, edits made here stay", withSite(async (s) => {
  const items = [1, 2, 3, 4].map((id) => ({ id, content: `body ${id} <a href="${base}/slug-${5 - id}/">x</a>`, terms: [["category", `c${id % 2}`, `C${id % 2}`], ["post_tag", "t"]] }));
  const changes = () => execFileSync("python3", ["-c", "import sqlite3,sys;print(sqlite3.connect(sys.argv[1]).execute('select coalesce(max(seq),0) from change').fetchone()[0])", join(s.dir, "data", "kairan.db")], { encoding: "utf8" }).trim();
  assert.equal(s.import(wxr(items, category(1, "c1", "C1"))).articles.new, 4);
  const before = changes();
  assert.deepEqual(s.import().articles, { new: 0, changed: 0, same: 4 });
  assert.equal(changes(), before);
  s.run("article", "archive", String(s.articles().find((a) => a.title === "Title 1").id));
  items[1] = { ...items[1], title: "Edited", modified: "2021-01-01 00:00:00" };
  assert.deepEqual(s.import(wxr(items, category(1, "c1", "C1, renamed"))).articles, { new: 0, changed: 1, same: 3 });
  assert.deepEqual(s.articles().map((a) => a.title).sort(), ["Edited", "Title 1", "Title 3", "Title 4"]);
  assert.equal(s.articles().find((a) => a.title === "Title 1").status, "archived");
  assert.ok(s.categories().some((c) => c.name === "C1, renamed"));
  assert.match(s.run("check"), /sound/);
}));

test("statuses, dates without Greenwich's, duplicate slugs, long and missing titles", withSite(async (s) => {
  const sum = s.import(wxr([
    { id: 1, date: "2024-05-01 09:00:00", gmt: "2024-05-01 00:00:00", name: "same", password: "p" },
    { id: 2, date: "2024-05-02 09:00:00", gmt: "0000-00-00 00:00:00", name: "same" },
    { id: 3, status: "draft", gmt: "0000-00-00 00:00:00", name: "", link: `${base}/?p=3` },
    { id: 4, status: "future", date: "2099-01-01 09:00:00", gmt: "2099-01-01 00:00:00" },
    { id: 5, status: "pending" }, { id: 6, status: "trash", title: "Thrown" }, { id: 7, title: "", content: "First words." }, { id: 8, title: "" },
    { id: 9, title: "長".repeat(1500) }, { id: 10, title: "A &amp; B &#8217;" }, { id: 11, sticky: 1, creator: "someone" },
  ]));
  const of = (id) => s.articles().find((a) => a.title === `Title ${id}`);
  assert.equal(of(1).status, "private");
  assert.equal(of(2).published, "2024-05-02T00:00:00Z");
  assert.equal(of(2).slug, "same-2");
  assert.equal(of(3).published, null);
  assert.equal(of(4).status, "scheduled");
  assert.equal(of(5).status, "review");
  assert.ok(!s.articles().some((a) => a.title === "Thrown") && sum.problems.some((p) => p.where === "Thrown"));
  assert.ok(s.articles().some((a) => a.title === "First words."));
  assert.ok(s.articles().some((a) => a.title === "無題" || a.title === "Untitled"));
  assert.ok(s.articles().some((a) => a.title.startsWith("長長") && Buffer.byteLength(a.title) <= 4096));
  assert.ok(s.articles().some((a) => a.title === "A & B ’"));
  assert.equal(s.import().articles.same, 10);
}));

test("images, galleries, featured images and alternative texts from a copy of the uploads", withSite(async (s) => {
  const uploads = join(s.dir, "uploads", "2020", "05");
  mkdirSync(uploads, { recursive: true });
  const one = Buffer.concat([png, Buffer.from([1])]), two = Buffer.concat([png, Buffer.from([2])]);
  writeFileSync(join(uploads, "写真.png"), png);
  writeFileSync(join(uploads, "a.png"), one);
  writeFileSync(join(uploads, "b.png"), two);
  const at = (id, name, extra = {}) => ({ id, type: "attachment", status: "inherit", title: name, attachment: `${base}/wp-content/uploads/2020/05/${encodeURI(name)}`, meta: { _wp_attached_file: `2020/05/${name}`, ...extra.meta }, ...{ excerpt: extra.caption ?? "" } });
  const items = [
    { id: 1, content: `[gallery ids="11,12,99"]\n\n<img class="wp-image-10" src="${base}/wp-content/uploads/2020/05/%E5%86%99%E7%9C%9F-300x169.png" alt="">`, meta: { _thumbnail_id: "12" } },
    { id: 2, content: "words", meta: { _thumbnail_id: "12" } },
    { id: 3, content: `<img src="${base}/wp-content/uploads/2020/05/none.png" alt="lost"> <img src="/wp-content/uploads/../../../../etc/passwd.png">` },
    at(10, "写真.png", { meta: { _wp_attachment_image_alt: "写真の説明" } }), at(11, "a.png", { caption: "Caption <em>a</em>" }), at(12, "b.png", { meta: { _wp_attachment_image_alt: "B" } }),
  ];
  const sum = s.import(wxr(items), "--uploads", join(s.dir, "uploads"));
  assert.equal(sum.attachments, 3);
  assert.ok(sum.problems.some((p) => /not in the export: 99/.test(p.what)));
  assert.ok(sum.problems.some((p) => /the image is not there.*none\.png/.test(p.what)));
  await s.serve(async ({ page }) => {
    const first = await page("/articles/slug-1"), second = await page("/articles/slug-2"), third = await page("/articles/slug-3");
    assert.equal(first.match(/<img [^>]*src="\/media\//g).length, 3);
    assert.match(first, /alt="写真の説明"/);
    assert.match(first, /<figcaption>Caption <em>a<\/em><\/figcaption>/);
    assert.match(second, /<figure><img [^>]*alt="B"/);
    assert.ok(!third.replace(/<header[\s\S]*?<\/header>/, "").includes("<img"));
    assert.ok(third.includes(">lost</a>"));
  });
  assert.deepEqual(s.import(undefined, "--uploads", join(s.dir, "uploads")).articles, { new: 0, changed: 0, same: 3 });
}));

test("translations as Polylang and WPML export them", withSite(async (s) => {
  const channel = category(21, "mail", "メール") + category(22, "mail-en", "Mail") + term(30, "term_translations", "pll_1", "pll_1", "", 'a:2:{s:2:"ja";i:21;s:2:"en";i:22;}');
  const pll = (lang) => [["language", lang], ["post_translations", "pll_9"], ["category", lang === "ja" ? "mail" : "mail-en", "x"]];
  s.import(wxr([
    { id: 1, terms: pll("en"), content: "Hello there, this is English." }, { id: 2, terms: pll("ja"), content: "こんにちは" }, { id: 3, terms: pll("ja"), content: "また" },
    { id: 4, meta: { _wpml_import_language_code: "de", _wpml_import_translation_group: "7" } }, { id: 5, meta: { _wpml_import_language_code: "ja", _wpml_import_translation_group: "7" } },
  ], channel));
  const lang = Object.fromEntries(s.articles().map((a) => [a.title, a.lang]));
  assert.deepEqual([1, 2, 3, 4, 5].map((id) => lang[`Title ${id}`]), ["en", "ja", "ja", "de", "ja"]);
  assert.deepEqual(s.categories().map((c) => [c.name, c.articles]), [["メール", 2]]);
  await s.serve(async ({ page }) => {
    assert.match(await page("/articles/slug-2"), /\/en\/articles\/slug-1/);
    assert.match(await page("/en/categories/mail"), /<h1[^>]*>Mail/);
  });
  assert.deepEqual(s.import().articles, { new: 0, changed: 0, same: 5 });
}));

test("a translator's preface and the original are set apart where the text names them", withSite(async (s) => {
  s.import(wxr([{ id: 1, content: `(訳者前書き)以下は翻訳です。\n\n本文です。\n\n原文：<a href="https://e.example/o">The original</a>` }]));
  await s.serve(async ({ page }) => {
    const html = await page("/articles/slug-1");
    assert.ok(html.includes("以下は翻訳です。") && !html.includes("(訳者前書き)"));
    assert.match(html, /href="https:\/\/e\.example\/o"[^>]*>[^<]*The original/);
  });
}));

test("a gzip export, and a blog in a folder of its host", withSite(async (s) => {
  const xml = wxr([{ id: 1, link: `${base}/blog/a/`, content: `<a href="${base}/blog/?p=2">x</a> <a href="${base}/shop/">y</a>` }, { id: 2, link: `${base}/blog/b/` }])
    .replace(`<wp:base_blog_url>${base}<`, `<wp:base_blog_url>${base}/blog<`);
  s.import(gzipSync(xml));
  await s.serve(async ({ page, leads }) => {
    assert.equal(await leads("/blog/a/"), "/articles/slug-1");
    assert.equal(await leads("/blog/?p=2"), "/articles/slug-2");
    const html = await page("/articles/slug-1");
    assert.match(html, /<a href="\/articles\/slug-2">x/);
    assert.match(html, new RegExp(`<a href="${base}/shop/"`));
  });
}));
