// Starts the product with its example, and a browser; every test shares them.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Starts `hinomi serve --example` and reads the address and the sign-in links it prints. */
export async function start() {
  const data = mkdtempSync(join(tmpdir(), "hinomi-browser-"));
  const program = process.env.HINOMI_PROGRAM ?? join(here, "../../target/debug/hinomi");
  const child = spawn(program, ["serve", "--example", "--json", "--data", data, "--listen", "127.0.0.1:0", "--example-control", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  const ready = await new Promise((resolve, reject) => {
    child.on("exit", (code) => reject(new Error(`the program ended with ${code} before it was ready: ${text}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      text += line + "\n";
      try {
        resolve(JSON.parse(text));
      } catch {
        // The document is not complete yet.
      }
    });
  });
  return {
    ...ready,
    data,
    async stop() {
      child.removeAllListeners("exit");
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Debian's Chromium, which talks to nobody but us. */
export function browser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** What axe (WCAG 2.1 A and AA) finds on the page, as sentences. */
export async function axe(page) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }),
  );
  return result.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id}: ${violation.help}: ${node.target.join(" ")}: ${node.html.slice(0, 160)}`),
  );
}
