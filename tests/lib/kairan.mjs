/* Starts the real program for a test and stops it. */
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const program = process.env.KAIRAN || "build/kairan";
export const shared = process.env.KAIRAN_SHARED || "../shared";

/* With "pipe" for the messages, said() gives what it has said so far. */
export function start(args, messages = "inherit") {
	const child = spawn(program, args, { stdio: ["ignore", "pipe", messages] });
	return new Promise((resolve, reject) => {
		let out = "", said = "";
		child.stderr?.on("data", (data) => { said += data; });
		child.on("exit", (code) => reject(new Error(`ended early with ${code}`)));
		child.stdout.on("data", (data) => {
			out += data;
			const url = out.match(/http:\/\/\S+/);
			if (url) resolve({ url: url[0], child, said: () => said, stop: () => new Promise((done) => { child.removeAllListeners("exit"); child.on("exit", done); child.kill("SIGTERM"); }) });
		});
	});
}

export function site() {
	const dir = mkdtempSync(join(tmpdir(), "kairan-test-"));
	const run = (...args) => execFileSync(program, ["-C", dir, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	run("init");
	return { dir, run, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
