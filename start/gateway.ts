import { startGateway } from '@localplus/gateway';
import { runProcess } from '@localplus/lifecycle';
import { createLogger } from '@localplus/logging';
import { withSecretFiles } from './src/installation/secret-files.ts';

await runProcess({ logger: createLogger('gateway'), start: () => startGateway(withSecretFiles(process.env)) });
