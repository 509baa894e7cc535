import type { Browser, Page } from 'playwright-core';

const answerTimeoutMs = 15_000;
const windowSize = { width: 1_440, height: 900 };

/** GraphiQL in one tab of the browser. */
export interface GraphiqlPage {
  page: Page;
  /** Every address that the page asked for, sockets and workers included. */
  addresses: string[];
  /** Errors that the page's own code did not catch. */
  faults: string[];
  /** Bodies of all answers that came over HTTP, in full: the result window holds only the lines that are in sight. */
  answers: string[];
  /** Names of the operations that are open, one a tab. */
  operations(): Promise<string[]>;
  /** Opens the tab of an operation. */
  choose(operation: string): Promise<void>;
  /** Runs the operation of the open tab, as a click on the button does. */
  run(): Promise<void>;
  /** Ends a subscription that runs. */
  stop(): Promise<void>;
  /** Whether an operation runs: a subscription does until it is ended. */
  isRunning(): Promise<boolean>;
  /** What the result window shows, once it holds the text. @throws when that does not come */
  result(containing: string | RegExp): Promise<string>;
}

/** Opens GraphiQL in a new tab of a browser that remembers nothing. */
export async function openGraphiql(browser: Browser, address: string): Promise<GraphiqlPage> {
  const page = await browser.newPage({ viewport: windowSize });
  const [addresses, faults, answers]: [string[], string[], string[]] = [[], [], []];
  page.context().on('request', (request) => addresses.push(request.url()));
  page.on('websocket', (socket) => addresses.push(socket.url()));
  page.on('worker', (worker) => addresses.push(worker.url()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('response', async (response) => {
    if (response.request().method() === 'POST') answers.push(await response.text());
  });
  await page.goto(address);

  const executeButton = page.locator('.graphiql-execute-button');
  const tabs = page.locator('.graphiql-tab');
  const resultWindow = page.locator('.graphiql-response');
  await executeButton.waitFor({ timeout: answerTimeoutMs });
  const isRunning = async () => (await executeButton.getAttribute('aria-label'))?.startsWith('Stop') ?? false;

  return {
    page,
    addresses,
    faults,
    answers,
    operations: async () =>
      (await tabs.locator('[role=tab], .graphiql-tab-button').allTextContents()).map((text) => text.trim()),
    choose: async (operation) => {
      await tabs.filter({ hasText: operation }).first().click();
    },
    run: () => executeButton.click(),
    stop: async () => {
      if (await isRunning()) await executeButton.click();
    },
    isRunning,
    result: async (containing) => {
      const shown = resultWindow.filter({ hasText: containing });
      try {
        await shown.waitFor({ timeout: answerTimeoutMs });
      } catch (error) {
        const text = await resultWindow.textContent();
        throw new Error(`The result window never showed ${containing}; it shows: ${text?.slice(0, 2_000)}`, {
          cause: error,
        });
      }
      return (await shown.textContent()) ?? '';
    },
  };
}
