/*
 * How long the desk's pages on structure and search take, with 10,000 articles, 200 categories, 2,000 tags and 30,000
 * redirects: each page asked for 40 times, one after the other, by node:http (fetch waits 40 ms for the rest of an answer that
 * does not fit one read); the medians, from the request to the last byte.
 *
 *   KAIRAN=build/src/cli/kairan node bench/structure.mjs
 */
import { execFileSync } from "node:child_process";
import http from "node:http";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program, site, start } from "../tests/lib/kairan.mjs";
import { enrol, file } from "../tests/lib/desk.mjs";

const ARTICLES = 10000, CATEGORIES = 200, TAGS = 2000, REDIRECTS = 30000, ROUNDS = 40;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const s = site(), source = join(s.dir, "source");
mkdirSync(source);
const categories = Array.from({ length: CATEGORIES }, (_, i) =>
	`- slug: c${i}\n${i >= 20 ? `  parent: c${i % 20}\n` : ""}  name: {ja: 分類${i}, en: Category ${i}}\n`);
writeFileSync(join(source, "categories.yaml"), categories.join(""));
for (let i = 0; i < ARTICLES; i++) {
	const tags = [i % TAGS, (i * 7) % TAGS, (i * 13) % 50].map((n) => `札${n}`);
	/* One category in ten holds half of them. */
	const category = i % 2 ? `c${i % 10}` : `c${(i * 31) % CATEGORIES}`;
	writeFileSync(join(source, `a${i}.ja.md`), `---\ntitle: 記事${i}の題\ncategories: [${category}]\ntags: [${tags.join(", ")}]\ndate: 2024-01-01\n---\n本文${i}です。通信と暗号の話。\n`);
}
execFileSync(program, ["-C", s.dir, "import", "markdown", source], { stdio: "ignore" });
const server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
try {
	const c = await enrol(s, server.url, "bench", "owner");
	const cookie = Object.entries(c.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
	const get = (path) => new Promise((resolve, reject) => http.get(server.url + path, { agent: false, headers: { cookie } }, (r) => {
		r.on("data", () => {});
		r.on("end", () => resolve(r.statusCode));
	}).on("error", reject));
	const lines = Array.from({ length: REDIRECTS }, (_, i) => `/old/${i},/articles/a${i % ARTICLES}`);
	let began = performance.now();
	const read = await c.upload("/desk/redirects/import", { file: file("old.csv", lines.join("\n")) });
	console.log(`${String(Math.round(performance.now() - began)).padStart(6)} ms  ${REDIRECTS} redirects read from a file: ${read.status} ${read.location}`);
	await c.send("/desk/synonyms", { lines: Array.from({ length: 500 }, (_, i) => `語${i}, 言葉${i}`).join("\n") });
	for (let i = 1; i <= 100; i++) await c.send("/desk/pins/pin", { do: "save", id: "0", query: `質問${i}`, article: String(i) });
	const paths = ["/desk/categories", "/desk/categories/1", "/desk/categories/2/articles", "/desk/categories/2/articles?q=12", "/desk/categories/none/articles", "/desk/tags",
		"/desk/tags?order=use", "/desk/tags?q=12", "/desk/tags/tag?name=" + encodeURIComponent("札1"), "/desk/redirects", "/desk/redirects?page=590", "/desk/redirects?q=99",
		"/desk/redirects?test=/old/7", "/desk/redirects/redirect?from=/old/7", "/desk/synonyms", "/desk/pins", "/desk/pins/pin?id=1", "/desk/questions", "/desk/searches"];
	for (const path of paths) {
		const times = [];
		for (let i = 0; i < ROUNDS; i++) {
			began = performance.now();
			const status = await get(path);
			times.push(performance.now() - began);
			if (status !== 200) throw new Error(`${path}: ${status}`);
		}
		console.log(`${median(times).toFixed(1).padStart(6)} ms  ${path}`);
	}
	/* Changes: a branch with a fifth of a half of all articles to and fro, and a merge. */
	const times = [];
	for (let i = 0; i < 10; i++) {
		const base = await c.hidden("/desk/categories", "base"), csrf = await c.hidden("/desk/categories", "csrf");
		began = performance.now();
		const r = await c.send("/desk/categories", { csrf, base, id: "2", parent: i % 2 ? "0" : "1", before: "0" });
		times.push(performance.now() - began);
		if (r.status !== 303) throw new Error(`moving: ${r.status}`);
	}
	console.log(`${median(times).toFixed(1).padStart(6)} ms  a category moved, with all below it`);
	const shape = await c.hidden("/desk/categories/2", "shape"), csrf = await c.hidden("/desk/categories", "csrf");
	began = performance.now();
	const merged = await c.send("/desk/categories/2", { csrf, do: "merge", shape, into: "3" });
	console.log(`${(performance.now() - began).toFixed(1).padStart(6)} ms  a category merged into another: ${merged.status}`);
} finally {
	await server.stop();
	s.remove();
}
