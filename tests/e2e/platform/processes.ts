import { readdirSync, readFileSync } from 'node:fs';

interface ProcessFacts {
  pid: number;
  parentPid: number;
  state: string;
}

/** Clock ticks of /proc/<pid>/stat: 100 a second on every Linux that Node runs on. */
const tickMs = 10;

function readStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets, and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    // The process ended while it was looked at.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return undefined;
    throw error;
  }
}

function listProcesses(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const fields = readStat(Number(name));
      return fields ? [{ pid: Number(name), parentPid: Number(fields[1]), state: fields[0] ?? '' }] : [];
    });
}

/** Whether the process runs: a zombie, which only waits for its parent to notice, does not. */
export function isRunning(pid: number): boolean {
  const state = readStat(pid)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** The process and everything that descends from it, the process first. */
export function processTree(rootPid: number): number[] {
  const processes = listProcesses();
  const found = [rootPid];
  for (const pid of found) {
    found.push(...processes.filter((candidate) => candidate.parentPid === pid).map((candidate) => candidate.pid));
  }
  return found;
}

/** Processor time that the process has used until now, in milliseconds; 0 for one that is gone. */
export function processorTimeMs(pid: number): number {
  const fields = readStat(pid);
  return fields ? (Number(fields[11]) + Number(fields[12])) * tickMs : 0;
}

/** Processor time of the process, of all that it has started, and of those of its children that have ended, in milliseconds. */
export function processorTimeOfAllMs(rootPid: number): number {
  const ended = readStat(rootPid);
  const endedMs = ended ? (Number(ended[13]) + Number(ended[14])) * tickMs : 0;
  return processTree(rootPid).reduce((sum, pid) => sum + processorTimeMs(pid), endedMs);
}

/** Sends a signal to a process that may have ended meanwhile; tells whether it was there. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

/** The process as a person would look for it: id and command line. */
export function describeProcess(pid: number): string {
  try {
    return `${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return `${pid} (ended meanwhile)`;
    throw error;
  }
}
