import type { TracedMovement, TraceRow } from '#src/lib/trace-rows.ts'
import { localDay } from '../parts/format.ts'

/** Something that happened to what is traced: one movement, with all that the trace knows of it. */
export interface TraceEvent {
  readonly movementId: string
  /** As a movement, or as a run: `receive`, `production`. */
  readonly kind: string
  readonly occurredAt: string
  readonly documents: readonly string[]
  /** The rows it stands in, each with how much of their lot or unit it moved. */
  readonly parts: readonly { readonly row: TraceRow; readonly quantity: string }[]
}

/** The movements of a trace in the order they happened. */
export function eventsOf(rows: readonly TraceRow[]): TraceEvent[] {
  const all = rows.flatMap((row) => row.movements.map((movement) => ({ row, movement })))
  return [...Map.groupBy(all, ({ movement }) => movement.movementId).values()]
    .map((parts): TraceEvent => {
      const [{ movement, row }] = parts as [{ row: TraceRow; movement: TracedMovement }]
      return {
        movementId: movement.movementId, kind: row.run?.run ?? movement.kind, occurredAt: movement.occurredAt,
        documents: [...new Set(parts.flatMap((part) => part.movement.documents))], parts: parts.map((part) => ({ row: part.row, quantity: part.movement.quantity })),
      }
    })
    .sort((a, b) => (a.occurredAt + a.movementId < b.occurredAt + b.movementId ? -1 : 1))
}

/** Events by the day they happened on, in the time of this device. */
export function daysOf(events: readonly TraceEvent[]): { readonly day: string; readonly events: readonly TraceEvent[] }[] {
  return [...Map.groupBy(events, ({ occurredAt }) => localDay(new Date(occurredAt)))].map(([day, ofDay]) => ({ day, events: ofDay }))
}
