import { spawnSync } from 'node:child_process';
import { chownSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The operating system's account that PostgreSQL runs as. */
export type Account = {
  name: string;
  uid: number;
  gid: number;
  /** Whether it is another than ours, so that files must be handed over to it. */
  isOther: boolean;
};

/** PostgreSQL refuses to run as root. Debian's package brings `postgres`; `nobody` exists everywhere. */
const accountsInsteadOfRoot = ['postgres', 'nobody'];

/** Our own account, or for root another one. Throws for a root without either. */
export function serverAccount(): Account {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  if (uid !== 0) return { name: String(uid), uid, gid, isOther: false };
  for (const name of accountsInsteadOfRoot) {
    const other = { uid: lookUp('-u', name), gid: lookUp('-g', name) };
    if (other.uid && other.gid) return { name, uid: other.uid, gid: other.gid, isOther: true };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres": make one, or start as another user',
  );
}

/** The account that owns data made earlier: PostgreSQL serves no other's. The given one where there are none yet. */
export function accountOf(dataDirectory: string, account: Account): Account {
  const stats = statSync(join(dataDirectory, 'PG_VERSION'), { throwIfNoEntry: false });
  if (!account.isOther || !stats || stats.uid === account.uid) return account;
  return { ...account, name: String(stats.uid), uid: stats.uid, gid: stats.gid };
}

function lookUp(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : undefined;
}

/** Hands a file or folder over to the server's account. */
export function giveTo(account: Account, path: string): void {
  if (account.isOther) chownSync(path, account.uid, account.gid);
}

/** Whether the account may pass through every folder above `path`, the nearest of which must exist. */
export function canReach(account: Account, path: string): boolean {
  if (!account.isOther) return true;
  const folder = realpathSync(dirname(path));
  return canEnter(account, folder) && (folder === dirname(folder) || canReach(account, folder));
}

function canEnter({ uid, gid }: Account, folder: string): boolean {
  const stats = statSync(folder);
  if (stats.uid === uid) return (stats.mode & 0o100) !== 0;
  if (stats.gid === gid) return (stats.mode & 0o010) !== 0;
  return (stats.mode & 0o001) !== 0;
}
