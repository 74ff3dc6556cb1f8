/** Everything between one service and one thing that it talks to, be it several servers: cut, silent or slow as a whole. */
import { Cuttable } from '@pgbeam/api-testing'

export class Line {
  private constructor(private readonly ways: readonly Cuttable[]) {}

  /** @param targets addresses, joined by commas */
  static async to(targets: string): Promise<Line> {
    return new Line(await Promise.all(targets.split(',').map((one) => Cuttable.to(one))))
  }

  get url(): string {
    return this.ways.map(({ url }) => url).join(',')
  }
  cut(): void {
    for (const way of this.ways) way.cut()
  }
  /** Nobody is told: the connections stand. */
  lose({ there, back }: { there: boolean; back: boolean }): void {
    for (const way of this.ways) Object.assign(way.lost, { there, back })
  }
  delay(delayMs: number): void {
    for (const way of this.ways) way.delayMs = delayMs
  }
  mend(): void {
    for (const way of this.ways) way.mend()
  }
  async stop(): Promise<void> {
    await Promise.all(this.ways.map((way) => way.stop()))
  }
}
