/** Builds one tagged message: the length is filled in at the end. */
export class MessageWriter {
  private readonly parts: Buffer[] = []
  constructor(private readonly tag: number) {}

  int16(value: number): this {
    const part = Buffer.allocUnsafe(2)
    part.writeInt16BE(value)
    return this.bytes(part)
  }
  int32(value: number): this {
    const part = Buffer.allocUnsafe(4)
    part.writeInt32BE(value | 0)
    return this.bytes(part)
  }
  /** UTF-8 and a NUL; a NUL inside the text ends it, as it would for every reader. */
  cstring(text: string): this {
    const end = text.indexOf('\0')
    return this.bytes(Buffer.from(`${end < 0 ? text : text.slice(0, end)}\0`))
  }
  byte(value: number): this {
    return this.bytes(Buffer.of(value))
  }
  bytes(part: Uint8Array): this {
    this.parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
    return this
  }
  build(): Buffer {
    const body = Buffer.concat(this.parts)
    const message = Buffer.allocUnsafe(5 + body.length)
    message[0] = this.tag
    message.writeInt32BE(4 + body.length, 1)
    body.copy(message, 5)
    return message
  }
}
