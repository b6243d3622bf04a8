/* Somebody at the desk, without a browser: cookies, form tokens, and no more. */
import assert from "node:assert/strict";

const PASSWORD = "correct horse battery";
export const unescapeHtml = (t) => t.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

export class Member {
	cookies = {};
	constructor(server) { this.server = server; }
	async go(path, options = {}) {
		const headers = { ...options.headers };
		if (Object.keys(this.cookies).length) headers.cookie = Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
		const r = await fetch(this.server.url + path, { redirect: "manual", ...options, headers });
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
	async send(path, fields, from = path) {
		const csrf = fields.csrf ?? await this.token(from);
		return this.go(path, { method: "POST", body: new URLSearchParams({ csrf, ...fields }) });
	}
	/* A form with files: values that are [name, bytes] are files; a value may be a list. */
	async upload(path, fields, from = path) {
		const body = new FormData();
		body.append("csrf", fields.csrf ?? await this.token(from));
		for (const [k, v] of Object.entries(fields)) {
			if (k === "csrf") continue;
			for (const one of Array.isArray(v) && Array.isArray(v[0]) ? v : [v]) {
				if (Array.isArray(one)) body.append(k, new Blob([one[1]]), one[0]);
				else body.append(k, one);
			}
		}
		return this.go(path, { method: "POST", body });
	}
	/* What the article's form says now. */
	form(page) {
		const form = page.slice(page.indexOf('<form class="fields"'));
		const out = {};
		for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
			const name = tag.match(/ name="([^"]*)"/)?.[1];
			if (name && !/type="file"/.test(tag) && (!/type="checkbox"/.test(tag) || / checked/.test(tag))) out[name] = unescapeHtml(tag.match(/ value="([^"]*)"/)?.[1] ?? "");
		}
		for (const [, name, text] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>\n([\s\S]*?)<\/textarea>/g)) out[name] = unescapeHtml(text);
		for (const [, name, options] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) out[name] = options.match(/value="([^"]*)" selected/)?.[1] ?? "";
		return out;
	}
	async article(fields, path = "/desk/articles/new") {
		const r = await this.upload(path, { ...this.form((await this.go(path)).text), ...fields });
		assert.equal(r.status, 303, r.text.match(/role="alert">([^<]*)/)?.[1]);
		return r.location.replace(/\?.*/, "");
	}
}

export async function enrol(s, server, login, role) {
	const link = s.run("user", "add", "--role", role, login).trim();
	const member = new Member(server);
	const token = new URL(link, server.url).searchParams.get("token");
	assert.equal((await member.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, link)).status, 303);
	assert.equal((await member.send("/desk/sign-in", { login, password: PASSWORD, code: "" })).location, "/desk");
	return member;
}

export async function eventually(what, test, ms = 15000) {
	const until = Date.now() + ms;
	for (;;) {
		const found = await test();
		if (found) return found;
		assert.ok(Date.now() < until, what);
		await new Promise((done) => setTimeout(done, 100));
	}
}
