/* Search while the site is served: what changes elsewhere is found, and an index that goes is made again. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { program, start } from "../lib/kairan.mjs";

const run = (dir, ...args) => execFileSync(program, ["-C", dir, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

function importText(site, name, text) {
	const folder = join(site, "..", `folder-${name}`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, `${name}.md`), text);
	run(site, "import", "markdown", folder, "--json");
}

async function until(condition) {
	for (let i = 0; i < 200; i++) {
		if (await condition()) return true;
		await sleep(50);
	}
	return false;
}

async function withSite(work) {
	const dir = mkdtempSync(join(tmpdir(), "kairan-search-")), site = join(dir, "site");
	run(site, "init");
	importText(site, "camera", "---\ntitle: 監視カメラの前で\n---\n\n顔を隠す。\n");
	const server = await start(["-C", site, "serve", "--listen", "127.0.0.1:0"]);
	try {
		await work({ site, ask: async (q) => {
			const answer = await fetch(`${server.url}/api/v1/search?q=${encodeURIComponent(q)}`);
			/* While the very first index is being made. */
			return answer.status === 503 ? (await answer.json(), { total: -1 }) : answer.json();
		}, url: server.url });
	} finally {
		await server.stop();
		rmSync(dir, { recursive: true, force: true });
	}
}

test("what another process publishes is found, and what it takes back is not", () => withSite(async ({ site, ask }) => {
	assert.ok(await until(async () => (await ask("監視カメラ")).total === 1));
	importText(site, "owl", "---\ntitle: 梟の飼い方\n---\n\n夜行性。\n");
	assert.ok(await until(async () => (await ask("梟")).total === 1), "a new article is found");
	const id = JSON.parse(run(site, "article", "list", "--json")).find((a) => a.title === "梟の飼い方").id;
	run(site, "article", "archive", String(id));
	assert.ok(await until(async () => (await ask("梟")).total === 0), "an archived one is gone");
}));

test("an index that is rebuilt by another process, or removed, is followed while the site answers", () => withSite(async ({ site, ask }) => {
	assert.ok(await until(async () => (await ask("監視カメラ")).total === 1));
	run(site, "reindex");
	importText(site, "owl", "---\ntitle: 梟の飼い方\n---\n\n夜行性。\n");
	assert.ok(await until(async () => (await ask("梟")).total === 1), "after a swap changes are followed");
	for (const name of readdirSync(join(site, "data"))) if (name.startsWith("index")) rmSync(join(site, "data", name));
	importText(site, "fox", "---\ntitle: 狐の足跡\n---\n\n雪の上。\n");
	assert.ok(await until(async () => (await ask("狐")).total === 1 && (await ask("監視カメラ")).total === 1), "a new index is made");
}));

test("synonyms taught from the shell count at once", () => withSite(async ({ site, ask }) => {
	assert.ok(await until(async () => (await ask("監視カメラ")).total === 1));
	assert.equal((await ask("防犯装置")).total, 0);
	run(site, "synonym", "add", "監視カメラ, 防犯装置");
	assert.ok(await until(async () => (await ask("防犯装置")).total === 1));
}));
