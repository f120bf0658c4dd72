import { ask, attempt, byId, element, fill, numberCell, row } from './api.js'

const lotId = decodeURIComponent(location.pathname.split('/').at(-1))

async function begin() {
  const lot = await ask('GET', `/api/v1/lots/${encodeURIComponent(lotId)}`)
  document.title = `${lot.code ?? lot.product.sku} – Lotwise`
  byId('code').textContent = lot.code === null ? `${lot.product.name}, no lot` : `Lot ${lot.code}`
  byId('about').replaceChildren(...about(lot))
  byId('trace').replaceChildren(...traceLinks())
  byId('lot').hidden = false
  await Promise.all([showStock(), showWhereItWent(), showHistory(null)])
}

function about(lot) {
  const dates = [['Made', lot.madeOn], ['Best by', lot.bestBy], ['Sell by', lot.sellBy], ['Use by', lot.useBy], ['Expires', lot.expiresOn]]
  const otherCodes = lot.codes.filter(({ code }) => code !== lot.code).map(({ code, issuer }) => `${code} (${issuer.name})`)
  const merged = lot.mergedInto === null ? null : element('a', { href: `/lots/${lot.mergedInto}` }, 'this one')
  return [
    ['Product', `${lot.product.name} (${lot.product.sku})`],
    ['Issued by', lot.issuer?.name],
    ['Family', lot.family?.code],
    ...dates,
    ['Other codes', otherCodes.join(', ')],
    ...Object.entries(lot.properties).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    ['Was found to be', merged],
    ['Archived', lot.archivedAt === null ? null : instant(lot.archivedAt)],
  ].filter(([, value]) => value).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])
}

function traceLinks() {
  const link = (query, text) => element('li', {}, element('a', { href: `/api/v1/trace?lotId=${encodeURIComponent(lotId)}&${query}` }, text))
  return [link('direction=backward', 'What it was made of (JSON)'), link('direction=forward', 'What was made of it, and who has it (JSON)')]
}

async function showStock() {
  const { items } = await ask('GET', `/api/v1/stock?by=lot,place,facility&limit=500&lotId=${encodeURIComponent(lotId)}`)
  fill(byId('stock'), items.map((stock) => row(stock.place, stock.facility, numberCell(stock.onHand), numberCell(stock.allocated ?? ''), numberCell(stock.available ?? ''), stock.uom)), 'Nothing is on hand.')
}

async function showWhereItWent() {
  const { items } = await ask('GET', `/api/v1/movements?kind=ship&limit=500&lotId=${encodeURIComponent(lotId)}`)
  const rows = items.filter((movement) => movement.reversedBy === null).flatMap((movement) => movement.lines.map((line) =>
    row(line.to.party ?? line.to.place, instant(movement.occurredAt), numberCell(line.quantity), line.uom)))
  fill(byId('went'), rows, 'None of it was shipped.')
}

/** The latest first; each press of the button goes further back. */
async function showHistory(cursor) {
  const { items, next } = await ask('GET', `/api/v1/movements?limit=50&lotId=${encodeURIComponent(lotId)}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
  const rows = items.flatMap((movement) => movement.lines.map((line) => row(
    instant(movement.occurredAt), what(movement), spot(line.from), spot(line.to), numberCell(line.quantity), line.uom, movement.actor.name ?? movement.actor.kind, movement.reason ?? '')))
  if (cursor === null) fill(byId('history'), rows, 'Nothing happened yet.')
  else byId('history').append(...rows)
  byId('more').hidden = next === null
  byId('more').onclick = () => attempt(() => showHistory(next))
}

function what({ kind, run, reversedBy }) {
  const name = (run ?? kind).replaceAll('_', ' ')
  return reversedBy === null ? name : element('s', { title: 'reversed' }, name)
}

const spot = ({ place, party }) => (party === null || party === place ? place : `${place} (${party})`)

function instant(text) {
  return element('time', { datetime: text }, new Date(text).toLocaleString())
}

attempt(begin)
