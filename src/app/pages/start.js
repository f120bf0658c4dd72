import { ask, attempt, byId, chooseOrganization, chosenOrganization, element, fill, Problem, row } from './api.js'

const sections = ['set-up', 'sign-in', 'home']

function open(section) {
  for (const id of sections) byId(id).hidden = id !== section
  byId(section).querySelector('input')?.focus()
}

async function begin() {
  const { needed, tokenNeeded } = await ask('GET', '/api/v1/setup')
  if (needed) return openSetUp(tokenNeeded)
  const me = await whoAmI()
  if (me === null) return open('sign-in')
  byId('who').textContent = me.actor.name
  byId('sign-out').hidden = false
  offerOrganizations(me)
  open('home')
  await search('')
}

async function whoAmI() {
  try {
    return await ask('GET', '/api/v1/me')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.status === 404 && chosenOrganization()) {
      chooseOrganization(null)
      return whoAmI()
    }
    if (error.status === 401) return null
    throw error
  }
}

function openSetUp(tokenNeeded) {
  const form = byId('set-up').querySelector('form')
  form.elements.timeZone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC'
  byId('token').hidden = byId('token-hint').hidden = !tokenNeeded
  form.elements.token.required = tokenNeeded
  open('set-up')
}

/** Somebody who belongs to several organisations chooses; the first is as good a beginning as any. */
function offerOrganizations({ organizations, organizationId }) {
  const select = byId('organization')
  select.hidden = organizations.length < 2
  select.replaceChildren(...organizations.map((one) => element('option', { value: one.organizationId }, one.name)))
  const chosen = organizationId ?? organizations[0]?.organizationId ?? null
  if (organizations.length > 1) chooseOrganization(chosen)
  select.value = chosen ?? ''
}

async function search(text) {
  const query = text === '' ? '' : `&search=${encodeURIComponent(text)}`
  const [products, lots] = await Promise.all([ask('GET', `/api/v1/products?limit=50${query}`), ask('GET', `/api/v1/lots?limit=50${query}`)])
  fill(byId('products'), products.items.map((product) => row(product.sku, product.name, product.baseUom, product.tracking.replaceAll('_', ' '))), 'No product.')
  fill(byId('lots'), lots.items.map(lotRow), 'No lot.')
}

function lotRow(lot) {
  const date = lot.useBy ?? lot.expiresOn ?? lot.bestBy ?? lot.sellBy ?? ''
  return row(element('a', { href: `/lots/${lot.lotId}` }, lot.code), lot.product.name, date)
}

byId('set-up').querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault()
  const { name, email, password, organization, handles, currency, timeZone, token } = event.target.elements
  attempt(async () => {
    await ask('POST', '/api/v1/setup', {
      owner: { name: name.value, email: email.value, password: password.value },
      organization: { name: organization.value, currency: currency.value, timeZone: timeZone.value, preset: { handles: handles.value } },
      ...(token.value === '' ? {} : { token: token.value.trim() }),
    })
    await ask('POST', '/api/auth/sign-in/email', { email: email.value, password: password.value })
    await begin()
  })
})

byId('sign-in').querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault()
  const { email, password } = event.target.elements
  attempt(async () => {
    await ask('POST', '/api/auth/sign-in/email', { email: email.value, password: password.value })
    password.value = ''
    await begin()
  })
})

byId('sign-out').addEventListener('click', () => attempt(async () => {
  await ask('POST', '/api/auth/sign-out', {})
  chooseOrganization(null)
  location.reload()
}))

byId('organization').addEventListener('change', (event) => {
  chooseOrganization(event.target.value)
  location.reload()
})

byId('home').querySelector('form').addEventListener('submit', (event) => {
  event.preventDefault()
  attempt(() => search(event.target.elements.search.value.trim()))
})

attempt(begin)
