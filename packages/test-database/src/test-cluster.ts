/** How a test file reaches the cluster of its run; handed over by vitest. */
export type TestCluster = {
  /** As superuser, to the maintenance database. */
  adminConnectionString: string;
  /** The database with every migration, for cloning. */
  templateName: string;
  /** The login roles, which are also the names of the schemas. */
  roles: string[];
};

declare module 'vitest' {
  interface ProvidedContext {
    localplusTestCluster: TestCluster;
  }
}

/** The cluster lives for one run, listens on loopback alone and holds nothing: its passwords need no secrecy. */
export const adminPassword = 'test-administrator';

/** The password of a login role in the test cluster. */
export function rolePassword(role: string): string {
  return `test-${role}`;
}
