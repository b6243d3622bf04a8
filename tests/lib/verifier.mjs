/* A second verifier of campaigns' logs, written from docs/campaign-formats.md with Node's crypto alone: entries, tree, proofs,
 * signed heads, receipts. It shares no code with src/campaign. */
import { createHash, createPublicKey, verify } from "node:crypto";

export const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest();
export const leafHash = (entry) => sha256(Buffer.of(0), entry);
export const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

const below = (n) => { let k = 1; while (k * 2 < n) k *= 2; return k; };
/* MTH of RFC 6962, 2.1, as it is defined. */
export function root(leaves) {
	if (leaves.length === 0) return sha256();
	if (leaves.length === 1) return leaves[0];
	const k = below(leaves.length);
	return nodeHash(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

/* The root that a path leads to (RFC 6962, 2.1.1), from the definition of PATH. */
export function rootByPath(leaf, index, size, path) {
	if (index >= size) throw new Error("no such entry");
	if (size === 1) {
		if (path.length) throw new Error("the path is too long");
		return leaf;
	}
	if (!path.length) throw new Error("the path is too short");
	const k = below(size), beside = path[path.length - 1], rest = path.slice(0, -1);
	return index < k ? nodeHash(rootByPath(leaf, index, k, rest), beside) : nodeHash(beside, rootByPath(leaf, index - k, size - k, rest));
}

/* Both roots of a consistency proof (2.1.2), from the definition of SUBPROOF. */
export function rootsByProof(from, to, path, oldRoot) {
	const left = [...path];
	const sub = (m, n, whole) => {
		if (m === n) {
			const node = whole ? oldRoot : left.shift();
			return [node, node];
		}
		const k = below(n);
		if (m <= k) {
			const [a, b] = sub(m, k, whole);
			return [a, nodeHash(b, left.shift())];
		}
		const [a, b] = sub(m - k, n - k, false), beside = left.shift();
		return [nodeHash(beside, a), nodeHash(beside, b)];
	};
	const roots = sub(from, to, true);
	if (left.length || roots.includes(undefined)) throw new Error("the proof is of another length");
	return roots;
}
export function consistent(from, to, path, oldRoot, newRoot) {
	if (from === 0) return path.length === 0;
	if (from === to) return path.length === 0 && oldRoot.equals(newRoot);
	const [a, b] = rootsByProof(from, to, path, oldRoot);
	return a.equals(oldRoot) && b.equals(newRoot);
}

/* "name+keyid+base64(1, key)" of a signed note's verifier. */
export function readKey(text) {
	const [name, id, key] = text.trim().split("+").length > 3 ? text.trim().match(/^([^+]+)\+([^+]+)\+(.+)$/).slice(1) : text.trim().split("+");
	const typed = Buffer.from(key, "base64");
	if (typed.length !== 33 || typed[0] !== 1) throw new Error("no Ed25519 key");
	const want = sha256(name, "\n", typed).subarray(0, 4).toString("hex");
	if (want !== id) throw new Error("the key's number does not fit");
	return { name, id, raw: typed.subarray(1), campaign: name.match(/^kairan\/campaign\/([0-9a-f]{32})$/)[1] };
}

export function readHead(note, key) {
	const end = note.indexOf("\n\n"), body = note.slice(0, end + 1), lines = body.split("\n");
	const [, name, proof] = note.slice(end + 2).match(/^\u2014 (\S+) (\S+)\n$/);
	const bytes = Buffer.from(proof, "base64");
	const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.raw]);
	if (name !== key.name || lines[0] !== key.name || bytes.subarray(0, 4).toString("hex") !== key.id) throw new Error("not by this key");
	if (!verify(null, Buffer.from(body), createPublicKey({ key: spki, format: "der", type: "spki" }), bytes.subarray(4))) throw new Error("the signature is wrong");
	return { campaign: key.campaign, size: Number(lines[1]), root: Buffer.from(lines[2], "base64"), count: Number(lines[3].match(/^count (\d+)$/)[1]) };
}

export const commitment = (nonce, sealedSha256) => sha256("kairan signature v1", nonce, sealedSha256);
export const signedEntry = (campaign, bytes) => Buffer.concat([Buffer.of(1), Buffer.from(campaign, "hex"), bytes]);

export function checkReceipt(receipt, key) {
	const head = readHead(receipt.checkpoint, key);
	if (receipt.type !== "kairan signature receipt v1" || receipt.campaign !== head.campaign || receipt.size !== head.size) throw new Error("not of this log");
	const entry = signedEntry(receipt.campaign, commitment(Buffer.from(receipt.nonce, "hex"), Buffer.from(receipt.sealed_sha256, "hex")));
	const got = rootByPath(leafHash(entry), receipt.index, receipt.size, receipt.path.map((h) => Buffer.from(h, "hex")));
	if (!got.equals(head.root)) throw new Error("not in the log");
	return { head, entry };
}

/* A whole log: its entries (Buffers) against its head. */
export function checkLog(entries, head) {
	const withdrawn = new Set();
	let signed = 0;
	entries.forEach((entry, at) => {
		if (entry.subarray(1, 17).toString("hex") !== head.campaign) throw new Error(`entry ${at} is another campaign's`);
		if (entry[0] === 1 && entry.length === 49) return void signed++;
		if (entry[0] !== 2 || entry.length !== 25) throw new Error(`entry ${at} has no known form`);
		const leaf = Number(entry.readBigUInt64BE(17));
		if (leaf >= at || entries[leaf][0] !== 1 || withdrawn.has(leaf)) throw new Error(`entry ${at} withdraws nothing`);
		withdrawn.add(leaf);
	});
	if (entries.length !== head.size || !root(entries.map(leafHash)).equals(head.root)) throw new Error("the entries are not what the head says");
	if (signed - withdrawn.size !== head.count) throw new Error("the count is wrong");
	return { signed, withdrawn };
}
