/* Real help pages from Debian's packages, in Japanese and English, come in without one lost: by count and by title.
 *
 * KAIRAN_CORPUS is what $KAIRAN_SHARED/eval/fetch-corpus.sh made; without it the script is run, once, into a cache. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { program, shared } from "../lib/kairan.mjs";

function corpus() {
	if (process.env.KAIRAN_CORPUS) return process.env.KAIRAN_CORPUS;
	const script = join(shared, "eval/fetch-corpus.sh"), dir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "kairan-corpus");
	if (!existsSync(script)) return null;
	if (existsSync(join(dir, "ja")) && existsSync(join(dir, "en"))) return dir;
	const made = spawnSync("sh", [script, dir], { encoding: "utf8", timeout: 300000 });
	if (made.status === 0) return dir;
	rmSync(dir, { recursive: true, force: true });
	return null;
}

const pages = (dir) => readdirSync(dir, { recursive: true }).filter((name) => name.endsWith(".html")).map((name) => join(dir, name)).sort();

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const plain = (html) => html.replace(/<rt>.*?<\/rt>/g, "").replace(/<[^>]*>/g, "")
	.replace(/&(#x?)?(\w+);/g, (all, kind, name) => kind ? String.fromCodePoint(parseInt(name, kind === "#x" ? 16 : 10)) : entities[name] ?? all)
	.replace(/[ \t\r\n]+/g, " ").trim();

/* What a reader would call the page: its first heading, else what the browser's tab says. */
function titles(html) {
	const body = html.slice(html.indexOf("DisplayArea") + 1);
	return [body.match(/<h1[^>]*>([\s\S]*?)<\/h1>/)?.[1], html.match(/<title[^>]*>([\s\S]*?)<\/title>/)?.[1]].map((found) => plain(found ?? ""));
}

function bring(from) {
	const dir = mkdtempSync(join(tmpdir(), "kairan-corpus-"));
	const run = (...args) => execFileSync(program, ["-C", dir, ...args], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });
	try {
		run("init");
		const summary = JSON.parse(run("import", "html", "--json", from));
		return { summary, articles: new Map(JSON.parse(run("article", "list", "--json")).map((a) => [a.source, a])) };
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

for (const [lang, least] of [["ja", 3372], ["en", 2560]]) {
	test(`the real help pages in ${lang} come in without a lost page`, (t) => {
		const root = corpus();
		if (!root) return t.skip("the packages with the help pages are not to be had");
		const from = join(root, lang), files = pages(from);
		assert.ok(files.length >= least, `${files.length} pages`);
		const { summary, articles } = bring(from);
		assert.equal(summary.articles.new, files.length);
		assert.equal(articles.size, files.length);
		const wrong = [];
		for (const file of files) {
			const article = articles.get(relative(from, file)), [h1, title] = titles(readFileSync(file, "utf8"));
			assert.ok(article, file);
			if (plain(article.title.replace(/&/g, "&amp;").replace(/</g, "&lt;")) !== (h1 || title || basename(file, ".html"))) wrong.push([article.source, article.title, h1, title]);
		}
		assert.deepEqual(wrong, []);
	});
}
