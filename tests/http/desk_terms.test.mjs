/* Agreed words stand marked in the original itself, with the word to write for those who cannot see the list beside it. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { start, site } from "../lib/kairan.mjs";
import { enrol } from "../lib/desk.mjs";

let s, server, editor;
before(async () => {
	s = site();
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	editor = await enrol(s, server.url, "editor", "editor");
});
after(async () => {
	await server?.stop();
	s?.remove();
});

test("terms of the glossary are marked where they occur in the original, without any script", async () => {
	const term = { do: "save", id: "0", from: "en", to: "ja", term: "wiretap", word: "盗聴|傍受", forbidden: "", note: "", category: "" };
	assert.equal((await editor.send("/desk/glossary", term)).status, 303);
	const csrf = await editor.token("/desk/translate/new");
	const made = await editor.post("/desk/translate/new", { csrf, article: "", lang: "ja", from: "en", url: "", format: "markdown", text: "# On wiretaps\n\nThe **wire**tap & [wiretapping](https://e.org/wiretap).\n\nNothing here." });
	assert.equal(made.status, 303, made.text);
	const page = (await editor.go(made.location)).text;
	const open = '<mark class="agreed" title="盗聴">', word = '<span class="hidden" lang="ja"> (盗聴)</span></mark>';
	assert.ok(page.includes(`On ${open}wiretaps${word}`), "in the title");
	assert.ok(page.includes(`<strong>${open}wire</mark></strong>${open}tap${word} &amp; <a href="https://e.org/wiretap"`), "across a tag, and not in an address");
	assert.equal(page.split(word).length - 1, 3);
	assert.ok(page.includes("Nothing here."));
});
