import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { checkoutFolder } from './paths.ts';

/** What a tool said and how it ended. */
export interface ToolResult {
  exitCode: number;
  /** Standard output and standard error, in the order in which they came. */
  output: string;
  durationMs: number;
}

interface ToolOptions {
  /** Variables beside those of this process. */
  environment?: Record<string, string>;
  /** Folders, relative to the checkout, whose programs the tool looks for on its PATH. */
  programFolders?: string[];
}

/**
 * Runs one of the project's tools, a script for Node, in the checkout's folder and collects what it says.
 * @param script relative to the checkout
 */
export function runTool(script: string, parameters: string[], options: ToolOptions = {}): Promise<ToolResult> {
  const folders = [dirname(process.execPath), ...(options.programFolders ?? []).map((it) => join(checkoutFolder, it))];
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(checkoutFolder, script), ...parameters], {
      cwd: checkoutFolder,
      env: { ...process.env, PATH: [...folders, process.env.PATH].join(delimiter), ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        exitCode: code ?? 1,
        output: Buffer.concat(chunks).toString('utf8').trim(),
        durationMs: performance.now() - startedAt,
      }),
    );
  });
}
