import type { StateDirectory } from '../installation/state-directory.ts';
import type { Terminal } from '../supervisor/terminal.ts';
import { type DemoState, readDemo } from './demo-state.ts';

export async function seedDemo({
  state,
}: {
  graphql: string;
  issue: (subject: string) => Promise<string>;
  state: StateDirectory;
  terminal: Terminal;
  stop: AbortSignal;
}): Promise<DemoState | undefined> {
  return readDemo(state);
}
