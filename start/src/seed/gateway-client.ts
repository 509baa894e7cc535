import { setTimeout as pause } from 'node:timers/promises';

/** A part of the house that dies while the demo is seeded is back within seconds: its back-off ends at 5 s. */
const attemptsMax = 40;
const betweenAttemptsMs = 500;
/** Longer than anything that is answered at all. */
const answerLimitMs = 10_000;
/** Failures that say: send it again, with the same idempotency key. */
const passingCodes = ['SUBGRAPH_UNAVAILABLE', 'OVERLOADED', 'AUTHENTICATION_UNAVAILABLE'];

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

interface Refusal {
  code: string;
  message: string;
}

/** A mutation that answers with a success or a refusal. */
interface Command {
  field: string;
  selection: string;
  input: Record<string, unknown>;
  /** Refusals that pass by themselves: news of a merchant take a moment to reach the other subgraphs. */
  passing?: string[];
}

function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer;
}

/** Sends operations to the gateway, as any client does. */
export class GatewayClient {
  #address: string;
  #stop: AbortSignal;

  /** @param stop ends what is under way and refuses what comes later */
  constructor(address: string, stop: AbortSignal) {
    this.#address = address;
    this.#stop = stop;
  }

  /**
   * Sends an operation until it is answered: every mutation bears an idempotency key, so sending it again is safe.
   * @throws Error when the answer is a failure that will not pass
   */
  async ask<Data>(token: string, query: string, variables: Record<string, unknown>): Promise<Data> {
    for (let attempt = 1; ; attempt += 1) {
      this.#stop.throwIfAborted();
      const answer = await this.#send<Data>(token, query, variables);
      if (answer?.data && !answer.errors) return answer.data;
      const failure = answer?.errors?.[0];
      const isPassing = !answer || passingCodes.includes(failure?.extensions?.code ?? '');
      if (!isPassing || attempt === attemptsMax) {
        throw new Error(`The demo could not be seeded: ${failure?.message ?? 'the gateway does not answer'}`);
      }
      await pause(betweenAttemptsMs, undefined, { signal: this.#stop });
    }
  }

  /**
   * Gives a command whose answer is a union of a success and refusals.
   * @param selection what is read of its success
   * @throws Error when it is refused
   */
  async command<Success>(token: string, { field, selection, input, passing = [] }: Command): Promise<Success> {
    const name = `${field.charAt(0).toUpperCase()}${field.slice(1)}`;
    const query = `mutation ${name}($input: ${name}Input!) {
      ${field}(input: $input) { ... on ${name}Success { ${selection} } ... on Refusal { code message } }
    }`;
    for (let attempt = 1; ; attempt += 1) {
      const data = await this.ask<Record<string, Success | Refusal>>(token, query, { input });
      const answer = data[field];
      if (!isRefusal(answer)) return answer as Success;
      if (!passing.includes(answer.code) || attempt === attemptsMax) {
        throw new Error(`The demo could not be seeded: ${field} was refused with ${answer.code}: ${answer.message}`);
      }
      await pause(betweenAttemptsMs, undefined, { signal: this.#stop });
    }
  }

  /** The answer; undefined when none came. */
  async #send<Data>(
    token: string,
    query: string,
    variables: Record<string, unknown>,
  ): Promise<Answer<Data> | undefined> {
    try {
      const response = await fetch(this.#address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.any([this.#stop, AbortSignal.timeout(answerLimitMs)]),
      });
      return (await response.json()) as Answer<Data>;
    } catch (error) {
      this.#stop.throwIfAborted();
      // What fetch throws otherwise says that the gateway is away, or cut the answer short: both pass.
      if (error instanceof Error) return undefined;
      throw error;
    }
  }
}
