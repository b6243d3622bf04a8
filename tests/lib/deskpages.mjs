/* Every page of the desk, read from its own table of routes, and a site on which each of them has something to show. So no test
 * and no measurement that walks the desk can forget a new page. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { file, formOf, number } from "./desk.mjs";

const TABLE = new URL("../../src/desk/routes.c", import.meta.url);
/* Of these a browser shows nothing. */
export const FILES = ["/desk/glossary/export", "/desk/settings/preview.css", "/desk/translate/:id/copies/:copy"];

/* [{ route, open }]: `open` to who is not signed in. */
export function pages() {
	const table = readFileSync(TABLE, "utf8"), rows = [...table.matchAll(/X\(WEB_GET,\s*"([^"]+)",[^)]*?(\w+)\)/g)];
	assert.equal(rows.length, table.match(/X\(WEB_GET/g).length, "every row is read");
	return rows.map(([, route, right]) => ({ route, open: right === "0" }));
}

/* The address of each, as `at` has it; a route that takes something from its address must be there. */
export function walk(at) {
	return pages().flatMap(({ route, open }) => {
		const addresses = [at[route] ?? route].flat();
		for (const address of addresses) assert.ok(!address.includes(":"), `${route}: a site with such a page is furnished in tests/lib/deskpages.mjs`);
		return addresses.map((address) => ({ route, open, address }));
	});
}

/* One of each thing, made by an owner through the desk's own forms. `decodes`: images are taken here. Gives `at`. */
export async function furnish(c, decodes) {
	const found = async (path, pattern) => {
		const { text } = await c.go(path), match = text.match(pattern);
		assert.ok(match, `${path} has ${pattern}`);
		return match[1];
	};
	const done = async (answer, what) => { const r = await answer; assert.ok(r.status < 400, `${what}: ${r.status} ${r.problem}`); return r; };
	const image = decodes && (await done(c.upload("/desk/media", { file: file("鍵.jpg", readFileSync(new URL("../unit/image/data/big.jpg", import.meta.url))) }), "an image")).location.match(/media\/([0-9a-f]+)/)[1];
	const body = "最初の段落。\n\n## 見出し\n\n出典のある段落[^1]。\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: 報告、2025年。<https://example.org/report>\n";
	const article = await c.article({ title: "机の記事", slug: "furnished", body, tags: "机札", main: await found("/desk/articles/new", /name="main"[\s\S]*?<option value="([1-9]\d*)"/), status: "published", summary: "要約" });
	await c.save(article, { body: body.replace("最初の", "書き直した最初の") });
	await done(c.post("/desk/articles/autosave", formOf((await c.go(article)).text), { title: "控え", body: "書きかけ" }), "a draft");
	const waiting = await c.article({ title: "査読待ちの記事", body });
	await done(c.send(`${waiting}/ask`, { text: "お願いします" }), "a review");
	await done(c.send(`${waiting}/comments`, { do: "comment", quote: "最初の段落。", text: "出典は？\n二行目。" }), "a comment");
	await done(c.send(`${waiting}/comments`, { do: "comment", text: "全体について。" }), "a comment");
	const trashed = await c.article({ title: "捨てた記事", body: "x" });
	await done(c.send("/desk/articles/act", { do: "trash", article: number(trashed) }), "the trash");
	const link = (await done(c.send("/desk/people", { do: "add", login: "guest", name: "招かれた人", role: "author" }), "an invitation")).text.match(/<code class="secret">([^<]*)</)[1].replace(/^.*(?=\/desk\/)/, "");
	await done(c.send("/desk/redirects/redirect", { do: "save", old: "", base: "", from: "/old/furnished", kind: "article", article: number(article) }), "a redirect");
	await done(c.send("/desk/synonyms", { lines: "机札, つくえ" }), "synonyms");
	await done(c.send("/desk/pins/pin", { do: "save", id: "0", query: "机とは", article: number(article) }), "a pinned answer");
	await done(fetch(c.url + "/questions", { method: "POST", redirect: "manual", headers: { "sec-fetch-site": "same-origin" }, body: new URLSearchParams({ question: "机はどこで買えますか", website: "" }) }), "a question");
	await done(c.send("/desk/glossary", { do: "save", from: "ja", to: "en", term: "段落", word: "paragraph", forbidden: "section", note: "", category: "" }), "a term");
	const work = (await done(c.save("/desk/translate/new", { article: "/articles/furnished", lang: "en" }), "a translation")).location.replace(/\?.*/, "");
	const source = (await done(c.upload("/desk/sources/new", { do: "save", url: "https://example.org/furnished", title: "題", outlet: "新聞" }), "a source")).location.replace(/\?.*/, "");
	await done(c.send("/desk/webhooks", { url: "https://example.org/hook", event: await found("/desk/webhooks", /name="event" value="([^"]*)"/) }), "a webhook");
	await done(c.send("/desk/account/tokens", { name: "写し", scope: await found("/desk/account/tokens", /name="scope" value="([^"]*)"/), days: "30" }), "a token");
	await done(c.send("/desk/pages", { do: "add", title: "この場について", lang: "ja", kind: await found("/desk/pages", /<select id="kind"[\s\S]*?value="([^"]*)"/), original: "" }), "a page that stands apart");
	const category = await found("/desk/categories", /href="(\/desk\/categories\/\d+)"/);
	return {
		"/desk/articles/:id": [article, waiting, trashed], "/desk/articles/:id/review": [waiting + "/review", waiting + "/review?passage=1"], "/desk/articles/:id/revisions": article + "/revisions",
		"/desk/articles/:id/revisions/:revision": await found(article + "/revisions", /href="(\/desk\/articles\/\d+\/revisions\/\d+)"/),
		"/desk/articles": ["/desk/articles", "/desk/articles?q=" + encodeURIComponent("机の記事"), "/desk/articles?whose=waiting"],
		"/desk/people/:id": await found("/desk/people", /href="(\/desk\/people\/\d+)"/), "/desk/invitation": link,
		"/desk/categories/:id": category, "/desk/categories/:id/articles": [category + "/articles", "/desk/categories/none/articles"],
		"/desk/tags": ["/desk/tags", "/desk/tags?order=use"], "/desk/tags/tag": "/desk/tags/tag?name=" + encodeURIComponent("机札"),
		"/desk/redirects": ["/desk/redirects", "/desk/redirects?test=/old/furnished"], "/desk/redirects/redirect": ["/desk/redirects/redirect", "/desk/redirects/redirect?from=/old/furnished"],
		"/desk/synonyms/:id": await found("/desk/synonyms", /href="(\/desk\/synonyms\/\d+)"/), "/desk/pins/pin": ["/desk/pins/pin", await found("/desk/pins", /href="(\/desk\/pins\/pin\?id=\d+)"/)],
		"/desk/translate/:id": work, "/desk/translate/:id/copies/:copy": await found(work, /href="(\/desk\/translate\/\d+\/copies\/\d+)"/),
		"/desk/glossary": ["/desk/glossary", await found("/desk/glossary", /href="(\/desk\/glossary\?edit=\d+)#term"/)],
		"/desk/sources/:id": source, "/desk/webhooks/:id": await found("/desk/webhooks", /href="(\/desk\/webhooks\/\d+)"/),
		"/desk/media/:hash": image ? "/desk/media/" + image : [],
	};
}
