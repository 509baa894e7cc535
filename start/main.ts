import { helpText } from './src/supervisor/help.ts';
import { readOptions } from './src/supervisor/options.ts';
import { listenForStop } from './src/supervisor/stop-request.ts';
import { supervise } from './src/supervisor/supervise.ts';
import { Terminal } from './src/supervisor/terminal.ts';

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(helpText);
  else {
    const stop = listenForStop();
    await supervise({ options, environment: process.env, terminal: new Terminal(process.stdout), stop });
  }
  process.exit(0);
} catch (error) {
  const line = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${line.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  process.exit(1);
}
