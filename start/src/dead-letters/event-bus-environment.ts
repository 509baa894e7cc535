import { z } from 'zod';
import { readJson } from '../installation/private-file.ts';
import { stateDirectory } from '../installation/state-directory.ts';

const runFileSchema = z.object({ eventBus: z.record(z.string(), z.string()) });

/**
 * The variables that name an event bus: those of the environment where it names one, else those of the installation that runs
 * from its state directory.
 * @throws Error with one line that says what is missing
 */
export function eventBusEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { EVENT_BUS, EVENT_BUS_DATABASE_URL, LOCALPLUS_STATE_DIRECTORY = '.local' } = environment;
  if (EVENT_BUS || EVENT_BUS_DATABASE_URL) return environment;
  const { runFile } = stateDirectory(LOCALPLUS_STATE_DIRECTORY);
  const running = runFileSchema.safeParse(readJson(runFile));
  if (running.success) return { ...environment, ...running.data.eventBus };
  throw new Error(
    `Which event bus? ${runFile} tells of no running installation: start it (npm start), or set EVENT_BUS and its variables.`,
  );
}
