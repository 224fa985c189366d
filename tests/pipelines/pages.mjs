// Opens HTML reports in Chromium, narrow and wide, light and dark, on screen and on paper, and fails where axe-core finds
// anything, where the page is wider than the screen, or where anything is asked for besides the page.
//   node pages.mjs CHROMIUM FILE…
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [executablePath, ...files] = process.argv.slice(2);
const faults = [];

async function look(browser, file, width, colorScheme) {
  // The page forbids scripts; the checks are one.
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
  const page = await context.newPage();
  const fault = (text) => faults.push(`${file}, ${width} px, ${colorScheme}: ${text}`);
  let asked = 0;
  page.on('request', (request) => { if (++asked > 1) fault(`asks for ${request.url()}`); });
  page.on('console', (message) => fault(`says ${message.text()}`));
  await page.goto(`file://${realpathSync(file)}`);
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (content > screen) fault(`is ${content} px wide`);
  await page.evaluate(axe);
  for (const found of (await page.evaluate(() => axe.run())).violations) fault(`${found.impact}: ${found.help}: ${found.nodes[0].html}`);
  await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = false; }));
  await page.emulateMedia({ media: 'print' });
  const folded = await page.evaluate(() => [...document.querySelectorAll('details > :not(summary)')].filter((one) => !one.checkVisibility()).length);
  if (folded > 0) fault(`${folded} parts are folded away on paper`);
  await context.close();
}

const browser = await chromium.launch({ executablePath, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
for (const file of files) for (const width of [390, 1280]) for (const scheme of ['light', 'dark']) await look(browser, file, width, scheme);
await browser.close();
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`pages: ${files.length} read`);
