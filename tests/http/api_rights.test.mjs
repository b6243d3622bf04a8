/* Role × scope × action, from outside: the whole table, written a second time by hand. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { start, site } from "../lib/kairan.mjs";
import { Api } from "../lib/api.mjs";

const ROLES = ["owner", "editor", "translator", "author", "reviewer"];
const SCOPES = ["articles:read", "articles:write", "articles:publish", "media", "structure", "search", "settings", "people", "log", "webhooks", "translations", "sources"];
const ALL = ROLES.join(" "), WRITERS = "owner editor translator author", EDITORS = "owner editor";

const TRANSLATORS = "owner editor translator reviewer";

/* operation: scope, roles that may, and a request that changes nothing where it is let through. */
const TABLE = {
	getMe: ["", ALL, "/me"],
	listArticles: ["articles:read", ALL, "/articles"],
	createArticle: ["articles:write", WRITERS, "/articles", {}],
	getArticle: ["articles:read", ALL, "/articles/1"],
	changeArticle: ["articles:write", ALL, "/articles/999999", {}],
	publishArticle: ["articles:publish", EDITORS, "/articles/999999/publish", {}],
	previewArticle: ["articles:read", ALL, "/preview", {}],
	listRevisions: ["articles:read", ALL, "/articles/1/revisions"],
	getRevision: ["articles:read", ALL, "/articles/1/revisions/999999"],
	restoreRevision: ["articles:write", ALL, "/articles/1/revisions/999999/restore", {}],
	trashArticle: ["articles:write", ALL, "/articles/999999"],
	listTrash: ["articles:read", ALL, "/trash"],
	restoreFromTrash: ["articles:write", ALL, "/trash/999999/restore", {}],
	deleteFromTrash: ["articles:write", EDITORS, "/trash/999999"],
	listRedirects: ["structure", ALL, "/redirects"],
	putRedirect: ["structure", EDITORS, "/redirects", {}],
	deleteRedirect: ["structure", EDITORS, "/redirects?from=/nowhere"],
	listCategories: ["structure", ALL, "/categories"],
	createCategory: ["structure", EDITORS, "/categories", {}],
	getCategory: ["structure", ALL, "/categories/999999"],
	changeCategory: ["structure", EDITORS, "/categories/999999", {}],
	deleteCategory: ["structure", EDITORS, "/categories/999999"],
	listTags: ["structure", ALL, "/tags"],
	uploadMedia: ["media", WRITERS, "/media", "no image"],
	getMedia: ["media", ALL, "/media/0"],
	listSynonyms: ["search", ALL, "/synonyms"],
	createSynonym: ["search", EDITORS, "/synonyms", {}],
	getSynonym: ["search", ALL, "/synonyms/999999"],
	changeSynonym: ["search", EDITORS, "/synonyms/999999", {}],
	deleteSynonym: ["search", EDITORS, "/synonyms/999999"],
	listPins: ["search", ALL, "/pins"],
	putPin: ["search", EDITORS, "/pins", {}],
	deletePin: ["search", EDITORS, "/pins/999999"],
	listQuestions: ["search", ALL, "/questions"],
	deleteQuestion: ["search", EDITORS, "/questions/999999"],
	listUnanswered: ["search", ALL, "/unanswered"],
	getSettings: ["settings", "owner", "/settings"],
	changeSettings: ["settings", "owner", "/settings", {}],
	listPeople: ["people", "owner", "/people"],
	addPerson: ["people", "owner", "/people", {}],
	getPerson: ["people", "owner", "/people/nobody"],
	changePerson: ["people", "owner", "/people/nobody", {}],
	invitePerson: ["people", "owner", "/people/nobody/invite", {}],
	removePerson: ["people", "owner", "/people/nobody"],
	listWebhooks: ["webhooks", "owner", "/webhooks"],
	createWebhook: ["webhooks", "owner", "/webhooks", {}],
	getWebhook: ["webhooks", "owner", "/webhooks/999999"],
	changeWebhook: ["webhooks", "owner", "/webhooks/999999", {}],
	deleteWebhook: ["webhooks", "owner", "/webhooks/999999"],
	renewWebhookSecret: ["webhooks", "owner", "/webhooks/999999/secret", {}],
	testWebhook: ["webhooks", "owner", "/webhooks/999999/test", {}],
	listDeliveries: ["webhooks", "owner", "/webhooks/999999/deliveries"],
	repeatDelivery: ["webhooks", "owner", "/webhooks/999999/deliveries/1/again", {}],
	listLog: ["log", "owner", "/log"],
	getOverview: ["articles:read", ALL, "/overview"],
	convertToMarkdown: ["articles:read", ALL, "/markdown", {}],
	getReview: ["articles:read", ALL, "/articles/1/review"],
	askForReview: ["articles:write", ALL, "/articles/999999/review", {}],
	judgeArticle: ["articles:write", "owner editor reviewer", "/articles/999999/judgement", {}],
	addComment: ["articles:write", ALL, "/articles/999999/comments", {}],
	settleComment: ["articles:write", ALL, "/articles/999999/comments/1", {}],
	listTranslations: ["translations", TRANSLATORS, "/translations"],
	createTranslation: ["translations", TRANSLATORS, "/translations", {}],
	getTranslation: ["translations", TRANSLATORS, "/translations/999999"],
	changeTranslation: ["translations", TRANSLATORS, "/translations/999999", {}],
	deleteTranslation: ["translations", TRANSLATORS, "/translations/999999"],
	putTranslation: ["translations", TRANSLATORS, "/translations/999999/article", {}],
	takeTranslation: ["translations", TRANSLATORS, "/translations/999999/take", {}],
	settleTranslation: ["translations", TRANSLATORS, "/translations/999999/settle", {}],
	renewOriginal: ["translations", TRANSLATORS, "/translations/999999/original", {}],
	listBlocks: ["translations", TRANSLATORS, "/translations/999999/blocks"],
	getBlock: ["translations", TRANSLATORS, "/translations/999999/blocks/1"],
	saveBlock: ["translations", TRANSLATORS, "/translations/999999/blocks/1", {}],
	listCopies: ["translations", TRANSLATORS, "/translations/999999/copies"],
	getCopy: ["translations", TRANSLATORS, "/translations/999999/copies/1"],
	listTerms: ["translations", TRANSLATORS, "/glossary"],
	createTerm: ["translations", TRANSLATORS, "/glossary", {}],
	getTerm: ["translations", TRANSLATORS, "/glossary/999999"],
	changeTerm: ["translations", TRANSLATORS, "/glossary/999999", {}],
	deleteTerm: ["translations", TRANSLATORS, "/glossary/999999"],
	moveCategory: ["structure", EDITORS, "/categories/999999/move", {}],
	mergeCategory: ["structure", EDITORS, "/categories/999999/merge", {}],
	listEntries: ["structure", EDITORS, "/entries"],
	moveEntries: ["structure", EDITORS, "/entries/move", {}],
	renameTag: ["structure", EDITORS, "/tags/rename", {}],
	deleteTag: ["structure", EDITORS, "/tags?name=none"],
	listSources: ["sources", ALL, "/sources"],
	createSource: ["sources", WRITERS, "/sources", {}],
	getSource: ["sources", ALL, "/sources/999999"],
	changeSource: ["sources", WRITERS, "/sources/999999", {}],
	deleteSource: ["sources", EDITORS, "/sources/999999"],
	mergeSource: ["sources", EDITORS, "/sources/999999/merge", {}],
	checkSource: ["sources", WRITERS, "/sources/999999/check", {}],
	getLinks: ["sources", ALL, "/links"],
	changeLinks: ["sources", EDITORS, "/links", {}],
	listMedia: ["media", ALL, "/media"],
	describeMedia: ["media", WRITERS, "/media/0", {}],
	replaceMedia: ["media", EDITORS, "/media/0/replace", {}],
	deleteMedia: ["media", EDITORS, "/media/0"],
	dismissUnanswered: ["search", EDITORS, "/unanswered?query=none"],
	listPages: ["articles:read", ALL, "/pages"],
	createPage: ["articles:publish", EDITORS, "/pages", {}],
	changePage: ["articles:publish", EDITORS, "/pages/999999", {}],
	withdrawInvitation: ["people", "owner", "/people/nobody/invite"],
	endSessions: ["people", "owner", "/people/nobody/sessions"],
	resetSecondStep: ["people", "owner", "/people/nobody/second-step"],
};

