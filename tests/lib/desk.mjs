/* What tests of the desk share: a client with cookies and forms and no more, people with each role, a site that is served. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { start, site } from "./kairan.mjs";

export const PASSWORD = "correct horse battery";
export const ROLES = ["owner", "editor", "translator", "author", "reviewer"];

const unescape = (t) => t.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/* The article's form of a page, as a browser would send it. */
export function formOf(page) {
	const form = page.slice(page.indexOf('<form class="fields"'));
	const out = {};
	for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
		const name = tag.match(/ name="([^"]*)"/)?.[1];
		if (name && (!/type="checkbox"/.test(tag) || / checked/.test(tag))) out[name] = unescape(tag.match(/ value="([^"]*)"/)?.[1] ?? "");
	}
	for (const [, name, text] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n([\s\S]*?)<\/textarea>/g)) out[name] = unescape(text);
	for (const [, name, options] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) out[name] = options.match(/value="([^"]*)" selected/)?.[1] ?? "";
	return out;
}

export class Client {
	cookies = {};
	constructor(desk) { this.desk = desk; }
	async go(path, options = {}) {
		const headers = { ...options.headers };
		if (Object.keys(this.cookies).length) headers.cookie = Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
		const r = await fetch(this.desk.server.url + path, { redirect: "manual", ...options, headers });
		for (const line of r.headers.getSetCookie()) {
			const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
			if (/Max-Age=0/.test(line)) delete this.cookies[name];
			else this.cookies[name] = value;
		}
		return { status: r.status, location: r.headers.get("location"), headers: r.headers, text: await r.text() };
	}
	async token(path) {
		return (await this.go(path)).text.match(/name="csrf" value="([0-9a-f]{64})"/)?.[1] ?? "";
	}
	/* A plain form; a field may be a list. `from`: the page that it stands on. */
	async send(path, fields, from = "/desk/account") {
		const body = new URLSearchParams({ csrf: fields.csrf ?? await this.token(from) });
		for (const [k, v] of Object.entries(fields)) if (k !== "csrf") for (const one of [v].flat()) body.append(k, one);
		return this.go(path, { method: "POST", body });
	}
	/* The article form, with what it says already and some fields changed. */
	async save(path, changes) {
		const body = new FormData();
		for (const [k, v] of Object.entries({ ...formOf((await this.go(path)).text), ...changes })) body.append(k, v);
		return this.go(path, { method: "POST", body });
	}
	/* The address of a new one. */
	async article(fields) {
		const r = await this.save("/desk/articles/new", { title: "題", body: "本文", ...fields });
		assert.equal(r.status, 303, r.text);
		return r.location.replace(/\?.*/, "");
	}
	signIn(login, password = PASSWORD, code = "") {
		return this.send("/desk/sign-in", { login, password, code }, "/desk/sign-in");
	}
}

export async function enrol(desk, login, role) {
	const link = desk.site.run("user", "add", "--role", role, "--name", login.toUpperCase(), login).trim();
	const client = new Client(desk);
	const token = new URL(link, desk.server.url).searchParams.get("token");
	assert.equal((await client.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, link)).status, 303);
	assert.equal((await client.signIn(login)).location, "/desk");
	return client;
}

/* A served site with the sample's articles, and somebody of each of these roles, named like it. */
export async function desk(roles = ROLES, conf = "") {
	const d = { site: site(), people: {} };
	if (conf) writeFileSync(join(d.site.dir, "kairan.conf"), conf);
	d.site.run("import", "markdown", "sample/articles");
	d.serve = async () => { d.server = await start(["-C", d.site.dir, "serve", "--listen", "127.0.0.1:0"]); };
	await d.serve();
	for (const role of roles) d.people[role] = await enrol(d, role, role);
	d.close = async () => {
		await d.server?.stop();
		d.site.remove();
	};
	return d;
}

export const number = (path) => path.match(/(\d+)$/)[1];

export async function until(what, ms, message) {
	const end = Date.now() + ms;
	for (;;) {
		const got = await what();
		if (got) return got;
		assert.ok(Date.now() < end, message);
		await new Promise((r) => setTimeout(r, 10));
	}
}
