import { msg } from '@lingui/core/macro'
import type { MessageDescriptor } from '@lingui/core'
import type { Permission } from '#src/lib/permissions.ts'
import type { Kind, RunKind } from './draft.ts'

/** What a form is called and how its words go; what it asks for follows from its kind (flow.ts, command.ts). */
export interface Doing {
  readonly kind: Kind
  readonly permission: Permission
  /** The heading, and what the button does. */
  readonly title: MessageDescriptor
  readonly verb: MessageDescriptor
  /** After it was posted. */
  readonly done: MessageDescriptor
  readonly again: MessageDescriptor
  /** Whom it is from or to. */
  readonly party?: { readonly label: MessageDescriptor; readonly role?: 'supplier' | 'customer' }
  /** Usual reasons, the first of which is meant unless another is said. */
  readonly reasons?: readonly Reason[]
  /** Papers that usually go with it. */
  readonly papers: readonly string[]
}

export interface Reason {
  readonly text: MessageDescriptor
  /** Of an adjustment: what it is booked against. */
  readonly against?: 'count' | 'loss'
}

/** THE table of forms, by the last part of their address: `/do/receive`. */
export const doings: Readonly<Record<string, Doing>> = {
  receive: { kind: 'receive', permission: 'movements.receive', title: msg`Receive`, verb: msg`Receive`, done: msg`Received`, again: msg`Receive another`, party: { label: msg`Supplier`, role: 'supplier' }, papers: ['purchase_order', 'delivery_note', 'invoice'] },
  move: { kind: 'move', permission: 'movements.move', title: msg`Move`, verb: msg`Move`, done: msg`Moved`, again: msg`Move another`, papers: ['transfer_order', 'delivery_note'] },
  ship: { kind: 'ship', permission: 'movements.ship', title: msg`Ship`, verb: msg`Ship`, done: msg`Shipped`, again: msg`Ship another`, party: { label: msg`Customer`, role: 'customer' }, papers: ['sales_order', 'delivery_note', 'tracking_number'] },
  return: { kind: 'return', permission: 'movements.return', title: msg`Take back`, verb: msg`Take back`, done: msg`Taken back`, again: msg`Take another back`, party: { label: msg`Customer`, role: 'customer' }, papers: ['return_order', 'sales_order', 'complaint'] },
  run: { kind: 'run', permission: 'movements.transform', title: msg`Run`, verb: msg`Post the run`, done: msg`Run posted`, again: msg`Another run`, papers: ['production_order', 'batch_record'] },
  adjust: {
    kind: 'adjust', permission: 'movements.adjust', title: msg`Adjust`, verb: msg`Adjust`, done: msg`Adjusted`, again: msg`Adjust another`, papers: ['count_sheet'],
    reasons: [{ text: msg`Counted` }, { text: msg`Found` }, { text: msg`Damaged`, against: 'loss' }, { text: msg`Spoiled`, against: 'loss' }, { text: msg`Missing`, against: 'loss' }],
  },
  sample: { kind: 'sample', permission: 'movements.sample', title: msg`Take a sample`, verb: msg`Take the sample`, done: msg`Sample taken`, again: msg`Take another`, papers: ['laboratory_order'], reasons: [{ text: msg`Laboratory` }, { text: msg`Retained sample` }, { text: msg`Sample for a customer` }] },
  destroy: { kind: 'destroy', permission: 'movements.destroy', title: msg`Destroy`, verb: msg`Destroy`, done: msg`Destroyed`, again: msg`Destroy another`, papers: ['disposal_note'], reasons: [{ text: msg`Damaged` }, { text: msg`Past its date` }, { text: msg`Spoiled` }, { text: msg`Recalled` }] },
  pack: { kind: 'pack', permission: 'movements.pack', title: msg`Pack`, verb: msg`Pack`, done: msg`Packed`, again: msg`Pack another`, papers: ['sales_order'] },
  unpack: { kind: 'unpack', permission: 'movements.pack', title: msg`Unpack`, verb: msg`Unpack`, done: msg`Unpacked`, again: msg`Unpack another`, papers: [] },
  'change-owner': { kind: 'change_owner', permission: 'movements.change_owner', title: msg`Change the owner`, verb: msg`Change the owner`, done: msg`Owner changed`, again: msg`Change another`, party: { label: msg`New owner` }, papers: ['invoice', 'contract'], reasons: [{ text: msg`Sold` }, { text: msg`Bought` }, { text: msg`Taken on consignment` }] },
}

/** Kinds of runs, the usual one first. */
export const runKinds: readonly RunKind[] = ['production', 'repack', 'split', 'merge', 'cut', 'rework', 'disassembly', 'mixing']
