import type { Bind } from '#src/audit/caller.ts'
import { addAlias, archiveAlias } from './aliases.ts'
import * as contract from './contract.ts'
import { createProduct, createProducts } from './create-products.ts'
import { archiveProduct, changeProduct, changeTracking, mergeProduct, putConversion, removeConversion, restoreProduct } from './products.ts'
import { getProduct, listProducts, listUoms } from './queries.ts'
import { changeUom, createUom } from './uoms.ts'

export function routes(bind: Bind): void {
  bind(contract.listProducts, ({ query }, caller) => listProducts(caller, query))
  bind(contract.getProduct, ({ params }, caller) => getProduct(caller, params.productId))
  bind(contract.createProduct, ({ body }, caller) => createProduct(caller, body))
  bind(contract.createProducts, ({ body }, caller) => createProducts(caller, body))
  bind(contract.changeProduct, ({ params, body }, caller) => changeProduct(caller, params.productId, body))
  bind(contract.changeTracking, ({ params, body }, caller) => changeTracking(caller, params.productId, body))
  bind(contract.archiveProduct, ({ params, body }, caller) => archiveProduct(caller, params.productId, body?.reason))
  bind(contract.restoreProduct, ({ params, body }, caller) => restoreProduct(caller, params.productId, body?.reason))
  bind(contract.mergeProduct, ({ params, body }, caller) => mergeProduct(caller, params.productId, body))
  bind(contract.putConversion, ({ params, body }, caller) => putConversion(caller, params, body))
  bind(contract.removeConversion, ({ params }, caller) => removeConversion(caller, params))
  bind(contract.addAlias, ({ params, body }, caller) => addAlias(caller, params.productId, body))
  bind(contract.archiveAlias, ({ params, body }, caller) => archiveAlias(caller, params.aliasId, body?.reason))
  bind(contract.listUoms, (_, caller) => listUoms(caller))
  bind(contract.createUom, ({ body }, caller) => createUom(caller, body))
  bind(contract.changeUom, ({ params, body }, caller) => changeUom(caller, params.uom, body))
}
