import { createHash } from 'node:crypto'
import { uuidv7 } from 'uuidv7'

declare const idBrand: unique symbol
/** A bare UUIDv7, made by the app or the scanner; the brand keeps a lot's id out of a place's parameter. */
export type Id<Name extends string> = string & { readonly [idBrand]: Name }

export type OrganizationId = Id<'organization'>
export type ProductId = Id<'product'>
export type LotId = Id<'lot'>
export type UnitId = Id<'unit'>
export type PlaceId = Id<'place'>
export type PartyId = Id<'party'>
export type PlateId = Id<'plate'>
export type FamilyId = Id<'family'>
export type MovementId = Id<'movement'>
export type CommandId = Id<'command'>
export type HoldId = Id<'hold'>
export type AllocationId = Id<'allocation'>

/** A new id; ids made in one process rise, also within a millisecond. */
export function newId<Name extends string>(): Id<Name> {
  return uuidv7() as Id<Name>
}

/** Stands for "on no plate" (loose), so that the plate can be part of a key. */
export const LOOSE = '00000000-0000-0000-0000-000000000000' as PlateId

/** Stands for "no unit named" where a unit is part of a key. */
export const NO_UNIT = '00000000-0000-0000-0000-000000000000' as UnitId

/**
 * The id of something there is exactly one of for its owner: a party's place as a supplier, an organisation's place of
 * counting. Derived by SHA-256 (UUID version 8, RFC 9562 section 5.8), so it needs no look-up.
 */
export function derivedId<Name extends string>(owner: string, what: string): Id<Name> {
  const bytes = createHash('sha256').update(`${owner}/${what}`, 'utf8').digest().subarray(0, 16)
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | 0x80
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id<Name>
}
