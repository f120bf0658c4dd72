import fastify, { type FastifyInstance } from 'fastify'

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/icon.svg">
<title>Lotwise API</title>
</head>
<body>
<noscript>The API is described in <a href="/api/openapi.json">openapi.json</a>.</noscript>
<div id="app"></div>
<script src="/api/docs/scalar.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`

const start = `Scalar.createApiReference('#app', {
  url: '/api/openapi.json', withDefaultFonts: false, telemetry: false, hideClientButton: true, showDeveloperTools: 'never',
  agent: { disabled: true }, mcp: { disabled: true }, defaultOpenAllTags: false, operationTitleSource: 'path',
})
`

/** GET /api/openapi.json and the pages made from it, /api/docs, with nothing loaded from elsewhere. */
export function registerDocs(app: FastifyInstance, document: () => object): void {
  let text: string | null = null
  app.get('/api/openapi.json', async (_, reply) => reply.type('application/json; charset=utf-8').send((text ??= JSON.stringify(document()))))
  app.get('/api/docs', async (_, reply) => {
    // the reader writes style sheets and style attributes as it runs. This page only, and styles only.
    const policy = [
      "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", "font-src 'self' data:",
      "connect-src 'self'", "worker-src 'self' blob:", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'",
    ].join('; ')
    return reply.header('content-security-policy', policy).type('text/html; charset=utf-8').send(page)
  })
  app.get('/api/docs/start.js', async (_, reply) => reply.type('text/javascript; charset=utf-8').send(start))
  app.get('/api/docs/scalar.js', async (_, reply) => reply.type('text/javascript; charset=utf-8').header('cache-control', 'private, max-age=86400').send(await loadReader()))
}

let reader: Promise<string> | null = null

/** The reader is one text of 5 MB inside a Fastify plugin, so it is loaded only when somebody reads. */
function loadReader(): Promise<string> {
  reader ??= (async () => {
    const { default: plugin } = await import('@scalar/fastify-api-reference')
    const inner = fastify()
    await inner.register(plugin, { routePrefix: '/reader', configuration: { url: '/api/openapi.json' } })
    const { payload } = await inner.inject('/reader/js/scalar.js')
    await inner.close()
    return payload
  })()
  return reader
}
