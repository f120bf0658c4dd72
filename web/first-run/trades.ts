import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { IconBox, IconCar, IconDeviceLaptop, IconFlask, IconHorseToy, IconMilk, IconNeedleThread, IconRocket, IconStethoscope, type Icon } from '@tabler/icons-react'
import type { Trade } from '#src/lib/trades.ts'

export interface TradeFace {
  readonly icon: Icon
  /** What belongs to it, in a line. */
  readonly line: MessageDescriptor
}

/** How the answers to "What do you handle?" look. */
export const tradeFaces: { readonly [trade in Trade]: TradeFace } = {
  food: { icon: IconMilk, line: msg`Best-by and use-by dates, allergens, where it is from` },
  yarn: { icon: IconNeedleThread, line: msg`Colours from one dye bath, cones, balls and rolls` },
  fireworks: { icon: IconRocket, line: msg`Date and shift of manufacture, magazines, licences` },
  medical: { icon: IconStethoscope, line: msg`Expiry that blocks, device classes, sterile goods` },
  chemicals: { icon: IconFlask, line: msg`UN numbers, drums, certificates of analysis` },
  automotive: { icon: IconCar, line: msg`Parts by serial number, drawings, heats of steel` },
  electronics: { icon: IconDeviceLaptop, line: msg`Serial numbers, firmware, warranty` },
  children: { icon: IconHorseToy, line: msg`Tracking labels, ages, certificates` },
  other: { icon: IconBox, line: msg`Plain settings, for you to change` },
}
