import { createWriteStream, existsSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** A log that is larger at a start is put aside, so that the last two of this size are what the disk holds. */
const keptBytes = 20_000_000;
/** The same trouble is told on the terminal once in this time, with how often it came meanwhile. */
const repeatedMs = 60_000;
/** pino's number for an error; above it are only fatal ones. */
const errorLevel = 50;

interface LogLine {
  level: number;
  msg?: string;
  err?: { message?: string };
}

function parseError(line: string): LogLine | undefined {
  // Most lines are no errors: looking for the level spares parsing them.
  if (!/"level":[56]0/.test(line)) return undefined;
  try {
    const parsed = JSON.parse(line) as LogLine;
    return parsed.level >= errorLevel ? parsed : undefined;
  } catch {
    // Not every line of a library is JSON; such a line is in the file, where it came from.
    return undefined;
  }
}

/** What one process says: everything into its file, errors and news in short on the terminal. */
export class ProcessLog {
  readonly file: string;
  #name: string;
  #stream: WriteStream;
  #tell: (line: string) => void;
  #told = new Map<string, { at: number; repeats: number }>();

  /** @param tell shows a line to the person at the terminal */
  constructor(folder: string, name: string, tell: (line: string) => void) {
    this.file = join(folder, `${name}.log`);
    this.#name = name;
    this.#tell = tell;
    if (existsSync(this.file) && statSync(this.file).size > keptBytes) renameSync(this.file, `${this.file}.old`);
    this.#stream = createWriteStream(this.file, { flags: 'a', mode: 0o600 });
    this.#stream.on('error', (error) => tell(`The log ${this.file} cannot be written: ${error.message}`));
  }

  /** Takes one line of the process. */
  write(line: string): void {
    this.#stream.write(`${line}\n`);
    const error = parseError(line);
    if (!error) return;
    const detail = error.err?.message;
    const text = [error.msg, detail].filter(Boolean).join(': ');
    this.#tellOnce(`${this.#name}: ${text} (log: ${this.file})`);
  }

  /** Takes news about the process, from its supervisor. */
  notice(text: string): void {
    this.#note(text);
    this.#tell(text);
  }

  /** Takes trouble that lasts, from the supervisor: told again after a while alone. */
  trouble(text: string): void {
    this.#note(text);
    this.#tellOnce(text);
  }

  /** Writes out what is left and closes the file. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#stream.end(resolve));
  }

  #note(text: string): void {
    this.#stream.write(`${JSON.stringify({ time: new Date().toISOString(), process: 'supervisor', msg: text })}\n`);
  }

  #tellOnce(text: string): void {
    const now = performance.now();
    const before = this.#told.get(text);
    if (before && now - before.at < repeatedMs) {
      before.repeats += 1;
      return;
    }
    this.#told.set(text, { at: now, repeats: 0 });
    this.#tell(before?.repeats ? `${text} (${before.repeats} times more in the last minute)` : text);
  }
}
