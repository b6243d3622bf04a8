/* Calls the API and holds every answer against the document that the program serves. */
import assert from "node:assert/strict";
import { check } from "./schema.mjs";

/* Whose successes and refusals tests/http/api_desk.test.mjs shows; all others api_actions.test.mjs. */
export const IN_API_DESK = new Set(`getOverview convertToMarkdown getReview askForReview judgeArticle addComment settleComment listTranslations
createTranslation getTranslation changeTranslation deleteTranslation putTranslation takeTranslation settleTranslation renewOriginal listBlocks
getBlock saveBlock listCopies getCopy listTerms createTerm getTerm changeTerm deleteTerm moveCategory mergeCategory listEntries moveEntries
renameTag deleteTag listSources createSource getSource changeSource deleteSource mergeSource checkSource getLinks changeLinks listMedia
describeMedia replaceMedia deleteMedia dismissUnanswered listPages createPage changePage withdrawInvitation endSessions
resetSecondStep`.split(/\s+/));

export class Api {
	seen = new Set(); /* "getArticle 200" */

	static async open(url) {
		const api = new Api();
		api.url = url;
		api.document = await (await fetch(url + "/api/v1/openapi.json")).json();
		return api;
	}

	/* Every operation: { method, path, op }. */
	operations() {
		return Object.entries(this.document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, op]) => ({ method: method.toUpperCase(), path, op })));
	}

	find(method, path) {
		const parts = path.split("?")[0].split("/");
		return this.operations().find((o) => o.method === method && o.path.split("/").length === parts.length &&
			o.path.split("/").every((p, i) => p === parts[i] || (p.startsWith("{") && parts[i])));
	}

	/* What the operations of these names may answer, and did not yet: "getArticle 404". 403 and 429 are shown by api_rights; a
	   key's 409, and 413 and 422, by one action for all. */
	unseen(mine) {
		return this.operations().filter(({ op }) => mine(op.operationId)).flatMap(({ op }) => Object.keys(op.responses)
			.filter((status) => !["default", "429", "403", "409", "413", "422"].includes(status) && !this.seen.has(`${op.operationId} ${status}`))
			.map((status) => `${op.operationId} ${status}`));
	}

	/* `body` is JSON unless it is bytes or a text. */
	async call(token, method, path, body, headers = {}) {
		const raw = body instanceof Uint8Array || typeof body === "string";
		const r = await fetch(this.url + path, {
			method, redirect: "manual",
			body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
			headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined || raw ? {} : { "content-type": "application/json" }), ...headers },
		});
		const text = await r.text();
		const type = r.headers.get("content-type")?.split(";")[0];
		const answer = { status: r.status, headers: r.headers, text, type, etag: r.headers.get("etag"), json: /json$/.test(type ?? "") && text ? JSON.parse(text) : undefined };
		this.hold(method, path, answer);
		return answer;
	}

	/* The answer is what the document says of this operation and status. */
	hold(method, path, answer) {
		const found = this.find(method, path);
		if (!found) return;
		const what = `${method} ${path} ${answer.status}`;
		const said = found.op.responses[answer.status];
		assert.ok(said, `${what}: the document does not name this status\n${answer.text}`);
		this.seen.add(`${found.op.operationId} ${answer.status}`);
		if (answer.status === 304 || answer.status === 204) {
			assert.equal(answer.text, "", what);
			return;
		}
		assert.ok(said.content?.[answer.type], `${what}: ${answer.type} is not said`);
		assert.deepEqual(check(this.document, said.content[answer.type].schema, answer.json), [], `${what}\n${answer.text.slice(0, 500)}`);
		if (answer.status >= 400) {
			assert.equal(answer.json.status, answer.status, what);
			assert.ok(answer.json.detail, `${what}: says why`);
			return;
		}
		for (const name of Object.keys(said.headers ?? {})) {
			if (name === "Link") assert.equal(answer.headers.has("link"), answer.json.next !== null, `${what}: Link`);
			else assert.ok(answer.headers.get(name), `${what}: ${name} is missing`);
		}
	}
}
