import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Endpoint } from '#src/lib/contract.ts'
import { createTestApp, type TestApp } from '../../test/support/app.ts'
import { contracts } from './endpoints.ts'

let app: TestApp
let document: { paths: Record<string, Record<string, { operationId: string; responses: object; parameters: { name: string; in: string; required: boolean }[] }>> }
beforeAll(async () => {
  app = await createTestApp()
  document = (await app.server.inject('/api/openapi.json')).json()
})
afterAll(() => app.close())

const stated = (): Endpoint[] =>
  Object.values(contracts).flatMap((contract) => Object.values(contract as Record<string, unknown>).filter((one): one is Endpoint => typeof one === 'object' && one !== null && 'operationId' in one))

describe('openapi.json', () => {
  test('is a valid OpenAPI 3.1 document', async () => {
    expect(await new Validator().validate(document)).toEqual({ valid: true })
    expect(document).toMatchObject({ openapi: '3.1.0' })
  })

  test('describes every operation there is, and no other', () => {
    const described = Object.values(document.paths).flatMap((methods) => Object.values(methods).map((operation) => operation.operationId))
    expect(described.toSorted()).toEqual(app.server.endpoints.map((endpoint) => endpoint.operationId).toSorted())
    expect(described.length).toBe(new Set(described).size)
  })

  test('leaves no stated operation without a handler', () => {
    const bound = new Set(app.server.endpoints.map((endpoint) => endpoint.operationId))
    expect(stated().map((endpoint) => endpoint.operationId).filter((id) => !bound.has(id))).toEqual([])
  })

  test('tells which header a command needs and what it can be refused for', () => {
    const operation = document.paths['/api/v1/api-keys']?.['post']
    expect(operation?.parameters).toContainEqual(expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }))
    expect(operation?.responses).toMatchObject({ 403: { description: expect.stringContaining('`role_beyond_yours`') }, 428: { description: expect.stringContaining('`idempotency_key_missing`') } })
  })

  test('can be read in a browser that loads nothing from elsewhere', async () => {
    const page = await app.server.inject('/api/docs')
    const policy = String(page.headers['content-security-policy'])
    expect(page.body.match(/(?:src|href)="([^"]+)"/g)).toEqual(['href="/icon.svg"', 'href="/api/openapi.json"', 'src="/api/docs/scalar.js"', 'src="/api/docs/start.js"'])
    expect(policy).toContain("script-src 'self';")
    const reader = await app.server.inject('/api/docs/scalar.js')
    expect([reader.statusCode, reader.headers['content-type'], reader.body.includes('createApiReference')]).toEqual([200, 'text/javascript; charset=utf-8', true])
  })
})
