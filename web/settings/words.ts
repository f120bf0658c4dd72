import { msg } from '@lingui/core/macro'
import { namer } from '../words.ts'

/** A role by the name people know it by; one that was made here as it was named. */
export const roleName = namer({ owner: msg`Owner`, manager: msg`Manager`, operator: msg`Operator`, viewer: msg`Viewer` })

/** What a custom property is of. */
export const propertySubjectName = namer({ product: msg`Products`, lot: msg`Lots`, unit: msg`Units`, place: msg`Places`, party: msg`Parties` })

/** What a custom property holds. */
export const valueTypeName = namer({ text: msg`Text`, number: msg`Number`, date: msg`Date`, boolean: msg`Yes or no`, choice: msg`One of a list` })