let s, server, api;
const tokens = {};
before(async () => {
	s = site();
	s.run("import", "markdown", "sample/articles");
	for (const role of ROLES) {
		s.run("user", "add", "--role", role, role);
		tokens[role] = {};
		for (const scope of SCOPES) tokens[role][scope] = s.run("token", "add", "--scopes", scope, role, scope).trim();
	}
	server = await start(["-C", s.dir, "serve", "--listen", "127.0.0.1:0"]);
	api = await Api.open(server.url);
});
after(async () => {
	await server?.stop();
	s?.remove();
});

test("the table names every action that needs a token", () => {
	const secret = api.operations().filter((o) => o.op.security.length).map((o) => o.op.operationId);
	assert.deepEqual(Object.keys(TABLE).sort(), secret.sort());
	for (const { op } of api.operations()) {
		if (op.security.length) assert.deepEqual(op.security, [{ token: TABLE[op.operationId][0] ? [TABLE[op.operationId][0]] : [] }], op.operationId);
	}
});

test("a token does what its scope and its person's role both allow, and nothing else", async () => {
	for (const { method, op } of api.operations()) {
		if (!op.security.length) continue;
		const [scope, roles, path, body] = TABLE[op.operationId];
		for (const role of ROLES) {
			await Promise.all(SCOPES.map(async (held) => {
				const r = await api.call(tokens[role][held], method, "/api/v1/desk" + path, body);
				const may = (scope === "" || scope === held) && roles.split(" ").includes(role);
				assert.equal(r.status !== 403, may, `${role} with ${held}: ${op.operationId} ${r.status} ${r.text}`);
				assert.ok(![401, 429, 500].includes(r.status), `${op.operationId} ${r.status}`);
				if (r.status === 403 && scope !== held) assert.match(r.headers.get("www-authenticate"), new RegExp(`insufficient_scope", scope="${scope}"`));
			}));
		}
	}
});

