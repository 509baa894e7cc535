import { readFileSync } from 'node:fs';

const suffix = '_FILE';
/** The variables that hold a password; those of Kafka have files of their own. */
const isSecret = (variable: string) => variable === 'DATABASE_URL' || variable.endsWith('_DATABASE_URL');

/**
 * The environment with the addresses of databases that files hold: `LEDGER_DATABASE_URL_FILE` names the file with
 * `LEDGER_DATABASE_URL`. Whoever lists processes or asks the container for its variables sees no password then.
 * @throws Error with one line that names the variable at fault
 */
export function withSecretFiles(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const read = Object.entries(environment).flatMap(([name, file]) => {
    const variable = name.slice(0, -suffix.length);
    if (!name.endsWith(suffix) || !isSecret(variable) || !file) return [];
    if (environment[variable]) throw new Error(`${variable} and ${name} are both set: one of them is too many.`);
    return [[variable, readSecret(name, file)]];
  });
  return { ...environment, ...Object.fromEntries(read) };
}

function readSecret(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The file that ${variable} names cannot be read: ${reason}`, { cause: error });
  }
}
