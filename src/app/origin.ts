import type { FastifyRequest } from 'fastify'
import { refuse } from '#src/lib/refusal.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Keeps other sites out of what a browser may do here: a write must come from our own pages. Browsers say so by
 * Sec-Fetch-Site, older ones by Origin; with a session cookie one of the two is required. A bearer key needs neither,
 * since no browser adds it by itself. Refuses `origin_not_allowed`.
 */
export function checkOrigin(request: FastifyRequest, publicUrl: string | null): void {
  if (safe.has(request.method)) return
  const { authorization, cookie, origin, 'sec-fetch-site': site } = request.headers
  const hasCookie = cookie !== undefined
  if (authorization !== undefined && !hasCookie) return
  if (site === 'same-origin') return
  if (site !== undefined && site !== 'none') throw refuse('origin_not_allowed', { origin: origin ?? site })
  if (origin !== undefined && !isOwnOrigin(origin, request, publicUrl)) throw refuse('origin_not_allowed', { origin })
  if (origin === undefined && hasCookie) throw refuse('origin_not_allowed', { origin: 'unknown' })
}

/** Scheme aside: behind a proxy that ends TLS we may not know it, and the host is what tells sites apart. */
function isOwnOrigin(origin: string, request: FastifyRequest, publicUrl: string | null): boolean {
  if (!URL.canParse(origin)) return false
  const { host } = new URL(origin)
  return host === request.headers.host || (publicUrl !== null && host === new URL(publicUrl).host)
}

/**
 * True where the request was made on this machine, to this machine by a name of its own, and through no proxy: a page
 * elsewhere that points its host name at 127.0.0.1 must not be able to set us up.
 */
export function isLocalRequest(request: FastifyRequest): boolean {
  const { host = '', forwarded, 'x-forwarded-for': forwardedFor, 'x-real-ip': realIp } = request.headers
  const isLoopback = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/.test(request.socket.remoteAddress ?? '')
  const isOwnName = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host)
  return isLoopback && isOwnName && forwarded === undefined && forwardedFor === undefined && realIp === undefined
}
