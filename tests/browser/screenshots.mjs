// Makes the screenshots of the README from the example: `node tests/browser/screenshots.mjs`.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { browser, start } from "./hinomi.mjs";

const out = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "../../docs/screenshots");
mkdirSync(out, { recursive: true });
const hinomi = await start();
const chrome = await browser();
const link = (role) => hinomi.links.find((one) => one.role === role).url;

/** Follows links by what their address holds, then takes a picture. */
async function shoot(name, role, lang, width, scheme, steps) {
  const context = await chrome.newContext({ locale: lang, colorScheme: scheme, viewport: { width, height: width < 600 ? 844 : 900 } });
  const page = await context.newPage();
  await page.goto(link(role));
  for (const step of steps) {
    if (step.startsWith("/")) await page.goto(hinomi.address + step);
    else await page.locator(`main a[href*="${step}"]`).first().click();
  }
  await page.screenshot({ path: join(out, `${name}.png`) });
  await context.close();
}

for (const lang of ["ja", "en"]) {
  await shoot(`home-${lang}`, "evaluator", lang, 1280, "light", ["/"]);
  await shoot(`comparison-${lang}`, "evaluator", lang, 1280, "light", ["/evaluations/cycles", "/evaluations/cycles/"]);
  await shoot(`answer-${lang}`, "respondent", lang, 390, "light", []);
  await shoot(`measurements-${lang}`, "evaluator", lang, 1280, "dark", ["/measurements"]);
}
await chrome.close();
await hinomi.stop();
