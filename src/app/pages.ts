import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { webFolder } from './web-build.ts'

/** Stands in the built page where each answer puts a nonce of its own (web/vite.config.ts). */
const NONCE = /lotwise-nonce/g

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Lotwise</title></head>
<body><h1>Lotwise</h1><p>The web app is not built. <code>npm ci</code>, with what it is developed with, and <code>npm start</code> build it.</p><p>The API is there: <a href="/api/docs">/api/docs</a>.</p></body></html>
`

/** The built web app: its files, and its one page at every address that is not the API's. */
export function registerPages(app: FastifyInstance): void {
  void app.register(fastifyStatic, {
    root: webFolder, wildcard: true, index: false, cacheControl: false, preCompressed: true, prefix: '/', allowedPath: (path) => /^\/(?:assets\/[^/]+|[^/]+\.(?:svg|png|webmanifest))$/.test(path),
    setHeaders: (reply, path) => void reply.header('cache-control', path.includes('assets') ? 'public, max-age=31536000, immutable' : 'no-cache'),
  })
}

/** True where a browser asks for a page: those are the web app's, and it says itself which it does not have. */
export function isPage(request: FastifyRequest): boolean {
  const path = request.url.split('?')[0] ?? ''
  return (request.method === 'GET' || request.method === 'HEAD') && !/^\/(?:api|metrics|health|assets)(?:\/|$)/.test(path) && !/\.\w+$/.test(path) && (request.headers.accept ?? '').includes('text/html')
}

/**
 * Answers with the page. The policy every answer bears lets in no inline style; the page's own style sheets made in the
 * browser (colours of the theme, the lock of scrolling behind a dialog) are let in by a nonce that only this answer has.
 */
export function sendPage(reply: FastifyReply): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  const policy = String(reply.getHeader('content-security-policy')).replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`)
  return reply.code(200).header('content-security-policy', policy).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page().replace(NONCE, nonce))
}

let read: string | null = null

function page(): string {
  const file = join(webFolder, 'index.html')
  if (read === null && !existsSync(file)) return notBuilt
  return (read ??= readFileSync(file, 'utf8'))
}
