import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { IconBox, IconCar, IconDeviceLaptop, IconFlask, IconHorseToy, IconMilk, IconNeedleThread, IconRocket, IconStethoscope, type Icon } from '@tabler/icons-react'
import type { Trade } from '#src/lib/trades.ts'

export interface TradeFace {
  readonly icon: Icon
  readonly name: MessageDescriptor
  /** What belongs to it, in a line. */
  readonly line: MessageDescriptor
}

/** How the answers to "What do you handle?" look. */
export const tradeFaces: { readonly [trade in Trade]: TradeFace } = {
  food: { icon: IconMilk, name: msg`Food and drink`, line: msg`Best-by and use-by dates, allergens, where it is from` },
  yarn: { icon: IconNeedleThread, name: msg`Yarn and fabric`, line: msg`Colours from one dye bath, cones, balls and rolls` },
  fireworks: { icon: IconRocket, name: msg`Fireworks`, line: msg`Date and shift of manufacture, magazines, licences` },
  medical: { icon: IconStethoscope, name: msg`Medical devices and pharma`, line: msg`Expiry that blocks, device classes, sterile goods` },
  chemicals: { icon: IconFlask, name: msg`Chemicals`, line: msg`UN numbers, drums, certificates of analysis` },
  automotive: { icon: IconCar, name: msg`Automotive`, line: msg`Parts by serial number, drawings, heats of steel` },
  electronics: { icon: IconDeviceLaptop, name: msg`Electronics and appliances`, line: msg`Serial numbers, firmware, warranty` },
  children: { icon: IconHorseToy, name: msg`Children's products`, line: msg`Tracking labels, ages, certificates` },
  other: { icon: IconBox, name: msg`Something else`, line: msg`Plain settings, for you to change` },
}
