import type { Logger } from '@localplus/logging';
import type { FinishSources } from './finish-enrollment.ts';
import { finishOpenEnrollments } from './finish-open-enrollments.ts';

/** An open enrollment is rare, and its client asks again anyway: there is no hurry. */
const defaultIntervalMs = 5_000;

/** Looks for enrollments that stayed open, at intervals, one round at a time. */
export class EnrollmentFinisher {
  #sources: FinishSources;
  #logger: Logger;
  #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(sources: FinishSources, logger: Logger, intervalMs = defaultIntervalMs) {
    this.#sources = sources;
    this.#logger = logger;
    this.#intervalMs = intervalMs;
    this.#plan();
  }

  /** Lets the running round finish, and begins no other. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#round;
  }

  #plan() {
    this.#timer = setTimeout(() => {
      this.#round = this.#work();
    }, this.#intervalMs);
  }

  async #work() {
    try {
      const { finished, failures } = await finishOpenEnrollments(this.#sources);
      if (finished > 0) this.#logger.info({ finished }, 'open enrollments were finished');
      for (const error of failures) this.#logger.warn({ err: error }, 'an enrollment stays open');
    } catch (error) {
      this.#logger.warn({ err: error }, 'open enrollments could not be looked for');
    }
    if (this.#timer) this.#plan();
  }
}
