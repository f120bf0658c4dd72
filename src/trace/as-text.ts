import type { z } from 'zod'
import type { traceAnswer } from './contract.ts'

type Answer = z.input<typeof traceAnswer>
type Node = Answer['nodes'][number]

const how = { exact: '', at_most: ' (at most)', possible: ' (possibly)' } as const

/** A trace for people at a terminal: what was reached, where it is, who has it; the parties once more at the end. */
export function traceToText(answer: Answer): string {
  const forward = answer.direction === 'forward'
  const { totals } = answer
  const lines = answer.nodes.flatMap((node) => [
    `${node.start ? '* ' : '  '}${nameOf(node)}${how[node.certainty]}${node.followed ? '' : ' - no lot, not followed'}`,
    ...node.onHand.map((one) => `      on hand  ${one.quantity} ${node.uom} in ${one.place}`),
    ...(forward ? node.consignees : node.suppliers).map((one) => `      ${forward ? 'shipped ' : 'received'} ${one.quantity} ${node.uom} ${forward ? 'to' : 'from'} ${one.party ?? one.place}${documentsOf(one)}`),
    ...(['destroyed', 'sampled', 'lost'] as const).flatMap((end) => (node[end] === '0' ? [] : [`      ${end} ${node[end]} ${node.uom}`])),
  ])
  const more = totals.nodes - answer.nodes.length
  if (more > 0) lines.push(`  ... and ${more} more: write all of it with --csv`)
  const parties = forward ? answer.consignees : answer.suppliers
  lines.push('', `${count(totals.lots, 'lot')}, ${count(totals.units, 'unit')}, ${count(totals.runs, 'run')}; ${forward ? `shipped to ${totals.consignees}` : `received from ${totals.suppliers}`}:`)
  for (const party of parties) lines.push(`  ${party.party ?? party.place}: ${party.products.map((product) => `${product.quantity} ${product.uom} ${product.sku}${product.returned === '0' ? '' : ` (${product.returned} came back)`}`).join(', ')}`)
  return lines.join('\n')
}

function nameOf(node: Node): string {
  const lot = node.lot === null ? '' : ` lot ${node.lot}`
  return `${node.sku}${lot}${node.serial === null ? '' : ` serial ${node.serial}`}`
}

function documentsOf(one: Node['consignees'][number]): string {
  const documents = [...new Set(one.movements.flatMap((movement) => movement.documents))]
  return documents.length === 0 ? '' : ` (${documents.join(', ')})`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
