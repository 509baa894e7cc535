import type { Logger } from '@localplus/logging';
import { letterIdOf } from '../dead-letters/letter-id.ts';
import type { ReleaseRequest, SetAsideRecord } from '../dead-letters/set-aside-record.ts';
import { decodeRecord } from '../decode-record.ts';
import type { ReceivedEvent } from '../event.ts';
import type { TopicSchemas } from '../topic-schemas.ts';
import { describeFailure, type HandlerCalls } from './handler-calls.ts';
import type { SetAsideRecords } from './set-aside-records.ts';

/** What a release works with. */
export type ReleaseParts = {
  readonly calls: HandlerCalls;
  readonly setAside: SetAsideRecords;
  readonly schemas: TopicSchemas;
  readonly batchSizeMax: number;
  readonly logger: Logger;
};

type Handed = 'all' | 'stopped' | 'aborted';

/**
 * Does what an operator asked for: hands what was set aside to the handler, in order, until nothing is left or one fails.
 * Each record is forgotten after it was handled, and the request last: whoever has the partition after a crash goes on.
 * @returns false when the signal was aborted before it was finished
 */
export async function release(parts: ReleaseParts, request: ReleaseRequest, signal: AbortSignal): Promise<boolean> {
  const { setAside, batchSizeMax, logger } = parts;
  const place = { letter: letterIdOf(request), topic: request.topic, partition: request.partition };
  for (;;) {
    const page = await setAside.read(request, batchSizeMax, signal);
    if (!page) return false;
    const handed = await handOver(parts, request, page.records, signal);
    if (handed === 'aborted') return false;
    const isReleased = handed === 'all' && !page.mayHaveMore;
    if (isReleased) logger.info({ ...place, action: request.action }, 'what was set aside is released');
    if (isReleased || handed === 'stopped') return setAside.finish(request, isReleased, signal);
  }
}

async function handOver(
  parts: ReleaseParts,
  request: ReleaseRequest,
  records: readonly SetAsideRecord[],
  signal: AbortSignal,
): Promise<Handed> {
  const [first, ...behind] = records;
  if (first && request.action === 'discard' && first.offset === request.offset) {
    if (!(await parts.setAside.remove([first], signal))) return 'aborted';
    return handOver(parts, request, behind, signal);
  }
  const events: ReceivedEvent[] = [];
  let problem: string | undefined;
  for (const record of records) {
    const decoded = decodeRecord(record, parts.schemas);
    if ('problem' in decoded) {
      problem = decoded.problem;
      break;
    }
    events.push(decoded.event);
  }
  const handed = await replay(parts, records.slice(0, events.length), events, signal);
  const faulty = records[events.length];
  if (handed !== 'all' || !faulty || problem === undefined) return handed;
  return (await parts.setAside.bury(faulty, problem, signal)) ? 'stopped' : 'aborted';
}

async function replay(
  { calls, setAside }: ReleaseParts,
  records: readonly SetAsideRecord[],
  events: readonly ReceivedEvent[],
  signal: AbortSignal,
): Promise<Handed> {
  const together = await calls.together(events, signal);
  if (together === 'handled') return (await setAside.remove(records, signal)) ? 'all' : 'aborted';
  if (together === 'aborted') return together;
  for (const [index, event] of events.entries()) {
    const record = records[index];
    const outcome = await calls.alone(event, signal);
    if (!record || outcome === 'aborted') return 'aborted';
    if (outcome !== 'handled') {
      return (await setAside.bury(record, describeFailure(outcome.failure), signal)) ? 'stopped' : 'aborted';
    }
    if (!(await setAside.remove([record], signal))) return 'aborted';
  }
  return 'all';
}
