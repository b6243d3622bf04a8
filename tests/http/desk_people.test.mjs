/* People at the desk, from outside: names and roles changed, sessions ended, second steps reset, invitations withdrawn. */
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { Client, desk, oneTimeCode as code, PASSWORD } from "../lib/desk.mjs";

let d, owner;
before(async () => {
	d = await desk(["owner", "editor"]);
	owner = d.people.owner;
});
after(() => d?.close());

async function pageOf(login) {
	const rows = (await owner.go("/desk/people")).text.split("<li>");
	return rows.find((row) => row.includes(`<span>${login}</span>`))?.match(/href="(\/desk\/people\/\d+)"/)[1];
}
const rowOf = async (login) => (await owner.go("/desk/people")).text.split("<li>").find((row) => row.includes(`<span>${login}</span>`));

test("another role counts at once and ends the sessions; the last owner stays one", async () => {
	const c = await d.enrol("hana", "author"), page = await pageOf("hana");
	const own = await c.article({ title: "花の記事" });
	const trashed = await c.send("/desk/articles/act", { do: "trash", article: own.match(/\d+$/)[0] });
	assert.equal((await owner.send(page, { do: "role", role: "king" })).status, 400);
	assert.equal((await owner.send(page, { do: "role", role: "author" })).status, 303);
	assert.ok(await c.isIn(), "the same role changes nothing");
	assert.equal((await owner.send(page, { do: "role", role: "reviewer" })).status, 303);
	assert.ok(!(await c.isIn()));
	assert.equal((await c.signIn("hana")).location, "/desk");
	assert.equal((await c.go("/desk/articles/new")).status, 403);
	assert.equal((await c.send("/desk/undo", { undo: trashed.location.match(/undo=(\d+)/)[1] })).status, 404);
	const mine = await pageOf("owner");
	const refused = await owner.send(mine, { do: "role", role: "editor" });
	assert.equal(refused.status, 409);
	assert.match(refused.text, /role="alert"/);
	assert.equal((await owner.send(mine, { do: "remove" })).status, 409);
	assert.equal((await owner.send(page, { do: "role", role: "owner" })).status, 303);
	assert.equal((await owner.send(mine, { do: "role", role: "owner" })).status, 303);
	await c.signIn("hana");
	assert.equal((await c.send(mine, { do: "role", role: "editor" })).status, 303);
	assert.ok(!(await owner.isIn()));
	await owner.signIn("owner");
	assert.equal((await owner.go("/desk/people")).status, 403);
	assert.equal((await c.send(mine, { do: "role", role: "owner" })).status, 303);
	await owner.signIn("owner");
	assert.match((await owner.go("/desk/log")).text, /user\.role<\/code> hana author → reviewer/);
});

test("a name is changed and shown, and is text alone", async () => {
	await d.enrol("jiro", "editor");
	const page = await pageOf("jiro");
	assert.equal((await owner.send(page, { do: "name", name: " 二郎 <b> " })).status, 303);
	assert.match(await rowOf("jiro"), />二郎 &lt;b&gt;</);
	assert.equal((await owner.send(page, { do: "name", name: "x".repeat(201) })).status, 422);
	assert.equal((await d.people.editor.send(page, { do: "name", name: "x" })).status, 403);
	assert.equal((await owner.send("/desk/people/99999", { do: "name", name: "x" })).status, 404);
	assert.equal((await owner.send(page, { do: "dance" })).status, 400);
});

test("an owner ends another's sessions, and takes a lost second step off", async () => {
	const c = await d.enrol("saburo", "author"), page = await pageOf("saburo"), second = new Client(d);
	await second.signIn("saburo");
	assert.match((await owner.go(page)).text, /name="do" value="sessions"/);
	assert.equal((await owner.send(page, { do: "sessions" })).status, 303);
	assert.ok(!(await c.isIn()) && !(await second.isIn()));
	assert.doesNotMatch((await owner.go(page)).text, /name="do" value="sessions"/);
	assert.ok(await owner.isIn());
	assert.equal((await owner.send(await pageOf("owner"), { do: "sessions" })).status, 303);
	assert.ok(await owner.isIn(), "one's own browser stays in");
	await c.signIn("saburo");
	const form = (await c.go("/desk/account/totp")).text, secret = form.match(/name="secret" value="([A-Z2-7]{32})"/)[1];
	assert.equal((await c.send("/desk/account/totp", { secret, code: code(secret), password: PASSWORD }, "/desk/account/totp")).status, 200);
	assert.equal((await new Client(d).signIn("saburo")).status, 403);
	assert.equal((await owner.send(page, { do: "second" })).status, 303);
	assert.ok(!(await c.isIn()));
	assert.equal((await c.signIn("saburo")).location, "/desk");
	const log = (await owner.go("/desk/log")).text;
	for (const what of ["user.sessions.end", "user.second-step.reset"]) assert.match(log, new RegExp(`${what}</code> saburo`));
});

test("invitations are listed until they are used or withdrawn", async () => {
	const added = await owner.send("/desk/people", { do: "add", login: "yuki", role: "translator" });
	const link = added.text.match(/<code class="secret">([^<]*)</)[1], page = await pageOf("yuki");
	assert.match(await rowOf("yuki"), /招待中（20|invited until 20/);
	assert.equal((await owner.send(page, { do: "withdraw" })).status, 303);
	assert.match(await rowOf("yuki"), /パスワード未設定|no password yet/);
	assert.equal((await new Client(d).go(link)).status, 404);
	assert.equal((await owner.send(page, { do: "withdraw" })).status, 404);
	assert.match((await owner.go("/desk/log")).text, /user\.invite\.withdraw<\/code> yuki/);
	assert.equal((await owner.send(page, { do: "remove" })).location, "/desk/people?saved=1");
	assert.equal(await pageOf("yuki"), undefined);
});
