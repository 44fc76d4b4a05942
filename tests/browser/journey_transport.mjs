/* How files come: compressed for those who take it, each form with its own tag, nothing kept that may change. */
import { get } from 'node:http'
import { gunzipSync } from 'node:zlib'

function ask(t, path, headers = {}) {
  return new Promise((done, failed) => {
    get(t.place.base + path, { headers }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }))
    }).on('error', failed)
  })
}

async function journey(t) {
  const index = await ask(t, '/')
  const script = /\/assets\/[^"]+\.js/.exec(index.body.toString())[0]
  for (const path of ['/', '/desk/', script, '/api/v1/openapi.json', '/api/v1/codes', '/api/v1/site', '/api/v1/workflow']) {
    const plain = await ask(t, path)
    const packed = await ask(t, path, { 'Accept-Encoding': 'br;q=1, gzip;q=0.5' })
    const refused = await ask(t, path, { 'Accept-Encoding': 'gzip;q=0, identity' })
    t.same(packed.headers['content-encoding'], 'gzip', `${path} to one who takes gzip`)
    t.same(plain.headers['content-encoding'], undefined, `${path} to one who does not`)
    t.same(refused.headers['content-encoding'], undefined, `${path} to one who refuses gzip`)
    t.same(packed.headers.vary, 'Accept-Encoding', `${path}: Vary`)
    t.same(plain.headers.vary, 'Accept-Encoding', `${path}: Vary of the plain form`)
    t.check(gunzipSync(packed.body).equals(plain.body), `${path}: the two forms differ`)
    if (!plain.headers.etag) continue
    t.check(plain.headers.etag !== packed.headers.etag, `${path}: both forms have one ETag`)
    t.same((await ask(t, path, { 'If-None-Match': plain.headers.etag })).status, 304, `${path}: the plain form again`)
    t.same((await ask(t, path, { 'If-None-Match': packed.headers.etag, 'Accept-Encoding': 'gzip' })).status, 304, `${path}: the packed form again`)
    t.same((await ask(t, path, { 'If-None-Match': plain.headers.etag, 'Accept-Encoding': 'gzip' })).status, 200, `${path}: the tag of the other form`)
  }
  t.same((await ask(t, script)).headers['cache-control'], 'public, max-age=31536000, immutable', 'a hashed file is kept')
  t.same((await ask(t, '/')).headers['cache-control'], 'no-cache', 'a page is asked for again')
  t.same((await ask(t, `${script}.gz`)).status, 404, 'the packed form under a name of its own')
}

export default { 'files come compressed to those who take it': journey }
