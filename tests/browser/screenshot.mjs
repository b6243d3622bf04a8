/* Makes docs/portal.png: the portal of the demo site. */
import { chromium } from "playwright-core";
import { start } from "../lib/kairan.mjs";

const server = await start(["demo", "--listen", "127.0.0.1:0"]);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
const page = await browser.newPage({ viewport: { width: 1100, height: 760 } });
await page.goto(server.url + "/");
await page.screenshot({ path: "docs/portal.png" });
await browser.close();
await server.stop();
