// What Lighthouse says of the demo page in each of its looks, and how long its scripts hold up its load.
//
// `node audit.mjs MODULES CHROMIUM PAGE FILE`: signs in with the form as it is served, sends FILE, and prints one line of JSON.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, executablePath, url, file] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { default: puppeteer } = await load("puppeteer-core");
const { navigation, snapshot, desktopConfig } = await load("lighthouse");

const only = {
  onlyCategories: ["accessibility", "best-practices"],
  throttlingMethod: "provided",
  disableFullPageScreenshot: true,
  // What is looked at does not change any more once the page has loaded.
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 0,
  networkQuietThresholdMs: 0,
  cpuQuietThresholdMs: 0,
};
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const DESK = { width: 1280, height: 900 };
const LOOKS = [
  { look: "light", desk: true, scheme: "light", dir: "ltr" },
  { look: "dark", desk: true, scheme: "dark", dir: "ltr" },
  { look: "phone", desk: false, scheme: "light", dir: "ltr" },
  { look: "right to left", desk: true, scheme: "light", dir: "rtl" },
];

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage();
  await page.setViewport(DESK);
  await page.evaluateOnNewDocument(watchScripts);
  const views = [summary("sign-in", await navigation(page, url, { config: settings(true) }))];
  await page.goto(url);
  await page.locator("[data-action=login]").click();
  const picker = await page.waitForSelector("crowfly-upload input[type=file][multiple]");
  const scripts = await page.evaluate(() => window.crowflyScripts);
  await picker.uploadFile(file);
  await page.waitForSelector('[data-record][data-verified="true"]', { timeout: 20_000 });
  for (const { look, desk, scheme, dir } of LOOKS) {
    await page.setViewport(desk ? DESK : PHONE);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.evaluate((value) => (document.documentElement.dir = value), dir);
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
    views.push(summary(look, await snapshot(page, { config: settings(desk) })));
  }
  console.log(JSON.stringify({ views, scripts }));
} finally {
  await browser.close();
}

function settings(desk) {
  const { extends: base, settings: desktop } = desktopConfig;
  return { extends: base, settings: desk ? { ...desktop, ...only } : only };
}

/** Scores of 0 to 100, and the audits that were not passed. */
function summary(look, { lhr: { categories, audits } }) {
  const score = (id) => Math.round(categories[id].score * 100);
  const failed = ({ auditRefs }) =>
    auditRefs.filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1).map(({ id }) => id);
  return {
    look,
    accessibility: score("accessibility"),
    bestPractices: score("best-practices"),
    failed: Object.values(categories).flatMap(failed),
  };
}

/** Runs in the page: how long each script ran in each frame that was late, in milliseconds.
 * https://developer.mozilla.org/en-US/docs/Web/API/PerformanceLongAnimationFrameTiming */
function watchScripts() {
  window.crowflyScripts = [];
  new PerformanceObserver((list) => {
    for (const { scripts } of list.getEntries()) {
      for (const { duration, sourceURL } of scripts) window.crowflyScripts.push({ duration, at: sourceURL.split("?")[0] });
    }
  }).observe({ type: "long-animation-frame", buffered: true });
}
