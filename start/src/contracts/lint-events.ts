interface JsonSchema {
  $id?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

/** The schema of the values of a topic, by the topic's name. */
export interface EventSchema {
  topic: string;
  schema: JsonSchema;
}

function undescribed(place: string, schema: JsonSchema): string[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.description || '$ref' in property ? [] : [`${place}.${name} has no description`]),
    ...undescribed(`${place}.${name}`, property),
  ]);
  return [...inner, ...(schema.items ? undescribed(`${place}[]`, schema.items) : [])];
}

/**
 * Lists what is wrong with the event contracts as documents: a schema without its topic's name, a topic without a
 * schema, a property that nobody explains. That they are valid JSON Schemas is found when the bus compiles them.
 */
export function lintEvents(topics: readonly string[], schemas: EventSchema[]): string[] {
  const missing = topics.filter((name) => !schemas.some(({ topic }) => topic === name));
  return [
    ...missing.map((name) => `The topic ${name} has no schema in schema/events`),
    ...schemas.flatMap(({ topic, schema }) => [
      ...(topics.includes(topic) ? [] : [`schema/events/${topic}.json belongs to no topic`]),
      ...(schema.$id?.endsWith(`/${topic}.json`) ? [] : [`schema/events/${topic}.json has another $id`]),
      ...(schema.description ? [] : [`schema/events/${topic}.json has no description`]),
      ...undescribed(topic, schema),
    ]),
  ];
}
