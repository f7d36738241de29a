/** Storage without room: refused as such, nothing half-stored, and all is well once there is room again. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { initialise, makeResource, mintCast, octets, paths, registerOwner, withGateway } from '../support/gateway.ts'

const folder = mkdtempSync(join(tmpdir(), 'portvakt-full-'))
/** Why no small file system can be had, or undefined. */
const missing = ((): string | undefined => {
  if (process.getuid?.() !== 0) return 'only root can mount a small file system'
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'portvakt', folder], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'this machine does not let a small file system be mounted'
  }
})()
// hooks are not called for a file whose tests are all skipped
if (missing !== undefined) rmSync(folder, { recursive: true })
else {
  afterAll(() => {
    execFileSync('umount', [folder])
    rmSync(folder, { recursive: true, force: true })
  })
}

describe.skipIf(missing !== undefined)(`a full disk${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  const gateway = withGateway({ PORTVAKT_STORAGE_FOLDER: folder })
  const resource = 'full-disk'
  let cast: Awaited<ReturnType<typeof mintCast>>
  beforeAll(async () => {
    cast = await mintCast(gateway)
    await registerOwner(gateway, cast.owner)
    await makeResource(gateway, cast.owner, resource)
  })

  test('507 for a length that has no room and for a stream that runs out of it; then all goes on', async () => {
    const id = await initialise(gateway, cast.sender, resource)
    const upload = (body: Uint8Array | ReadableStream<Uint8Array>) =>
      gateway.call('POST', `${paths.transfers}/${id}/upload`, { token: cast.sender, body, headers: octets })
    // the gateway keeps a reserve for a file of known length: the stream of unknown length meets the end itself
    expect(await upload(new Uint8Array(40_000_000))).toMatchObject({ status: 507, json: { code: 'PVK-00019' } })
    let left = 100
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(new Uint8Array(1_000_000))
        else controller.close()
      },
    })
    expect(await upload(endless)).toMatchObject({ status: 507, json: { code: 'PVK-00019' } })
    const { json } = await gateway.call('GET', `${paths.transfers}/${id}`, { token: cast.sender })
    expect(json.fileTransferStatus).toBe('UploadStarted')
    const filler = join(folder, 'filler')
    writeFileSync(filler, Buffer.alloc(20_000_000))
    expect((await upload(Buffer.from('small'))).status).toBe(507)
    rmSync(filler)
    expect((await upload(Buffer.from('small'))).status).toBe(200)
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files).toHaveLength(1)
  })
})
