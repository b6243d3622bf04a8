/* A passkey made of software, for tests of signing in, and what a browser does with it. */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { PASSWORD } from "./desk.mjs";

const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

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

/* Adds a passkey on the account page; `lies` go to the authenticator, `fields` to the form. */
export async function register(client, authenticator, lies = {}, fields = {}) {
	const page = await client.go("/desk/account");
	const made = authenticator.create({ origin: client.url, challenge: page.passkey.challenge, ...lies });
	return client.send("/desk/account/passkeys", { csrf: page.csrf, name: "電話", password: PASSWORD, ...made, ...fields });
}

/* Signs in with a passkey alone. */
export async function touch(client, authenticator, lies = {}, fields = {}) {
	const page = await client.go("/desk/sign-in");
	return client.send("/desk/sign-in/passkey", { csrf: page.csrf, ...authenticator.get({ origin: client.url, challenge: page.passkey.challenge, ...lies }), ...fields });
}
