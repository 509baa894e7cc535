import type { IncomingMessage } from 'node:http';
import { requestFailure } from '../errors/request-failure.ts';
import { discardedBytesMax, requestBytesMax } from '../limits/limits.ts';

/**
 * Lets a client that still sends what was refused finish, so that it reads the answer instead of a broken connection;
 * one that does not finish soon is cut off.
 */
function discard(request: IncomingMessage): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardedBytesMax) request.destroy();
  });
}

/**
 * Reads the body of a request, however it is sent.
 * @throws RequestFailure PAYLOAD_TOO_LARGE as soon as it is known to be, BAD_REQUEST when the client went away
 */
export function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const refuse = () => {
      request.removeAllListeners('data');
      discard(request);
      reject(requestFailure('PAYLOAD_TOO_LARGE'));
    };
    if (Number(request.headers['content-length'] ?? 0) > requestBytesMax) {
      refuse();
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > requestBytesMax) refuse();
      else chunks.push(chunk);
    });
    let isComplete = false;
    request.once('end', () => {
      isComplete = true;
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    request.once('close', () => {
      // An error is made for those alone who went away: with its stack it would cost each request as much as its parsing.
      if (!isComplete) reject(requestFailure('BAD_REQUEST', { message: 'The request was not sent to its end.' }));
    });
  });
}
