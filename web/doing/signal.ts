/** How a scan went, for ears and hands: yes, look, no. */
export type Signal = 'ok' | 'warn' | 'stop'

/** Pitches in Hz with their lengths in milliseconds, and the pattern of the buzz. */
const signals: { readonly [S in Signal]: { readonly tones: readonly (readonly [hertz: number, length: number])[]; readonly buzz: readonly number[] } } = {
  ok: { tones: [[1_320, 70]], buzz: [40] },
  warn: { tones: [[740, 110], [740, 110]], buzz: [80, 60, 80] },
  stop: { tones: [[220, 420]], buzz: [300, 100, 300] },
}

let context: AudioContext | undefined

/** Tells by a tone and a buzz how a scan went, where the device can. */
export function signal(how: Signal): void {
  const { tones, buzz } = signals[how]
  navigator.vibrate?.([...buzz])
  try {
    context ??= new AudioContext()
    let at = context.currentTime
    for (const [hertz, length] of tones) {
      const [tone, volume] = [context.createOscillator(), context.createGain()]
      tone.frequency.value = hertz
      volume.gain.value = 0.08
      tone.connect(volume).connect(context.destination)
      tone.start(at)
      tone.stop(at + length / 1000)
      at += (length + 60) / 1000
    }
  } catch {
    // without a sound device the words and colours tell it
  }
}