test("who may not publish, by role or by scope, stays among drafts", async () => {
	const token = (role, scopes) => s.run("token", "add", "--scopes", scopes, role, "more").trim();
	const full = {}, drafts = {};
	for (const role of ROLES) {
		full[role] = token(role, "articles:read articles:write articles:publish");
		drafts[role] = token(role, "articles:read articles:write");
	}
	const change = async (t, id, body) => (await api.call(t, "PATCH", `/api/v1/desk/articles/${id}`, body, { "if-match": "*" })).status;
	const make = async (t, body) => (await api.call(t, "POST", "/api/v1/desk/articles", body)).json.id;
	const others = await make(full.owner, { title: "Of the owner" }), open = await make(full.owner, { title: "Public", status: "published" });
	for (const role of ROLES) {
		const publishes = EDITORS.includes(role), edits = publishes || role === "reviewer";
		assert.equal(await change(full[role], others, { summary: role }), edits ? 200 : 403, `${role} another's draft`);
		assert.equal(await change(full[role], open, { summary: role }), publishes ? 200 : 403, `${role} a published one`);
		assert.equal(await change(drafts[role], open, { summary: role + "!" }), 403, `${role} a published one without the scope`);
		assert.equal(await change(drafts[role], others, { status: "published" }), 403, `${role} publishes without the scope`);
		if (role === "reviewer") continue;
		const own = await make(drafts[role], { title: `By ${role}` });
		assert.equal(await change(drafts[role], own, { status: "review" }), 200, `${role} sends in their own`);
		assert.equal((await api.call(drafts[role], "POST", "/api/v1/desk/articles", { title: "x", status: "published" })).status, 403);
		assert.equal(await change(full[role], own, { status: "published" }), publishes ? 200 : 403, `${role} publishes their own`);
	}
});

test("a token is good until it ends: removed, with its person, or by itself", async () => {
	s.run("user", "add", "--role", "editor", "guest");
	const a = s.run("token", "add", "guest", "one").trim(), b = s.run("token", "add", "--days", "1", "guest", "two").trim();
	const me = async (t) => (await api.call(t, "GET", "/api/v1/desk/me")).status;
	assert.deepEqual([await me(a), await me(b)], [200, 200]);
	const list = JSON.parse(s.run("token", "list", "--json", "guest"));
	assert.deepEqual(list.map((t) => [t.name, t.scopes, t.expires === null]), [["two", "articles:read", false], ["one", "articles:read", true]]);
	assert.match(list[0].used, /^\d{4}-\d\d-\d\d$/);
	s.run("token", "remove", "guest", String(list[1].id));
	assert.deepEqual([await me(a), await me(b)], [401, 200]);
	s.run("user", "remove", "guest");
	assert.deepEqual([await me(a), await me(b)], [401, 401]);
	for (const bad of ["kairan_", "x".repeat(50), "é".normalize("NFC").replace(/./g, "e"), ""]) assert.equal(await me(bad), 401);
	const basic = await api.call("", "GET", "/api/v1/desk/me", undefined, { authorization: "Basic eDp5" });
	assert.equal(basic.status, 401);
	assert.match(basic.headers.get("www-authenticate"), /^Bearer /);
	assert.throws(() => s.run("token", "add", "--scopes", "everything", "owner", "x"), (e) => e.status === 2 && /no scope "everything"/.test(e.stderr));
	assert.throws(() => s.run("token", "add", "--days", "0", "owner", "x"), (e) => e.status === 2);
});

test("a desk's cookie opens nothing here", async () => {
	const r = await api.call("", "GET", "/api/v1/desk/me", undefined, { cookie: "kairan_desk=" + "x".repeat(43) });
	assert.equal(r.status, 401);
	assert.deepEqual(r.headers.getSetCookie(), []);
});

test("who asks too often waits, and others do not", async () => {
	const eager = s.run("token", "add", "editor", "eager").trim();
	const statuses = await Promise.all(Array.from({ length: 160 }, () => api.call(eager, "GET", "/api/v1/desk/me")));
	const refused = statuses.filter((r) => r.status === 429);
	assert.ok(refused.length > 0 && statuses.filter((r) => r.status === 200).length >= 100, `${refused.length} of 160 refused`);
	assert.match(refused[0].headers.get("retry-after"), /^\d+$/);
	assert.equal((await api.call(tokens.owner["articles:read"], "GET", "/api/v1/desk/me")).status, 200);
});
