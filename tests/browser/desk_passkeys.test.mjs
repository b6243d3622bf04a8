/* Passkeys in a browser, with Chromium's virtual authenticator: added on the account page, signing in alone and after the
 * password, offered in the login's field, refused; and axe on these pages in both languages. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { launch, violations } from "../lib/browser.mjs";
import { start, site } from "../lib/kairan.mjs";
import { PASSWORD } from "../lib/desk.mjs";

let s, server, browser, url;
before(async () => {
	s = site();
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	url = server.url.replace("127.0.0.1", "localhost");
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await server?.stop();
	s?.remove();
});

/* An authenticator that always agrees would take the offer in the login's field before anything is clicked: so there is none,
 * but in the test of it. */
async function open(options = {}, offers = false) {
	const context = await browser.newContext({ reducedMotion: "reduce", locale: "ja-JP", viewport: { width: 360, height: 900 }, ...options });
	const page = await context.newPage(), problems = [];
	page.on("console", (m) => { if (m.type() === "error") problems.push(m.text()); });
	page.on("pageerror", (e) => problems.push(String(e)));
	const cdp = await context.newCDPSession(page);
	await cdp.send("WebAuthn.enable");
	const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } });
	if (!offers) await page.addInitScript(() => { PublicKeyCredential.isConditionalMediationAvailable = async () => false; });
	return { context, page, cdp, authenticatorId, problems };
}

async function enrol(page, login) {
	const link = s.run("user", "add", "--role", "editor", login).trim();
	await page.goto(url + link);
	await page.fill("#password", PASSWORD);
	await page.fill("#again", PASSWORD);
	await page.click("main button");
	await page.waitForURL("**/desk/sign-in");
	await password(page, login);
	await page.waitForURL("**/desk");
}

async function password(page, login) {
	await page.goto(url + "/desk/sign-in");
	await page.fill("#login", login);
	await page.fill("#password", PASSWORD);
	await page.click('form[action="/desk/sign-in"] button');
}

async function add(page, name) {
	await page.goto(url + "/desk/account");
	await page.fill("#passkey-name", name);
	await page.fill("#passkey-password", PASSWORD);
	await page.click('form[action="/desk/account/passkeys"] button');
}

async function leave(page) {
	await page.click("header.desk button");
	await page.waitForURL("**/desk/sign-in");
}

test("a passkey is added, signs in alone, serves as the second step, and is removed", async () => {
	const { context, page, cdp, authenticatorId, problems } = await open();
	await enrol(page, "hana");
	await add(page, "花の電話");
	await page.waitForSelector(".codes code");
	assert.equal(await page.locator(".codes code").count(), 10);
	await page.goto(url + "/desk/account");
	assert.match(await page.textContent("section[aria-labelledby=passkeys-title]"), /花の電話/);
	/* The same authenticator is told apart: it has one already. */
	await add(page, "もう一つ");
	await page.waitForSelector('form[action="/desk/account/passkeys"] [data-told]:not([hidden])');
	assert.match(await page.textContent("form[action='/desk/account/passkeys'] [data-told]"), /すでに登録/);
	await leave(page);

	await page.click('form[action="/desk/sign-in/passkey"] button');
	await page.waitForURL("**/desk");
	const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
	assert.equal(credentials.length, 1);
	assert.equal(credentials[0].rpId, "localhost");
	assert.ok(credentials[0].isResidentCredential);
	await leave(page);

	await password(page, "hana");
	await page.waitForSelector('input[name="pending"]', { state: "attached" });
	assert.ok(await page.locator("#code").isVisible());
	await page.click('form[action="/desk/sign-in/passkey"] button');
	await page.waitForURL("**/desk");

	await page.goto(url + "/desk/account");
	await page.click("section[aria-labelledby=passkeys-title] summary");
	await page.fill('[id^="remove-password-"]', PASSWORD);
	await page.click('form[action="/desk/account/passkeys/remove"] button');
	await page.waitForURL(/saved=1/);
	assert.equal(await page.locator('form[action="/desk/account/passkeys/remove"]').count(), 0);
	await leave(page);
	await page.click('form[action="/desk/sign-in/passkey"] button');
	await page.waitForSelector("p.problem:not([hidden])");
	assert.match(await page.textContent("main > p.problem"), /登録されていない/);
	assert.deepEqual(problems.filter((t) => !/403/.test(t)), []);
	await context.close();
});

test("who says no to the authenticator is told, and can try again or use the password", async () => {
	const { context, page, cdp, authenticatorId } = await open({ locale: "en-GB" });
	await enrol(page, "jiro");
	await add(page, "phone");
	await page.waitForSelector(".codes code");
	await leave(page);
	await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
	await page.click('form[action="/desk/sign-in/passkey"] button');
	await page.waitForSelector('form[action="/desk/sign-in/passkey"] [data-told]:not([hidden])');
	assert.match(await page.textContent('form[action="/desk/sign-in/passkey"] [data-told]'), /No passkey was used/);
	assert.equal(await page.evaluate(() => document.activeElement.textContent), "Sign in with a passkey");
	await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
	await page.click('form[action="/desk/sign-in/passkey"] button');
	await page.waitForURL("**/desk");
	await context.close();
});

test("the login's field offers the passkey by itself", async () => {
	const { context, page } = await open({}, true);
	await enrol(page, "umi");
	await add(page, "電話");
	await page.waitForSelector(".codes code");
	await page.click("header.desk button");
	await page.waitForURL("**/desk");
	await context.close();
});

test("without script the passkey forms are not there, and the recovery code is the second step", async () => {
	const first = await open();
	await enrol(first.page, "sora");
	await add(first.page, "電話");
	await first.page.waitForSelector(".codes code");
	const codes = await first.page.locator(".codes code").allTextContents();
	const context = await browser.newContext({ javaScriptEnabled: false, locale: "ja-JP", reducedMotion: "reduce" });
	const page = await context.newPage();
	await password(page, "sora");
	assert.equal(await page.locator('form[action="/desk/sign-in/passkey"]').isVisible(), false);
	await page.fill("#code", codes[3]);
	await page.click('form[action="/desk/sign-in/second"] button');
	await page.waitForURL("**/desk");
	await page.goto(url + "/desk/account");
	assert.equal(await page.locator('form[action="/desk/account/passkeys"]').isVisible(), false);
	assert.match(await page.textContent("section[aria-labelledby=passkeys-title]"), /JavaScriptが必要/);
	await context.close();
	await first.context.close();
});

for (const [locale, lang] of [["ja-JP", "ja"], ["en-GB", "en"]]) {
	test(`axe finds nothing on the pages with passkeys, ${lang}`, async () => {
		const { context, page } = await open({ locale });
		const found = [];
		const look = async (name) => {
			assert.equal(await page.getAttribute("html", "lang"), lang);
			for (const [width, colorScheme] of [[360, "light"], [1280, "dark"]]) {
				await page.setViewportSize({ width, height: 900 });
				await page.emulateMedia({ colorScheme });
				found.push(...await violations(page, `${name}-${lang}-${width}`));
			}
		};
		await page.goto(url + "/desk/sign-in");
		await look("sign-in");
		await enrol(page, "axe-" + lang);
		await add(page, lang === "ja" ? "電話" : "phone");
		await page.waitForSelector(".codes code");
		await look("recovery");
		await page.goto(url + "/desk/account");
		await page.click("section[aria-labelledby=passkeys-title] summary");
		await look("account");
		await leave(page);
		await password(page, "axe-" + lang);
		await page.waitForSelector('input[name="pending"]', { state: "attached" });
		await look("second");
		assert.deepEqual(found, []);
		await context.close();
	});
}
