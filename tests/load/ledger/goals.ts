import type { Durations } from '../measure.ts';
import type { Goal, Scenario } from './results.ts';

/** What other ledgers reach on a machine of this size, in commands a second: the fastest of each that was measured. */
const othersSingle = 8_500;
const othersBulk = 17_400;

interface Reads {
  balances: Durations;
  history: Durations;
}

/** Holds what was measured against what the ledger promises. */
export function goalsOf(scenarios: readonly Scenario[], { balances, history }: Reads, commandsPerBulk: number): Goal[] {
  const find = (name: string, inFlight: number) => {
    const found = scenarios.find((scenario) => scenario.name === name && scenario.inFlight === inFlight);
    if (found === undefined) throw new Error(`Nothing was measured as ${name}, ${inFlight} in flight.`);
    return found;
  };
  const uniform = find('writer, uniform', 64);
  const hot = find('writer, hot merchant', 64);
  const bulk = find(`writer, requests of ${commandsPerBulk}`, 8);
  const ratio = (name: string, of: Scenario, to: Scenario, wanted: number): Goal => ({
    name,
    wanted: `≥ ${wanted}`,
    measured: (of.median / to.median).toFixed(2),
    isReached: of.median / to.median >= wanted,
  });
  const atMost = (name: string, valueMs: number, limitMs: number): Goal => ({
    name,
    wanted: `≤ ${limitMs} ms`,
    measured: `${valueMs.toFixed(1)} ms`,
    isReached: valueMs <= limitMs,
  });
  const ahead = (name: string, { median }: Scenario, others: number): Goal => ({
    name,
    wanted: `> ${others}/s`,
    measured: `${median.toFixed(0)}/s`,
    isReached: median > others,
  });
  return [
    ratio('uniform, to pgbench of the same function', uniform, find('pgbench, uniform', 64), 2.5),
    ratio('one hot merchant, to uniform', hot, uniform, 0.7),
    ratio('one hot merchant, to pgbench of the same', hot, find('pgbench, hot merchant', 64), 5),
    atMost('P99 at 64 in flight', uniform.percentile(99) ?? Number.POSITIVE_INFINITY, 15),
    ratio(`requests of ${commandsPerBulk}, to single commands`, bulk, uniform, 1.5),
    ratio('the large ledger, to the small one', find('writer, large ledger', 64), uniform, 0.9),
    atMost('balances of the busiest holder, P95', balances.percentile(95), 5),
    atMost('first page of its history, P95', history.percentile(95), 5),
    ahead('single commands, to the fastest of others', uniform, othersSingle),
    ahead(`requests of ${commandsPerBulk}, to the fastest of others`, bulk, othersBulk),
  ];
}
