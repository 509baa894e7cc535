import { developmentIssuer } from '../development-issuer/tokens.ts';
import type { StateDirectory } from '../installation/state-directory.ts';
import { demoConsumers } from './consumers.ts';
import { operatorSubject } from './credentials.ts';
import { type DemoState, readDemo, type SeededMerchant, writeDemo } from './demo-state.ts';
import type { DemoTools } from './demo-tools.ts';
import { enrollConsumers } from './enroll-consumers.ts';
import { foundMerchant } from './found-merchant.ts';
import { GatewayClient } from './gateway-client.ts';
import { drawHistories } from './history.ts';
import { type DemoMerchantPlan, demoMerchants } from './merchants.ts';
import { playHistories } from './play-history.ts';

/** What the seed is given. */
export interface DemoSeed {
  /** Address of the gateway's GraphQL endpoint. */
  graphql: string;
  /** Signs a token for a login. */
  issue(subject: string): Promise<string>;
  state: StateDirectory;
  /** Tells how many of how many requests were answered. */
  report(done: number, total: number): void;
  /** Ends the seed, which a later start takes up again. */
  stop: AbortSignal;
}

/** Of one consumer: to enroll, and to let sign in. */
const requestsPerWallet = 2;

/**
 * Makes the demo through the gateway with the mutations that clients use. A seed that was cut short goes on: its keys are
 * the same again, so nothing is done twice. One that is complete is left as it is.
 * @throws Error with one line when the house refuses or does not answer
 */
export async function seedDemo({ graphql, issue, state, report, stop }: DemoSeed): Promise<DemoState> {
  const before = readDemo(state);
  if (before?.isComplete) return before;
  const demo: DemoState = before ?? { today: new Date().toISOString().slice(0, 10), isComplete: false, merchants: [] };
  writeDemo(state, demo);

  const plans = demoMerchants.map((plan) => {
    const consumers = demoConsumers.filter(({ habits }) => habits[plan.slug] !== undefined);
    return { plan, consumers, histories: drawHistories(plan, consumers, demo.today) };
  });
  const total = plans
    .flatMap(({ histories }) => histories)
    .reduce((sum, { events }) => sum + requestsPerWallet + events.length, 0);
  let done = 0;
  const tools: DemoTools = {
    client: new GatewayClient(graphql, stop),
    issuer: developmentIssuer,
    issue,
    operatorToken: await issue(operatorSubject),
    onAnswer: () => {
      done += 1;
      report(done, total);
    },
  };

  for (const { plan, consumers, histories } of plans) {
    const merchant = await merchantOf(tools, plan, demo);
    writeDemo(state, demo);
    merchant.wallets = await enrollConsumers(tools, merchant, consumers);
    await playHistories(tools, merchant, histories);
  }
  demo.isComplete = true;
  writeDemo(state, demo);
  return demo;
}

/** The merchant as an earlier attempt founded it, or newly founded and noted. */
async function merchantOf(tools: DemoTools, plan: DemoMerchantPlan, demo: DemoState): Promise<SeededMerchant> {
  const known = demo.merchants.find(({ slug }) => slug === plan.slug);
  if (known) return known;
  const founded = await foundMerchant(tools, plan, demo.today);
  demo.merchants.push(founded);
  return founded;
}
