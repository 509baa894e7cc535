import { startGateway } from '@localplus/gateway';
import { runProcess } from '@localplus/lifecycle';
import { createLogger } from '@localplus/logging';

await runProcess({ logger: createLogger('gateway'), start: () => startGateway(process.env) });
