import DataLoader from 'dataloader';
import { type ListName, type PageRequest, readPages } from '../store/list-pages.ts';
import type {
  LoyaltyProgram,
  Merchant,
  Partner,
  PartnerKey,
  PrismaClient,
  StaffMember,
  Store,
} from '../store/prisma.ts';
import { type ProgramVersionState, readVersionPages, readVersionsInForce } from '../store/program-versions.ts';
import type { Database } from '../store/transaction.ts';
import type { Visibility } from './visibility.ts';

/** Identifiers of one statement; more are split. */
const batchSizeMax = 1_000;

/** Loads rows by UUID; null for those that are not there or not for the caller: nobody can tell which. */
type RowLoader<Row> = DataLoader<string, Row | null>;

/** Part of a list of one parent (a UUID). */
export interface ListPageRequest extends PageRequest {
  parentId: string;
}

/** Part of the versions of one program (a UUID); after 0 from the first. */
export interface VersionPageRequest {
  parentId: string;
  first: number;
  after: number;
}

/** What one request loads; everything that is asked for in one tick is one statement. */
export interface Loaders {
  merchants: RowLoader<Merchant>;
  stores: RowLoader<Store>;
  programs: RowLoader<LoyaltyProgram>;
  staff: RowLoader<StaffMember>;
  partners: RowLoader<Partner>;
  partnerKeys: RowLoader<PartnerKey>;
  /** UUIDs on a page and one more when more follow. */
  pages: Record<ListName, DataLoader<ListPageRequest, string[], string>>;
  /** Of a program (a UUID). */
  versionInForce: DataLoader<string, ProgramVersionState>;
  /** Versions on a page and one more when more follow. */
  versionPages: DataLoader<VersionPageRequest, ProgramVersionState[], string>;
}

interface Sources {
  prisma: PrismaClient;
  database: Database;
  clock: () => Date;
}

/** Makes the loaders of one request: what one caller loaded is never seen by another. */
export function createLoaders({ prisma, database, clock }: Sources, visible: Visibility): Loaders {
  const pagesOf = (list: ListName) =>
    pageLoader<ListPageRequest, string>((parentIds, request) => readPages(database, list, parentIds, request));
  return {
    merchants: rowLoader((id) => prisma.merchant.findMany({ where: { AND: [{ id }, visible.merchants] } })),
    stores: rowLoader((id) => prisma.store.findMany({ where: { AND: [{ id }, visible.stores] } })),
    programs: rowLoader((id) => prisma.loyaltyProgram.findMany({ where: { AND: [{ id }, visible.programs] } })),
    staff: rowLoader((id) => prisma.staffMember.findMany({ where: { AND: [{ id }, visible.staff] } })),
    partners: rowLoader((id) => prisma.partner.findMany({ where: { AND: [{ id }, visible.partners] } })),
    partnerKeys: rowLoader((id) =>
      prisma.partnerKey.findMany({ where: { AND: [{ id }, { partner: visible.partners }] } }),
    ),
    pages: {
      stores: pagesOf('stores'),
      staff: pagesOf('staff'),
      programs: pagesOf('programs'),
      partners: pagesOf('partners'),
      partnerKeys: pagesOf('partnerKeys'),
    },
    versionInForce: new DataLoader(
      async (programIds: readonly string[]) => {
        const versions = await readVersionsInForce(database, programIds, clock());
        return programIds.map((id) => versions.get(id) ?? new Error(`the program ${id} has no version`));
      },
      { maxBatchSize: batchSizeMax },
    ),
    versionPages: pageLoader<VersionPageRequest, ProgramVersionState>((programIds, request) =>
      readVersionPages(database, programIds, request),
    ),
  };
}

function rowLoader<Row extends { id: string }>(read: (ids: { in: string[] }) => Promise<Row[]>): RowLoader<Row> {
  return new DataLoader(
    async (ids: readonly string[]) => {
      const rows = new Map((await read({ in: [...ids] })).map((row) => [row.id, row]));
      return ids.map((id) => rows.get(id) ?? null);
    },
    { maxBatchSize: batchSizeMax },
  );
}

/** The parents of one field have one size and cursor, but a request may ask for a list under several aliases. */
function pageLoader<Request extends { parentId: string; first: number; after: unknown }, Item>(
  read: (parentIds: string[], request: Request) => Promise<Map<string, Item[]>>,
): DataLoader<Request, Item[], string> {
  const partOf = ({ first, after }: Request) => `${first} ${after}`;
  return new DataLoader(
    async (requests: readonly Request[]) => {
      const groups = Map.groupBy(requests, partOf);
      const pages = await Promise.all(
        [...groups].flatMap(([part, [request, ...others]]) =>
          request === undefined
            ? []
            : [
                read(
                  [request, ...others].map(({ parentId }) => parentId),
                  request,
                ).then((page) => [part, page] as const),
              ],
        ),
      );
      const found = new Map(pages);
      return requests.map((request) => found.get(partOf(request))?.get(request.parentId) ?? []);
    },
    { cacheKeyFn: (request) => `${request.parentId} ${partOf(request)}`, maxBatchSize: batchSizeMax },
  );
}
