/* A browser of the desk without a browser: cookies, form tokens, redirects not followed. */
import assert from "node:assert/strict";

export const PASSWORD = "correct horse battery";

export class Client {
	cookies = {};
	constructor(url) { this.url = url; }
	async go(path, options = {}) {
		const headers = { ...options.headers };
		if (Object.keys(this.cookies).length) headers.cookie = Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
		const r = await fetch(this.url + path, { redirect: "manual", ...options, headers });
		for (const line of r.headers.getSetCookie()) {
			const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
			if (/Max-Age=0/.test(line)) delete this.cookies[name];
			else this.cookies[name] = value;
		}
		return { status: r.status, location: r.headers.get("location"), text: await r.text() };
	}
	/* A hidden field of a page. */
	async hidden(path, name) {
		return (await this.go(path)).text.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? "";
	}
	async send(path, fields, from = path) {
		const csrf = fields.csrf ?? await this.hidden(from, "csrf");
		const pairs = Object.entries({ csrf, ...fields }).flatMap(([k, v]) => [].concat(v).map((one) => [k, one]));
		return this.go(path, { method: "POST", body: new URLSearchParams(pairs) });
	}
	async upload(path, name, text, from) {
		const body = new FormData();
		body.append("csrf", await this.hidden(from, "csrf"));
		body.append(name, new Blob([text]), "file.csv");
		return this.go(path, { method: "POST", body });
	}
}

/* Somebody of a role, signed in. */
export async function enrol(s, url, login, role) {
	const link = s.run("user", "add", "--role", role, "--name", login.toUpperCase(), login).trim();
	const client = new Client(url), token = new URL(link, url).searchParams.get("token");
	assert.equal((await client.send("/desk/invitation", { token, password: PASSWORD, again: PASSWORD }, link)).status, 303);
	assert.equal((await client.send("/desk/sign-in", { login, password: PASSWORD, code: "" })).location, "/desk");
	return client;
}

export const problem = (r) => r.text.match(/class="problem" role="alert">([^<]*)/)?.[1];
