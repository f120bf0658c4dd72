import type { DemoCompany } from './company.ts'
import type { DemoKey } from './contract.ts'
import { creamery } from './creamery.ts'
import { eBikes } from './e-bikes.ts'
import { fireworks } from './fireworks.ts'
import { yarnMill } from './yarn-mill.ts'

export const demoCompanies: { readonly [key in DemoKey]: DemoCompany } = { creamery, yarn_mill: yarnMill, e_bikes: eBikes, fireworks }
