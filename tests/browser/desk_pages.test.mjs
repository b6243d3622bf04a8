/* Every page of the desk, taken from its own table of routes: axe, labels that lead to their fields, and no scrolling to the
 * side, in both languages, light and dark, at 360 and 1280 pixels. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, violations } from "../lib/browser.mjs";
import { desk } from "../lib/desk.mjs";
import { FILES, furnish, walk } from "../lib/deskpages.mjs";

let d, browser, at;
before(async () => {
	d = await desk(["owner"]);
	at = await furnish(d.people.owner, /images: libvips/.test(d.site.run("check")));
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await d?.close();
});

/* Two things of one id: the label of the second leads to the first, and its button may do as well. */
const astray = (page) => page.evaluate(() => {
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	return [...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `two of #${id}`), ...[...document.querySelectorAll("label[for]")].filter((l) => !l.control).map((l) => `a label of nothing: ${l.htmlFor}`),
		...["aria-describedby", "aria-labelledby", "aria-controls"].flatMap((a) => [...document.querySelectorAll(`[${a}]`)].flatMap((e) => e.getAttribute(a).split(" ")).filter((id) => !document.getElementById(id)).map((id) => `${a}: no #${id}`))];
});

async function look(page, name) {
	const found = (await astray(page)).map((what) => `${name}: ${what}`);
	for (const [width, colorScheme] of [[360, "light"], [360, "dark"], [1280, "dark"], [1280, "light"]]) {
		await page.setViewportSize({ width, height: 900 });
		await page.emulateMedia({ colorScheme });
		found.push(...await violations(page, `${name} ${width} ${colorScheme}`));
	}
	return found;
}

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`every page of the desk, ${lang}`, async () => {
		const inside = await browser.newContext({ reducedMotion: "reduce", locale }), outside = await browser.newContext({ reducedMotion: "reduce", locale });
		await inside.addCookies(Object.entries(d.people.owner.cookies).map(([name, value]) => ({ name, value, domain: "127.0.0.1", path: "/desk", httpOnly: true, sameSite: "Strict" })));
		const seen = [await inside.newPage(), await outside.newPage()], found = [], refused = [];
		for (const page of seen) {
			page.on("pageerror", (e) => found.push(`${page.url()}: ${e.message}`));
			page.on("console", (m) => { if (m.type() === "error") found.push(`${page.url()}: ${m.text()}`); });
		}
		for (const { route, open, address } of walk(at)) {
			if (FILES.includes(route)) {
				assert.doesNotMatch((await d.people.owner.go(address)).type, /html/, route);
				continue;
			}
			const page = seen[open ? 1 : 0], answer = await page.goto(d.url + address);
			if (answer.status() !== 200 || new URL(page.url()).pathname !== address.replace(/\?.*/, "")) refused.push(`${address}: ${answer.status()} ${page.url()}`);
			assert.equal(await page.getAttribute("html", "lang"), lang, address);
			found.push(...await look(page, `${lang} ${address}`));
		}
		assert.deepEqual(refused, []);
		assert.deepEqual(found, []);
		await inside.close();
		await outside.close();
	});
}
