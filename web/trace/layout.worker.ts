import { layOut, type LayoutAsked } from './layout.ts'

/** Lays graphs out beside the page, which goes on answering meanwhile. */
addEventListener('message', ({ data: { turn, asked } }: MessageEvent<{ turn: number; asked: LayoutAsked }>) => postMessage({ turn, done: layOut(asked) }))
