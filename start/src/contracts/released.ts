import { copyFileSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkoutFolder } from '../checkout/paths.ts';
import { runTool } from '../checkout/run-tool.ts';
import { eventFaults, type SchemaPart } from './event-compatibility.ts';
import { graphFaults } from './graph-compatibility.ts';

const buf = 'node_modules/@bufbuild/buf/bin/buf';
const releasedFolder = join(checkoutFolder, 'schema/released');
const releasedImage = 'schema/released/proto.binpb';

const read = (path: string) => readFileSync(join(checkoutFolder, path), 'utf8');
const readSchema = (path: string): SchemaPart => JSON.parse(read(path));
const namesIn = (folder: string) =>
  globSync(`${folder}/*`, { cwd: checkoutFolder })
    .map((path) => basename(path))
    .sort();

/** Lists where the contracts break what was released. A contract that was never released breaks nothing. */
export async function contractFaults(): Promise<string[]> {
  if (!existsSync(releasedFolder)) return ['schema/released is not there: "pnpm release:contracts" writes it'];
  const graphs = namesIn('schema/released/graphql').flatMap((name) => {
    if (!existsSync(join(checkoutFolder, 'schema/graphql', name))) return [`schema/graphql/${name} was removed`];
    return graphFaults(read(`schema/released/graphql/${name}`), read(`schema/graphql/${name}`), name);
  });
  const events = namesIn('schema/released/events').flatMap((name) => {
    if (!existsSync(join(checkoutFolder, 'schema/events', name))) return [`schema/events/${name} was removed`];
    const place = basename(name, '.json');
    return eventFaults(readSchema(`schema/released/events/${name}`), readSchema(`schema/events/${name}`), place);
  });
  const { exitCode, output } = await runTool(buf, ['breaking', '--against', releasedImage]);
  return [...graphs, ...events, ...(exitCode === 0 ? [] : output.split('\n'))];
}

/** Makes the contracts of now the released ones. */
export async function releaseContracts(): Promise<void> {
  rmSync(releasedFolder, { recursive: true, force: true });
  mkdirSync(releasedFolder, { recursive: true });
  cpSync(join(checkoutFolder, 'schema/events'), join(releasedFolder, 'events'), { recursive: true });
  mkdirSync(join(releasedFolder, 'graphql'));
  for (const name of namesIn('schema/graphql')) {
    copyFileSync(join(checkoutFolder, 'schema/graphql', name), join(releasedFolder, 'graphql', name));
  }
  const { exitCode, output } = await runTool(buf, ['build', '-o', releasedImage]);
  if (exitCode !== 0) throw new Error(`The gRPC contracts cannot be built: ${output}`);
}
