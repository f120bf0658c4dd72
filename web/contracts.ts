import type * as access from '#src/app/access/contract.ts'
import type * as demo from '#src/app/demo/contract.ts'
import type * as home from '#src/app/home/contract.ts'
import type * as catalog from '#src/catalog/contract.ts'
import type * as exceptions from '#src/exceptions/contract.ts'
import type * as holds from '#src/holds/contract.ts'
import type * as imports from '#src/imports/contract.ts'
import type * as ledger from '#src/ledger/contract.ts'
import type * as lotMerges from '#src/ledger/merge-contract.ts'
import type * as ledgerReads from '#src/stock/contract.ts'
import type * as verifications from '#src/verify/contract.ts'
import type { Endpoint } from '#src/lib/contract.ts'
import type * as lots from '#src/lots/contract.ts'
import type * as network from '#src/network/contract.ts'
import type * as properties from '#src/properties/contract.ts'
import type * as scan from '#src/scan/contract.ts'
import type * as serials from '#src/serials/contract.ts'
import type * as trace from '#src/trace/contract.ts'
import type * as views from '#src/views/contract.ts'

/**
 * Every operation of the API as a type: api.ts is typed by it, with no code made and none of the schemas in the bundle.
 * A slice that gets a contract adds its line here, as in src/app/endpoints.ts.
 */
type Slices =
  | typeof access | typeof catalog | typeof demo | typeof home | typeof exceptions | typeof holds | typeof imports | typeof ledger | typeof ledgerReads | typeof lotMerges | typeof lots | typeof network
  | typeof properties | typeof scan | typeof serials | typeof trace | typeof verifications | typeof views

type ValuesOf<Slice> = Slice extends unknown ? Slice[keyof Slice] : never
type Endpoints = Extract<ValuesOf<Slices>, Endpoint>

/** Reads by their path. */
export type Reads = { readonly [E in Extract<Endpoints, { readonly method: 'GET' }> as E['path']]: E }
/** What writes, by `POST /movements/receive`. */
export type Commands = { readonly [E in Exclude<Endpoints, { readonly method: 'GET' }> as `${E['method']} ${E['path']}`]: E }
