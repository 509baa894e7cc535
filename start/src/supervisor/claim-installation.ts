import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { runningInstance } from '../installation/instance-lock.ts';
import { claimPorts, type PlannedPort, PortTaken } from '../installation/ports.ts';
import type { StateDirectory } from '../installation/state-directory.ts';

/** Processes whose supervisor was killed notice it at once and drain this long at most. */
const leftoversEndMs = 3_000;
const leftoversPollMs = 100;

/**
 * Makes sure that this installation does not run and that its ports can be had. After a run that was killed, waits for
 * what is left of it; its PostgreSQL is not waited for, since it is stopped when the new one starts.
 * @throws PortTaken, or Error when the installation runs, each with one line
 */
export async function claimInstallation(state: StateDirectory, ports: PlannedPort[]): Promise<void> {
  const running = runningInstance(state);
  if (running !== undefined) {
    await claimPorts(ports, `Local-Plus itself, which already runs from ${state.path} (process ${running})`);
    throw new Error(
      `Local-Plus already runs from ${state.path} (process ${running}): stop it, or set LOCALPLUS_STATE_DIRECTORY.`,
    );
  }
  if (!existsSync(state.lockFile)) return claimPorts(ports);
  const waited = ports.filter(({ variable }) => variable !== 'POSTGRES_PORT');
  const givesUpAt = performance.now() + leftoversEndMs;
  for (;;) {
    try {
      return await claimPorts(waited);
    } catch (error) {
      if (!(error instanceof PortTaken) || performance.now() > givesUpAt) throw error;
    }
    await pause(leftoversPollMs);
  }
}
