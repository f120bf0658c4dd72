import { useLingui } from '@lingui/react/macro'
import { Modal, Stack, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Code } from '../parts/code.tsx'
import { RelativeTime } from '../parts/dates.tsx'
import { kindName } from '../words.ts'
import { Certainty } from './certainty.tsx'
import classes from './graph.module.css'
import type { Graph, GraphEdge, GraphNode } from './graph.ts'
import { useNodeName } from './graph-words.ts'
import { pathOf } from './table.tsx'
import { nameOfNode, sayTotals } from './words.ts'

export type Shown = { readonly node: GraphNode } | { readonly edge: GraphEdge }

/** Movements of a line that are named, before they are only counted. */
const NAMED = 20

/** What a node or a line of the graph stands for: its lots and units, what came in, what went out, by which movements. */
export function GraphDetails({ shown, graph, onClose }: { readonly shown: Shown; readonly graph: Graph; readonly onClose: () => void }) {
  const { t } = useLingui()
  const nameOf = useNodeName()
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const named = (id: string): ReactNode => {
    const node = byId.get(id)
    if (node === undefined) return null
    const name = nameOf(node)
    return node.to === null ? name : <Link to={node.to}>{node.kind === 'lot' || node.kind === 'unit' ? <Code value={name} plain /> : name}</Link>
  }
  const title = 'node' in shown ? nameOf(shown.node) : t`${nameOf(byId.get(shown.edge.from) as GraphNode)} to ${nameOf(byId.get(shown.edge.to) as GraphNode)}`
  const lists: readonly (readonly [string, readonly (readonly [ReactNode, GraphEdge])[]])[] = 'node' in shown
    ? [[t`Came from`, graph.edges.filter(({ to }) => to === shown.node.id).map((edge) => [named(edge.from), edge])], [t`Went to`, graph.edges.filter(({ from }) => from === shown.node.id).map((edge) => [named(edge.to), edge])]]
    : [['', [[<span key="e">{named(shown.edge.from)} → {named(shown.edge.to)}</span>, shown.edge]]]]
  const members = 'node' in shown && shown.node.kind === 'units' ? shown.node.members : []
  return (
    <Modal opened onClose={onClose} title={title} size={520} closeButtonProps={{ 'aria-label': t`Close` }}>
      <Stack gap="md">
        {members.length > 0 && (
          <section aria-label={t`Units`}>
            <Title order={3}>{t`Units`}</Title>
            <ul className={classes['details']}>{members.map((member) => <li key={member.unitId}><span><Link to={pathOf(member)}><Code value={nameOfNode(member)} plain /></Link></span><span className="dim">{member.onHand.map(({ place }) => place).join(', ')}{member.consignees.filter(({ quantity }) => quantity !== '0').map(({ party, place }) => party ?? place).join(', ')}</span></li>)}</ul>
          </section>
        )}
        {lists.filter(([, rows]) => rows.length > 0).map(([name, rows]) => (
          <section key={name} aria-label={name === '' ? title : name}>
            {name !== '' && <Title order={3}>{name}</Title>}
            <ul className={classes['details']}>{rows.map(([who, edge]) => <li key={edge.id}><span>{who}</span><span>{sayTotals(edge.amounts)}</span><Certainty value={edge.certainty} /><Movements edge={edge} /></li>)}</ul>
          </section>
        ))}
      </Stack>
    </Modal>
  )
}

function Movements({ edge: { movements } }: { readonly edge: GraphEdge }) {
  const { t } = useLingui()
  return (
    <span className="dim">
      {movements.slice(0, NAMED).map(({ movementId, kind, occurredAt }, index) => <span key={movementId}>{index > 0 && ' · '}<Link to="/movements/$movementId" params={{ movementId }}>{kindName(kind)}</Link> <RelativeTime instant={occurredAt} /></span>)}
      {movements.length > NAMED && ` ${t`+${movements.length - NAMED} more`}`}
    </span>
  )
}
