import { describe, expect, test } from 'vitest';
import type { OutgoingRecord } from './outgoing-record.ts';
import { PublishLane } from './publish-lane.ts';

/** Notes what is sent; each request is answered when the test says so. */
class Broker {
  readonly requests: { keys: string[]; answer: (error?: Error) => void }[] = [];
  inFlightMost = 0;
  #inFlight = 0;

  readonly send = (records: readonly OutgoingRecord[]): Promise<void> =>
    new Promise((resolve, reject) => {
      this.#inFlight += 1;
      this.inFlightMost = Math.max(this.inFlightMost, this.#inFlight);
      const answer = (error?: Error): void => {
        this.#inFlight -= 1;
        if (error) reject(error);
        else resolve();
      };
      this.requests.push({ keys: records.map(({ key }) => key), answer });
    });

  async answerAll(): Promise<void> {
    for (let at = 0; at < this.requests.length; at += 1) {
      this.requests[at]?.answer();
      await turn();
    }
  }
}

const never = new AbortController().signal;

describe('the lane of a partition', () => {
  test('has one request in flight; what waits meanwhile goes together, in the order of the calls', async () => {
    const broker = new Broker();
    const lane = new PublishLane(broker.send);
    const published = ['a', 'b', 'c'].map((key) => lane.publish([record(key)], never));
    await broker.answerAll();
    await Promise.all(published);
    expect(broker.requests.map(({ keys }) => keys)).toEqual([['a'], ['b', 'c']]);
    expect(broker.inFlightMost).toBe(1);
  });

  test('cuts what a broker would not take at once', async () => {
    const broker = new Broker();
    const lane = new PublishLane(broker.send);
    const published = lane.publish(
      ['a', 'b', 'c'].map((key) => record(key, 400_000)),
      never,
    );
    await broker.answerAll();
    await published;
    expect(broker.requests.map(({ keys }) => keys)).toEqual([['a', 'b'], ['c']]);
  });

  test('sends nothing of a call after the piece of it that failed', async () => {
    const broker = new Broker();
    const lane = new PublishLane(broker.send);
    const published = lane.publish([record('a', 900_000), record('b', 900_000)], never);
    const failed = expect(published).rejects.toThrow('refused');
    broker.requests[0]?.answer(new Error('refused'));
    await failed;
    expect(broker.requests.map(({ keys }) => keys)).toEqual([['a']]);
    const next = lane.publish([record('c')], never);
    broker.requests[1]?.answer();
    await next;
  });

  test('never sends what was given up before its turn came', async () => {
    const broker = new Broker();
    const lane = new PublishLane(broker.send);
    const abandonment = new AbortController();
    const first = lane.publish([record('a')], never);
    const second = lane.publish([record('b')], abandonment.signal);
    const rejected = expect(second).rejects.toThrow('too long');
    abandonment.abort(new Error('too long'));
    await rejected;
    await broker.answerAll();
    await first;
    await lane.drained();
    expect(broker.requests.map(({ keys }) => keys)).toEqual([['a']]);
  });
});

function record(key: string, valueBytes = 10): OutgoingRecord {
  return { topic: 'topic', partition: 0, key, value: 'x'.repeat(valueBytes), headers: {} };
}

/** Lets everything go on that was waiting for an answer. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
