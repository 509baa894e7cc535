import type { JobOffice, TroubledJob } from '@localplus/ledger/jobs';
import { type JobCommand, JobUsageError } from './options.ts';

/**
 * Does what the operator asks for and says what came of it, line by line.
 * @throws JobUsageError when there is no such job
 */
export async function runJobCommand(
  office: JobOffice,
  command: JobCommand,
  line: (text: string) => void,
): Promise<void> {
  if (command.verb === 'list') return list(office, line);
  const troubled = await office.troubled();
  if (command.verb === 'show') return show(findById(troubled, command.id), line);
  const givenUp = troubled.filter(({ state }) => state === 'failed');
  const chosen = command.which === 'all' ? givenUp : [findById(givenUp, command.which.id)];
  line(`${await office.retry(chosen)} of ${chosen.length} will be done again by the next process that is free.`);
}

async function list(office: JobOffice, line: (text: string) => void): Promise<void> {
  const { holderCount, oldestAgeSeconds } = await office.due();
  const since = holderCount === 0 ? '' : `, the first for ${oldestAgeSeconds.toFixed(1)} s`;
  line(`Something is due for ${holderCount} holders${since}.`);
  for (const { queue, waiting, active, failed, lastDoneAt } of await office.queues()) {
    const last = lastDoneAt === undefined ? 'never that is known' : lastDoneAt.toISOString();
    line(`${queue.padEnd(14)} waiting ${waiting}, active ${active}, failed ${failed}, last done ${last}`);
  }
  const troubled = await office.troubled();
  line(troubled.length === 0 ? 'No job has failed.' : 'Failed, and not done since:');
  for (const job of troubled) line(summaryOf(job));
}

function summaryOf({ id, queue, failures, nextAt }: TroubledJob): string {
  const next = nextAt === undefined ? 'given up' : `again at ${nextAt.toISOString()}`;
  return `${id}  ${queue}  failed ${failures} times, ${next}`;
}

function show(job: TroubledJob, line: (text: string) => void): void {
  line(summaryOf(job));
  line(`sent at ${job.createdAt.toISOString()}, with ${JSON.stringify(job.data)}`);
  line(JSON.stringify(job.output, undefined, 2));
}

function findById(jobs: readonly TroubledJob[], id: string): TroubledJob {
  const found = jobs.find((job) => job.id === id);
  if (found === undefined) throw new JobUsageError(`There is no such job that failed: ${id}.`);
  return found;
}
