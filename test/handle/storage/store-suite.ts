/** What every store must do; each backend runs this. */
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../../src/handle/storage/store.ts'
import { pieces, readAll } from '../support.ts'

export function storeSuite(name: string, current: () => Store): void {
  const put = async (...parts: readonly Uint8Array[]): Promise<string> => {
    const blob = randomUUID()
    const draft = await current().begin(blob)
    expect(await draft.write(0, parts)).toBe('written')
    expect(await draft.commit()).toBe('written')
    return blob
  }
  const get = async (blob: string, first: number, last: number): Promise<Buffer> => {
    const reading = await current().open(blob)
    if (reading === undefined) throw new Error(`no file ${blob}`)
    return readAll(reading.read(first, last))
  }
  const names = async (): Promise<readonly string[]> => {
    const found: string[] = []
    for await (const { blob, kind } of current().list()) found.push(`${kind} ${blob}`)
    return found
  }

  describe(name, () => {
    test('what was written is read, whole and in part', async () => {
      const { parts, whole } = pieces(1500, 700)
      const blob = await put(...parts)
      expect((await get(blob, 0, whole.byteLength - 1)).equals(whole)).toBe(true)
      expect((await get(blob, 100_000, 700_000)).equals(whole.subarray(100_000, 700_001))).toBe(true)
      expect((await get(blob, whole.byteLength - 1, whole.byteLength - 1)).byteLength).toBe(1)
    })

    test('empty files and empty chunks', async () => {
      const empty = await put()
      const reading = await current().open(empty)
      expect(reading?.size).toBe(0)
      await reading?.close()
      expect((await get(empty, 0, -1)).byteLength).toBe(0)
      const blob = await put(Buffer.alloc(0), Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c'))
      expect(String(await get(blob, 0, 2))).toBe('abc')
    })

    test('a draft cannot be read, is continued after being closed, and is written at offsets', async () => {
      const blob = randomUUID()
      const draft = await current().begin(blob)
      await draft.write(0, [Buffer.from('hello ')])
      expect(await draft.flush()).toBe('written')
      await draft.close()
      expect(await current().open(blob)).toBeUndefined()
      await expect(current().begin(blob)).rejects.toThrow()
      const again = await current().resume(blob)
      expect(again?.size).toBe(6)
      await again?.write(6, [Buffer.from('world')])
      await again?.write(0, [Buffer.from('J')])
      expect(await names()).toContain(`draft ${blob}`)
      await again?.commit()
      expect(String(await get(blob, 0, 10))).toBe('Jello world')
      expect(await current().resume(blob)).toBeUndefined()
      expect(await names()).toContain(`file ${blob}`)
    })

    test('abort and delete leave nothing, and need nothing', async () => {
      const aborted = await current().begin(randomUUID())
      await aborted.write(0, [Buffer.from('x')])
      await aborted.abort()
      const blob = await put(Buffer.from('x'))
      await current().delete(blob)
      await current().delete(blob)
      await current().delete(randomUUID())
      expect(await current().open(blob)).toBeUndefined()
      expect((await names()).filter((line) => line.endsWith(blob) || line.endsWith(aborted.blob))).toEqual([])
    })

    test('an open file outlives its deletion', async () => {
      const blob = await put(Buffer.from('still here'))
      const reading = await current().open(blob)
      await current().delete(blob)
      expect(reading && String(await readAll(reading.read(0, 9)))).toBe('still here')
    })

    test.each(['../../etc/passwd', 'x', '', 'A'.repeat(36)])('the name %j is a bug, not a path', async (blob) => {
      await expect(current().begin(blob)).rejects.toThrow(TypeError)
      await expect(current().delete(blob)).rejects.toThrow(TypeError)
    })
  })
}
