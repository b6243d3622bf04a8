/* Imports through the real program, on real exports where they are to be had. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { site } from "../lib/kairan.mjs";

test("a folder of Markdown and a folder of HTML come in", () => {
	const s = site();
	const dir = mkdtempSync(join(tmpdir(), "kairan-import-"));
	mkdirSync(join(dir, "md", "ガイド"), { recursive: true });
	mkdirSync(join(dir, "html"), { recursive: true });
	writeFileSync(join(dir, "md", "ガイド", "鍵.ja.md"), "---\ntitle: 鍵の話\ndate: 2024-05-01\ntags: [鍵]\naliases: [/old/key]\n---\n本文です。\n");
	writeFileSync(join(dir, "md", "ガイド", "鍵.en.md"), "---\ntitle: About keys\n---\nThe text of it is this.\n");
	writeFileSync(join(dir, "md", "bad.md"), "---\ntitle: [\n---\nx");
	writeFileSync(join(dir, "html", "a.html"), '<html lang="ja"><title>甲 | サイト</title><body><nav>x</nav><main><h1>甲のページ</h1><p>本文</p></main></body></html>');
	try {
		const md = JSON.parse(s.run("import", "markdown", "--json", join(dir, "md")));
		assert.equal(md.articles.new, 2);
		assert.equal(md.problems.length, 1);
		assert.equal(md.problems[0].where, "bad.md");
		const html = JSON.parse(s.run("import", "html", "--json", join(dir, "html")));
		assert.equal(html.articles.new, 1);
		const categories = JSON.parse(s.run("category", "list", "--json"));
		assert.deepEqual(categories.map((c) => [c.name, c.articles]), [["ガイド", 1]]);
		const found = JSON.parse(s.run("search", "--json", "甲のページ"));
		assert.equal(found.hits[0].source, "a.html");
		const again = JSON.parse(s.run("import", "markdown", "--json", join(dir, "md")));
		assert.equal(again.articles.same, 2);
	} finally {
		s.remove();
	}
});

test("categories.yaml gives order, names and parents; a fault names its line and changes nothing", () => {
	const s = site(), dir = mkdtempSync(join(tmpdir(), "kairan-categories-"));
	const list = () => JSON.parse(s.run("category", "list", "--json"));
	const bring = (yaml) => { writeFileSync(join(dir, "categories.yaml"), yaml); return JSON.parse(s.run("import", "markdown", "--json", dir)); };
	try {
		writeFileSync(join(dir, "a.ja.md"), "---\ntitle: A\ncategories: [メール]\n---\n本文です。\n");
		const good = "- slug: tools\n  name: 道具\n- slug: mail\n  parent: tools\n  name: {ja: メール, en: Mail}\n  description: {en: Letters}\n";
		assert.equal(bring(good).categories, 2);
		const want = [{ name: "道具", slug: "tools", articles: 1, parent: null }, { name: "メール", slug: "mail", articles: 1, parent: "tools" }];
		assert.deepEqual(list(), want);
		assert.equal(bring(good).categories, 0);
		for (const [yaml, line] of [["- slug: x\n  name: [\n", 3], ["- slug: x\n", 1], ["name: x\n", 1], ["- slug: x\n  name: X\n- slug: y\n  name: Y\n  parent: z\n", 3]]) {
			assert.throws(() => bring(yaml), (e) => new RegExp(`categories.yaml, line ${line}:`).test(e.stderr), yaml);
			assert.deepEqual(list(), want);
		}
	} finally {
		s.remove();
		rmSync(dir, { recursive: true, force: true });
	}
});
