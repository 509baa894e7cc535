import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readExamples } from '../e2e/platform/examples.ts';
import { checkout } from '../e2e/platform/platform-process.ts';
import { startPlatform } from '../e2e/platform/start-platform.ts';
import { startChromium } from './chromium.ts';
import { openGraphiql } from './graphiql-page.ts';

const images = join(checkout, 'docs/images');

/** Takes the pictures of the README, with the demo as a newcomer finds it. */
const browser = await startChromium();
const platform = await startPlatform({ seed: 'demo' });
try {
  await mkdir(images, { recursive: true });
  const examples = await readExamples(platform);
  const nameOf = (text: string) => examples.find(({ query }) => query.includes(text))?.name ?? '';
  const address = platform.run().gateway.http;
  const [screen, till] = [await openGraphiql(browser, address), await openGraphiql(browser, address)];

  await screen.choose(nameOf('balanceChanged'));
  await screen.run();
  await screen.result('"version"');
  await till.choose(nameOf('earnPoints'));
  await till.run();
  const posted = await till.result('"EarnPointsSuccess"');
  const version = /"version":\s*"(\d+)"/.exec(posted)?.[1] ?? '';
  await screen.result(new RegExp(`"version":\\s*"${version}"`));

  const path = join(images, 'graphiql-live-balance.png');
  await screen.page.screenshot({ path });
  console.info(`written: ${path}`);
} finally {
  await browser.close();
  await platform.stop();
}
