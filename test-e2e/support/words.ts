/** What a server sent, short enough to be compared at a glance. */
import { errorFields, type Frame } from './raw-client.js'

/** Frames as short words: `T`, `D×10`, `N 01004`, `C SELECT 10`, `Z I`. */
export function words(frames: readonly Frame[]): string[] {
  const said: string[] = []
  let rows = 0
  for (const [at, frame] of frames.entries()) {
    const { type, body } = frame
    if (type === 'D' || type === 'd') {
      rows++
      if (frames[at + 1]?.type === type) continue
      said.push(`${type}×${rows}`)
      rows = 0
    } else if (type === 'N' || type === 'E') said.push(`${type} ${errorFields(frame).C}`)
    else if (type === 'C') said.push(`C ${body.toString('utf8', 0, body.length - 1)}`)
    else if (type === 'Z') said.push(`Z ${body.toString()}`)
    else said.push(type)
  }
  return said
}
