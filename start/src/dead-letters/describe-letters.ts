import type { KeptDeadLetter } from '@localplus/event-bus';

/** The most of a record's value that is shown: what is longer is looked at with other tools. */
const shownCharactersMax = 10_000;

/** Tabs and line ends of a reason would tear the table; escape sequences would command the terminal. */
const controlCharacters = /\p{Cc}+/gu;

const columns: { title: string; of: (letter: KeptDeadLetter) => string }[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'CONSUMER', of: ({ consumer }) => consumer },
  { title: 'KEY', of: ({ key }) => inOneLine(key) || '(none)' },
  { title: 'PARKED', of: ({ parked, scope }) => (scope === 'aggregate' ? String(parked) : '-') },
  { title: 'RECORDED', of: ({ time }) => time.toISOString() },
  { title: 'ASKED FOR', of: ({ requested }) => requested ?? '-' },
  { title: 'REASON', of: ({ reason }) => inOneLine(reason) },
];

const holdsUp: Record<KeptDeadLetter['scope'], string> = {
  aggregate: 'the later records of its key, for this consumer',
  record: 'nothing: it belongs to no aggregate',
  replica: 'nothing: its consumer is every replica, which goes on; it can only be discarded',
};

/** Dead letters as a table, in lines. */
export function tableOf(letters: readonly KeptDeadLetter[]): string {
  const rows = [columns.map(({ title }) => title), ...letters.map((letter) => columns.map(({ of }) => of(letter)))];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One dead letter with its record, in lines. */
export function detailsOf(letter: KeptDeadLetter): string {
  const { value } = letter;
  const shown = value
    .slice(0, shownCharactersMax)
    .replaceAll(controlCharacters, (text) => JSON.stringify(text).slice(1, -1));
  const facts: [string, string][] = [
    ['id', letter.id],
    ['consumer', letter.consumer],
    ['topic', `${letter.topic}, partition ${letter.partition}, offset ${letter.offset}`],
    ['key', inOneLine(letter.key) || '(none)'],
    ['recorded', letter.time.toISOString()],
    ['reason', inOneLine(letter.reason)],
    ['holds up', holdsUp[letter.scope]],
    ['parked', String(letter.parked)],
    ['asked for', letter.requested ?? '-'],
    ...Object.entries(letter.headers).map(([name, text]): [string, string] => [`header ${name}`, inOneLine(text)]),
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, fact]) => `${name.padEnd(width)}  ${fact}`);
  const rest = value.length - shown.length;
  return [...lines, '', shown, ...(rest > 0 ? [`… and ${rest} characters more`] : [])].join('\n');
}

function inOneLine(text: string): string {
  return text.replaceAll(controlCharacters, ' ');
}
