import { openDeadLetterOffice } from '@localplus/event-bus/open';
import { createLogger } from '@localplus/logging';
import { eventBusEnvironment } from './src/dead-letters/event-bus-environment.ts';
import { readCommand } from './src/dead-letters/options.ts';
import { runCommand } from './src/dead-letters/run-command.ts';

try {
  const command = readCommand(process.argv.slice(2));
  const logger = createLogger('dead letters').child({}, { level: 'error' });
  const office = await openDeadLetterOffice(eventBusEnvironment(process.env), logger);
  try {
    const isDone = await runCommand(office, command, (text) => console.log(text));
    if (!isDone) process.exitCode = 1;
  } finally {
    await office.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
