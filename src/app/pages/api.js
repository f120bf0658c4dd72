// The few lines both pages need: asking the API, and putting text (never markup) into the page.

/** A refusal or a fault, as the API told it. */
export class Problem extends Error {
  constructor(problem, status) {
    super([problem.title, problem.next].filter(Boolean).join(' '))
    this.status = status
    this.code = problem.code
    this.errors = problem.errors ?? []
  }
}

const ORGANIZATION = 'lotwise.organization'
export const chosenOrganization = () => sessionStorage.getItem(ORGANIZATION)
export const chooseOrganization = (id) => (id ? sessionStorage.setItem(ORGANIZATION, id) : sessionStorage.removeItem(ORGANIZATION))

export async function ask(method, path, body) {
  const organization = chosenOrganization()
  let answer
  try {
    answer = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(organization ? { 'lotwise-organization': organization } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Problem({ title: 'Lotwise does not answer.', next: 'Check the connection and try again.' }, 0)
  }
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  const value = isJson && text !== '' ? JSON.parse(text) : null
  if (!answer.ok) throw new Problem(value ?? { title: `The server answered ${answer.status}.` }, answer.status)
  return value
}

export const byId = (id) => document.getElementById(id)

/** An element with attributes and children; texts are texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) if (value !== undefined && value !== null) made.setAttribute(attribute, value)
  made.append(...children.flat().filter((child) => child !== undefined && child !== null))
  return made
}

export function row(...cells) {
  return element('tr', {}, cells.map((cell) => (cell instanceof HTMLTableCellElement ? cell : element('td', {}, cell ?? ''))))
}

export const numberCell = (text) => element('td', { class: 'number' }, text)

/** The rows of a table; a sentence where there are none. */
export function fill(body, rows, none) {
  const columns = body.closest('table').querySelectorAll('th').length
  body.replaceChildren(...(rows.length > 0 ? rows : [element('tr', {}, element('td', { colspan: columns }, none))]))
}

export function show(problem) {
  const box = byId('problem')
  box.hidden = problem === null
  box.textContent = problem === null ? '' : [problem.message, ...(problem.errors ?? []).slice(1).map(({ path, why }) => `${path}: ${why}.`)].join(' ')
}

/** Runs what a click or a form asks for; says what went wrong, and keeps the form as it was. */
export async function attempt(work) {
  show(null)
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    show(error)
  }
}
