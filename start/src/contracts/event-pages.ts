/** What a page tells of a topic. */
export interface DocumentedTopic {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs: number;
  readonly schema: object;
}

interface Part {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Part>>;
  readonly items?: Part;
  readonly oneOf?: readonly Part[];
  readonly $defs?: Readonly<Record<string, Part>>;
  readonly $ref?: string;
}

interface Row {
  path: string;
  type: string;
  isRequired: boolean;
  description: string;
}

const dayMs = 24 * 60 * 60 * 1_000;

const preface = `# Events

What Local-Plus tells others, generated from \`schema/events\` by \`pnpm schema\`. An event is a CloudEvent in binary mode: its value is
JSON, the rest are headers.

| header | what it says |
| --- | --- |
| \`ce_id\` | \`evt_…\`; the same event has the same one, however often it is delivered |
| \`ce_type\` | the topic's name, version included |
| \`ce_source\` | who published it, for instance \`/localplus/ledger\` |
| \`ce_time\` | when it was stored, RFC 3339 |
| \`ce_specversion\` | \`1.0\` |
| \`content-type\` | \`application/json\` |
| \`aggregateversion\` | the version of what the key names, after the change |

Delivery is at least once, in order for each key. Consumers ignore properties that they do not know. A property is never removed, never
changes its type and never becomes required; what cannot keep to that is a new topic, \`.v2\`, beside the old one.
`;

/** Writes the page of all events. */
export function eventPage(topics: readonly DocumentedTopic[]): string {
  return `${[preface, ...topics.map(topicSection)].join('\n')}`;
}

function topicSection({ name, partitions, cleanup, retentionMs, schema }: DocumentedTopic): string {
  const part: Part = schema;
  const kept =
    cleanup === 'compact' ? 'the newest record of each key is kept for ever' : `${retentionMs / dayMs} days are kept`;
  const rows = rowsOf(part, '', part.$defs ?? {}).map(
    ({ path, type, isRequired, description }) =>
      `| \`${path}\` | ${type} | ${isRequired ? 'yes' : ''} | ${description} |`,
  );
  return `## ${part.title ?? name}

\`${name}\`: ${partitions} partitions, ${kept}.

${part.description ?? ''}

| property | type | always there | what it says |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function rowsOf(part: Part, place: string, definitions: Readonly<Record<string, Part>>): Row[] {
  return Object.entries(part.properties ?? {}).flatMap(([name, property]) => {
    const path = place === '' ? name : `${place}.${name}`;
    const resolved = resolve(property, definitions);
    const isList = resolved.items !== undefined;
    const inner = isList ? resolve(resolved.items ?? {}, definitions) : resolved;
    const row: Row = {
      path,
      type: typeOf(resolved, inner),
      isRequired: part.required?.includes(name) ?? false,
      description: cell(property.description ?? resolved.description ?? ''),
    };
    return [row, ...rowsOf(inner, isList ? `${path}[]` : path, definitions)];
  });
}

function typeOf(part: Part, inner: Part): string {
  const values = part.enum?.map((value) => `\`${String(value)}\``).join(', ');
  if (values !== undefined) return values;
  const types = (of: Part) => (typeof of.type === 'string' ? of.type : (of.type?.join(' or ') ?? 'object'));
  return part.items === undefined ? types(part) : `array of ${types(inner)}`;
}

function resolve(part: Part, definitions: Readonly<Record<string, Part>>): Part {
  if (part.$ref === undefined) return part;
  const name = part.$ref.replace('#/$defs/', '');
  const definition = definitions[name];
  if (definition === undefined) throw new Error(`${part.$ref} is not defined.`);
  return { ...definition, ...(part.description === undefined ? {} : { description: part.description }) };
}

/** A text that stays in its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
