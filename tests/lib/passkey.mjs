/* A passkey made of software, and a client with cookies and forms and no more, for tests of signing in. */
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

export const PASSWORD = "correct horse battery";
const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const unescape = (t) => t.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/* RFC 9052: the public key as CBOR, by algorithm. */
function cose(algorithm, key) {
	const jwk = key.export({ format: "jwk" }), bytes = (name) => Buffer.from(jwk[name], "base64url");
	if (algorithm === "ES256") return Buffer.concat([Buffer.from("a5010203262001215820", "hex"), bytes("x"), Buffer.from("225820", "hex"), bytes("y")]);
	if (algorithm === "EdDSA") return Buffer.concat([Buffer.from("a4010103272006215820", "hex"), bytes("x")]);
	return Buffer.concat([Buffer.from("a401030339010020590100", "hex"), bytes("n"), Buffer.from("2143010001", "hex")]);
}
const pair = { ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }), EdDSA: () => generateKeyPairSync("ed25519"), RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }) };

/* Everything it says can be told otherwise, so that a test can lie in one point. */
export class Authenticator {
	constructor(algorithm = "ES256") {
		Object.assign(this, { algorithm, ...pair[algorithm](), id: randomBytes(32), counter: 0 });
	}
	data({ rpId = "localhost", flags = 5, counter = ++this.counter }, rest = Buffer.alloc(0)) {
		const head = Buffer.alloc(5);
		head[0] = flags;
		head.writeUInt32BE(counter, 1);
		return Buffer.concat([sha256(rpId), head, rest]);
	}
	client(type, { origin, challenge, ...more }) {
		return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...more }));
	}
	create({ rpId, flags = 0x45, counter = 0, type = "webauthn.create", ...client }) {
		const length = Buffer.alloc(2);
		length.writeUInt16BE(this.id.length);
		const made = Buffer.concat([Buffer.alloc(16), length, this.id, cose(this.algorithm, this.publicKey)]);
		return { credential: b64(this.id), client_data: b64(this.client(type, client)), authenticator_data: b64(this.data({ rpId, flags, counter }, made)), signature: "" };
	}
	get({ rpId, flags, counter, type = "webauthn.get", ...client }) {
		const json = this.client(type, client), data = this.data({ rpId, flags, counter });
		const signature = sign(this.algorithm === "EdDSA" ? null : "sha256", Buffer.concat([data, sha256(json)]), this.privateKey);
		return { credential: b64(this.id), client_data: b64(json), authenticator_data: b64(data), signature: b64(signature) };
	}
}

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
		const text = await r.text();
		const options_ = text.match(/data-passkey="([^"]*)"/);
		return { status: r.status, location: r.headers.get("location"), text, csrf: text.match(/name="csrf" value="([0-9a-f]{64})"/)?.[1] ?? "",
			pending: text.match(/name="pending" value="([^"]*)"/)?.[1], problem: text.match(/class="problem" role="alert">([^<]*)/)?.[1],
			options: options_ && JSON.parse(unescape(options_[1])) };
	}
	send(path, fields) {
		return this.go(path, { method: "POST", body: new URLSearchParams(fields) });
	}
	async signIn(login, password = PASSWORD, code = "") {
		const { csrf } = await this.go("/desk/sign-in");
		return this.send("/desk/sign-in", { csrf, login, password, code });
	}
	/* Adds a passkey on the account page; `lies` go to the authenticator, `fields` to the form. */
	async register(authenticator, lies = {}, fields = {}) {
		const page = await this.go("/desk/account");
		const made = authenticator.create({ origin: this.url, challenge: page.options.challenge, ...lies });
		return this.send("/desk/account/passkeys", { csrf: page.csrf, name: "電話", password: PASSWORD, ...made, ...fields });
	}
	/* Signs in with a passkey alone. */
	async touch(authenticator, lies = {}, fields = {}) {
		const page = await this.go("/desk/sign-in");
		return this.send("/desk/sign-in/passkey", { csrf: page.csrf, ...authenticator.get({ origin: this.url, challenge: page.options.challenge, ...lies }), ...fields });
	}
	async isIn() {
		return (await this.go("/desk")).status === 200;
	}
}

/* Invited, with a password, and in. */
export async function enrol(site, url, login, role = "editor") {
	const link = site.run("user", "add", "--role", role, login).trim();
	const client = new Client(url);
	const { csrf } = await client.go(link);
	const token = new URL(link, url).searchParams.get("token");
	assert.equal((await client.send("/desk/invitation", { csrf, token, password: PASSWORD, again: PASSWORD })).status, 303);
	assert.equal((await client.signIn(login)).location, "/desk");
	return client;
}
