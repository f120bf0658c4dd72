import type { Permission } from '#src/lib/permissions.ts'

export type InternalPlaceKind = 'facility' | 'zone' | 'storage' | 'staging' | 'tank' | 'quarantine' | 'production' | 'repair' | 'in_transit'
export type OutsidePlaceKind = 'supplier' | 'ship_to' | 'loss' | 'count' | 'process' | 'sampled' | 'destroyed'
export type PlaceKind = InternalPlaceKind | OutsidePlaceKind

export const movementKinds = ['receive', 'move', 'adjust', 'transform', 'ship', 'return', 'change_owner', 'pack', 'unpack', 'sample', 'destroy'] as const
export type MovementKind = (typeof movementKinds)[number]

/** One side of a line: our own places, or outside ones of these kinds. */
type Side = 'internal' | readonly OutsidePlaceKind[]

export interface KindRule {
  readonly from: Side
  readonly to: Side
  /** The line may also run the other way: adjusting up or down, a run's inputs and outputs. */
  readonly bothWays?: true
  /** Taking the goods is using them: what is held, or past a date that blocks, stays. */
  readonly usesGoods: boolean
  readonly needsReason: boolean
  readonly permission: Permission
  /** CBV 2.0 business step, for EPCIS. */
  readonly bizStep: string
  /** Critical tracking event of 21 CFR 1 subpart S, where it is one. */
  readonly cte?: 'receiving' | 'shipping' | 'transformation'
}

/** THE table of movements. Returning, sampling and destroying are exempt from holds: they are how a hold ends. */
export const kindRules: { readonly [Kind in MovementKind]: KindRule } = {
  receive: { from: ['supplier'], to: 'internal', usesGoods: false, needsReason: false, permission: 'movements.receive', bizStep: 'receiving', cte: 'receiving' },
  move: { from: 'internal', to: 'internal', usesGoods: false, needsReason: false, permission: 'movements.move', bizStep: 'storing' },
  adjust: { from: ['count', 'loss'], to: 'internal', bothWays: true, usesGoods: false, needsReason: true, permission: 'movements.adjust', bizStep: 'cycle_counting' },
  transform: { from: 'internal', to: ['process'], bothWays: true, usesGoods: true, needsReason: false, permission: 'movements.transform', bizStep: 'creating_class_instance', cte: 'transformation' },
  ship: { from: 'internal', to: ['ship_to', 'supplier'], usesGoods: true, needsReason: false, permission: 'movements.ship', bizStep: 'shipping', cte: 'shipping' },
  return: { from: ['ship_to'], to: 'internal', usesGoods: false, needsReason: false, permission: 'movements.return', bizStep: 'receiving', cte: 'receiving' },
  change_owner: { from: 'internal', to: 'internal', usesGoods: true, needsReason: true, permission: 'movements.change_owner', bizStep: 'other' },
  pack: { from: 'internal', to: 'internal', usesGoods: false, needsReason: false, permission: 'movements.pack', bizStep: 'packing' },
  unpack: { from: 'internal', to: 'internal', usesGoods: false, needsReason: false, permission: 'movements.pack', bizStep: 'unpacking' },
  sample: { from: 'internal', to: ['sampled'], usesGoods: false, needsReason: true, permission: 'movements.sample', bizStep: 'sampling' },
  destroy: { from: 'internal', to: ['destroyed'], usesGoods: false, needsReason: true, permission: 'movements.destroy', bizStep: 'destroying' },
}

export const runKinds = ['production', 'repack', 'split', 'merge', 'cut', 'rework', 'disassembly', 'mixing'] as const
export type RunKind = (typeof runKinds)[number]
/** Runs in which nothing is made or lost: what goes in of a product comes out of it. */
export const conservingRuns: readonly RunKind[] = ['split', 'merge', 'cut']
