import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TopicDeclaration } from './topics.ts';

/** The compiled schemas of the declared topics. */
export class TopicSchemas {
  readonly #validators = new Map<string, ValidateFunction>();

  /** @throws Error when a schema is no valid JSON Schema */
  constructor(topics: readonly TopicDeclaration[]) {
    const ajv = new Ajv2020({ strictRequired: false, allowUnionTypes: true });
    for (const { name, schema } of topics) this.#validators.set(name, ajv.compile(schema));
  }

  /** Why a value does not fit its topic's schema, naming places and rules but no content; undefined when it fits. */
  problemWith(topic: string, value: unknown): string | undefined {
    const validate = this.#validators.get(topic);
    if (!validate) return `no topic is named ${topic}`;
    if (validate(value)) return undefined;
    const [first] = validate.errors ?? [];
    return `breaks its schema at ${first?.instancePath || '/'}: ${first?.message ?? 'unknown rule'}`;
  }
}
