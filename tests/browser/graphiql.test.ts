import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Example, readExamples } from '../e2e/platform/examples.ts';
import { type Platform, startPlatform } from '../e2e/platform/start-platform.ts';
import { startChromium } from './chromium.ts';
import { type GraphiqlPage, openGraphiql } from './graphiql-page.ts';

let browser: Browser;
let platform: Platform;
let examples: Example[];
const opened: GraphiqlPage[] = [];

beforeAll(async () => {
  browser = await startChromium();
  platform = await startPlatform({ seed: 'demo' });
  examples = await readExamples(platform);
});
afterEach(async () => {
  for (const { page } of opened.splice(0)) await page.close();
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

async function open(): Promise<GraphiqlPage> {
  const graphiql = await openGraphiql(browser, platform.run().gateway.http);
  opened.push(graphiql);
  return graphiql;
}

function exampleWith(text: string): Example {
  const found = examples.find(({ query }) => query.includes(text));
  if (!found) throw new Error(`No example has ${text}.`);
  return found;
}

/** Addresses that lead anywhere but to the platform itself. */
function foreign({ addresses }: GraphiqlPage): string[] {
  return addresses.filter((address) => {
    const { protocol, hostname, origin } = new URL(address);
    if (protocol === 'data:') return false;
    return protocol === 'blob:' ? !origin.startsWith('http://127.0.0.1:') : hostname !== '127.0.0.1';
  });
}

describe('GraphiQL in a browser without internet', () => {
  test('opens with the examples, and asks nobody but this machine', async () => {
    const graphiql = await open();
    expect(await graphiql.operations()).toEqual(examples.map(({ name }) => name));
    expect(graphiql.addresses.length).toBeGreaterThan(1);
    expect(foreign(graphiql)).toEqual([]);
    expect(graphiql.faults).toEqual([]);
  });

  test('answers every example', async () => {
    const graphiql = await open();
    for (const { name, query } of examples) {
      await graphiql.choose(name);
      await graphiql.run();
      const shown = await graphiql.result('"data"');
      expect([name, shown]).toEqual([name, expect.not.stringContaining('"errors"')]);
      expect([name, graphiql.answers.at(-1)]).toEqual([name, expect.not.stringContaining('"errors"')]);
      expect(await graphiql.isRunning()).toBe(/^\s*subscription\b/m.test(query));
      await graphiql.stop();
    }
    expect(foreign(graphiql)).toEqual([]);
    expect(graphiql.faults).toEqual([]);
  });

  test('shows in one tab what is posted in another', async () => {
    const [screen, till] = [await open(), await open()];
    const subscription = exampleWith('balanceChanged');
    await screen.choose(subscription.name);
    await screen.run();
    const before = await screen.result(/"version"/);

    const earning = exampleWith('earnPoints');
    expect(Object.values(earning.variables.input as Record<string, unknown>)).toContain(
      subscription.variables.walletId,
    );
    await till.choose(earning.name);
    await till.run();
    const posted = await till.result('"EarnPointsSuccess"');
    const version = /"version":\s*"(\d+)"/.exec(posted)?.[1];
    expect(version).toMatch(/^\d+$/);

    const after = await screen.result(new RegExp(`"version":\\s*"${version}"`));
    expect(after).not.toBe(before);
    expect(await screen.isRunning()).toBe(true);
    await screen.stop();
    for (const graphiql of [screen, till]) expect(foreign(graphiql)).toEqual([]);
  });
});
