import type * as access from '#src/app/access/contract.ts'
import type * as catalog from '#src/catalog/contract.ts'
import type * as ledger from '#src/ledger/contract.ts'
import type * as ledgerReads from '#src/ledger/read-contract.ts'
import type { Endpoint } from '#src/lib/contract.ts'
import type * as lots from '#src/lots/contract.ts'
import type * as network from '#src/network/contract.ts'
import type * as properties from '#src/properties/contract.ts'
import type * as serials from '#src/serials/contract.ts'

/**
 * Every operation of the API as a type: api.ts is typed by it, with no code made and none of the schemas in the bundle.
 * A slice that gets a contract adds its line here, as in src/app/endpoints.ts.
 */
type Slices = typeof access | typeof catalog | typeof ledger | typeof ledgerReads | typeof lots | typeof network | typeof properties | typeof serials

type ValuesOf<Slice> = Slice extends unknown ? Slice[keyof Slice] : never
type Endpoints = Extract<ValuesOf<Slices>, Endpoint>

export type Reads = Extract<Endpoints, { readonly method: 'GET' }>
export type Commands = Exclude<Endpoints, { readonly method: 'GET' }>
export type EndpointAt<Method extends string, Path extends string> = Extract<Endpoints, { readonly method: Method; readonly path: Path }>
